"""The well-formed feeds that nearly all blogs write, read straight from libxml2's tree.

What comes out is what feedparser would give for the fields we read: its rules on repeated
elements, defaults and order are kept, and tests hold the two together. Where a feed has anything
whose meaning to feedparser isn't known here for sure, nothing comes out, and feedparser reads it.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from service.ingest.dates import feed_moment
from service.ingest.feed_names import Name, meaning

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element as Element

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ATOM, _ATOM_03 = "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"
_RSS_10, _RSS_090 = "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
#: characters of Windows-1252 where XML has controls, as bytes of UTF-8 or as references
_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")
_CONTROL_REFERENCE = re.compile(rb"&#(?:0*1[2-5][0-9]|[xX]0*[89][0-9a-fA-F]);")
_ROOT = re.compile(rb"<[A-Za-z_]")
_TYPES = {
    "text": "text/plain",
    "plain": "text/plain",
    "text/plain": "text/plain",
    "html": "text/html",
    "text/html": "text/html",
}
_XHTML = "application/xhtml+xml"
_ITUNES_SCHEME = "http://www.itunes.com/"
_MEDIA_SCHEME = "http://search.yahoo.com/mrss/category_schema"
#: the parts of a person, and feedparser's keys for them
_PERSON: dict[str | None, str] = {"name": "name", "email": "email", "uri": "href", "": ""}
_LINK_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
#: libxml2's own limit is higher; no feed that is known here needs so much
_DEEPEST_MEDIA = 4


class NotKnown(Exception):
    """The feed has something that only feedparser can be trusted with."""


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
        return _Reading(root).result
    except (etree.XMLSyntaxError, NotKnown):
        return None


class _Scope:
    """What surrounds an element: the base of its URLs and its language."""

    __slots__ = ("base", "language")

    def __init__(self, base: str, language: str | None) -> None:
        self.base, self.language = base, language


class _Reading:
    """One pass over a feed. `context` is the entry being read, else the feed itself."""

    def __init__(self, root: Element) -> None:
        self.feed: dict[str, Any] = {}
        self.entries: list[dict[str, Any]] = []
        self.context = self.feed
        self.in_entry = False
        self.has_content = False
        self.title_depth = -1
        self.guid_is_link = False
        self.depths: dict[str, int] = {}
        self.version = _version(root)
        scope = self._scope(root, _Scope("", None))
        if scope.language and not self.version.startswith(("rss10", "rss090")):
            self.feed["language"] = scope.language.replace("_", "-")
        self._read_root(root, scope)

    @property
    def result(self) -> dict[str, Any]:
        return {"entries": self.entries, "feed": self.feed, "version": self.version}

    # ── feed and entries ─────────────────────────────────────────────────────────────────

    def _read_root(self, root: Element, scope: _Scope) -> None:
        if self.version.startswith("atom"):
            self._read_children(root, scope, 2)
            return
        for child in root:
            name = meaning(child)
            if name == "channel":
                self._read_channel(child, scope)
            elif name == "item":
                self._read_entry(child, self._scope(child, scope), 2)
            elif name not in ("image", "textinput", "") or not _is_plain(child):
                raise NotKnown
            # outside of the channel, as RSS 1.0 has them, feedparser keeps nothing of these

    def _read_channel(self, channel: Element, scope: _Scope) -> None:
        if any(name != f"{_RDF}about" for name in channel.attrib):
            raise NotKnown
        self._read_children(channel, self._scope(channel, scope), 3)

    def _read_entry(self, item: Element, scope: _Scope, depth: int) -> None:
        if self.in_entry or "href" in item.attrib or "lastmod" in item.attrib:
            raise NotKnown
        self.context = {}
        self.entries.append(self.context)
        self.in_entry, self.guid_is_link, self.title_depth = True, False, -1
        self.depths = {}
        if about := item.get(f"{_RDF}about"):
            self.context["id"] = about
        self._read_children(item, scope, depth + 1)
        self.context, self.in_entry, self.has_content = self.feed, False, False

    def _read_children(self, parent: Element, scope: _Scope, depth: int) -> None:
        for child in parent:
            name = meaning(child)
            if name == "":
                continue
            reader = _READERS.get(name)
            if reader is None:
                raise NotKnown
            reader(self, child, self._scope(child, scope) if child.attrib else scope, depth)

    def _scope(self, element: Element, scope: _Scope) -> _Scope:
        given = element.attrib
        base = given.get(f"{_XML}base", given.get("base"))
        language = given.get(f"{_XML}lang", given.get("lang"))
        if not base and language is None:
            return scope
        return _Scope(
            _rebased(scope.base, base) if base else scope.base,
            scope.language if language is None else language or None,
        )

    # ── values ───────────────────────────────────────────────────────────────────────────

    def _keep(self, key: str, value: str, depth: int) -> None:
        """An entry keeps the value that stands least deep, the last of those; a feed the last."""
        if self.in_entry:
            before = self.depths.get(key)
            if before is not None and depth > before:
                return
            self.depths[key] = depth
        self.context[key] = value

    def _content(
        self, key: str, element: Element, scope: _Scope, depth: int, default: str
    ) -> tuple[str, dict[str, Any]]:
        """The (value, detail) of an element that may hold HTML."""
        given = element.get("type")
        kind = _TYPES.get(given.lower()) if given else default
        if kind is None or element.get("mode") == "base64" or "src" in element.attrib:
            raise NotKnown
        value = _text(element)
        if (
            kind == "text/plain"
            and not self.version.startswith("atom")
            and ("</" in value or "&" in value)
            and _looks_like_html(value)
        ):
            kind = "text/html"
        language = scope.language and scope.language.replace("_", "-")
        detail = {"type": kind, "language": language, "base": scope.base, "value": value}
        if key != "content":
            self._keep_detailed(key, value, detail, depth)
        return value, detail

    def _keep_detailed(self, key: str, value: str, detail: dict[str, Any], depth: int) -> None:
        if key == "title" and -1 < self.title_depth <= depth:
            return
        self._keep(key, value, depth)
        self.context[f"{key}_detail"] = detail

    # ── one kind of element each ─────────────────────────────────────────────────────────

    def entry(self, element: Element, scope: _Scope, depth: int) -> None:
        self._read_entry(element, scope, depth)

    def title(self, element: Element, scope: _Scope, depth: int) -> None:
        value, _ = self._content("title", element, scope, depth, "text/plain")
        if value:
            self.title_depth = depth

    def media_title(self, element: Element, scope: _Scope, depth: int) -> None:
        self._content("title", element, scope, depth, "text/plain")

    def description(self, element: Element, scope: _Scope, depth: int) -> None:
        if self._says_more(element, scope, depth):
            return
        key = "summary" if self.in_entry else "subtitle"
        self._content(key, element, scope, depth, "text/html")

    def summary(self, element: Element, scope: _Scope, depth: int) -> None:
        if not self._says_more(element, scope, depth):
            self._content("summary", element, scope, depth, "text/plain")

    def _says_more(self, element: Element, scope: _Scope, depth: int) -> bool:
        """A second summary, where no content was told, is the content."""
        if "summary" not in self.context or self.has_content:
            return False
        self.content(element, scope, depth)
        return True

    def subtitle(self, element: Element, scope: _Scope, depth: int) -> None:
        if self.in_entry:
            _text(element)
        else:
            self._content("subtitle", element, scope, depth, "text/plain")

    def content(
        self, element: Element, scope: _Scope, depth: int, default: str = "text/plain"
    ) -> None:
        self.has_content = True
        value, detail = self._content("content", element, scope, depth, default)
        if self.in_entry:
            self.context.setdefault("content", []).append(detail)
        else:
            self.context["content"] = value
        self.context.setdefault("summary", value)

    def encoded(self, element: Element, scope: _Scope, depth: int) -> None:
        self.content(element, scope, depth, "text/html")

    def link(self, element: Element, scope: _Scope, depth: int) -> None:
        given = _attributes(element)
        rel = given.setdefault("rel", "alternate")
        given.setdefault("type", "application/atom+xml" if rel == "self" else "text/html")
        href = _take_address(given)
        links = self.context.setdefault("links", [])
        links.append(given)
        if href is not None:
            given["href"] = _resolved(href, scope)
            kind = given["type"]
            if rel == "alternate" and kind in ("html", "text/html", "xhtml", _XHTML):
                self.context["link"] = given["href"]
            _text(element)
            return
        value = _resolved(_text(element), scope)
        if self.in_entry:
            value = value.replace("&amp;", "&")
        value = _LINK_REFERENCE.sub(r"&\1", value)
        self.context["link"] = value
        if value or not self.in_entry:
            given["href"] = value

    def guid(self, element: Element, scope: _Scope, depth: int) -> None:
        given = _attributes(element)
        self.guid_is_link = given.get("ispermalink", "true") == "true"
        value = _text(element)
        if self.guid_is_link:
            value = _resolved(value, scope)
        self._keep("id", value, depth)
        if self.guid_is_link:
            self.context.setdefault("link", value)

    def author(self, element: Element, _: _Scope, depth: int) -> None:
        person: dict[str, str] = {}
        self.context.setdefault("authors", []).append(person)
        text = [element.text or ""]
        for child in element:
            key = _PERSON.get(meaning(child))
            if key is None:
                raise NotKnown
            if key:
                _sync_author(self.context)
                person[key] = _text(child)
            text.append(child.tail or "")
        self._keep("author", _spelled("".join(text)), depth)
        _sync_author(self.context)

    def contributor(self, element: Element, _: _Scope, __: int) -> None:
        if any(meaning(child) not in _PERSON for child in element):
            raise NotKnown

    def publisher(self, element: Element, _: _Scope, depth: int) -> None:
        self._keep("publisher", _text(element), depth)

    def media_category(self, element: Element, _: _Scope, __: int) -> None:
        self._category(element, _attributes(element), _MEDIA_SCHEME)

    def category(self, element: Element, _: _Scope, __: int) -> None:
        self._category(element, _attributes(element), None)

    def _category(self, element: Element, given: dict[str, str], scheme: str | None) -> None:
        term, label = given.get("term"), given.get("label")
        self._tag(term, given.get("scheme", scheme or given.get("domain")), label)
        value = _text(element)
        if not value:
            return
        tags = self.context["tags"]
        if tags and not tags[-1]["term"]:
            tags[-1]["term"] = value
        else:
            self._tag(value, None, None)

    def keywords(self, element: Element, _: _Scope, __: int) -> None:
        if element.attrib:
            raise NotKnown
        scheme = _ITUNES_SCHEME if meaning(element) == "itunes_keywords" else None
        for term in _text(element).split(","):
            if term.strip():
                self._tag(term.strip(), scheme, None)

    def _tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tags = self.context.setdefault("tags", [])
        value = {"term": term, "scheme": scheme, "label": label}
        if (term or scheme or label) and value not in tags:
            tags.append(value)

    def published(self, element: Element, _: _Scope, __: int) -> None:
        self.context["published_parsed"] = feed_moment(_text(element))

    def updated(self, element: Element, _: _Scope, __: int) -> None:
        self.context["updated_parsed"] = feed_moment(_text(element))

    def created(self, element: Element, _: _Scope, __: int) -> None:
        self.context["created_parsed"] = feed_moment(_text(element))

    def language(self, element: Element, _: _Scope, depth: int) -> None:
        self._keep("language", _text(element), depth)

    def origlink(self, element: Element, _: _Scope, depth: int) -> None:
        if element.attrib:
            raise NotKnown
        self._keep("feedburner_origlink", _text(element), depth)

    def enclosure(self, element: Element, _: _Scope, __: int) -> None:
        given = _attributes(element)
        href = _take_address(given)
        if href is not None:
            given["href"] = href
        given["rel"] = "enclosure"
        self.context.setdefault("links", []).append(given)

    def media_group(self, element: Element, scope: _Scope, depth: int) -> None:
        if depth > _DEEPEST_MEDIA + 4:
            raise NotKnown
        self._read_children(element, scope, depth + 1)

    def media_content(self, element: Element, scope: _Scope, depth: int) -> None:
        self.context.setdefault("media_content", []).append(_attributes(element))
        self.media_group(element, scope, depth)

    def media_thumbnail(self, element: Element, scope: _Scope, _: int) -> None:
        given = _attributes(element)
        self.context.setdefault("media_thumbnail", []).append(given)
        address = _resolved(_text(element), scope)
        if address:
            given.setdefault("url", address)

    def itunes_image(self, element: Element, _: _Scope, __: int) -> None:
        _text(element)
        given = _attributes(element)
        href = given.get("href") or given.get("url")
        if href:
            self.context["image"] = {"href": href}

    def image(self, element: Element, scope: _Scope, _: int) -> None:
        """The channel's picture; inside an entry nobody knows what it would be."""
        if self.in_entry or "image" in self.feed:
            raise NotKnown
        if not _is_plain(element):
            raise NotKnown
        picture: dict[str, str] = {}
        self.feed["image"] = picture
        self.title_depth = -1
        for child in element:
            name = meaning(child)
            if name == "uri":
                picture["href"] = _resolved(_text(child), self._scope(child, scope))
            elif name == "title" and _text(child):
                self.title_depth = 4

    def picture(self, element: Element, scope: _Scope, depth: int) -> None:
        if element.attrib:
            raise NotKnown
        self._keep(str(meaning(element)), _resolved(_text(element), scope), depth)

    def source(self, element: Element, _: _Scope, __: int) -> None:
        _text(element)
        self.title_depth = -1

    def of_the_feed(self, element: Element, _: _Scope, __: int) -> None:
        """Something that is read nowhere if it is the feed's, and means too much in an entry."""
        if self.in_entry or self.version.startswith("atom"):
            raise NotKnown

    def textinput(self, element: Element, _: _Scope, __: int) -> None:
        if self.in_entry or not _is_plain(element):
            raise NotKnown
        self.title_depth = -1


# ── the small parts ──────────────────────────────────────────────────────────────────────


def _version(root: Element) -> str:
    """The format, as feedparser calls it."""
    tag = root.tag
    declared = {str(uri) for uri in root.nsmap.values()}
    if tag == "rss":
        version = root.get("version", "")
        return _RSS_VERSIONS.get(version, "rss20" if version.startswith("2.") else "rss")
    if tag == f"{_RDF}RDF" and _ATOM not in declared:
        if root.nsmap.get(None) == _RSS_10 and _RSS_090 not in declared:
            return "rss10"
        if root.nsmap.get(None) == _RSS_090 and _RSS_10 not in declared:
            return "rss090"
    if tag == f"{{{_ATOM}}}feed" and _RSS_10 not in declared:
        return "atom10"
    if tag == f"{{{_ATOM_03}}}feed" and not declared & {_ATOM, _RSS_10}:
        if root.get("version") == "0.3":
            return "atom03"
    raise NotKnown


def _is_plain(element: Element) -> bool:
    """Whether this is what RSS lets stand in an image or a text input, and no more."""
    return all(
        meaning(child) in ("title", "link", "description", "uri", "name")
        or child.tag in ("width", "height")
        for child in element
    )


def _text(element: Element) -> str:
    """The words of an element that holds nothing else."""
    if len(element):
        raise NotKnown
    return _spelled(element.text or "")


def _spelled(text: str) -> str:
    """Without space around; UTF-8 that somebody took for Latin-1 and encoded again, undone."""
    text = text.strip()
    if not text.isascii():
        try:
            return text.encode("iso-8859-1").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            pass
    return text


def _attributes(element: Element) -> dict[str, str]:
    given = {}
    for name, value in element.attrib.items():
        key = str(name).rpartition("}")[2].lower()
        given[key] = value.lower() if key in ("rel", "type") else str(value)
    return given


def _take_address(given: dict[str, str]) -> str | None:
    """The URL among the attributes, whatever it is called, taken out; None for none."""
    href = given.get("url", given.get("uri", given.get("href")))
    if not href:
        return given.pop("href", None)
    for name in ("url", "uri", "href"):
        given.pop(name, None)
    return href


def _resolved(url: str, scope: _Scope) -> str:
    if not url or (not scope.base and ":///" not in url):
        return url
    from feedparser.urls import _urljoin

    return str(_urljoin(scope.base, url))


def _rebased(base: str, stated: str) -> str:
    from feedparser.urls import _urljoin, make_safe_absolute_uri

    if base:
        return str(make_safe_absolute_uri(base, stated) or base)
    return str(_urljoin("", stated))


def _looks_like_html(value: str) -> bool:
    from feedparser.mixin import _FeedParserMixin

    return bool(_FeedParserMixin.looks_like_html(value))


def _sync_author(context: dict[str, Any]) -> None:
    """Let `author` and the last of `authors` say the same."""
    detail = context["authors"][-1]
    author = context.get("author")
    if detail:
        name, email = detail.get("name"), detail.get("email")
        if name or email:
            context["author"] = f"{name} ({email})" if name and email else name or email
    elif author and "@" in author:
        from feedparser.mixin import _FeedParserMixin

        _FeedParserMixin._sync_author_detail(SimpleNamespace(_get_context=lambda: context))
    elif author:
        detail["name"] = author


_READERS: dict[Name, Callable[[_Reading, Element, _Scope, int], None]] = {
    "item": _Reading.entry,
    "title": _Reading.title,
    "media_title": _Reading.media_title,
    "media_category": _Reading.media_category,
    "contributor": _Reading.contributor,
    "description": _Reading.description,
    "summary": _Reading.summary,
    "subtitle": _Reading.subtitle,
    "content": _Reading.content,
    "encoded": _Reading.encoded,
    "link": _Reading.link,
    "guid": _Reading.guid,
    "author": _Reading.author,
    "publisher": _Reading.publisher,
    "category": _Reading.category,
    "itunes_keywords": _Reading.keywords,
    "media_keywords": _Reading.keywords,
    "published": _Reading.published,
    "updated": _Reading.updated,
    "created": _Reading.created,
    "language": _Reading.language,
    "origlink": _Reading.origlink,
    "enclosure": _Reading.enclosure,
    "media_group": _Reading.media_group,
    "media_content": _Reading.media_content,
    "media_thumbnail": _Reading.media_thumbnail,
    "itunes_image": _Reading.itunes_image,
    "image": _Reading.image,
    "logo": _Reading.picture,
    "icon": _Reading.picture,
    "source": _Reading.source,
    "of_the_feed": _Reading.of_the_feed,
    "textinput": _Reading.textinput,
}
