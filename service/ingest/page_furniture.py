"""What publishers set between and around a post's own lines: bylines and dates at its top,
"Continue reading", "Related: …", share words, tags and the author's box at its end.

The words are data (`page_furniture.csv`). A line is taken out only where nothing else stands in
it; a label only with links into the same site, because a blogger's own link elsewhere is text.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from service.ingest.page_lines import (
    HEADINGS,
    OWN,
    Line,
    all_linked,
    before_links,
    key_of,
    lines_of,
    stands_alone,
    words_in,
)
from service.ingest.page_noise import names_of
from service.ingest.page_tree import flat, has_media, leads_within, sites_of, take_out

_FURNITURE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:byline|dateline|timestamp|(?:post|entry|article|story)[_-]?meta|posted[_-]?on|"
    r"(?:post|entry|publish|published|pub|article)[_-]?date|read(?:ing)?[_-]?time|"
    r"author[_-]?(?:box|bio|info|name|meta|card)|(?:tag|cat)s?[_-]links|"
    r"(?:post|entry|article)[_-]?tags|tag[_-]?list|breadcrumbs?)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BY = re.compile(
    r"^(?:(?:written|posted|published|story|words|text)\s+)?(?:by|von|par|por|door|di|da)\b[\s:]",
    re.IGNORECASE,
)
_LONGEST_LINE, _LONGEST_BYLINE, _LONGEST_HEADING = 200, 160, 40
_EDGE, _NAME_WORDS, _SHORT_LIST = 8, 6, 0.2
#: without a name or a number, a byline has one of these
_SAID = frozenset(("posted", "published", "updated", "written"))
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_COPYRIGHT = re.compile(r"^(?:©|\(c\)|copyright\b)", re.IGNORECASE)
#: a line of this many characters that is no byline is where the post begins
_PROSE = 120
#: of the characters after a heading such as "About the author", at most so many beside the post's
_LEAST_BEFORE = 2.0


def drop_furniture(root: Any, byline: Byline) -> None:
    """Take the publisher's lines out of a post."""
    _Post(root, byline).clear()


@dataclass(frozen=True, slots=True)
class Byline:
    """What a page says of itself that helps to know its own lines: who wrote the post, what the
    site is called, and the addresses that the page gives itself."""

    authors: tuple[str, ...] = ()
    site: str | None = None
    addresses: tuple[str, ...] = ()


class _Post:
    def __init__(self, root: Any, byline: Byline) -> None:
        self.sites = sites_of(byline.addresses)
        said = (*byline.authors, byline.site or "")
        self.names = {word for name in said for word in words_in(name)}
        self.own = self.names | _phrases()["byline"]
        self.authors = tuple(f"{each} " for each in byline.authors if " " in each)
        self.lines = list(lines_of(root))
        self.length = sum(len(each.text) for each in self.lines)
        self.gone: set[Any] = set()

    def clear(self) -> None:
        self._clear_sections()
        self._clear_edges()
        for line in self._left():
            if line.element not in self.gone and self._is_furniture(line):
                self._take_with_links_after(line)

    def _left(self) -> list[Line]:
        return [line for line in self.lines if line.element not in self.gone]

    def _take(self, element: Any) -> None:
        self.gone.update(element.iter())
        take_out(element)

    # ── before the first line and after the last ─────────────────────────────────────────

    def _clear_edges(self) -> None:
        """Take out the lines before the post's first and after its last that say only who and
        when, or lead elsewhere in the site."""
        lines = self._left()
        for line in lines[:_EDGE]:
            if line.element not in self.gone and not self._edge_taken(line, first=True):
                break
        for line in reversed(lines[-_EDGE:]):
            if line.element not in self.gone and not self._edge_taken(line, first=False):
                break

    def _edge_taken(self, line: Line, *, first: bool) -> bool:
        """Whether to look at the next line too: this one was taken out, or is too short to be
        prose."""
        element, text = line.element, line.text
        if has_media(element):
            return first and len(text) < _PROSE
        if element.tag == "li":
            return first and self._list_taken(line)
        if element.tag in HEADINGS and not any(map(str.isdigit, text)):
            return False
        if not first and text.startswith(self.authors) and self.authors:
            self._take(element)  # of oneself one speaks as "I": this is the author's box
            return True
        if not text or (len(text) <= _LONGEST_BYLINE and self._is_edge(line)):
            self._take(element)
            return True
        return first and len(text) < _PROSE

    def _list_taken(self, line: Line) -> bool:
        """Whether a short list of links within the page or site, before the post, was taken out."""
        items = line.element.getparent()
        if not self._is_links(items) or len(flat(items)) > self.length * _SHORT_LIST:
            return False
        self._take(items)
        return True

    def _is_edge(self, line: Line) -> bool:
        return (
            self._is_byline(line.text)
            or self._is_byline_of_links(line)
            or _COPYRIGHT.match(line.text) is not None
            or (all_linked(line, "") and leads_within(line.element, self.sites))
        )

    def _is_byline(self, text: str) -> bool:
        words = words_in(text)
        left = [word for word in words if word not in self.own and not word.isdigit()]
        if not left:
            return self._says_who_or_when(words)
        if len(left) > _NAME_WORDS or text[-1] in ".!?:":
            return False
        return _BY.match(text) is not None or (_YEAR.search(text) is not None and text.istitle())

    def _is_byline_of_links(self, line: Line) -> bool:
        """ "Posted by A at 8:30 in B, C", where A, B and C are links."""
        if next(line.element.iter("a"), None) is None:
            return False
        linked = {word for link in line.element.iter("a") for word in words_in(flat(link))}
        words = [word for word in words_in(line.text) if word not in linked]
        return self._says_who_or_when(words) and all(
            word in self.own or word.isdigit() for word in words
        )

    def _says_who_or_when(self, words: list[str]) -> bool:
        return any(word.isdigit() or word in self.names or word in _SAID for word in words)

    # ── lines and labels ─────────────────────────────────────────────────────────────────

    def _is_furniture(self, line: Line) -> bool:
        element, text, phrases = line.element, line.text, _phrases()
        if len(text) > _LONGEST_LINE or has_media(element):
            return False
        if _FURNITURE_NAMES.search(names_of(element)):
            return True
        if element.tag in HEADINGS:
            return key_of(text) in phrases["label"] and self._is_links(element.getnext())
        if element.tag != "li" and key_of(text) in phrases["line"]:
            return True
        opening = before_links(element) or text.partition(":")[0]
        label = key_of(opening)
        if label in phrases["tags"]:
            return all_linked(line, opening)
        if label not in phrases["label"]:
            return False
        if label == key_of(text):
            return self._is_links(element.getnext())
        return all_linked(line, opening) and leads_within(element, self.sites)

    def _is_links(self, element: Any) -> bool:
        """Whether an element is a list of links into the same site."""
        if element is None or element.tag in HEADINGS or element.tag in OWN:
            return False
        text = flat(element)
        linked = sum(len(flat(each)) for each in element.iter("a"))
        return bool(text) and linked >= len(text) * 0.7 and leads_within(element, self.sites)

    def _take_with_links_after(self, line: Line) -> None:
        """Take out a line, and where it is a label alone, the links that it announces."""
        if key_of(line.text) in _phrases()["label"]:
            following = line.element.getnext()
            while following is not None and self._is_links(following):
                after = following.getnext()
                self._take(following)
                following = after
        self._take(line.element)

    # ── what follows a post ──────────────────────────────────────────────────────────────

    def _clear_sections(self) -> None:
        """Take out what follows a heading such as "About the author", to the end or the next
        heading, where the post stands before it."""
        whole, before = self.length, 0
        for line in self.lines:
            length = len(line.text)
            if (
                length <= _LONGEST_HEADING
                and before > _LEAST_BEFORE * (whole - before)
                and line.element not in self.gone
                and key_of(line.text) in _phrases()["section"]
            ):
                self._take_from(line.element)
            before += length

    def _take_from(self, heading: Any) -> None:
        start = heading
        while start.getprevious() is None and start.getnext() is None and stands_alone(start):
            parent = start.getparent()
            if parent.getparent() is None:
                break
            start = parent
        following = start.getnext()
        while following is not None and following.tag not in HEADINGS:
            after = following.getnext()
            self._take(following)
            following = after
        self._take(start)


# ── reading ──────────────────────────────────────────────────────────────────────────────


@cache
def _phrases() -> dict[str, frozenset[str]]:
    """The keys of the words of each kind."""
    text = files("service.ingest").joinpath("page_furniture.csv").read_text("utf-8")
    found: dict[str, set[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["kind"], set()).add(key_of(row["words"]))
    return {kind: frozenset(words) for kind, words in found.items()}
