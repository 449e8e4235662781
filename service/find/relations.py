"""The second look: what the rest of the post says of a candidate, once all have been weighed.

The same title elsewhere, its neighbours in a list, other readings of the same words.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from service.find.candidates import Candidate

#: features that say of a title what it is a title of
_OTHER = frozenset(
    f"{name}_{place}"
    for name in ("film", "game", "song", "podcast", "course", "software", "company")
    for place in ("left1", "right1")
)
#: the post says of the same words that they are a film, a game, a song, …
_OTHERWISE = ("said_to_be_another_thing",)
#: so many of one title, the likeliest, speak for the others
_MOST_SAME = 24
_MAIN = re.compile(r"\s*[:;(]|\s+[–—-]\s+")
_ARTICLE = re.compile(r"^(?:the|a|an|der|die|das|le|la|les|el|los) (?=.)")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(slots=True)
class Weighed:
    """A candidate, the features found at its place, and how likely the first look takes it for
    a title. `line` is its line's index, `role` how it stands there ("" in running text), `kind`
    what candidates of one list or series of headings share ("" in running text)."""

    candidate: Candidate
    features: list[str]
    likely: float
    line: int
    role: str
    kind: str
    key: str
    main_key: str
    relations: list[str] = field(default_factory=list)


def key_of(title: str) -> str:
    """What two spellings of one title share: words in lower case, without a leading article."""
    folded = _NO_WORD.sub(" ", title.casefold().replace("&", "and").replace("’", "'")).strip()
    return _ARTICLE.sub("", folded)


def main_key_of(title: str) -> str:
    """The key of the title without its subtitle."""
    main = _MAIN.split(title, maxsplit=1)[0]
    return key_of(main) or key_of(title)


def relate(weighed: Sequence[Weighed]) -> None:
    """Fill in `relations` of every candidate (sorted by start)."""
    by_key: dict[str, list[Weighed]] = defaultdict(list)
    by_line: dict[int, list[Weighed]] = defaultdict(list)
    by_kind: dict[str, list[float]] = defaultdict(list)
    for each in weighed:
        by_key[each.main_key].append(each)
        if each.role:
            by_line[each.line].append(each)
        if each.kind:
            by_kind[each.kind].append(each.likely)
    other_things = {e.main_key for e in weighed if not _OTHER.isdisjoint(e.features)}
    same = {
        key: sorted(found, key=lambda e: -e.likely)[:_MOST_SAME] for key, found in by_key.items()
    }
    kin = {kind: (sum(likely), len(likely)) for kind, likely in by_kind.items()}
    sure = {each.main_key for each in weighed if each.likely >= 0.6}
    many = "post_has_many" if len(sure) > 4 else "post_has_some" if len(sure) > 1 else None
    line_likely = {line: max(e.likely for e in there) for line, there in by_line.items()}
    lines = sorted(line_likely)
    starts = [each.candidate.start for each in weighed]
    for each in weighed:
        found = [
            *(_OTHERWISE if each.main_key in other_things else _same(each, same[each.main_key])),
            *_neighbours(each, line_likely, lines),
            *_kin(each, *kin.get(each.kind, (0.0, 0))),
            *_overlaps(each, weighed, starts),
        ]
        if many and (len(sure) > 2 or each.main_key not in sure):
            found.append(many)
        each.relations = found


def _same(each: Weighed, others: Sequence[Weighed]) -> Iterator[str]:
    apart = [other for other in others if not _overlap(each, other)]
    if not apart:
        return
    best = max(other.likely for other in apart)
    if best >= 0.8:
        yield "same_sure"
    elif best >= 0.45:
        yield "same_likely"
    elif best >= 0.15:
        yield "same_doubtful"
    else:
        yield "same_unlikely"
    if each.key == each.main_key and any(o.key != o.main_key and o.likely > 0.6 for o in apart):
        yield "main_of_sure"


def _neighbours(each: Weighed, likely: dict[int, float], lines: Sequence[int]) -> Iterator[str]:
    if not each.role:
        return
    place = bisect_left(lines, each.line)
    near = [line for line in lines[max(0, place - 2) : place + 3] if line != each.line]
    near = [line for line in near if abs(line - each.line) <= 4]
    if not near:
        return
    share = sum(likely[line] for line in near) / len(near)
    if share >= 0.65:
        yield "neighbours_likely"
    elif share >= 0.3:
        yield "neighbours_mixed"
    elif share < 0.1:
        yield "neighbours_unlikely"


def _kin(each: Weighed, total: float, count: int) -> Iterator[str]:
    """How likely those are that stand just so: headings with a name below, items with "by"."""
    others = count - 1
    if others < 1:
        return
    share = (total - each.likely) / others
    many = "many" if others >= 3 else "few"
    level = "likely" if share >= 0.4 else "mixed" if share >= 0.15 else "unlikely"
    yield f"kin_{level}_{many}"


def _overlaps(each: Weighed, weighed: Sequence[Weighed], starts: Sequence[int]) -> Iterator[str]:
    best = 0.0
    first = bisect_right(starts, each.candidate.start - 170)
    for other in weighed[first:]:
        if other.candidate.start >= each.candidate.end:
            break
        if other is not each and other.candidate.end > each.candidate.start:
            best = max(best, other.likely)
    if best > each.likely:
        yield "better_overlap"
        if best > each.likely + 0.3:
            yield "much_better_overlap"
    elif best > 0.3:
        yield "worse_overlap"
    elif best == 0.0:
        yield "no_overlap"


def _overlap(one: Weighed, other: Weighed) -> bool:
    a, b = one.candidate, other.candidate
    return a.start < b.end and b.start < a.end
