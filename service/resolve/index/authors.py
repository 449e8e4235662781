"""Names of authors by their number: two files, of which only what is asked for is read."""

import mmap
from array import array
from collections.abc import Sequence
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Literal

_NAMES, _PLACES, _REDIRECTS = "names", "places", "redirects"


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
        self._redirects = array("I")
        self.count = 0

    def add(self, named: Sequence[tuple[int, str]]) -> None:
        """Names by number. Of two for one number the later counts."""
        if not named:
            return
        places = self._places
        _reach(places, max(number for number, _ in named))
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
        if pairs:
            _reach(self._redirects, max(old for old, _ in pairs))
            for old, new in pairs:
                self._redirects[old] = new

    def close(self) -> None:
        """Write the rest."""
        self._file.close()
        for name, integers in ((_PLACES, self._places), (_REDIRECTS, self._redirects)):
            with (self._folder / name).open("wb") as file:
                integers.tofile(file)


def _reach(integers: "array[int]", largest: int) -> None:
    """Make it so long that it has a place for the largest number."""
    integers.frombytes(bytes(integers.itemsize * max(0, largest + 1 - len(integers))))


class Names:
    """The names that NamesWriters left in folders. A context manager."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._stack = ExitStack()
        self._names = [self._mapped(folder / _NAMES) for folder in folders]
        self._places = [self._integers(folder / _PLACES, "Q") for folder in folders]
        self._redirects = [self._integers(folder / _REDIRECTS, "I") for folder in folders]
        self.of = lru_cache(1 << 16)(self._of)

    def __enter__(self) -> "Names":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _of(self, number: int) -> str | None:
        """The author's name, or that of the author that the number now stands for."""
        return self._name(number) or self._name(_first(self._redirects, number))

    def _name(self, number: int) -> str | None:
        for names, places in zip(self._names, self._places, strict=True):
            if number < len(places) and (place := places[number]):
                return names[place : names.find(b"\n", place)].decode()
        return None

    def _integers(self, path: Path, kind: Literal["Q", "I"]) -> "memoryview[int]":
        if path.stat().st_size == 0:
            return memoryview(b"")
        view = memoryview(self._mapped(path)).cast(kind)
        self._stack.callback(view.release)
        return view

    def _mapped(self, path: Path) -> mmap.mmap:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            return self._stack.enter_context(mapped)


def _first(integers: "Sequence[memoryview[int]]", number: int) -> int:
    return next((each[number] for each in integers if number < len(each) and each[number]), 0)
