"""One blog at work: what the deliver room needs, opened when it is first needed."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from service import pipeline, plugins
from service.deliver.channels import open_channel
from service.deliver.online import Online
from service.errors import SettingsError
from service.ports import ChannelContext
from service.store import books as stored_books
from service.store import sources as stored

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import httpx2

    from service.ingest.fetch import Fetcher
    from service.model import Abilities, Blog, ChannelSettings, Document, Revision, Source
    from service.ports import Catalogue, Channel
    from service.store.engine import Store


def utc_now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


class Publisher:
    """A blog, its store, its shops, catalogue, channels and doors. A context manager.

    `directory` is where the configuration stands: relative paths start there.
    """

    def __init__(
        self, blog: Blog, store: Store, directory: Path, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._configured = blog
        self.store = store
        self.directory = directory
        self.now = now
        self._open = ExitStack()
        self._channels: dict[str, Channel] = {}
        with store.session() as session:
            #: the blog's id in the store
            self.owner = stored.blog_id(session, blog, now())
            self.blog = self._completed(*stored.told_of_itself(session, self.owner))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def rehearsing(self, store: Store) -> Publisher:
        """The same blog on another store."""
        return Publisher(self._configured, store, self.directory, self.now)

    def learn(self, title: str | None, site_url: str | None) -> None:
        """Remember what the blog's feed tells of the blog; what is configured wins."""
        with self.store.session() as session:
            stored.learn(session, self.owner, title, site_url)
            self.blog = self._completed(*stored.told_of_itself(session, self.owner))

    def _completed(self, title: str | None, site_url: str | None) -> Blog:
        blog = self._configured
        return replace(blog, title=blog.title or title, site_url=blog.site_url or site_url)

    def document(self, revision: Revision) -> Document:
        """The revision to look into; one that tells no language is in the blog's."""
        return replace(revision.document, language=revision.language or self.blog.language)

    @cached_property
    def shops(self) -> pipeline.Shops:
        return pipeline.Shops(plugins.programmes(), self.blog.tracking_ids, self.blog.marketplace)

    @cached_property
    def installed(self) -> Catalogue:
        """The catalogue that is configured, else the one that ships."""
        named = self.blog.catalogue
        return pipeline.catalogue(Path(named) if named else None)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The books that the blogger linked or corrected, then the installed catalogue's."""
        with self.store.reading() as session:
            own = stored_books.own_books(session, self.owner)
        books = [
            pipeline.own_book(book, (*keys, pipeline.title_key(book.title)), numbers, corrected)
            for book, keys, numbers, corrected in own
        ]
        return pipeline.own_catalogue(books, self.installed)

    @cached_property
    def online(self) -> Online:
        """The online catalogues, which are asked about what no other can settle."""
        hosts = [
            host
            for _, options in self.blog.online.catalogues
            for value in options.values()
            if isinstance(value, str) and (host := _host(value))
        ]
        return Online(
            self.blog,
            self.store,
            cache(lambda: self._door_for(hosts)),
            now=self.now,
            sleep=time.sleep,
            clock=time.monotonic,
        )

    def forget_own_books(self) -> None:
        """Others may have linked or corrected books since: ask the store again."""
        self.__dict__.pop("catalogue", None)

    @cached_property
    def door(self) -> Fetcher:
        """The door to the outside web."""
        return self._open.enter_context(
            pipeline.fetcher(
                allow_private=self.blog.allow_private,
                contact=self.blog.contact,
                manners=self.blog.manners,
            )
        )

    def source(self, name: str) -> Source:
        """The source of this name. Raises SettingsError."""
        for each in self.blog.sources:
            if each.name == name:
                return each
        raise SettingsError(f'There is no source "{name}".', mend="See [[source]].")

    def settings_of(self, channel: str) -> ChannelSettings:
        """The channel's settings. Raises SettingsError for one that is no longer configured."""
        for each in self.blog.channels:
            if each.name == channel:
                return each
        raise SettingsError(
            f'There is no channel "{channel}" any more.',
            mend="Put it back into bookplate.toml, or cancel its deliveries.",
        )

    def abilities(self, settings: ChannelSettings) -> Abilities:
        return plugins.channel_class(settings.kind).abilities

    def channel(self, name: str) -> Channel:
        """The channel, ready to speak. Raises SettingsError for options that are wrong."""
        if name not in self._channels:
            settings, blog = self.settings_of(name), self.blog
            context = ChannelContext(
                http=self._client(settings),
                directory=self.directory,
                blog_url=blog.home,
                blog_title=blog.title or urlsplit(blog.home).hostname or blog.home,
            )
            self._channels[name] = open_channel(settings, context)
        return self._channels[name]

    def _client(self, settings: ChannelSettings) -> httpx2.Client:
        """A client that may also reach the hosts that the blogger named for this channel."""
        named = [
            host
            for value in settings.options.values()
            if isinstance(value, str) and (host := _host(value))
        ]
        return self._door_for(named)

    def _door_for(self, hosts: Sequence[str]) -> httpx2.Client:
        return self._open.enter_context(
            pipeline.channel_client(
                allow_private=(*self.blog.allow_private, *hosts), contact=self.blog.contact
            )
        )


def _host(value: str) -> str | None:
    """The host of an option that is a web address."""
    if not value.startswith(("http://", "https://")):
        return None
    try:
        return urlsplit(value).hostname
    except ValueError:
        return None
