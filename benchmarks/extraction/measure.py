"""Article extraction beside its peers: F1 over 4-word shingles, and CPU a page.

    python benchmarks/extraction/measure.py PAGES.tar.gz [--limit N] [--worst N] [--only NAME]

PAGES.tar.gz holds folders with source.html, expected.html and expected-metadata.json, as in the
test pages of mozilla/readability. Every extractor sees the same pages in the same run.
"""

from __future__ import annotations

import argparse
import json
import re
import tarfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from lxml import html as lxml_html

from service.ingest.pages import extract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHINGLE = 4


@dataclass(slots=True)
class PageCase:
    name: str
    source: bytes = b""
    expected: bytes = b""
    metadata: dict[str, Any] = field(default_factory=dict)


def cases(path: str) -> Iterator[PageCase]:
    found: dict[str, PageCase] = {}
    with tarfile.open(path) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is None:
                continue
            where = PurePosixPath(member.name)
            case = found.setdefault(where.parent.name, PageCase(where.parent.name))
            if where.name == "source.html":
                case.source = file.read()
            elif where.name == "expected.html":
                case.expected = file.read()
            elif where.name == "expected-metadata.json":
                case.metadata = json.loads(file.read())
    yield from (case for case in found.values() if case.source and case.expected)


def words_of_html(html: str | bytes) -> list[str]:
    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else html
    if not text.strip():
        return []
    tree = lxml_html.fromstring(f"<div>{text}</div>")
    return words(" ".join(tree.itertext()))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def shingles(found: list[str]) -> Counter[tuple[str, ...]]:
    if 0 < len(found) < SHINGLE:
        return Counter([tuple(found)])
    return Counter(tuple(found[at : at + SHINGLE]) for at in range(len(found) - SHINGLE + 1))


def precision_recall(expected: list[str], got: list[str]) -> tuple[float, float]:
    want, have = shingles(expected), shingles(got)
    both = sum((want & have).values())
    precision = both / have.total() if have else float(not want)
    recall = both / want.total() if want else 1.0
    return precision, recall


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def ours(source: bytes) -> list[str]:
    return words_of_html(extract(source, url="http://fakehost/test/page.html").html)


def by_trafilatura(source: bytes) -> list[str]:
    import trafilatura

    return words(trafilatura.extract(source, include_comments=False, include_tables=True) or "")


def by_readability(source: bytes) -> list[str]:
    from readability import Document

    return words_of_html(Document(source.decode("utf-8", "replace")).summary())


def by_resiliparse(source: bytes) -> list[str]:
    from resiliparse.extract.html2text import (
        extract_plain_text,
    )

    return words(extract_plain_text(source.decode("utf-8", "replace"), main_content=True))


EXTRACTORS: dict[str, Callable[[bytes], list[str]]] = {
    "bookplate": ours,
    "trafilatura": by_trafilatura,
    "readability-lxml": by_readability,
    "resiliparse": by_resiliparse,
}


def measure(
    pages: list[PageCase], extractor: Callable[[bytes], list[str]]
) -> tuple[list[tuple[float, float, str]], float]:
    """(precision, recall, name) for each page, and the CPU seconds of all."""
    extractor(pages[0].source)
    rows, spent = [], 0.0
    for page in pages:
        begun = time.process_time()
        got = extractor(page.source)
        spent += time.process_time() - begun
        rows.append((*precision_recall(words_of_html(page.expected), got), page.name))
    return rows, spent


def metadata_right(pages: list[PageCase]) -> str:
    """How often our title and authors are those expected, where any are."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for page in pages:
        found = extract(page.source, url="http://fakehost/test/page.html")
        got = {"title": found.title, "byline": " ".join(found.authors), "lang": found.language}
        for name, value in got.items():
            expected = page.metadata.get(name)
            if expected:
                total[name] += 1
                right[name] += _same(str(expected), value or "")
    return "  ".join(f"{name} {right[name]}/{total[name]}" for name in total)


def _same(expected: str, got: str) -> bool:
    want, have = words(expected.lower()), words(got.lower())
    return want == have or (bool(have) and set(have) <= set(want) | {"by"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pages", help="the tar.gz with the pages")
    parser.add_argument("--limit", type=int, help="only so many pages")
    parser.add_argument("--worst", type=int, default=0, help="also print our worst pages")
    parser.add_argument("--only", action="append", choices=EXTRACTORS, help="only this extractor")
    arguments = parser.parse_args()
    pages = list(cases(arguments.pages))[: arguments.limit]
    print(f"{len(pages)} pages, F1 over {SHINGLE}-word shingles, mean over pages")
    for name in arguments.only or EXTRACTORS:
        try:
            rows, spent = measure(pages, EXTRACTORS[name])
        except ImportError:
            print(f"{name:18} not installed")
            continue
        precision = sum(row[0] for row in rows) / len(rows)
        recall = sum(row[1] for row in rows) / len(rows)
        mean = sum(f1(row[0], row[1]) for row in rows) / len(rows)
        print(
            f"{name:18} F1 {mean:.4f}  precision {precision:.4f}  recall {recall:.4f}  "
            f"(F1 of these {f1(precision, recall):.4f})  "
            f"{1000 * spent / len(rows):.1f} ms CPU a page"
        )
        if name == "bookplate":
            print(f"{'':18} {metadata_right(pages)}")
            for row in sorted(rows, key=lambda row: f1(row[0], row[1]))[: arguments.worst]:
                print(f"  {f1(row[0], row[1]):.3f}  p {row[0]:.3f}  r {row[1]:.3f}  {row[2]}")


if __name__ == "__main__":
    main()
