"""A document as its readers see it: text in lines, the elements around it, its links.

Offsets are of the readable text; `Reading.text.source_span` leads back to the source.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from service.find.markdown import readable_markdown, readable_plain
from service.markup import Readable, Tag, readable
from service.model import Document

#: elements that say something about the words they hold
_TELLING = frozenset(
    "em i cite strong b u a h1 h2 h3 h4 h5 h6 li td th dt code kbd samp blockquote".split()
)
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
    _line_starts: list[int] = field(default_factory=list, repr=False)

    def line_index(self, position: int) -> int:
        return max(0, bisect_right(self._line_starts, position) - 1)

    def is_closed(self, position: int) -> bool:
        """Whether it stands in navigation, comments or code."""
        return any(start <= position < end for start, end in self.closed)


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
        closed,
        document.title or _title(document, elements, text.text),
        document.language or _declared_language(document),
        [start for start, _ in lines],
    )


def _from_runs(text: Readable) -> tuple[list[Element], list[tuple[int, int]]]:
    spans: dict[int, list[int]] = {}
    tags: dict[int, Tag] = {}
    verdicts: dict[int, bool] = {}
    for run in text.runs:
        for tag in run.within:
            place = tag.start
            known = spans.get(place)
            if known is not None:
                known[1] = run.end
            elif place not in verdicts:
                telling, around = tag.name in _TELLING, _surrounds(tag)
                verdicts[place] = telling or around
                if telling or around:
                    spans[place] = [run.start, run.end]
                    tags[place] = tag
    elements = []
    closed = []
    for place, (start, end) in spans.items():
        tag = tags[place]
        if tag.name not in _TELLING or tag.name in ("code", "kbd", "samp") or _surrounds(tag):
            closed.append((start, end))
            continue
        href = tag.attribute("href") if tag.name == "a" else None
        elements.append(Element(tag.name, start, end, href.value.strip() if href else None))
    return elements, closed


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
