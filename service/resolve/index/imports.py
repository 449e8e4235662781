"""`catalogue import`: an index from JSON Lines, exports of other programs, and indexes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from service.model import Book
from service.ports import BadRow, Export
from service.resolve.index import layout
from service.resolve.index.assemble import blank_head
from service.resolve.index.build import Report, identity, parts_for
from service.resolve.index.chunks import Chunk, chunks, unpacked_size
from service.resolve.index.crew import Crew
from service.resolve.index.dealing import deal
from service.resolve.index.finish import Watch, finish
from service.resolve.index.json_lines import BadLine, row_from
from service.resolve.index.reader import open_index
from service.resolve.index.rows import Row, keyed_line, line_of, row_of
from service.resolve.index.workshop import Workshop, workshop

#: bytes of rows that one part may come from
_A_PART = 24 << 20
#: rows of an export, blocks of an index, that are dealt out at once
_BATCH = 20_000
_BLOCKS = 2_000
_TOLD = 20
#: rows of one source are ordered below those of the next
_SOURCE_ORDERS = 1 << 40
#: a block of an index holds fewer rows
_BLOCK_ORDERS = 1 << 16


class Source(NamedTuple):
    """A file of books. `export` reads it; None for JSON Lines and for an index."""

    path: Path
    kind: str
    export: Export | None = None


class LinesTask(NamedTuple):
    """A chunk of JSON Lines, the order of the file's first line, and where its rows belong."""

    chunk: Chunk
    order: int
    folder: Path
    parts: int


class BlocksTask(NamedTuple):
    """Blocks of an index, the order of its first, and where their rows belong."""

    path: Path
    start: int
    stop: int
    order: int
    folder: Path
    parts: int


class Dealt(NamedTuple):
    """How many rows were dealt out, the lines that are none, and how far reading came."""

    rows: int
    bad: list[tuple[int, str]]
    read: int


def import_books(
    sources: Sequence[Source], output: Path, *, jobs: int, made: str, watch: Watch
) -> Report:
    """An index of all books of the sources, those that are one united; of equals the earlier
    source tells the name. Raises CatalogueError, UnreadableInput.
    """
    parts = parts_for(sum(unpacked_size(each.path) for each in sources), _A_PART)
    recipe = {
        "layout": layout.VERSION,
        "keys": layout.keying(),
        "parts": parts,
        "sources": [[each.kind, *identity(each.path)] for each in sources],
    }
    with workshop(output, recipe) as shop, Crew(jobs) as crew:
        read = [_read(shop, crew, at, source, parts, watch) for at, source in enumerate(sources)]
        inputs = [
            {"name": each.path.name, "kind": each.kind, "rows": found["rows"]}
            for each, found in zip(sources, read, strict=True)
        ]
        rows = sum(each["rows"] for each in read)
        stages = [f"rows-{at}" for at in range(len(sources))]
        head = blank_head(rows, tuple(inputs), made)
        head = finish(shop, crew, stages, parts, rows, head, watch)
    bad = [line for each in read for line in each["bad"]]
    return Report(head, sum(each["broken"] for each in read), tuple(bad))


def deal_lines(task: LinesTask) -> Dealt:
    """Deal a chunk's rows out. Raises OSError."""
    hands: dict[int, list[bytes]] = defaultdict(list)
    bad: list[tuple[int, str]] = []
    rows = 0
    first = task.chunk.first
    for at, line in enumerate(task.chunk.data.split(b"\n"), first):
        if line and not line.isspace():
            try:
                made = line_of(row_from(line), task.order + at)
            except BadLine as error:
                bad.append((at + 1, str(error)))
                continue
            rows += 1
            _hand(hands, made, task.parts)
    deal(task.folder, hands)
    return Dealt(rows, bad, task.chunk.read)


def deal_blocks(task: BlocksTask) -> Dealt:
    """Deal the books of blocks of an index out. Raises OSError, CatalogueError."""
    hands: dict[int, list[bytes]] = defaultdict(list)
    rows = 0
    index = open_index(task.path)
    for block in range(task.start, task.stop):
        order = task.order + block * _BLOCK_ORDERS
        for key, told in index.lines(block):
            for entry in orjson.loads(told):
                line = keyed_line(key.decode("utf-8", "surrogatepass"), Row(*entry), order)
                _hand(hands, line, task.parts)
                order += 1
                rows += 1
    deal(task.folder, hands)
    return Dealt(rows, [], task.stop)


def _hand(hands: dict[int, list[bytes]], line: bytes | None, parts: int) -> None:
    if line is not None:
        hands[layout.place(line[: line.index(b"\t")], parts)].append(line)


def _read(
    shop: Workshop, crew: Crew, at: int, source: Source, parts: int, watch: Watch
) -> dict[str, Any]:
    """Deal one source out: how many rows it has, and which lines are none."""
    stage = f"rows-{at}"
    known = shop.result(stage)
    if known is not None:
        return known  # type: ignore[no-any-return]
    folder = shop.begin(stage)
    order = at * _SOURCE_ORDERS
    rows = broken = 0
    bad: list[str] = []
    for dealt, total in _dealt(source, crew, folder, order, parts):
        rows += dealt.rows
        broken += len(dealt.bad)
        bad += [f"{source.path.name}, line {line}: {why}" for line, why in dealt.bad[:_TOLD]]
        watch(f"Reading {source.path.name}", dealt.read, total)
    told = {"rows": rows, "broken": broken, "bad": bad[:_TOLD]}
    return shop.finish(stage, told)  # type: ignore[no-any-return]


def _dealt(
    source: Source, crew: Crew, folder: Path, order: int, parts: int
) -> Iterator[tuple[Dealt, int]]:
    """Each piece of the source as it is dealt out, and how far all of it goes."""
    size = source.path.stat().st_size
    if source.export is not None:
        for dealt in _deal_export(source.export.books(source.path), folder, order, parts):
            yield dealt, 0
    elif source.kind == "index":
        blocks = open_index(source.path).blocks
        spans = (
            BlocksTask(source.path, start, min(start + _BLOCKS, blocks), order, folder, parts)
            for start in range(0, blocks, _BLOCKS)
        )
        for dealt in crew.each(deal_blocks, spans):
            yield dealt, blocks
    else:
        tasks = (LinesTask(chunk, order, folder, parts) for chunk in chunks(source.path))
        for dealt in crew.each(deal_lines, tasks):
            yield dealt, size


def _deal_export(
    told: Iterable[Book | BadRow], folder: Path, order: int, parts: int
) -> Iterator[Dealt]:
    told = iter(told)
    while batch := list(islice(told, _BATCH)):
        hands: dict[int, list[bytes]] = defaultdict(list)
        bad: list[tuple[int, str]] = []
        for each in batch:
            if isinstance(each, BadRow):
                bad.append((each.line, each.why))
                continue
            order += 1
            _hand(hands, line_of(row_of(each), order), parts)
        deal(folder, hands)
        yield Dealt(len(batch) - len(bad), bad, 0)
