"""Calibre's catalogue as CSV."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from service import tabular
from service.model import Book, Edition
from service.ports import BadRow

_NUMBER = tabular.compiled(r"(?:isbn|amazon[a-z_]*|mobi-asin):\s*([0-9A-Za-z-]+)")


class CalibreCsv:
    """Calibre: Convert books, Create a catalog of the books, CSV.

    Columns as of 2026-11, in an order of the user's: title, authors ("A & B"), author_sort, isbn,
    identifiers ("isbn:978…, amazon:B00…"), languages ("eng, deu"), pubdate, formats, uuid, …
    """

    kind: ClassVar[str] = "calibre_csv"
    about: ClassVar[str] = "Calibre: Create a catalog of the books → CSV"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether its first line has Calibre's columns."""
        return tabular.has_columns(head, "title", "authors", "uuid") or tabular.has_columns(
            head, "title", "authors", "author_sort"
        )

    def books(self, path: Path) -> Iterator[Book | BadRow]:
        """Its books. Raises UnreadableInput."""
        return tabular.books(path, ("title", "authors"), _book)


def _book(row: tabular.Row) -> Book:
    title, subtitle = tabular.split_title(row["title"])
    numbers = [row.get("isbn", ""), *_NUMBER.findall(row.get("identifiers", ""))]
    isbns = [each for each in numbers if each and not each.upper().startswith("B")]
    edition = Edition(
        next((each for each in isbns if len(each.replace("-", "")) == 13), None),
        next((each for each in isbns if len(each.replace("-", "")) == 10), None),
        next((each.upper() for each in numbers if each.upper().startswith("B")), None),
        language=row.get("languages", "").split(",")[0].strip() or None,
        published=tabular.year(row.get("pubdate", "")),
    )
    authors = tabular.names(row["authors"].split("&"))
    return Book(title, authors, subtitle, edition, source="calibre")
