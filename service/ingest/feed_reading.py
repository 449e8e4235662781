"""What is known while a feed is read directly, and how its elements are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.ingest.feed_xhtml import XHTML, NotKnown, inner_xhtml

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

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


class Scope:
    """What surrounds an element: the base of its URLs and its language."""

    __slots__ = ("base", "language")

    def __init__(self, base: str, language: str | None) -> None:
        self.base, self.language = base, language


def surroundings(element: Element, scope: Scope) -> Scope:
    """The scope within an element that stands in this one."""
    given = element.attrib
    base = given.get(f"{_XML}base", given.get("base"))
    language = given.get(f"{_XML}lang", given.get("lang"))
    if not base and language is None:
        return scope
    return Scope(
        _rebased(scope.base, base) if base else scope.base,
        scope.language if language is None else language or None,
    )


class Reading:
    """One pass over a feed. `context` is the entry being read, else the feed itself.

    `title_depth` is how deep the title stands that was read, -1 for none; `depths` the same for
    each key of the entry.
    """

    def __init__(self, version: str) -> None:
        self.version = version
        self.feed: dict[str, Any] = {}
        self.entries: list[dict[str, Any]] = []
        self.context = self.feed
        self.in_entry = False
        self.has_content = False
        self.title_depth = -1
        self.depths: dict[str, int] = {}

    def keep(self, key: str, value: str, depth: int) -> None:
        """An entry keeps the value that stands least deep, the last of those; a feed the last."""
        if self.in_entry:
            before = self.depths.get(key)
            if before is not None and depth > before:
                return
            self.depths[key] = depth
        self.context[key] = value

    def take_content(
        self, key: str, element: Element, scope: Scope, depth: int, default: str
    ) -> tuple[str, dict[str, Any]]:
        """The (value, detail) of an element that may hold HTML."""
        given = element.get("type")
        kind = _TYPES.get(given.lower()) if given else default
        if kind is None or element.get("mode") == "base64" or "src" in element.attrib:
            raise NotKnown
        if kind == XHTML:
            value = spelled(inner_xhtml(element, unwrapped=self.version == "atom10"))
        else:
            value = text_of(element)
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
        self.keep(key, value, depth)
        self.context[f"{key}_detail"] = detail


def text_of(element: Element) -> str:
    """The words of an element that holds nothing else."""
    if len(element):
        raise NotKnown
    return spelled(element.text or "")


def spelled(text: str) -> str:
    """Without space around; UTF-8 that somebody took for Latin-1 and encoded again, undone."""
    text = text.strip()
    if not text.isascii():
        try:
            return text.encode("iso-8859-1").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            pass
    return text


def attributes_of(element: Element) -> dict[str, str]:
    given = {}
    for name, value in element.items():
        key = str(name).lower()
        if "}" in key:
            key = key.rpartition("}")[2]
        given[key] = value.lower() if key in ("rel", "type") else str(value)
    return given


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
