"""The pipeline's first room once more, for those who go back in time, who follow a blog by other
ways than a feed, and who are pushed to.

All ways to a blog's posts, its back catalogue, WordPress's API and sitemaps, and hubs. As with the
pipeline, nothing here remembers or sends, and rooms are imported when they are entered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    import httpx2

    from service.ingest.archive import Batch, Span, WayKind
    from service.ingest.discovery import Discovery
    from service.ingest.fetch import Fetched, Fetcher
    from service.ingest.patience import Gets, Patient
    from service.ingest.sitemap_walk import Sheet, Walk
    from service.ingest.ways import Way
    from service.ingest.websub import Topic
    from service.ingest.wordpress_lists import Order, ShortList
    from service.model import Entry, SourceKind


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


def ways_back(
    site_url: str, feed_url: str | None, gets: Gets, tried: dict[str, str]
) -> tuple[Way, ...]:
    """The ways to a blog's back catalogue, the best first; `tried` is told why others are none."""
    from service.ingest.ways import archives

    return archives(site_url, feed_url, gets, tried)


def way_back(kind: WayKind, entrance: str, why: str = "You said where it is.") -> Way:
    """A way to the back catalogue whose entrance somebody knows."""
    from service.ingest.ways import Way

    return Way(kind, entrance, why)


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


# ── sources that are no feeds ────────────────────────────────────────────────────────────


def followed_as(kind: SourceKind, address: str, door: Fetcher) -> tuple[SourceKind, str]:
    """How a source is followed, as far as its address says it, and where. "feed" may turn out to
    be anything. Raises FetchError, and UnreadableInput for a WordPress without an API."""
    from service.ingest.followed import followed_as as told_by_address

    return told_by_address(kind, address, door)


def is_sitemap(body: bytes) -> bool:
    """Whether XML is that of a sitemap."""
    from service.ingest.sitemap import is_sitemap as is_one

    return is_one(body)


def sitemap_sheet(
    url: str,
    listed: Iterable[tuple[str, datetime | None]],
    modified: datetime | None,
    etag: str | None,
    last_modified: str | None,
    digest: str | None,
) -> Sheet:
    """A sitemap as it was last read: what it listed, and the validators of the answer."""
    from service.ingest.sitemap import Place
    from service.ingest.sitemap_walk import Sheet

    places = tuple(Place(*each) for each in listed)
    return Sheet(url, places, modified, etag, last_modified, digest)


def sitemap_walk(root: str, before: Mapping[str, Sheet], door: Fetcher) -> Walk:
    """The sitemaps at and below an address; those that have not changed are as they were."""
    from service.ingest.sitemap_walk import walk

    return walk(root, before, door)


def sitemap_post(fetched: Fetched, url: str, likely: bool) -> Entry | None:
    """The post in a page that a sitemap lists; None where it is none."""
    from service.ingest.sitemap_pages import post_in

    found = post_in(fetched, url, likely)
    return None if isinstance(found, str) else found


def permalink_test(known: Iterable[str]) -> Callable[[str], bool]:
    """Whether an address has the form of these posts'."""
    from service.ingest.permalinks import permalink_test as test_of

    return test_of(known)


def wordpress_endpoint(address: str) -> str | None:
    """Where the WordPress API at this address lists posts; None where it is none."""
    from service.ingest.wordpress_lists import posts_endpoint

    return posts_endpoint(address)


def wordpress_list(
    endpoint: str,
    door: Fetcher,
    order: Order,
    *,
    number: int = 1,
    size: int | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
) -> ShortList:
    """A page of the API's posts without content, the newest or the last changed first."""
    from service.ingest.wordpress import PER_PAGE
    from service.ingest.wordpress_lists import short_list

    return short_list(
        endpoint,
        door,
        order,
        number=number,
        size=size or PER_PAGE,
        etag=etag,
        last_modified=last_modified,
    )


def wordpress_posts(
    endpoint: str, numbers: Sequence[int], door: Fetcher, size: int
) -> dict[int, Entry]:
    """The posts of these numbers, whole."""
    from service.ingest.wordpress_lists import whole_posts

    return whole_posts(endpoint, numbers, door, size)


def wordpress_site(endpoint: str, door: Fetcher) -> tuple[str | None, str | None]:
    """(name, address) of the site whose API this is."""
    from service.ingest.wordpress_lists import site_of

    return site_of(endpoint, door)


# ── hubs ─────────────────────────────────────────────────────────────────────────────────


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
