"""Making catalogues and looking at them, for those who stand outside of `resolve`.

As in `pipeline`, what is heavy is imported when it is needed.
"""

from __future__ import annotations

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


def index_of(path: Path | None) -> Index:
    """An index; None: the starter. Raises CatalogueError."""
    from service.resolve.index.reader import open_index

    return open_index(path or starter())
