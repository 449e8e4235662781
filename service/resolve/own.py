"""The blog's own archive as a catalogue: what the blogger linked or corrected wins."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from service.resolve.titles import main_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.model import Book
    from service.ports import Catalogue


class OwnBook(NamedTuple):
    """A book that the blogger linked or corrected: under which title keys, with which numbers it
    stands in the blog. `corrected` tells that these numbers now mean `book`."""

    book: Book
    keys: tuple[str, ...]
    numbers: tuple[str, ...]
    corrected: bool = False


class OwnCatalogue:
    """The blog's own books, before those of another catalogue. Fills ports.Catalogue."""

    def __init__(self, own: Iterable[OwnBook], others: Catalogue) -> None:
        self._others = others
        self._by_key: dict[str, list[Book]] = defaultdict(list)
        self._by_number: dict[str, Book] = {}
        self._corrected: dict[str, Book] = {}
        for each in own:
            for key in each.keys:
                self._by_key[key].append(each.book)
            for number in each.numbers:
                (self._corrected if each.corrected else self._by_number).setdefault(
                    number, each.book
                )

    def by_title(self, title: str) -> Sequence[Book]:
        """The blog's own books of this title or main title, then the catalogue's."""
        known = self._others.by_title(title)
        own = self._by_key.get(main_key(title)) if self._by_key else None
        return tuple(chain(own, known)) if own else known

    def by_isbn(self, isbn13: str) -> Book | None:
        """The book that this number means: as corrected, as the catalogue knows it, as linked."""
        return (
            self._corrected.get(isbn13)
            or self._others.by_isbn(isbn13)
            or self._by_number.get(isbn13)
        )

    def by_asin(self, asin: str) -> Book | None:
        """The book that this number means: as corrected, as the catalogue knows it, as linked."""
        return self._corrected.get(asin) or self._others.by_asin(asin) or self._by_number.get(asin)
