"""What exports in rows and columns share: their decoding, their dialects, their rows.

Here and not among the adapters, which never import one another.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

from service.charset import decode
from service.errors import UnreadableInput
from service.model import Book
from service.ports import BadRow

Row = dict[str, str]
compiled = re.compile
_YEAR = re.compile(r"(?<!\d)(?:1[4-9]|20)\d\d(?!\d)")
_MOST_FIELD = 1 << 24


def has_columns(head: bytes, *columns: str) -> bool:
    """Whether the first line has all these columns."""
    text = decode(head).text
    lines = text.splitlines()
    return bool(lines) and set(columns) <= set(_header(lines[0]))


def _clean(text: str) -> str:
    """The text without what was no character in the file."""
    return text.encode("utf-8", "replace").decode()


def _header(line: str) -> list[str]:
    named = next(csv.reader([line], delimiter=_delimiter(line)), [])
    return [each.strip("\ufeff ") for each in named]


def _delimiter(line: str) -> str:
    return max(",\t;", key=line.count)


def books(
    path: Path, needed: tuple[str, ...], book: Callable[[Row], Book]
) -> Iterator[Book | BadRow]:
    """The book of each row. The first of the `needed` columns may not be empty.

    Raises UnreadableInput for a file that can't be read or has not these columns.
    """
    try:
        text = _clean(decode(path.read_bytes()).text).lstrip("\ufeff")
    except OSError as error:
        raise UnreadableInput(f"{path} can't be read: {error.strerror}.") from error
    first = text.split("\n", 1)[0]
    columns = _header(first.rstrip("\r"))
    missing = [each for each in needed if each not in columns]
    if missing:
        raise UnreadableInput(
            f"{path} has no column {', '.join(missing)}.",
            mend="Export it again, or name its kind with --format.",
        )
    csv.field_size_limit(_MOST_FIELD)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first))
    next(rows)
    return _books(rows, columns, needed[0], book)


def _books(
    rows: Iterable[list[str]], columns: list[str], title: str, book: Callable[[Row], Book]
) -> Iterator[Book | BadRow]:
    numbered = iter(rows)
    while True:
        line = numbered.line_num + 1  # type: ignore[attr-defined]
        try:
            values = next(numbered)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(line, f"it is no row ({error})")
            continue
        if not any(each.strip() for each in values):
            continue
        # cut off: what is missing at the end may be empty, the title may not
        row = dict(zip(columns, [*values, *[""] * (len(columns) - len(values))], strict=False))
        if len(values) > len(columns) + 1:
            yield BadRow(line, f"it has {len(values)} columns instead of {len(columns)}")
        elif not row[title].strip():
            yield BadRow(line, "it has no title")
        else:
            yield book(row)


def split_title(title: str) -> tuple[str, str | None]:
    """Title and subtitle of "Title: Subtitle"."""
    main, _, subtitle = " ".join(title.split()).partition(": ")
    return main, subtitle or None


def names(told: Iterable[str]) -> tuple[str, ...]:
    """The names, each once, in order."""
    cleaned = (" ".join(each.split()) for each in told)
    return tuple(dict.fromkeys(each for each in cleaned if each))


def turned(name: str) -> str:
    """ "Kerouac, Jack" as "Jack Kerouac"; a name with more than one comma stays."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and "," not in given else name


def year(told: str) -> int | None:
    """The year in a date."""
    match = _YEAR.search(told)
    return int(match[0]) if match else None


def form(told: str) -> Literal["print", "ebook", "audio"] | None:
    """What a binding, format or medium is."""
    said = told.lower()
    if not said.strip():
        return None
    if any(word in said for word in ("audi", "cd", "mp3")):
        return "audio"
    if any(word in said for word in ("ebook", "e-book", "kindle", "digital", "nook", "epub")):
        return "ebook"
    return "print"
