"""Makes small indexes and dumps for tests."""

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from service.model import Book
from service.ports import Catalogue
from service.resolve.index.assemble import blank_head, index_bytes
from service.resolve.index.imports import Source, import_books
from service.resolve.index.reader import Index, index_in_memory
from service.resolve.index.rows import lines_of, row_of

MADE = "2026-11-25T00:00:00Z"


def unwatched(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


def index_of(books: Sequence[Book]) -> Index:
    """An index in memory of these books."""
    lines = lines_of(map(row_of, books), 0)
    return index_in_memory(b"".join(index_bytes(lines, blank_head(len(books), (), None))), "test")


def json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The rows as JSON Lines."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def imported(path: Path, output: Path, jobs: int = 1) -> None:
    """Import a file of JSON Lines."""
    source = Source(path, "json_lines")
    import_books([source], output, jobs=jobs, made=MADE, watch=unwatched)


def write_dump(path: Path, records: Iterable[tuple[str, str, Any]], revision: int = 3) -> Path:
    """A dump of records: type, key, and what its JSON says (or raw bytes)."""
    lines = []
    for kind, key, told in records:
        data = told if isinstance(told, bytes) else json.dumps(told).encode()
        head = f"/type/{kind}\t{key}\t{revision}\t2023-04-29T15:03:11.581851\t".encode()
        lines.append(head + data + b"\n")
    path.write_bytes(gzip.compress(b"".join(lines)))
    return path


def answers(catalogue: Catalogue, titles: Iterable[str], numbers: Iterable[str]) -> list[object]:
    """What a catalogue says of these titles and numbers."""
    told: list[object] = [tuple(catalogue.by_title(title)) for title in titles]
    for number in numbers:
        told += [catalogue.by_isbn(number), catalogue.by_asin(number)]
    return told
