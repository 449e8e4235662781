"""The lines of a post: what a reader sees as one, and the words in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.ingest.page_tree import flat

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_BLOCKS = HEADINGS | frozenset(
    "p div section article header footer ul ol li dl dt dd blockquote pre table tr td th "
    "figure figcaption details summary main address".split()
)
#: what stands in these is quoted, tabled or code, whatever it says
OWN = frozenset("pre code blockquote table figure dl".split())


@dataclass(slots=True)
class Line:
    """A block without blocks within, or what stands alone between blocks."""

    element: Any
    text: str


def lines_of(root: Any) -> Iterator[Line]:
    """The blocks without blocks within, and what stands alone between blocks, in order; none of
    what is quoted, tabled or code."""
    holders, own = {root}, set()
    for block in root.iterdescendants(*_BLOCKS):
        parent = block.getparent()
        while parent is not None and parent not in holders:
            holders.add(parent)
            parent = parent.getparent()
    for each in root.iterdescendants():
        parent = each.getparent()
        if each.tag in OWN or parent in own:
            own.add(each)
        elif each not in holders and (
            each.tag in _BLOCKS or (parent in holders and stands_alone(each))
        ):
            yield Line(each, flat(each))


def stands_alone(element: Any) -> bool:
    before = element.getprevious()
    text = element.getparent().text if before is None else before.tail
    return not (text or "").strip() and not (element.tail or "").strip()


def before_links(element: Any) -> str:
    """The words of a line before its first link."""
    link = next(element.iter("a"), None)
    if link is None:
        return ""
    pieces: list[str] = []
    for each in element.iter():
        if each is link:
            break
        pieces.append(each.text or "")
    return " ".join("".join(pieces).split())


def all_linked(line: Line, label: str) -> bool:
    """Whether a line holds nothing but its label, links, and what stands between links."""
    links = list(line.element.iter("a"))
    linked = sum(len(flat(each)) for each in links)
    return bool(links) and linked + len(label) + 3 * len(links) >= len(line.text) * 0.9


def words_in(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+|\d+", text.casefold())


def key_of(text: str) -> str:
    """A line's words alone, each number as 0."""
    return " ".join("0" if word.isdigit() else word for word in words_in(text))
