"""Posts known again though id and address are others: a site that moved, a slug that changed. Pure.

Short posts have no words to be known by. Title, path, moment of publication and the very same
content each say little; together, and of a post that is missing, they say enough.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.ingest.sighted import KnownPost, Seen

_KINDS = ("at", "path", "whole", "title")
#: a moment at which programs put posts that have only a day
_MIDNIGHT = "T00:00:00"


def settle_moved(known: Sequence[KnownPost], seen: Sequence[Seen]) -> None:
    """Pair entries that no id, address or text names with the missing posts that they must be."""
    left = [each for each in seen if each.known is None]
    found = {each.known.post_id for each in seen if each.known is not None}
    missing = [post for post in known if post.post_id not in found]
    if not left or not missing:
        return
    shared = _shared(left, missing)
    moved = not found and _is_a_move(left, shared)
    pairs = [
        (len(kinds), number, index, kinds)
        for (number, index), kinds in shared.items()
        if _tells(left[number], missing[index], kinds)
        or (moved and "title" in kinds and missing[index].listed)
    ]
    for _, number, index, kinds in _unrivalled(pairs):
        left[number].known, left[number].by = missing[index], tuple(sorted(kinds))


Shared = dict[tuple[int, int], set[str]]


def _shared(left: Sequence[Seen], missing: Sequence[KnownPost]) -> Shared:
    """The kinds of key that an entry and a missing post have in common, by their places."""
    holders: dict[str, list[int]] = defaultdict(list)
    for index, post in enumerate(missing):
        for key in post.keys:
            holders[key].append(index)
    shared: Shared = defaultdict(set)
    for number, each in enumerate(left):
        for kind in _KINDS:
            for index in holders.get(each.keys.get(kind, ""), ()):
                shared[number, index].add(kind)
    return shared


def _tells(each: Seen, post: KnownPost, kinds: set[str]) -> bool:
    """Whether so much in common makes the two one post."""
    if "at" in kinds and post.listed:
        return _MIDNIGHT not in each.keys["at"] or len(kinds) > 1
    if {"title", "path"} <= kinds:
        return True
    says_something = bool(each.entry.title.strip() or each.entry.html.strip())
    apart = "at" in each.keys and "at" not in kinds and post.has_any("at")
    return "whole" in kinds and says_something and (not apart or "path" in kinds)


def _is_a_move(left: Sequence[Seen], shared: Shared) -> bool:
    """Whether most of a feed in which nothing is known has the titles of missing posts."""
    titled = {number for (number, _), kinds in shared.items() if "title" in kinds}
    return len(titled) > 1 and 2 * len(titled) >= len(left)


Pair = tuple[int, int, int, set[str]]


def _unrivalled(pairs: list[Pair]) -> list[Pair]:
    """The best pairs, without those that another one equals."""
    chosen: list[Pair] = []
    for strength in sorted({pair[0] for pair in pairs}, reverse=True):
        numbers = {pair[1] for pair in chosen}
        indexes = {pair[2] for pair in chosen}
        rest = [
            pair
            for pair in pairs
            if pair[0] == strength and pair[1] not in numbers and pair[2] not in indexes
        ]
        by_number = Counter(pair[1] for pair in rest)
        by_index = Counter(pair[2] for pair in rest)
        chosen += [p for p in rest if by_number[p[1]] == 1 and by_index[p[2]] == 1]
    return chosen
