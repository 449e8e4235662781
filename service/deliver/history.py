"""Old posts become known: remembered as history, never announced, whatever they say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service import pipeline
from service.deliver.listing import revision_of
from service.store import backfills, sources
from service.store import posts as stored
from service.store.tables import PostRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from service.deliver.publisher import Publisher
    from service.ingest.news import KnownPost, Sighting
    from service.model import Entry, Source

#: states of a post that nobody was told of, nor will be: its content may be completed silently
_UNTOLD = ("baseline", "skipped")


@dataclass(frozen=True, slots=True)
class Remembered:
    """How many of some old posts were new to us, and how many we knew; `cut` where there was no
    room for all."""

    new: int = 0
    known: int = 0
    cut: bool = False


def remember(
    publisher: Publisher,
    session: Session,
    source: Source,
    entries: Sequence[Entry],
    reason: str,
    room: int | None = None,
) -> Remembered:
    """Make these posts known history of the source. One that is known already is that same post,
    and stays as it is, but for a summary, which the whole post replaces.

    `reason` is kept with each new one, of which there are at most `room`. Nothing here lets a post
    be announced, or sent anew.
    """
    row = sources.source_row(session, publisher.owner, source)
    language = publisher.blog.language
    spoken = [each if each.language else replace(each, language=language) for each in entries]
    sightings = pipeline.recognise(
        _known(publisher, session, spoken), spoken, first_poll=True, hold_above=0
    )
    new = known = 0
    for sighting in sightings:
        if sighting.post_id is not None:
            known += 1
            _complete(publisher, session, source, sighting)
        elif sighting.verdict == "baseline":
            if room is not None and new >= room:
                return Remembered(new, known, cut=True)
            new += 1
            _add(publisher, session, source, sighting.entry, row.id, reason)
    return Remembered(new, known)


def _known(publisher: Publisher, session: Session, entries: Sequence[Entry]) -> list[KnownPost]:
    keys = [key for entry in entries for key in pipeline.keys(entry)]
    found = set(stored.post_ids_by_key(session, publisher.owner, keys).values())
    every_key = stored.keys_of(session, found)
    return [
        pipeline.known_post(post_id, every_key[post_id], glance.fingerprint, glance.state)
        for post_id, glance in sorted(stored.glances(session, found).items())
    ]


def _add(
    publisher: Publisher,
    session: Session,
    source: Source,
    entry: Entry,
    source_id: int,
    reason: str,
) -> None:
    now = publisher.now()
    post = PostRow(
        blog_id=publisher.owner,
        source_id=source_id,
        url=entry.url or "",
        title=entry.title,
        state="baseline",
        reason=reason,
        first_seen_at=now,
        published_at=entry.published,
        entry_fingerprint=pipeline.fingerprint(entry),
    )
    session.add(post)
    session.flush()
    stored.add_keys(session, post, pipeline.keys(entry))
    stored.add_revision(session, post, revision_of(entry, source), complete=entry.complete, now=now)


def _complete(publisher: Publisher, session: Session, source: Source, sighting: Sighting) -> None:
    post = session.get(PostRow, sighting.post_id)
    assert post is not None
    stored.add_keys(session, post, pipeline.keys(sighting.entry))
    whole = sighting.entry.complete and not backfills.is_whole(session, post.id)
    if whole and post.state in _UNTOLD:
        revision = replace(revision_of(sighting.entry, source), url=post.url)
        stored.add_revision(session, post, revision, complete=True, now=publisher.now())
