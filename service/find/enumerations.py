"""Titles named in one breath: "X and Y", "X by Ann Hill, Y", "not X, but Y"."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from service.find.names import NAMES

if TYPE_CHECKING:
    from service.find.relations import Weighed

_REACH = 70
_GAP = re.compile(
    rf"[\"”’»)*_]{{0,2}}(?: \((?:[^()\n]{{1,40}})\))?(?:,? \(?by {NAMES}\)?)?"
    r"(?:, (?:and |or |but )?| (?:and|or|&|und|oder|et|ou|y|o) |; )"
    r"(?:then |also |later |even |not )?[\"“‘«*_]{0,2}"
)


class Enumerations:
    """Which candidates (sorted by start) of a text stand in one enumeration."""

    def __init__(self, text: str, weighed: Sequence["Weighed"]) -> None:
        self._best: dict[int, float] = {}
        starts = [each.candidate.start for each in weighed]
        for each in weighed:
            end = each.candidate.end
            first = bisect_left(starts, end + 1)
            for other in weighed[first:]:
                start = other.candidate.start
                if start - end > _REACH:
                    break
                if other.line == each.line and _GAP.fullmatch(text, end, start):
                    self._note(each, other)
                    self._note(other, each)

    def _note(self, each: "Weighed", other: "Weighed") -> None:
        self._best[id(each)] = max(self._best.get(id(each), 0.0), other.likely)

    def features(self, each: "Weighed") -> Iterator[str]:
        """How likely the likeliest is that stands beside it in the enumeration."""
        best = self._best.get(id(each))
        if best is not None and best >= 0.1:
            yield f"beside_{'sure' if best >= 0.7 else 'likely' if best >= 0.35 else 'doubtful'}"
