"""Why words were found to name a book, or were not: `bookplate scan --explain`.

It asks the rooms for all candidates, however unlikely, and compares with what they tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.find.standing import Standing
    from service.model import Document, Finding, Ruling
    from service.ports import Catalogue, Programme

_NO_ONE_BOOK = (
    "It calls to buy a book, but no one book is meant: none is named near, or several fit equally."
)
Outcome = Literal["link", "suggest", "ignore", "keep", "rewrite", "not told", "no candidate"]


@dataclass(frozen=True, slots=True)
class Explained:
    """One place of the phrase: what became of it, how sure, what spoke for and against.

    `confidence` is None where no candidate was made. `because` says in a sentence what decided.
    """

    start: int
    end: int
    text: str
    context: str
    outcome: Outcome
    because: str
    confidence: float | None = None
    speaking_for: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every place of a phrase in a document; `link` and `suggest` are the confidences from which
    a mention is linked and suggested.

    Where it stands nowhere, `nowhere` says so, with the most similar words if there are any.
    """

    phrase: str
    places: tuple[Explained, ...]
    link: float
    suggest: float
    nowhere: str | None = None


def explain(
    document: Document,
    phrase: str,
    *,
    programmes: Sequence[Programme],
    catalogue: Catalogue,
    rulings: Sequence[Ruling] = (),
) -> Explanation:
    """Why the phrase was found in the document, or not, at each place where it stands."""
    from service.find import find
    from service.find.standing import stands
    from service.model import Thresholds
    from service.resolve import LINK, SUGGEST, resolve

    told = resolve(find(document, programmes, catalogue), document, catalogue, rulings)
    every = find(document, programmes, catalogue, floor=0.0)
    anything = Thresholds(suggest=0.0)
    standing = stands(document, phrase)
    places = []
    for place in standing.places:
        own = [e for e in every if _is_at(e, place)]
        apart = [e for e in every if e in own or not _overlaps(e, place)]
        weighed = resolve(apart, document, catalogue, rulings, thresholds=anything) if own else []
        places.append(_explained(place, told, [e for e in weighed if _is_at(e, place)], every))
    nowhere = None if places else _nowhere(phrase, standing.alike, standing.is_unseen)
    return Explanation(phrase, tuple(places), LINK, SUGGEST, nowhere)


def _explained(
    place: Standing, told: Sequence[Finding], own: Sequence[Finding], every: Sequence[Finding]
) -> Explained:
    final = next((each for each in told if _is_at(each, place)), None)
    if final is not None:
        return _made(place, final, final.decision, _decided(final))
    if any(_is_at(each, place) and each.kind == "book_link" for each in every):
        return _unlooked(place, _NO_ONE_BOOK)
    better = [each for each in told if _overlaps(each, place) and each.kind != "amazon_link"]
    if own:
        candidate = own[0]
        if better:
            return _made(place, candidate, "not told", _instead(better[0]))
        return _made(place, candidate, "not told", _too_unlikely(candidate))
    if better:
        because = _instead(better[0])
    else:
        because = _no_candidate(place, [each for each in every if _overlaps(each, place)])
    return _unlooked(place, because)


def _unlooked(place: Standing, because: str) -> Explained:
    return Explained(place.start, place.end, place.text, place.context, "no candidate", because)


def _made(place: Standing, finding: Finding, outcome: Outcome, because: str) -> Explained:
    against = tuple(each.removeprefix("but ") for each in finding.why if each.startswith("but "))
    return Explained(
        place.start,
        place.end,
        place.text,
        place.context,
        outcome,
        because,
        finding.confidence,
        tuple(each for each in finding.why if not each.startswith("but ")),
        against,
        finding.title,
    )


def _decided(finding: Finding) -> str:
    from service.resolve import LINK, SUGGEST

    if finding.decided_by == "person":
        return "You decided so before, and your word wins."
    if finding.decision == "link" and finding.kind == "book_mention":
        return f"It is at least {LINK:.0%} sure: linked by itself."
    if finding.decision == "suggest" and finding.kind == "book_mention":
        return f"It is between {SUGGEST:.0%} and {LINK:.0%} sure: a person should look."
    if finding.decision == "keep":
        return "It stands in a link already, which is kept."
    return {
        "book_link": "Words (or a dead link) that promise a book.",
        "isbn": "A printed ISBN.",
    }.get(finding.kind, "A shop’s link.")


def _too_unlikely(candidate: Finding) -> str:
    from service.resolve import SUGGEST

    if candidate.decision == "ignore" or candidate.decided_by == "person":
        return "You decided so before, and your word wins."
    return f"It is less than {SUGGEST:.0%} sure: too unlikely to bother you with."


def _instead(better: Finding) -> str:
    if better.kind == "book_link":
        return f"It is part of “{better.text}”, which calls to buy a book."
    return f"“{better.text}” is the likelier reading there ({better.confidence:.0%})."


def _no_candidate(place: Standing, overlapping: Sequence[Finding]) -> str:
    if "closed" in place.around:
        return "It stands in code, navigation or comments, where no book is looked for."
    if overlapping:
        best = max(overlapping, key=lambda each: each.confidence)
        return (
            f"These words alone were not looked at, only with their neighbours: the likeliest was "
            f"“{best.text}” ({best.confidence:.0%})."
        )
    if place.text[:1].islower() and not place.is_marked:
        return (
            "It begins in lower case, and no italics, quotation marks or link set it off: such "
            "words are read as ordinary ones."
        )
    if " " not in place.text and not place.is_marked:
        return (
            "One capitalised word is looked at only where something points at it: “by” and a "
            "name, a possessive, a word such as “book” just before."
        )
    return "It is not the whole of any italics, quotation, line or run of capitalised words."


def _nowhere(phrase: str, alike: str | None, is_unseen: bool) -> str:
    if is_unseen:
        return (
            f"“{phrase}” stands only where no reader sees it, or in preformatted text: in an "
            "attribute, an address, a script, the head or a <pre>."
        )
    told = f"“{phrase}” does not stand in the document."
    return f"{told} The most similar words there are “{alike}”." if alike else told


def _is_at(finding: Finding, place: Standing) -> bool:
    return (finding.start, finding.end) == (place.start, place.end)


def _overlaps(finding: Finding, place: Standing) -> bool:
    return finding.start < place.end and place.start < finding.end
