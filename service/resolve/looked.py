"""What was looked up elsewhere, behind what is known already."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from service.resolve.agreement import surname, surnames
from service.resolve.titles import main_key, title_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from service.model import Book, Finding
    from service.ports import Catalogue

#: without an author's name only titles of so many words are believed: the large catalogues know a
#: book for every shorter phrase
_WORDS = 3


class LookedUp:
    """A catalogue, and behind it books found online, by title key. Fills ports.Catalogue."""

    def __init__(self, first: Catalogue, found: Mapping[str, Sequence[Book]]) -> None:
        self._first = first
        self._found = found

    def by_title(self, title: str) -> Sequence[Book]:
        known, found = self._first.by_title(title), self._found.get(main_key(title))
        return tuple(chain(known, found)) if found else known

    def by_isbn(self, isbn13: str) -> Book | None:
        return self._first.by_isbn(isbn13)

    def by_asin(self, asin: str) -> Book | None:
        return self._first.by_asin(asin)


def unsettled(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The mentions that a further catalogue might settle, each title once, the surest first:
    likely enough to link or to suggest, and no edition known."""
    seen: set[str] = set()
    for each in sorted(findings, key=lambda each: -each.confidence):
        if each.kind != "book_mention" or each.decision not in ("link", "suggest"):
            continue
        if each.isbn13 or each.asin or not each.title or not _may_be_believed(each):
            continue
        key = main_key(each.title)
        if key and key not in seen:
            seen.add(key)
            yield each


def _may_be_believed(finding: Finding) -> bool:
    if finding.authors:
        return True
    return len(title_key(finding.title or "").split()) >= _WORDS and len(finding.alternatives) < 2


def fitting(books: Sequence[Book], finding: Finding) -> tuple[Book, ...]:
    """Those books that the finding means: of its title, and by its author where one is named."""
    key = main_key(finding.title or finding.text)
    names = {surname(each) for each in finding.authors}
    return tuple(
        each
        for each in books
        if main_key(each.title) == key and (not names or names & surnames(each))
    )
