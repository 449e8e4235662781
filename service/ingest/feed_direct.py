"""The well-formed feeds that nearly all blogs write, read straight from libxml2's tree.

What comes out is what feedparser would give for the fields we read: its rules on repeated
elements, defaults and order are kept, and tests hold the two together. Where a feed has anything
whose meaning to feedparser isn't known here for sure, nothing comes out, and feedparser reads it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from service.ingest.feed_elements import Readers, entry, nothing
from service.ingest.feed_names import (
    ATOM,
    ATOM_03,
    NOTHING,
    NOTHING_WITHIN,
    RDF,
    RSS_090,
    RSS_10,
    prefixes_of,
)
from service.ingest.feed_pictures import require_plain
from service.ingest.feed_reading import Reading, Scope, read_children, surroundings
from service.ingest.feed_xhtml import NotKnown

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from service.ingest.feed_imprints import Imprinting

_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ROOT = re.compile(rb"<[A-Za-z_]")


def read_directly(text: str, imprinting: Imprinting | None = None) -> dict[str, Any] | None:
    """`{"entries", "feed", "version"}` with feedparser's keys; None where feedparser must read it.

    Entries that `imprinting` knows are left out. Dates are datetimes. No DOCTYPE, so no entity but
    XML's own, is ever looked at.
    """
    from lxml import etree

    body = text.encode("utf-8", "replace")
    root_at = _ROOT.search(body)
    if root_at is None or b"<!DOCTYPE" in body[: root_at.start()]:
        return None
    parser = etree.XMLPullParser(
        ("start-ns",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        parser.feed(body)
        root = parser.close()
        prefixes = prefixes_of(declared for _, declared in parser.read_events())
        return _read(root, prefixes, imprinting)
    except (etree.XMLSyntaxError, NotKnown):
        return None


def _read(root: Element, prefixes: dict[str, str], imprinting: Imprinting | None) -> dict[str, Any]:
    version = _version(root)
    if imprinting is not None:
        imprinting.begin(version, prefixes)
    reading = Reading(version, Readers(prefixes), prefixes, imprinting)
    scope = surroundings(root.items(), Scope("", None))
    if scope.language and not version.startswith(("rss10", "rss090")):
        reading.feed["language"] = scope.language
    if reading.atom:
        read_children(reading, root, scope, 2)
    else:
        _read_root(reading, root, scope)
    return {"entries": reading.entries, "feed": reading.feed, "version": version}


def _read_root(reading: Reading, root: Element, scope: Scope) -> None:
    for child in root:
        name = reading.name(child)
        if name == "channel":
            _read_channel(reading, child, scope)
        elif name == "item":
            given = child.items()
            entry(reading, child, given, surroundings(given, scope), 2)
        elif name == NOTHING_WITHIN:
            nothing(reading, child, [], scope, 2)
        elif name in ("image", "textinput"):
            # outside of the channel, as RSS 1.0 has them, feedparser keeps nothing of these
            require_plain(reading, child)
        elif name != NOTHING or len(child):
            raise NotKnown


def _read_channel(reading: Reading, channel: Element, scope: Scope) -> None:
    given = channel.items()
    if any(name != f"{{{RDF}}}about" for name, _ in given):
        raise NotKnown
    read_children(reading, channel, scope, 3)


def _version(root: Element) -> str:
    """The format, as feedparser calls it."""
    tag = root.tag
    declared = {str(uri).lower() for uri in root.nsmap.values()}
    atom, rss_10, rss_090 = (uri in declared for uri in (ATOM.lower(), RSS_10, RSS_090))
    if tag == "rss" and not rss_10 and not rss_090:
        version = root.get("version", "")
        return _RSS_VERSIONS.get(version, "rss20" if version.startswith("2.") else "rss")
    if tag == f"{{{RDF}}}RDF" and not atom:
        if root.nsmap.get(None) == RSS_10 and not rss_090:
            return "rss10"
        if root.nsmap.get(None) == RSS_090 and not rss_10:
            return "rss090"
    if tag == f"{{{ATOM}}}feed" and not rss_10:
        return "atom10"
    if tag == f"{{{ATOM_03}}}feed" and root.get("version") == "0.3" and not atom | rss_10:
        return "atom03"
    raise NotKnown
