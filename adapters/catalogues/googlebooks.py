"""Google Books: volumes found by title and author.

Volumes: https://developers.google.com/books/docs/v1/using and …/v1/reference/volumes (read
2026-11-25). A key is needed: https://console.cloud.google.com/apis/credentials. Free quota: 1,000
requests a day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from service.identifiers import isbns
from service.model import Book, Edition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.ports import LookupContext

_MOST = 20
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Options:
    """`key` is the API key of a project in which the Books API is enabled."""

    key: str = field(repr=False)
    url: str = "https://www.googleapis.com/books/v1"


class GoogleBooks:
    """Fills service.ports.Lookup."""

    kind: ClassVar[str] = "googlebooks"
    name: ClassVar[str] = "Google Books"
    pause: ClassVar[float] = 1.0
    keep_days: ClassVar[int] = 30
    Options: ClassVar[type] = Options

    def __init__(self, options: object, context: LookupContext) -> None:
        assert isinstance(options, Options)
        self._options = options
        self._ask = context.ask

    def find(self, title: str, authors: Sequence[str]) -> Sequence[Book]:
        """A book for each volume, in the order of relevance. Raises LookupFailed."""
        query = f'intitle:"{_quotable(title)}"'
        if authors:
            query += f' inauthor:"{_quotable(authors[0])}"'
        asked = {"q": query, "printType": "books", "maxResults": str(_MOST)}
        found = self._ask(
            "GET",
            f"{self._options.url.rstrip('/')}/volumes",
            params=asked,
            headers={"X-Goog-Api-Key": self._options.key},
        )
        return [_book(each.get("volumeInfo") or {}) for each in (found or {}).get("items") or ()]


def _quotable(words: str) -> str:
    return words.replace('"', " ")


def _book(info: Mapping[str, Any]) -> Book:
    return Book(
        str(info.get("title") or ""),
        tuple(info.get("authors") or ()),
        info.get("subtitle") or None,
        _edition(info),
        int(info.get("ratingsCount") or 0),
        "googlebooks",
    )


def _edition(info: Mapping[str, Any]) -> Edition | None:
    for each in info.get("industryIdentifiers") or ():
        if each.get("type") in ("ISBN_13", "ISBN_10"):
            isbn13, isbn10 = isbns(str(each.get("identifier") or ""))
            if isbn13 is not None:
                year = _YEAR.match(str(info.get("publishedDate") or ""))
                language = str(info.get("language") or "")[:2].lower() or None
                return Edition(
                    isbn13, isbn10, language=language, published=int(year[0]) if year else None
                )
    return None
