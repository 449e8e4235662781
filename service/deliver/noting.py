"""What a round of polls learned, into the database."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from service.deliver import poll_words, presence, schedule
from service.deliver.asking import Asked, Looked
from service.deliver.imprints import text_of
from service.deliver.sightings import remember
from service.deliver.told import PollReport, Told
from service.errors import Overtaken, StoreError
from service.model import Entry
from service.store import pages as stored_pages
from service.store import posts as stored_posts
from service.store import sources as stored
from service.store.tables import PostRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from service.deliver.asking import Asking
    from service.deliver.poll import Listing
    from service.deliver.publisher import Publisher
    from service.model import Source

log = logging.getLogger("bookplate.polling")

Further = list["Callable[[], Asked | Looked]"]


@dataclass(slots=True)
class _Taken:
    """What became of some sources: pages to be looked at, sources to be read wholly, and such as
    must be taken again because another one told the same new post."""

    looks: list[tuple[Source, int, str]] = field(default_factory=list)
    unclear: list[Asked] = field(default_factory=list)
    put_off: list[Asked] = field(default_factory=list)
    reports: dict[str, PollReport] = field(default_factory=dict)


class Noting:
    """Notes one round. `missing` are the posts, by source, that may be deleted."""

    def __init__(
        self,
        publisher: Publisher,
        asking: Asking,
        missing: Mapping[int, Sequence[tuple[int, str]]],
        reports: dict[str, PollReport],
    ) -> None:
        self._publisher, self._asking = publisher, asking
        self._missing, self._reports = missing, reports
        #: sources that list nothing all at once: only pages gone for good are believed of them
        self._empty: set[str] = set()

    def note(self, learned: Sequence[Asked | Looked]) -> Further:
        """Remember it; what is to be done next."""
        asked = [each for each in learned if isinstance(each, Asked)]
        quiet = [each for each in asked if each.is_quiet]
        self._note_looks([each for each in learned if isinstance(each, Looked)])
        self._note_failures([each for each in asked if each.error is not None])
        self._note_quiet(quiet)
        done = self._note_told([each for each in asked if each.listing and not each.is_quiet])
        for each in quiet:
            done.looks += [(each.source, *post) for post in self._missing.get(each.row.id, ())]
        return [
            *(partial(self._asking.look, *each) for each in done.looks),
            *(partial(self._asking.read_whole, each) for each in done.unclear),
        ]

    def _note_failures(self, failed: Sequence[Asked]) -> None:
        notes = []
        for each in failed:
            error = each.error
            assert error is not None
            self._reports[each.source.name].errors.append(str(error))
            until = schedule.not_before(each.at, getattr(error, "retry_after", None))
            pause = schedule.after_failure(
                each.at, every=each.source.every, failures=each.row.failures + 1
            )
            notes.append(
                {
                    "source_id": each.row.id,
                    "why": str(error),
                    "next": max(pause, until) if until else pause,
                    "until": until,
                    "stop": poll_words.farewell(error, each.at),
                }
            )
        if notes:
            with self._publisher.store.session() as session:
                stored.note_failures(session, notes)

    def _note_quiet(self, quiet: Sequence[Asked]) -> None:
        answers = []
        for each in quiet:
            assert each.listing is not None
            self._reports[each.source.name].unchanged = True
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

    def _next(self, each: Asked, quiet_since: datetime | None) -> datetime:
        assert each.listing is not None
        return schedule.next_poll(
            each.at,
            every=each.source.every,
            slowest=self._publisher.blog.manners.slowest,
            quiet_since=quiet_since,
            fresh=each.listing.fresh,
        )

    def _note_looks(self, looked: Sequence[Looked]) -> None:
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
                    self._reports[each.source.name].gone.append(post.title or post.url)

    # ── sources that have something to tell ──────────────────────────────────────────────

    def _note_told(self, told: Sequence[Asked]) -> _Taken:
        """In one transaction where that goes, else in one for each: one source must not spoil
        the others' polls."""
        done = _Taken()
        self._learn(told)
        waiting = deque([list(told)] if told else [])
        while waiting:
            batch = waiting.popleft()
            try:
                taken = self._publisher.store.transaction(partial(self._take, batch))
            except Exception as error:
                if isinstance(error, StoreError) and not isinstance(error, Overtaken):
                    raise
                if len(batch) > 1:
                    waiting.extend([each] for each in batch)
                    continue
                if isinstance(error, DBAPIError):
                    raise
                name = batch[0].source.name
                log.exception("%s could not be taken in", name)
                self._reports[name].errors.append(f"{type(error).__name__}: {error}")
                continue
            self._reports |= taken.reports
            done.looks += taken.looks
            done.unclear += taken.unclear
            if taken.put_off:
                waiting.append(taken.put_off)
        return done

    def _learn(self, told: Sequence[Asked]) -> None:
        """The blog's first source tells what the blog is called."""
        first = self._publisher.blog.sources[0].name
        for each in told:
            listing = each.listing
            if each.source.name == first and listing and (listing.title or listing.site_url):
                self._publisher.learn(listing.title, listing.site_url)

    def _take(self, batch: Sequence[Asked], session: Session) -> _Taken:
        stands = stored.locked(session, [each.row.id for each in batch])
        told: list[tuple[Asked, Told, stored.Standing]] = []
        done, notes, left = _Taken(), [], []
        for each in batch:
            assert each.listing is not None
            stand, report = stands[each.row.id], PollReport(each.source.name)
            done.reports[report.source] = report
            report.errors.extend(each.listing.failed)
            if stand.polled_at is not None and stand.polled_at > each.at:
                report.unchanged = True  # another process asked later and knows better
                continue
            told.append((each, _told(each, stand, report), stand))
        late = remember(session, self._publisher, [one for _, one, _ in told])
        for each, one, stand in told:
            if one in late.put_off or one in late.unclear:
                (done.put_off if one in late.put_off else done.unclear).append(each)
                del done.reports[each.source.name]
            else:
                notes.append(self._settled(session, each, one, stand))
                ask, off = presence.rolled_off(one)
                done.looks += [(each.source, it.id, it.url) for it in ask[: presence.PAGES_A_POLL]]
                left += [it.id for it in off]
        stored_posts.note_listed(session, left, None)
        stored.note_told(session, notes)
        return done

    def _settled(
        self, session: Session, each: Asked, told: Told, stand: stored.Standing
    ) -> dict[str, object]:
        """The poll itself, to be noted."""
        listing, report = each.listing, told.report
        assert listing is not None
        if listing.moved_to:
            report.notes.append(poll_words.moved(each.source, listing.moved_to))
        if told.first_poll and listing.beyond:
            report.notes.append(poll_words.beyond(listing.beyond))
        if listing.entries == () and not told.touched:
            self._empty.add(each.source.name)
        if listing.state.feed_kind not in stored.OF_FEEDS:
            stored_pages.keep_pages(session, stand.id, _pages(listing, told))
        changed_at = stand.changed_at
        if told.first_poll or report.new or report.changed or report.held:
            changed_at = each.at
        return {
            "source_id": stand.id,
            "asked": each.at,
            "next": self._next(each, changed_at),
            "changed": changed_at,
            "baseline": each.at if told.first_poll else stand.baseline_at,
            "place": listing.state.feed_url,
            "what": listing.state.feed_kind,
            "new_etag": listing.state.etag,
            "new_modified": listing.state.last_modified,
            "body": listing.state.body_hash,
            "prints": _imprints(listing, told),
        }


def _told(asked: Asked, stand: stored.Standing, report: PollReport) -> Told:
    listing = asked.listing
    assert listing is not None
    first = stand.baseline_at is None
    report.unchanged = listing.entries is None
    entries = listing.entries or ()
    if first:
        # pages that were there but could not be read are old all the same
        entries += tuple(Entry(url, "", "", complete=False) for url in listing.unread)
    return Told(
        asked.source,
        stand.id,
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


def _imprints(listing: Listing, told: Told) -> str | None:
    if listing.imprints is None or told.muddled:
        return None
    return text_of(listing.imprints, listing.passed, told.entries, told.post_ids)


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
