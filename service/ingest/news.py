"""The truth about what is new: which entries of a poll are posts never seen before. Pure.

No identity hangs on dates or on the order of a feed, which change under us. Each entry is compared
with each known post by several keys; the strongest pairs are settled first, and each known post
is found once. What stays is new, unless too much of it comes at once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from service.ingest.identity import fingerprint, keys
from service.ingest.pairing import KnownPost, Seen, paired

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.model import Entry

__all__ = ["KnownPost", "NewsVerdict", "Sighting", "fingerprint", "keys", "recognise"]

NewsVerdict = Literal["baseline", "new", "changed", "same", "held"]

_NAMES = {
    "guid": "id",
    "url": "address",
    "text": "text",
    "title": "title",
    "like": "text",
    "whole": "text",
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """What an entry is. `post_id` is the known post's; None for new ones, and for a "same" that
    only repeats another new entry of this poll. `reason` is kept with the post and shown."""

    entry: Entry
    post_id: int | None
    verdict: NewsVerdict
    reason: str


def recognise(
    known: Sequence[KnownPost], entries: Sequence[Entry], *, first_poll: bool, hold_above: int
) -> list[Sighting]:
    """One sighting for each entry, in the feed's order.

    On the first poll what is unknown is the baseline: it stands there already, and is not
    announced. Later, more than `hold_above` new posts at once are held.
    """
    seen = paired(known, entries)
    firsts = [each for each in seen if each.repeats is None]
    unknown = [each for each in firsts if each.known is None]
    slid_in = [] if first_poll else _slid_in(known, firsts, unknown)
    new = [each for each in unknown if each not in slid_in]
    return [_sighting(each, first_poll, slid_in, len(new), hold_above) for each in seen]


# ── old posts that a feed shows for the first time ───────────────────────────────────────


def _slid_in(known: Sequence[KnownPost], seen: list[Seen], unknown: list[Seen]) -> list[Seen]:
    """Unknown entries at the old end of a feed, older than all known ones, where about as many
    known ones have left it: when a post is unpublished, one from before our first poll takes the
    last place. A back-dated new post stands elsewhere, or drives none out."""
    dates = [each.entry.published for each in seen if each.known is not None]
    told = [date for date in dates if date is not None]
    if not told or len(told) < len(dates):
        return []
    end = seen if told[0] <= told[-1] and len(told) > 1 else seen[::-1]
    oldest, older = min(told), []
    for each in end:
        published = each.entry.published
        if each not in unknown or published is None or published >= oldest:
            break
        older.append(each)
    vanished = len(known) - len(dates)
    return older if len(older) <= vanished <= len(seen) else []


# ── in words ─────────────────────────────────────────────────────────────────────────────


def _sighting(
    each: Seen, first_poll: bool, slid_in: list[Seen], new: int, hold_above: int
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


def _why_new(each: Seen) -> str:
    told = Counter(_NAMES[kind] for kind in each.keys if kind in ("guid", "url", "text"))
    words = ", ".join(told) or "title"
    return f"No known post has its {words}."
