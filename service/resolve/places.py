"""Where a post names and links books: what the blog's ledger is made of.

A link that the blogger set teaches which book its words mean: the title in the link, or the one
that the words beside the link surely mean.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service.model import Book, Edition, Finding, Place
from service.resolve.agreement import surnames
from service.resolve.ties import tied
from service.resolve.titles import main_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.model import Document, ShopLink
    from service.ports import Programme

_LINKS = ("amazon_link", "shop_link")
_NAMES = ("book_mention", "book_link")


def places(
    findings: Sequence[Finding], document: Document, programmes: Sequence[Programme]
) -> tuple[Place, ...]:
    """Every place of these resolved findings that is about a book, in order."""
    named = [each for each in findings if each.kind in _NAMES and each.decision != "ignore"]
    inside = {each.url for each in named if each.url is not None}
    found: list[Place] = []
    for each in findings:
        if each.kind in _LINKS and each.url not in inside:
            link = _product(each, programmes)
            if link is not None and link.isbn13 is not None:
                found.append(_linked(each, link, _meant(each, named, findings, document)))
        elif each.kind == "isbn":
            found.append(_place(each, _edition(each)))
        elif each.kind in _NAMES and each.decision != "ignore" and each.title:
            link = _product(each, programmes)
            if link is not None:
                found.append(_linked(each, link, each))
            else:
                found.append(_place(each, _edition(each)))
    return tuple(_each_once(found))


def _product(finding: Finding, programmes: Sequence[Programme]) -> ShopLink | None:
    """The product that the finding's link leads to as it stands in the post."""
    if not finding.url:
        return None
    read = (each.read(finding.url) for each in programmes)
    link = next((each for each in read if each is not None), None)
    if link is None or link.kind != "product" or not (link.isbn13 or link.asin):
        return None
    return link


def _meant(
    link: Finding, named: Sequence[Finding], findings: Sequence[Finding], document: Document
) -> Finding:
    """The link, with the title that its number has in the catalogue, else that of the book which
    the words around it surely mean; else without one: its own words may be anything."""
    if link.authors:
        return link
    others = [each for each in findings if each.kind in _LINKS and each is not link]
    words = replace(link, kind="book_link", title=None, confidence=1.0)
    mentions = [each for each in named if each.kind == "book_mention"]
    tie = next(iter(tied([words], mentions, others, document)), None)
    if tie is None or tie.decision != "link":
        return replace(link, title=None)
    return replace(link, title=tie.title, authors=tie.authors)


def _linked(finding: Finding, link: ShopLink, meant: Finding) -> Place:
    edition = Edition(link.isbn13, link.isbn10, link.asin)
    return replace(_place(meant, edition), words=finding.link_text or finding.text, url=finding.url)


def _edition(finding: Finding) -> Edition | None:
    if not (finding.isbn13 or finding.asin):
        return None
    return Edition(finding.isbn13, finding.isbn10, finding.asin)


def _place(finding: Finding, edition: Edition | None) -> Place:
    book = Book(finding.title or "", finding.authors, edition=edition)
    return Place(
        book,
        main_key(book.title),
        tuple(sorted(surnames(book))),
        finding.text,
        None,
        finding.decision,
        finding.confidence,
        finding.alternatives,
    )


def _each_once(found: Sequence[Place]) -> Iterator[Place]:
    """A book named five times with one number is named once, a link once by its address; each by
    the place that is linked, else by the surest."""
    best: dict[tuple[object, ...], Place] = {}
    for each in found:
        key = (each.key, each.book.edition, each.url)
        if key not in best or _weight(each) > _weight(best[key]):
            best[key] = each
    return iter(best.values())


def _weight(place: Place) -> tuple[bool, float]:
    return place.decision == "link", place.confidence
