"""What a source tells, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.deliver.imprints import NOTHING, Remembered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service.ingest.news import Sighting
    from service.model import Entry, Source
    from service.store.posts import Glance


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

    `listed_at` is when the source listed them; None for a post that was pushed. `touched` are posts
    that it lists as well and that are as they were, `passed` those of them whose entries could be
    read too; `partial` where it tells only some of what it lists; where that is all its posts, the
    last `standing` entries are old if they are unknown, and not listed. `reason` stands in for that
    of a new post. `made` are the keys of the first entries, quick ones or all, as far as they are
    made already. Afterwards `post_ids` has each entry's post (None for one that repeats a new one),
    `absent` what the source listed before and lists no more, and `muddled` says whether entries
    share an id, an address or a post, so that all must be read to know any.
    """

    source: Source
    source_id: int
    entries: Sequence[Entry]
    first_poll: bool
    hold_above: int
    report: PollReport
    listed_at: datetime | None = None
    touched: frozenset[int] = frozenset()
    passed: Remembered = NOTHING
    reason: str | None = None
    partial: bool = False
    standing: int | None = None
    made: Sequence[tuple[str, ...]] = ()
    post_ids: list[int | None] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    absent: list[Glance] = field(default_factory=list)
    muddled: bool = False

    @property
    def lists(self) -> bool:
        """Whether something follows for the posts that the source listed before."""
        return self.listed_at is not None or self.partial


def is_new(sighting: Sighting) -> bool:
    """Whether it is a post's first; a feed that lists a new post twice says "same" of the rest."""
    return sighting.post_id is None and sighting.verdict != "same"
