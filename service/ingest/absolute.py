"""Relative URLs made absolute in HTML, every other character left as it was."""

import re
from html import escape
from urllib.parse import urljoin, urlsplit

from service.markup import Attribute, Tag, tags_to

_URL_ATTRIBUTES = frozenset(("href", "src", "poster", "cite", "srcset"))
#: a URL with a scheme, or only a fragment (which leads within the post itself)
_ABSOLUTE = re.compile(r"\s*(?:[a-zA-Z][a-zA-Z0-9+.\-]*:|#|$)")
#: a cheap sieve: an attribute whose value may be relative; first what rules most out
_MAYBE_RELATIVE = re.compile(
    r"""=(?!["']https?:)(?<=[crtefCRTEF\s]=)"""
    r"(?i:(?<=href=)|(?<=src=)|(?<=srcset=)|(?<=poster=)|(?<=cite=)|(?<=\s=))"
    r"""\s*+["']?+(?!\s*(?i:https?:|mailto:|data:|tel:|\#))"""
)
#: a base, its origin, and what with it needs no more than to be put behind that
_ORIGIN = re.compile(r"(https?://[a-zA-Z0-9.:-]+)(?![^/?#])")
_FROM_ROOT = re.compile(r"(?:/[a-zA-Z0-9_~%-][a-zA-Z0-9_~%.-]*+)++/?(?:[?#][a-zA-Z0-9_~%.&=-]++)?")
_SRCSET = re.compile(r"(?P<space>[\s,]*)(?P<url>\S*[^\s,])(?P<rest>\s+[^,]*|)")


def absolute_url(url: str | None, base: str | None) -> str | None:
    """The http or https URL that a reference stands for; None for anything else."""
    if not url:
        return None
    joined = _joined(base, url.strip())
    return joined if joined.lower().startswith(("http://", "https://")) else None


def absolute_html(html: str, base: str | None) -> str:
    """The HTML with each relative URL of a link, image or source resolved against `base`."""
    if not base:
        return html
    pieces: list[str] = []
    position = read = 0
    while maybe := _MAYBE_RELATIVE.search(html, read):
        found, read = tags_to(html, read, maybe.start())
        for attribute, value in (each for tag in found for each in _relative(tag, base)):
            pieces += [html[position : attribute.value_start], _written(value, attribute.quote)]
            position = attribute.value_end
    return "".join((*pieces, html[position:])) if pieces else html


def _relative(tag: Tag, base: str) -> list[tuple[Attribute, str]]:
    if tag.closing:
        return []
    found: dict[str, Attribute] = {}
    for attribute in tag.attributes():
        found.setdefault(attribute.name, attribute)
    changed = []
    for name, attribute in found.items():
        if name in _URL_ATTRIBUTES:
            value = attribute.value
            new = _joined_set(base, value) if name == "srcset" else _joined(base, value)
            if new != value:
                changed.append((attribute, new))
    return changed


def _joined(base: str | None, url: str) -> str:
    if not base or _ABSOLUTE.match(url):
        return url
    if _FROM_ROOT.fullmatch(url) and (origin := _ORIGIN.match(base)):
        return origin[1] + url
    try:
        joined = urljoin(base, url.strip())
        urlsplit(joined)
    except ValueError:
        return url
    return joined


def _joined_set(base: str, srcset: str) -> str:
    return _SRCSET.sub(
        lambda match: match["space"] + _joined(base, match["url"]) + match["rest"], srcset
    )


def _written(value: str, quote: str) -> str:
    if quote == "'":
        return value.replace("&", "&amp;").replace("'", "&#39;")
    return escape(value) if quote else f'"{escape(value)}"'
