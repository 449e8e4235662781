"""Sources are asked, many at once; what they tell is remembered in batches.

Threads wait for servers and read what they send; this thread alone writes. Each batch is one
transaction, so a process that dies leaves every source either as it was before its poll or after.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy.exc import DBAPIError

from service.deliver import presence, schedule
from service.deliver.crew import Crew
from service.deliver.imprints import text_of
from service.deliver.listing import PAGES_A_POLL, listed
from service.deliver.poll import Listing, PageState, PollState
from service.deliver.readers import Readers
from service.deliver.sightings import remember
from service.deliver.told import PollReport, Told
from service.errors import BookplateError, FetchError, Gone, StoreError, UnreadableInput
from service.model import Entry
from service.store import pages as stored_pages
from service.store import posts as stored_posts
from service.store import sources as stored
from service.store.tables import PostRow
from service.weblink import without_credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from service.deliver.publisher import Publisher
    from service.model import Source
    from service.store.tables import SourceRow

#: a batch is written when it is this large, or when this many seconds brought no more
_BATCH, _BATCH_SECONDS = 250, 0.1
#: what threads may have brought and not been taken yet
_AHEAD = 100
#: sources that list their posts themselves: no pages are remembered of them
_OF_FEEDS = (None, "feed")

log = logging.getLogger("bookplate.polling")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A source that was asked at `at`, and what came of it."""

    source: Source
    row: SourceRow
    at: datetime
    listing: Listing | None = None
    error: BookplateError | None = None


@dataclass(frozen=True, slots=True)
class _Looked:
    """A page that was looked for because its source lists it no more."""

    source: Source
    post_id: int
    found: presence.Presence


def poll_all(
    publisher: Publisher,
    sources: Sequence[Source],
    tell: Callable[[str], None] = lambda _: None,
    *,
    again: Collection[str] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> list[PollReport]:
    """Ask these sources now, whatever their schedule, and remember what they say.

    A source whose server asked to be left alone, or said that it is gone for good, is not asked:
    its report says so. Those named in `again` are asked all the same. `tell` hears how far it is;
    when `stopped` says so, what is not begun is left.
    """
    hands = publisher.blog.manners.parallel
    with Readers() as readers, Crew[_Asked | _Looked](hands, _AHEAD) as crew:
        round_ = _Round(publisher, sources, again, readers)
        for source in round_.wanted:
            crew.give(partial(round_.ask, source))
        while crew.outstanding and not stopped():
            tell(f"polling: {crew.outstanding} of {len(sources)} sources to go")
            for look in round_.note(crew.take(_BATCH, _BATCH_SECONDS)):
                crew.give(look)
        return [round_.reports[source.name] for source in sources]


class _Round:
    """One round of polls."""

    def __init__(
        self,
        publisher: Publisher,
        sources: Sequence[Source],
        again: Collection[str],
        readers: Readers,
    ) -> None:
        self._publisher = publisher
        self._readers = readers
        #: sources that list nothing all at once: only pages gone for good are believed of them
        self._empty: set[str] = set()
        self.reports = {source.name: PollReport(source.name) for source in sources}
        now = publisher.now()
        with publisher.store.session() as session:
            self._rows = stored.source_rows(session, publisher.owner, sources)
            of_pages = [row.id for row in self._rows.values() if row.feed_kind not in _OF_FEEDS]
            self._pages = stored_pages.pages_of(session, of_pages)
            self._missing = stored_posts.missing(session, publisher.owner)
        wanted = []
        for source in sources:
            row = self._rows[source.name]
            why = None if source.name in again else _why_not(row, now)
            if why is None:
                wanted.append(source)
            else:
                self.reports[source.name].notes.append(why)
        self.wanted = _by_turns(wanted)

    def ask(self, source: Source) -> _Asked:
        """In a thread: fetch what the source lists, and read it."""
        row, at = self._rows[source.name], self._publisher.now()
        pages = tuple(
            PageState(
                page.url,
                page.etag,
                page.last_modified,
                page.body_hash,
                page.post_id,
                page.stamp,
                page.within,
            )
            for page in self._pages.get(row.id, ())
        )
        state = PollState(
            row.feed_url,
            row.feed_kind,
            row.etag,
            row.last_modified,
            row.body_hash,
            pages,
            baseline_at=row.baseline_at,
            imprints=row.imprints,
        )
        return self._heard(
            source, at, lambda: listed(self._publisher, source, state, self._readers)
        )

    def read_whole(self, asked: _Asked) -> _Asked:
        """In a thread: read all that a source listed, also what was passed over."""
        assert asked.listing is not None
        assert asked.listing.whole is not None
        return self._heard(asked.source, asked.at, asked.listing.whole)

    def _heard(self, source: Source, at: datetime, hear: Callable[[], Listing]) -> _Asked:
        row = self._rows[source.name]
        try:
            return _Asked(source, row, at, hear())
        except (FetchError, UnreadableInput) as error:
            return _Asked(source, row, at, error=error)
        except Exception as error:
            log.exception("%s could not be read", source.name)
            what = f"{_address(source)} could not be read: {type(error).__name__}: {error}."
            return _Asked(source, row, at, error=UnreadableInput(what))

    def look(self, source: Source, post_id: int, url: str) -> _Looked:
        """In a thread: see whether a page is still there."""
        return _Looked(source, post_id, presence.look(self._publisher, url))

    # ── what was learned, into the database ──────────────────────────────────────────────

    def note(self, learned: Sequence[_Asked | _Looked]) -> list[Callable[[], _Asked | _Looked]]:
        """Remember it; what is to be done next."""
        asked = [each for each in learned if isinstance(each, _Asked)]
        self._note_looks([each for each in learned if isinstance(each, _Looked)])
        self._note_failures([each for each in asked if each.error is not None])
        self._note_quiet([each for each in asked if _is_quiet(each)])
        told = [each for each in asked if each.listing is not None and not _is_quiet(each)]
        looks, unclear = self._note_told(told)
        for each in asked:
            if _is_quiet(each):
                looks += [(each.source, *post) for post in self._missing.get(each.row.id, ())]
        return [
            *(partial(self.look, *each) for each in looks),
            *(partial(self.read_whole, each) for each in unclear),
        ]

    def _note_failures(self, failed: Sequence[_Asked]) -> None:
        notes = []
        for each in failed:
            error, row = each.error, each.row
            self.reports[each.source.name].errors.append(str(error))
            until = schedule.not_before(each.at, getattr(error, "retry_after", None))
            pause = schedule.after_failure(
                each.at, every=each.source.every, failures=row.failures + 1
            )
            notes.append(
                {
                    "source_id": row.id,
                    "why": str(error),
                    "next": max(pause, until) if until else pause,
                    "until": until,
                    "stop": _farewell(each),
                }
            )
        if notes:
            with self._publisher.store.session() as session:
                stored.note_failures(session, notes)

    def _note_quiet(self, quiet: Sequence[_Asked]) -> None:
        answers = []
        for each in quiet:
            assert each.listing is not None
            self.reports[each.source.name].unchanged = True
            answers.append(
                {
                    "source_id": each.row.id,
                    "asked": each.at,
                    "next": self._next(each, each.row.changed_at),
                    "new_etag": each.listing.state.etag,
                    "new_modified": each.listing.state.last_modified,
                }
            )
        if answers:
            with self._publisher.store.session() as session:
                stored.note_answers(session, answers)

    def _next(self, each: _Asked, quiet_since: datetime | None) -> datetime:
        assert each.listing is not None
        return schedule.next_poll(
            each.at,
            every=each.source.every,
            slowest=self._publisher.blog.manners.slowest,
            quiet_since=quiet_since,
            fresh=each.listing.fresh,
        )

    def _note_told(
        self, told: Sequence[_Asked]
    ) -> tuple[list[tuple[Source, int, str]], list[_Asked]]:
        """In one transaction where that goes, else in one for each: one source must not spoil
        the others' polls. Gives the pages to be looked at, and the sources to be read wholly."""
        if not told:
            return [], []
        self._learn(told)
        looks: list[tuple[Source, int, str]] = []
        to_read: list[_Asked] = []
        waiting = deque([list(told)])
        while waiting:
            batch = waiting.popleft()
            try:
                with self._publisher.store.session() as session:
                    reports = {each.source.name: PollReport(each.source.name) for each in batch}
                    found, put_off, unclear = self._take(session, batch, reports)
            except StoreError:
                raise
            except Exception as error:
                if len(batch) > 1:
                    waiting.extend([each] for each in batch)
                    continue
                if isinstance(error, DBAPIError):
                    raise
                log.exception("%s could not be taken in", batch[0].source.name)
                what = f"{type(error).__name__}: {error}"
                self.reports[batch[0].source.name].errors.append(what)
                continue
            looks += found
            to_read += unclear
            names = {each.source.name for each in (*put_off, *unclear)}
            for name, report in reports.items():
                if name not in names:
                    self.reports[name] = report
            if put_off:
                waiting.append(put_off)
        return looks, to_read

    def _learn(self, told: Sequence[_Asked]) -> None:
        """The blog's first source tells what the blog is called."""
        first = self._publisher.blog.sources[0].name
        for each in told:
            listing = each.listing
            if each.source.name == first and listing and (listing.title or listing.site_url):
                self._publisher.learn(listing.title, listing.site_url)

    def _take(
        self, session: Session, batch: Sequence[_Asked], reports: dict[str, PollReport]
    ) -> tuple[list[tuple[Source, int, str]], list[_Asked], list[_Asked]]:
        rows = stored.locked(session, [each.row.id for each in batch])
        told: list[tuple[_Asked, Told]] = []
        for each in batch:
            row, report, listing = rows[each.row.id], reports[each.source.name], each.listing
            assert listing is not None
            report.errors.extend(listing.failed)
            if row.polled_at is not None and row.polled_at > each.at:
                report.unchanged = True  # another process asked later and knows better
                continue
            told.append((each, _told(each, row, report)))
        late = remember(session, self._publisher, [one for _, one in told])
        looks: list[tuple[Source, int, str]] = []
        left: list[int] = []
        put_off = [each for each, one in told if one in late.put_off]
        unclear = [each for each, one in told if one in late.unclear]
        for each, one in told:
            if one in late.put_off or one in late.unclear:
                continue
            self._settle(session, each, one)
            ask, off = presence.rolled_off(one)
            looks += [(each.source, it.id, it.url) for it in ask[: presence.PAGES_A_POLL]]
            if each.listing is not None and each.listing.entries == () and not one.touched:
                self._empty.add(each.source.name)
            left += [it.id for it in off]
        stored_posts.note_listed(session, left, None)
        return looks, put_off, unclear

    def _settle(self, session: Session, each: _Asked, told: Told) -> None:
        """Note the poll itself."""
        listing, row, report = each.listing, told.row, told.report
        assert listing is not None
        if listing.moved_to:
            report.notes.append(_moved(each.source, listing.moved_to))
        if told.first_poll and listing.beyond:
            report.notes.append(_beyond(listing))
        if told.first_poll:
            row.baseline_at = each.at
        if told.first_poll or report.new or report.changed or report.held:
            row.changed_at = each.at
        state = listing.state
        row.feed_url, row.feed_kind = state.feed_url, state.feed_kind
        row.etag, row.last_modified = state.etag, state.last_modified
        row.body_hash = state.body_hash
        row.polled_at, row.next_poll_at = each.at, self._next(each, row.changed_at)
        row.imprints = None
        if listing.imprints is not None and not told.muddled:
            row.imprints = text_of(listing.imprints, listing.passed, told.entries, told.post_ids)
        row.failures, row.error, row.wait_until, row.stopped = 0, None, None, None
        if state.feed_kind not in _OF_FEEDS:
            stored_pages.keep_pages(session, row.id, _pages(listing, told))

    def _note_looks(self, looked: Sequence[_Looked]) -> None:
        if not looked:
            return
        with self._publisher.store.session() as session:
            for each in looked:
                post = session.get(PostRow, each.post_id)
                assert post is not None
                settle, found = each.source.settle, each.found
                if found == "missing" and each.source.name in self._empty:
                    found = "unknown"
                if presence.note_presence(self._publisher, post, found, settle):
                    self.reports[each.source.name].gone.append(post.title or post.url)


def _is_quiet(asked: _Asked) -> bool:
    """Whether the source answered, stands where it stood, and has nothing to tell."""
    listing = asked.listing
    if listing is None or listing.entries is not None or asked.row.baseline_at is None:
        return False
    same_place = listing.state.feed_url == asked.row.feed_url
    return same_place and listing.state.body_hash == asked.row.body_hash


def _told(asked: _Asked, row: SourceRow, report: PollReport) -> Told:
    listing = asked.listing
    assert listing is not None
    first = row.baseline_at is None
    report.unchanged = listing.entries is None
    entries = listing.entries or ()
    if first:
        # pages that were there but could not be read are old all the same
        entries += tuple(Entry(url, "", "", complete=False) for url in listing.unread)
    return Told(
        asked.source,
        row,
        entries,
        first,
        asked.source.hold_above,
        report,
        listed_at=None if listing.entries is None else asked.at,
        touched=listing.touched,
        passed=listing.passed,
        standing=listing.standing,
        made=listing.keys,
    )


def _pages(listing: Listing, told: Told) -> list[dict[str, object]]:
    """The listed pages as the store keeps them, each with the post that was found there."""
    posts = dict(zip(listing.page_of, told.post_ids, strict=False))
    return [
        {
            "url": page.url,
            "etag": page.etag,
            "last_modified": page.last_modified,
            "body_hash": page.body_hash,
            "post_id": posts.get(page.url, page.post_id),
            "stamp": page.stamp,
            "within": page.within,
        }
        for page in listing.state.pages
    ]


def _by_turns(sources: Sequence[Source]) -> list[Source]:
    """One of each host by turns, so that no host keeps all threads waiting."""
    hosts: dict[str | None, list[Source]] = {}
    for source in sources:
        hosts.setdefault(urlsplit(source.url or "").hostname, []).append(source)
    turns = zip_longest(*hosts.values())
    return [source for turn in turns for source in turn if source is not None]


# ── in words ─────────────────────────────────────────────────────────────────────────────


def _address(source: Source) -> str:
    return without_credentials(source.url or source.name)


def _why_not(row: SourceRow, now: datetime) -> str | None:
    """Why this source is not asked now; None where it is."""
    where = f"{row.name} ({without_credentials(row.url or '')})"
    if row.stopped:
        return (
            f"{where} is not asked any more: {row.stopped} Set its new address, or ask once more: "
            f"bookplate run --again {row.name}"
        )
    if row.wait_until and row.wait_until > now:
        until = f"{row.wait_until.astimezone():%Y-%m-%d %H:%M}"
        return (
            f"{where} is not asked now: its server wants to be left alone until {until}. "
            f"Ask all the same: bookplate run --again {row.name}"
        )
    return None


def _farewell(asked: _Asked) -> str | None:
    """Why the source is not to be asked any more: it answered 410 itself."""
    error = asked.error
    if isinstance(error, Gone) and error.permanent:
        return f"it answered 410 Gone on {asked.at:%Y-%m-%d}."
    return None


def _beyond(listing: Listing) -> str:
    return (
        f"The page lists {PAGES_A_POLL + listing.beyond} posts; the first {PAGES_A_POLL} are "
        "looked at. Older ones: bookplate backfill"
    )


def _moved(source: Source, to: str) -> str:
    return (
        f"{source.name} has moved for good to {without_credentials(to)}: it is asked there from "
        "now on. Set that address in bookplate.toml too."
    )
