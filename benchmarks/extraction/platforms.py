"""Extraction from the pages of blog platforms beside its peers, words and metadata.

    python -m benchmarks.extraction.platforms [--only NAME]

Each of our own posts in each of our own themes (tests/data/pages): what must come out is known
exactly. A peer is asked for what it offers; a field that it does not know counts as wrong.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from benchmarks.extraction.measure import EXTRACTORS, f1, precision_recall, words
from service.ingest.pages import extract
from tests.ingest.blog_pages import BlogPage, pages

if TYPE_CHECKING:
    from collections.abc import Callable

FIELDS = "title", "authors", "published", "canonical_url"


def our_text(page: BlogPage) -> list[str]:
    return words(extract(page.html, url=page.url).text)


def our_fields(page: BlogPage) -> dict[str, Any]:
    found = extract(page.html, url=f"{page.url}?utm_source=feed")
    return {
        "title": found.title,
        "authors": "; ".join(found.authors),
        "published": found.published.date().isoformat() if found.published else None,
        "canonical_url": found.canonical_url,
    }


def fields_of_trafilatura(page: BlogPage) -> dict[str, Any]:
    import trafilatura

    found = trafilatura.extract_metadata(page.html, default_url=f"{page.url}?utm_source=feed")
    return {
        "title": found.title,
        "authors": found.author,
        "published": found.date,
        "canonical_url": found.url,
    }


def fields_of_readability(page: BlogPage) -> dict[str, Any]:
    from readability import Document

    return {"title": Document(page.html).short_title()}


READERS: dict[str, Callable[[BlogPage], dict[str, Any]]] = {
    "bookplate": our_fields,
    "trafilatura": fields_of_trafilatura,
    "readability-lxml": fields_of_readability,
}


def expected(page: BlogPage) -> dict[str, Any]:
    """What the page states of title, authors, day and address."""
    stated: dict[str, Any] = {"title": page.title, "canonical_url": page.url}
    if "authors" in page.says:
        stated["authors"] = "; ".join(page.says["authors"])
    if "published" in page.says:
        stated["published"] = page.says["published"][:10]
    return stated


def right(given: list[BlogPage], read: Callable[[BlogPage], dict[str, Any]]) -> str:
    good: Counter[str] = Counter()
    stated: Counter[str] = Counter()
    for page in given:
        got = read(page)
        for field, value in expected(page).items():
            stated[field] += 1
            good[field] += got.get(field) == value
    return "  ".join(f"{field} {good[field]}/{stated[field]}" for field in FIELDS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", action="append", choices=EXTRACTORS, help="only this extractor")
    only = parser.parse_args().only or list(EXTRACTORS)
    given = list(pages())
    print(f"{len(given)} pages of blog platforms, F1 over 4-word shingles, mean over pages")
    for name in only:
        scores, spent = [], 0.0
        for page in given:
            begun = time.process_time()
            got = our_text(page) if name == "bookplate" else EXTRACTORS[name](page.html.encode())
            spent += time.process_time() - begun
            scores.append(f1(*precision_recall(list(page.text), got)))
        exact = sum(score > 0.9999 for score in scores)
        print(
            f"{name:18} F1 {sum(scores) / len(scores):.4f}  every word of {exact} pages  "
            f"{1000 * spent / len(given):.1f} ms CPU a page"
        )
        if name in READERS:
            print(f"{'':18} {right(given, READERS[name])}")


if __name__ == "__main__":
    main()
