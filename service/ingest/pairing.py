"""Which entry of a poll is which known post, by the keys they share. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from service.ingest.identity import likeness, quick_keys
from service.ingest.moving import settle_moved
from service.ingest.sighted import KnownPost, Seen, by_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.model import Entry

#: guid before address before text; two together outweigh a guid that some other post has now
_WEIGHT = {"guid": 4, "url": 3, "text": 3}
_ALIKE, _UNLIKE = 0.8, 0.15
#: how alike two texts must be to be one post, by whether their dates differ (a series of posts
#: may have much boilerplate) and their titles agree
_LEAST_ALIKE = {
    (False, False): _ALIKE,
    (False, True): 0.5,
    (True, False): 0.95,
    (True, True): _ALIKE,
}


def paired(
    known: Sequence[KnownPost],
    entries: Sequence[Entry],
    made: Sequence[Sequence[str]] | None = None,
) -> list[Seen]:
    """Each entry with the known post that it is, or the earlier entry that it repeats, if any.

    `made` are the keys of each entry as far as the caller has them: the quick ones, or all.
    """
    told = [quick_keys(entry) for entry in entries] if made is None else made
    seen = [Seen(entry, by_kind(keys)) for entry, keys in zip(entries, told, strict=True)]
    for each in seen:
        each.read = "text" in each.keys
    _drop_shared_keys(seen)
    _find_repeats(seen)
    firsts = [each for each in seen if each.repeats is None]
    holders = _holders(known)
    _settle_plain(known, firsts, holders)
    for each in firsts:
        if each.known is None:
            each.read_text()
    _settle(known, firsts, holders)
    settle_moved(known, firsts)
    _settle_alike(known, firsts)
    _find_copies(firsts)
    return seen


# ── keys that say something ──────────────────────────────────────────────────────────────


def _differ(one: Seen, other: Seen, kind: str) -> bool:
    """Whether two entries that share a key of this kind are plainly different posts."""
    rest = {"guid", "url", "anchor", "title"} - {kind}
    if kind == "url" and one.keys.get("anchor") != other.keys.get("anchor"):
        return True
    told = [part for part in rest if part in one.keys and part in other.keys]
    one.read_text()
    other.read_text()
    same_text = "text" in one.keys and one.keys["text"] == other.keys.get("text")
    return bool(told) and not same_text and all(one.keys[p] != other.keys[p] for p in told)


def _drop_shared_keys(seen: list[Seen]) -> None:
    """Forget an id or address that different entries of one feed share: it identifies none."""
    for kind in ("guid", "url"):
        groups: dict[str, list[Seen]] = defaultdict(list)
        for each in seen:
            if kind in each.keys:
                groups[each.keys[kind]].append(each)
        shared = [group for group in groups.values() if len(group) > 1]
        for group in shared:
            if any(_differ(group[0], other, kind) for other in group[1:]):
                for each in group:
                    del each.keys[kind]
    moments = Counter(each.keys.get("at") for each in seen)
    for each in seen:
        if moments[each.keys.get("at")] > 1:
            each.keys.pop("at", None)


def _find_repeats(seen: list[Seen]) -> None:
    """Mark entries that only repeat an earlier one of the same feed."""
    first: dict[str, Seen] = {}
    for each in seen:
        strong = [key for kind, key in each.keys.items() if kind in ("guid", "url")]
        strong = strong or [each.keys["whole"]]
        each.repeats = next((first[key] for key in strong if key in first), None)
        for key in strong:
            first.setdefault(key, each.repeats or each)


# ── which entry is which known post ──────────────────────────────────────────────────────


def _holders(known: Sequence[KnownPost]) -> dict[str, list[int]]:
    """The known posts that have a key, by their place in `known`."""
    holders: dict[str, list[int]] = defaultdict(list)
    for index, post in enumerate(known):
        for key in post.keys:
            holders[key].append(index)
    return holders


def _settle_plain(
    known: Sequence[KnownPost], seen: list[Seen], holders: dict[str, list[int]]
) -> None:
    """Pair entries whose id and address both name the one same post: nearly all, nearly always."""
    for each in seen:
        by_guid = holders.get(each.keys.get("guid", ""), [])
        by_url = holders.get(each.keys.get("url", ""), [])
        plain = len(by_guid) == 1 and by_guid == by_url
        if plain and not _other_anchor(each, known[by_guid[0]]):
            each.known, each.by = known[by_guid[0]], ("guid", "url")


def _settle(known: Sequence[KnownPost], seen: list[Seen], holders: dict[str, list[int]]) -> None:
    """Pair what is left with known posts by equal keys, strongest pair first."""
    taken = {each.known.post_id for each in seen if each.known is not None}
    pairs: list[tuple[int, int, int, tuple[str, ...]]] = []
    for number, each in enumerate(seen):
        if each.known is None:
            for index, kinds in _candidates(each, known, holders).items():
                pairs.append((-sum(_WEIGHT.get(kind, 1) for kind in kinds), number, index, kinds))
    for _, number, index, kinds in sorted(pairs):
        if seen[number].known is None and known[index].post_id not in taken:
            seen[number].known, seen[number].by = known[index], kinds
            taken.add(known[index].post_id)


def _candidates(
    each: Seen, known: Sequence[KnownPost], holders: dict[str, list[int]]
) -> dict[int, tuple[str, ...]]:
    """The known posts an entry may be, with the kinds of key that say so."""
    kinds: dict[int, list[str]] = defaultdict(list)
    for kind in ("guid", "url", "text"):
        posts = holders.get(each.keys.get(kind, ""), ())
        for index in posts:
            if kind == "url" and _other_anchor(each, known[index]):
                continue
            if kind != "text" and _is_used_again(each, known[index], kind):
                continue
            kinds[index].append(kind)
    # a key that several known posts have decides only together with another
    told = {
        index: tuple(by)
        for index, by in kinds.items()
        if len(by) > 1 or len(holders[each.keys[by[0]]]) == 1
    }
    return told or _nameless_candidates(each, known, holders)


def _is_used_again(each: Seen, post: KnownPost, kind: str) -> bool:
    """Whether an id, or an address, now belongs to a plainly different post: the other of the two,
    title and moment are others, and the words have nothing in common, or it has left the feed."""
    for other in ("url" if kind == "guid" else "guid", "title", "at"):
        if other not in each.keys or each.keys[other] in post.keys or not post.has_any(other):
            return False
    each.read_text()
    sketches = [key for key in post.keys if key.startswith("like:")]
    if "like" not in each.keys or not sketches:
        # too few words to tell: what still stood there lately was rather edited
        return not post.listed
    return all(_alike(each.keys["like"], sketch) < _UNLIKE for sketch in sketches)


def _nameless_candidates(
    each: Seen, known: Sequence[KnownPost], holders: dict[str, list[int]]
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


def _other_anchor(each: Seen, post: KnownPost) -> bool:
    anchors = {key for key in post.keys if key.startswith("anchor:")}
    return bool(anchors) and "anchor" in each.keys and each.keys["anchor"] not in anchors


def _is_nameless(post: KnownPost) -> bool:
    return not any(key.startswith(("guid:", "url:")) for key in post.keys)


def _settle_alike(known: Sequence[KnownPost], seen: list[Seen]) -> None:
    """Pair what is left by likeness: a post edited while its id and address changed too.

    Only where nothing else, here or among the known, is alike: boilerplate identifies none.
    """
    left = [each for each in seen if each.known is None and "like" in each.keys]
    if not left:
        return
    found = {each.known.post_id for each in seen if each.known is not None}
    sketches = [(post, key) for post in known for key in post.keys if key.startswith("like:")]
    missing = [sketch for sketch in sketches if sketch[0].post_id not in found]
    for each in left:
        alike = {post.post_id: post for post, key in missing if _is_alike(each, post, key)}
        if len(alike) != 1 or alike.keys() & found:
            continue
        (post,) = alike.values()
        if any(_is_alike(each, *sketch) for sketch in sketches if sketch[0] is not post):
            continue
        if not any(other is not each and _are_alike(each, other) for other in seen):
            each.known, each.by = post, ("like",)
            found.add(post.post_id)


def _find_copies(seen: Sequence[Seen]) -> None:
    """Mark entries all of whose keys are a post's that stands elsewhere in the feed: taken for a
    post of its own, such a one could never be known again."""
    found = [each.known for each in seen if each.known is not None]
    for each in seen:
        if each.known is None:
            keys = frozenset(each.keys.values())
            each.copies = next((post for post in found if keys <= post.keys), None)


def _is_alike(each: Seen, post: KnownPost, key: str) -> bool:
    same_title = each.keys.get("title") in post.keys
    apart = "at" in each.keys and each.keys["at"] not in post.keys and post.has_any("at")
    least = _LEAST_ALIKE[apart, same_title]
    return _alike(each.keys["like"], key) >= least


def _are_alike(one: Seen, other: Seen) -> bool:
    other.read_text()
    return "like" in other.keys and _alike(one.keys["like"], other.keys["like"]) >= _ALIKE


def _alike(one: str, other: str) -> float:
    return likeness(one.removeprefix("like:"), other.removeprefix("like:"))
