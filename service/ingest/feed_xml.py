"""RSS, RDF and Atom through feedparser, with what it would spend time on done once and by need.

Well-formed XML goes to feedparser's strict parser. Broken XML is first mended by libxml2, in
linear time, because feedparser's own loose parser is neither quick nor bounded.
"""

from __future__ import annotations

import re
import warnings
from html import escape
from html.entities import html5
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from service.errors import UnreadableInput
from service.ingest.absolute import absolute_html, absolute_url
from service.ingest.dates import moment_of
from service.ingest.wording import first_image, is_cut_off, paragraphs, plain_text
from service.model import Entry, Feed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_DECLARATION = re.compile(r"<\?xml[^>]*\?>\s*")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[(?P<subset>.*?)\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ENTITY_VALUE = re.compile(r"""<!ENTITY[^>"']*["']([^"']*)["']""")
_LONGEST_SUBSET, _LONGEST_ENTITY = 16_384, 16
_ROOT = re.compile(r"<[A-Za-z_][^\s/>]*")
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):")
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: a CDATA section (left alone), or an ampersand with the reference that it begins, if any
_NAMED = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:([A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9a-fA-F]+);)?",
    re.DOTALL,
)
_LEFT_OVER = re.compile(r"\s*\]{1,2}>$")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_LONGEST_LOOSE = 1_000_000
_HTML_TYPES = frozenset(("text/html", "application/xhtml+xml", "html", "xhtml"))
#: an RSS description without content:encoded is the whole post when it is marked up as one
_WHOLE_POST = re.compile(r"</(?:p|div|h[1-6]|ul|ol|blockquote|figure)>", re.IGNORECASE)
_WHOLE_POST_LENGTH = 600


def read_xml_feed(text: str, *, url: str | None, name: str) -> Feed:
    """The feed in an XML text. Raises UnreadableInput where it is none."""
    parsed = _parsed(_bounded(_ILLEGAL.sub("", text)))
    entries, channel = parsed["entries"], parsed["feed"]
    version = dict.get(parsed, "version") or ""
    if not version and not entries:
        raise UnreadableInput(
            f"{name} is neither RSS nor Atom nor JSON Feed.",
            mend="Give the blog's address to: bookplate init URL, which looks for its feed.",
        )
    links = list(_links(channel))
    own = url or _by_rel(links, "self")
    atom = version.startswith("atom")
    language = channel.get("language") or None
    inherited = _authors(channel) if atom else ()
    return Feed(
        title=_words(channel, "title"),
        entries=tuple(_entry(each, own, atom, inherited, language) for each in entries),
        url=own,
        site_url=absolute_url(channel.get("link"), own),
        description=_words(channel, "subtitle") or None,
        language=language,
        image=absolute_url(_picture(channel), own),
        hub=_by_rel(links, "hub"),
    )


# ── from characters to feedparser's dictionaries ─────────────────────────────────────────


def _bounded(text: str) -> str:
    """The text without a DOCTYPE whose entities could grow (billion laughs, quadratic blow-up)."""
    root = _ROOT.search(text)
    head_end = root.start() if root else len(text)
    opened = text.upper().find("<!DOCTYPE", 0, head_end) if head_end else -1
    if opened < 0:
        return text
    doctype = _DOCTYPE.match(text, opened, min(head_end, opened + _LONGEST_SUBSET))
    if doctype is None:
        end = text.find("]>", opened)
        return text[:opened] + (text[end + 2 :] if end >= 0 else "")
    subset = doctype["subset"] or ""
    grows = any(
        len(value) > _LONGEST_ENTITY or ("&" in value and not value.startswith("&#"))
        for value in _ENTITY_VALUE.findall(subset)
    )
    if grows or "SYSTEM" in subset or "%" in subset:
        return text[:opened] + text[doctype.end() :]
    return text


def _parsed(text: str) -> Any:
    for mend in (str, _with_numbers, _with_namespaces, _mended, _with_namespaces):
        text = mend(text)
        if _is_well_formed(text):
            return _feedparser(text)
    if len(text) > _LONGEST_LOOSE:
        return {"entries": [], "feed": {}, "version": ""}
    return _feedparser(text)


def _feedparser(text: str) -> Any:
    """feedparser's reading. It is not told the address, or it would make ids of it."""
    import feedparser

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return feedparser.parse(
            text.encode("utf-8", "replace"),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )


def _is_well_formed(text: str) -> bool:
    parser = expat.ParserCreate("utf-8", " ")
    try:
        parser.Parse(_DECLARATION.sub("", text, count=1).encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return False
    return True


def _with_numbers(text: str) -> str:
    """HTML's named entities as numbers, bare ampersands escaped; CDATA is left alone."""
    return _NAMED.sub(_numeric, text)


def _with_namespaces(text: str) -> str:
    """The namespaces of prefixes that nothing declares, declared."""
    root = _ROOT.search(text)
    declared = set(re.findall(r"xmlns:([\w.-]+)", text))
    missing = sorted(set(_PREFIX.findall(text)) - declared - {"xml", "xmlns"})
    if root is None or not missing:
        return text
    names = "".join(
        f' xmlns:{prefix}="{_NAMESPACES.get(prefix, f"urn:undeclared:{prefix}")}"'
        for prefix in missing[:50]
    )
    return text[: root.end()] + names + text[root.end() :]


def _numeric(match: re.Match[str]) -> str:
    name = match[1]
    if name is None:
        return "&amp;" if match[0] == "&" else match[0]
    if name in _XML_NAMES or name.startswith("#"):
        return match[0]
    characters = html5.get(f"{name};")
    if characters is None:
        return f"&amp;{name};"
    return "".join(f"&#{ord(character)};" for character in characters)


def _mended(text: str) -> str:
    """Broken XML as libxml2 makes sense of it; as it was where it makes none."""
    from lxml import etree

    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, strip_cdata=False, huge_tree=True
    )
    try:
        root = etree.fromstring(_DECLARATION.sub("", text, count=1).encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return text
    return text if root is None else str(etree.tostring(root, encoding="unicode"))


# ── from feedparser's dictionaries to our nouns ──────────────────────────────────────────


def _entry(
    item: Any,
    feed_url: str | None,
    atom: bool,
    inherited: tuple[str, ...],
    language: str | None,
) -> Entry:
    url = absolute_url(_permalink(item), feed_url)
    content, summary, complete = _contents(item, atom)
    base = _base(content or summary, feed_url, url, atom)
    html = absolute_html(_html(content or summary), base)
    return Entry(
        url=url,
        title=_words(item, "title"),
        html=html,
        id=dict.get(item, "id") or None,
        authors=_authors(item) or inherited,
        published=moment_of(dict.get(item, "published_parsed"))
        or moment_of(dict.get(item, "created_parsed")),
        updated=moment_of(dict.get(item, "updated_parsed")),
        tags=_tags(item),
        summary=(plain_text(_html(summary)) or None) if summary else None,
        image=absolute_url(_picture(item), base or url) or first_image(html),
        language=(content or {}).get("language") or language,
        complete=complete,
    )


def _permalink(item: Any) -> str | None:
    """The post's own address; FeedBurner keeps it beside a counting link. An id that calls itself
    a permalink, as every RSS guid does that says nothing else, is one only if it looks like it."""
    original = dict.get(item, "feedburner_origlink")
    link = original or dict.get(item, "link") or None
    if link and link == dict.get(item, "id") and "/" not in link:
        return None
    return link


def _contents(item: Any, atom: bool) -> tuple[Any, Any, bool]:
    """The content, the summary (None where it only repeats the content), and completeness."""
    parts = [part for part in dict.get(item, "content", ()) if part.get("value")]
    html_parts = [part for part in parts if part.get("type") in _HTML_TYPES]
    content = max(html_parts or parts, key=lambda part: len(part["value"]), default=None)
    detail = dict.get(item, "summary_detail") or {"type": "text/html"}
    summary = {**detail, "value": dict.get(item, "summary") or ""}
    if content is not None:
        same = summary["value"] == content["value"] or not summary["value"]
        return content, None if same else summary, not is_cut_off(content["value"])
    value = summary["value"]
    whole = (
        not atom
        and len(value) > _WHOLE_POST_LENGTH
        and _WHOLE_POST.search(value) is not None
        and not is_cut_off(value)
    )
    return None, summary if value else None, whole


def _html(part: Mapping[str, str] | None) -> str:
    """A part's HTML as it came; plain text escaped, in paragraphs."""
    if part is None:
        return ""
    value = part["value"]
    if part.get("type", "text/html") not in _HTML_TYPES:
        return paragraphs(escape(value, quote=False))
    if value.lstrip().startswith("<![CDATA["):
        # a CDATA section within a CDATA section: the inner one's marks are left over
        return _LEFT_OVER.sub("", value.replace("<![CDATA[", "", 1).strip())
    return value


def _base(
    part: Mapping[str, str] | None, feed_url: str | None, url: str | None, atom: bool
) -> str | None:
    """What relative URLs mean: xml:base, else in Atom the feed (RFC 4287, 2), else the post."""
    stated = (part or {}).get("base") or None
    if stated:
        return absolute_url(stated, feed_url)
    return (feed_url or url) if atom else (url or feed_url)


def _words(holder: Any, key: str) -> str:
    value = dict.get(holder, key) or ""
    detail = dict.get(holder, f"{key}_detail") or {}
    if detail.get("type") == "text/plain":
        return " ".join(value.split())
    return plain_text(value)


def _authors(holder: Any) -> tuple[str, ...]:
    people = [person for person in dict.get(holder, "authors", ()) if person]
    names = [person.get("name") or person.get("email") or "" for person in people]
    if not any(names):
        names = [dict.get(holder, "author") or dict.get(holder, "publisher") or ""]
    return tuple(dict.fromkeys(plain_text(name) for name in names if name.strip()))


def _tags(item: Any) -> tuple[str, ...]:
    terms = (tag.get("label") or tag.get("term") or "" for tag in dict.get(item, "tags", ()))
    return tuple(dict.fromkeys(plain_text(term) for term in terms if term.strip()))


def _links(holder: Any) -> Iterator[Mapping[str, str]]:
    yield from (link for link in dict.get(holder, "links", ()) if link.get("href"))


def _by_rel(links: Iterable[Mapping[str, str]], rel: str) -> str | None:
    return next((link["href"] for link in links if link.get("rel") == rel), None)


def _picture(holder: Any) -> str | None:
    """The lead picture that the feed names: Media RSS, an enclosure, iTunes, the channel's."""
    for media in dict.get(holder, "media_content", ()):
        kind = media.get("medium") or media.get("type") or ""
        if kind.startswith("image") and media.get("url"):
            return str(media["url"])
    for link in _links(holder):
        if link.get("rel") == "enclosure" and (link.get("type") or "").startswith("image/"):
            return link["href"]
    for media in dict.get(holder, "media_thumbnail", ()):
        if media.get("url"):
            return str(media["url"])
    image = dict.get(holder, "image") or {}
    return image.get("href") or dict.get(holder, "logo") or dict.get(holder, "icon") or None
