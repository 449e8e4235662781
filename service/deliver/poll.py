"""What a poll knows before it, and what it learns. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.deliver.imprints import NOTHING, Remembered

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from service.model import Entry, Imprints


@dataclass(frozen=True, slots=True)
class PageState:
    """A page that a source lists, and what it was like; `post_id` is the post it held.

    `stamp` is what the list that it stands `within` says of it, another one when it changes. Such
    a list is a page too, within none.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    post_id: int | None = None
    stamp: str | None = None
    within: str | None = None


@dataclass(frozen=True, slots=True)
class PollState:
    """What the last poll left: where the source really stands, its validators and its pages, and
    how the entries of its feed came.

    `was_at` and `hash_before` are those of the poll before, `baseline_at` is when the first
    one was.
    """

    feed_url: str | None = None
    feed_kind: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    pages: tuple[PageState, ...] = ()
    was_at: str | None = None
    hash_before: str | None = None
    baseline_at: datetime | None = None
    imprints: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A source's posts as it tells them now; `entries` is None where nothing has changed.

    `keys` are the entries' quick keys, where they are made already; `touched` the posts of pages
    that are as they were. Of a feed, `imprints` say how it came, entries that were `passed` over
    came as before, and `whole` reads those too. `pages` are all that are listed, and `page_of` says
    on which of them each entry stands; of a source that lists all its posts the last `standing`
    ones were there before the first poll. `failed` says which pages could not be had, `unread`
    their addresses. `beyond` is how many more pages the index lists than are looked at.
    `fresh` is how long the source need not be asked again, `moved_to` where it has moved for good.
    `title` and `site_url` are the blog's own.
    """

    state: PollState
    entries: tuple[Entry, ...] | None
    keys: tuple[tuple[str, ...], ...] = ()
    touched: frozenset[int] = frozenset()
    imprints: Imprints | None = None
    passed: Remembered = NOTHING
    whole: Callable[[], Listing] | None = None
    pages: tuple[PageState, ...] = ()
    page_of: tuple[str, ...] = ()
    standing: int | None = None
    failed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    beyond: int = 0
    fresh: timedelta | None = None
    moved_to: str | None = None
    title: str | None = None
    site_url: str | None = None
