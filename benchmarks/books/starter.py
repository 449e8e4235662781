"""Make the starter catalogue that ships in the package, from rows whose terms allow it.

    python -m benchmarks.books.starter CATALOGUE.jsonl.gz

CATALOGUE: a row a book, with its `source`. The terms stand in starter/LICENCES.md.
"""

import gzip
import json
import sys
from pathlib import Path

from service.resolve.catalogue import STARTER
from service.resolve.index.assemble import blank_head, index_bytes
from service.resolve.index.json_lines import row_from
from service.resolve.index.rows import lines_of

#: lists whose licence allows shipping (service/resolve/starter/LICENCES.md)
SHIPPED = frozenset(
    (
        "goodbooks-10k",
        "book-dataset",
        "free-programming-books",
        "learn-anything-books",
        "mind-expanding-books",
        "software-architecture-books",
        "gobooks",
        "professional-programming",
    )
)
#: names of lists and pages among the rows, which are no books
_NO_BOOKS = ("recommended reading", "awesome ", "list of ", "books on ", "books for ")


def main() -> None:
    content = gzip.decompress(Path(sys.argv[1]).read_bytes())
    kept = [line for line in content.split(b"\n") if line.strip() and _ships(json.loads(line))]
    lines = lines_of(map(row_from, kept), 0)
    # without a date, so that the same rows make the same file
    STARTER.write_bytes(b"".join(index_bytes(lines, blank_head(len(kept), (), None))))
    print(f"{len(kept)} rows, {STARTER.stat().st_size} bytes")


def _ships(row: dict[str, object]) -> bool:
    title = str(row["title"]).lower()
    return row["source"] in SHIPPED and not title.startswith(_NO_BOOKS)


if __name__ == "__main__":
    main()
