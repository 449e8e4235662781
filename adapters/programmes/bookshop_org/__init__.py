"""Bookshop.org, in the United States and the United Kingdom: its links, tagging and rules.

Help: https://support.bookshop.org/en/support/solutions/folders/65000154819
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote_plus

from adapters.programmes.bookshop_org.reading import HOSTS, read
from service.rulepack import RulePack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.model import Book, Rule, ShopLink

PACK = RulePack(Path(__file__).with_name("rules.json"))
_BRITISH = frozenset(("amazon.co.uk", "uk.bookshop.org"))


class BookshopOrg:
    """Bookshop.org's affiliate programme. Fills service.ports.Programme.

    A link needs the affiliate id, a number, and the book's ISBN-13; lists and storefronts credit
    whoever made them, so they carry nobody else's id.
    """

    kind: ClassVar[str] = "bookshop_org"
    names: ClassVar[tuple[str, ...]] = ("Bookshop.org",)
    hosts: ClassVar[tuple[str, ...]] = ("bookshop.org",)
    marketplaces: ClassVar[tuple[str, ...]] = tuple(dict.fromkeys(HOSTS.values()))
    pack: ClassVar[RulePack] = PACK

    def read(self, url: str) -> ShopLink | None:
        """The link, read; None for a URL that is not Bookshop.org's shop."""
        return read(url, self.kind)

    def tagged(self, link: ShopLink, ids: Mapping[str, str]) -> str | None:
        """The book's affiliate link; None for other pages, and without an id there."""
        affiliate = ids.get(link.marketplace or "")
        if not affiliate or link.isbn13 is None or link.kind != "product":
            return None
        return _affiliate_link(link.marketplace or "", affiliate, link.isbn13)

    def link_for(self, book: Book, marketplace: str, ids: Mapping[str, str]) -> str | None:
        """The book's affiliate link by its ISBN-13. Without one a search, which carries no id.

        The British shop serves whoever sells at a British marketplace and has an id there.
        """
        market = _market(marketplace, ids)
        if market is None:
            return None
        if book.edition is not None and book.edition.isbn13:
            return _affiliate_link(market, ids[market], book.edition.isbn13)
        words = " ".join(" ".join((book.title, *book.authors[:1])).split())
        if not words:
            return None
        return f"https://{market}/search?keywords={quote_plus(words, errors='ignore')}"

    def rule(self, network: str, marketplaces: Iterable[str], language: str | None) -> Rule:
        """What the rule pack says of links to these marketplaces on such a network."""
        return self.pack.rule(network, tuple(marketplaces), language)


def _affiliate_link(market: str, affiliate: str, isbn13: str) -> str:
    return f"https://{market}/a/{affiliate}/{isbn13}"


def _market(marketplace: str, ids: Mapping[str, str]) -> str | None:
    """Where the blogger's readers are sent: their own country's shop, else any with an id."""
    near = "uk.bookshop.org" if marketplace in _BRITISH else "bookshop.org"
    known = [each for each in dict.fromkeys((near, *HOSTS.values())) if ids.get(each)]
    return known[0] if known else None
