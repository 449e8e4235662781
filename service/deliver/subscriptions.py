"""Subscriptions to hubs are kept (WebSub): asked for, renewed before they end, given up with their
source. Whatever a hub does, the feed is polled as ever.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from service import archives, pipeline
from service.errors import BookplateError, FetchError, Gone
from service.store import sources as stored_sources
from service.store import subscriptions as stored
from service.store.tables import SourceRow, SubscriptionRow

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2

    from service.deliver.publisher import Publisher
    from service.ingest.websub import Topic

#: what we ask for; hubs give what they like
_LEASE_SECONDS = 10 * 24 * 3600
#: how long a hub may take to come back and verify
_VERIFIES_WITHIN = timedelta(hours=1)
#: a feed without a hub is looked at again after this long
_LOOK_AGAIN = timedelta(days=1)
_SHORTEST_PAUSE = timedelta(minutes=1)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(days=1)
#: how often a hub is asked to let us go
_FAREWELLS = 3
#: how often `serve` sees to it, in seconds
_TICK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Asking:
    """A request to a hub that is to be made: outside any transaction."""

    subscription: int
    hub: str
    form: dict[str, str]


class Subscriptions:
    """The blog's subscriptions, with callbacks below `public_url`."""

    def __init__(self, publisher: Publisher, public_url: str, log: Callable[[str], None]) -> None:
        self._publisher = publisher
        self._base = f"{public_url.rstrip('/')}/hooks/websub/"
        self._log = log
        self._no_hub_until: dict[str, datetime] = {}
        self._stopping = threading.Event()
        self._client: httpx2.Client | None = None
        self._thread = threading.Thread(target=self._keep_on, name="subscriptions", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """End after what is being asked now. Hubs keep us until their leases end."""
        self._stopping.set()
        self._thread.join(timeout)

    def _keep_on(self) -> None:
        while not self._stopping.is_set():
            try:
                self.keep()
            except BookplateError as error:
                self._log(f"subscriptions: {error}")
            self._stopping.wait(_TICK_SECONDS)

    def keep(self) -> None:
        """Do what is due now. Raises StoreError."""
        for name in self._due():
            self._see_to(name)
        for asking in self._farewells():
            self._ask(asking)

    # ── which sources need something ─────────────────────────────────────────────────────

    def _due(self) -> list[str]:
        """The sources that are to be subscribed to, or whose subscription is to be renewed."""
        now = self._publisher.now()
        followed = {each.name for each in self._publisher.blog.sources if each.kind == "feed"}
        with self._publisher.store.session() as session:
            current: dict[str, SubscriptionRow] = {}
            for row, source in stored.of_blog(session, self._publisher.owner):
                if row.state == "leaving":
                    continue
                if source.name in followed and self._is_current(row, source):
                    current[source.name] = row
                else:
                    _leave(row, now)
            rows = stored_sources.sources(session, self._publisher.owner)
            polled = [each for each in rows if each.name in followed and each.feed_kind == "feed"]
            return [
                each.name
                for each in polled
                if (
                    current[each.name].next_at <= now
                    if each.name in current
                    else self._no_hub_until.get(each.name, now) <= now
                )
            ]

    def _is_current(self, row: SubscriptionRow, source: SourceRow) -> bool:
        return row.callback.startswith(self._base) and row.feed_url == source.feed_url

    # ── asking ───────────────────────────────────────────────────────────────────────────

    def _see_to(self, name: str) -> None:
        """Look anew at the feed, which may have moved to another hub, then ask its hub."""
        publisher = self._publisher
        with publisher.store.reading() as session:
            feed_url, _ = stored_sources.address(session, publisher.owner, name)
        assert feed_url is not None
        try:
            topic = archives.topic_of(publisher.door.get(feed_url))
        except Gone as error:
            topic = None
            self._log(f"{name}: {error.what}")
        except FetchError as error:
            self._put_off(name, error)
            return
        asking = self._wanted(name, feed_url, topic)
        if asking is not None:
            self._ask(asking)

    def _wanted(self, name: str, feed_url: str, topic: Topic | None) -> _Asking | None:
        now = self._publisher.now()
        with self._publisher.store.session() as session:
            current = None
            for row, source in stored.of_blog(session, self._publisher.owner):
                if source.name != name or row.state == "leaving":
                    continue
                if topic and (row.hub, row.topic) == (topic.hub, topic.url):
                    current = row
                else:
                    _leave(row, now)
            if topic is None:
                self._no_hub_until[name] = now + _LOOK_AGAIN
                return None
            if current is None:
                source = next(
                    each
                    for each in stored_sources.sources(session, self._publisher.owner)
                    if each.name == name
                )
                current = self._new(source, feed_url, topic)
                session.add(current)
            elif current.state == "asked":
                current.failures += 1
                self._log(f"{name}: {current.hub} never came back to {self._base}…")
            if current.state != "active" or (current.expires_at and current.expires_at <= now):
                current.state = "asked"
            current.next_at = now + _patience(current, now)
            session.flush()
            return _asking(current, "subscribe")

    def _new(self, source: SourceRow, feed_url: str, topic: Topic) -> SubscriptionRow:
        token = secrets.token_urlsafe(32)
        return SubscriptionRow(
            source_id=source.id,
            feed_url=feed_url,
            hub=topic.hub,
            topic=topic.url,
            callback=f"{self._base}{token}",
            token=token,
            secret=secrets.token_urlsafe(32) if self._is_private(topic.hub) else None,
            state="asked",
            reason="The hub was asked, and has not come back yet.",
            failures=0,
        )

    def _is_private(self, hub: str) -> bool:
        """Whether nobody reads what we tell a hub: by TLS, or on this machine or network (WebSub,
        section 5.1: a secret only over HTTPS)."""
        parts = urlsplit(hub)
        return parts.scheme == "https" or parts.hostname in self._publisher.blog.allow_private

    def _put_off(self, name: str, error: FetchError) -> None:
        """The feed can't be had now: its subscription is seen to later."""
        now = self._publisher.now()
        self._no_hub_until[name] = now + _FIRST_PAUSE
        with self._publisher.store.session() as session:
            for row, source in stored.of_blog(session, self._publisher.owner):
                if source.name == name and row.state != "leaving":
                    row.failures += 1
                    row.next_at = now + _pause(row.failures, error)

    def _farewells(self) -> list[_Asking]:
        """What hubs are to be told of subscriptions that are given up; those told often enough
        are forgotten, and end by themselves."""
        now, found = self._publisher.now(), []
        with self._publisher.store.session() as session:
            for row, _ in stored.of_blog(session, self._publisher.owner):
                if row.state != "leaving" or row.next_at > now:
                    continue
                if row.failures >= _FAREWELLS:
                    session.delete(row)
                    continue
                row.failures += 1
                row.next_at = now + _VERIFIES_WITHIN
                found.append(_asking(row, "unsubscribe"))
        return found

    def _ask(self, asking: _Asking) -> None:
        try:
            archives.ask_hub(self._http, asking.hub, asking.form)
        except FetchError as error:
            self._log(f"hub: {error.what} The feed is polled all the same.")
            with self._publisher.store.session() as session:
                row = session.get(SubscriptionRow, asking.subscription)
                if row is not None and row.state != "leaving":
                    row.failures += 1
                    row.reason = error.what
                    row.next_at = self._publisher.now() + _pause(row.failures, error)

    @property
    def _http(self) -> httpx2.Client:
        if self._client is None:
            blog = self._publisher.blog
            self._client = pipeline.channel_client(
                allow_private=blog.allow_private, contact=blog.contact
            )
        return self._client


def _asking(row: SubscriptionRow, mode: str) -> _Asking:
    form = {"hub.mode": mode, "hub.topic": row.topic, "hub.callback": row.callback}
    if mode == "subscribe":
        form["hub.lease_seconds"] = str(_LEASE_SECONDS)
        if row.secret is not None:
            form["hub.secret"] = row.secret
    return _Asking(row.id, row.hub, form)


def _leave(row: SubscriptionRow, now: datetime) -> None:
    row.state, row.failures, row.next_at = "leaving", 0, now
    row.reason = "It is given up: the source, its hub or our address is another."


def _pause(failures: int, error: FetchError | None = None) -> timedelta:
    """How long a hub that fails is left alone: doubling, or as long as it asks for."""
    asked = timedelta(seconds=getattr(error, "retry_after", None) or 0)
    doubled: timedelta = _FIRST_PAUSE * 2 ** min(failures, 10)
    return max(min(doubled, _LONGEST_PAUSE), asked)


def _patience(row: SubscriptionRow, now: datetime) -> timedelta:
    """How long a hub may take to come back before it is asked again: less where a short lease
    would end meanwhile."""
    usual = max(_VERIFIES_WITHIN, _pause(row.failures))
    if row.state != "active" or row.expires_at is None:
        return usual
    return min(usual, max((row.expires_at - now) / 2, _SHORTEST_PAUSE))
