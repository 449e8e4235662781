"""The pipeline's first room once more, for those who go back in time and those who are pushed to.

All ways to a blog's posts, its back catalogue, and hubs. As with the pipeline, nothing here
remembers or sends, and rooms are imported when they are entered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    import httpx2

    from service.ingest.archive import Batch, Span, WayKind
    from service.ingest.discovery import Discovery
    from service.ingest.fetch import Fetched, Fetcher
    from service.ingest.patience import Gets, Patient
    from service.ingest.ways import Way
    from service.ingest.websub import Topic


def survey(url: str, door: Fetcher) -> tuple[Discovery, tuple[Way, ...]]:
    """The best way to follow the blog at this address, and all the ways to its posts."""
    from service.ingest.ways import survey as find_ways

    return find_ways(url, door)


def patient(
    door: Fetcher,
    *,
    pause: float,
    sleep: Callable[[float], None],
    tell: Callable[[str], None],
) -> Patient:
    """The door for long work at one site: a pause between requests, and a wait where it asks."""
    from service.ingest.patience import Patient

    return Patient(door, pause=pause, sleep=sleep, tell=tell)


def ways_back(site_url: str, feed_url: str | None, gets: Gets) -> tuple[Way, ...]:
    """The ways to a blog's back catalogue, the best first."""
    from service.ingest.ways import archives

    return archives(site_url, feed_url, gets)


def way_back(kind: WayKind, entrance: str) -> Way:
    """A way to the back catalogue whose entrance somebody knows."""
    from service.ingest.ways import archive

    return archive(kind, entrance)


def count_back(kind: WayKind, entrance: str, gets: Gets, since: datetime | None) -> int | None:
    """How many posts there are by this way, where it says so."""
    from service.ingest.archive import count

    return count(kind, entrance, gets, since)


def span(since: datetime | None, until: datetime) -> Span:
    """The time whose posts are history."""
    from service.ingest.archive import Span

    return Span(since, until)


def back_catalogue(
    kind: WayKind,
    entrance: str,
    gets: Gets,
    cursor: dict[str, Any] | None,
    span: Span,
    *,
    is_done: Callable[[str], bool],
    permalinks: Sequence[str],
) -> Iterator[Batch]:
    """The back catalogue, batch by batch; each says where to go on."""
    from service.ingest.archive import back_catalogue as batches

    return batches(kind, entrance, gets, cursor, span, is_done=is_done, permalinks=permalinks)


def topic_of(fetched: Fetched) -> Topic | None:
    """What of a feed can be subscribed to, and at which hub (WebSub)."""
    from service.ingest.websub import topic_of as find

    return find(fetched)


def ask_hub(client: httpx2.Client, hub: str, form: Mapping[str, str]) -> None:
    """Ask a hub for a subscription, or for its end. Raises FetchError."""
    from service.ingest.websub import ask_hub as ask

    ask(client, hub, form)


def is_signed(secret: str, signature: str | None, body: bytes) -> bool:
    """Whether a hub signed this body with our secret."""
    from service.ingest.websub import is_signed as check

    return check(secret, signature, body)
