"""What a back catalogue comes in: batches, each of which says where to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from service.model import Entry

Cursor = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """The time that is asked for: published after `since`, and not after `until`, since when the
    polls tell what is new."""

    since: datetime | None
    until: datetime

    def has(self, entry: Entry) -> bool:
        """Whether it holds an entry; one without a date is taken as old."""
        published = entry.published
        return published is None or (
            published <= self.until and (self.since is None or published >= self.since)
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Some posts, and the `cursor` to go on from, None after the last. `total` is how many the
    whole catalogue has, as far as it is known. `passed` are addresses that are no posts or are
    hidden, `failed` those that could not be read, each with why. `looked_at` are addresses whose
    posts are in `entries`, however the posts spell theirs; `known` counts those passed over because
    they are done."""

    entries: tuple[Entry, ...] = ()
    cursor: Cursor | None = None
    total: int | None = None
    passed: tuple[tuple[str, str], ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    looked_at: tuple[str, ...] = ()
    known: int = 0
