"""Shop links and printed ISBNs, with the title and authors that the catalogue knows them by.

A link to a number that the blogger corrected means the right one from then on.
"""

from collections.abc import Sequence
from dataclasses import replace

from service.model import Book, Edition, Finding
from service.ports import Catalogue
from service.resolve.editions import full_title

#: the reason why a link has the catalogue's title
KNOWN = "the catalogue knows this number"


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
    known = replace(
        finding,
        title=full_title(book),
        authors=book.authors,
        why=(*finding.why, book.told or KNOWN),
    )
    if book.told is None or finding.kind == "isbn" or _leads_to(finding, book):
        return known
    edition = book.edition or Edition()
    return replace(
        known,
        isbn13=edition.isbn13,
        isbn10=edition.isbn10,
        asin=edition.asin or edition.isbn10,
        decided_by="person",
    )


def _leads_to(finding: Finding, book: Book) -> bool:
    """Whether the link leads to the book's edition already."""
    edition = book.edition or Edition()
    same = finding.isbn13 is not None and finding.isbn13 == edition.isbn13
    return same or (finding.asin is not None and finding.asin in (edition.asin, edition.isbn10))
