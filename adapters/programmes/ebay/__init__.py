"""eBay's Partner Network, on every marketplace that it names: links, tagging and rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlencode

from adapters.programmes.ebay.reading import ROTATIONS, affiliate, read
from service.model import ShopLink
from service.rulepack import RulePack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.model import Book, Rule

PACK = RulePack(Path(__file__).with_name("rules.json"))
#: the category of books, on every marketplace
_BOOKS = "267"


class Ebay:
    """eBay's affiliate programme. Fills service.ports.Programme.

    A link needs the campaign's id and the marketplace's rotation id. eBay has offers, not books:
    a book is linked to what is on offer by its ISBN.
    """

    kind: ClassVar[str] = "ebay"
    names: ClassVar[tuple[str, ...]] = ("eBay",)
    hosts: ClassVar[tuple[str, ...]] = ("ebay.",)
    marketplaces: ClassVar[tuple[str, ...]] = tuple(ROTATIONS)
    pack: ClassVar[RulePack] = PACK

    def read(self, url: str) -> ShopLink | None:
        """The link, read; None for a URL that is not eBay's shop."""
        reading = read(url)
        if reading is None:
            return None
        kind, market, isbn13, isbn10, base, tag = reading
        return ShopLink(
            url, kind, self.kind, market, isbn13=isbn13, isbn10=isbn10, canonical=base, tag=tag
        )

    def tagged(self, link: ShopLink, ids: Mapping[str, str]) -> str | None:
        """The page's affiliate link; None for pages that carry none, and without an id there."""
        campaign = ids.get(link.marketplace or "")
        reading = read(link.url) if campaign else None
        return affiliate(reading, campaign) if reading and campaign else None

    def link_for(self, book: Book, marketplace: str, ids: Mapping[str, str]) -> str | None:
        """An affiliate link to what is on offer of the book: by its ISBN, else by its title and
        author. None without a campaign for the readers' own eBay."""
        market = f"ebay.{marketplace.partition('.')[2]}"
        campaign = ids.get(market)
        isbn13 = book.edition.isbn13 if book.edition else None
        words = isbn13 or " ".join(" ".join((book.title, *book.authors[:1])).split())
        if campaign is None or not words:
            return None
        query = urlencode({"_nkw": words, "_sacat": _BOOKS}, errors="ignore")
        reading = read(f"https://www.{market}/sch/i.html?{query}")
        return affiliate(reading, campaign) if reading else None

    def rule(self, network: str, marketplaces: Iterable[str], language: str | None) -> Rule:
        """What the rule pack says of links to these marketplaces on such a network."""
        return self.pack.rule(network, tuple(marketplaces), language)
