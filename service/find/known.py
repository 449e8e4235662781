"""What the catalogue says of a candidate: is there such a title, by whom, how common is it.

As with cues, what holds is named; its worth stands in weights.json.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.find.authors import named_authors
from service.find.candidates import Candidate
from service.find.names import surname
from service.find.places import WORD
from service.find.relations import key_of
from service.model import Book
from service.ports import Catalogue

#: ratings from which a book is a little, well and very widely read
_POPULAR = (100, 20_000, 300_000)
_CAPITALISED = re.compile(r"[^\W\d_a-z][\w’'\-]*")
#: within so many characters an author is near
_NEAR = 120
#: from so many books of one title it is a common phrase
_MANY = 4


@dataclass(frozen=True, slots=True)
class Known:
    """The features of how a candidate and the catalogue agree, and the same in words."""

    features: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


class Shelf:
    """The catalogue, asked about the candidates of one post."""

    def __init__(self, text: str, catalogue: Catalogue | None) -> None:
        self.text = text
        self.catalogue = catalogue
        self.wide = catalogue is not None and _breadth.is_wide(catalogue)
        self._asked: dict[str, Sequence[Book]] = {}
        self._capitalised: frozenset[str] | None = None

    def books(self, title: str) -> Sequence[Book]:
        """The books of this title or main title; none without a catalogue."""
        if self.catalogue is None:
            return ()
        if title not in self._asked:
            self._asked[title] = self.catalogue.by_title(title)
        return self._asked[title]

    def has_by_one_named(self, title: str) -> bool:
        """Whether it has a book of this title by somebody whom the post names in full or by a
        surname."""
        return any(_surnames(book) & self.capitalised() for book in self.books(title))

    def known(self, candidate: Candidate) -> Known:
        """What the catalogue says of this candidate, where it stands."""
        books = self.books(candidate.text)
        if not books:
            return _NOTHING if self.catalogue is None else _UNKNOWN[self.wide]
        features = tuple(self._features(candidate, books))
        return Known(features, tuple(_phrases(features, len(books))))

    def _features(self, candidate: Candidate, books: Sequence[Book]) -> Iterator[str]:
        text = candidate.text
        count = len(WORD.findall(text))
        size = str(count) if count < 4 else "4+"
        yield "known"
        yield f"known_{size}"
        if self.wide:
            yield f"known_widely_{size}"
        authors = named_authors(self.text, candidate.start, candidate.end)
        named = {surname(author) for author in authors}
        people = [_surnames(book) for book in books]
        if any(named & each for each in people):
            yield "author_agrees"
            if count < 3:
                yield "author_agrees_short"
        elif self._named_in_full(
            books, self.text[max(0, candidate.start - _NEAR) : candidate.end + _NEAR]
        ):
            yield "author_in_full_near"
            yield "author_in_full_in_post"
        elif self._named_in_full(books, self.text):
            yield "author_in_full_in_post"
        elif any(each & self.capitalised() for each in people):
            yield f"author_in_post_{size}"
        elif authors:
            yield "author_differs"
        key = key_of(text)
        if any(key in (key_of(book.title), _whole_key(book)) for book in books):
            yield "title_exact"
        elif ":" in text:
            yield "subtitle_differs"
        else:
            yield "title_without_subtitle"
        yield f"popular_{bisect_right(_POPULAR, max(book.popularity for book in books))}"
        if len(books) >= _MANY:
            yield "known_many"
        if text[:1].islower():
            yield f"known_in_lower_case_{size}"

    def capitalised(self) -> frozenset[str]:
        """The capitalised words of the post, folded: where a surname may stand."""
        if self._capitalised is None:
            self._capitalised = frozenset(
                word.casefold().removesuffix("’s").removesuffix("'s")
                for word in _CAPITALISED.findall(self.text)
            )
        return self._capitalised

    def _named_in_full(self, books: Sequence[Book], text: str) -> bool:
        return any(" " in author and author in text for book in books for author in book.authors)


_NOTHING = Known()
_UNKNOWN = (Known(("unknown",)), Known(("unknown", "unknown_widely")))
#: words that nobody means as a title: a catalogue that has books of them has nearly all books
_ORDINARY = (
    "Monday|Thursday|January|October|August|September|The Team|Google|Microsoft|The Internet|"
    "Internet|English|The Government|Christmas|Facebook|Twitter|Apple|Thanks|Hello|Introduction|"
    "First|Note|Update|People|Work|About|Today|The Project|China|India|Spring|Conclusion"
).split("|")
_WIDE = 0.3


class _Breadth:
    """Whether a catalogue knows most books: then it has those with ordinary titles, too.

    The last one is remembered: who scans a thousand posts asks once.
    """

    def __init__(self) -> None:
        self._last: tuple[Catalogue, bool] | None = None

    def is_wide(self, catalogue: Catalogue) -> bool:
        if self._last is None or self._last[0] is not catalogue:
            known = sum(bool(catalogue.by_title(each)) for each in _ORDINARY)
            self._last = catalogue, known >= _WIDE * len(_ORDINARY)
        return self._last[1]


_breadth = _Breadth()


def _surnames(book: Book) -> set[str]:
    return {surname(author) for author in book.authors} - {""}


def _whole_key(book: Book) -> str:
    return key_of(f"{book.title} {book.subtitle}") if book.subtitle else ""


def _phrases(features: Sequence[str], count: int) -> Iterator[str]:
    yield f"the catalogue knows {'a book' if count == 1 else f'{count} books'} of this title"
    if "author_agrees" in features:
        yield "and by this author"
    elif "author_differs" in features:
        yield "but by somebody else"
    elif any(name.startswith("author_in_") for name in features):
        yield "whose author the post names"
