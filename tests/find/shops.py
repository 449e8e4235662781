"""A shop for tests: product pages by ASIN, short links, everything else "other"."""

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from service.identifiers import isbns
from service.model import Book, Rule, ShopLink


class Shop:
    """Reads links of amazon.com and amzn.to."""

    kind: ClassVar[str] = "amazon"
    names: ClassVar[tuple[str, ...]] = ("Amazon",)
    hosts: ClassVar[tuple[str, ...]] = ("amazon.", "amzn.")
    marketplaces: ClassVar[tuple[str, ...]] = ("amazon.com", "amazon.de")

    def read(self, url: str) -> ShopLink | None:
        if "//amzn.to/" in url:
            return ShopLink(url, "short", self.kind)
        product = re.match(r"https://www\.amazon\.com/dp/(\w{10})", url)
        if product:
            isbn13, isbn10 = isbns(product[1])
            asin = product[1]
            return ShopLink(url, "product", self.kind, "amazon.com", asin, isbn13, isbn10)
        return ShopLink(url, "other", self.kind) if "amazon.com" in url else None

    def tagged(self, link: ShopLink, ids: Mapping[str, str]) -> str | None:
        return None

    def link_for(self, book: Book, marketplace: str, ids: Mapping[str, str]) -> str | None:
        return None

    def rule(self, network: str, marketplaces: Iterable[str], language: str | None) -> Rule:
        return Rule("allowed", "a test")
