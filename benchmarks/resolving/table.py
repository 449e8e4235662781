"""The resolve table: of books named in posts, is it the right work, the right edition, and where
no edition is right, an honest search?

Each case of tests/data/resolve_table.jsonl is a title as a post names it, perhaps with authors
beside it, and what should come of it; the rows that it is looked up in stand beside it. Peer: what
is usually done, the first row of that title in the order of the file.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from service.model import Document, Edition, Finding
from service.plugins import programme
from service.resolve import Reader, open_catalogue, resolve
from service.resolve.agreement import surname

if TYPE_CHECKING:
    from service.ports import Catalogue

DATA = Path(__file__).parent.parent.parent / "tests/data"
ROWS = DATA / "resolve_table_catalogue.jsonl"
TAG = "shelf-20"


@dataclass(frozen=True, slots=True)
class Case:
    """A title in a post: how it is named, who reads it, and what is right."""

    category: str
    text: str
    authors: tuple[str, ...]
    post: str
    language: str
    marketplace: str
    expected: dict[str, Any]


class Verdict(NamedTuple):
    """Whether work and edition are right, and whether the link is honest about them."""

    work: bool
    edition: bool
    link: bool


def cases() -> list[Case]:
    """The table's cases."""
    lines = (DATA / "resolve_table.jsonl").read_text("utf-8").splitlines()
    return [Case(**{**row, "authors": tuple(row["authors"])}) for row in map(json.loads, lines)]


def resolved(case: Case, catalogue: Catalogue) -> Finding:
    """What becomes of the case's mention."""
    post = case.post or case.text
    start = post.index(case.text)
    mention = Finding(
        "book_mention",
        start,
        start + len(case.text),
        case.text,
        0.95,
        "suggest",
        authors=case.authors,
    )
    reader = Reader(lambda: case.language, case.marketplace)
    document = Document(post, "text", language=case.language)
    (found,) = resolve([mention], document, catalogue, reader=reader)
    return found


def judged(case: Case, found: Finding) -> Verdict:
    """How well the finding fits what is right."""
    author, asin = case.expected["author"], case.expected["asin"]
    first = found.authors[0] if found.authors else None
    work = (author is None and first is None) or bool(
        author and surname(author) in {surname(each) for each in found.authors}
    )
    edition = (found.isbn13, found.asin) == (case.expected["isbn13"], asin)
    assert found.book is not None
    link = programme("amazon").link_for(found.book, case.marketplace, {case.marketplace: TAG}) or ""
    where = f"/dp/{asin}?" if asin else "&i=stripbooks"
    return Verdict(work, edition, where in link and link.endswith(f"tag={TAG}"))


def naive(case: Case, catalogue: Catalogue) -> Finding:
    """What a look-up by title alone makes of it: the first row."""
    rows = catalogue.by_title(case.text)
    book = rows[0] if rows else None
    edition = (book.edition if book else None) or Edition()
    return Finding(
        "book_mention",
        0,
        len(case.text),
        case.text,
        1.0,
        "link",
        title=book.title if book else case.text,
        authors=book.authors if book else case.authors,
        isbn13=edition.isbn13,
        isbn10=edition.isbn10,
        asin=edition.asin or edition.isbn10,
    )


def main() -> int:
    """Print the table; 1 where a case of ours is wrong."""
    catalogue = open_catalogue(ROWS)
    told: dict[str, list[tuple[Verdict, Verdict]]] = defaultdict(list)
    for case in cases():
        ours = judged(case, resolved(case, catalogue))
        told[case.category].append((ours, judged(case, naive(case, catalogue))))
    every = [each for rows in told.values() for each in rows]
    print(f"{'right of so many':50}  of  {'ours':14}  first row")
    print(f"{'':50}      work edit link  work edit link")
    for name, rows in [*told.items(), ("all", every)]:
        print(f"{name[:50]:50} {len(rows):3}  {_counted(rows, 0)}  {_counted(rows, 1)}")
    return int(not all(all(ours) for ours, _ in every))


def _counted(rows: list[tuple[Verdict, Verdict]], side: int) -> str:
    return " ".join(f"{sum(each[side][at] for each in rows):4}" for at in range(3))


if __name__ == "__main__":
    sys.exit(main())
