"""Powell's Books: its links, tagging and rules. A link needs the partner's id and the ISBN."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from service.identifiers import isbns
from service.model import ShopLink
from service.rulepack import RulePack
from service.weblink import table_rows, web_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.model import Book, Rule
    from service.weblink import WebLink

PACK = RulePack(Path(__file__).with_name("rules.json"))
MARKET = "powells.com"
_HOSTS = ("powells.com", "www.powells.com")
#: parameters that carry a partner's id
_TAGS = ("partnerid", "pid", "partner_id")
_PARTNER = re.compile(r"[0-9A-Za-z]{1,32}", re.ASCII)
#: an ISBN with what may stand around it: a copy's number before and behind, or a slug before
_ISBNS = {
    "{isbn}": re.compile(r"([0-9]{9}[0-9Xx]|97[89][0-9]{10})", re.ASCII),
    "{isbn-between}": re.compile(
        r"[0-9]{1,3}-([0-9]{9}[0-9Xx]|97[89][0-9]{10})-[0-9]{1,3}", re.ASCII
    ),
    "{isbn-behind}": re.compile(r"(?:.*-)?(97[89][0-9]{10})", re.ASCII | re.DOTALL),
}


_FORMS = [tuple(row[1].split("/")) for row in table_rows(Path(__file__).with_name("forms.tsv"))]


class Powells:
    """Powell's partner programme. Fills service.ports.Programme."""

    kind: ClassVar[str] = "powells"
    names: ClassVar[tuple[str, ...]] = ("Powell's", "Powell’s")
    hosts: ClassVar[tuple[str, ...]] = ("powells.",)
    marketplaces: ClassVar[tuple[str, ...]] = (MARKET,)
    pack: ClassVar[RulePack] = PACK

    def read(self, url: str) -> ShopLink | None:
        """The link, read; None for a URL that is not Powell's shop."""
        link = web_link(url)
        if link is None or link.host not in _HOSTS:
            return None
        isbn13, isbn10 = _book(link)
        return ShopLink(
            url,
            "product" if isbn13 else "other",
            self.kind,
            MARKET,
            isbn13=isbn13,
            isbn10=isbn10,
            canonical=f"https://www.{MARKET}/book/-{isbn13}" if isbn13 else None,
            tag=_partner(link),
        )

    def tagged(self, link: ShopLink, ids: Mapping[str, str]) -> str | None:
        """The book's partner link; None for other pages, and without an id."""
        partner = ids.get(MARKET)
        return _partner_link(partner, link.isbn13) if partner and link.isbn13 else None

    def link_for(self, book: Book, marketplace: str, ids: Mapping[str, str]) -> str | None:
        """The book's partner link by its ISBN-13; None without one."""
        partner = ids.get(MARKET)
        isbn13 = book.edition.isbn13 if book.edition else None
        return _partner_link(partner, isbn13) if partner and isbn13 else None

    def rule(self, network: str, marketplaces: Iterable[str], language: str | None) -> Rule:
        """What the rule pack says of links to Powell's on such a network."""
        return self.pack.rule(network, tuple(marketplaces), language)


def _partner_link(partner: str, isbn13: str) -> str:
    return f"https://www.{MARKET}/partner/{partner}/biblio/{isbn13}"


def _book(link: WebLink) -> tuple[str | None, str | None]:
    """(ISBN-13, ISBN-10) of the book that the path is about."""
    for form in _FORMS:
        if len(form) == len(link.segments) and all(map(_fits, form, link.segments)):
            found = _ISBNS[form[-1]].fullmatch(link.segments[-1])
            return isbns(found[1]) if found else (None, None)
    return None, None


def _fits(wanted: str, segment: str) -> bool:
    pattern = _PARTNER if wanted == "{partner}" else _ISBNS.get(wanted)
    return pattern.fullmatch(segment) is not None if pattern else wanted == segment.lower()


def _partner(link: WebLink) -> str | None:
    if link.segments[:1] == ("partner",) and _PARTNER.fullmatch("".join(link.segments[1:2])):
        return link.segments[1]
    found = (link.query.get(each, "") for each in _TAGS)
    return next((each for each in found if _PARTNER.fullmatch(each)), None)
