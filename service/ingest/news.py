"""The truth about what is new: which entries of a poll are posts never seen before. Pure.

Nothing hangs on dates or on the order of a feed, which change under us. Each entry is compared
with each known post by several keys; the strongest pairs are settled first, and each known post
is found once. What stays is new, unless too much of it comes at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from service.ingest.identity import fingerprint, keys, likeness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.model import Entry

__all__ = ["KnownPost", "NewsVerdict", "Sighting", "fingerprint", "keys", "recognise"]

NewsVerdict = Literal["baseline", "new", "changed", "same", "held"]

#: guid before address before text; two together outweigh a guid that some other post has now
_WEIGHT = {"guid": 4, "url": 3, "text": 3}
_NAMES = {
    "guid": "id",
    "url": "address",
    "text": "text",
    "title": "title",
    "like": "text",
    "whole": "text",
}
_ALIKE, _ALIKE_WITH_TITLE = 0.8, 0.5


@dataclass(frozen=True, slots=True)
class KnownPost:
    """A post we have seen: every key it ever had, and `fingerprint(entry)` as last seen."""

    post_id: int
    keys: frozenset[str]
    fingerprint: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What an entry is. `post_id` is the known post's; None for new ones, and for a "same" that
    only repeats another new entry of this poll. `reason` is kept with the post and shown."""

    entry: Entry
    post_id: int | None
    verdict: NewsVerdict
    reason: str


@dataclass(slots=True, eq=False)
class _Seen:
    entry: Entry
    keys: dict[str, str] = field(default_factory=dict)
    known: KnownPost | None = None
    by: tuple[str, ...] = ()
    repeats: _Seen | None = None


def recognise(
    known: Sequence[KnownPost], entries: Sequence[Entry], *, first_poll: bool, hold_above: int
) -> list[Sighting]:
    """One sighting for each entry, in the feed's order.

    On the first poll what is unknown is the baseline: it stands there already, and is not
    announced. Later, more than `hold_above` new posts at once are held.
    """
    seen = [_Seen(entry, _by_kind(keys(entry))) for entry in entries]
    _drop_shared_keys(seen)
    _find_repeats(seen)
    firsts = [each for each in seen if each.repeats is None]
    _settle(known, firsts)
    _settle_alike(known, firsts)
    unknown = [each for each in firsts if each.known is None]
    slid_in = [] if first_poll else _slid_in(known, firsts, unknown)
    new = [each for each in unknown if each not in slid_in]
    return [_sighting(each, first_poll, slid_in, len(new), hold_above) for each in seen]


# ── keys that say something ──────────────────────────────────────────────────────────────


def _by_kind(found: Sequence[str]) -> dict[str, str]:
    return {key.partition(":")[0]: key for key in found}


def _differ(one: _Seen, other: _Seen, kind: str) -> bool:
    """Whether two entries that share a key of this kind are plainly different posts."""
    rest = {"guid", "url", "anchor", "title"} - {kind}
    if kind == "url" and one.keys.get("anchor") != other.keys.get("anchor"):
        return True
    told = [part for part in rest if part in one.keys and part in other.keys]
    same_text = "text" in one.keys and one.keys["text"] == other.keys.get("text")
    return bool(told) and not same_text and all(one.keys[p] != other.keys[p] for p in told)


def _drop_shared_keys(seen: list[_Seen]) -> None:
    """Forget an id or address that different entries of one feed share: it identifies none."""
    for kind in ("guid", "url"):
        groups: dict[str, list[_Seen]] = defaultdict(list)
        for each in seen:
            if kind in each.keys:
                groups[each.keys[kind]].append(each)
        shared = [group for group in groups.values() if len(group) > 1]
        for group in shared:
            if any(_differ(group[0], other, kind) for other in group[1:]):
                for each in group:
                    del each.keys[kind]


def _find_repeats(seen: list[_Seen]) -> None:
    """Mark entries that only repeat an earlier one of the same feed."""
    first: dict[str, _Seen] = {}
    for each in seen:
        strong = [key for kind, key in each.keys.items() if kind in ("guid", "url")]
        strong = strong or [each.keys["whole"]]
        each.repeats = next((first[key] for key in strong if key in first), None)
        for key in strong:
            first.setdefault(key, each.repeats or each)


# ── which entry is which known post ──────────────────────────────────────────────────────


def _settle(known: Sequence[KnownPost], seen: list[_Seen]) -> None:
    """Pair entries with known posts by equal keys, strongest pair first."""
    holders: dict[str, list[int]] = defaultdict(list)
    for index, post in enumerate(known):
        for key in post.keys:
            holders[key].append(index)
    pairs: list[tuple[int, int, int, tuple[str, ...]]] = []
    for number, each in enumerate(seen):
        for index, kinds in _candidates(each, known, holders).items():
            pairs.append((-sum(_WEIGHT.get(kind, 1) for kind in kinds), number, index, kinds))
    found: set[int] = set()
    for _, number, index, kinds in sorted(pairs):
        if seen[number].known is None and index not in found:
            seen[number].known, seen[number].by = known[index], kinds
            found.add(index)


def _candidates(
    each: _Seen, known: Sequence[KnownPost], holders: dict[str, list[int]]
) -> dict[int, tuple[str, ...]]:
    """The known posts an entry may be, with the kinds of key that say so."""
    kinds: dict[int, list[str]] = defaultdict(list)
    for kind in ("guid", "url", "text"):
        posts = holders.get(each.keys.get(kind, ""), ())
        for index in posts:
            if kind == "url" and _other_anchor(each, known[index]):
                continue
            kinds[index].append(kind)
    # a key that several known posts have decides only together with another
    told = {
        index: tuple(by)
        for index, by in kinds.items()
        if len(by) > 1 or len(holders[each.keys[by[0]]]) == 1
    }
    return told or _nameless_candidates(each, known, holders)


def _nameless_candidates(
    each: _Seen, known: Sequence[KnownPost], holders: dict[str, list[int]]
) -> dict[int, tuple[str, ...]]:
    """For entries without a usable id or address: posts that say the very same, or, where those
    have none either, are called the same."""
    if {"guid", "url"} & set(each.keys):
        return {}
    same = holders.get(each.keys["whole"], ())
    if same:
        return dict.fromkeys(same, ("whole",))
    called = holders.get(each.keys.get("title", ""), ())
    nameless = [index for index in called if _is_nameless(known[index])]
    return dict.fromkeys(nameless, ("title",)) if len(nameless) == 1 else {}


def _other_anchor(each: _Seen, post: KnownPost) -> bool:
    anchors = {key for key in post.keys if key.startswith("anchor:")}
    return bool(anchors) and "anchor" in each.keys and each.keys["anchor"] not in anchors


def _is_nameless(post: KnownPost) -> bool:
    return not any(key.startswith(("guid:", "url:")) for key in post.keys)


def _settle_alike(known: Sequence[KnownPost], seen: list[_Seen]) -> None:
    """Pair what is left by likeness: a post edited while its id and address changed too.

    Only where nothing else, here or among the known, is alike: boilerplate identifies none.
    """
    left = [each for each in seen if each.known is None and "like" in each.keys]
    if not left:
        return
    found = {each.known.post_id for each in seen if each.known is not None}
    sketches = [(post, key) for post in known for key in post.keys if key.startswith("like:")]
    for each in left:
        alike = {post.post_id: post for post, key in sketches if _is_alike(each, post, key)}
        rivals = [other for other in seen if other is not each and _are_alike(each, other)]
        if len(alike) == 1 and not rivals and not alike.keys() & found:
            (each.known,) = alike.values()
            each.by = ("like",)
            found.add(each.known.post_id)


def _is_alike(each: _Seen, post: KnownPost, key: str) -> bool:
    same_title = each.keys.get("title") in post.keys
    return _alike(each.keys["like"], key) >= (_ALIKE_WITH_TITLE if same_title else _ALIKE)


def _are_alike(one: _Seen, other: _Seen) -> bool:
    return "like" in other.keys and _alike(one.keys["like"], other.keys["like"]) >= _ALIKE


def _alike(one: str, other: str) -> float:
    return likeness(one.removeprefix("like:"), other.removeprefix("like:"))


# ── old posts that a feed shows for the first time ───────────────────────────────────────


def _slid_in(known: Sequence[KnownPost], seen: list[_Seen], unknown: list[_Seen]) -> list[_Seen]:
    """Unknown entries older than all known ones, where known ones have left the feed: when a
    post is unpublished, one from before our first poll takes the last place."""
    dates = [each.entry.published for each in seen if each.known is not None]
    told = [date for date in dates if date is not None]
    if not told or len(told) < len(dates):
        return []
    oldest = min(told)
    older = [each for each in unknown if each.entry.published and each.entry.published < oldest]
    vanished = len(known) - len(dates)
    return older if len(older) <= vanished else []


# ── in words ─────────────────────────────────────────────────────────────────────────────


def _sighting(
    each: _Seen, first_poll: bool, slid_in: list[_Seen], new: int, hold_above: int
) -> Sighting:
    entry = each.entry
    if each.repeats is not None:
        post = each.repeats.known
        return Sighting(entry, post.post_id if post else None, "same", "Listed twice in this feed.")
    if each.known is not None:
        return _known_sighting(entry, each.known, each.by)
    if first_poll:
        reason = "Stood there already when this source was first read; not announced."
        return Sighting(entry, None, "baseline", reason)
    if each in slid_in:
        reason = (
            "Older than every post known here, and shown because another one left the feed; "
            "not announced."
        )
        return Sighting(entry, None, "baseline", reason)
    if new > hold_above:
        reason = f"One of {new} new posts at once, more than {hold_above}: held until you decide."
        return Sighting(entry, None, "held", reason)
    return Sighting(entry, None, "new", _why_new(each))


def _known_sighting(entry: Entry, post: KnownPost, by: tuple[str, ...]) -> Sighting:
    words = " and ".join(dict.fromkeys(_NAMES[kind] for kind in by))
    if fingerprint(entry) == post.fingerprint:
        return Sighting(entry, post.post_id, "same", f"Known by its {words}; nothing changed.")
    return Sighting(entry, post.post_id, "changed", f"Known by its {words}; its content changed.")


def _why_new(each: _Seen) -> str:
    told = Counter(_NAMES[kind] for kind in each.keys if kind in ("guid", "url", "text"))
    words = ", ".join(told) or "title"
    return f"No known post has its {words}."
