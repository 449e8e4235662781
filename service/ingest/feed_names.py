"""What the elements of a feed mean, after feedparser's tables of namespaces and handlers.

Read in feedparser 6.0.14: `mixin.py`, `parsers/strict.py` (namespaces), `namespaces/*.py`
(handlers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.ingest.feed_xhtml import NotKnown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RSS_10 = "http://purl.org/rss/1.0/"
#: as the specification of RSS 0.90 writes it
RSS_090 = "http://my.netscape.com/rdf/simple/0.9/"
ATOM, ATOM_03 = "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

#: namespaces of which feedparser reads elements, with the prefix it gives them
_USUAL = {
    "": "",
    RSS_10: "",
    ATOM: "",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss/": "media",
    RDF: "rdf",
}
#: all of them; they count in any case
_NAMESPACES = {uri.lower(): prefix for uri, prefix in _USUAL.items()} | {
    RSS_090: "",
    ATOM_03: "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/modules/rss091#": "",
    "http://example.com/newformat#": "",
    "http://example.com/necho": "",
    "http://purl.org/echo/": "",
    "uri/of/echo/namespace#": "",
    "http://purl.org/pie/": "",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://www.w3.org/1999/xhtml": "xhtml",
}
_USERLAND = "backend.userland.com/rss"
_PREFIXES = frozenset(_NAMESPACES.values()) - {""}
#: prefixes of namespaces that feedparser knows and that say nothing that is read here
_OTHER_PREFIXES = frozenset(
    "admin ag annotate audio blogchannel cc co cp creativecommons email ev fm foaf geo georss gml "
    "icbm image l pingback prism psc rdfs ref reqv search slash soap ss str sub sy szf taxo thr "
    "ti trackback wfw wiki xlink xml".split()
)
#: prefixes that would make one of the keys that are read here of an element's name
_PREFIXES_OF_KEYS = frozenset("title summary subtitle author published updated created".split())

#: names of elements without meaning for us: such as hold no others, such as may hold their like
NOTHING, NOTHING_WITHIN = "", "nothing within"

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
_HOLDERS = frozenset(("skiphours", "skipdays", "items", "rdf_seq", "rdf_bag", "media_community"))
#: names without prefix that feedparser handles in ways not followed here, or that would
#: stand where one of its own keys does
_LEFT_TO_FEEDPARSER = frozenset(
    "rss feed abstract info body fullitem newlocation tags where georssgeom links authors "
    "entries feeds".split()
)
_IGNORED = {
    "": frozenset("comments copyright generator docs ttl rights".split()),
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
#: local names that are not written in lower case
_SPELLED = {
    name.lower(): name
    for name in (
        "pubDate lastBuildDate webMaster managingEditor textInput origLink episodeType".split()
    )
}


def prefixes_of(declared: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The prefix by which feedparser knows each namespace that none of its tables has.

    `declared` are the (prefix, namespace) of a document, in its order. Raises NotKnown where a
    prefix stands for two things, which feedparser would mix up.
    """
    stands_for: dict[str, str] = {}
    found: dict[str, str] = {}
    for given, namespace in dict.fromkeys(declared):
        own, prefix = _own_prefix(namespace), given.lower()
        if not prefix:
            if own is None:
                found[namespace] = ""
            continue
        meant = namespace if own is None else own
        if stands_for.setdefault(prefix, meant) != meant:
            raise NotKnown
        if own is None:
            found.setdefault(namespace, prefix)
            taken = prefix in _PREFIXES
        else:
            taken = prefix != own and (prefix in _PREFIXES or prefix in _OTHER_PREFIXES)
        if taken:
            raise NotKnown
    return found


def name_of(tag: str, prefixes: Mapping[str, str]) -> str:
    """What an element with this tag, `{namespace}local`, is called here.

    `prefixes` is what `prefixes_of` found. Raises NotKnown where feedparser must say.
    """
    usual = USUAL_NAMES.get(tag)
    if usual is not None:
        return usual
    namespace, _, local = tag.rpartition("}")
    own = _own_prefix(namespace[1:])
    if own is not None:
        return _named(own, local.lower())
    prefix = prefixes.get(namespace[1:])
    if not prefix or prefix in _PREFIXES_OF_KEYS:
        raise NotKnown
    return NOTHING_WITHIN


def _own_prefix(namespace: str) -> str | None:
    lower = namespace.lower()
    return "" if _USERLAND in lower else _NAMESPACES.get(lower)


def _named(own: str, local: str) -> str:
    full = f"{own}_{local}" if own else local
    if full in _NAMES:
        return _NAMES[full]
    if own:
        known = full in _IGNORED.get(own, ())
    else:
        known = bool(full) and full not in _LEFT_TO_FEEDPARSER and "_" not in full
    if not known:
        raise NotKnown
    return NOTHING_WITHIN if full in _HOLDERS else NOTHING


def _usual_names() -> dict[str, str]:
    """By tag, spelled as its specification does, what needs no looking into."""
    found = {}
    for namespace, own in _USUAL.items():
        start = f"{{{namespace}}}" if namespace else ""
        for full in (*_NAMES, *_IGNORED.get(own, ())):
            prefix, _, local = full.rpartition("_")
            if prefix == own:
                found[start + _SPELLED.get(local, local)] = _named(own, local)
    return found


#: what the tags mean that nearly all elements have
USUAL_NAMES = _usual_names()
