"""Goodreads' library export: goodreads_library_export.csv."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from service import tabular
from service.model import Book, Edition
from service.ports import BadRow

# "The Long Way (Wayfarers, #1)": the series stands behind the title
_SERIES = tabular.compiled(r"\s*\((?:[^()]*[,#;]\s*#?[\d.,–-]+[^()]*|[^()]*#\d[^()]*)\)\s*$")


class GoodreadsCsv:
    """Goodreads: My Books, Import and export, Export library.

    Columns as of 2026-11: Book Id, Title, Author, Author l-f, Additional Authors, ISBN, ISBN13,
    …, Binding, …, Year Published. ISBNs stand as a formula, `="0140449132"`.
    """

    kind: ClassVar[str] = "goodreads_csv"
    about: ClassVar[str] = "Goodreads: My Books → Import and export → Export library"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether its first line has Goodreads' columns."""
        return tabular.has_columns(head, "Book Id", "Title", "Author", "ISBN13", "Exclusive Shelf")

    def books(self, path: Path) -> Iterator[Book | BadRow]:
        """Its books. Raises UnreadableInput."""
        return tabular.books(path, ("Title", "Author"), _book)


def _book(row: tabular.Row) -> Book:
    title, subtitle = tabular.split_title(_SERIES.sub("", row["Title"]))
    authors = (row["Author"], *row.get("Additional Authors", "").split(","))
    edition = Edition(
        row.get("ISBN13", "").strip('="') or None,
        row.get("ISBN", "").strip('="') or None,
        form=tabular.form(row.get("Binding", "")),
        published=tabular.year(row.get("Year Published", "")),
    )
    return Book(title, tabular.names(authors), subtitle, edition, source="goodreads")
