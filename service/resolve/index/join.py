"""Works and editions of one part become rows: a book for each title that a work has."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import orjson

from service.resolve.index.authors import Names
from service.resolve.index.dealing import deal, dealt
from service.resolve.index.entries import Entry
from service.resolve.index.layout import place
from service.resolve.index.rows import Row, keyed_line
from service.resolve.titles import main_key

SOURCE = "openlibrary"
#: numbers of works below this are ordered by themselves, those of editions without one behind
_ORDERS = 1 << 40


class Told(NamedTuple):
    """What a record says: the editions of a work's record are none."""

    title: str | None
    subtitle: str | None
    editions: list[Entry]
    authors: list[int]


@dataclass(slots=True)
class Gathered:
    """A work with its editions; of each record the newest revision."""

    work: Told | None = None
    revision: int = -1
    editions: dict[int, tuple[int, Told]] = field(default_factory=dict)


class Task(NamedTuple):
    """A part of the works: where it was dealt, where its rows go, in how many parts."""

    part: int
    dealt: tuple[Path, ...]
    shelves: Path | None
    names: tuple[Path, ...]
    folder: Path
    parts: int


def join(task: Task) -> int:
    """Deal out the rows of a part's books; how many there are. Raises OSError."""
    gathered = _gathered(task)
    readers = _readers(task)
    hands: dict[int, list[bytes]] = defaultdict(list)
    count = 0
    with Names(task.names) as names:
        for number, each in gathered.items():
            for key, row in books(number, each, names, readers.get(number, 0)):
                line = keyed_line(key, row, number if number >= 0 else _ORDERS - number)
                encoded = line[: line.index(b"\t")]
                hands[place(encoded, task.parts)].append(line)
                count += 1
    deal(task.folder, hands)
    return count


def _gathered(task: Task) -> dict[int, Gathered]:
    found: dict[int, Gathered] = defaultdict(Gathered)
    for folder in task.dealt:
        for line in dealt(folder, task.part).split(b"\n"):
            if line:
                work, kind, own, revision, told = line.split(b"\t", 4)
                _take(found[int(work)], kind, int(own), int(revision), orjson.loads(told))
    return found


def _take(into: Gathered, kind: bytes, own: int, revision: int, told: list[object]) -> None:
    if kind == b"W":
        if revision > into.revision:
            title, subtitle, authors = told
            into.revision = revision
            into.work = Told(title, subtitle, [], authors)  # type: ignore[arg-type]
        return
    known = into.editions.get(own)
    if known is None or revision > known[0]:
        into.editions[own] = (revision, Told(*told))  # type: ignore[arg-type]


def _readers(task: Task) -> Mapping[int, int]:
    """How many people shelved or rated each work of the part."""
    if task.shelves is None:
        return {}
    return Counter(int(each) for each in dealt(task.shelves, task.part).split())


def books(number: int, gathered: Gathered, names: Names, readers: int) -> Iterator[tuple[str, Row]]:
    """A row for each main title of a work, with that title's key."""
    work = gathered.work or Told(None, None, [], [])
    editions = [told for _, (_, told) in sorted(gathered.editions.items(), key=_number)]
    # most editions have the very title of their work
    keys: dict[str, str] = {}
    variants: dict[str, list[Told]] = {}
    for each in (work, *editions):
        if title := each.title or work.title:
            key = keys.get(title)
            if key is None:
                key = keys[title] = main_key(title)
            variants.setdefault(key, []).append(each)
    authors = _authors(work, editions, names)
    read = popularity(len(editions), readers)
    identity = f"OL{number}W" if number >= 0 else None
    for key, told in variants.items():
        if key:
            title, subtitle = _named(told, work)
            entries = ranked(entry for each in told for entry in each.editions)
            yield key, Row(title, subtitle, authors, read, SOURCE, identity, entries)


def popularity(editions: int, readers: int) -> int:
    """How widely read, on the scale of the ratings that a large site collects: an estimate.

    A book printed once says nothing; one printed ten times is known to thousands. One in some
    fifty readers elsewhere keeps a shelf at Open Library.
    """
    printed = round(50 * editions**1.4) if editions > 1 else 0
    return printed + 50 * readers


def ranked(entries: Iterable[Entry]) -> list[Entry]:
    """The editions that have a number: printed ones before others, new before old."""
    numbered = [each for each in entries if each and (each[0] or each[1])]
    if len(numbered) > 1:
        numbered.sort(key=_rank)
    return numbered


def _rank(entry: Entry) -> tuple[bool, bool, int]:
    form = entry[3] if len(entry) > 3 else None
    published = entry[4] if len(entry) > 4 else 0
    return form in ("ebook", "audio"), entry[0] is None, -published


def _named(told: list[Told], work: Told) -> tuple[str, str | None]:
    """Title and subtitle: as the work has them, the subtitle else as most editions have it."""
    title = told[0].title or work.title or ""
    subtitle = told[0].subtitle
    if subtitle is None and len(told) > 1:
        counted = Counter(each.subtitle for each in told if each.subtitle)
        if counted:
            subtitle = counted.most_common(1)[0][0]
    return title, subtitle


def _authors(work: Told, editions: list[Told], names: Names) -> list[str]:
    """The work's authors; else those of the first edition that has any."""
    for told in (work, *editions):
        found = [name for name in map(names.of, told.authors) if name is not None]
        if found:
            return found
    return []


def _number(numbered: tuple[int, tuple[int, Told]]) -> int:
    return numbered[0]
