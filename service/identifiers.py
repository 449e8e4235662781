"""ISBN-10, ISBN-13 and ASIN: pure arithmetic and spelling (ISBN Users' Manual, 7th ed.)."""

import re
from operator import mul

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
_ASIN = re.compile(r"B[0-9A-Z]{9}|[0-9]{9}[0-9X]")


class NoIsbn10(ValueError):
    """A 979 ISBN-13 has no ISBN-10."""


def compact(spelling: str) -> str:
    """The number without hyphens (of any kind) and spaces, its X upper-case."""
    return _SEPARATORS.sub("", spelling).upper()


def is_isbn10(number: str) -> bool:
    """Whether these 10 characters, without separators, carry a right ISBN-10 check digit."""
    if len(number) != 10 or not (number[:9].isascii() and number[:9].isdigit()):
        return False
    return number[9] == _isbn10_check(number[:9])


def is_isbn13(number: str) -> bool:
    """Whether these 13 digits (no separators) are a 978 or 979 number whose check digit fits."""
    if len(number) != 13 or not (number.isascii() and number.isdigit()):
        return False
    # the codes of the digits serve as digits: 7 · 48 + 3 · 6 · 48 is a multiple of ten
    codes = number.encode()
    fits = (sum(codes[::2]) + 3 * sum(codes[1::2])) % 10 == 0
    return fits and number.startswith(("978", "979"))


def isbn13_from_isbn10(isbn10: str) -> str:
    """The ISBN-13 of an ISBN-10 (10 characters, no separators)."""
    stem = "978" + isbn10[:9]
    return stem + _isbn13_check(stem)


def isbn10_from_isbn13(isbn13: str) -> str:
    """The ISBN-10 of a 978-prefixed ISBN-13: for a print book, also its ASIN.

    isbn13: 13 digits, no separators. Raises NoIsbn10 for the 979 range, which has none
    (ISBN Users' Manual, 7th ed., section 5).
    """
    if not isbn13.startswith("978"):
        raise NoIsbn10(isbn13)
    stem = isbn13[3:12]
    return stem + _isbn10_check(stem)


def isbns(spelling: str) -> tuple[str | None, str | None]:
    """(ISBN-13, ISBN-10) of a number in any spelling; (None, None) where no check digit fits."""
    number = spelling.upper() if spelling.isalnum() else compact(spelling)
    if is_isbn10(number):
        return isbn13_from_isbn10(number), number
    if is_isbn13(number):
        return number, isbn10_from_isbn13(number) if number.startswith("978") else None
    return None, None


def is_asin(spelling: str) -> bool:
    """Whether the spelling (upper-case) has an ASIN's form: B and nine, or ten as in an ISBN-10.

    Ten digits that fail the ISBN check are still an ASIN.
    """
    return _ASIN.fullmatch(spelling) is not None


_WEIGHTS_10 = tuple(range(10, 1, -1))
_WEIGHTS_13 = (1, 3) * 6
#: the code of the digit 0, which weighs with every digit
_ZERO = ord("0")


def _isbn10_check(stem: str) -> str:
    rest = sum(map(mul, _WEIGHTS_10, stem.encode())) - _ZERO * sum(_WEIGHTS_10)
    return "0123456789X"[-rest % 11]


def _isbn13_check(stem: str) -> str:
    rest = sum(map(mul, _WEIGHTS_13, stem.encode())) - _ZERO * sum(_WEIGHTS_13)
    return "0123456789"[-rest % 10]
