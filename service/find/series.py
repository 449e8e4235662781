"""What lines of one shape say of each other: headings of one rank, items of one list, table cells.

They are books together or none is: the likeliest reading of each line speaks for the others.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from service.find.places import Place

if TYPE_CHECKING:
    from service.find.relations import Weighed

_AUTHORED = frozenset(
    "by_name_after by_one_name_after by_line_after name_line_after name_before "
    "names_possessive_before name_after_bracket name_after_comma name_after_dash".split()
)
#: the catalogue knows it, and not as one common word
KNOWN = frozenset(("known_2", "known_3", "known_4+", "author_agrees"))
_MARKS = ("em", "i", "cite", "strong", "b", "a", "u")
_CELLS = ("li", "td", "th")
_MANY = 3
_MOSTLY = 0.6
_SOME = 0.25


def frame(place: Place, names: Sequence[str]) -> str:
    """What a candidate shares with those of the same series: section, rank, marks, place in the
    line; "" in running text."""
    if place.whole_line:
        stands = "whole"
    elif not place.left.strip(" -*•–\"“'") or place.numbered:
        stands = "begins"
    elif "is_after_name" in names:
        stands = "after a name"
    else:
        return ""
    mark = next((each for each in _MARKS if each in place.elements), "")
    cell = next((each for each in _CELLS if each in place.elements), "")
    return f"{place.rank} {place.section} {cell} {mark} {stands}"


def series(alike: Sequence["Weighed"]) -> Iterator[tuple["Weighed", list[str]]]:
    """For each of one frame, what the other lines say."""
    by_line: dict[int, list[Weighed]] = defaultdict(list)
    for each in alike:
        by_line[each.line].append(each)
    others = len(by_line) - 1
    if not others:
        return
    likely = {line: max(each.likely for each in found) for line, found in by_line.items()}
    authored = {line: _any(found, _AUTHORED) for line, found in by_line.items()}
    known = {line: _any(found, KNOWN) for line, found in by_line.items()}
    sums = sum(likely.values()), sum(authored.values()), sum(known.values())
    many = "many" if others >= _MANY else "few"
    for each in alike:
        line = each.line
        shares = (
            (sums[0] - likely[line]) / others,
            (sums[1] - authored[line]) / others,
            (sums[2] - known[line]) / others,
        )
        yield each, list(_features(*shares, many))


def _any(found: Sequence["Weighed"], wanted: frozenset[str]) -> bool:
    return any(not wanted.isdisjoint(each.features) for each in found)


def _features(likely: float, authored: float, known: float, many: str) -> Iterator[str]:
    level = "sure" if likely >= 0.7 else "likely" if likely >= 0.4 else "unlikely"
    yield f"series_{'mixed' if 0.15 <= likely < 0.4 else level}_{many}"
    if authored >= _MOSTLY:
        yield f"series_authored_{many}"
    if known >= _SOME:
        yield f"series_known_{'mostly' if known >= _MOSTLY else 'partly'}_{many}"
