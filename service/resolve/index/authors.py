"""Names of authors by their number: two files, of which only what is asked for is read."""

import mmap
from array import array
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from types import TracebackType

_NAMES, _PLACES = "names", "places"


class NamesWriter:
    """Collects names in any order, then writes them to a folder. Raises OSError.

    In memory lie eight bytes for each number up to the largest.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = (folder / _NAMES).open("wb")
        self._file.write(b"\n")
        self._at = 1
        self._places = array("Q")
        self._redirects: list[tuple[int, int]] = []
        self.count = 0

    def add(self, named: Sequence[tuple[int, str]]) -> None:
        """Names by number. Of two for one number the later counts."""
        if not named:
            return
        places = self._places
        largest = max(number for number, _ in named)
        if largest >= len(places):
            places.frombytes(bytes(8 * (largest + 1 - len(places))))
        written = []
        for number, name in named:
            line = name.encode("utf-8", "replace") + b"\n"
            places[number] = self._at
            self._at += len(line)
            written.append(line)
        self._file.write(b"".join(written))
        self.count += len(named)

    def redirect(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Numbers that stand for another since two authors were found to be one."""
        self._redirects.extend(pairs)

    def close(self) -> None:
        """Write the rest."""
        self._file.close()
        places = self._places
        for old, new in self._redirects:
            if old < len(places) and new < len(places) and not places[old]:
                places[old] = places[new]
        with (self._folder / _PLACES).open("wb") as file:
            self._places.tofile(file)


class Names:
    """The names that NamesWriters left in folders. A context manager."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._stack = ExitStack()
        self._folders = [each for each in map(self._opened, folders) if each is not None]
        self.of = lru_cache(1 << 16)(self._of)

    def __enter__(self) -> "Names":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._folders.clear()
        self._stack.close()

    def _of(self, number: int) -> str | None:
        for names, places in self._folders:
            if number < len(places) and (place := places[number]):
                return names[place : names.find(b"\n", place)].decode()
        return None

    def _opened(self, folder: Path) -> "tuple[mmap.mmap, memoryview[int]] | None":
        if (folder / _PLACES).stat().st_size == 0:
            return None
        names, places = self._mapped(folder / _NAMES), self._mapped(folder / _PLACES)
        view = memoryview(places).cast("Q")
        self._stack.callback(view.release)
        return names, view

    def _mapped(self, path: Path) -> mmap.mmap:
        with path.open("rb") as file:
            return self._stack.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
