"""Calls to buy without a link: how many are tied to the book they mean, how many to a wrong one.

    python -m benchmarks.lost_links.measure [CASES.jsonl …]

A case is a document with what is to be tied in it: `{"name", "media", "source", "language",
"ties": [[WORDS, TITLE], …]}`. WORDS stand within the words of the finding (or the finding within
them), TITLE is the main title; no ties: it is to be left alone. Without arguments the cases of
the tests are measured, which were written by us: they say what is meant, not how often.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service import pipeline
from service.model import Document, Finding
from service.plugins import programmes

CASES = Path(__file__).parents[2] / "tests" / "data" / "lost_links.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, nargs="*", default=[CASES])
    parser.add_argument("--verbose", action="store_true", help="tell each case that is not right")
    asked = parser.parse_args()
    rows = [json.loads(line) for path in asked.cases for line in path.open(encoding="utf-8")]
    table = {True: Counter[str](), False: Counter[str]()}
    for row in rows:
        found = lost_links(row)
        outcome = judged(row, found)
        table[bool(row["ties"])][outcome] += 1
        if asked.verbose and outcome != "right":
            print(f"{outcome}: {row['name']}")
            for each in found:
                print(f"    {each.text!r} → {each.title} ({each.confidence}, {each.why})")
    print("| cases | right | abstained | wrong |\n|---|---|---|---|")
    for name, counts in (("to be tied", table[True]), ("to be left alone", table[False])):
        cells = " | ".join(str(counts[each]) for each in ("right", "abstained", "wrong"))
        print(f"| {sum(counts.values())} {name} | {cells} |")


def lost_links(row: dict[str, Any]) -> list[Finding]:
    """What is tied in a case's document, by the starter catalogue."""
    document = Document(row["source"], row["media"], language=row.get("language"))
    found = pipeline.scan(document, programmes=programmes(), catalogue=pipeline.catalogue())
    return [each for each in found if each.kind == "book_link"]


def judged(row: dict[str, Any], found: list[Finding]) -> str:
    """ "right", "abstained" (one was not tied, none wrongly) or "wrong" (one tied wrongly)."""
    left = list(found)
    missed = sum(_take(left, *tie) is None for tie in row["ties"])
    if left:
        return "wrong"
    return "abstained" if missed else "right"


def _take(found: list[Finding], words: str, title: str) -> Finding | None:
    for each in _fitting(found, words, title):
        found.remove(each)
        return each
    return None


def _fitting(found: list[Finding], words: str, title: str) -> Iterator[Finding]:
    for each in found:
        same = words.casefold() in each.text.casefold() or each.text.casefold() in words.casefold()
        if same and (each.title or "").casefold().startswith(title.casefold()):
            yield each


if __name__ == "__main__":
    main()
