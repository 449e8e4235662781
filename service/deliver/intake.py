"""Posts that are pushed to us, or asked for by their address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service import pipeline
from service.deliver.listing import page_entry
from service.deliver.presence import note_presence
from service.deliver.sightings import remember
from service.deliver.told import PollReport, Told
from service.errors import Gone
from service.model import Entry
from service.store import posts as stored
from service.store import sources as stored_sources
from service.store.decisions import decide
from service.store.tables import PostRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from service.deliver.publisher import Publisher
    from service.model import Feed, Source

#: a post that somebody pushes is never one too many
_ANY_NUMBER = 1_000_000


def take(publisher: Publisher, source: Source, entry: Entry, reason: str) -> tuple[int, str]:
    """A post that somebody pushes to us: announced even if it was there before we began, but
    not if a person rejected it.

    Gives the post's id, and what was made of it in words.
    """

    def taken(session: Session) -> tuple[int, str]:
        row = stored_sources.source_row(session, publisher.owner, source)
        row.baseline_at = row.baseline_at or publisher.now()
        report = PollReport(source.name)
        told = Told(source, row.id, [entry], False, _ANY_NUMBER, report, reason=reason)
        remember(session, publisher, [told])
        (sighting,), (post_id,) = told.sightings, told.post_ids
        post = session.get(PostRow, post_id)
        assert post is not None
        if post.state in ("baseline", "held"):
            decide(post, "settling", reason, publisher.now())
            post.settles_at = publisher.now() + source.settle
        said = reason if sighting.verdict == "new" else sighting.reason
        return post.id, f"{sighting.verdict}: {said}"

    return publisher.store.transaction(taken)


def take_pushed(publisher: Publisher, source: Source, feed: Feed) -> PollReport:
    """Posts of a feed that its hub pushes: the whole of it, or only what is new, so that nothing
    follows from what is missing. Before the first poll has said what is old, nothing is taken."""
    language = feed.language or publisher.blog.language
    entries = [each if each.language else replace(each, language=language) for each in feed.entries]

    def taken(session: Session) -> PollReport:
        report = PollReport(source.name)
        row = stored_sources.source_row(session, publisher.owner, source)
        if row.baseline_at is None:
            row.next_poll_at, report.unchanged = publisher.now(), True
            return report
        told = Told(source, row.id, entries, False, source.hold_above, report, partial=True)
        remember(session, publisher, [told])
        return report

    return publisher.store.transaction(taken)


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
