"""Rows from JSON Lines: an object a line, `{"title", "subtitle", "authors", "isbn13", "isbn10",
"asin", "popularity", "source"}`, and if known `"work"`, `"language"`, `"form"`, `"published"`.

Only the title is needed. Numbers whose check digits are wrong are left out.
"""

import json
from contextlib import suppress
from typing import Any

import orjson

from service.identifiers import is_isbn13
from service.model import Edition
from service.resolve.index.entries import Entry, edition_entry
from service.resolve.index.languages import language_code
from service.resolve.index.rows import Row, checked

_FORMS = ("print", "ebook", "audio")


class BadLine(ValueError):
    """A line that is no book, and why."""


def row_from(line: bytes) -> Row:
    """The row of one line. Raises BadLine."""
    data = _parsed(line)
    get = data.get
    return Row(
        data["title"],
        _text(get("subtitle")),
        _authors(get("authors")),
        _popularity(get("popularity")),
        _text(get("source")),
        _text(get("work")),
        _editions(data),
    )


def title_of(line: bytes) -> str:
    """The title in one line. Raises BadLine."""
    return str(_parsed(line)["title"])


def _parsed(line: bytes) -> dict[str, Any]:
    data = _json(line)
    if not isinstance(data, dict):
        raise BadLine(f"it is no object ({line[:60]!r})")
    title = data.get("title")
    if not isinstance(title, str) or not title.strip():
        raise BadLine(f"it has no title ({line[:60]!r})")
    return data


def _json(line: bytes) -> Any:
    with suppress(ValueError):
        return orjson.loads(line)
    # half a surrogate pair is no character, but no reason to lose a book
    try:
        told = json.dumps(json.loads(line), ensure_ascii=False)
        return orjson.loads(told.encode("utf-8", "replace"))
    except ValueError as error:
        raise BadLine(f"it is no JSON ({line[:60]!r})") from error


def _editions(data: dict[str, Any]) -> list[Entry]:
    get = data.get
    isbn13, isbn10, asin = get("isbn13"), get("isbn10"), get("asin")
    if not (isbn13 or isbn10 or asin):
        return []
    form, published = get("form"), get("published")
    rest = (
        language_code(_text(get("language"))),
        form if form in _FORMS else None,
        published if isinstance(published, int) else None,
    )
    # the usual row: two spellings of one right number
    match isbn13, isbn10, asin:
        case str(), str(), None if isbn13[3:12] == isbn10[:9] and is_isbn13(isbn13):
            return [edition_entry(isbn13, None, *rest)]
    return checked(Edition(_text(isbn13), _text(isbn10), _text(asin), *rest))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _authors(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _popularity(value: object) -> int:
    return int(value) if isinstance(value, int | float) and value > 0 else 0
