"""`catalogue build`: an index from Open Library's dumps, in stages that a crash does not undo.

Each dump is read once, in chunks that several processes take apart: works and editions are dealt
out by work, the names of authors go to a file of their own. Then part by part works and editions
are joined to books, dealt out anew by title, sorted and written.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from service.resolve.index import layout
from service.resolve.index.assemble import blank_head
from service.resolve.index.authors import NamesWriter
from service.resolve.index.chunks import chunks, unpacked_size
from service.resolve.index.crew import Crew
from service.resolve.index.dumps import Dealt, Task, deal_records
from service.resolve.index.finish import Watch, finish
from service.resolve.index.join import Task as JoinTask
from service.resolve.index.join import join
from service.resolve.index.layout import Head
from service.resolve.index.shelves import ShelfTask, deal_shelves
from service.resolve.index.workshop import Workshop, workshop

#: bytes of a dump, unpacked, that one part may come from: so much fits in memory many times
_A_PART = 96 << 20
_MOST_PARTS = 1024
#: of as many bad lines it is told which they are
_TOLD = 20


class Report(NamedTuple):
    """The head of the index that was made; how many lines were no records, and which (some)."""

    head: Head
    broken: int
    bad: tuple[str, ...]


def build(
    dumps: Sequence[Path],
    shelves: Sequence[Path],
    output: Path,
    *,
    jobs: int,
    made: str,
    watch: Watch,
) -> Report:
    """An index from dumps of editions, works and authors, apart or in one; `shelves` are dumps of
    reading logs and ratings. `made` is the moment, RFC 3339. Raises CatalogueError.
    """
    parts = parts_for(sum(unpacked_size(path) for path in dumps), _A_PART)
    recipe = {
        "layout": layout.VERSION,
        "keys": layout.keying(),
        "parts": parts,
        "dumps": [identity(path) for path in dumps],
        "shelves": [identity(path) for path in shelves],
    }
    with workshop(output, recipe) as shop, Crew(jobs) as crew:
        read = [_read(shop, crew, at, path, parts, watch) for at, path in enumerate(dumps)]
        shelved = _shelve(shop, crew, shelves, parts, watch)
        joined = _join(shop, crew, len(dumps), shelved, parts, watch)
        inputs = [
            {"name": path.name, "size": path.stat().st_size, "rows": each["rows"]}
            for path, each in zip(dumps, read, strict=True)
        ]
        head = blank_head(sum(each["rows"] for each in read), tuple(inputs), made)
        head = finish(shop, crew, ("rows",), parts, joined, head, watch)
    bad = [line for each in read for line in each["bad"]]
    return Report(head, sum(each["broken"] for each in read), tuple(bad))


def parts_for(size: int, a_part: int) -> int:
    """In how many parts so many bytes are dealt out: a power of two."""
    parts = 1
    while parts * a_part < size and parts < _MOST_PARTS:
        parts *= 2
    return parts


def identity(path: Path) -> list[Any]:
    """What tells whether a file is the one that it was."""
    found = path.stat()
    return [str(path.absolute()), found.st_size, found.st_mtime_ns]


def _read(
    shop: Workshop, crew: Crew, at: int, path: Path, parts: int, watch: Watch
) -> dict[str, Any]:
    """Deal one dump out: its rows and bad lines."""
    stage = f"dump-{at}"
    known = shop.result(stage)
    if known is not None:
        return known  # type: ignore[no-any-return]
    folder = shop.begin(stage)
    size = path.stat().st_size
    names = NamesWriter(shop.begin(f"names-{at}"))
    tasks = (Task(chunk, folder, parts) for chunk in chunks(path))
    rows = broken = 0
    bad: list[str] = []
    for dealt in crew.each(deal_records, tasks):
        names.add(dealt.authors)
        names.redirect(dealt.redirects)
        rows += _counted(dealt)
        broken += dealt.broken
        bad += [f"{path.name}, line {line}: {why}" for line, why in dealt.bad]
        watch(f"Reading {path.name}", dealt.read, size)
    names.close()
    told = {"rows": rows, "names": names.count, "broken": broken, "bad": bad[:_TOLD]}
    return shop.finish(stage, told)  # type: ignore[no-any-return]


def _counted(dealt: Dealt) -> int:
    return dealt.editions + dealt.works + len(dealt.authors)


def _shelve(
    shop: Workshop, crew: Crew, shelves: Sequence[Path], parts: int, watch: Watch
) -> Path | None:
    """Deal out which works people shelved or rated."""
    if not shelves:
        return None
    if shop.result("shelves") is None:
        folder = shop.begin("shelves")
        for path in shelves:
            size = path.stat().st_size
            tasks = (ShelfTask(chunk, folder, parts) for chunk in chunks(path))
            for read in crew.each(deal_shelves, tasks):
                watch(f"Reading {path.name}", read, size)
        shop.finish("shelves", True)
    return shop.folder("shelves")


def _join(
    shop: Workshop, crew: Crew, dumps: int, shelves: Path | None, parts: int, watch: Watch
) -> int:
    """Works and editions to rows; how many rows."""
    known = shop.result("rows")
    if known is None:
        folder = shop.begin("rows")
        dealt = tuple(shop.folder(f"dump-{at}") for at in range(dumps))
        names = tuple(shop.folder(f"names-{at}") for at in range(dumps))
        tasks = (JoinTask(part, dealt, shelves, names, folder, parts) for part in range(parts))
        known = 0
        for part, count in enumerate(crew.each(join, tasks), 1):
            known += count
            watch("Joining works and editions", part, parts)
        shop.finish("rows", known)
    stages = (f"{kind}-{at}" for kind in ("dump", "names") for at in range(dumps))
    shop.discard("shelves", *stages)
    return int(known)
