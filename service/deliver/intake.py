"""Sources become posts: polled, recognised, remembered with the reason of each decision."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Literal

from service import pipeline
from service.deliver.listing import Listing, PollState, listed, page_entry, revision_of
from service.errors import BookplateError, FetchError, Gone, UnreadableInput
from service.model import Entry
from service.store import deliveries as stored_deliveries
from service.store import posts as stored
from service.store import sources as stored_sources
from service.store.nouns import revision_from
from service.store.tables import PostRow, SourceRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from service.deliver.publisher import Publisher
    from service.ingest.news import KnownPost, Sighting
    from service.model import Feed, Source

#: the most pages asked, in one poll, whether they are really gone
_MISSING_A_POLL = 20
#: the longest that a source which fails is left alone
_LONGEST_PAUSE = timedelta(hours=24)


@dataclass(slots=True)
class PollReport:
    """What a poll brought, for people: titles by verdict; `errors` in words."""

    source: str
    unchanged: bool = False
    baseline: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def poll(publisher: Publisher, source: Source) -> PollReport:
    """Ask a feed or page source, whatever its schedule, and remember what it says."""
    report = PollReport(source.name)
    started = publisher.now()
    with publisher.store.session() as session:
        row = stored_sources.source_row(session, publisher.owner, source)
        state = PollState(row.feed_url, row.feed_kind, row.etag, row.last_modified, row.body_hash)
    try:
        listing = listed(publisher, source, state)
    except (FetchError, UnreadableInput) as error:
        _note_failure(publisher, source, error, started)
        report.errors.append(str(error))
        return report
    report.errors.extend(listing.failed)
    if source.name == publisher.blog.sources[0].name and (listing.title or listing.site_url):
        publisher.learn(listing.title, listing.site_url)
    with publisher.store.session() as session:
        row = stored_sources.source_row(session, publisher.owner, source)
        if row.polled_at is not None and row.polled_at > started:
            report.unchanged = True  # another process asked later and knows better
            return report
        _note_success(row, listing, source, started)
        if listing.entries is None:
            report.unchanged = True
        else:
            entries = listing.entries + _placeholders(row, listing)
            _take_listing(session, publisher, source, row, entries, report)
    listed_at = None if report.unchanged else started
    _look_for_missing(publisher, source, report, listed_at, is_empty=listing.entries == ())
    return report


def _note_failure(
    publisher: Publisher, source: Source, error: BookplateError, started: datetime
) -> None:
    wait = getattr(error, "retry_after", None)
    with publisher.store.session() as session:
        row = stored_sources.source_row(session, publisher.owner, source)
        row.failures += 1
        row.error = str(error)
        pause = min(source.every * 2 ** min(row.failures, 10), _LONGEST_PAUSE)
        row.next_poll_at = started + (timedelta(seconds=wait) if wait else pause)


def _note_success(row: SourceRow, listing: Listing, source: Source, started: datetime) -> None:
    state = listing.state
    row.feed_url, row.feed_kind = state.feed_url, state.feed_kind
    row.etag, row.last_modified, row.body_hash = state.etag, state.last_modified, state.body_hash
    row.polled_at = started
    row.next_poll_at = started + source.every
    row.failures, row.error = 0, None


def _placeholders(row: SourceRow, listing: Listing) -> tuple[Entry, ...]:
    """Pages that were there at the first poll but could not be read: old all the same."""
    if row.baseline_at is not None:
        return ()
    return tuple(Entry(url=url, title="", html="", complete=False) for url in listing.unread)


def _take_listing(
    session: Session,
    publisher: Publisher,
    source: Source,
    row: SourceRow,
    entries: Sequence[Entry],
    report: PollReport,
) -> None:
    first = row.baseline_at is None
    if first:
        row.baseline_at = row.polled_at
    known = _known(session, publisher, entries, row)
    sightings = pipeline.recognise(
        list(known.values()), entries, first_poll=first, hold_above=source.hold_above
    )
    _let_roll_off(session, row, list(known), sightings)
    for sighting in sightings:
        if sighting.post_id is None and sighting.verdict == "same":
            continue  # the feed lists a new post twice
        post = _remember(session, publisher, source, row, sighting, report)
        post.listed_at = row.polled_at
        post.missing_since = None


def _known(
    session: Session, publisher: Publisher, entries: Sequence[Entry], listing: SourceRow | None
) -> dict[int, KnownPost]:
    """The posts that these entries may be; with them those that the source listed last time,
    of which some may be gone or changed beyond every key."""
    owner = publisher.owner
    quick = [pipeline.quick_keys(entry) for entry in entries]
    by_key = stored.post_ids_by_key(session, owner, chain.from_iterable(quick))
    unsure = (entry for entry, own in zip(entries, quick, strict=True) if not _sure(own, by_key))
    by_key |= stored.post_ids_by_key(
        session, owner, chain.from_iterable(map(pipeline.keys, unsure))
    )
    listed = set() if listing is None else set(stored.listed_ids(session, listing.id))
    return {
        post.id: pipeline.known_post(
            post.id, post_keys, post.entry_fingerprint, post.state, listed=post.id in listed
        )
        for post, post_keys in stored.with_keys(session, listed | set(by_key.values()))
    }


def _sure(keys: tuple[str, ...], by_key: Mapping[str, int]) -> bool:
    """Whether id and address name one post, so that nobody need read the words."""
    named = [by_key.get(key) for key in keys if key.startswith(("guid:", "url:", "anchor:"))]
    return len(named) == 2 and named[0] is not None and named[0] == named[1]


def _let_roll_off(
    session: Session, row: SourceRow, known: Sequence[int], sightings: Sequence[Sighting]
) -> None:
    """Posts that left the old end of a feed because as many came are not missing."""
    room = sum(each.post_id is None and each.verdict != "same" for each in sightings)
    seen = {each.post_id for each in sightings}
    dates = [each.entry.published for each in sightings if each.post_id is not None]
    told = [date for date in dates if date is not None]
    if not room or not told or len(told) < len(dates):
        return
    left = stored.listed_before(session, row.id, [each for each in known if each not in seen])
    for post in left[:room]:
        if post.published_at is None or post.published_at >= min(told):
            break
        post.listed_at = None


def _remember(
    session: Session,
    publisher: Publisher,
    source: Source,
    row: SourceRow,
    sighting: Sighting,
    report: PollReport,
) -> PostRow:
    """The sighting's post, brought up to date with it."""
    entry = sighting.entry
    if sighting.post_id is None:
        post = _new_post(publisher, row, sighting)
        session.add(post)
        session.flush()
    else:
        found = session.get(PostRow, sighting.post_id)
        assert found is not None
        post = found
    stored.add_keys(session, post, sighting.keys)
    if sighting.moved and post.state in ("baseline", "settling", "announced"):
        post.reason = sighting.reason
    if sighting.post_id is not None and sighting.verdict == "changed":
        known = revision_from(stored.newest_revision(session, post).content)
        if (less := pipeline.tells_less(entry, known)) is not None:
            sighting = replace(sighting, verdict="same", reason=less)
    if sighting.post_id is None or sighting.verdict == "changed":
        stored.add_revision(
            session,
            post,
            revision_of(entry, source),
            # without an address there is no page that could tell more
            complete=entry.complete or entry.url is None,
            now=publisher.now(),
        )
        post.entry_fingerprint = pipeline.fingerprint(entry)
        _settle(session, publisher, source, post, sighting)
        getattr(report, sighting.verdict).append(post.title or post.url)
    elif post.state == "gone":
        _came_back(session, post, publisher.now() + source.settle)
        report.held.append(post.title or post.url)
    elif post.state == "settling" and post.settles_at is None:
        post.reason, post.settles_at = sighting.reason, publisher.now() + source.settle
    return post


def _new_post(publisher: Publisher, row: SourceRow, sighting: Sighting) -> PostRow:
    states = {"new": "settling"}
    return PostRow(
        blog_id=publisher.owner,
        source_id=row.id,
        url=sighting.entry.url or "",
        title=sighting.entry.title,
        state=states.get(sighting.verdict, sighting.verdict),
        reason=sighting.reason,
        first_seen_at=publisher.now(),
        published_at=sighting.entry.published,
        entry_fingerprint="",
    )


def _settle(
    session: Session, publisher: Publisher, source: Source, post: PostRow, sighting: Sighting
) -> None:
    """A post that is to be announced, or was, waits until it has stood unchanged."""
    if sighting.verdict == "changed" and post.state == "gone":
        _came_back(session, post, publisher.now() + source.settle)
    if post.state in ("settling", "announced"):
        post.reason = sighting.reason
        post.settles_at = publisher.now() + source.settle


def _came_back(session: Session, post: PostRow, settles_at: datetime) -> None:
    """A post that was out is not sent a second time unasked; one that never was is new again."""
    post.missing_since = None
    if stored_deliveries.of_post(session, post.id):
        post.state, post.settles_at = "held", None
        post.reason = "It was deleted and came back: approve it to publish it again."
    else:
        post.state, post.settles_at = "settling", settles_at
        post.reason = "It was taken back before it was announced, and has come again."


# ── deleted posts ────────────────────────────────────────────────────────────────────────


def _look_for_missing(
    publisher: Publisher,
    source: Source,
    report: PollReport,
    listed_at: datetime | None,
    *,
    is_empty: bool,
) -> None:
    """Posts that stood in the source and don't any more: deleted, or only rolled off?

    `listed_at` is when the source last listed what it has; None if it did not say this time. Of a
    source that `is_empty` all at once, only pages that are gone for good are believed.
    """
    with publisher.store.session() as session:
        row = stored_sources.source_row(session, publisher.owner, source)
        missing = stored.unlisted(session, row.id, listed_at)[:_MISSING_A_POLL]
        addresses = [(post.id, post.url) for post in missing]
    for post_id, url in addresses:
        presence = _presence(publisher, url)
        if is_empty and presence == "missing":
            presence = "unknown"
        with publisher.store.session() as session:
            post = session.get(PostRow, post_id)
            assert post is not None
            if note_presence(publisher, post, presence, source.settle):
                report.gone.append(post.title or post.url)


Presence = Literal["there", "missing", "gone", "unknown"]


def _presence(publisher: Publisher, url: str) -> Presence:
    try:
        publisher.door.get(url)
    except Gone as error:
        return "gone" if error.permanent else "missing"
    except FetchError:
        return "unknown"
    return "there"


def note_presence(
    publisher: Publisher, post: PostRow, presence: Presence, settle: timedelta
) -> bool:
    """Take what was learned of a post that its source lists no more; whether it is gone now.

    A 404 must last as long as a new post must stand: a site that is being rebuilt loses nothing.
    """
    now = publisher.now()
    if presence == "there":
        post.listed_at, post.missing_since = None, None
        if post.state == "settling" and post.settles_at is None:
            post.settles_at = now + settle
        return False
    if post.state == "settling":
        # what left the feed before it was announced waits whether it comes back
        post.settles_at, post.missing_since = None, post.missing_since or now
    if presence == "unknown":
        return False
    post.missing_since = post.missing_since or now
    if presence == "missing" and now - post.missing_since < settle:
        return False
    post.missing_since, post.listed_at = None, None
    if post.state in ("baseline", "held"):
        return False
    post.settles_at = now if post.state == "announced" else None
    post.state, post.reason = "gone", "Its page is gone: the post was deleted on the blog."
    return True


# ── posts that are pushed or asked for ───────────────────────────────────────────────────


def take(publisher: Publisher, source: Source, entry: Entry, reason: str) -> tuple[int, str]:
    """A post that somebody pushes to us: announced even if it was there before we began, but
    not if a person rejected it.

    Gives the post's id, and what was made of it in words.
    """
    with publisher.store.session() as session:
        row = stored_sources.source_row(session, publisher.owner, source)
        row.baseline_at = row.baseline_at or publisher.now()
        known = _known(session, publisher, [entry], None)
        (sighting,) = pipeline.recognise(
            list(known.values()), [entry], first_poll=False, hold_above=1_000_000
        )
        report = PollReport(source.name)
        if sighting.verdict == "new":
            sighting = replace(sighting, reason=reason)
        post = _remember(session, publisher, source, row, sighting, report)
        if post.state in ("baseline", "held"):
            post.state, post.reason = "settling", reason
            post.settles_at = publisher.now() + source.settle
        return post.id, f"{sighting.verdict}: {sighting.reason}"


def take_pushed(publisher: Publisher, source: Source, feed: Feed) -> PollReport:
    """Posts of a feed that its hub pushes: the whole of it, or only what is new, so that nothing
    follows from what is missing. Before the first poll has said what is old, nothing is taken."""
    report = PollReport(source.name)
    language = feed.language or publisher.blog.language
    entries = [each if each.language else replace(each, language=language) for each in feed.entries]
    with publisher.store.session() as session:
        row = stored_sources.source_row(session, publisher.owner, source)
        if row.baseline_at is None:
            row.next_poll_at, report.unchanged = publisher.now(), True
            return report
        known = _known(session, publisher, entries, row)
        for sighting in pipeline.recognise(
            list(known.values()), entries, first_poll=False, hold_above=source.hold_above
        ):
            if sighting.post_id is not None or sighting.verdict != "same":
                _remember(session, publisher, source, row, sighting, report)
    return report


def take_url(publisher: Publisher, source: Source, url: str, reason: str) -> tuple[int, str]:
    """The post at this address, fetched now. Raises FetchError; one that is gone is withdrawn."""
    try:
        entry = page_entry(publisher, url)
    except Gone:
        post_id = _gone_by_url(publisher, source, url)
        if post_id is None:
            raise
        return post_id, "gone: the post was deleted on the blog."
    return take(publisher, source, entry, reason)


def _gone_by_url(publisher: Publisher, source: Source, url: str) -> int | None:
    with publisher.store.session() as session:
        post = post_at(session, publisher, url)
        if post is None:
            return None
        note_presence(publisher, post, "gone", source.settle)
        return post.id


def post_at(session: Session, publisher: Publisher, url: str) -> PostRow | None:
    """The post whose address this is; where posts share a page, the one of this anchor."""
    keys = pipeline.keys(Entry(url=url, title="", html=""))
    for kind in ("anchor:", "url:"):
        named = [key for key in keys if key.startswith(kind)]
        for post_id in stored.post_ids_by_key(session, publisher.owner, named).values():
            return session.get(PostRow, post_id)
    return None
