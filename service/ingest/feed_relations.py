"""What a feed says of its neighbours: the next page, the older archive, its hub, its own address.

Headers before what stands in the document (WebSub, section 4; RFC 8288). In RSS the relations are
Atom's links within the channel (RFC 5005, appendix B); JSON Feed has fields of its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from service.ingest.absolute import absolute_url
from service.ingest.feed_mending import bounded
from service.ingest.feeds import feed_text
from service.ingest.link_header import header_links

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.ingest.fetch import Fetched

_ATOM = frozenset(("{http://www.w3.org/2005/Atom}link", "{http://purl.org/atom/ns#}link"))


def relations(fetched: Fetched) -> dict[str, tuple[str, ...]]:
    """Relation → the absolute addresses that stand in it, in order: "hub", "self", "next",
    "prev-archive", … A relation that the headers name is theirs alone."""
    found = _grouped(
        (rel, link.url)
        for link in header_links(fetched.headers.get("link"), fetched.url)
        for rel in link.rels
    )
    return _grouped(_of_document(fetched)) | found


def _grouped(pairs: Iterator[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for rel, url in pairs:
        found[rel] = (*found.get(rel, ()), url)
    return found


def _of_document(fetched: Fetched) -> Iterator[tuple[str, str]]:
    text = feed_text(fetched.body, fetched.content_type).lstrip("\ufeff \t\r\n")
    named = _of_json(text) if text.startswith("{") else _of_xml(text)
    for rel, url in named:
        address = absolute_url(url, fetched.url)
        if address:
            yield rel, address


def _of_json(text: str) -> Iterator[tuple[str, str]]:
    """JSON Feed 1.1: feed_url, next_url, hubs."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    for rel, name in (("self", "feed_url"), ("next", "next_url")):
        if isinstance(data.get(name), str):
            yield rel, data[name]
    hubs = data.get("hubs")
    for hub in hubs if isinstance(hubs, list) else ():
        if isinstance(hub, dict) and isinstance(hub.get("url"), str):
            yield "hub", hub["url"]


def _of_xml(text: str) -> Iterator[tuple[str, str]]:
    from lxml import etree

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(bounded(text).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    if root is None:
        return
    for holder in (root, *(each for each in root if _local(each) == "channel")):
        for each in holder:
            is_link = each.tag in _ATOM or _local(each) == "link"
            if is_link and each.get("rel") and each.get("href"):
                for rel in each.get("rel").lower().split():
                    yield rel, each.get("href")


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
