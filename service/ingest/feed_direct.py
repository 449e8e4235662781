"""The well-formed feeds that nearly all blogs write, read straight from libxml2's tree.

What comes out is what feedparser would give for the fields we read: its rules on repeated
elements, defaults and order are kept, and tests hold the two together. Where a feed has anything
whose meaning to feedparser isn't known here for sure, nothing comes out, and feedparser reads it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from service.ingest.feed_elements import RDF, is_plain, read_children, read_entry
from service.ingest.feed_names import RSS_090, meaning
from service.ingest.feed_reading import Reading, Scope, surroundings
from service.ingest.feed_xhtml import NotKnown

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_ATOM, _ATOM_03 = "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"
_RSS_10 = "http://purl.org/rss/1.0/"
_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
#: characters of Windows-1252 where XML has controls, as bytes of UTF-8 or as references
_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")
_CONTROL_REFERENCE = re.compile(rb"&#(?:0*1[2-5][0-9]|[xX]0*[89][0-9a-fA-F]);")
_ROOT = re.compile(rb"<[A-Za-z_]")


def read_directly(text: str) -> dict[str, Any] | None:
    """`{"entries", "feed", "version"}` with feedparser's keys; None where feedparser must read it.

    Dates are datetimes. No DOCTYPE, so no entity but XML's own, is ever looked at.
    """
    from lxml import etree

    body = text.encode("utf-8", "replace")
    root_at = _ROOT.search(body)
    if root_at is None or b"<!DOCTYPE" in body[: root_at.start()]:
        return None
    if _CONTROL.search(body) or _CONTROL_REFERENCE.search(body):
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(body, parser)
        return _read(root)
    except (etree.XMLSyntaxError, NotKnown):
        return None


def _read(root: Element) -> dict[str, Any]:
    version = _version(root)
    reading = Reading(version)
    scope = surroundings(root, Scope("", None))
    if scope.language and not version.startswith(("rss10", "rss090")):
        reading.feed["language"] = scope.language.replace("_", "-")
    if version.startswith("atom"):
        read_children(reading, root, scope, 2)
    else:
        _read_root(reading, root, scope)
    return {"entries": reading.entries, "feed": reading.feed, "version": version}


def _read_root(reading: Reading, root: Element, scope: Scope) -> None:
    for child in root:
        name = meaning(child)
        if name == "channel":
            _read_channel(reading, child, scope)
        elif name == "item":
            read_entry(reading, child, surroundings(child, scope), 2)
        elif name not in ("image", "textinput", "") or not is_plain(child):
            raise NotKnown
        # outside of the channel, as RSS 1.0 has them, feedparser keeps nothing of these


def _read_channel(reading: Reading, channel: Element, scope: Scope) -> None:
    if any(name != f"{RDF}about" for name in channel.attrib):
        raise NotKnown
    read_children(reading, channel, surroundings(channel, scope), 3)


def _version(root: Element) -> str:
    """The format, as feedparser calls it."""
    tag = root.tag
    declared = {str(uri) for uri in root.nsmap.values()}
    if tag == "rss":
        version = root.get("version", "")
        return _RSS_VERSIONS.get(version, "rss20" if version.startswith("2.") else "rss")
    if tag == f"{RDF}RDF" and _ATOM not in declared:
        if root.nsmap.get(None) == _RSS_10 and RSS_090 not in declared:
            return "rss10"
        if root.nsmap.get(None) == RSS_090 and _RSS_10 not in declared:
            return "rss090"
    if tag == f"{{{_ATOM}}}feed" and _RSS_10 not in declared:
        return "atom10"
    atom_03 = tag == f"{{{_ATOM_03}}}feed" and root.get("version") == "0.3"
    if atom_03 and not declared & {_ATOM, _RSS_10}:
        return "atom03"
    raise NotKnown
