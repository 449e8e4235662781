"""Puts an index together: the head, the sections behind it, each with its checksum."""

import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import accumulate

from service.resolve.index import layout
from service.resolve.index.layout import Head, Section
from service.resolve.index.numbers import little_endian, numbers
from service.resolve.index.segments import Counts, segment

#: a section's bytes, in pieces that can be had more than once
Pieces = Iterable[bytes]


def sized(count: int, a_place: int, parts: int) -> int:
    """How many places (buckets, slots) for so many things: a multiple of the parts."""
    return max(1, -(-count // (a_place * parts))) * parts


def table_of(lengths: Iterable[int], kind: str) -> bytes:
    """Where things of these lengths begin, and where the last ends."""
    return little_endian(array(kind, accumulate(lengths, initial=0)))


def head_with(head: Head, counts: Counts, sections: Mapping[str, Pieces]) -> Head:
    """The head with its counts, the places and checksums of its sections, the file's size."""
    measured = {name: _measure(pieces) for name, pieces in sections.items()}
    counted = replace(
        head,
        titles=counts.titles,
        books=counts.books,
        editions=counts.editions,
        languages=dict(sorted(counts.languages.items(), key=_often)),
        sources=dict(sorted(counts.sources.items(), key=_often)),
    )
    # the head's own length depends on the numbers in it, which depend on its length
    length = 0
    while True:
        at = length
        placed = {}
        for name, (size, crc) in measured.items():
            placed[name] = Section(at, size, crc)
            at += size
        made = replace(counted, sections=placed, size=at)
        if len(layout.head_bytes(made)) == length:
            return made
        length = len(layout.head_bytes(made))


def index_bytes(lines: list[bytes], head: Head) -> Iterator[bytes]:
    """A whole index of few lines, in pieces; of `head` what says whence and when."""
    buckets = sized(len(lines), layout.TITLES_A_BLOCK, 1)
    titles = segment(lines, 0, 1, buckets)
    slots = sized(len(titles.numbers), layout.NUMBERS_A_SLOT, 1)
    found = numbers(titles.numbers, 0, 1, slots, (buckets,))
    sections: dict[str, list[bytes]] = {
        "table": [table_of([*titles.lengths, *titles.overflow_lengths], "Q")],
        "slots": [table_of(found.counts, "I")],
        "numbers": [found.entries],
        "blocks": [bytes(titles.blocks), bytes(titles.overflow)],
    }
    placed = replace(head, buckets=buckets, slots=slots, numbers=sum(found.counts))
    yield layout.head_bytes(head_with(placed, titles.counts, sections))
    for pieces in sections.values():
        yield from pieces


def blank_head(rows: int, inputs: tuple[Mapping[str, object], ...], made: str | None) -> Head:
    """A head that knows whence its rows came; what is counted comes with `head_with`."""
    return Head(
        version=layout.VERSION,
        keys=layout.keying(),
        buckets=1,
        slots=1,
        rows=rows,
        books=0,
        titles=0,
        editions=0,
        numbers=0,
        made=made,
        inputs=inputs,
    )


def _measure(pieces: Pieces) -> tuple[int, int]:
    size = crc = 0
    for piece in pieces:
        size += len(piece)
        crc = zlib.crc32(piece, crc)
    return size, crc


def _often(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]
