"""How a source's last listing came, entry by entry, and which post each was.

What comes just so again is that post again, and as it was: it is not read, compared or asked for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from service.model import Imprints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.model import Entry


@dataclass(frozen=True, slots=True)
class Remembered:
    """A listing's posts: imprint of the entry → (its post, when it says that was published)."""

    for_all: str = ""
    posts: dict[str, tuple[int, datetime | None]] = field(default_factory=dict)

    @property
    def imprints(self) -> Imprints:
        return Imprints(self.for_all, tuple(self.posts))

    def passed(self, now: Imprints | None) -> Remembered:
        """Those that came just so again, and were not read."""
        if now is None or now.for_all != self.for_all:
            return Remembered()
        again = self.posts.keys() & set(now.entries)
        return Remembered(self.for_all, {each: self.posts[each] for each in again})


NOTHING = Remembered()


def remembered(text: str | None) -> Remembered:
    """What `text_of` wrote down."""
    if text is None:
        return Remembered()
    for_all, posts = json.loads(text)
    return Remembered(
        for_all,
        {
            key: (post, datetime.fromisoformat(date) if date else None)
            for key, (post, date) in posts.items()
        },
    )


def text_of(
    now: Imprints, passed: Remembered, entries: Sequence[Entry], posts: Sequence[int | None]
) -> str:
    """A listing to be remembered: the entries that were `passed` over, and those that were read,
    in order, each with its post."""
    found = dict(passed.posts)
    read = zip(entries, posts, strict=True)
    for imprint in now.entries:
        if imprint in passed.posts:
            continue
        entry, post = next(read)
        if post is not None:
            found[imprint] = (post, entry.published)
    return json.dumps([now.for_all, found], default=datetime.isoformat, separators=(",", ":"))
