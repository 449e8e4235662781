"""Lines of a stretch of buckets become blocks: books of one title together, the most read first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, zip_longest

import orjson

from service.resolve.index import layout
from service.resolve.index.entries import AUTHORS, EDITIONS, POPULARITY, SOURCE, WORK, Entry
from service.resolve.index.numbers import record

#: an edition's number, language: see entries
_ISBN13, _ASIN, _LANGUAGE = range(3)


Ordered = tuple[int, Entry]
Title = tuple[bytes, list[Ordered]]


@dataclass(slots=True)
class Counts:
    """How many titles, books and editions; the editions by language, the books by source."""

    titles: int = 0
    books: int = 0
    editions: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Counts") -> None:
        self.titles += other.titles
        self.books += other.books
        self.editions += other.editions
        self.languages = dict(Counter(self.languages) + Counter(other.languages))
        self.sources = dict(Counter(self.sources) + Counter(other.sources))


@dataclass(slots=True)
class Segment:
    """The blocks of a part of all buckets, and of what overflows, with the lengths of each.

    `numbers` are the records of its books' numbers (see `numbers`).
    """

    part: int
    blocks: bytearray = field(default_factory=bytearray)
    lengths: list[int] = field(default_factory=list)
    overflow: bytearray = field(default_factory=bytearray)
    overflow_lengths: list[int] = field(default_factory=list)
    numbers: list[bytes] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


def segment(lines: Iterable[bytes], part: int, parts: int, buckets: int) -> Segment:
    """The segment of one of `parts` equal parts of the `buckets`, from the lines of its titles."""
    made = Segment(part)
    size = buckets // parts
    first = part * size
    by_bucket: list[list[bytes]] = [[] for _ in range(size)]
    for line in lines:
        by_bucket[layout.place(line[: line.index(b"\t")], buckets) - first].append(line)
    for bucket, held in enumerate(by_bucket, first):
        _block(made, bucket, list(titles(sorted(held))))
    return made


def titles(lines: Sequence[bytes]) -> Iterator[Title]:
    """Each title key with its books, the most read first, equals in their order.

    lines: as `rows` makes them, sorted.
    """
    split = (line.split(b"\t", 3) for line in lines)
    for key, of_title in groupby(split, key=lambda parts: parts[0]):
        books = []
        for _, same in groupby(of_title, key=lambda parts: parts[1]):
            rows = [(int(order, 16), orjson.loads(entry)) for _, _, order, entry in same]
            books.append(rows[0] if len(rows) == 1 and _is_plain(rows[0][1]) else _merged(rows))
        if len(books) > 1:
            books.sort(key=lambda each: (-each[1][POPULARITY], each[0]))
        yield key, books


def _is_plain(entry: Entry) -> bool:
    return len(entry[EDITIONS]) < 2


def _merged(rows: list[Ordered]) -> Ordered:
    """One book of rows that are one: the most read tells its name, all tell its editions."""
    rows.sort(key=lambda each: (-each[1][POPULARITY], each[0]))
    order, first = rows[0]
    editions: dict[str, Entry] = {}
    for _, entry in rows:
        for edition in entry[EDITIONS]:
            number = edition[_ISBN13] or edition[_ASIN]
            known = editions.get(number)
            editions[number] = edition if known is None else _united(known, edition)
        first[WORK] = first[WORK] or entry[WORK]
        first[AUTHORS] = first[AUTHORS] or entry[AUTHORS]
    first[EDITIONS] = list(editions.values())
    return order, first


def _united(one: Entry, other: Entry) -> Entry:
    """What two tell of one edition; the first is believed before the other."""
    return [other if told is None else told for told, other in zip_longest(one, other)]


def _block(made: Segment, bucket: int, held: list[Title]) -> None:
    start = len(made.blocks)
    for line, (key, books) in enumerate(held):
        _count(made, books)
        first, *rest = parts(books)
        made.blocks += b"\n" + key + b"\t" + orjson.dumps([entry for _, entry in first])
        _number(made, first, bucket, min(line, layout.LAST_LINE), overflow=False)
        for part in rest:
            _overflow(made, key, part)
    if held:
        made.blocks += b"\n"
    made.lengths.append(len(made.blocks) - start)


def parts(books: list[Ordered]) -> Iterator[list[Ordered]]:
    """The books in parts small enough for a line; a book of many editions again with the rest."""
    most = layout.MOST_BOOKS
    rest: list[Ordered] = []
    for order, entry in books:
        editions = entry[EDITIONS]
        if len(editions) > most:
            entry[EDITIONS] = editions[:most]
            rest.extend(
                (order, [*entry[:EDITIONS], editions[at : at + most]])
                for at in range(most, len(editions), most)
            )
    for at in range(0, len(books), most):
        yield books[at : at + most]
    for each in rest:
        yield [each]


def _overflow(made: Segment, key: bytes, books: list[Ordered]) -> None:
    line = b"\n" + key + b"\t" + orjson.dumps([entry for _, entry in books]) + b"\n"
    _number(made, books, len(made.overflow_lengths), 0, overflow=True)
    made.overflow += line
    made.overflow_lengths.append(len(line))


def _number(made: Segment, books: list[Ordered], block: int, line: int, *, overflow: bool) -> None:
    for order, entry in books:
        for edition in entry[EDITIONS]:
            for number in edition[: _ASIN + 1]:
                if number:
                    made.numbers.append(
                        record(number, entry[POPULARITY], order, overflow, made.part, block, line)
                    )


def _count(made: Segment, books: list[Ordered]) -> None:
    counts = made.counts
    counts.titles += 1
    counts.books += len(books)
    for _, entry in books:
        source = entry[SOURCE] or ""
        counts.sources[source] = counts.sources.get(source, 0) + 1
        counts.editions += len(entry[EDITIONS])
        for edition in entry[EDITIONS]:
            if len(edition) > _LANGUAGE and edition[_LANGUAGE]:
                language = edition[_LANGUAGE]
                counts.languages[language] = counts.languages.get(language, 0) + 1
