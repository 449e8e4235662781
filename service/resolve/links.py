"""Shop links and printed ISBNs, with the title and authors that the catalogue knows them by."""

from collections.abc import Sequence
from dataclasses import replace

from service.model import Book, Finding
from service.ports import Catalogue
from service.resolve.editions import full_title


def resolved_links(findings: Sequence[Finding], catalogue: Catalogue) -> list[Finding]:
    """The shop links and ISBNs among the findings, each with its book as far as known."""
    found = []
    for each in findings:
        if each.kind in ("amazon_link", "shop_link", "isbn"):
            book = _by_number(each, catalogue)
            found.append(_filled(each, book) if book is not None else each)
    return found


def _by_number(finding: Finding, catalogue: Catalogue) -> Book | None:
    if finding.isbn13 is not None:
        return catalogue.by_isbn(finding.isbn13)
    return catalogue.by_asin(finding.asin) if finding.asin is not None else None


def _filled(finding: Finding, book: Book) -> Finding:
    return replace(
        finding,
        title=full_title(book),
        authors=book.authors,
        why=(*finding.why, "the catalogue knows this number"),
    )
