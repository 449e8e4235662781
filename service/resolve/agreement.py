"""Who wrote a book, compared by surname."""

import re
from collections.abc import Callable

from service.model import Book
from service.resolve.titles import title_key

#: gives the capitalised words of the post, folded (`words_of`); asked only where a title is known
Words = Callable[[], frozenset[str]]
_WORD = re.compile(r"[^\W\d_][\w’'\-]*")


def surname(name: str) -> str:
    """The last word of a name, folded; credentials and suffixes dropped."""
    words = [word for word in name.split() if word.strip(",.") not in ("Jr", "Sr", "PhD", "MD")]
    return title_key(words[-1]) if words else ""


def surnames(book: Book) -> set[str]:
    """The surnames of a book's authors."""
    return {surname(author) for author in book.authors}


def words_of(text: str) -> frozenset[str]:
    """The capitalised words of a text, folded: where a surname may stand."""
    return frozenset(title_key(word) for word in _WORD.findall(text) if word[0].isupper())
