"""What the database knows of everything that some sources tell, asked for at once; and with it,
which entry is which post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from service import pipeline
from service.deliver.told import is_new
from service.store import posts as stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from service.deliver.told import Told
    from service.ingest.news import KnownPost, Sighting
    from service.model import Entry
    from service.store.posts import Glance

#: kinds of key that name one post, where different entries of a feed don't share them
_NAMES = ("guid:", "url:")

Recognised = Literal["taken", "put off", "unclear"]


class Acquaintance:
    """`holders` says which post a key identifies, `glances` how the posts stand that matter: those
    that share a key with an entry, and those listed before, but for the ones that are as they
    were."""

    def __init__(self, session: Session, owner: int, told: Sequence[Told]) -> None:
        self._session, self._owner = session, owner
        self._listed = stored.listed(session, [each.source_id for each in told if each.lists])
        self.glances: dict[int, Glance] = {}
        self.holders: dict[str, int] = {}
        self._keys_of: dict[int, frozenset[str]] = {}
        self._meet(_in_question(told, self._listed))
        self._looked_up: set[str] = set()
        self._keys: dict[int, tuple[str, ...]] = {}
        self._make_keys(told)
        self._claimed: set[str] = set()

    def _meet(self, post_ids: set[int]) -> None:
        """Learn how these posts stand, and what they are known by."""
        strange = post_ids - self.glances.keys()
        self.glances |= stored.glances(self._session, strange)
        keys_of = stored.keys_of(self._session, strange)
        self._keys_of |= keys_of
        self.holders |= {key: post_id for post_id, keys in keys_of.items() for key in keys}

    def _make_keys(self, told: Sequence[Told]) -> None:
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
        self._meet(set(self.holders.values()))

    def _look_up(self, entries: Sequence[Entry]) -> None:
        """Who has those keys of the entries that nobody met has."""
        every_key = {key for entry in entries for key in self._keys[id(entry)]}
        strange = every_key - self.holders.keys() - self._looked_up
        if strange:
            self._looked_up |= strange
            self.holders |= stored.post_ids_by_key(self._session, self._owner, strange)

    def _is_plain(self, entry: Entry) -> bool:
        """Whether id and address both name the one same post, so that its words say no more."""
        named = [
            self.holders.get(key)
            for key in self._keys[id(entry)]
            if key.startswith(("guid:", "url:", "anchor:"))
        ]
        return len(named) == 2 and named[0] is not None and named[0] == named[1]

    # ── which entry is which post ────────────────────────────────────────────────────────

    def recognise(self, told: Told) -> Recognised:
        """Find the told entries' posts. It is put off where another source of these tells the same
        new post, unclear where what was passed over must be read too."""
        listed = self._listed.get(told.source_id, {})
        sightings = pipeline.recognise(
            list(self._known(told, listed)),
            told.entries,
            first_poll=told.first_poll,
            hold_above=told.hold_above,
            made=[self._keys[id(entry)] for entry in told.entries],
            standing=told.standing,
        )
        if told.passed.posts and not self._is_clear(told, sightings):
            return "unclear"
        new = [each for each in sightings if is_new(each)]
        keys = {key for each in new for key in self._keys[id(each.entry)] if _tells_alone(key)}
        if keys & self._claimed:
            return "put off"
        self._claimed |= keys
        told.sightings = sightings
        told.muddled = self._are_muddled(sightings)
        told.post_ids = [each.post_id for each in sightings]
        seen = {each.post_id for each in sightings} | told.touched
        told.absent = sorted(self.glances[each] for each in listed if each not in seen)
        return "taken"

    def _known(self, told: Told, listed: dict[int, bool]) -> Iterator[KnownPost]:
        holders = {
            self.holders[key]
            for entry in told.entries
            for key in self._keys[id(entry)]
            if key in self.holders
        }
        for post_id in sorted((holders | listed.keys()) - told.touched):
            glance = self.glances[post_id]
            yield pipeline.known_post(
                post_id,
                self._keys_of[post_id],
                glance.fingerprint,
                glance.state,
                listed=post_id in listed,
            )

    def _are_muddled(self, sightings: Sequence[Sighting]) -> bool:
        known = [each.post_id for each in sightings if not is_new(each)]
        return (
            None in known
            or len(set(known)) < len(known)
            or any(
                key.startswith(_NAMES) and key not in each.keys
                for each in sightings
                for key in self._keys[id(each.entry)]
            )
        )

    # ── whether the entries that were passed over matter ─────────────────────────────────

    def _is_clear(self, told: Told, sightings: Sequence[Sighting]) -> bool:
        """Whether these would be the sightings also if all entries had been read: each is plainly
        a post that we know, or has nothing in common with any and is newer than the rest."""
        if any(self._stirs(post_id) for post_id in told.touched):
            return False
        dates = {date for _, date in told.passed.posts.values() if date is not None}
        plain = [
            each
            for each in sightings
            if each.post_id is not None
            and self._is_plain(each.entry)
            and each.entry.published not in dates
        ]
        dates |= {each.entry.published for each in plain if each.entry.published is not None}
        newest = max(dates, default=None)
        return all(
            each in plain or (each.post_id is None and self._is_strange(each.entry, newest))
            for each in sightings
        )

    def _stirs(self, post_id: int) -> bool:
        """Whether something follows for a post from being there as it was."""
        glance = self.glances.get(post_id)
        return glance is not None and (
            glance.state == "gone" or (glance.state == "settling" and glance.settles_at is None)
        )

    def _is_strange(self, entry: Entry, newest: datetime | None) -> bool:
        date, keys = entry.published, self._keys[id(entry)]
        if date is not None and newest is not None and date <= newest:
            return False
        return any(key.startswith(_NAMES) for key in keys) and not any(
            _tells_alone(key) for key in keys if key in self.holders
        )


def _in_question(told: Sequence[Told], listed: dict[int, dict[int, bool]]) -> set[int]:
    """The posts listed before that are not simply as they were."""
    touched = {post_id for each in told for post_id in each.touched}
    found = {
        post_id
        for posts in listed.values()
        for post_id, is_restless in posts.items()
        if is_restless or post_id not in touched
    }
    return found | touched.difference(*listed.values())


def _tells_alone(key: str) -> bool:
    """Whether two sources that share this key tell the same post. Blogs share titles, paths and
    the second of publication."""
    return key.startswith(("guid:", "url:", "anchor:", "whole:", "text:"))
