"""Amazon: its link grammar, its marketplaces, its tagging and its rules, with their data tables.

Light to import: `bookplate links` starts with it.
"""

from __future__ import annotations

from functools import cache, lru_cache

from adapters.programmes.amazon.marketplaces import MARKETPLACES, marketplace_of
from adapters.programmes.amazon.reading import affiliate, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import ClassVar

    from service.model import Book, Rule, ShopLink
    from service.rulepack import RulePack

__all__ = ["MARKETPLACES", "Amazon", "marketplace_of"]


#: rooms ask about the same link one after the other
_reading = lru_cache(maxsize=64)(read)


@lru_cache(maxsize=64)
def _link(url: str) -> ShopLink | None:
    reading = _reading(url)
    if reading is None:
        return None
    kind, marketplace, asin, isbn13, isbn10, canonical, tag = reading[:7]
    return _shop_link()(
        url,
        kind,  # type: ignore[arg-type]
        Amazon.kind,
        marketplace,
        asin,
        isbn13,
        isbn10,
        canonical,
        tag,
    )


@cache  # an import, however often, takes longer than the reading of a host
def _shop_link() -> type[ShopLink]:
    from service.model import ShopLink

    return ShopLink


class Amazon:
    """Amazon Associates, on every marketplace. Fills service.ports.Programme."""

    kind: ClassVar[str] = "amazon"
    names: ClassVar[tuple[str, ...]] = ("Amazon",)
    hosts: ClassVar[tuple[str, ...]] = (
        "amazon.",
        "amzn.",
        "a.co/",
        "amazon-adsystem.",
        "amzlink.to/",
    )
    marketplaces: ClassVar[tuple[str, ...]] = MARKETPLACES

    def read(self, url: str) -> ShopLink | None:
        """The link, read; None for a URL that is not Amazon's. Never raises, linear time."""
        return _link(url)

    def tagged(self, link: ShopLink, ids: Mapping[str, str]) -> str | None:
        """The link with the blogger's tracking id; None where no id applies or none may be set.

        Anybody's tag is replaced wherever it sits, tracking is dropped, what changes the page
        stays. Tagging what is tagged changes nothing.
        """
        reading = _reading(link.url)
        return affiliate(reading, ids) if reading else None

    def link_for(self, book: Book, marketplace: str, ids: Mapping[str, str]) -> str | None:
        """A tagged link to the book's product page, or to a search among books where its edition
        is unknown. None without a tracking id for the marketplace, or without a title."""
        from adapters.programmes.amazon.books import book_link

        tracking_id = ids.get(marketplace)
        return book_link(book, marketplace, tracking_id) if tracking_id else None

    def rule(self, network: str, marketplaces: Iterable[str], language: str | None) -> Rule:
        """What the rule pack says of links to these marketplaces on such a network."""
        return self.pack.rule(network, tuple(marketplaces), language)

    @property
    def pack(self) -> RulePack:
        """The rule pack: what it says, of which networks, and when it was read."""
        from adapters.programmes.amazon.rules import PACK

        return PACK
