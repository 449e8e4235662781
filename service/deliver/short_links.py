"""Short links are opened by asking the shop's own shortener, once for good.

Asked through the safe fetcher, without cookies, and with nobody's tag added; the redirect is
read, not followed. One that can't be opened stays as it stands in the post.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from service.errors import FetchError
from service.store.tables import ShortLinkRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from service.deliver.publisher import Publisher
    from service.model import Book, Finding, Rule, ShopLink
    from service.pipeline import Shops
    from service.ports import Programme

#: the most short links asked for a post, and the most shorteners one passes through
_MOST_LINKS = 50
_MOST_HOPS = 4

log = logging.getLogger("bookplate.short_links")


def knowing_short_links(
    publisher: Publisher, findings: Sequence[Finding], *, ask: bool = True
) -> Shops:
    """The shops, knowing where the short links found lead; the very same where there are none.

    Without `ask` only those that were opened before are known.
    """
    shops = publisher.shops
    if not publisher.blog.expand_short_links:
        return shops
    targets: dict[str, str] = {}
    for programme in shops.programmes:
        for short in _short_links(programme, findings):
            target = _target(publisher, programme, short) if ask else _kept(publisher, short)
            if target is not None:
                targets[short] = target
    if not targets:
        return shops
    return shops._replace(programmes=[Opened(each, targets) for each in shops.programmes])


def _short_links(programme: Programme, findings: Iterable[Finding]) -> list[str]:
    """The canonical spelling of each short link of this shop, once."""
    links = (programme.read(each.url) for each in findings if each.url)
    found = dict.fromkeys(
        link.canonical or link.url for link in links if link is not None and link.kind == "short"
    )
    return list(found)[:_MOST_LINKS]


def _target(publisher: Publisher, programme: Programme, short: str) -> str | None:
    """Where a short link leads, if that is a page of the shop; remembered once it is known."""
    with publisher.store.reading() as session:
        kept = session.get(ShortLinkRow, short)
        if kept is not None:
            return kept.target
    try:
        target = _opened(publisher, programme, short)
    except FetchError as error:
        log.warning("a short link stays as it is: %s", error.what)
        return None
    with publisher.store.session() as session:
        session.merge(ShortLinkRow(url=short, target=target, at=publisher.now()))
    return target


def _kept(publisher: Publisher, short: str) -> str | None:
    with publisher.store.reading() as session:
        kept = session.get(ShortLinkRow, short)
        return kept.target if kept is not None else None


def _opened(publisher: Publisher, programme: Programme, short: str) -> str | None:
    """The shop's page behind a short link; None where it leads elsewhere. Raises FetchError."""
    url = short
    for _ in range(_MOST_HOPS):
        location = publisher.door.location(url)
        link = programme.read(location) if location else None
        if link is None or link.kind == "not_amazon":
            return None
        if link.kind != "short":
            return location
        url = link.url
    return None


class Opened:
    """A programme that knows where some of its short links lead. Fills ports.Programme."""

    def __init__(self, programme: Programme, targets: Mapping[str, str]) -> None:
        self._programme = programme
        self._targets = targets
        self.kind = programme.kind
        self.names = programme.names
        self.hosts = programme.hosts
        self.marketplaces = programme.marketplaces

    def read(self, url: str) -> ShopLink | None:
        link = self._programme.read(url)
        if link is None or link.kind != "short":
            return link
        target = self._targets.get(link.canonical or link.url)
        return self._programme.read(target) if target else link

    def tagged(self, link: ShopLink, ids: Mapping[str, str]) -> str | None:
        return self._programme.tagged(link, ids)

    def link_for(self, book: Book, marketplace: str, ids: Mapping[str, str]) -> str | None:
        return self._programme.link_for(book, marketplace, ids)

    def rule(self, network: str, marketplaces: Iterable[str], language: str | None) -> Rule:
        return self._programme.rule(network, marketplaces, language)
