"""LibraryThing's exports: tab-delimited text, CSV of the same columns, JSON."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from service import tabular
from service.errors import UnreadableInput
from service.model import Book, Edition
from service.ports import BadRow

_NUMBER = tabular.compiled(r"[0-9][0-9Xx-]{8,16}")


class LibraryThing:
    """LibraryThing: More, Import/Export, Export as tab-delimited text or JSON.

    Columns as of 2026-11: Book Id, Title, Sort Character, Primary Author, Primary Author Role,
    Secondary Author, Secondary Author Roles, Publication, Date, …, Media, …, Languages, …, ISBN,
    ISBNs. Names are turned about ("Kerouac, Jack"), several divided by a bar; ISBNs stand in
    brackets. The text is UTF-16 or Latin-1 in older exports. JSON: an object of books by id, with
    "title", "primaryauthor", "authors": [{"fl", "lf"}], "isbn": {"0": …}, "language": […], ….
    """

    kind: ClassVar[str] = "librarything"
    about: ClassVar[str] = "LibraryThing: More → Import/Export → Export (tab-delimited or JSON)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether its first line has LibraryThing's columns, or its JSON LibraryThing's keys."""
        if head.lstrip(b"\xef\xbb\xbf \r\n")[:1] == b"{":
            return b'"books_id"' in head or b'"primaryauthor"' in head
        return tabular.has_columns(head, "Title", "Primary Author", "ISBN")

    def books(self, path: Path) -> Iterator[Book | BadRow]:
        """Its books. Raises UnreadableInput."""
        if path.read_bytes()[:64].lstrip(b"\xef\xbb\xbf \r\n")[:1] == b"{":
            return _json_books(path)
        return tabular.books(path, ("Title", "Primary Author"), _book)


def _book(row: tabular.Row) -> Book:
    title, subtitle = tabular.split_title(row["Title"])
    told = (row["Primary Author"], *row.get("Secondary Author", "").split("|"))
    spelled = (row.get("ISBN", ""), row.get("ISBNs", ""))
    edition = _edition(
        _NUMBER.findall(" ".join(spelled)),
        row.get("Languages", "").split(",")[0],
        row.get("Media", ""),
        row.get("Date", ""),
    )
    authors = tabular.names(map(tabular.turned, told))
    return Book(title, authors, subtitle, edition, source="librarything")


def _edition(numbers: Iterable[str], language: str, media: str, date: str) -> Edition | None:
    """The edition of the first number that looks like an ISBN."""
    first = next(iter(numbers), None)
    if first is None:
        return None
    compact = first.replace("-", "")
    is13 = len(compact) == 13
    return Edition(
        compact if is13 else None,
        None if is13 else compact,
        language=language.strip() or None,
        form=tabular.form(media),
        published=tabular.year(date),
    )


def _json_books(path: Path) -> Iterator[Book | BadRow]:
    try:
        told = json.loads(path.read_bytes())
    except ValueError as error:
        raise UnreadableInput(
            f"{path} is no JSON: {error}.", mend="Export it from LibraryThing again."
        ) from error
    for at, each in enumerate(told.values(), 1):
        try:
            yield _json_book(each)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            yield BadRow(at, f"book {at} of the file is none ({error})")


def _json_book(told: dict[str, Any]) -> Book:
    title, subtitle = tabular.split_title(told["title"])
    listed = told.get("authors") or []
    names = [each.get("fl") or tabular.turned(each.get("lf") or "") for each in listed if each]
    isbn = told.get("isbn") or []
    spelled = list(isbn.values()) if isinstance(isbn, dict) else list(isbn)
    language = told.get("language") or []
    formats = told.get("format") or []
    edition = _edition(
        _NUMBER.findall(" ".join([*map(str, spelled), str(told.get("originalisbn") or "")])),
        str(language[0]) if language else "",
        str((formats[0] or {}).get("text", "")) if formats else "",
        str(told.get("date") or ""),
    )
    authors = tabular.names(names or [tabular.turned(told.get("primaryauthor") or "")])
    return Book(title, authors, subtitle, edition, source="librarything")
