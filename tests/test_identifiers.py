"""ISBN-10, ISBN-13 and ASIN."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.identifiers import (
    NoIsbn10,
    compact,
    is_asin,
    is_isbn10,
    is_isbn13,
    isbn10_from_isbn13,
    isbn13_from_isbn10,
    isbns,
)

#: books that everybody can look up: ISBN-13, ISBN-10
BOOKS = [
    ("9780141439518", "0141439513"),
    ("9780312427801", "0312427808"),
    ("9780385480017", "0385480016"),
    ("9780670024858", "0670024856"),
    ("9783161484100", "316148410X"),
    ("9780804429573", "080442957X"),
    ("9780306406157", "0306406152"),
]
STEM = st.text("0123456789", min_size=9, max_size=9)


@pytest.mark.parametrize(("isbn13", "isbn10"), BOOKS)
def test_both_numbers_of_a_book_say_each_other(isbn13: str, isbn10: str) -> None:
    assert is_isbn13(isbn13)
    assert is_isbn10(isbn10)
    assert isbn10_from_isbn13(isbn13) == isbn10
    assert isbn13_from_isbn10(isbn10) == isbn13
    assert isbns(isbn13) == isbns(isbn10) == (isbn13, isbn10)


@pytest.mark.parametrize(
    "spelling",
    [
        "978-3-16-148410-0",
        "978 3 16 148410 0",
        "978‐3‐16‐148410‐0",
        "978–3–16–148410–0",
        "978−3−16−148410−0",
        "3-16-148410-x",
        "3 16 148410 X",
    ],
)
def test_hyphens_of_any_kind_and_spaces_don_t_matter(spelling: str) -> None:
    assert isbns(spelling) == ("9783161484100", "316148410X")


def test_a_979_number_has_no_isbn10() -> None:
    assert is_isbn13("9791032305690")
    assert isbns("9791032305690") == ("9791032305690", None)
    with pytest.raises(NoIsbn10):
        isbn10_from_isbn13("9791032305690")


@pytest.mark.parametrize(
    "spelling",
    [
        "",
        "0",
        "9780141439519",
        "0141439514",
        "01414395130",
        "9770141439511",
        "978014143951X",
        "X141439513",
        "٠١٤١٤٣٩٥١٣",
        "９７８０１４１４３９５１８",
        "²141439513",
    ],
)
def test_what_is_no_isbn(spelling: str) -> None:
    assert isbns(spelling) == (None, None)


@pytest.mark.parametrize(
    ("spelling", "is_one"),
    [
        ("B08FHBV4ZX", True),
        ("0141439513", True),
        ("080442957X", True),
        ("0141439514", True),
        ("b08fhbv4zx", False),
        ("B08FHBV4Z", False),
        ("B08FHBV4ZXX", False),
        ("A08FHBV4ZX", False),
        ("B08FHBV4Z-", False),
        ("B08FHBV4ZX\n", False),
    ],
)
def test_asins(spelling: str, is_one: bool) -> None:
    assert is_asin(spelling) is is_one


@given(STEM)
def test_ten_and_thirteen_digits_lead_to_each_other(stem: str) -> None:
    isbn10 = next(stem + last for last in "0123456789X" if is_isbn10(stem + last))

    assert isbn10_from_isbn13(isbn13_from_isbn10(isbn10)) == isbn10
    assert is_isbn13(isbn13_from_isbn10(isbn10))
    assert is_asin(isbn10)


@given(STEM, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(stem: str, place: int, off: int) -> None:
    isbn10 = next(stem + last for last in "0123456789X" if is_isbn10(stem + last))
    isbn13 = isbn13_from_isbn10(isbn10)

    assert not is_isbn13(_spoilt(isbn13, place + 3, off))
    if isbn10[place] != "X":
        assert not is_isbn10(_spoilt(isbn10, place, off))


def _spoilt(number: str, place: int, off: int) -> str:
    digit = (int(number[place]) + off) % 10
    return f"{number[:place]}{digit}{number[place + 1 :]}"


@given(st.text())
def test_no_spelling_breaks_anything(spelling: str) -> None:
    isbn13, isbn10 = isbns(spelling)

    assert isbn13 is None or is_isbn13(isbn13)
    assert isbn10 is None or is_isbn10(isbn10)
    assert compact(compact(spelling)) == compact(spelling)
