"""What stands in each element of a page: characters, links, commas, paragraphs, pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_COMMA = re.compile("[,،、﹐，︐︑⸲﹑]")


@dataclass(slots=True)
class Stats:
    """What stands in an element, itself and all within: characters, commas, elements."""

    text: int = 0
    linked: float = 0.0
    commas: int = 0
    paragraphs: int = 0
    images: int = 0
    items: int = 0
    inputs: int = 0
    headings: int = 0

    def add(self, other: Stats) -> None:
        self.text += other.text
        self.linked += other.linked
        self.commas += other.commas
        self.paragraphs += other.paragraphs
        self.images += other.images
        self.items += other.items
        self.inputs += other.inputs
        self.headings += other.headings

    @property
    def link_density(self) -> float:
        return self.linked / self.text if self.text else 0.0

    @property
    def unlinked(self) -> float:
        return self.text - self.linked


def measured(root: Any, dropped: set[Any]) -> dict[Any, Stats]:
    """The stats of every element that is not dropped, in one pass from the leaves."""
    found: dict[Any, Stats] = {}
    elements = [each for each in root.iter() if each not in dropped and isinstance(each.tag, str)]
    for element in reversed(elements):
        stats = Stats()
        _count_text(stats, element.text)
        for child in element:
            if child in found:
                stats.add(found[child])
            _count_text(stats, child.tail)
        _count_element(stats, element)
        found[element] = stats
    return found


def _count_text(stats: Stats, text: str | None) -> None:
    if text:
        length = len(text) if text.isalnum() else len(" ".join(text.split()))
        if length:
            stats.text += length
            stats.commas += text.count(",") if text.isascii() else len(_COMMA.findall(text))


def _count_element(stats: Stats, element: Any) -> None:
    tag = element.tag
    if tag == "a":
        href = element.get("href", "")
        stats.linked = stats.text * (0.3 if href.startswith("#") else 1.0)
    elif tag == "p":
        stats.paragraphs += 1
    elif tag == "img":
        stats.images += 1
    elif tag == "li":
        stats.items += 1
    elif tag == "input":
        stats.inputs += 1
    elif tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        stats.headings += stats.text
