"""The blogger's shops on one channel: whose links are whose, and by which rules they go."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.model import (
        Blog,
        ChannelSettings,
        Document,
        Finding,
        OthersTags,
        Rule,
        RuleConfirmation,
        Ruling,
    )
    from service.ports import Programme


class Shops(NamedTuple):
    """The programmes, and the blogger's tracking ids: programme kind → marketplace → id.

    `wished` are the programmes that new links lead to; `own` the blogger's tracking ids on
    whichever channel: what is among them is nobody else's.
    """

    programmes: Sequence[Programme]
    tracking_ids: Mapping[str, Mapping[str, str]]
    marketplace: str = "amazon.com"
    wished: Sequence[str] = ("amazon",)
    others_tags: OthersTags = "replace"
    own: frozenset[str] = frozenset()


def shops_for(
    blog: Blog, programmes: Sequence[Programme], channel: ChannelSettings | None = None
) -> Shops:
    """The blog's shops as they are on one of its channels, with the tracking ids of that one.

    Raises SettingsError for a shop or programme that there isn't.
    """
    _check_programmes(blog, programmes)
    ids = {kind: dict(each) for kind, each in blog.tracking_ids.items()}
    for kind, each in (channel.tracking_ids if channel else {}).items():
        ids[kind] = {**ids.get(kind, {}), **each}
    every = [blog.tracking_ids, ids, *(each.tracking_ids for each in blog.channels)]
    own = frozenset(
        tracking_id
        for kinds in every
        for markets in kinds.values()
        for tracking_id in markets.values()
    )
    return Shops(programmes, ids, blog.marketplace, blog.shops, blog.others_tags, own)


def _check_programmes(blog: Blog, programmes: Sequence[Programme]) -> None:
    from service.errors import SettingsError

    known = {each.kind for each in programmes}
    named = {*blog.shops, *blog.tracking_ids}
    named.update(kind for each in blog.channels for kind in each.tracking_ids)
    for kind in sorted(named - known):
        raise SettingsError(
            f'There is no shop "{kind}".', mend=f"Use one of: {', '.join(sorted(known))}"
        )


def asked(
    findings: Sequence[Finding], shops: Shops, rulings: Sequence[Ruling] = ()
) -> tuple[Finding, ...]:
    """The findings; where other people's tags are asked about, links that carry one wait.

    What was ruled about a link's title holds: linked means that the tag is replaced.
    """
    if shops.others_tags != "ask":
        return tuple(findings)
    return tuple(_asked(each, shops, rulings) for each in findings)


def _asked(finding: Finding, shops: Shops, rulings: Sequence[Ruling]) -> Finding:
    if finding.decision != "rewrite" or finding.url is None:
        return finding
    read = (each.read(finding.url) for each in shops.programmes)
    link = next((each for each in read if each is not None), None)
    if link is None or link.tag is None or link.tag in shops.own:
        return finding
    from service.resolve.titles import title_key

    title = finding.title or link.canonical or finding.url
    wanted = title_key(title)
    ruled = next((each for each in rulings if title_key(each.title) == wanted), None)
    told = f"carries the tag {link.tag}, which is not yours"
    if ruled is None:
        return replace(finding, decision="suggest", title=title, why=(*finding.why, told))
    if ruled.decision == "link":
        why = (*finding.why, f"{told}: you decided to replace it")
        return replace(finding, decided_by="person", why=why)
    why = (*finding.why, f"{told}: you decided to keep it")
    return replace(finding, decision="keep", decided_by="person", why=why)


def shop_links(document: Document, *, programmes: Sequence[Programme]) -> tuple[Finding, ...]:
    """The shop links alone: what `scan` finds of them, without their words and their books."""
    from service.find.links import shop_links as find_links

    return tuple(find_links(document, programmes))


def shop_links_in_bytes(
    data: bytes, programmes: Sequence[Programme]
) -> tuple[Document | None, Sequence[Finding]] | None:
    """The same of an HTML document that was not decoded, each byte taken for a character; no
    document where there are none.

    None where they might be others once it is decoded. Spans count bytes.
    """
    from service.find.links import shop_links_in_bytes as find_links

    return find_links(data, programmes)


def rules(
    document: Document,
    findings: Sequence[Finding],
    shops: Shops,
    network: str,
    confirmation: RuleConfirmation | None = None,
) -> Mapping[str, Rule]:
    """What each shop's policy says of this document's links on such a network.

    Judged are the marketplaces that its links lead to, and those where new ones would.
    """
    places = {each.marketplace for each in findings if each.marketplace}
    places.add(shops.marketplace)
    tagged = tuple([(kind, *ids) for kind, ids in shops.tracking_ids.items()])
    return _rules(
        tuple(shops.programmes),
        frozenset(places),
        tagged,
        network,
        document.language,
        confirmation,
    )


@lru_cache(maxsize=256)  # in a batch one document after the other asks the same
def _rules(
    programmes: tuple[Programme, ...],
    places: frozenset[str],
    tagged: tuple[tuple[str, ...], ...],
    network: str,
    language: str | None,
    confirmation: RuleConfirmation | None,
) -> Mapping[str, Rule]:
    """The same for links to these marketplaces. `tagged` are those with a tracking id, each
    programme's behind its kind: they are judged where no link leads to any of its own."""
    from service.rewrite.confirmation import confirmed

    own = {kind: markets for kind, *markets in tagged}
    markets: dict[str, list[str]] = {each.kind: [] for each in programmes}
    for place in sorted(places):
        kind = _kind_of(place, programmes)
        if kind is not None:
            markets[kind].append(place)
    return {
        each.kind: confirmed(
            each.rule(network, markets[each.kind] or sorted(own.get(each.kind, ())), language),
            confirmation,
        )
        for each in programmes
    }


def _kind_of(marketplace: str, programmes: Sequence[Programme]) -> str | None:
    """The kind of the programme to which a marketplace belongs."""
    for each in programmes:
        if any(host in marketplace for host in each.hosts):
            return each.kind
    return None
