"""Looks books up in an index. What is read of it is what is asked for: a block of a few titles.

The file is read with `pread`, not mapped: memory stays small however much is looked up, a file
that shrinks under us is an error and no crash, and processes forked from one another may share it
(docs/decisions/0007-catalogue-index.md).
"""

import os
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from service.errors import CatalogueError
from service.identifiers import is_isbn10, isbn13_from_isbn10
from service.model import Book
from service.resolve.index import entries, layout
from service.resolve.titles import main_key, title_key, whole_key

#: bytes from an offset; fewer where the file ends
Read = Callable[[int, int], bytes]
#: titles whose books are kept at hand: the ordinary words that every post holds
_AT_HAND = 1024
_NO_BOOKS: tuple[Book, ...] = ()


class Index:
    """A catalogue that lies in a file, or in memory. Look-ups raise CatalogueError for damage."""

    def __init__(self, read: Read, size: int, name: str) -> None:
        self._read = read
        self.name = name
        length = layout.head_length(read(0, layout.HEAD_AT), name)
        self.head = layout.head_from(read(layout.HEAD_AT, length), size, name)
        self._blocks_at = self.head.sections["blocks"].offset
        self._numbers_at = self.head.sections["numbers"].offset
        self._table = self._integers("Q", "table", self.head.buckets + 1)
        self._books_of = lru_cache(_AT_HAND)(self._found)

    def by_title(self, title: str) -> Sequence[Book]:
        """Books of this title or main title, those that share the subtitle first, then the most
        read; at most `layout.MOST_BOOKS`."""
        key = main_key(title)
        if not key:
            return _NO_BOOKS
        return subtitle_first(self._books_of(key), title, key)

    def by_isbn(self, isbn13: str) -> Book | None:
        """The book of this ISBN-13 (no separators), led by that edition."""
        return self._by_number(isbn13)

    def by_asin(self, asin: str) -> Book | None:
        """The book of this ASIN: a print book's is its ISBN-10."""
        book = self._by_number(isbn13_from_isbn10(asin)) if is_isbn10(asin) else None
        return book or self._by_number(asin)

    @property
    def blocks(self) -> int:
        """How many blocks there are, those of the overflow among them."""
        return len(self._table) - 1

    def lines(self, block: int) -> Iterator[tuple[bytes, bytes]]:
        """Every line of a block: its title's key, and its books as JSON."""
        for line in self._block(block).split(b"\n"):
            if line:
                key, _, told = line.partition(b"\t")
                yield key, told

    def verify(self) -> None:
        """Read the whole file and compare its checksums. Raises CatalogueError."""
        for name, section in self.head.sections.items():
            crc, at, end = 0, section.offset, section.offset + section.length
            while at < end:
                part = self._bytes(at, min(1 << 20, end - at))
                crc = zlib.crc32(part, crc)
                at += len(part)
            if crc != section.crc:
                raise layout.damaged(self.name, f"the checksum of its {name} differs")

    def _found(self, key: str) -> Sequence[Book]:
        encoded = key.encode("utf-8", "surrogatepass")
        block = self._block(layout.place(encoded, self.head.buckets))
        mark = b"\n" + encoded + b"\t"
        at = block.find(mark)
        if at < 0:
            return _NO_BOOKS
        return self._books(block[at + len(mark) : block.find(b"\n", at + 1)])

    def _by_number(self, number: str) -> Book | None:
        encoded = number.encode("utf-8", "surrogatepass")
        slots = self._slots
        slot = layout.place(encoded, self.head.slots)
        start, end = slots[slot], slots[slot + 1]
        data = self._bytes(self._numbers_at + 8 * start, 8 * (end - start))
        held = _native(array("Q", data))
        wanted = layout.discriminator(encoded)
        at = bisect_left(held, wanted)
        while at < len(held) and held[at] >> 40 == wanted >> 40:
            book = self._book_at(held[at] >> 8 & 0xFFFFFFFF, held[at] & 0xFF, number)
            if book is not None:
                return book
            at += 1
        return None

    def _book_at(self, block: int, line: int, number: str) -> Book | None:
        lines = self._block(block).split(b"\n")[1:-1]
        last = line + 1 if line < layout.LAST_LINE else len(lines)
        for each in lines[line:last]:
            book = entries.with_number(self._books(each.partition(b"\t")[2]), number)
            if book is not None:
                return book
        return None

    @cached_property
    def _slots(self) -> "array[int]":
        return self._integers("I", "slots", self.head.slots + 1)

    def _block(self, number: int) -> bytes:
        start, end = self._table[number], self._table[number + 1]
        return self._bytes(self._blocks_at + start, end - start)

    def _books(self, told: bytes) -> tuple[Book, ...]:
        try:
            return tuple(entries.books_from(told))
        except (ValueError, TypeError) as error:
            raise layout.damaged(self.name, "a book can't be read") from error

    def _integers(self, kind: str, name: str, least: int) -> "array[int]":
        section = self.head.sections[name]
        made = array(kind)
        if section.length % made.itemsize or section.length < least * made.itemsize:
            raise layout.damaged(self.name, f"its {name}")
        made.frombytes(self._bytes(section.offset, section.length))
        return _native(made)

    def _bytes(self, offset: int, length: int) -> bytes:
        data = self._read(offset, length)
        if len(data) != length:
            raise layout.damaged(self.name, "it was cut off while it was read")
        return data


def open_index(path: Path) -> Index:
    """The index in this file. Raises CatalogueError."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
        file = _File(descriptor, path)
        return Index(file.read, os.fstat(descriptor).st_size, str(path))
    except OSError as error:
        raise _unreadable(path, error) from error


def index_in_memory(data: bytes, name: str) -> Index:
    """The index that these bytes are."""
    return Index(lambda offset, length: data[offset : offset + length], len(data), name)


class _File:
    """A descriptor, closed when nobody needs it any more."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self._path = path

    def read(self, offset: int, length: int) -> bytes:
        try:
            return os.pread(self._descriptor, length, offset)
        except OSError as error:
            raise _unreadable(self._path, error) from error

    def __del__(self) -> None:
        os.close(self._descriptor)


def _unreadable(path: Path, error: OSError) -> CatalogueError:
    reason = error.strerror or str(error)
    return CatalogueError(f"The index {path} can't be read: {reason}.", mend="Check the path.")


def _native(numbers: "array[int]") -> "array[int]":
    if layout.IS_BIG_ENDIAN:
        numbers.byteswap()
    return numbers


def subtitle_first(books: Sequence[Book], title: str, key: str) -> Sequence[Book]:
    """The books, those first whose whole title begins as `title`, of the main key `key`, does."""
    if len(books) < 2:
        return books
    whole = title_key(title)
    if whole == key:
        return books
    return sorted(
        books, key=lambda each: not whole_key(each.title, each.subtitle).startswith(whole)
    )
