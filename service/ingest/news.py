"""The truth about what is new: which entries of a poll are posts never seen before. Pure.

No identity hangs on dates or on the order of a feed, which change under us. Each entry is compared
with each known post by several keys; the strongest pairs are settled first, and each known post
is found once. What stays is new, unless too much of it comes at once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from service.ingest.identity import fingerprint, is_comment, keys
from service.ingest.pairing import paired
from service.ingest.sighted import KnownPost, Seen
from service.ingest.window import Age, old_posts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.model import Entry

__all__ = ["KnownPost", "NewsVerdict", "Sighting", "fingerprint", "keys", "recognise"]

NewsVerdict = Literal["baseline", "new", "changed", "same", "held", "skipped"]

_NAMES = {
    "guid": "id",
    "url": "address",
    "text": "text",
    "title": "title",
    "like": "text",
    "whole": "text",
    "path": "address",
    "at": "date",
}
_OLD: dict[Age, str] = {
    "slid in": "Older than every post known here, and shown because another one left the feed; "
    "not announced.",
    "grown": "Older than every post known here: the feed shows more of its old posts than before; "
    "not announced.",
    "doubtful": "Older than every post known here, and not alone: either the feed shows more than "
    "before, or several posts are back-dated. Held until you decide.",
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """What an entry is. `post_id` is the known post's; None for new ones, and for a "same" that
    only repeats another new entry of this poll. `reason` is kept with the post and shown, `keys`
    are what the post can be known by from now on. `moved` is True for a known post that has lost
    an id, an address or a title that it was known by."""

    entry: Entry
    post_id: int | None
    verdict: NewsVerdict
    reason: str
    keys: tuple[str, ...] = ()
    moved: bool = False


def recognise(
    known: Sequence[KnownPost],
    entries: Sequence[Entry],
    *,
    first_poll: bool,
    hold_above: int,
    made: Sequence[Sequence[str]] | None = None,
    standing: int | None = None,
) -> list[Sighting]:
    """One sighting for each entry, in the feed's order. `made` are their keys, where known.

    A source that lists all its posts says which unknown ones are old: the last `standing`. Of one
    that shows a window of them (None) it is told from dates and places.

    On the first poll what is unknown is the baseline: it stands there already, and is not
    announced. Later, more than `hold_above` new posts at once are held.
    """
    seen = paired(known, entries, made)
    firsts = [each for each in seen if each.repeats is None]
    stood = set(seen[len(seen) - (standing or 0) :])
    unknown = [
        each
        for each in firsts
        if each.is_unknown and each not in stood and not is_comment(each.entry)
    ]
    told = first_poll or standing is not None
    found, age = ([], "slid in") if told else old_posts(known, firsts, hold_above)
    old = set(found) & set(unknown)
    stood = set(seen) if first_poll else stood
    poll = _Poll(stood, old, age, len(unknown) - len(old), hold_above)
    return [_with_keys(each, _sighting(each, poll)) for each in seen]


def _with_keys(each: Seen, sighting: Sighting) -> Sighting:
    if sighting.verdict != "same":
        each.read_text()
    return replace(sighting, keys=tuple(each.keys.values()))


# ── in words ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Poll:
    """What holds for all entries of a poll: some `stood` there before the first one, `old` ones are
    known to be so by `age`."""

    stood: set[Seen]
    old: set[Seen]
    age: Age
    new: int
    hold_above: int


def _sighting(each: Seen, poll: _Poll) -> Sighting:
    entry = each.entry
    if each.repeats is not None:
        post = each.repeats.known
        return Sighting(entry, post.post_id if post else None, "same", "Listed twice in this feed.")
    if each.known is not None:
        return _known_sighting(each, each.known)
    if each.copies is not None:
        reason = "A copy of a post that the feed lists elsewhere."
        return Sighting(entry, each.copies.post_id, "same", reason)
    if is_comment(entry):
        return Sighting(entry, None, "skipped", "A comment on a post, by its address; no post.")
    if each in poll.stood:
        reason = "Stood there already when this source was first read; not announced."
        return Sighting(entry, None, "baseline", reason)
    if each in poll.old:
        verdict: NewsVerdict = "held" if poll.age == "doubtful" else "baseline"
        return Sighting(entry, None, verdict, _OLD[poll.age])
    if poll.new > poll.hold_above:
        reason = (
            f"One of {poll.new} new posts at once, more than {poll.hold_above}: held until you "
            "decide."
        )
        return Sighting(entry, None, "held", reason)
    return Sighting(entry, None, "new", _why_new(each))


def _known_sighting(each: Seen, post: KnownPost) -> Sighting:
    entry, by = each.entry, each.by
    though = _though(each, post)
    same = fingerprint(entry) == post.fingerprint
    return Sighting(
        entry,
        post.post_id,
        "same" if same else "changed",
        f"Known by its {_listed(by)}{though}; {'nothing' if same else 'its content'} changed.",
        moved=bool(though),
    )


def _listed(kinds: Sequence[str]) -> str:
    return " and ".join(dict.fromkeys(_NAMES[kind] for kind in kinds))


def _though(each: Seen, post: KnownPost) -> str:
    """What the post was known by before, and isn't any more."""
    others = [
        kind
        for kind in ("guid", "url", "title")
        if kind in each.keys and each.keys[kind] not in post.keys and post.has_any(kind)
    ]
    if not others:
        return ""
    return f", though its {_listed(others)} {'is' if len(others) == 1 else 'are'} new"


def _why_new(each: Seen) -> str:
    told = Counter(_NAMES[kind] for kind in each.keys if kind in ("guid", "url", "text"))
    words = ", ".join(told) or "title"
    return f"No known post has its {words}."
