"""The catalogue of JSON Lines."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import CatalogueError
from service.resolve import open_catalogue
from service.resolve.titles import main_key, title_key

ROWS = Path(__file__).parent.parent / "data" / "resolve_catalogue.jsonl"


@pytest.mark.parametrize(
    ("asked", "author"),
    [
        ("Deep Work", "Cal Newport"),
        ("deep work: rules for focused success in a distracted world", "Cal Newport"),
        ("signature of all things", "Elizabeth Gilbert"),
        ("The Signature of all Things!", "Elizabeth Gilbert"),
        ("Clair obscur", "Élise Prévost"),
    ],
)
def test_a_title_is_known_in_any_spelling(asked: str, author: str) -> None:
    assert open_catalogue(ROWS).by_title(asked)[0].authors == (author,)


@pytest.mark.parametrize("asked", ["", "?", "Deep", "Deep Works", "zzz", "\n"])
def test_an_unknown_title_gives_nothing(asked: str) -> None:
    assert not open_catalogue(ROWS).by_title(asked)


def test_a_book_is_known_by_its_numbers() -> None:
    catalogue = open_catalogue(ROWS)
    by_isbn = catalogue.by_isbn("9780385480017")
    by_asin = catalogue.by_asin("0670024856")
    assert by_isbn is not None
    assert by_isbn.title == "Bird by Bird"
    assert by_asin is not None
    assert by_asin.title == "The Signature of All Things"
    assert catalogue.by_asin("B000000000") is None


def test_gzipped_rows_are_read_too(tmp_path: Path) -> None:
    packed = tmp_path / "books.jsonl.gz"
    packed.write_bytes(gzip.compress(ROWS.read_bytes()))
    assert open_catalogue(packed).by_title("Deep Work")


def test_the_starter_catalogue_knows_books_and_their_terms() -> None:
    starter = open_catalogue(None)
    assert starter.by_title("The Shipping News")[0].authors == ("Annie Proulx",)
    assert starter.by_title("The Shipping News")[0].source


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"titel": "x"}', b'{"title": null}'])
def test_a_broken_row_is_named(tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(b'{"title": "Deep Work"}\n' + content + b"\n")
    with pytest.raises(CatalogueError, match="line 2"):
        open_catalogue(broken).by_title("Deep Work")


def test_a_missing_or_cut_off_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no catalogue"):
        open_catalogue(tmp_path / "none.jsonl")
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(ROWS.read_bytes())[:50])
    with pytest.raises(CatalogueError, match="can't be read"):
        open_catalogue(cut).by_title("x")


@given(st.text(max_size=60))
def test_keys_are_stable(title: str) -> None:
    assert title_key(title_key(title)) in (title_key(title), title_key(title_key(title)))
    assert "\n" not in main_key(title)
    assert '"' not in main_key(title)
