"""The text that readers of an HTML source see, and the way back from it to the source.

Built on the tags of service.markup, without a tree: which elements are open is followed as the
tags go by, as forgivingly as a browser does where it matters for text. Linear in the source.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from service.markup import ENTITY, RAW_TEXT, Tag, tags, text_between, unescaped

#: elements that give no readable text
SILENT = frozenset("head svg math object embed audio video form button select pre".split())
BLOCKS = frozenset(
    "p div section article header footer aside main nav h1 h2 h3 h4 h5 h6 ul ol li dl dt dd "
    "blockquote table caption thead tbody tfoot tr td th figure figcaption hr address details "
    "summary br body html center fieldset pre".split()
)
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_CLOSES_ITSELF = frozenset("li dt dd option tr td th a".split())
_CLOSES_P = BLOCKS - {"br", "td", "th", "tr", "thead", "tbody", "tfoot", "caption"}
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\ufeff\u00ad"))
_PIECE = re.compile(rf"{ENTITY.pattern}|\s+|[^&\s]++(?:[ ][^&\s]++)*+|&")


class Element:
    """An element that is open at some place, and the one around it."""

    __slots__ = ("depth", "parent", "tag")

    def __init__(self, tag: Tag, parent: "Element | None") -> None:
        self.tag = tag
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent else 1


def _chain(innermost: Element | None) -> tuple[Tag, ...]:
    """The tags of an element and those around it, outermost first."""
    chain = []
    while innermost:
        chain.append(innermost.tag)
        innermost = innermost.parent
    return tuple(reversed(chain))


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of readable text between two tags, and the innermost element around it."""

    start: int
    end: int
    element: Element | None = None

    @property
    def within(self) -> tuple[Tag, ...]:
        """The elements open around it, outermost first."""
        return _chain(self.element)


@dataclass(frozen=True, slots=True)
class Readable:
    """The text that readers see, each block on its own line, and where it stands in the source.

    White space collapses to one space, entities are resolved. `starts[i]` and `ends[i]` are the
    source span of character i. `runs` tells which elements stand around which stretch (offsets
    into `text`, in order).
    """

    source: str
    text: str
    starts: list[int]
    ends: list[int]
    runs: list[Run]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The source span of text[start:end]; may hold inline markup. Needs start < end."""
        return self.starts[start], self.ends[end - 1]

    def within(self, position: int) -> tuple[Tag, ...]:
        """The elements open around the character at this offset of `text`, outermost first."""
        index = bisect_right(self.runs, position, key=lambda run: run.start) - 1
        if index < 0 or position >= self.runs[index].end:
            return ()
        return self.runs[index].within

    def text_offset(self, source_offset: int) -> int:
        """The first character of `text` that stands at or after this offset of the source."""
        return bisect_right(self.starts, source_offset - 1)


class _Builder:
    def __init__(self, source: str) -> None:
        self.source = source
        self.pieces: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.runs: list[Run] = []
        self.last = "\n"

    def put(self, characters: str, start: int, end: int, *, verbatim: bool) -> None:
        """Add characters; `verbatim` ones stand one by one in the source, others share the span."""
        self.pieces.append(characters)
        self.last = characters[-1]
        if verbatim:
            self.starts.extend(range(start, start + len(characters)))
            self.ends.extend(range(start + 1, start + 1 + len(characters)))
        else:
            self.starts.extend([start] * len(characters))
            self.ends.extend([end] * len(characters))

    def break_line(self, position: int) -> None:
        if self.last == " ":
            self._drop_last()
        if self.last != "\n":
            self.put("\n", position, position, verbatim=False)

    def _drop_last(self) -> None:
        piece = self.pieces.pop()
        self.starts.pop()
        self.ends.pop()
        if len(piece) > 1:
            self.pieces.append(piece[:-1])
        self.last = self.pieces[-1][-1] if self.pieces else "\n"
        if self.runs and self.runs[-1].end > len(self.starts):
            run = self.runs.pop()
            if run.start < len(self.starts):
                self.runs.append(Run(run.start, len(self.starts), run.element))

    def add_text(self, start: int, end: int, element: Element | None) -> None:
        before = len(self.starts)
        for match in _PIECE.finditer(self.source, start, end):
            self._add_piece(match[0], match.start(), match.end())
        if len(self.starts) > before:
            self.runs.append(Run(before, len(self.starts), element))

    def _add_piece(self, piece: str, start: int, end: int) -> None:
        if piece[0] == "&":
            piece = unescaped(piece)
            if not piece.isspace():
                visible = piece.translate(_INVISIBLE)
                if visible:
                    self.put(visible, start, end, verbatim=False)
                return
        if piece.isspace():
            if self.last not in " \n":
                self.put(" ", start, end, verbatim=False)
        elif piece.isascii() or piece.translate(_INVISIBLE) == piece:
            self.put(piece, start, end, verbatim=True)
        else:
            for offset, character in enumerate(piece):
                if ord(character) not in _INVISIBLE:
                    self.put(character, start + offset, start + offset + 1, verbatim=True)


def readable(source: str) -> Readable:
    """The readable text of an HTML source, with the way back to it."""
    builder = _Builder(source)
    nesting = _Nesting()
    position = 0
    for tag in tags(source):
        if not nesting.silent and position < tag.start:
            for start, end in text_between(source, position, tag.start):
                builder.add_text(start, end, nesting.innermost)
        position = tag.end
        if tag.name in BLOCKS and not nesting.silent:
            builder.break_line(tag.start)
        nesting.meet(tag)
    if not nesting.silent and position < len(source):
        for start, end in text_between(source, position, len(source)):
            builder.add_text(start, end, nesting.innermost)
    if builder.last == " ":
        builder.break_line(len(source))
    text = "".join(builder.pieces)
    return Readable(source, text, builder.starts, builder.ends, builder.runs)


def plain(source: str) -> Readable:
    """A plain text or Markdown source as Readable: every character is its own."""
    spans = list(range(len(source) + 1))
    runs = [Run(0, len(source))] if source else []
    return Readable(source, source, spans[:-1], spans[1:], runs)


#: how far up an end tag looks for the element it ends; more are never open in earnest
_FAR = 64


class _Nesting:
    """Which elements are open, as the tags go by."""

    def __init__(self) -> None:
        self.innermost: Element | None = None
        #: how many of the open elements give no readable text
        self.silent = 0

    def meet(self, tag: Tag) -> None:
        if tag.closing:
            self._close(tag.name)
        elif tag.name not in VOID:
            self._close_implied(tag.name)
            self.innermost = Element(tag, self.innermost)
            self.silent += _is_silent(tag)

    def _close(self, name: str) -> None:
        """Close the innermost element of this name with all in it."""
        silent = 0
        element = self.innermost
        for _ in range(_FAR):
            if element is None:
                return
            silent += _is_silent(element.tag)
            if element.tag.name == name:
                self.innermost = element.parent
                self.silent -= silent
                return
            element = element.parent

    def _close_implied(self, name: str) -> None:
        """Close what this start tag ends by itself: a p before a block, a li before a li."""
        last = self.innermost.tag.name if self.innermost else ""
        if (last == "p" and name in _CLOSES_P) or (name == last and name in _CLOSES_ITSELF):
            self._close(last)


def _is_silent(tag: Tag) -> bool:
    return tag.name in SILENT or tag.name in RAW_TEXT


class Markup:
    """An HTML source, tokenised once, for rooms that look at it from several sides."""

    def __init__(self, source: str) -> None:
        self.source = source

    @cached_property
    def tags(self) -> list[Tag]:
        return list(tags(self.source))

    @cached_property
    def readable(self) -> Readable:
        return readable(self.source)

    @cached_property
    def _open_after(self) -> list[Element | None]:
        """The innermost open element after each tag."""
        nesting = _Nesting()
        innermost = []
        for tag in self.tags:
            nesting.meet(tag)
            innermost.append(nesting.innermost)
        return innermost

    def around(self, position: int) -> tuple[Tag, ...]:
        """The elements open around this offset of the source, outermost first.

        Within a tag: those around the element that it begins or ends.
        """
        index = bisect_right(self.tags, position, key=lambda tag: tag.end) - 1
        return _chain(self._open_after[index]) if index >= 0 else ()
