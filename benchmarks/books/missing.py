"""Says what is missing where there are no marked posts to learn from."""

import sys
from pathlib import Path

FILES = ("gold/posts.jsonl", "data/catalogue.jsonl.gz", "data/readability_pages.tar.gz")


def missing(folder: Path) -> str | None:
    """What a person must know who lacks the data; None if all is there."""
    absent = [each for each in FILES if not (folder / each).is_file()]
    if not absent:
        return None
    return (
        f"There is no {', no '.join(absent)} in {folder}.\n"
        "Weights are learned from marked posts, which belong to their bloggers and are not part of "
        "this repository. Put your own into that form (benchmarks/books/marked.py says it) and set "
        "BOOKPLATE_DATA to the folder that holds gold/ and data/."
    )


def folder_or_exit(folder: Path) -> Path:
    """The folder, if it holds everything; else says what is missing and ends with 2."""
    lacking = missing(folder)
    if lacking is not None:
        print(lacking, file=sys.stderr)
        sys.exit(2)
    return folder
