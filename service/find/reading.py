"""A document as its readers see it: text in lines, the elements around it, its links.

Offsets are of the readable text; `Reading.text.source_span` leads back to the source.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from service.find.markdown import readable_markdown, readable_plain
from service.markup import Tag
from service.model import Document
from service.readable import Element as Around
from service.readable import Readable, Run, readable

#: elements that say something about the words they hold
_TELLING = frozenset(
    "em i cite strong b u a h1 h2 h3 h4 h5 h6 li td th dt code kbd samp blockquote".split()
)
_CODE = frozenset(("code", "kbd", "samp"))
#: parts of a page around the post, where nothing is a book mention
_SURROUNDINGS = frozenset("nav footer".split())
_SURROUNDING_CLASS = re.compile(
    r"(?:^|[\s_-])(?:comments?|comment-list|related|sidebar|site-header|site-footer|menu|breadcrumbs?)"
    r"(?:$|\s)",
    re.IGNORECASE,
)
_LANG = re.compile(r"""<html[^>]*?\slang\s*=\s*["']?([a-zA-Z]{2})""", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>([^<]{1,400})</title", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Element:
    """An element around readable text[start:end]; `href` is a link's, unescaped."""

    name: str
    start: int
    end: int
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The readable text, its lines (start, end), telling elements, and what is out of bounds."""

    document: Document
    text: Readable
    lines: list[tuple[int, int]]
    elements: list[Element]
    closed: list[tuple[int, int]]
    title: str
    language: str | None
    _line_starts: list[int] = field(repr=False)
    _closed_starts: list[int] = field(repr=False)
    _links: list[Element] = field(repr=False)

    def line_index(self, position: int) -> int:
        return max(0, bisect_right(self._line_starts, position) - 1)

    def is_closed(self, position: int) -> bool:
        """Whether it stands in navigation, comments or code."""
        index = bisect_right(self._closed_starts, position) - 1
        return index >= 0 and position < self.closed[index][1]

    def link_at(self, start: int, end: int) -> Element | None:
        """The link that these characters stand in or touch."""
        index = bisect_right(self._links, end - 1, key=lambda each: each.start) - 1
        if index >= 0 and start < self._links[index].end:
            return self._links[index]
        return None


def read(document: Document) -> Reading:
    """The document, read once, for all that look for something in it."""
    source = document.source
    if document.media == "html":
        text = readable(source)
        elements, closed = _from_runs(text)
    else:
        made = readable_markdown(source) if document.media == "markdown" else readable_plain(source)
        text, marked = made
        elements = [Element(*each) for each in marked]
        closed = [(each.start, each.end) for each in elements if each.name == "code"]
    lines = _lines(text.text)
    return Reading(
        document,
        text,
        lines,
        elements,
        _merged(closed),
        document.title or _title(document, elements, text.text),
        document.language or _declared_language(document),
        [start for start, _ in lines],
        [start for start, _ in _merged(closed)],
        sorted(
            (each for each in elements if each.name == "a" and each.href is not None),
            key=lambda each: each.start,
        ),
    )


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _from_runs(text: Readable) -> tuple[list[Element], list[tuple[int, int]]]:
    elements = []
    closed = []
    for tag, start, end in _spans(text):
        if tag.name in _CODE or _surrounds(tag):
            closed.append((start, end))
        elif tag.name in _TELLING:
            href = tag.attribute("href") if tag.name == "a" else None
            elements.append(Element(tag.name, start, end, href.value.strip() if href else None))
    return elements, closed


def _spans(text: Readable) -> Iterator[tuple[Tag, int, int]]:
    """Each element that holds readable text, with the span of that text; linear in the runs."""
    begun: dict[int, int] = {}
    before: Around | None = None
    position = 0
    for run in [*text.runs, Run(len(text.text), len(text.text))]:
        left, entered = before, run.element
        while left is not entered:
            if left is not None and (entered is None or left.depth >= entered.depth):
                yield left.tag, begun[left.tag.start], position
                left = left.parent
            elif entered is not None:
                begun[entered.tag.start] = run.start
                entered = entered.parent
        before, position = run.element, run.end


def _surrounds(tag: Tag) -> bool:
    if tag.name in _SURROUNDINGS:
        return True
    if tag.name not in ("div", "section", "aside", "header", "ul", "ol", "footer"):
        return False
    if tag.end - tag.start < 12:
        return False
    marks = (tag.attribute("id"), tag.attribute("class"))
    return any(mark is not None and _SURROUNDING_CLASS.search(mark.value) for mark in marks)


def _lines(text: str) -> list[tuple[int, int]]:
    lines = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip():
            lines.append((start, end))
        start = end + 1
    return lines


def _title(document: Document, elements: Iterable[Element], text: str) -> str:
    if document.media == "html":
        told = _TITLE.search(document.source, 0, 20_000)
        if told:
            return told[1].strip()
    heading = next((each for each in elements if each.name == "h1"), None)
    return text[heading.start : heading.end] if heading else ""


def _declared_language(document: Document) -> str | None:
    if document.media != "html":
        return None
    told = _LANG.search(document.source, 0, 4000)
    return told[1].lower() if told else None
