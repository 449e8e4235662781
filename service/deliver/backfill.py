"""The back catalogue comes in, batch by batch; what is in, and where to go on, is kept with each.

First the source is polled, so that what is new stays new. Then everything published until a day
before is history: stored with the reason, never announced. What lies between is left to the polls:
clocks and time zones of blogs are not to be trusted with less.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from service import archives, pipeline
from service.deliver import intake
from service.deliver.history import Remembered, remember
from service.deliver.polling import poll_all
from service.errors import NoWayBack, Unreachable, UsageError
from service.store import backfills as stored
from service.store import sources as stored_sources
from service.store.tables import BackfillRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from service.deliver.publisher import Publisher
    from service.ingest.archive import Batch, Span, WayKind
    from service.ingest.patience import Gets
    from service.ingest.ways import Way
    from service.model import Entry, Source

_MARGIN = timedelta(days=1)
_NAMES = {
    "wordpress": "WordPress's REST API",
    "feed-pages": "older pages of the feed",
    "sitemap": "the sitemap",
}
_GO_ON = "Run the same command again: it goes on where it stopped."


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for: a way (the best there is otherwise) and where it begins, only posts
    published `since`, at most `limit` new ones, all anew though it was done before."""

    way: WayKind | None = None
    entrance: str | None = None
    since: datetime | None = None
    limit: int | None = None
    again: bool = False


@dataclass(slots=True)
class Backfill:
    """How a backfill stands, for people. `why` says why this way, `entrance` where it begins.

    Counts are of this run: posts `taken` in, those `known` before, those `left` to the polls, and
    pages `passed` as no posts. `total` is of the whole catalogue, None where it is not told;
    `taken_before` by earlier runs. `failed` names each page that could not be read, `notes` what
    else went wrong.
    """

    source: str
    way: WayKind
    entrance: str
    why: str
    resumed: bool = False
    done: bool = False
    total: int | None = None
    taken: int = 0
    known: int = 0
    passed: int = 0
    left: int = 0
    failed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    others: tuple[Way, ...] = ()
    taken_before: int = 0


def source_to_fill(publisher: Publisher, name: str | None) -> Source:
    """The source of this name; the first that can be asked otherwise. Raises SettingsError, and
    UsageError where there is none."""
    if name is not None:
        return publisher.source(name)
    for each in publisher.blog.sources:
        if each.kind != "webhook":
            return each
    raise UsageError(
        "No source here has an address to begin at.",
        mend='Set url = "https://…" in [blog], or add a [[source]] of kind "page".',
    )


def prepare(publisher: Publisher, source: Source, wish: Wish, gets: Gets) -> Backfill:
    """Begin, or take up what was begun. Raises FetchError, UnreadableInput, and NoWayBack where no
    way is found."""
    with publisher.store.session() as session:
        row = stored_sources.source_row(session, publisher.owner, source)
        begun = stored.newest(session, row.id, wish.way)
        if begun is not None and not wish.again and _covers(begun, wish):
            return _taken_up(source, begun)
    trouble = [] if source.kind == "webhook" else poll_all(publisher, [source])[0].errors
    way, others = _chosen(publisher, source, wish, gets)
    with publisher.store.session() as session:
        row = stored_sources.source_row(session, publisher.owner, source)
        made = stored.begun(
            session,
            row.id,
            way.kind,
            entrance=way.url,
            since=wish.since,
            until=(row.polled_at or publisher.now()) - _MARGIN,
            now=publisher.now(),
        )
        taken = made.taken
    return Backfill(
        source.name,
        _kind(way.kind),
        way.url,
        way.what,
        total=way.posts,
        others=others,
        notes=trouble,
        taken_before=taken,
    )


def _covers(begun: BackfillRow, wish: Wish) -> bool:
    """Whether what was begun is what is asked for: from the same place, as far back or farther."""
    if wish.entrance is not None and wish.entrance != begun.entrance:
        return False
    return begun.since is None or (wish.since is not None and begun.since <= wish.since)


def _taken_up(source: Source, begun: BackfillRow) -> Backfill:
    done = begun.state == "done"
    when = f"{begun.updated_at:%Y-%m-%d}"
    why = f"It is in since {when}." if done else f"It was begun before, and goes on ({when})."
    return Backfill(
        source.name,
        _kind(begun.way),
        begun.entrance,
        why,
        resumed=True,
        done=done,
        taken_before=begun.taken,
    )


def _kind(name: str) -> WayKind:
    kinds: tuple[WayKind, ...] = ("wordpress", "feed-pages", "sitemap")
    return next(kind for kind in kinds if kind == name)


def ways(
    publisher: Publisher, source: Source, gets: Gets, tried: dict[str, str]
) -> tuple[Way, ...]:
    """The ways to the source's back catalogue, the best first; `tried` is told why other kinds are
    none. Raises FetchError."""
    with publisher.store.reading() as session:
        found = stored_sources.address(session, publisher.owner, source.name)
    feed_url, kind = found
    if feed_url is None and source.url is not None and source.kind == "feed":
        discovered = pipeline.discover(source.url, publisher.door)
        feed_url, kind = discovered.feed_url, discovered.kind
    if feed_url is not None and kind in ("wordpress", "sitemap"):
        return (archives.way_back(_kind(kind), feed_url, "The source itself goes back."),)
    feed = feed_url if kind == "feed" else None
    home = publisher.blog.site_url or source.url or publisher.blog.url
    site = urljoin(feed, "/") if feed and home == feed else home
    return archives.ways_back(site, feed, gets, tried)


def _chosen(
    publisher: Publisher, source: Source, wish: Wish, gets: Gets
) -> tuple[Way, tuple[Way, ...]]:
    if wish.way is not None and wish.entrance is not None:
        return archives.way_back(wish.way, wish.entrance), ()
    tried: dict[str, str] = {}
    found = ways(publisher, source, gets, tried)
    wished = [way for way in found if wish.way is None or way.kind == wish.way]
    if wished:
        return wished[0], tuple(way for way in found if way is not wished[0])
    if wish.way is None:
        reasons = "".join(f"\n  {_NAMES[kind]}: {tried[kind]}" for kind in _NAMES if kind in tried)
        raise NoWayBack(f"No way to older posts was found. Looked for:{reasons}")
    also = " or ".join(f"--from-{way.kind}" for way in found)
    where = "--url says where it is, if you know."
    why = tried.get(wish.way, "the source is followed by another way.")
    raise NoWayBack(
        f"The site offers no back catalogue by {_NAMES[wish.way]}: {why}",
        mend=f"What it offers: {also}. {where}" if also else where,
    )


def walk(
    publisher: Publisher, source: Source, state: Backfill, wish: Wish, gets: Gets
) -> Iterator[Backfill]:
    """Take the catalogue in, giving `state` after each batch that is durably in.

    Raises FetchError and UnreadableInput; what was in before stays, and is gone on from.
    """
    if state.done:
        return
    with publisher.store.session() as session:
        row = stored_sources.source_row(session, publisher.owner, source)
        begun = stored.newest(session, row.id, state.way)
        assert begun is not None
        backfill_id, cursor = begun.id, begun.cursor
        span = archives.span(begun.since, begun.until)
        permalinks = stored.addresses(session, row.id)
    batches = archives.back_catalogue(
        state.way,
        state.entrance,
        gets,
        cursor,
        span,
        is_done=lambda url: _is_done(publisher, backfill_id, url),
        permalinks=permalinks,
    )
    try:
        for batch in batches:
            _take(publisher, source, state, backfill_id, batch, span, wish.limit)
            yield state
            if wish.limit is not None and state.taken >= wish.limit:
                return
    except Unreachable as error:
        raise Unreachable(
            error.what, url=error.url, retry_after=error.retry_after, mend=_GO_ON
        ) from error


def _is_done(publisher: Publisher, backfill_id: int, url: str) -> bool:
    """Whether an address need not be fetched: looked at before, or that of a post we have whole."""
    with publisher.store.reading() as session:
        if stored.is_looked_at(session, backfill_id, url):
            return True
        post = intake.post_at(session, publisher, url)
        return post is not None and stored.is_whole(session, post.id)


def _take(
    publisher: Publisher,
    source: Source,
    state: Backfill,
    backfill_id: int,
    batch: Batch,
    span: Span,
    limit: int | None,
) -> None:
    """One batch, with where to go on, in one transaction."""
    entries = [entry for entry in batch.entries if span.has(entry)]
    newer = sum(_is_newer(entry, span) for entry in batch.entries)
    room = None if limit is None else max(0, limit - state.taken)
    reason = f"From the back catalogue, by {_NAMES[state.way]}: known, not announced."

    def noted(session: Session) -> Remembered:
        row = session.get(BackfillRow, backfill_id)
        assert row is not None
        got = remember(publisher, session, source, entries, reason, room)
        outcomes = [(url, "passed", why) for url, why in batch.passed]
        outcomes += [(url, "failed", why) for url, why in batch.failed]
        outcomes += [] if got.cut else [(url, "taken", "") for url in batch.looked_at]
        stored.note(session, backfill_id, outcomes, publisher.now())
        row.taken += got.new
        row.updated_at = publisher.now()
        if not got.cut:
            row.cursor = batch.cursor
            # what failed is tried again by the next run
            row.state = "open" if batch.cursor is not None or state.failed else "done"
        return got

    got = publisher.store.transaction(noted)
    state.taken, state.known = state.taken + got.new, state.known + got.known + batch.known
    state.passed, state.left = state.passed + len(batch.passed), state.left + newer
    state.failed += [f"{url}: {why}" for url, why in batch.failed]
    state.total = batch.total if batch.total is not None else state.total
    state.done = batch.cursor is None and not got.cut


def _is_newer(entry: Entry, span: Span) -> bool:
    return entry.published is not None and entry.published > span.until


def posts_to_look_at(
    publisher: Publisher, source: Source, wish: Wish, gets: Gets
) -> tuple[Way, int | None, tuple[Way, ...]]:
    """What a backfill would do: the way, how many posts or addresses there are, the other ways.

    Remembers nothing. Raises as `prepare`.
    """
    way, others = _chosen(publisher, source, wish, gets)
    count = archives.count_back(_kind(way.kind), way.url, gets, wish.since)
    return way, count, others
