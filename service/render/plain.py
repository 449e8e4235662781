"""A post's HTML as plain text: the text part of a letter.

Reads sanitised HTML. Links are numbered [1] in the text and listed at its end, unless their words
are the address itself.
"""

import re
import textwrap
from dataclasses import dataclass, field
from html import unescape

from service.markup import Tag, tags

MEASURE = 72
_BLOCKS = frozenset(
    "p div section article aside h1 h2 h3 h4 h5 h6 blockquote figure figcaption table caption "
    "details summary dl dt dd pre".split()
)
_SPACE = re.compile(r"[ \t\r\n\f]+")


def plain(html: str, *, measure: int = MEASURE) -> str:
    """Plain text of sanitised HTML, wrapped at `measure` columns, links listed at the end."""
    writer = _Writer(measure)
    position = 0
    for tag in tags(html):
        writer.text(unescape(html[position : tag.start]))
        position = tag.end
        writer.tag(tag)
    writer.text(unescape(html[position:]))
    writer.flush()
    return writer.finished()


@dataclass
class _List:
    number: int | None = None


@dataclass
class _Writer:
    measure: int
    paragraphs: list[str] = field(default_factory=list)
    line: str = ""
    #: what stands before the first line of the next paragraph, and before its other lines
    marker: str = ""
    indents: list[str] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    open_link: tuple[str, int] | None = None
    verbatim: int = 0
    tight: bool = False

    def text(self, text: str) -> None:
        if self.verbatim:
            self.line += text
            return
        text = _SPACE.sub(" ", text)
        if not self.line or self.line.endswith((" ", "\n")):
            text = text.lstrip(" ")
        self.line += text

    def tag(self, tag: Tag) -> None:
        if tag.name == "a":
            self._link(tag)
        elif tag.name == "br":
            self.line = self.line.rstrip(" ") + "\n"
        elif tag.name == "hr":
            self.flush()
            self.line = "* * *"
            self.flush()
        elif tag.name == "img":
            self._image(tag)
        elif tag.name in ("ul", "ol"):
            self._list(tag)
        elif tag.name == "li":
            self._item(tag)
        elif tag.name in ("td", "th"):
            if tag.closing and self.line:
                self.line = self.line.rstrip(" ") + " | "
        elif tag.name == "tr":
            self._row(tag)
        elif tag.name in _BLOCKS:
            self._block(tag)

    def _block(self, tag: Tag) -> None:
        self.flush()
        if tag.name in ("blockquote", "dd"):
            if not tag.closing:
                self.indents.append("> " if tag.name == "blockquote" else "  ")
            elif self.indents:
                self.indents.pop()
        elif tag.name == "table":
            self.tight = False
        elif tag.name == "pre":
            self.verbatim = max(0, self.verbatim + (-1 if tag.closing else 1))

    def _list(self, tag: Tag) -> None:
        self.flush()
        if tag.closing:
            if self.lists:
                self.lists.pop()
            self.tight = bool(self.lists)
            return
        self.tight = bool(self.lists)
        start = tag.attribute("start")
        first = int(start.value) if start and start.value.strip().isdecimal() else 1
        self.lists.append(_List(first if tag.name == "ol" else None))

    def _item(self, tag: Tag) -> None:
        self.flush()
        if tag.closing:
            if self.indents:
                self.indents.pop()
            self.tight = True
            return
        current = self.lists[-1] if self.lists else _List()
        self.marker = "- "
        if current.number is not None:
            self.marker = f"{current.number}. "
            current.number += 1
        self.indents.append(" " * len(self.marker))

    def _row(self, tag: Tag) -> None:
        self.line = self.line.removesuffix(" | ")
        self.flush()
        self.tight = self.tight or tag.closing

    def _image(self, tag: Tag) -> None:
        alt = tag.attribute("alt")
        if alt and alt.value.strip():
            self.text(f"[{_SPACE.sub(' ', alt.value).strip()}] ")

    def _link(self, tag: Tag) -> None:
        if not tag.closing:
            target = tag.attribute("href")
            self.open_link = (target.value, len(self.line)) if target else None
            return
        if self.open_link is None:
            return
        url, start = self.open_link
        self.open_link = None
        words = self.line[start:].strip()
        if not words or words == url or url in (f"mailto:{words}", f"tel:{words}"):
            return
        if url not in self.links:
            self.links.append(url)
        self.line = self.line.rstrip(" ") + f" [{self.links.index(url) + 1}]"

    def flush(self) -> None:
        """End the paragraph, if there is one."""
        # A link around blocks keeps its words' beginning only within its last paragraph.
        if self.open_link is not None:
            self.open_link = (self.open_link[0], 0)
        text = self.line.strip("\n") if self.verbatim else self.line.strip()
        self.line = ""
        if not text.strip():
            return
        rest = "".join(self.indents)
        first = rest
        if self.marker:
            first = "".join(self.indents[:-1]) + self.marker
            self.marker = ""
        lines = text.split("\n")
        if not self.verbatim:
            lines = self._wrapped(lines, len(rest))
        written = "\n".join(
            (rest if number else first) + each if each else (rest if number else first).rstrip()
            for number, each in enumerate(lines)
        )
        if self.tight and self.paragraphs:
            self.paragraphs[-1] += "\n" + written
        else:
            self.paragraphs.append(written)
        self.tight = False

    def _wrapped(self, lines: list[str], indent: int) -> list[str]:
        width = max(20, self.measure - indent)
        return [
            piece
            for line in lines
            for piece in textwrap.wrap(
                line.strip(), width, break_long_words=False, break_on_hyphens=False
            )
            or [""]
        ]

    def finished(self) -> str:
        listed = "\n".join(f"[{number}] {url}" for number, url in enumerate(self.links, 1))
        return "\n\n".join(filter(None, (*self.paragraphs, listed))) + "\n"
