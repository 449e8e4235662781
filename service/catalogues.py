"""Making catalogues and looking at them, for those who stand outside of `resolve`.

As in `pipeline`, what is heavy is imported when it is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from service.ports import Export
    from service.resolve.index.build import Report
    from service.resolve.index.finish import Watch
    from service.resolve.index.imports import Source
    from service.resolve.index.reader import Index


def sources_of(paths: Sequence[Path], kind: str, exports: Sequence[Export]) -> list[Source]:
    """What kind of catalogue or export each file is; `kind` "auto" looks. Raises UsageError."""
    from service.resolve.index.sources import sources_of as look

    return look(paths, kind, exports)


def build(
    dumps: Sequence[Path],
    readers: Sequence[Path],
    output: Path,
    *,
    jobs: int,
    made: str,
    watch: Watch,
) -> Report:
    """An index of books from Open Library's dumps. Raises CatalogueError."""
    from service.resolve.index.build import build as build_index

    return build_index(dumps, readers, output, jobs=jobs, made=made, watch=watch)


def import_books(
    sources: Sequence[Source], output: Path, *, jobs: int, made: str, watch: Watch
) -> Report:
    """An index of the books of several files. Raises CatalogueError, UnreadableInput."""
    from service.resolve.index.imports import import_books as import_into

    return import_into(sources, output, jobs=jobs, made=made, watch=watch)


def starter() -> Path:
    """The index that ships with us."""
    from service.resolve.catalogue import STARTER

    return STARTER


#: larger indexes, in bytes, are only opened: `catalogue info --verify` reads all of them
_READ_WHOLE = 200_000_000


@dataclass(frozen=True, slots=True)
class Shape:
    """What a catalogue is like, all of it readable: how many titles, and, of an index, how many
    books and when it was made, if that is told."""

    titles: int
    is_index: bool
    books: int | None = None
    made: datetime | None = None


def examined(path: Path | None) -> Shape:
    """Open a catalogue, an index or JSON Lines, and look whether it is whole where that takes no
    time; None: the starter.

    Raises CatalogueError, which says what is wrong and how to mend it.
    """
    from service.resolve.catalogue import is_index, open_catalogue, read_rows

    if path is not None:
        open_catalogue(path)
        if not is_index(path):
            return Shape(len(read_rows(path)), False)
    index = index_of(path)
    if index.head.size <= _READ_WHOLE:
        index.verify()
    made = datetime.fromisoformat(index.head.made) if index.head.made else None
    return Shape(index.head.titles, True, index.head.books, made)


def index_of(path: Path | None) -> Index:
    """An index; None: the starter. Raises CatalogueError."""
    from service.resolve.index.reader import open_index

    return open_index(path or starter())
