"""Measure find and resolve, as they ship, on marked posts: what is found, and how fast.

    python -m benchmarks.finding.measure POSTS.jsonl [--catalogue FILE] [--answers FILE]

POSTS is the file that benchmarks.finding.train learns from: numbers on the posts that the
weights were learned from flatter; train prints those on blogs left out.
"""

import argparse
import json
import resource
import time
from pathlib import Path

from benchmarks.finding.train import NOTHING, answer, marked, report, save
from service.find import find
from service.model import Document
from service.ports import Catalogue
from service.resolve import open_catalogue, resolve

_ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path)
    parser.add_argument("--catalogue", type=Path, help="instead of the starter catalogue")
    parser.add_argument("--no-catalogue", action="store_true")
    parser.add_argument("--answers", type=Path, help="write what was found")
    asked = parser.parse_args()
    with asked.posts.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    catalogue = NOTHING if asked.no_catalogue else open_catalogue(asked.catalogue)
    answers = [answer(row, marked(row), catalogue) for row in rows]
    report(answers)
    if asked.answers:
        save(asked.answers, answers)
    documents = [Document(row["html"], "html", None, row["title"] or None) for row in rows]
    words = sum(len(row["text"].split()) for row in rows)
    seconds = min(_seconds(documents, catalogue) for _ in range(_ROUNDS))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{words / seconds:,.0f} words a second of CPU; {memory:.0f} MB at most")


def _seconds(documents: list[Document], catalogue: Catalogue) -> float:
    began = time.process_time()
    for document in documents:
        resolve(find(document, ()), document, catalogue)
    return time.process_time() - began


if __name__ == "__main__":
    main()
