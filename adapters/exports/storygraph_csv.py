"""The StoryGraph's library export."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from service import tabular
from service.model import Book, Edition
from service.ports import BadRow


class StorygraphCsv:
    """The StoryGraph: Manage account, Export StoryGraph library.

    Columns as of 2026-11: Title, Authors, Contributors, ISBN/UID, Format, Read Status, …
    ISBN/UID is an ISBN, an ASIN, or the site's own id. Titles may carry a subtitle.
    """

    kind: ClassVar[str] = "storygraph_csv"
    about: ClassVar[str] = "The StoryGraph: Manage account → Export StoryGraph library"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether its first line has the StoryGraph's columns."""
        return tabular.has_columns(head, "Title", "Authors", "ISBN/UID", "Read Status")

    def books(self, path: Path) -> Iterator[Book | BadRow]:
        """Its books. Raises UnreadableInput."""
        return tabular.books(path, ("Title", "Authors"), _book)


def _book(row: tabular.Row) -> Book:
    title, subtitle = tabular.split_title(row["Title"])
    number = row.get("ISBN/UID", "").strip()
    edition = Edition(
        number if len(number) > 10 else None,
        number if len(number) <= 10 else None,
        number if number.upper().startswith("B") and len(number) == 10 else None,
        form=tabular.form(row.get("Format", "")),
    )
    authors = tabular.names(row["Authors"].split(","))
    return Book(title, authors, subtitle, edition, source="storygraph")
