"""The one allow-list: what of a post's HTML may stand in a letter, a feed or a file.

Sanitising happens here, at the edge where HTML goes out, and nowhere else. Lazy images get their
real address, pictures of one pixel go, an embedded player becomes a link to what it plays.
"""

import re
from html import escape
from urllib.parse import urljoin, urlsplit

import nh3

from service.markup import Tag, tags
from service.readable import readable

ELEMENTS = frozenset(
    "a abbr article aside b bdi bdo blockquote br caption cite code col colgroup dd del details "
    "dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp "
    "rt ruby s samp section small span strong sub summary sup table tbody td tfoot th thead time "
    "tr u ul var".split()
)
#: their content goes with them
DROPPED = frozenset(
    "script style template noscript object applet svg math form select textarea button".split()
)
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"lang", "dir", "title", "class"},
    "a": {"href", "hreflang", "rel"},
    "img": {"src", "alt", "width", "height"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "ol": {"start", "reversed", "type"},
    "li": {"value"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
    "time": {"datetime"},
    "del": {"datetime", "cite"},
    "ins": {"datetime", "cite"},
    "details": {"open"},
}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
#: link types that say something of the target and do nothing (WHATWG HTML, 4.6.7)
LINK_TYPES = frozenset("sponsored nofollow ugc noopener noreferrer external author tag".split())
#: how style sheets know the sentence that the affiliate programme asks for
DISCLOSURE_CLASS = "bookplate-disclosure"
_FIRST_HEADING = re.compile(r"<h([1-6])\b[^>]*>(?:(?!</h\1>).)*</h\1>", re.DOTALL)
#: pictures that stand for a character; without their style they would be as big as pictures
_EMOJI_CLASSES = frozenset(("wp-smiley", "emoji", "emojione", "twemoji"))
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-orig-src")


def sanitise(html: str, base_url: str, disclosure: str | None = None) -> str:
    """HTML of allowed elements only, well formed, its addresses absolute against `base_url`.

    Links within the page lead to the post itself, for ids don't survive in mail and feeds. A
    paragraph that is the `disclosure` gets its class.
    """
    web = _scheme(base_url) in ("http", "https")
    clean = nh3.clean(
        _prepared(html),
        tags=ELEMENTS,
        clean_content_tags=DROPPED,
        attributes=ATTRIBUTES,
        attribute_filter=_kept,
        link_rel=None,
        url_schemes=SCHEMES,
        url_relative=(lambda url: _absolute(base_url, url)) if web else "deny",
    ).strip()
    if "<![CDATA[" in html:  # in HTML that hides less than in XML: pictures behind it come through
        clean = _prepared(clean).strip()
    return _marked(clean, disclosure) if disclosure else clean


def without_title(clean: str, title: str) -> str:
    """Sanitised HTML without its first heading, if that is the post's title once more: letters,
    feeds and pages say the title themselves."""
    heading = _FIRST_HEADING.search(clean)
    if heading is None or _words(readable(heading[0]).text) != _words(title):
        return clean
    return (clean[: heading.start()] + clean[heading.end() :]).strip()


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


def _marked(clean: str, disclosure: str) -> str:
    sentence = escape(disclosure, quote=False)
    marked = f'<p class="{DISCLOSURE_CLASS}">{sentence}</p>'
    return clean.replace(f"<p><em>{sentence}</em></p>", marked).replace(
        f"<p>{sentence}</p>", marked
    )


def _absolute(base_url: str, url: str) -> str | None:
    try:
        return urljoin(base_url, url.strip())
    except ValueError:
        return None


def _kept(element: str, attribute: str, value: str) -> str | None:
    if attribute == "rel":
        return " ".join(each for each in value.lower().split() if each in LINK_TYPES) or None
    if attribute == "class":
        return DISCLOSURE_CLASS if DISCLOSURE_CLASS in value.split() else None
    if element == "img" and attribute in ("width", "height"):
        return value.strip() if value.strip().isdigit() else None
    return value


def _prepared(html: str) -> str:
    pieces: list[str] = []
    position = 0
    for tag in tags(html):
        stands = _instead(tag)
        if stands is not None:
            pieces += (html[position : tag.start], stands)
            position = tag.end
    pieces.append(html[position:])
    return "".join(pieces)


def _instead(tag: Tag) -> str | None:
    """What stands instead of this tag; None where it stays as it is."""
    if tag.closing:
        return None
    if tag.name == "img":
        return _image(tag)
    if tag.name in ("iframe", "embed", "video", "audio", "source"):
        return _embedded(tag)
    return None


def _image(tag: Tag) -> str | None:
    if _value(tag, "width") in ("0", "1") and _value(tag, "height") in ("0", "1"):
        return ""
    alt = escape(_value(tag, "alt") or "")
    if alt and set((_value(tag, "class") or "").split()) & _EMOJI_CLASSES:
        return alt
    source = _value(tag, "src")
    if source and not source.lower().startswith("data:"):
        return None
    lazy = next(filter(None, (_value(tag, name) for name in _LAZY)), None)
    if lazy is None:
        candidates = _value(tag, "srcset") or _value(tag, "data-srcset") or ""
        lazy = next(iter(candidates.split()), "").rstrip(",")
    return f'<img src="{escape(lazy)}" alt="{alt}">' if lazy else ""


def _embedded(tag: Tag) -> str | None:
    source = _value(tag, "src") or _value(tag, "data-src")
    if source and source.startswith("//"):
        source = f"https:{source}"
    if not source or _scheme(source) not in ("http", "https"):
        return None
    words = escape(_value(tag, "title") or source)
    return f'<p><a href="{escape(source)}">{words}</a></p>' + tag.source[tag.start : tag.end]


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def _value(tag: Tag, name: str) -> str | None:
    attribute = tag.attribute(name)
    return attribute.value.strip() if attribute else None
