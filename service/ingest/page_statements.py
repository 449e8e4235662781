"""What a page states of itself, by each format that it may use: meta elements and links of its
head, JSON-LD, microformats, and the names of its classes."""

from __future__ import annotations

import re
from typing import Any

from service.ingest.linked_data import LinkedData
from service.ingest.page_marks import Marks

_HEAD_END = re.compile(r"<body\b|</head\s*>", re.IGNORECASE)
_LONGEST_HEAD = 400_000
_DUBLIN_CORE = re.compile(r"^(dc|dcterms?):")


class Statements:
    """`tree` is the page as lxml parsed it, `links` the addresses of its head by their rel,
    `base` among them, `data` its JSON-LD, `marks` its elements by class."""

    def __init__(self, html: str, tree: Any) -> None:
        self.tree = tree
        self._meta, self.links = _head(html)
        self.data = LinkedData(html)
        self.marks = Marks(tree)

    def first(self, *names: str) -> str | None:
        """The first content of the first of these meta elements that is there."""
        return next((self._meta[name][0] for name in names if name in self._meta), None)

    def all(self, *names: str) -> tuple[str, ...]:
        """All contents of the first of these meta elements that is there."""
        return next((tuple(self._meta[name]) for name in names if name in self._meta), ())

    def first_of_entry(self, name: str) -> str | None:
        """The words of the first element of this class in the page's h-entry."""
        return next(iter(self.all_of_entry(name)), None)

    def all_of_entry(self, name: str) -> tuple[str, ...]:
        return tuple(filter(None, map(words_of, self.marks.of_entry(name))))

    def words_at(self, path: str) -> str:
        """The words of the first element that an XPath finds; "" for none."""
        return next((words_of(each) for each in self.tree.xpath(path)), "")


def words_of(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _head(html: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The head's meta contents by lower-case name, and its links by rel; `base` is one of them."""
    from bs4 import BeautifulSoup

    end = _HEAD_END.search(html)
    soup = BeautifulSoup(html[: min(end.start() if end else len(html), _LONGEST_HEAD)], "lxml")
    meta: dict[str, list[str]] = {}
    for element in soup.find_all("meta"):
        content = str(element.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = element.get(attribute)
            for each in str(name or "").lower().split():
                if content:
                    meta.setdefault(_DUBLIN_CORE.sub(r"\1.", each), []).append(content)
    links: dict[str, str] = {}
    for element in soup.find_all(["link", "base"], href=True):
        rels = element.get("rel") or [] if element.name == "link" else ["base"]
        for rel in rels if isinstance(rels, list) else [rels]:
            links.setdefault(str(rel).lower(), str(element["href"]).strip())
    return meta, links
