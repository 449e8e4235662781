"""A URL of eBay's, read by the forms of the table beside, and its tracking parameters.

Source: developer.ebay.com, "Constructing EPN links" (2025): {target}&mkevt=1&mkcid=1&mkrid=
{rotation id of the marketplace}&campid={campaign id}&toolid=10001.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode

from service.identifiers import isbns
from service.weblink import WebLink, table_rows, web_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.model import ShopLinkKind


_HERE = Path(__file__).parent
#: marketplace → its rotation id
ROTATIONS = {row[0]: row[1] for row in table_rows(_HERE / "marketplaces.tsv")}
_FORMS = [(row[0], tuple(row[1].split("/"))) for row in table_rows(_HERE / "forms.tsv")]
#: what may stand before a marketplace's name in a host; the Belgian shop speaks two languages
_SUBDOMAINS = ("www.", "m.", "www.befr.", "www.benl.", "befr.", "benl.")
_HOSTS = {f"{sub}{each}": each for each in ROTATIONS for sub in ("", *_SUBDOMAINS)}
_ROVER = "rover.ebay.com"
_SHORT = "ebay.us"
#: parameters that change the page; all others of these pages are tracking
_KEPT = {"product": ("var", "iid")}
#: of other pages, what tells only who came from where
_TRACKING = frozenset(
    "mkevt mkcid mkrid campid toolid customid siteid mkpid mkgroupid emsid pub ff3 ipn mpre lgeo "
    "amdata hash _trkparms _trksid _from _odkw _osacat ch ssspo sssrc ssuid widget_ver media "
    "utm_source utm_medium utm_campaign utm_term utm_content".split()
)
_NUMBER = re.compile(r"[0-9]{4,15}", re.ASCII)
_CAMPAIGN = re.compile(r"[0-9]{4,12}", re.ASCII)


class Reading(NamedTuple):
    """A page of eBay's: its address without anybody's tracking, and whose campaign led there."""

    kind: ShopLinkKind
    marketplace: str | None = None
    isbn13: str | None = None
    isbn10: str | None = None
    base: str | None = None
    tag: str | None = None


def read(url: str) -> Reading | None:
    """The URL, read; None where its host is not eBay's. Takes old redirects by their target."""
    link = web_link(url)
    if link is None:
        return None
    if link.host == _SHORT:
        return Reading("short")
    if link.host == _ROVER:
        return _redirected(link)
    market = _HOSTS.get(link.host)
    return _page(link, market) if market else None


def affiliate(reading: Reading, campaign: str) -> str | None:
    """The page's address with this campaign's id; None for a page that carries none."""
    if reading.base is None or reading.marketplace is None:
        return None
    tracking = (
        ("mkevt", "1"),
        ("mkcid", "1"),
        ("mkrid", ROTATIONS[reading.marketplace]),
        ("campid", campaign),
        ("toolid", "10001"),
    )
    join = "&" if "?" in reading.base else "?"
    return f"{reading.base}{join}{urlencode(tracking)}"


def _page(link: WebLink, market: str) -> Reading:
    kind = _kind(link.segments)
    tag = link.query.get("campid", "")
    tag = tag if _CAMPAIGN.fullmatch(tag) else ""
    if kind == "other":
        return Reading("other", market, tag=tag or None)
    isbn13, isbn10 = isbns(link.query.get("_nkw", "")) if kind == "search" else (None, None)
    path = "/".join(quote(each, safe="", errors="replace") for each in link.segments)
    query = urlencode(_kept(kind, link.pairs), errors="replace")
    base = f"https://www.{market}/{path}{'?' if query else ''}{query}"
    return Reading(kind, market, isbn13, isbn10, base, tag or None)


def _redirected(link: WebLink) -> Reading:
    """What an old redirect (rover.ebay.com/rover/1/{rotation}/1?mpre=…&campid=…) leads to."""
    target = web_link(link.query.get("mpre", ""))
    market = _HOSTS.get(target.host) if target else None
    if target is None or market is None:
        return Reading("other", tag=link.query.get("campid") or None)
    tag = link.query.get("campid", "")
    return _page(target, market)._replace(tag=tag if _CAMPAIGN.fullmatch(tag) else None)


def _kept(kind: str, query: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    kept = _KEPT.get(kind)
    return [
        (name, value)
        for name, value in query
        if value and (name in kept if kept is not None else name.lower() not in _TRACKING)
    ]


def _kind(segments: Sequence[str]) -> ShopLinkKind:
    for kind, form in _FORMS:
        if len(form) == len(segments) and all(map(_fits, form, segments)):
            return kind  # type: ignore[return-value]
    return "other"


def _fits(wanted: str, segment: str) -> bool:
    if wanted == "{number}":
        return _NUMBER.fullmatch(segment) is not None
    return wanted in ("*", segment.lower())
