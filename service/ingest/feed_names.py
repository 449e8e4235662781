"""What the elements of a feed mean, after feedparser's tables of namespaces and handlers.

Read in feedparser 6.0.14: `mixin.py` (namespaces), `namespaces/*.py` (handlers).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

#: the namespace of RSS 0.90, as its specification writes it
RSS_090 = "http://my.netscape.com/rdf/simple/0.9/"
#: the element's meaning; "" where it has none for us, None where feedparser must say
Name = str | None

#: namespaces of which feedparser reads elements, in lower case, with the prefix it gives them
_NAMESPACES = {
    "": "",
    "http://purl.org/rss/1.0/": "",
    RSS_090: "",
    "http://purl.org/atom/ns#": "",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
}
#: prefixes that mean something to feedparser, whatever namespace they stand for
_READ_PREFIXES = frozenset(
    "content dc dcterms feedburner itunes media rdf xhtml body where".split()
) | {None}

_NAMES = {
    "channel": "channel",
    "item": "item",
    "entry": "item",
    "title": "title",
    "dc_title": "title",
    "media_title": "media_title",
    "link": "link",
    "guid": "guid",
    "id": "guid",
    "description": "description",
    "dc_description": "description",
    "media_description": "description",
    "summary": "summary",
    "itunes_summary": "summary",
    "subtitle": "subtitle",
    "tagline": "subtitle",
    "itunes_subtitle": "subtitle",
    "content": "content",
    "content_encoded": "encoded",
    "author": "author",
    "dc_creator": "author",
    "dc_author": "author",
    "itunes_author": "author",
    "name": "name",
    "email": "email",
    "uri": "uri",
    "url": "uri",
    "homepage": "uri",
    "dc_publisher": "publisher",
    "webmaster": "publisher",
    "category": "category",
    "keywords": "category",
    "dc_subject": "category",
    "media_category": "media_category",
    "itunes_keywords": "itunes_keywords",
    "media_keywords": "media_keywords",
    "published": "published",
    "issued": "published",
    "pubdate": "published",
    "dcterms_issued": "published",
    "updated": "updated",
    "modified": "updated",
    "lastbuilddate": "updated",
    "dc_date": "updated",
    "dcterms_modified": "updated",
    "created": "created",
    "dcterms_created": "created",
    "language": "language",
    "dc_language": "language",
    "feedburner_origlink": "origlink",
    "enclosure": "enclosure",
    "media_group": "media_group",
    "media_content": "media_content",
    "media_thumbnail": "media_thumbnail",
    "itunes_image": "itunes_image",
    "image": "image",
    "logo": "logo",
    "icon": "icon",
    "source": "source",
    "contributor": "contributor",
    "itunes_owner": "of_the_feed",
    "itunes_category": "of_the_feed",
    "managingeditor": "of_the_feed",
    "textinput": "textinput",
}
#: elements that hold only elements of their own kind, and nothing for us
_CLOSED = frozenset(("skiphours", "skipdays", "items", "rdf_seq", "rdf_bag", "media_community"))
#: names without prefix that feedparser handles in ways not followed here, or that would
#: stand where one of its own keys does
_LEFT_TO_FEEDPARSER = frozenset(
    "rss feed abstract info body fullitem newlocation tags where georssgeom links authors "
    "entries feeds".split()
)
_OUR_PREFIXES_IGNORED = {
    "content": frozenset(("content_format",)),
    "dc": frozenset(
        "dc_rights dc_identifier dc_format dc_type dc_source dc_relation dc_coverage "
        "dc_contributor".split()
    ),
    "dcterms": frozenset(("dcterms_valid", "dcterms_available", "dcterms_rights")),
    "itunes": frozenset(
        "itunes_explicit itunes_block itunes_duration itunes_order itunes_episode itunes_season "
        "itunes_episodetype itunes_title itunes_type itunes_complete itunes_isclosedcaptioned "
        "itunes_new-feed-url".split()
    ),
    "media": frozenset(
        "media_credit media_rating media_restriction media_license media_copyright media_text "
        "media_hash media_adult media_player media_community media_starrating media_statistics "
        "media_tags media_status media_price media_embed media_location media_scenes".split()
    ),
    "feedburner": frozenset(
        "feedburner_info feedburner_feedflare feedburner_emailserviceid "
        "feedburner_feedburnerhostname feedburner_awareness".split()
    ),
    "rdf": frozenset(("rdf_li", "rdf_seq", "rdf_bag")),
}


def meaning(element: Element) -> Name:
    """What the element is called here."""
    tag = element.tag
    name, leaf_only = _named(tag if isinstance(tag, str) else "", element.prefix)
    if name != "":
        return name
    if len(element) == 0:
        return ""
    if leaf_only or any(meaning(child) != "" for child in element):
        return None
    return ""


@cache
def _named(tag: str, prefix: str | None) -> tuple[Name, bool]:
    """The name, and whether an element without meaning may hold none in turn."""
    namespace, _, local = tag.rpartition("}")
    local = local.lower()
    own = _NAMESPACES.get(namespace.removeprefix("{").lower())
    if own is None:
        known = prefix in _READ_PREFIXES or "userland.com/rss" in namespace.lower()
        return (None, False) if known else ("", False)
    full = f"{own}_{local}" if own else local
    if full in _NAMES:
        return _NAMES[full], False
    if own:
        return ("" if full in _OUR_PREFIXES_IGNORED.get(own, ()) else None), full not in _CLOSED
    odd = full in _LEFT_TO_FEEDPARSER or "_" in full or not full
    return (None if odd else ""), full not in _CLOSED
