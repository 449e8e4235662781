"""What sources list becomes posts: recognised, remembered with the reason of each decision.

Many sources at once, in one transaction: the database is asked and told once for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from service import pipeline
from service.deliver.listing import revision_of
from service.store import deliveries as stored_deliveries
from service.store import posts as stored
from service.store.nouns import revision_from, revision_json
from service.store.tables import PostRow, RevisionRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from service.deliver.publisher import Publisher
    from service.ingest.news import Sighting
    from service.model import Entry, Source
    from service.store.posts import Glance
    from service.store.tables import SourceRow


@dataclass(slots=True)
class PollReport:
    """What a poll brought, for people: titles by verdict; `errors` and `notes` in words."""

    source: str
    unchanged: bool = False
    baseline: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Told:
    """The entries that one source tells, and what becomes of them.

    `listed_at` is when the source listed them; None for a post that was pushed. `touched` are
    posts that it lists as well and that are as they were; `partial` where it tells only some of
    what it lists; where that is all its posts, the last `standing` entries are old if they are
    unknown, and not listed.
    `reason` stands in for that of a new post. `made` are the keys of the first
    entries, quick ones or all, as far as they are made already. Afterwards `post_ids` has each
    entry's post (None for one that repeats a new one), and `absent` what the source listed before
    and lists no more.
    """

    source: Source
    row: SourceRow
    entries: Sequence[Entry]
    first_poll: bool
    hold_above: int
    report: PollReport
    listed_at: datetime | None = None
    touched: frozenset[int] = frozenset()
    reason: str | None = None
    partial: bool = False
    standing: int | None = None
    made: Sequence[tuple[str, ...]] = ()
    post_ids: list[int | None] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    absent: list[Glance] = field(default_factory=list)


def remember(session: Session, publisher: Publisher, told: Sequence[Told]) -> list[Told]:
    """Bring the posts up to date with what the sources tell.

    Gives those that were put off, because one before them told the same new post: they must be
    taken again, in a transaction of their own.
    """
    desk = _Desk(session, publisher, told)
    put_off = [each for each in told if not desk.recognise(each)]
    desk.add_new()
    taken = [each for each in told if each not in put_off]
    for each in taken:
        desk.update_known(each)
    desk.add_keys(taken)
    return put_off


class _Desk:
    """What the database knows of everything that was told, read at once."""

    def __init__(self, session: Session, publisher: Publisher, told: Sequence[Told]) -> None:
        self._session = session
        self._publisher = publisher
        self._keys: dict[int, tuple[str, ...]] = {}
        listing = [each.row.id for each in told if each.listed_at or each.partial]
        self._listed = stored.listed(session, listing)
        self._by_source: dict[int, set[int]] = {}
        for glance in self._listed.values():
            self._by_source.setdefault(glance.source_id, set()).add(glance.id)
        self._known_keys = stored.keys_of(session, self._listed)
        self._holders = {key: post_id for post_id, keys in self._known_keys.items() for key in keys}
        entries = [entry for each in told for entry in each.entries]
        for each in told:
            made = zip(each.entries, each.made, strict=False)
            self._keys.update((id(entry), keys) for entry, keys in made)
        for entry in entries:
            if id(entry) not in self._keys:
                self._keys[id(entry)] = pipeline.quick_keys(entry)
        self._look_up(entries)
        strange = [entry for entry in entries if not self._is_plain(entry)]
        for entry in strange:
            if not any(key.startswith("text:") for key in self._keys[id(entry)]):
                self._keys[id(entry)] = pipeline.keys(entry)
        self._look_up(strange)
        others = set(self._holders.values()) - self._listed.keys()
        self._glances = self._listed | stored.glances(session, others)
        self._known_keys |= stored.keys_of(session, others)
        self._claimed: set[str] = set()
        self._new: list[tuple[Told, int, Sighting]] = []

    def _look_up(self, entries: Sequence[Entry]) -> None:
        """Who has those keys of the entries that no listed post has."""
        every_key = {key for entry in entries for key in self._keys[id(entry)]}
        strange = every_key - self._holders.keys()
        if strange:
            owner = self._publisher.owner
            self._holders |= stored.post_ids_by_key(self._session, owner, strange)

    def _is_plain(self, entry: Entry) -> bool:
        """Whether id and address both name the one same post, so that its words say no more."""
        named = [
            self._holders.get(key)
            for key in self._keys[id(entry)]
            if key.startswith(("guid:", "url:", "anchor:"))
        ]
        return len(named) == 2 and named[0] is not None and named[0] == named[1]

    # ── which entry is which post ────────────────────────────────────────────────────────

    def recognise(self, told: Told) -> bool:
        """Find the told entries' posts; False where it must wait for another source's."""
        ids = {
            self._holders[key]
            for entry in told.entries
            for key in self._keys[id(entry)]
            if key in self._holders
        }
        listed = (
            self._by_source.get(told.row.id, set()) if told.listed_at or told.partial else set()
        )
        ids = (ids | listed) - told.touched
        known = [
            pipeline.known_post(
                post_id,
                self._known_keys[post_id],
                glance.fingerprint,
                glance.state,
                listed=post_id in listed,
            )
            for post_id in sorted(ids)
            if (glance := self._glances[post_id])
        ]
        told.sightings = pipeline.recognise(
            known,
            told.entries,
            first_poll=told.first_poll,
            hold_above=told.hold_above,
            made=[self._keys[id(entry)] for entry in told.entries],
            standing=told.standing,
        )
        new = [each for each in told.sightings if _is_new(each)]
        keys = {key for each in new for key in self._keys[id(each.entry)] if _tells_alone(key)}
        if keys & self._claimed:
            return False
        self._claimed |= keys
        told.post_ids = [each.post_id for each in told.sightings]
        self._new += [(told, at, each) for at, each in enumerate(told.sightings) if _is_new(each)]
        seen = {each.post_id for each in told.sightings} | told.touched
        told.absent = sorted(self._glances[each] for each in listed if each not in seen)
        return True

    # ── new posts ────────────────────────────────────────────────────────────────────────

    def add_new(self) -> None:
        now, session = self._publisher.now(), self._session
        revisions = [revision_of(each.entry, told.source) for told, _, each in self._new]
        posts = [self._new_post(told, at, each) for told, at, each in self._new]
        session.add_all(posts)
        session.flush()
        rows = []
        for post, revision, (_, _, each) in zip(posts, revisions, self._new, strict=True):
            row = RevisionRow(
                post_id=post.id,
                fingerprint=revision.fingerprint,
                content=revision_json(revision),
                # without an address there is no page that could tell more
                complete=each.entry.complete or each.entry.url is None,
                seen_at=now,
            )
            post.title, post.url = revision.title, revision.url
            post.entry_fingerprint = row.fingerprint
            rows.append(row)
        session.add_all(rows)
        session.flush()
        keys: dict[str, int] = {}
        for post, row, (told, at, each) in zip(posts, rows, self._new, strict=True):
            post.revision_id = row.id
            told.post_ids[at] = post.id
            getattr(told.report, each.verdict).append(post.title or post.url)
            for key in each.keys:
                if key not in self._holders:
                    keys.setdefault(key, post.id)
        stored.insert_keys(session, self._publisher.owner, keys)

    def _new_post(self, told: Told, at: int, sighting: Sighting) -> PostRow:
        state = "settling" if sighting.verdict == "new" else sighting.verdict
        now = self._publisher.now()
        reason = told.reason if told.reason and sighting.verdict == "new" else sighting.reason
        is_listed = at < len(told.entries) - (told.standing or 0)
        return PostRow(
            blog_id=self._publisher.owner,
            source_id=told.row.id,
            url=sighting.entry.url or "",
            title=sighting.entry.title,
            state=state,
            reason=reason,
            first_seen_at=now,
            published_at=sighting.entry.published,
            entry_fingerprint="",
            listed_at=told.listed_at if is_listed else None,
            settles_at=now + told.source.settle if state == "settling" else None,
        )

    # ── posts that we know ───────────────────────────────────────────────────────────────

    def update_known(self, told: Told) -> None:
        """Take what is different; the many that are as they were cost nothing."""
        for sighting in told.sightings:
            if sighting.post_id is None:
                continue
            glance = self._glances[sighting.post_id]
            if sighting.moved and glance.state in ("baseline", "settling", "announced"):
                self._post(sighting.post_id).reason = sighting.reason
            if sighting.verdict == "changed":
                self._change(told, sighting)
            elif glance.state in ("gone", "settling"):
                self._again(told, sighting)
        if told.listed_at is not None:
            seen = {each for each in told.post_ids if each is not None} | told.touched
            again = [each for each in seen if self._was_unlisted(each)]
            if again:
                stored.note_listed(self._session, again, told.listed_at)

    def _was_unlisted(self, post_id: int) -> bool:
        glance = self._glances.get(post_id)
        return glance is not None and (glance.listed_at is None or bool(glance.missing_since))

    def add_keys(self, told: Sequence[Told]) -> None:
        """Let what is new about known posts identify them too; what identifies another post
        already stays so."""
        found: dict[str, int] = {}
        for sighting in (each for one in told for each in one.sightings):
            if sighting.post_id is not None:
                for key in sighting.keys:
                    if key not in self._holders:
                        found.setdefault(key, sighting.post_id)
        stored.claim_keys(self._session, self._publisher.owner, found)

    def _again(self, told: Told, sighting: Sighting) -> None:
        """A post that was deleted, or had left before it was announced, is there as it was."""
        assert sighting.post_id is not None
        post = self._post(sighting.post_id)
        settles_at = self._publisher.now() + told.source.settle
        if post.state == "gone":
            came_back(self._session, post, settles_at)
            told.report.held.append(post.title or post.url)
        elif post.settles_at is None:
            post.reason, post.settles_at = sighting.reason, settles_at

    def _change(self, told: Told, sighting: Sighting) -> None:
        assert sighting.post_id is not None
        entry, post = sighting.entry, self._post(sighting.post_id)
        known = revision_from(stored.newest_revision(self._session, post).content)
        less = pipeline.tells_less(entry, known)
        if less is not None:
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
            came_back(self._session, post, settles_at)
        if post.state in ("settling", "announced"):
            post.reason, post.settles_at = sighting.reason, settles_at
        told.report.changed.append(post.title or post.url)

    def _post(self, post_id: int) -> PostRow:
        found = self._session.get(PostRow, post_id)
        assert found is not None
        return found


def _tells_alone(key: str) -> bool:
    """Whether two sources that share this key tell the same post. Blogs share titles, paths and
    the second of publication."""
    return key.startswith(("guid:", "url:", "anchor:", "whole:", "text:"))


def _is_new(sighting: Sighting) -> bool:
    """Whether it is a post's first; a feed that lists a new post twice says "same" of the rest."""
    return sighting.post_id is None and sighting.verdict != "same"


def came_back(session: Session, post: PostRow, settles_at: datetime) -> None:
    """A post that was out is not sent a second time unasked; one that never was is new again."""
    post.missing_since = None
    if stored_deliveries.of_post(session, post.id):
        post.state, post.settles_at = "held", None
        post.reason = "It was deleted and came back: approve it to publish it again."
    else:
        post.state, post.settles_at = "settling", settles_at
        post.reason = "It was taken back before it was announced, and has come again."
