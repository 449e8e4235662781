"""What stands where in an index file, and how a title or number finds its place.

    magic, 16 bytes; the length of the head, 4 bytes; the head, JSON; then the sections that the
    head names by offset and length. Integers are little-endian.

    blocks    lines of books, of one bucket of title keys after the other; then the overflow
    table     the offset of each block within `blocks`, 8 bytes, and the end of the last
    numbers   8 bytes a number: 24 bits of its hash, 32 of its block, 8 of its line there
    slots     the first entry of each slot of numbers, 4 bytes, and the end of the last

A line is `KEY TAB BOOKS` with a JSON array of at most `MOST_BOOKS` books (see `entries`); blocks
begin with a newline and end with one. Hashes are CRC-32, and pick the bucket by their upper bits.
"""

import json
import struct
import sys
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from service.errors import CatalogueError
from service.resolve.titles import main_key

MAGIC = b"bookplate-books\n"
VERSION = 1
#: as many books of one title are looked at, the most read first
MOST_BOOKS = 64
#: the line that entries name for all from it on
LAST_LINE = 255
#: titles a block, entries a slot: small enough to be read at once
TITLES_A_BLOCK = 12
NUMBERS_A_SLOT = 24
IS_BIG_ENDIAN = sys.byteorder == "big"
_LENGTH = struct.Struct("<I")
HEAD_AT = len(MAGIC) + _LENGTH.size
_AGAIN = "Build or import it again: bookplate catalogue build, or catalogue import."
_PROBES = ("The Girl’s Tale!", "Ein Fräulein & Co. — Roman", "L’Œuvre (1886)", "1984: A Novel", "?")


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the file, in bytes, and its CRC-32."""

    offset: int
    length: int
    crc: int


@dataclass(frozen=True, slots=True)
class Head:
    """What an index says about itself. `made` is RFC 3339, `keys` tells how titles were keyed."""

    version: int
    keys: int
    buckets: int
    slots: int
    rows: int
    books: int
    titles: int
    editions: int
    numbers: int
    made: str | None
    size: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)
    inputs: tuple[Mapping[str, Any], ...] = ()
    sections: Mapping[str, Section] = field(default_factory=dict)


def keying() -> int:
    """A number that is another one once titles are keyed in another way."""
    return zlib.crc32("\n".join(main_key(each) for each in _PROBES).encode())


def place(key: bytes, places: int) -> int:
    """The bucket (or slot, or partition) of this key among so many."""
    return zlib.crc32(key) * places >> 32


def discriminator(number: bytes) -> int:
    """The bits of a number's hash that its entry holds, at their place in it."""
    return (zlib.crc32(number) & 0xFFFFFF) << 40


def number_of(isbn13: str | None, asin: str | None) -> bytes | None:
    """How an edition is entered among the numbers: ISBN-13 before ASIN."""
    number = isbn13 or asin
    return number.encode() if number else None


def head_bytes(head: Head) -> bytes:
    """The file's beginning, up to its first section."""
    told = json.dumps(asdict(head), ensure_ascii=False, separators=(",", ":")).encode()
    return MAGIC + _LENGTH.pack(len(told)) + told


def head_length(start: bytes, name: str) -> int:
    """The length of the head, from the file's first `HEAD_AT` bytes. Raises CatalogueError."""
    if not start.startswith(MAGIC) or len(start) < HEAD_AT:
        raise CatalogueError(f"{name} is no index of books.", mend=_AGAIN)
    return int(_LENGTH.unpack_from(start, len(MAGIC))[0])


def head_from(told: bytes, size: int, name: str) -> Head:
    """The head, checked against the file's `size`. Raises CatalogueError, which says why."""
    try:
        data = json.loads(told)
        if data["version"] != VERSION or data["keys"] != keying():
            raise CatalogueError(
                f"The index {name} was made by another version of Bookplate.", mend=_AGAIN
            )
        data["sections"] = {key: Section(**each) for key, each in data["sections"].items()}
        data["inputs"] = tuple(data["inputs"])
        head = Head(**data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CatalogueError(f"The index {name} is damaged: its head.", mend=_AGAIN) from error
    if head.size != size:
        what = "cut off" if size < head.size else "longer than it was made"
        raise CatalogueError(
            f"The index {name} is {what}: {size:,} bytes of {head.size:,}.", mend=_AGAIN
        )
    return head


def damaged(name: str, what: str) -> CatalogueError:
    """The error for a file that does not hold what its head says."""
    return CatalogueError(f"The index {name} is damaged: {what}.", mend=_AGAIN)
