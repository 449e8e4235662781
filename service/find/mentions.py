"""Mentions of books: candidates weighed twice, first by their place, then by the whole post."""

import re
from collections.abc import Sequence

from service.find import scorer
from service.find.authors import authors_of
from service.find.candidates import Candidate, candidates, solitary
from service.find.cues import features
from service.find.known import Shelf
from service.find.language import Language
from service.find.pairs import known_pairs
from service.find.places import Place, Places
from service.find.reading import Reading
from service.find.relations import Weighed, key_of, main_key_of, relate
from service.find.scorer import Weights, probability, reasons
from service.find.series import frame
from service.model import Finding
from service.ports import Catalogue

#: what is less likely than this after the second look is not told to anybody
FLOOR = 0.005
#: nothing is surer: of what the model is certain of, one in a hundred is wrong on other blogs
SUREST = 0.99
#: how many likely titles are looked for in the rest of the post
_MOST_TITLES = 200
_SUBTITLE = re.compile(r"\s*[:;]|\s+[–—-]\s+")


def mentions(
    reading: Reading,
    language: Language,
    catalogue: Catalogue | None = None,
    *,
    floor: float = FLOOR,
) -> list[Finding]:
    """Every span that may name a book, with how likely it does; overlapping readings too.

    Sorted by start; less likely than `floor` only what stands in a link, and the same elsewhere.
    `title` is the words themselves, `authors` those named around them.
    """
    places = Places(reading, language)
    shelf = Shelf(reading.text.text, catalogue)
    first = scorer.weights("first")
    weighed = second_look(places, shelf, first_look(places, shelf), first)
    second = scorer.weights("second")
    slope, bias = scorer.calibration()
    linked = {each.candidate.text for each in weighed if each.candidate.href}
    found = []
    for each in weighed:
        names = (*each.features, *each.relations)
        likely = SUREST * probability(slope * second.log_odds(names) + bias)
        if likely >= floor or each.candidate.text in linked:
            why = (*reasons(names, second.weights), *each.phrases)
            found.append(_finding(reading, each, round(likely, 4), why))
    return authors_of(reading, found)


def first_look(places: Places, shelf: Shelf) -> list[Weighed]:
    """All candidates of a post with the features of their places, not yet weighed."""
    found = candidates(places.reading, places.language)
    alone = [each for each in solitary(places.reading, found) if shelf.has_by_one_named(each.text)]
    found = sorted([*found, *alone], key=lambda each: (each.start, each.end))
    places.repeats.update(each.text for each in found)
    return [_look(places, shelf, each) for each in found]


def second_look(
    places: Places, shelf: Shelf, looked_at: Sequence[Weighed], first: Weights
) -> list[Weighed]:
    """The candidates weighed by `first`, those named again added, each with its relations."""
    weighed = [_weigh(each, first) for each in looked_at]
    again = _named_again(places.reading, weighed)
    if again:
        weighed += [_weigh(_look(places, shelf, each), first) for each in again]
        weighed.sort(key=lambda each: (each.candidate.start, each.candidate.end))
    relate(weighed, places.text)
    return weighed


def _look(places: Places, shelf: Shelf, candidate: Candidate) -> Weighed:
    place = places.place(candidate)
    known = shelf.known(candidate)
    names = features(place)
    names += [*known.features, *known_pairs(names, known.features)]
    return Weighed(
        candidate,
        names,
        0.0,
        places.reading.line_index(candidate.start),
        frame(place, names),
        _kind(place, names),
        key_of(candidate.text),
        main_key_of(candidate.text),
        known.phrases,
    )


def _weigh(each: Weighed, first: Weights) -> Weighed:
    each.likely = probability(first.log_odds(each.features))
    return each


_KIND = (
    "is_line is_line_by is_after_name is_h is_em is_strong is_quote is_a in_li in_h in_td numbered "
    "alone_on_its_line by_name_after by_line_after name_line_after name_before dash_after "
    "at_line_start year_after colon_after"
).split()
_SERIES = frozenset("alone_on_its_line at_line_start numbered is_line_by is_after_name".split())


def _kind(place: Place, names: Sequence[str]) -> str:
    """How it stands in a list or a series of headings, as one word; "" in running text."""
    if _SERIES.isdisjoint(names):
        return ""
    section = place.section if "in_li" in names else ""
    return f"{section} {' '.join(name for name in _KIND if name in names)}"


def _named_again(reading: Reading, weighed: Sequence[Weighed]) -> list[Candidate]:
    """The likely titles, and their main titles, wherever else the post writes them."""
    text = reading.text.text
    known = {(each.candidate.start, each.candidate.end) for each in weighed}
    likely = sorted((e for e in weighed if e.likely >= 0.35), key=lambda e: -e.likely)
    titles = dict.fromkeys(
        title
        for each in likely[:_MOST_TITLES]
        for title in (each.candidate.text, _SUBTITLE.split(each.candidate.text)[0])
    )
    found = []
    for title in titles:
        if len(title) < 3:
            continue
        words = re.sub("[’']", "[’']", re.escape(title))
        one_word = " " not in title
        pattern = re.compile(rf"(?<!\w){words}(?!\w)", 0 if one_word else re.IGNORECASE)
        for match in pattern.finditer(text):
            if match.span() not in known and not reading.is_closed(match.start()):
                known.add(match.span())
                found.append(Candidate(*match.span(), match[0], {"again"}))
    return found


def _finding(reading: Reading, each: Weighed, likely: float, why: tuple[str, ...]) -> Finding:
    candidate = each.candidate
    link = reading.link_at(candidate.start, candidate.end)
    start, end = reading.text.source_span(candidate.start, candidate.end)
    return Finding(
        "book_mention",
        start,
        end,
        candidate.text,
        likely,
        "suggest",
        why,
        title=candidate.text,
        url=link.href if link else None,
    )
