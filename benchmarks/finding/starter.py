"""Make the starter catalogue that ships in the package, from rows whose terms allow it.

    python -m benchmarks.finding.starter CATALOGUE.jsonl.gz

CATALOGUE: a row a book, with its `source`. The terms stand in starter/LICENCES.md.
"""

import gzip
import json
import sys
from pathlib import Path

from service.resolve.catalogue import STARTER, sorted_rows

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
    rows = sorted_rows(b"\n".join(kept), "starter")
    STARTER.write_bytes(gzip.compress(rows, 9, mtime=0))
    print(f"{len(kept)} rows, {STARTER.stat().st_size} bytes")


def _ships(row: dict[str, object]) -> bool:
    title = str(row["title"]).lower()
    return row["source"] in SHIPPED and not title.startswith(_NO_BOOKS)


if __name__ == "__main__":
    main()
