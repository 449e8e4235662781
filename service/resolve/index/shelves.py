"""Open Library's dumps of reading logs and ratings: a line a reader, the work's key first."""

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from service.resolve.index.chunks import Chunk
from service.resolve.index.dealing import deal
from service.resolve.index.dumps import part_of

_WORK = b"/works/OL"


class ShelfTask(NamedTuple):
    """A chunk, and where the works in it belong."""

    chunk: Chunk
    folder: Path
    parts: int


def deal_shelves(task: ShelfTask) -> int:
    """Deal out the number of each line's work; how far into the file the chunk came."""
    hands: dict[int, list[bytes]] = defaultdict(list)
    for line in task.chunk.data.split(b"\n"):
        key = line.partition(b"\t")[0]
        digits = key[len(_WORK) : -1]
        if key.startswith(_WORK) and digits.isdigit():
            hands[part_of(int(digits), task.parts)].append(digits)
    deal(task.folder, hands)
    return task.chunk.read
