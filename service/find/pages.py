"""Mentions that stand in links to a book's own page: the words name it, the address its number."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from service.find.links import could_be_title, is_title_case
from service.find.reading import Reading
from service.find.sites import book_page
from service.identifiers import isbns
from service.model import Finding

#: so sure are words that the address of a book's page spells; the words of a link to one, in Title
#: Case with and without an ISBN in its address, and otherwise
_SPELT, _NUMBERED, _WHOLE, _SENTENCE = 0.97, 0.95, 0.85, 0.5
#: words of a link that name a shop, not a book
_SHOP = re.compile(
    r"(?:(?:buy|get|order|shop|find|view|see|available|purchase)\b[^\n]{0,40} (?:on|at|from|via) )?"
    r"(?:[\w-]+\.(?:com|org|net|co\.uk|de|fr|es)|amazon|bookshop|goodreads|waterstones|audible|kobo"
    r"|barnes (?:&|and) noble|indiebound|thalia|powell[’']s)\b[^\n]{0,12}$",
    re.IGNORECASE,
)


def with_pages(mentions: Iterable[Finding], reading: Reading) -> Iterator[Finding]:
    """The mentions; those in a link to a book's page likelier, with the ISBN of its address."""
    page_at = cache(book_page)
    for each in mentions:
        if each.url and _SHOP.match(each.text):
            continue
        page = page_at(each.url) if each.url else None
        if page is None:
            yield each
        elif page.is_titled(each.text):
            why = f"the address of its page at {page.host} spells it"
            yield _at_least(_numbered(each, page.isbn13), _SPELT, why)
        elif could_be_title(each.text) and _is_whole_link(each, reading):
            why = f"its link leads to a book’s page at {page.host}"
            sure = (_NUMBERED if page.isbn13 else _WHOLE) if is_title_case(each.text) else _SENTENCE
            yield _at_least(_numbered(each, page.isbn13), sure, why)
        else:
            yield each


def _is_whole_link(mention: Finding, reading: Reading) -> bool:
    start = reading.text.text_offset(mention.start)
    link = reading.link_at(start, start + 1)
    return link is not None and reading.text.text[link.start : link.end].strip() == mention.text


def _numbered(mention: Finding, isbn13: str | None) -> Finding:
    if isbn13 is None:
        return mention
    return replace(mention, isbn13=isbn13, isbn10=isbns(isbn13)[1])


def _at_least(mention: Finding, sure: float, why: str) -> Finding:
    return replace(mention, confidence=max(mention.confidence, sure), why=(why, *mention.why))
