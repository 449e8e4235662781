"""Open Library: works found by title and author, then their editions.

Search: https://openlibrary.org/dev/docs/api/search; a work's editions: /works/OL…W/editions.json,
records as at https://openlibrary.org/dev/docs/api/books (read 2026-11-25). No key is needed; who
says in the user agent whom to write to may ask three times a second, others once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from service.identifiers import isbns
from service.model import Book, Edition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from service.ports import LookupContext

_FIELDS = "key,title,subtitle,author_name,ratings_count"
_WORK = re.compile(r"/works/(OL\d+W)")
_YEAR = re.compile(r"\b(1[4-9]\d\d|20\d\d)\b")
_EBOOK = re.compile(r"e-?book|kindle|electronic|epub|pdf", re.IGNORECASE)
_AUDIO = re.compile(r"audio|\bcd\b|mp3", re.IGNORECASE)
#: the works looked into for their editions, and the editions read of each
_WORKS, _EDITIONS = 2, 50


@dataclass(frozen=True, slots=True)
class Options:
    """`url` is the site's, for a mirror of one's own."""

    url: str = "https://openlibrary.org"


class OpenLibrary:
    """Fills service.ports.Lookup."""

    kind: ClassVar[str] = "openlibrary"
    name: ClassVar[str] = "Open Library"
    pause: ClassVar[float] = 1.0
    keep_days: ClassVar[int] = 180
    Options: ClassVar[type] = Options

    def __init__(self, options: object, context: LookupContext) -> None:
        assert isinstance(options, Options)
        self._url = options.url.rstrip("/")
        self._ask = context.ask

    def find(self, title: str, authors: Sequence[str]) -> Sequence[Book]:
        """The likeliest works of this title, each with its editions. Raises LookupFailed."""
        asked = {"title": title, "fields": _FIELDS, "limit": "5"}
        if authors:
            asked["author"] = authors[0]
        found = self._ask("GET", f"{self._url}/search.json", params=asked) or {}
        rows = [each for each in found.get("docs") or () if _WORK.fullmatch(each.get("key") or "")]
        return [self._book(each) for each in rows[:_WORKS]]

    def _book(self, row: Mapping[str, Any]) -> Book:
        key = row["key"]
        asked = {"limit": str(_EDITIONS)}
        found = self._ask("GET", f"{self._url}{key}/editions.json", params=asked) or {}
        editions = tuple(
            edition for each in found.get("entries") or () for edition in _editions(each)
        )
        return Book(
            str(row.get("title") or ""),
            tuple(row.get("author_name") or ()),
            row.get("subtitle") or None,
            editions[0] if editions else None,
            int(row.get("ratings_count") or 0),
            "openlibrary",
            editions,
            key.rpartition("/")[2],
        )


def _editions(record: Mapping[str, Any]) -> Iterator[Edition]:
    """The edition that a record tells of, if it has a number whose check digit fits."""
    form = str(record.get("physical_format") or "")
    year = _YEAR.search(str(record.get("publish_date") or ""))
    numbers = (*(record.get("isbn_13") or ()), *(record.get("isbn_10") or ()))
    for number in numbers:
        isbn13, isbn10 = isbns(str(number))
        if isbn13 is not None:
            yield Edition(
                isbn13,
                isbn10,
                language=_language(record),
                form="ebook" if _EBOOK.search(form) else "audio" if _AUDIO.search(form) else None,
                published=int(year[1]) if year else None,
            )
            return


def _language(record: Mapping[str, Any]) -> str | None:
    """The one language of an edition; a bilingual one has none of its own."""
    told = [each.get("key", "").rpartition("/")[2] for each in record.get("languages") or ()]
    return _MARC.get(told[0], told[0]) if len(told) == 1 else None


def _marc() -> dict[str, str]:
    rows = Path(__file__).with_name("marc_languages.tsv").read_text("utf-8").splitlines()
    return dict(row.split("\t") for row in rows if row and not row.startswith("#"))


#: MARC language code → ISO 639-1
_MARC = _marc()
