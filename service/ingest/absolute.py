"""Relative URLs made absolute in HTML, every other character left as it was."""

import re
from html import escape
from urllib.parse import urljoin, urlsplit

from service.markup import Attribute, Tag, tags_to

_URL_ATTRIBUTES = frozenset(("href", "src", "poster", "cite", "srcset"))
_SCHEMES = ("https://", "http://")
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
    url = url.strip()
    if url.startswith(_SCHEMES):
        return url
    joined = _joined(base, url)
    return joined if joined.lower().startswith(_SCHEMES) else None


def absolute_html(html: str, base: str | None) -> str:
    """The HTML with each relative URL of a link, image or source resolved against `base`."""
    if not base:
        return html
    pieces: list[str] = []
    position = read = 0
    while maybe := _MAYBE_RELATIVE.search(html, read):
        found, read = tags_to(html, read, maybe.start())
        for tag in found:
            for attribute, value in () if tag.closing else _relative(tag, base):
                pieces += (html[position : attribute.value_start], _written(value, attribute.quote))
                position = attribute.value_end
    return "".join((*pieces, html[position:])) if pieces else html


def _relative(tag: Tag, base: str) -> list[tuple[Attribute, str]]:
    changed = []
    for name, attribute in tag.first(_URL_ATTRIBUTES).items():
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
