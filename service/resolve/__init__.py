"""A finding becomes a book: the catalogue, what the post says elsewhere, what was ruled before.

Here it is decided: which reading of overlapping words holds, which book is meant, whether it may
be linked without asking.
"""

import re
from collections.abc import Sequence
from functools import cache

from service.model import Document, Finding, Ruling, Thresholds
from service.ports import Catalogue
from service.resolve.agreement import words_of
from service.resolve.catalogue import open_catalogue
from service.resolve.decide import LINK, SUGGEST, decided
from service.resolve.languages import Reader
from service.resolve.links import resolved_links
from service.resolve.meant import with_books
from service.resolve.mentions import resolved_mentions
from service.resolve.rulings import promoted, ruled
from service.resolve.ties import tied

_TAG = re.compile(r"<[^>]*>")

__all__ = ["LINK", "SUGGEST", "Reader", "open_catalogue", "resolve"]


def resolve(
    findings: Sequence[Finding],
    document: Document,
    catalogue: Catalogue,
    rulings: Sequence[Ruling] = (),
    reader: Reader | None = None,
    thresholds: Thresholds | None = None,
) -> list[Finding]:
    """The findings with their books and decisions, sorted by start, mentions not overlapping.

    `reader` is for whom editions are chosen; without one, the document's language decides.

    Mentions less likely than `thresholds` say are dropped, unless a ruling speaks of them; so are
    lost links that mean no one book. Raises CatalogueError where the catalogue can't be read.
    """
    links = resolved_links(findings, catalogue)
    weighed = promoted(findings, rulings)
    mentions = resolved_mentions(weighed, links)
    reader = reader or Reader(lambda: document.language)
    words = cache(lambda: words_of(_TAG.sub(" ", document.source)))
    mentions = with_books(mentions, links, catalogue, reader=reader, words=words)
    mentions = ruled(mentions, rulings)
    link, least = (thresholds.link, thresholds.suggest) if thresholds else (LINK, SUGGEST)
    told = [decided(each, link) for each in mentions if _is_told(each, least)]
    unlikely = [each for each in mentions if not _is_told(each, least)]
    lost = [each for each in findings if each.kind == "book_link"]
    told += tied(lost, told, links, document, unlikely)
    return sorted([*links, *told], key=lambda each: (each.start, each.end, each.kind))


def _is_told(finding: Finding, least: float) -> bool:
    return finding.confidence >= least or finding.decided_by == "person"
