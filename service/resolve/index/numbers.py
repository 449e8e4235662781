"""The table of numbers: which block and line an ISBN-13 or ASIN stands in.

On its way there a number is a record whose bytes sort by number and then by which book counts: the
most read, then the earlier.
"""

import struct
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from service.resolve.index import layout

#: number, 2³² - 1 - popularity, order, in the overflow?, part of the titles, block, line
_RECORD = struct.Struct(">13sIQ?HIB")
RECORD_SIZE = _RECORD.size
_MOST = 0xFFFFFFFF


def record(
    number: str, popularity: int, order: int, overflow: bool, part: int, block: int, line: int
) -> bytes:
    """A number's record. A block in the overflow counts from the beginning of its part's."""
    read = _MOST - min(max(popularity, 0), _MOST)
    return _RECORD.pack(number.encode(), read, order, overflow, part, block, line)


def number_in(packed: bytes) -> bytes:
    """The number of a record."""
    return packed[:13].rstrip(b"\0")


@dataclass(slots=True)
class Numbers:
    """Entries of a part of all slots, as the file holds them, and how many each slot has."""

    entries: bytes = b""
    counts: list[int] = field(default_factory=list)


def numbers(
    records: Iterable[bytes], part: int, parts: int, slots: int, overflow_at: Sequence[int]
) -> Numbers:
    """The entries of one of `parts` equal parts of the `slots`, one a number.

    overflow_at: the block that the overflow of each part of the titles begins with.
    """
    size = slots // parts
    first = part * size
    found: list[list[int]] = [[] for _ in range(size)]
    before = None
    for each in sorted(records):
        padded, _, _, overflow, of_titles, block, line = _RECORD.unpack(each)
        if padded == before:
            continue
        before = padded
        number = padded.rstrip(b"\0")
        block += overflow_at[of_titles] if overflow else 0
        entry = layout.discriminator(number) | block << 8 | line
        found[layout.place(number, slots) - first].append(entry)
    packed = array("Q", [entry for slot in found for entry in sorted(slot)])
    return Numbers(little_endian(packed), [len(slot) for slot in found])


def little_endian(integers: "array[int]") -> bytes:
    """The integers as an index holds them."""
    if sys.byteorder == "big":
        integers = integers[:]
        integers.byteswap()
    return integers.tobytes()
