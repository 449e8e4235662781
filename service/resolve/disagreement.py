"""Whether a number that somebody gives for a book is plainly another book's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.resolve.agreement import surnames
from service.resolve.titles import main_key, whole_key

if TYPE_CHECKING:
    from service.model import Book, Edition
    from service.ports import Catalogue

#: titles that share this part of the shorter one's words may be spellings of one
_ENOUGH_SHARED = 0.5


def contradicted(book: Book, catalogue: Catalogue) -> Book | None:
    """The book that the catalogue has under the number of this one's edition, where it is plainly
    another: other words in the title, or an author of another name. A translation that the
    catalogue knows as the same work's is none."""
    known = _of_number(book.edition, catalogue) if book.edition and book.title else None
    if known is None or not known.title:
        return None
    if _titles_agree(book, known):
        are_others = book.authors and known.authors and not surnames(book) & surnames(known)
        return known if are_others else None
    works = {each.work for each in catalogue.by_title(book.title) if each.work}
    return None if known.work in works else known


def _of_number(edition: Edition, catalogue: Catalogue) -> Book | None:
    if edition.isbn13 is not None:
        return catalogue.by_isbn(edition.isbn13)
    return catalogue.by_asin(edition.asin) if edition.asin else None


def _titles_agree(one: Book, other: Book) -> bool:
    words, others = (set(whole_key(each.title, each.subtitle).split()) for each in (one, other))
    if main_key(one.title) == main_key(other.title) or not words or not others:
        return True
    return len(words & others) >= _ENOUGH_SHARED * min(len(words), len(others))
