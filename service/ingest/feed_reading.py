"""What is known while a feed is read directly, and how its elements are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from service.ingest.feed_names import name_of
from service.ingest.feed_xhtml import XHTML, NotKnown, inner_xhtml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml.etree import _Element as Element

    from service.ingest.feed_imprints import Imprinting

    #: an element's attributes as lxml lists them
    Given = list[tuple[str, str]]
    Reader = Callable[["Reading", Element, Given, "Scope", int], None]

_XML = "{http://www.w3.org/XML/1998/namespace}"
_TYPES = {
    "text": "text/plain",
    "plain": "text/plain",
    "text/plain": "text/plain",
    "html": "text/html",
    "text/html": "text/html",
    "xhtml": XHTML,
    XHTML: XHTML,
}
#: attributes that stand for themselves, and do not change what surrounds an element
_USUAL = frozenset(
    "href rel type title url length medium width height domain term scheme label isPermaLink "
    "text filesize duration".split()
)
#: those of them whose name and value are read as they are
_AS_THEY_ARE = _USUAL - {"rel", "type", "isPermaLink"}
#: names that mean something without a prefix; with one, feedparser tells by its tables
_READ = frozenset(
    "href url uri rel type ispermalink term scheme label domain mode src medium base lang "
    "lastmod version".split()
)
#: characters of Windows-1252 where Unicode has controls
_CONTROL = re.compile("[\x80-\x9f]")


class Scope:
    """What surrounds an element: the base of its URLs and its language."""

    __slots__ = ("base", "language")

    def __init__(self, base: str, language: str | None) -> None:
        self.base, self.language = base, language


def surroundings(given: Given, scope: Scope) -> Scope:
    """The scope within an element of these attributes that stands in this one."""
    for name, _ in given:
        if name not in _USUAL:
            return _surroundings(attributes_of(given), scope)
    return scope


def _surroundings(given: Mapping[str, str], scope: Scope) -> Scope:
    base = given.get("xml:base", given.get("base"))
    language = given.get("xml:lang", given.get("lang"))
    if not base and language is None:
        return scope
    return Scope(
        _rebased(scope.base, base) if base else scope.base,
        scope.language if language is None else language.replace("_", "-") or None,
    )


class Reading:
    """One pass over a feed. `context` is the entry being read, else the feed itself.

    `title_depth` is how deep the title stands that was read, -1 for none; `depths` the same for
    each key of the entry, `tags` those that the context has. `readers` has what reads an element
    by its tag, None for those that say nothing. Entries that `imprinting` knows are passed over.
    """

    def __init__(
        self,
        version: str,
        readers: Mapping[str, Reader | None],
        prefixes: Mapping[str, str],
        imprinting: Imprinting | None = None,
    ) -> None:
        self.version = version
        self.atom = version.startswith("atom")
        self.feed: dict[str, Any] = {}
        self.entries: list[dict[str, Any]] = []
        self.context = self.feed
        self.in_entry = False
        self.has_content = False
        self.title_depth = -1
        self.depths: dict[str, int] = {}
        self.tags: set[tuple[str | None, ...]] = set()
        self.readers = readers
        self._prefixes = prefixes
        self.imprinting = imprinting

    def name(self, element: Element) -> str:
        """What an element is called. Raises NotKnown."""
        return name_of(str(element.tag), self._prefixes)

    def keep(self, key: str, value: str, depth: int) -> None:
        """An entry keeps the value that stands least deep, the last of those; a feed the last."""
        if self.in_entry:
            before = self.depths.get(key)
            if before is not None and depth > before:
                return
            self.depths[key] = depth
        self.context[key] = value

    def take_content(
        self, key: str, element: Element, given: Given, scope: Scope, depth: int, kind: str
    ) -> tuple[str, dict[str, Any]]:
        """The (value, detail) of an element that may hold HTML; `kind` is its media type where it
        states none."""
        if given:
            kind = _stated_kind(given, kind)
        if kind == XHTML:
            value = spelled(inner_xhtml(element, unwrapped=self.version == "atom10"))
        else:
            value = text_of(element)
            if (
                kind == "text/plain"
                and not self.atom
                and ("&" in value or "</" in value)
                and _looks_like_html(value)
            ):
                kind = "text/html"
        detail = {"type": kind, "language": scope.language, "base": scope.base, "value": value}
        if key != "content" and (key != "title" or not -1 < self.title_depth <= depth):
            self.keep(key, value, depth)
            self.context[f"{key}_detail"] = detail
        return value, detail


def read_children(reading: Reading, parent: Element, scope: Scope, depth: int) -> None:
    """Read each element in this one. Raises NotKnown."""
    readers = reading.readers
    for child in parent:
        reader = readers[child.tag]
        if reader is not None:
            given = child.items()
            reader(reading, child, given, surroundings(given, scope) if given else scope, depth)
        elif len(child):
            raise NotKnown


def text_of(element: Element) -> str:
    """The words of an element that holds nothing else."""
    if len(element):
        raise NotKnown
    text = element.text
    return spelled(text) if text else ""


def spelled(text: str) -> str:
    """Without space around; UTF-8 that somebody took for Latin-1 and encoded again, undone."""
    text = text.strip()
    if text.isascii():
        return text
    if _CONTROL.search(text):
        raise NotKnown
    try:
        return text.encode("iso-8859-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def attributes_of(given: Given) -> dict[str, str]:
    """The attributes by the names that feedparser finds them under."""
    found = {}
    for name, value in given:
        if name in _AS_THEY_ARE:
            found[name] = value
            continue
        key = name.lower()
        if name.startswith(_XML):
            key = f"xml:{key[len(_XML) :]}"
        elif "}" in key and key.rpartition("}")[2] in _READ:
            raise NotKnown
        found[key] = value.lower() if key in ("rel", "type") else value
    return found


def _stated_kind(given: Given, default: str) -> str:
    stated = attributes_of(given)
    kind = _TYPES.get(stated["type"]) if "type" in stated else default
    if kind is None or stated.get("mode") == "base64" or "src" in stated:
        raise NotKnown
    return kind


def resolved(url: str, scope: Scope) -> str:
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
