"""A sitemap asked again and again: only what may have changed of it is fetched.

An index says of each sitemap when it changed: the others are as they were. Where it says nothing,
each is asked with the validators of its last answer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service.errors import FetchError, UnreadableInput
from service.ingest import sitemap as sitemaps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from service.ingest.fetch import Fetched, Fetcher
    from service.ingest.sitemap import Place

#: sitemaps read in one walk
_MOST_SHEETS = 1_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sitemap as it was last read: what it lists of the site, none of an index. `modified` is
    when the index says it changed."""

    url: str
    places: tuple[Place, ...] = ()
    modified: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """All sitemaps below one. `failed` says which could not be had: those are as they were.
    `moved_to` is where the first of them has moved for good, `fresh` how long it need not be
    asked."""

    sheets: tuple[Sheet, ...]
    failed: tuple[str, ...] = ()
    moved_to: str | None = None
    fresh: timedelta | None = None

    def listed(self, site: str) -> tuple[dict[str, tuple[Place, str]], bool]:
        """Address → (place, its sitemap) of what may be posts, the newest first, and whether the
        sitemaps say themselves that they are."""
        of_posts = [sheet for sheet in self.sheets if sitemaps.is_of_posts(sheet.url)]
        certain = any(sheet.places for sheet in of_posts)
        within: dict[Place, str] = {}
        for sheet in of_posts if certain else self.sheets:
            chosen = sheet.places if certain else sitemaps.likely_posts(sheet.places, site)
            for place in chosen:
                within.setdefault(place, sheet.url)
        found: dict[str, tuple[Place, str]] = {}
        for place in sitemaps.newest_first(within):
            found.setdefault(place.url, (place, within[place]))
        return found, certain


def walk(root: str, before: Mapping[str, Sheet], fetcher: Fetcher) -> Walk:
    """Ask the sitemap at this address, and those below it that may have changed since `before`.

    Raises FetchError and UnreadableInput where the first one cannot be had.
    """
    return _Walker(root, before, fetcher).walk()


def unread(sheet: Sheet) -> Sheet:
    """The sheet as one to be read anew."""
    return replace(sheet, modified=None, etag=None, last_modified=None, digest=None)


class _Walker:
    def __init__(self, root: str, before: Mapping[str, Sheet], fetcher: Fetcher) -> None:
        self._root, self._before, self._fetcher = root, before, fetcher
        self._sheets: dict[str, Sheet] = {}
        self._waiting: dict[str, datetime | None] = {}
        self._failed: list[str] = []

    def walk(self) -> Walk:
        fetched = self._read(self._root, None)
        while self._waiting and len(self._sheets) < _MOST_SHEETS:
            address = next(iter(self._waiting))
            self._look(address, self._waiting.pop(address))
        return Walk(
            tuple(self._sheets.values()), tuple(self._failed), fetched.permanent_url, fetched.fresh
        )

    def _look(self, address: str, modified: datetime | None) -> None:
        known = self._before.get(address)
        if known is not None and modified is not None and known.modified == modified:
            self._sheets[address] = known
            return
        try:
            self._read(address, modified)
        except (FetchError, UnreadableInput) as error:
            if not self._before:
                raise  # what it lists would be taken for new later
            self._failed.append(str(error))
            self._ask_again(known)

    def _ask_again(self, failed: Sheet | None) -> None:
        """One that could not be had is asked by the next walk, whatever the index says."""
        if failed is not None:
            self._sheets[failed.url] = replace(failed, modified=None)
        else:
            self._sheets[self._root] = unread(self._sheets[self._root])

    def _read(self, address: str, modified: datetime | None) -> Fetched:
        known = self._before.get(address) or Sheet(address)
        fetched = sitemaps.answered(
            address, self._fetcher, etag=known.etag, last_modified=known.last_modified
        )
        digest = None if fetched.not_modified else hashlib.sha256(fetched.body).hexdigest()
        if fetched.not_modified or digest == known.digest:
            self._sheets[address] = replace(known, modified=modified)
            self._wait_for_those_before(address)
            return fetched
        found = sitemaps.read_sitemap(fetched.body, fetched.url)
        self._sheets[address] = Sheet(
            address,
            tuple(sitemaps.of_site(found.places, self._root)),
            modified,
            fetched.etag,
            fetched.last_modified,
            digest,
        )
        self._wait_for(found.sitemaps)
        return fetched

    def _wait_for(self, named: Sequence[Place]) -> None:
        modified = dict(named)
        for url in sitemaps.worth_reading(modified):
            if url not in self._sheets:
                self._waiting.setdefault(url, modified[url])

    def _wait_for_those_before(self, address: str) -> None:
        """An index that is as it was names what it named."""
        if address != self._root:
            return
        for url, sheet in self._before.items():
            if url not in self._sheets:
                self._waiting.setdefault(url, sheet.modified)
