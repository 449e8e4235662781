"""Opens catalogues: an index, JSON Lines (gzipped or not), or the starter that ships with us."""

from __future__ import annotations

import gzip
import zlib
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from service.errors import CatalogueError
from service.resolve.index.layout import MAGIC
from service.resolve.index.reader import Index, open_index

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.model import Book
    from service.ports import Catalogue
    from service.resolve.rows_catalogue import RowsCatalogue

STARTER = Path(__file__).parent / "starter" / "catalogue.index"


class LazyCatalogue:
    """A catalogue opened when first asked."""

    def __init__(self, opening: Callable[[], Catalogue]) -> None:
        self._opening = opening

    @cached_property
    def _opened(self) -> Catalogue:
        return self._opening()

    def by_title(self, title: str) -> Sequence[Book]:
        return self._opened.by_title(title)

    def by_isbn(self, isbn13: str) -> Book | None:
        return self._opened.by_isbn(isbn13)

    def by_asin(self, asin: str) -> Book | None:
        return self._opened.by_asin(asin)


def open_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue in a file, an index or JSON Lines, gzipped or not; None: the starter.

    An index is opened now, which costs next to nothing; JSON Lines are read when a book is first
    looked up, and then lie in memory. Raises CatalogueError.
    """
    if path is None:
        return LazyCatalogue(_starter)
    if not path.is_file():
        raise CatalogueError(f"There is no catalogue {path}.", mend="Check the path.")
    if is_index(path):
        return open_index(path)
    return LazyCatalogue(lambda: read_rows(path))


def is_index(path: Path) -> bool:
    """Whether the file begins as an index does. Raises CatalogueError where it can't be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise _unreadable(path, error) from error


def read_rows(path: Path) -> RowsCatalogue:
    """The catalogue of a JSON Lines file. Raises CatalogueError for the first bad line."""
    from service.resolve.rows_catalogue import RowsCatalogue

    return RowsCatalogue(_content(path), path.name)


@cache
def _starter() -> Index:
    return open_index(STARTER)


def _content(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> CatalogueError:
    reason = getattr(error, "strerror", None) or str(error)
    return CatalogueError(
        f"The catalogue {path} can't be read: {reason}.", mend="Fetch or build it again."
    )
