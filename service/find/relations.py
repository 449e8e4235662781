"""The second look: what the rest of the post says of a candidate, once all have been weighed.

The same title elsewhere, its neighbours in a list, other readings of the same words.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from service.find.candidates import Candidate
from service.find.enumerations import Enumerations
from service.find.series import KNOWN, series

#: features that say of a title what it is a title of
_OTHER = frozenset(
    f"{name}_{place}"
    for name in ("film", "game", "song", "podcast", "course", "software", "company")
    for place in ("left1", "right1")
)
#: features that say of a title that it is a book's
_CALLED = frozenset(
    "whose_book_before the_book_before book_and_author marked_and_called_a_book author_of_before "
    "short_and_called_a_book said_to_be_a_book then_called_a_book bought_in_a_shop".split()
)
#: the post says of the same words that they are a film, a game, a song, …
_OTHERWISE = ("said_to_be_another_thing",)
#: so many of one title, the likeliest, speak for the others
_MOST_SAME = 24
#: how likely others are, in words
_SHARES = (0.15, 0.4, 0.7)
_LEVELS = ("unlikely", "mixed", "likely", "sure")
#: kin within so many lines are neighbours
_NEAR = 12
_MAIN = re.compile(r"\s*[:;(]|\s+[–—-]\s+")
_JOINT = re.compile(r"[\"”’]?(?:,| (?:and|or|but|&|und|et|y) )")
_JOINED = re.compile(r"(?:,| (?:and|or|but|&|und|et|y)) (?:the |a )?[\"“‘]?$")
_ARTICLE = re.compile(r"^(?:the|a|an|der|die|das|le|la|les|el|los) (?=.)")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(slots=True)
class Weighed:
    """A candidate, the features found at its place, and how likely the first look takes it for
    a title. `line` is its line's index, `frame` and `kind` what candidates of one series of lines
    share, the one roughly, the other closely ("" in running text)."""

    candidate: Candidate
    features: list[str]
    likely: float
    line: int
    frame: str
    kind: str
    key: str
    main_key: str
    phrases: tuple[str, ...] = ()
    relations: list[str] = field(default_factory=list)

    def unweighed(self) -> "Weighed":
        """The same, as it was after the first look."""
        return replace(self, likely=0.0, relations=[])


def key_of(title: str) -> str:
    """What two spellings of one title share: words in lower case, without a leading article."""
    folded = _NO_WORD.sub(" ", title.casefold().replace("&", "and").replace("’", "'")).strip()
    return _ARTICLE.sub("", folded)


def main_key_of(title: str) -> str:
    """The key of the title without its subtitle."""
    main = _MAIN.split(title, maxsplit=1)[0]
    return key_of(main) or key_of(title)


def relate(weighed: Sequence[Weighed], text: str) -> None:
    """Fill in `relations` of every candidate of the text (sorted by start)."""
    by_key: dict[str, list[Weighed]] = defaultdict(list)
    by_kind: dict[str, list[Weighed]] = defaultdict(list)
    by_frame: dict[str, list[Weighed]] = defaultdict(list)
    for each in weighed:
        by_key[each.main_key].append(each)
        if each.kind:
            by_kind[each.kind].append(each)
        if each.frame:
            by_frame[each.frame].append(each)
    other_things = {e.main_key for e in weighed if not _OTHER.isdisjoint(e.features)}
    on_screen = {e.main_key for e in weighed if any(n.startswith("on_screen_") for n in e.features)}
    same = {
        key: sorted(found, key=lambda e: -e.likely)[:_MOST_SAME] for key, found in by_key.items()
    }
    kin = {id(each): found for each, found in _all_kin(by_kind)}
    framed = {id(each): found for alike in by_frame.values() for each, found in series(alike)}
    enumerations = Enumerations(text, weighed)
    sure = {each.main_key for each in weighed if each.likely >= 0.6}
    many = "post_has_many" if len(sure) > 4 else "post_has_some" if len(sure) > 1 else None
    starts = [each.candidate.start for each in weighed]
    spans: dict[str, set[int]] = defaultdict(set)
    for each in weighed:
        spans[each.key].add(each.candidate.start)
    for each in weighed:
        found = [
            *(_OTHERWISE if each.main_key in other_things else _same(each, same[each.main_key])),
            *kin.get(id(each), ()),
            *framed.get(id(each), ()),
            *enumerations.features(each),
            *_overlaps(each, weighed, starts),
            *_parts(each, weighed, starts, spans),
        ]
        if many and (len(sure) > 2 or each.main_key not in sure):
            found.append(many)
        if each.main_key in on_screen and not any(
            n.startswith("on_screen_") for n in each.features
        ):
            found.append("on_screen_elsewhere")
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
    if any(not _CALLED.isdisjoint(other.features) for other in apart):
        yield "same_called_a_book"
    if each.key == each.main_key and any(o.key != o.main_key and o.likely > 0.6 for o in apart):
        yield "main_of_sure"


def _all_kin(by_kind: Mapping[str, Sequence[Weighed]]) -> Iterator[tuple[Weighed, list[str]]]:
    """What those say that stand just so: headings with a name below, items with "by"."""
    for alike in by_kind.values():
        if len(alike) < 2:
            continue
        likely = sum(each.likely for each in alike)
        known = [KNOWN.isdisjoint(each.features) for each in alike].count(False)
        for place, each in enumerate(alike):
            yield each, list(_kin(each, alike, place, likely, known))


def _kin(
    each: Weighed, alike: Sequence[Weighed], place: int, likely: float, known: int
) -> Iterator[str]:
    others = len(alike) - 1
    many = "many" if others >= 3 else "few"
    yield f"kin_{_level((likely - each.likely) / others)}_{many}"
    near = [*alike[max(0, place - 2) : place], *alike[place + 1 : place + 3]]
    near = [other for other in near if abs(other.line - each.line) <= _NEAR]
    if near:
        yield f"neighbours_{_level(sum(other.likely for other in near) / len(near))}"
    own = not KNOWN.isdisjoint(each.features)
    share = (known - own) / others
    if share >= 0.2:
        yield f"kin_known_{'mostly' if share >= 0.6 else 'partly'}_{many}"


def _level(share: float) -> str:
    return _LEVELS[bisect_right(_SHARES, share)]


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


def _parts(
    each: Weighed,
    weighed: Sequence[Weighed],
    starts: Sequence[int],
    spans: Mapping[str, set[int]],
) -> Iterator[str]:
    """Whether it is two titles at once ("X and Y"), or half of such: one is named elsewhere."""
    mine = each.candidate
    first = bisect_right(starts, mine.start - 170)
    found = set()
    for other in weighed[first:]:
        theirs = other.candidate
        if theirs.start >= mine.end:
            break
        if _is_half(theirs, mine) and len(spans[other.key]) > len(spans[each.key]):
            found.add("joins_a_title_named_elsewhere")
        elif _is_half(mine, theirs) and len(spans[each.key]) > len(spans[other.key]):
            found.add("half_named_elsewhere")
    yield from sorted(found)


def _is_half(part: Candidate, whole: Candidate) -> bool:
    """Whether the part stands before or after the "and" or comma of the whole."""
    if part.start == whole.start and part.end < whole.end:
        return _JOINT.match(whole.text, part.end - whole.start) is not None
    if part.end == whole.end and whole.start < part.start:
        return _JOINED.search(whole.text, 0, part.start - whole.start) is not None
    return False


def _overlap(one: Weighed, other: Weighed) -> bool:
    a, b = one.candidate, other.candidate
    return a.start < b.end and b.start < a.end
