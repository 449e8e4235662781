"""Exports of libraries: their books, their rows that are none, and how they are told apart."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from service import catalogues
from service.errors import UnreadableInput, UsageError
from service.model import Book
from service.plugins import exports
from service.ports import BadRow, Export
from service.resolve.index.entries import book_from
from service.resolve.index.rows import row_of

VECTORS = Path(__file__).parents[2] / "data" / "exports.jsonl"
CASES = [json.loads(line) for line in VECTORS.read_text("utf-8").splitlines()]
CALIBRE = """
create table books (id integer primary key, title text, pubdate timestamp);
create table authors (id integer primary key, name text);
create table books_authors_link (id integer primary key, book integer, author integer);
create table identifiers (id integer primary key, book integer, type text, val text);
create table languages (id integer primary key, lang_code text);
create table books_languages_link
  (id integer primary key, book integer, lang_code integer, item_order integer);
insert into books values (1, 'Design Patterns: Elements', '1994-10-31 00:00:00+00:00');
insert into books values (2, 'Alone', '0101-01-01 00:00:00+00:00'), (3, '', null);
insert into authors values (1, 'Erich Gamma'), (2, 'Gates| Bill');
insert into books_authors_link values (1, 1, 1), (2, 1, 2), (3, 2, 2);
insert into identifiers values (1, 1, 'isbn', '978-0-201-63361-0');
insert into identifiers values (2, 2, 'mobi-asin', 'B08ZYQT962');
insert into languages values (1, 'deu');
insert into books_languages_link values (1, 2, 1, 0);
"""


def export(kind: str) -> Export:
    return next(each for each in exports() if each.kind == kind)


def told(books: Iterator[Book | BadRow]) -> tuple[list[list[Any]], list[int]]:
    """Title, subtitle, authors, number, form, year, language of each book; the bad lines."""
    good, bad = [], []
    for each in books:
        if isinstance(each, BadRow):
            bad.append(each.line)
            continue
        book = book_from(json.loads(json.dumps(row_of(each))))
        edition = book.edition
        number = (edition.isbn13 or edition.asin) if edition else None
        rest = (edition.form, edition.published, edition.language) if edition else (None,) * 3
        good.append([book.title, book.subtitle, list(book.authors), number, *rest])
    return good, bad


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_export_gives_its_books(tmp_path: Path, case: dict[str, Any], encoding: str) -> None:
    if encoding == "utf-16" and case["file"].endswith(".json"):
        encoding = "utf-8"
    path = tmp_path / case["file"]
    path.write_bytes(case["text"].encode(encoding))
    assert catalogues.sources_of([path], "auto", exports())[0].kind == case["kind"]
    assert told(export(case["kind"]).books(path)) == (case["books"], case["bad"])


def test_a_calibre_library_gives_its_books(tmp_path: Path) -> None:
    path = tmp_path / "metadata.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(CALIBRE)
    path.chmod(0o444)
    assert catalogues.sources_of([path], "auto", exports())[0].kind == "calibre"
    good, bad = told(export("calibre").books(path))
    patterns = ["Design Patterns", "Elements", ["Erich Gamma", "Gates, Bill"], "9780201633610"]
    assert good == [
        [*patterns, None, 1994, None],
        ["Alone", None, ["Gates, Bill"], "B08ZYQT962", None, None, "de"],
    ]
    assert bad == [3]


@pytest.mark.parametrize("kind", ["goodreads_csv", "storygraph_csv", "librarything", "calibre_csv"])
def test_a_file_without_the_columns_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UnreadableInput, match="has no column"):
        list(export(kind).books(path))


def test_a_database_of_another_program_is_named(tmp_path: Path) -> None:
    path = tmp_path / "metadata.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("create table x (y)")
    with pytest.raises(UnreadableInput, match="no Calibre library"):
        list(export("calibre").books(path))


def test_what_is_no_export_is_named(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(UsageError, match="no catalogue and no export"):
        catalogues.sources_of([path], "auto", exports())
    with pytest.raises(UsageError, match="no format bibtex"):
        catalogues.sources_of([path], "bibtex", exports())


def test_bytes_that_are_no_text_lose_no_book(tmp_path: Path) -> None:
    path = tmp_path / "storygraph.csv"
    path.write_bytes(b"Title,Authors,ISBN/UID,Read Status\nCaf\xe9 \x81,Zo\xeb,,read\n")
    (book,) = export("storygraph_csv").books(path)
    assert isinstance(book, Book)
    assert json.loads(json.dumps(row_of(book)).encode("utf-8"))[0].startswith("Caf")
