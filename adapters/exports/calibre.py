"""A Calibre library: its metadata.db."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar

from service import tabular
from service.errors import UnreadableInput
from service.model import Book, Edition
from service.ports import BadRow

_BOOKS = """
select b.id, b.title, b.pubdate,
  (select group_concat(name, char(31)) from (select a.name from books_authors_link l
     join authors a on a.id = l.author where l.book = b.id order by l.id)),
  (select group_concat(type || ':' || val, char(31)) from identifiers where book = b.id),
  (select g.lang_code from books_languages_link l join languages g on g.id = l.lang_code
     where l.book = b.id order by l.item_order limit 1)
from books b order by b.id
"""


class Calibre:
    """Calibre's library folder, or the metadata.db in it (SQLite; tables books, authors,
    books_authors_link, identifiers, languages, books_languages_link). Read without writing."""

    kind: ClassVar[str] = "calibre"
    about: ClassVar[str] = "Calibre: the file metadata.db in your library's folder"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it is a database with Calibre's tables."""
        return head.startswith(b"SQLite format 3\0") and (
            path.name == "metadata.db" or b"books_authors_link" in head
        )

    def books(self, path: Path) -> Iterator[Book | BadRow]:
        """Its books. Raises UnreadableInput."""
        try:
            # immutable: Calibre may have it open, and a library may lie on a disk we can't write
            address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            with closing(sqlite3.connect(address, uri=True)) as database:
                for row in database.execute(_BOOKS):
                    yield _book(*row)
        except sqlite3.Error as error:
            raise UnreadableInput(
                f"{path} is no Calibre library: {error}.",
                mend="Give the file metadata.db of your library's folder.",
            ) from error


def _book(
    number: int,
    title: str | None,
    pubdate: str | None,
    authors: str | None,
    identifiers: str | None,
    language: str | None,
) -> Book | BadRow:
    if not title:
        return BadRow(number, f"book {number} has no title")
    known = dict(each.split(":", 1) for each in (identifiers or "").split("\x1f") if ":" in each)
    isbn = known.get("isbn", "").replace("-", "")
    asins = (value for kind, value in known.items() if kind.startswith(("amazon", "mobi-asin")))
    named, subtitle = tabular.split_title(title)
    edition = Edition(
        isbn if len(isbn) == 13 else None,
        isbn if len(isbn) == 10 else None,
        next(asins, None),
        language=language,
        published=tabular.year(pubdate or ""),
    )
    # a comma within a name stands as a bar
    names = tabular.names((authors or "").replace("|", ",").split("\x1f"))
    return Book(named, names, subtitle, edition, source="calibre")
