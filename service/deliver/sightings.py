"""What sources list becomes posts: recognised, remembered with the reason of each decision.

Many sources at once, in one transaction: the database is asked and told once for all of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from service import pipeline
from service.deliver.acquaintance import Acquaintance
from service.deliver.listing import revision_of
from service.deliver.told import Told, is_new
from service.store import deliveries as stored_deliveries
from service.store import posts as stored
from service.store.decisions import decide, note
from service.store.nouns import revision_from
from service.store.tables import PostRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from service.deliver.publisher import Publisher
    from service.ingest.news import Sighting


class Left(NamedTuple):
    """What could not be remembered. `put_off`: one before it told the same new post; it must be
    taken again, in a transaction of its own. `unclear`: what it passed over must be read too."""

    put_off: list[Told]
    unclear: list[Told]


def remember(session: Session, publisher: Publisher, told: Sequence[Told]) -> Left:
    """Bring the posts up to date with what the sources tell; what is left."""
    met = Acquaintance(session, publisher.owner, told)
    became = [(each, met.recognise(each)) for each in told]
    taken = [each for each, what in became if what == "taken"]
    writer = _Writer(session, publisher, met)
    writer.add_new(taken)
    for each in taken:
        writer.update_known(each)
    writer.add_keys(taken)
    return Left(
        [each for each, what in became if what == "put off"],
        [each for each, what in became if what == "unclear"],
    )


class _Writer:
    """Writes down what was recognised."""

    def __init__(self, session: Session, publisher: Publisher, met: Acquaintance) -> None:
        self._session, self._publisher, self._met = session, publisher, met

    # ── new posts ────────────────────────────────────────────────────────────────────────

    def add_new(self, told: Sequence[Told]) -> None:
        """All the new posts, their content and their keys."""
        new = [
            (one, at, each) for one in told for at, each in enumerate(one.sightings) if is_new(each)
        ]
        posts = [self._new_post(*each) for each in new]
        ids = stored.insert_posts(self._session, posts, self._publisher.now())
        keys: dict[str, int] = {}
        for post, post_id, (one, at, each) in zip(posts, ids, new, strict=True):
            one.post_ids[at] = post_id
            getattr(one.report, each.verdict).append(post.revision.title or post.revision.url)
            for key in each.keys:
                if key not in self._met.holders:
                    keys.setdefault(key, post_id)
        stored.insert_keys(self._session, self._publisher.owner, keys)

    def _new_post(self, told: Told, at: int, sighting: Sighting) -> stored.NewPost:
        entry = sighting.entry
        state = "settling" if sighting.verdict == "new" else sighting.verdict
        now = self._publisher.now()
        is_listed = at < len(told.entries) - (told.standing or 0)
        return stored.NewPost(
            blog_id=self._publisher.owner,
            source_id=told.source_id,
            state=state,
            reason=told.reason if told.reason and sighting.verdict == "new" else sighting.reason,
            revision=revision_of(entry, told.source),
            # without an address there is no page that could tell more
            complete=entry.complete or entry.url is None,
            listed_at=told.listed_at if is_listed else None,
            settles_at=now + told.source.settle if state == "settling" else None,
        )

    # ── posts that we know ───────────────────────────────────────────────────────────────

    def update_known(self, told: Told) -> None:
        """Take what is different; the many that are as they were cost nothing."""
        for sighting in told.sightings:
            if sighting.post_id is None:
                continue
            glance = self._met.glances[sighting.post_id]
            if self._says_more(sighting) and glance.state in ("baseline", "settling", "announced"):
                self._decide(self._post(sighting.post_id), sighting.reason)
            if sighting.verdict == "changed":
                self._change(told, sighting)
            elif glance.state in ("gone", "settling"):
                self._again(told, sighting)
        if told.listed_at is not None:
            seen = {each for each in told.post_ids if each is not None} | told.touched
            again = [each for each in seen if self._was_unlisted(each)]
            if again:
                stored.note_listed(self._session, again, told.listed_at)

    def _says_more(self, sighting: Sighting) -> bool:
        """Whether a post is found to be another's equal by what nobody knew of it."""
        return sighting.moved and any(key not in self._met.holders for key in sighting.keys)

    def _was_unlisted(self, post_id: int) -> bool:
        glance = self._met.glances.get(post_id)
        return glance is not None and (glance.listed_at is None or bool(glance.missing_since))

    def add_keys(self, told: Sequence[Told]) -> None:
        """Let what is new about known posts identify them too; what identifies another post
        already stays so."""
        found: dict[str, int] = {}
        for sighting in (each for one in told for each in one.sightings):
            if sighting.post_id is not None:
                for key in sighting.keys:
                    if key not in self._met.holders:
                        found.setdefault(key, sighting.post_id)
        stored.claim_keys(self._session, self._publisher.owner, found)

    def _again(self, told: Told, sighting: Sighting) -> None:
        """A post that was deleted, or had left before it was announced, is there as it was."""
        assert sighting.post_id is not None
        post = self._post(sighting.post_id)
        settles_at = self._publisher.now() + told.source.settle
        if post.state == "gone":
            self._came_back(post, settles_at)
            told.report.held.append(post.title or post.url)
        elif post.settles_at is None:
            self._decide(post, sighting.reason)
            post.settles_at = settles_at

    def _change(self, told: Told, sighting: Sighting) -> None:
        assert sighting.post_id is not None
        entry, post = sighting.entry, self._post(sighting.post_id)
        known = revision_from(stored.newest_revision(self._session, post).content)
        less = pipeline.tells_less(entry, known)
        if less is not None:
            note(post, less, self._publisher.now())
            self._again(told, replace(sighting, reason=less))
            return
        now = self._publisher.now()
        settles_at = now + told.source.settle
        revision = revision_of(entry, told.source)
        # without an address there is no page that could tell more
        complete = entry.complete or entry.url is None
        stored.add_revision(self._session, post, revision, complete=complete, now=now)
        post.entry_fingerprint = pipeline.fingerprint(entry)
        if post.state == "gone":
            self._came_back(post, settles_at)
        if post.state in ("settling", "announced"):
            self._decide(post, sighting.reason)
            post.settles_at = settles_at
        else:
            note(post, sighting.reason, now)
        told.report.changed.append(post.title or post.url)

    def _post(self, post_id: int) -> PostRow:
        found = self._session.get(PostRow, post_id)
        assert found is not None
        return found

    def _decide(self, post: PostRow, reason: str) -> None:
        decide(post, post.state, reason, self._publisher.now())

    def _came_back(self, post: PostRow, settles_at: datetime) -> None:
        """A post that was out is not sent a second time unasked; one that never was is new."""
        now, post.missing_since = self._publisher.now(), None
        if stored_deliveries.of_post(self._session, post.id):
            reason = "It was deleted and came back: approve it to publish it again."
            decide(post, "held", reason, now)
            post.settles_at = None
        else:
            reason = "It was taken back before it was announced, and has come again."
            decide(post, "settling", reason, now)
            post.settles_at = settles_at
