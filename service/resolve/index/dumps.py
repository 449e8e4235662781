"""A chunk of a dump, dealt out: works and editions by work, authors by number."""

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import orjson

from service.resolve.index import open_library
from service.resolve.index.chunks import Chunk
from service.resolve.index.dealing import deal

_EDITION, _WORK, _AUTHOR = b"/type/edition", b"/type/work", b"/type/author"
_REDIRECT = b"/type/redirect"
#: of as many bad lines of a chunk it is told what is wrong
_TOLD = 5
#: parts are dealt by the work's number times this, modulo 2³², so that neighbours part
_SPREAD = 2654435761


class Task(NamedTuple):
    """A chunk, and where what it holds belongs."""

    chunk: Chunk
    folder: Path
    parts: int


class Dealt(NamedTuple):
    """What a chunk held. `authors` are numbers and names, `redirects` authors that are another's;
    `bad` are some of the `broken` lines, from 1, with the reason; `read` as in the chunk."""

    editions: int
    works: int
    authors: list[tuple[int, str]]
    redirects: list[tuple[int, int]]
    bad: list[tuple[int, str]]
    broken: int
    read: int


def part_of(work: int, parts: int) -> int:
    """The part that a work, and its editions, are dealt to."""
    return (work * _SPREAD & 0xFFFFFFFF) * parts >> 32


def deal_records(task: Task) -> Dealt:
    """Deal a chunk's records out. Raises OSError."""
    table = _Table(task.parts)
    bad: list[tuple[int, str]] = []
    broken = 0
    for at, line in enumerate(task.chunk.data.split(b"\n"), 1):
        if not line:
            continue
        columns = line.split(b"\t", 4)
        try:
            table.take(columns)
        except (ValueError, IndexError, TypeError) as error:
            broken += 1
            if len(bad) < _TOLD:
                bad.append((task.chunk.first + at, _reason(columns, error)))
    deal(task.folder, table.hands)
    return Dealt(
        table.editions,
        table.works,
        table.authors,
        table.redirects,
        bad,
        broken,
        task.chunk.read,
    )


class _Table:
    """What was read of a chunk."""

    def __init__(self, parts: int) -> None:
        self.parts = parts
        self.hands: dict[int, list[bytes]] = defaultdict(list)
        self.authors: list[tuple[int, str]] = []
        self.redirects: list[tuple[int, int]] = []
        self.editions = 0
        self.works = 0

    def take(self, columns: list[bytes]) -> None:
        """One record. Raises ValueError, IndexError or TypeError for what is none."""
        kind = columns[0]
        if kind == _EDITION:
            work, line = _edition(columns)
            self.hands[part_of(work, self.parts)].append(line)
            self.editions += 1
        elif kind == _WORK:
            number, line = _work(columns)
            self.hands[part_of(number, self.parts)].append(line)
            self.works += 1
        elif kind == _AUTHOR:
            name = open_library.decode(columns[4]).name
            if isinstance(name, str) and name.strip():
                self.authors.append((_own(columns), " ".join(name.split())))
        elif kind == _REDIRECT:
            self._redirect(columns)
        elif not kind.startswith(b"/type/"):
            raise ValueError("it does not begin with a type")

    def _redirect(self, columns: list[bytes]) -> None:
        location = open_library.decode(columns[4]).location
        to = open_library.number_of(location)
        if to is not None and columns[1].startswith(b"/authors/"):
            self.redirects.append((_own(columns), to))


def _own(columns: list[bytes]) -> int:
    """The record's own number, in its second column. Raises ValueError."""
    key = columns[1]
    return int(key[key.rindex(b"OL") + 2 : -1])


def _edition(columns: list[bytes]) -> tuple[int, bytes]:
    """An edition's work, and its line: the work, "E", its own number and revision, what it says.

    One without a work is a work of its own, whose number is negative.
    """
    record = open_library.decode(columns[4])
    own = _own(columns)
    work = open_library.work_number(record)
    title, subtitle = open_library.titles_of(record)
    entries = open_library.edition_entries(record)
    told = orjson.dumps((title, subtitle, entries, open_library.author_numbers(record)))
    number = -own if work is None else work
    return number, b"%d\tE\t%d\t%d\t%s" % (number, own, int(columns[2]), told)


def _work(columns: list[bytes]) -> tuple[int, bytes]:
    record = open_library.decode(columns[4])
    number = _own(columns)
    title, subtitle = open_library.titles_of(record)
    told = orjson.dumps((title, subtitle, open_library.author_numbers(record)))
    return number, b"%d\tW\t%d\t%d\t%s" % (number, number, int(columns[2]), told)


def _reason(columns: list[bytes], error: Exception) -> str:
    if len(columns) < 5:
        return "it has fewer than five columns"
    return f"it can't be read ({error})"
