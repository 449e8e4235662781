"""The catalogues that finding is learned and measured with.

`narrow`: the rows of a file. `wide`: those, nine in ten of the titles in the posts, and a book
for each of thousands of ordinary phrases, as the catalogues of all books have them. `Hiding` takes
titles away from one.
"""

import gzip
import hashlib
import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from service.find.reading import read
from service.model import Book, Document
from service.ports import Catalogue
from service.resolve import open_catalogue
from service.resolve.titles import main_key

PHRASES = 6000
_HIDDEN = 10
_LONGEST = 90
_PHRASE = re.compile(r"\b(?:[A-Z][\w’']+)(?: (?:(?:of|the|and|in|to|a|for) )?[A-Z][\w’']+){0,4}")
#: who wrote the books whose titles are ordinary phrases
_NOBODY = "Anna Berg,Tom Hale,J. R. Winter,Maria Lopez,Ian Cole,Sue Park,Karl Voss,Otto Lang"


class Hiding:
    """A catalogue without a share of its titles, always the same ones."""

    def __init__(self, catalogue: Catalogue, percent: int) -> None:
        self._catalogue = catalogue
        self._percent = percent

    def by_title(self, title: str) -> Sequence[Book]:
        if _draw(main_key(title)) % 100 < self._percent:
            return ()
        return self._catalogue.by_title(title)

    def by_isbn(self, isbn13: str) -> Book | None:
        return self._catalogue.by_isbn(isbn13)

    def by_asin(self, asin: str) -> Book | None:
        return self._catalogue.by_asin(asin)


def wide_rows(
    rows: bytes,
    posts: Iterable[Mapping[str, Any]],
    written: Mapping[str, str | None],
    phrases: Iterable[str],
) -> bytes:
    """The rows, nine in ten of the titles marked in the posts and of those in `written` (with
    their authors), and a book for each phrase."""
    mentions = [m for post in posts for m in post["mentions"] if not m["optional"]]
    marked = {m["title"]: m["author"] for m in mentions}
    decided = {main_key(title) for title in marked}
    named = marked | {t: a for t, a in written.items() if main_key(t) not in decided}
    nobody = _NOBODY.split(",")
    more = [_row(title, author) for title, author in named.items() if _draw(title) % _HIDDEN]
    more += [_row(each, nobody[_draw(each) % len(nobody)]) for each in phrases]
    return rows.rstrip(b"\n") + b"\n" + b"\n".join(more) + b"\n"


def opened(rows: bytes, folder: Path, name: str) -> Catalogue:
    """The rows as the catalogue that a user opens: a file in the folder."""
    path = folder / f"{name}.jsonl"
    path.write_bytes(rows)
    return open_catalogue(path)


def rows_of(path: Path) -> bytes:
    """The rows of a catalogue in JSON Lines, gzipped or not."""
    content = path.read_bytes()
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def ordinary_phrases(pages: Path, most: int = PHRASES) -> list[str]:
    """The commonest capitalised words of the test pages of mozilla/readability (a tar.gz)."""
    counted: Counter[str] = Counter()
    for page in _pages(pages):
        text = read(Document(page, "html")).text.text
        counted.update(match[0] for match in _PHRASE.finditer(text))
    return sorted(counted, key=lambda phrase: (-counted[phrase], phrase))[:most]


def books(rows: bytes) -> list[Book]:
    """Books with an author whose title is not overlong, to be put into made-up posts."""
    found = []
    for line in rows.split(b"\n"):
        row: dict[str, Any] = json.loads(line) if line.strip() else {}
        if row.get("authors") and 0 < len(row["title"]) <= _LONGEST:
            found.append(Book(row["title"], tuple(row["authors"]), row.get("subtitle")))
    return found


def _pages(pages: Path) -> Iterator[str]:
    with tarfile.open(pages) as tar:
        for member in sorted(tar.getmembers(), key=lambda each: each.name):
            if member.name.endswith("expected.html"):
                file = tar.extractfile(member)
                if file is not None:
                    yield file.read().decode("utf-8", "replace")


def _row(title: str, author: str | None) -> bytes:
    main, _, subtitle = title.partition(": ")
    row = {"title": main, "subtitle": subtitle or None, "authors": [author] if author else []}
    return json.dumps(row).encode()


def _draw(words: str) -> int:
    """A number drawn by the words, the same on every machine."""
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:6])
