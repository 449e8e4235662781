"""From rows that were dealt out to the finished index: segments, numbers, one file."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from service.resolve.index import layout
from service.resolve.index.assemble import head_with, sized, table_of
from service.resolve.index.crew import Crew
from service.resolve.index.dealing import deal, dealt, path_of
from service.resolve.index.layout import Head
from service.resolve.index.numbers import RECORD_SIZE, number_in, numbers
from service.resolve.index.segments import Counts, segment
from service.resolve.index.workshop import Workshop

_PIECE = 1 << 20


class Watch(Protocol):
    """Told how far a stage has come: so much of so much."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


class SegmentTask(NamedTuple):
    """A part of the rows, and where its segment goes."""

    part: int
    parts: int
    buckets: int
    rows: tuple[Path, ...]
    folder: Path
    numbers: Path


class NumberTask(NamedTuple):
    """A part of the numbers, and where its entries go."""

    part: int
    parts: int
    slots: int
    overflow_at: tuple[int, ...]
    records: Path
    folder: Path


def make_segment(task: SegmentTask) -> tuple[int, int, dict[str, Any]]:
    """Write a part's segment: how many blocks overflow, how many numbers it has, its counts."""
    data = b"".join(dealt(folder, task.part) for folder in task.rows)
    lines = data.split(b"\n")
    del data
    made = segment(filter(None, lines), task.part, task.parts, task.buckets)
    path_of(task.folder, task.part).write_bytes(made.blocks)
    (task.folder / f"{task.part:04d}.overflow").write_bytes(made.overflow)
    _lengths(task.folder, task.part, "lengths", made.lengths)
    _lengths(task.folder, task.part, "overflow-lengths", made.overflow_lengths)
    hands: dict[int, list[bytes]] = defaultdict(list)
    for record in made.numbers:
        hands[layout.place(number_in(record), task.parts)].append(record)
    deal(task.numbers, hands, between=b"")
    return len(made.overflow_lengths), len(made.numbers), asdict(made.counts)


def make_numbers(task: NumberTask) -> int:
    """Write a part's number entries; how many there are."""
    data = dealt(task.records, task.part)
    records = (data[at : at + RECORD_SIZE] for at in range(0, len(data), RECORD_SIZE))
    made = numbers(records, task.part, task.parts, task.slots, task.overflow_at)
    path_of(task.folder, task.part).write_bytes(made.entries)
    _lengths(task.folder, task.part, "counts", made.counts)
    return sum(made.counts)


def finish(
    shop: Workshop,
    crew: Crew,
    rows: Sequence[str],
    parts: int,
    lines: int,
    head: Head,
    watch: Watch,
) -> Head:
    """The index of the rows dealt out in the stages `rows`, put in its place. Its head.

    lines: about how many rows there are.
    """
    buckets = sized(lines, layout.TITLES_A_BLOCK, parts)
    segmented = shop.result("segments")
    if segmented is None:
        segmented = _segments(shop, crew, rows, parts, buckets, watch)
    shop.discard(*rows)
    slots = sized(segmented["numbers"], layout.NUMBERS_A_SLOT, parts)
    counted = shop.result("numbers")
    if counted is None:
        counted = _numbers(shop, crew, segmented["overflow"], parts, buckets, slots, watch)
    shop.discard("records")
    placed = replace(head, buckets=buckets, slots=slots, numbers=counted)
    return _assemble(shop, placed, Counts(**segmented["counts"]), parts, watch)


def _segments(
    shop: Workshop, crew: Crew, rows: Sequence[str], parts: int, buckets: int, watch: Watch
) -> dict[str, Any]:
    folder, records = shop.begin("segments"), shop.begin("records")
    dealt_rows = tuple(shop.folder(each) for each in rows)
    tasks = (
        SegmentTask(part, parts, buckets, dealt_rows, folder, records) for part in range(parts)
    )
    counts, overflow, numbered = Counts(), [], 0
    for part, (overflown, found, told) in enumerate(crew.each(make_segment, tasks), 1):
        overflow.append(overflown)
        numbered += found
        counts.add(Counts(**told))
        watch("Sorting titles", part, parts)
    result = {"overflow": overflow, "numbers": numbered, "counts": asdict(counts)}
    shop.finish("segments", result)
    return result


def _numbers(
    shop: Workshop,
    crew: Crew,
    overflow: Sequence[int],
    parts: int,
    buckets: int,
    slots: int,
    watch: Watch,
) -> int:
    folder = shop.begin("numbers")
    at = tuple(accumulate(overflow, initial=buckets))
    records = shop.folder("records")
    tasks = (NumberTask(part, parts, slots, at, records, folder) for part in range(parts))
    counted = 0
    for part, found in enumerate(crew.each(make_numbers, tasks), 1):
        counted += found
        watch("Sorting numbers", part, parts)
    shop.finish("numbers", counted)
    return counted


def _assemble(shop: Workshop, head: Head, counts: Counts, parts: int, watch: Watch) -> Head:
    titles, found = shop.folder("segments"), shop.folder("numbers")
    lengths = [*_read_lengths(titles, "lengths", parts)]
    lengths += _read_lengths(titles, "overflow-lengths", parts)
    blocks = [path_of(titles, part) for part in range(parts)]
    overflow = [titles / f"{part:04d}.overflow" for part in range(parts)]
    sections: dict[str, Iterable[bytes]] = {
        "table": [table_of(lengths, "Q")],
        "slots": [table_of(_read_lengths(found, "counts", parts), "I")],
        "numbers": _Files([path_of(found, part) for part in range(parts)]),
        "blocks": _Files([*blocks, *overflow]),
    }
    made = head_with(head, counts, sections)
    whole = shop.directory / "index"
    with whole.open("wb") as file:
        file.write(layout.head_bytes(made))
        for pieces in sections.values():
            for piece in pieces:
                file.write(piece)
                watch("Writing the index", file.tell(), made.size)
    shop.deliver(whole)
    return made


@dataclass(frozen=True, slots=True)
class _Files:
    """The bytes of files, one after the other, as often as they are asked for."""

    paths: Sequence[Path]

    def __iter__(self) -> Iterator[bytes]:
        for path in self.paths:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    yield piece


def _lengths(folder: Path, part: int, name: str, lengths: Sequence[int]) -> None:
    (folder / f"{part:04d}.{name}").write_bytes(array("I", lengths).tobytes())


def _read_lengths(folder: Path, name: str, parts: int) -> Iterator[int]:
    for part in range(parts):
        lengths = array("I")
        lengths.frombytes((folder / f"{part:04d}.{name}").read_bytes())
        yield from lengths
