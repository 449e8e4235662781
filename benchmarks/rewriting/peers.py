"""What people do instead: the same links tagged by the usual scripts, one function each.

Each takes a document's bytes and gives its new bytes and the links it changed, as (before, after).
They tag in the simplest way there is, so that what is compared is the reading and writing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from typing import TypeAlias

from bs4 import BeautifulSoup
from lxml import html as lxml_html

#: (before, after) of each link
Changed: TypeAlias = list[tuple[str, str]]
Peer: TypeAlias = Callable[[bytes], tuple[bytes, Changed]]

_HREF = re.compile(r"""(<a\b[^>]*?\bhref\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
#: the same for one who knows that comments, scripts and styles hold no links
_TOKEN = re.compile(
    r"""<!--.*?-->|<(script|style|textarea|title)\b.*?</\1|"""
    r"""(<a\b(?:[^>"']|"[^"]*"|'[^']*')*?\bhref\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)|"""
    r"""<[a-z/](?:[^>"']|"[^"]*"|'[^']*')*>""",
    re.IGNORECASE | re.DOTALL,
)


def tagged(url: str) -> str | None:
    """The URL with our tag instead of another in its query; None where it is not Amazon's."""
    if "amazon.com/" not in url:
        return None
    page, _, query = url.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith("tag=")]
    return f"{page}?{'&'.join([*kept, 'tag=example-20'])}"


def by_soup(parser: str) -> Peer:
    def rewrite(data: bytes) -> tuple[bytes, Changed]:
        soup = BeautifulSoup(data.decode("utf-8", "surrogateescape"), parser)
        changed = []
        for link in soup.find_all("a", href=True):
            before = str(link["href"])
            after = tagged(before)
            if after is not None:
                link["href"] = after
                changed.append((before, after))
        return str(soup).encode("utf-8", "surrogateescape"), changed

    return rewrite


def by_lxml(data: bytes) -> tuple[bytes, Changed]:
    changed: Changed = []

    def replaced(before: str) -> str:
        after = tagged(before)
        if after is None:
            return before
        changed.append((before, after))
        return after

    tree = lxml_html.document_fromstring(data)
    tree.rewrite_links(replaced, resolve_base_href=False)
    return lxml_html.tostring(tree, encoding="utf-8"), changed


def by_splice(data: bytes) -> tuple[bytes, Changed]:
    """One regular expression finds `<a …href=…>` anywhere; its value is replaced, all joined."""
    return _spliced(data, _HREF, 2)


def by_tokens(data: bytes) -> tuple[bytes, Changed]:
    """The same with a regular expression that reads tag by tag, past comments and scripts."""
    return _spliced(data, _TOKEN, 3)


def _spliced(data: bytes, pattern: re.Pattern[str], value: int) -> tuple[bytes, Changed]:
    text = data.decode("utf-8", "surrogateescape")
    pieces: list[str] = []
    changed = []
    position = 0
    for match in pattern.finditer(text):
        written = match[value]
        if written is None:
            continue
        quote = written[0] if written[0] in "\"'" else ""
        old = unescape(written.strip(quote) if quote else written)
        new = tagged(old)
        if new is not None:
            pieces += text[position : match.start(value)], f'"{escape(new)}"'
            position = match.end(value)
            changed.append((old, new))
    pieces.append(text[position:])
    return "".join(pieces).encode("utf-8", "surrogateescape"), changed


PEERS: dict[str, Peer] = {
    "BeautifulSoup html.parser": by_soup("html.parser"),
    "BeautifulSoup lxml": by_soup("lxml"),
    "lxml rewrite_links": by_lxml,
    "tokenising regex splice": by_tokens,
    "bare regex splice": by_splice,
}
