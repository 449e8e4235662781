"""An index answers as the plainest catalogue would: one that goes through all its books."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.errors import CatalogueError
from service.identifiers import isbn10_from_isbn13, isbns
from service.model import Book, Edition
from service.resolve.catalogue import STARTER, open_catalogue
from service.resolve.index.entries import books_from
from service.resolve.index.layout import MOST_BOOKS
from service.resolve.index.reader import open_index
from service.resolve.rows_catalogue import RowsCatalogue
from service.resolve.titles import main_key, title_key, whole_key
from tests.resolve.index.making import answers, imported, index_of, json_lines


def _isbn(number: int) -> str:
    """An ISBN-13 of its own for each number."""
    stem = f"{number * 104729 % 10**9:09d}"
    return next(found for digit in "0123456789X" if (found := isbns(stem + digit)[0]))


ISBNS = [_isbn(number) for number in range(12)]
_WORDS = (
    "It",
    "Deep Work",
    "The Deep Work",
    "deep work!",
    "Émile",
    "Das Boot",
    "A: B",
    "A: C",
    "?",
)
_AUTHORS = ("Cal Newport", "C. Newport", "Émile Zola", "Jane Roe Jr")

_titles = st.sampled_from(_WORDS) | st.text(max_size=12)
_books = st.builds(
    Book,
    title=_titles,
    authors=st.lists(st.sampled_from(_AUTHORS), max_size=2).map(tuple),
    subtitle=st.none() | st.sampled_from(("A Novel", "Rules for Focus")),
    edition=st.none() | st.sampled_from(ISBNS).map(lambda isbn13: Edition(isbn13)),
    popularity=st.integers(0, 3),
    source=st.just("test"),
)


class Naive:
    """Goes through all books, each time."""

    def __init__(self, books: Sequence[Book]) -> None:
        self.books = books

    def merged(self) -> list[tuple[str, int, Book]]:
        """Books that are one, united: key, order, book."""
        same: dict[tuple[str, str, str], list[tuple[int, Book]]] = {}
        for order, book in enumerate(self.books):
            author = book.authors[0] if book.authors else ""
            family = [word for word in author.split() if word not in ("Jr", "Sr")][-1:]
            whole = whole_key(book.title, book.subtitle)
            identity = (main_key(book.title), whole, title_key("".join(family)))
            same.setdefault(identity, []).append((order, book))
        return [(key, *_united(rows)) for (key, _, _), rows in same.items()]

    def by_title(self, title: str) -> list[Book]:
        found = [each[1:] for each in self.merged() if each[0] == main_key(title)]
        found.sort(key=lambda each: (-each[1].popularity, each[0]))
        books = [book for _, book in found][:MOST_BOOKS]
        if title_key(title) != main_key(title):
            wanted = title_key(title)
            books.sort(key=lambda e: not whole_key(e.title, e.subtitle).startswith(wanted))
        return books

    def by_isbn(self, isbn13: str) -> Book | None:
        found = [
            (-book.popularity, order, replace(book, edition=edition))
            for _, order, book in self.merged()
            for edition in book.editions
            if edition.isbn13 == isbn13
        ]
        return min(found, key=lambda each: each[:2])[2] if found else None


def _united(rows: list[tuple[int, Book]]) -> tuple[int, Book]:
    rows.sort(key=lambda each: (-each[1].popularity, each[0]))
    order, first = rows[0]
    numbers = [book.edition.isbn13 for _, book in rows if book.edition]
    editions = tuple(_edition(each) for each in dict.fromkeys(numbers) if each)
    authors = next((book.authors for _, book in rows if book.authors), ())
    edition = editions[0] if editions else None
    return order, replace(first, authors=authors, edition=edition, editions=editions)


def _edition(isbn13: str) -> Edition:
    return Edition(isbn13, isbn10_from_isbn13(isbn13))


@given(st.lists(_books, max_size=30), st.lists(_titles, max_size=5))
def test_an_index_answers_like_a_search_through_all_books(
    books: list[Book], asked: list[str]
) -> None:
    books = [book for book in books if main_key(book.title)]
    index, naive = index_of(books), Naive(books)
    for title in [*_WORDS, *asked, *(book.title for book in books)]:
        expected = naive.by_title(title) if main_key(title) else []
        assert list(index.by_title(title)) == expected
    for isbn13 in ISBNS:
        assert index.by_isbn(isbn13) == naive.by_isbn(isbn13)
        assert index.by_asin(isbn10_from_isbn13(isbn13)) == naive.by_isbn(isbn13)


_rows = st.fixed_dictionaries(
    {"title": _titles.filter(str.strip)},
    optional={
        "subtitle": st.none() | st.text(max_size=5),
        "authors": st.lists(st.sampled_from(_AUTHORS), max_size=2),
        "isbn13": st.none() | st.sampled_from([*ISBNS, "9780000000000", "978-0-7475-3269-9", ""]),
        "isbn10": st.none() | st.sampled_from([isbn10_from_isbn13(each) for each in ISBNS]),
        "asin": st.none() | st.sampled_from(("B00ABCDEFG", "0747532699", "nonsense")),
        "popularity": st.integers(0, 5) | st.none(),
        "language": st.sampled_from(("eng", "de", "French", "?", None)),
    },
)


@settings(max_examples=60)
@given(st.lists(_rows, max_size=25))
def test_json_lines_answer_as_their_index_does(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]
) -> None:
    folder = tmp_path_factory.mktemp("books")
    path = folder / "books.jsonl"
    path.write_bytes(json_lines(rows))
    imported(path, folder / "books.index")
    titles = [*_WORDS, *(str(row["title"]) for row in rows)]
    numbers = [*ISBNS, "9780747532699", "B00ABCDEFG", "0747532699", "9780000000000"]
    numbers += [isbn10_from_isbn13(each) for each in ISBNS]
    from_rows = answers(RowsCatalogue(path.read_bytes()), titles, numbers)
    assert answers(open_catalogue(folder / "books.index"), titles, numbers) == from_rows


def _poems(number: int) -> Book:
    edition = Edition(_isbn(number))
    return Book("Poems", (f"Author Nr{number}x",), edition=edition, popularity=number)


def test_of_very_many_books_of_one_title_the_most_read_are_looked_at() -> None:
    books = [_poems(number) for number in range(200)]
    index = index_of(books)
    found = index.by_title("Poems")
    assert [book.popularity for book in found] == list(range(199, 199 - MOST_BOOKS, -1))
    least = index.by_isbn(_isbn(3))
    assert least is not None
    assert least.authors == ("Author Nr3x",)


def test_a_book_of_very_many_editions_is_found_by_each() -> None:
    editions = tuple(Edition(_isbn(n), language="en") for n in range(300))
    index = index_of([Book("Emma", ("Jane Austen",), editions=editions)])
    assert len(index.by_title("Emma")[0].editions) == 64
    for edition in editions:
        assert index.by_isbn(edition.isbn13 or "").edition.isbn13 == edition.isbn13  # type: ignore[union-attr]


def test_a_kindle_book_is_found_by_its_asin() -> None:
    kindle = Edition(asin="B00ABCDEFG", form="ebook")
    index = index_of([Book("Emma", ("Jane Austen",), edition=kindle)])
    found = index.by_asin("B00ABCDEFG")
    assert found is not None
    assert found.edition == kindle


def test_a_number_whose_check_digit_is_wrong_does_not_enter() -> None:
    index = index_of([Book("Emma", edition=Edition("9780141439580"))])
    assert index.by_isbn("9780141439580") is None
    assert index.by_title("Emma")[0].edition is None


@pytest.mark.parametrize("cut", [0, 5, 30, 200, -1])
def test_an_index_that_was_cut_off_says_so(tmp_path: Path, cut: int) -> None:
    whole = STARTER.read_bytes()
    (tmp_path / "cut.index").write_bytes(whole[:cut] if cut else b"")
    with pytest.raises(CatalogueError, match=r"cut off|damaged|no index"):
        open_index(tmp_path / "cut.index")


def test_an_index_of_another_version_names_the_mend(tmp_path: Path) -> None:
    data = STARTER.read_bytes().replace(b'"version":1', b'"version":9', 1)
    (tmp_path / "new.index").write_bytes(data)
    with pytest.raises(CatalogueError, match="another version") as caught:
        open_index(tmp_path / "new.index")
    assert "bookplate catalogue build" in caught.value.mend


def test_a_foreign_file_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "foreign").write_bytes(b"\x7fELF" + bytes(100))
    with pytest.raises(CatalogueError, match="no index"):
        open_index(tmp_path / "foreign")


def test_a_file_that_shrinks_while_it_is_open_is_an_error_and_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "books.index"
    path.write_bytes(STARTER.read_bytes())
    index = open_index(path)
    os.truncate(path, 20_000)
    with pytest.raises(CatalogueError, match="cut off"):
        index.by_title("The Shipping News")


def test_checksums_tell_what_was_changed(tmp_path: Path) -> None:
    path = tmp_path / "books.index"
    data = bytearray(STARTER.read_bytes())
    data[-100] ^= 1
    path.write_bytes(data)
    open_index(STARTER).verify()
    with pytest.raises(CatalogueError, match="checksum of its blocks"):
        open_index(path).verify()


def test_the_starter_is_keyed_as_titles_are_now() -> None:
    starter = open_index(STARTER)
    for block in range(starter.blocks):
        for key, told in starter.lines(block):
            assert {main_key(book.title) for book in books_from(told)} == {key.decode()}
