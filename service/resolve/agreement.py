"""What the catalogue says of a mention: is there such a title, by whom, and how common is it.

As in `find`, features are named, their worth stands in weights.json.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from service.model import Book, Finding
from service.resolve.titles import title_key

#: gives the capitalised words of the post, folded (`words_of`); asked only where a title is known
Words = Callable[[], frozenset[str]]
#: ratings from which a book is a little, well and very widely read
_POPULAR = (100, 20_000, 300_000)
_WORD = re.compile(r"[^\W\d_][\w’'\-]*")


@dataclass(frozen=True, slots=True)
class Agreement:
    """The book that a mention most likely means, and the features of how they agree."""

    book: Book | None
    author_agrees: bool
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgreementWeights:
    """The log-odds of find, weighed by `slope`, and what each feature adds."""

    bias: float
    slope: float
    weights: Mapping[str, float]

    def log_odds(self, before: float, features: Sequence[str]) -> float:
        weigh = self.weights.get
        return self.bias + self.slope * before + sum([weigh(name, 0.0) for name in features])


@cache
def weights() -> AgreementWeights:
    """The weights that ship."""
    path = Path(__file__).parent / "weights.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    return AgreementWeights(data["bias"], data["slope"], data["weights"])


def agreement(finding: Finding, books: Sequence[Book], words: Words) -> Agreement:
    """How a mention agrees with the books of its title; `words` are all words of the post."""
    if not books:
        return Agreement(None, False, tuple(_unknown(finding)))
    named = {surname(author) for author in finding.authors}
    by_author = [book for book in books if named & surnames(book)]
    best = max(by_author or books, key=lambda book: _rank(finding, book))
    features = tuple(_known(finding, best, books, bool(by_author), words))
    return Agreement(best, bool(by_author), features)


def surname(name: str) -> str:
    """The last word of a name, folded; credentials and suffixes dropped."""
    words = [word for word in name.split() if word.strip(",.") not in ("Jr", "Sr", "PhD", "MD")]
    return title_key(words[-1]) if words else ""


def surnames(book: Book) -> set[str]:
    """The surnames of a book's authors."""
    return {surname(author) for author in book.authors}


def _rank(finding: Finding, book: Book) -> tuple[bool, bool, int]:
    whole = title_key(f"{book.title} {book.subtitle or ''}")
    exact = title_key(finding.text) in (title_key(book.title), whole)
    return exact, book.edition is not None, book.popularity


def _unknown(finding: Finding) -> Iterator[str]:
    yield "unknown"
    if " " not in finding.text:
        yield "unknown_word"


def _known(
    finding: Finding, best: Book, books: Sequence[Book], agrees: bool, words: Words
) -> Iterator[str]:
    count = finding.text.count(" ") + 1
    size = str(count) if count < 4 else "4+"
    yield f"known_{size}"
    if agrees:
        yield "author_agrees"
        if count < 3:
            yield "author_agrees_short"
    elif finding.authors:
        yield "author_differs"
    elif any(surnames(book) & words() for book in books):
        yield f"author_in_post_{size}"
    key = title_key(finding.text)
    if key == title_key(best.title) or (
        best.subtitle and key == title_key(f"{best.title} {best.subtitle}")
    ):
        yield "title_exact"
    elif ":" in finding.text:
        yield "subtitle_differs"
    popular = max(book.popularity for book in books)
    yield f"popular_{bisect_right(_POPULAR, popular)}"
    if finding.text[:1].islower():
        yield f"known_in_lower_case_{size}"


def words_of(text: str) -> frozenset[str]:
    """The capitalised words of a text, folded: where a surname may stand."""
    return frozenset(title_key(word) for word in _WORD.findall(text) if word[0].isupper())


def phrases(agreed: Agreement, books: Sequence[Book]) -> tuple[str, ...]:
    """The agreement in words, for `why`."""
    if not books:
        return ()
    count = "a book" if len(books) == 1 else f"{len(books)} books"
    told = [f"the catalogue knows {count} of this title"]
    if agreed.author_agrees:
        told.append("and by this author")
    elif "author_differs" in agreed.features:
        told.append("but by somebody else")
    elif any(name.startswith("author_in_post") for name in agreed.features):
        told.append("whose author the post names")
    return tuple(told)
