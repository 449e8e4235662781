"""XML that feeds are written in, made safe to parse, and well-formed where it is not."""

from __future__ import annotations

import re
from html.entities import html5
from xml.parsers import expat

_DECLARATION = re.compile(r"<\?xml[^>]*\?>\s*")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[(?P<subset>.*?)\]\s*)?>", re.DOTALL | re.IGNORECASE)
_DOCTYPE_START = re.compile(r"<!DOCTYPE", re.IGNORECASE)
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
#: what feedparser compares each with all others of: the tags of a post, a feed's namespaces
_ENTRY_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_TAGGED = re.compile(r"<(?:[\w.-]+:)?(?:category|subject|keywords)\b", re.IGNORECASE)
_KEYWORDS = re.compile(r"<(?:[\w.-]+:)?keywords\b[^>]*>([^<]*)", re.IGNORECASE)
_DECLARED = re.compile(r"xmlns:([\w.-]+)")
_MOST_TAGS, _MOST_NAMESPACES = 5_000, 200
#: elements' beginnings and ends in a feed; a tree of more would fill the memory
_MOST_MARKS, _SHORTEST_MARK = 1_000_000, 3
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))


def bounded(text: str) -> str:
    """The text without a DOCTYPE whose entities could grow (billion laughs, quadratic blow-up)."""
    text = _ILLEGAL.sub("", text)
    root = _ROOT.search(text)
    head_end = root.start() if root else len(text)
    start = _DOCTYPE_START.search(text, 0, head_end)
    if start is None:
        return text
    opened = start.start()
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


def is_monstrous(text: str) -> bool:
    """Whether a feed has more elements than a machine should be asked to hold."""
    return len(text) > _MOST_MARKS * _SHORTEST_MARK and text.count("<") > _MOST_MARKS


def is_laborious(text: str) -> bool:
    """Whether feedparser would take hours for a feed: its work grows with the square of the tags
    of a post, and with the namespaces of the whole."""
    if len(set(_DECLARED.findall(text))) > _MOST_NAMESPACES:
        return True
    return any(
        len(_TAGGED.findall(post)) + sum(words.count(",") for words in _KEYWORDS.findall(post))
        > _MOST_TAGS
        for post in _ENTRY_END.split(text)
    )


def well_formed(text: str) -> str | None:
    """The text, mended as little as it takes to be well-formed; None where nothing helps."""
    for mend in (str, _with_numbers, _with_namespaces, _mended, _with_namespaces):
        text = mend(text)
        if _is_well_formed(text):
            return text
    return None


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
