"""HTML read without changing a character: tags, attributes and visible text as spans.

A tokeniser after the WHATWG HTML standard, section 13.2.5, that never builds a tree, so that
every offset is one of the source. It reads only what a reader of a post would meet: nothing in
comments, CDATA, script, style and the other elements whose content is not markup.
Linear in the source's length.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape

#: elements whose content is characters, not markup (13.2.5.2 to 13.2.5.5 and scripting's)
RAW_TEXT = frozenset(
    "script style textarea title xmp iframe noembed noframes noscript template plaintext".split()
)
#: elements that give no readable text
SILENT = frozenset("head svg math object embed audio video form button select pre".split())
BLOCKS = frozenset(
    "p div section article header footer aside main nav h1 h2 h3 h4 h5 h6 ul ol li dl dt dd "
    "blockquote table caption thead tbody tfoot tr td th figure figcaption hr address details "
    "summary br body html center fieldset pre".split()
)
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_CLOSES_P = BLOCKS - {"br", "td", "th", "tr", "thead", "tbody", "tfoot", "caption"}

_MARK = re.compile(r"<(?:(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)|(?P<other>!--|!\[CDATA\[|[!?/]))")
_TAIL = re.compile(
    r"""(?>[\s/]++|=?+[^\s/>=]++(?:\s*+=\s*+(?>"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+|(?=>)))?+|=)*+>"""
)
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?P<name>=?+[^\s/>=]++)"""
    r"""(?:\s*+=\s*+(?>"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s>"'][^\s>]*+)|(?=>)))?+"""
)
_COMMENT_END = re.compile(r"--!?>")
_ENTITY = re.compile(r"&(?:#[0-9]{1,8};?|#[xX][0-9a-fA-F]{1,7};?|[a-zA-Z][a-zA-Z0-9]{1,31};?)")
_PIECE = re.compile(rf"{_ENTITY.pattern}|\s+|[^&\s]+|&")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\ufeff\u00ad"))


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute: its own span, its value's span (without quotes), the quote ("" if bare)."""

    name: str
    start: int
    end: int
    value_start: int
    value_end: int
    quote: str
    value: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag, `name` in lower case; `source` is the whole document."""

    source: str
    name: str
    start: int
    end: int
    closing: bool

    def attributes(self) -> Iterator[Attribute]:
        """Every attribute as written, duplicates too (only the first of a name counts)."""
        position = self.start + 1 + len(self.name)
        while match := _ATTRIBUTE.match(self.source, position, self.end - 1):
            position = match.end()
            group = next((g for g in ("double", "single", "bare") if match[g] is not None), None)
            start, end = match.span(group) if group else (match.end(), match.end())
            quote = {"double": '"', "single": "'"}.get(group or "", "")
            yield Attribute(
                match["name"].lower(),
                match.start("name"),
                match.end(),
                start,
                end,
                quote,
                unescape(self.source[start:end]),
            )

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of this lower-case name that counts: the first."""
        if self.closing:
            return None
        return next((each for each in self.attributes() if each.name == name), None)


def tags(source: str) -> Iterator[Tag]:
    """Every tag that a browser would see, in order; none from within raw text or comments.

    The start tag of a raw-text element is given, then its end tag.
    """
    position = 0
    while mark := _MARK.search(source, position):
        position = mark.end()
        if mark["other"]:
            position = _after_other(source, mark)
            continue
        tail = _TAIL.match(source, position)
        if tail is None:
            return
        name = mark["name"].lower()
        yield Tag(source, name, mark.start(), tail.end(), bool(mark["close"]))
        position = tail.end()
        if name in RAW_TEXT and not mark["close"]:
            position = _raw_text_end(source, name, position)


def _after_other(source: str, mark: re.Match[str]) -> int:
    """Where markup goes on after a comment, CDATA section, declaration or bogus end tag."""
    if mark["other"] == "!--":
        if source.startswith((">", "->"), mark.end()):
            return source.index(">", mark.end()) + 1
        end = _COMMENT_END.search(source, mark.end())
        return end.end() if end else len(source)
    closing = "]]>" if mark["other"] == "![CDATA[" else ">"
    found = source.find(closing, mark.end())
    return found + len(closing) if found >= 0 else len(source)


def _raw_text_end(source: str, name: str, position: int) -> int:
    if name == "plaintext":
        return len(source)
    end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(source, position)
    return end.start() if end else len(source)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of readable text between two tags, and the elements open around it."""

    start: int
    end: int
    within: tuple[Tag, ...]


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
                self.runs.append(Run(run.start, len(self.starts), run.within))

    def add_text(self, start: int, end: int, within: tuple[Tag, ...]) -> None:
        before = len(self.starts)
        for match in _PIECE.finditer(self.source, start, end):
            self._add_piece(match[0], match.start(), match.end())
        if len(self.starts) > before:
            self.runs.append(Run(before, len(self.starts), within))

    def _add_piece(self, piece: str, start: int, end: int) -> None:
        if piece[0] == "&":
            piece = unescape(piece)
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
    open_tags: list[Tag] = []
    silent = 0
    position = 0
    for tag in tags(source):
        if not silent and position < tag.start:
            for start, end in _text_between(source, position, tag.start):
                builder.add_text(start, end, tuple(open_tags))
        position = tag.end
        if tag.name in BLOCKS and not silent:
            builder.break_line(tag.start)
        if tag.closing:
            silent -= _close(open_tags, tag.name)
        elif tag.name not in VOID:
            silent -= _close_implied(open_tags, tag.name)
            open_tags.append(tag)
            silent += tag.name in SILENT or tag.name in RAW_TEXT
    if not silent and position < len(source):
        for start, end in _text_between(source, position, len(source)):
            builder.add_text(start, end, tuple(open_tags))
    if builder.last == " ":
        builder.break_line(len(source))
    text = "".join(builder.pieces)
    return Readable(source, text, builder.starts, builder.ends, builder.runs)


def plain(source: str) -> Readable:
    """A plain text or Markdown source as Readable: every character is its own."""
    spans = list(range(len(source) + 1))
    runs = [Run(0, len(source), ())] if source else []
    return Readable(source, source, spans[:-1], spans[1:], runs)


def _text_between(source: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches between two tags that are text: what is left without comments and the like."""
    while start < end:
        mark = _MARK.search(source, start, end)
        while mark is not None and not mark["other"]:
            mark = _MARK.search(source, mark.end(), end)
        if mark is None:
            yield start, end
            return
        if start < mark.start():
            yield start, mark.start()
        start = min(_after_other(source, mark), end)


def _close(open_tags: list[Tag], name: str) -> int:
    """Close the innermost element of this name with all in it; how many silent ones ended."""
    for index in range(len(open_tags) - 1, max(-1, len(open_tags) - 64), -1):
        if open_tags[index].name == name:
            closed = open_tags[index:]
            del open_tags[index:]
            return sum(each.name in SILENT or each.name in RAW_TEXT for each in closed)
    return 0


def _close_implied(open_tags: list[Tag], name: str) -> int:
    """Close what this start tag ends by itself: a p before a block, a li before a li."""
    if not open_tags:
        return 0
    last = open_tags[-1].name
    if last == "p" and name in _CLOSES_P:
        return _close(open_tags, "p")
    if name == last and name in ("li", "dt", "dd", "option", "tr", "td", "th", "a"):
        return _close(open_tags, name)
    return 0


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
