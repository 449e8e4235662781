"""Old posts that a feed shows for the first time, told from new ones that are back-dated. Pure.

A feed shows a window of a blog. When a post is unpublished, one from before our first poll takes
the last place; when the window grows, many do. They stand at the feed's old end, in a row, older
than all that we know. A post that is new and back-dated stands elsewhere, or drives none out, or
has a higher number than its elders.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service.ingest.sighted import KnownPost, Seen

Age = Literal["slid in", "grown", "doubtful"]
#: more old posts than this at once are a window that grew: nobody back-dates so many in one go
_MANY = 5
#: ids and addresses that end in the number that a program counts its posts by
_NUMBERED = re.compile(r"^(?P<what>.*\D)?(?P<number>\d{1,12})$")


def old_posts(
    known: Sequence[KnownPost], seen: Sequence[Seen], hold_above: int
) -> tuple[list[Seen], Age]:
    """The unknown entries that are old, and how we know."""
    dated = [each for each in seen if each.known is not None]
    if not dated or any(each.entry.published is None for each in dated):
        return [], "slid in"
    steady, newest_first = _steady(dated)
    older = _older(seen[::-1] if newest_first else seen, steady)
    numbers = _Numbers(steady)
    older = [each for each in older if numbers.say(each) != "newer"]
    if not older:
        return [], "slid in"
    gone = sum(post.listed for post in known) - sum(
        each.known.listed for each in dated if each.known
    )
    if len(older) <= gone <= len(seen) or all(numbers.say(each) == "older" for each in older):
        return older, "slid in"
    if len(older) > max(hold_above, _MANY):
        return older, "grown"
    return (older, "doubtful") if len(older) > 1 else ([], "doubtful")


def _steady(dated: list[Seen]) -> tuple[list[Seen], bool]:
    """The known entries that stand in the order of their dates (a pinned one doesn't), and
    whether that begins with the newest."""
    falling = _longest_rise(dated[::-1])[::-1]
    rising = _longest_rise(dated)
    return (rising, False) if len(rising) > len(falling) else (falling, True)


def _longest_rise(entries: list[Seen]) -> list[Seen]:
    """The longest subsequence whose dates never fall (patience sorting)."""
    tops: list[datetime] = []
    ends: list[int] = []
    before: list[int] = []
    for place, each in enumerate(entries):
        date = each.entry.published
        assert date is not None
        pile = bisect_right(tops, date)
        before.append(ends[pile - 1] if pile else -1)
        tops[pile : pile + 1], ends[pile : pile + 1] = [date], [place]
    chain, place = [], ends[-1] if ends else -1
    while place >= 0:
        chain.append(entries[place])
        place = before[place]
    return chain[::-1]


def _older(from_the_end: Sequence[Seen], steady: list[Seen]) -> list[Seen]:
    oldest = min(each.entry.published for each in steady if each.entry.published)
    found, in_order = [], set(steady)
    for each in from_the_end:
        date = each.entry.published
        if each.known is not None and each not in in_order:
            continue
        if each.known is not None or date is None or date >= oldest:
            break
        found.append(each)
    return found


class _Numbers:
    """What the numbers in ids say of who came first; nothing where they don't follow the dates."""

    def __init__(self, steady: list[Seen]) -> None:
        told = [(each.entry.published, _numbered(each)) for each in steady]
        dated = sorted((date, said) for date, said in told if date and said)
        kinds = {what for _, (what, _) in dated}
        counted = [number for _, (_, number) in dated]
        follows = len(kinds) == 1 and len(counted) > 1 and counted == sorted(set(counted))
        self._what = kinds.pop() if follows else None
        self._least, self._most = (counted[0], counted[-1]) if follows else (0, 0)

    def say(self, each: Seen) -> Literal["newer", "older", "nothing"]:
        said = _numbered(each)
        if said is None or self._what is None or said[0] != self._what:
            return "nothing"
        if said[1] > self._most:
            return "newer"
        return "older" if said[1] < self._least else "nothing"


def _numbered(each: Seen) -> tuple[str, int] | None:
    match = _NUMBERED.match(each.entry.id or each.entry.url or "")
    return (match["what"] or "", int(match["number"])) if match else None
