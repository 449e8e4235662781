"""A post as it is known, and an entry as it is seen: both by their keys. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.ingest.identity import text_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.model import Entry


@dataclass(frozen=True, slots=True)
class KnownPost:
    """A post we have seen: every key it ever had, and `fingerprint(entry)` as last seen.

    `listed` tells whether the source listed it at the poll before.
    """

    post_id: int
    keys: frozenset[str]
    fingerprint: str
    state: str = ""
    listed: bool = True

    def has_any(self, kind: str) -> bool:
        """Whether a key of this kind is known."""
        return any(key.startswith(f"{kind}:") for key in self.keys)


@dataclass(slots=True, eq=False)
class Seen:
    """An entry: the post that it is and how that was seen, or the earlier entry that it repeats, or
    the post of another entry that it is only a copy of, with nothing to be known by itself."""

    entry: Entry
    keys: dict[str, str] = field(default_factory=dict)
    known: KnownPost | None = None
    by: tuple[str, ...] = ()
    repeats: Seen | None = None
    copies: KnownPost | None = None
    read: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether it is no post that we know."""
        return self.known is None and self.copies is None

    def read_text(self) -> None:
        """Take the keys of the words too: they cost more, and seldom decide."""
        if not self.read:
            self.keys |= by_kind(text_keys(self.entry))
            self.read = True


def by_kind(found: Sequence[str]) -> dict[str, str]:
    """Kind → key."""
    return {key.partition(":")[0]: key for key in found}
