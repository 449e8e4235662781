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
from functools import cached_property, lru_cache
from html import unescape
from html.entities import html5
from typing import NamedTuple

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
LINKS = frozenset(("a", "area"))
_CLOSES_ITSELF = frozenset("li dt dd option tr td th a".split())
_CLOSES_P = BLOCKS - {"br", "td", "th", "tr", "thead", "tbody", "tfoot", "caption"}

#: elements whose content is no HTML (13.2.6.5), where HTML begins again within, and what ends them
_FOREIGN = frozenset(("svg", "math"))
_HTML_AGAIN = frozenset(("foreignobject", "desc", "annotation-xml"))
_STEERING = _FOREIGN | RAW_TEXT
_BREAKOUT = frozenset(
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li "
    "listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul "
    "var".split()
)

# the white space of HTML is these five; `\s` would take more
_VALUE = (
    r"""[\t\n\f\r ]*+=[\t\n\f\r ]*+"""
    r"""(?>"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'"""
    r"""|(?P<bare>[^\t\n\f\r >"'][^\t\n\f\r >]*+)|(?=>))"""
)
_NAME = r"(?>=[^\t\n\f\r />=]*+|[^\t\n\f\r />=]++)"
_UNNAMED = re.sub(r"\?P<\w+>", "?:", _VALUE)
_TAIL = rf"(?>[\t\n\f\r /]++|{_NAME}(?>{_UNNAMED}|(?![\t\n\f\r ]*+=)))*+>"
#: a tag (`end` marks one that ends), or the beginning of what is none
_MARK = re.compile(
    rf"<(?:(?P<close>/?)(?P<name>[a-zA-Z][^\t\n\f\r />]*+)(?:{_TAIL}(?P<end>))?+"
    r"|(?P<other>!--|!\[CDATA\[|[!?/]))"
)
#: text and tags that are no links and change nothing about what follows
_NO_LINK = re.compile(
    rf"(?>[^<]++|</?(?!(?i:{'|'.join(sorted(_STEERING | LINKS))})[\t\n\f\r />])"
    rf"[a-zA-Z][^\t\n\f\r />]*+{_TAIL})*+"
)
_ATTRIBUTE = re.compile(rf"[\t\n\f\r /]*+(?P<name>{_NAME})(?:{_VALUE})?+")
_QUOTES = {"double": '"', "single": "'"}
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_COMMENT_END = re.compile(r"--!?>")
_ENTITY = re.compile(r"&(?:#[0-9]++;?|#[xX][0-9a-fA-F]++;?|[a-zA-Z][a-zA-Z0-9]{1,31};?)")
#: more digits than any code point has, leading noughts included
_DIGITS = 24
_PIECE = re.compile(rf"{_ENTITY.pattern}|\s+|[^&\s]++(?:[ ][^&\s]++)*+|&")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\ufeff\u00ad"))
#: references that need no semicolon
_PLAIN_REFERENCES = frozenset(f"&{name}" for name in html5 if not name.endswith(";"))
#: where a script's content may change its state (13.2.5.15 to 13.2.5.31)
_SCRIPT_MARK = re.compile(r"<!--|-->|<(?P<close>/?)script(?=[\t\n\f\r />])", re.IGNORECASE)


def unescaped(text: str, *, attribute: bool = False) -> str:
    """The text with its character references resolved (13.2.5.72); never raises.

    In an attribute a reference without semicolon that runs into `=` or a letter is none.
    """
    if "&" not in text:
        return text
    return _ENTITY.sub(_in_attribute if attribute else _character, text)


def _character(reference: re.Match[str]) -> str:
    written = reference[0]
    if written[1] == "#" and len(written) > _DIGITS:
        digits = written.lower().strip("&#x;").lstrip("0")
        if len(digits) > _DIGITS:
            return "\ufffd"
        written = f"&#{'x' if written[2] in 'xX' else ''}{digits or 0};"
    return unescape(written)


def _in_attribute(reference: re.Match[str]) -> str:
    written = reference[0]
    if written[-1] != ";" and written[1] != "#":
        following = reference.string[reference.end() : reference.end() + 1]
        if following == "=" or following.isalnum() or written not in _PLAIN_REFERENCES:
            return written
    return _character(reference)


class Attribute(NamedTuple):
    """An attribute: its own span, its value's span (without quotes), the quote ("" if bare)."""

    name: str
    start: int
    end: int
    value_start: int
    value_end: int
    quote: str
    value: str


class Tag(NamedTuple):
    """A start or end tag, `name` in lower case; `source` is the whole document."""

    source: str
    name: str
    start: int
    end: int
    closing: bool

    def attributes(self) -> Iterator[Attribute]:
        """Every attribute as written, duplicates too (only the first of a name counts)."""
        return map(_attribute, self._written())

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of this lower-case name that counts: the first."""
        if not self.closing:
            for match in self._written():
                if _lower(match["name"]) == name:
                    return _attribute(match)
        return None

    def _written(self) -> Iterator[re.Match[str]]:
        position = self.start + 1 + self.closing + len(self.name)
        while match := _ATTRIBUTE.match(self.source, position, self.end):
            yield match
            position = match.end()


def _attribute(match: re.Match[str]) -> Attribute:
    kind = match.lastgroup or "name"
    if kind == "name":
        start = end = match.end()
    else:
        start, end = match.span(kind)
    return Attribute(
        _lower(match["name"]),
        match.start("name"),
        match.end(),
        start,
        end,
        _QUOTES.get(kind, ""),
        unescaped(match.string[start:end], attribute=True),
    )


def _lower(name: str) -> str:
    """ASCII lower case, which alone keeps a name's length."""
    return name.lower() if name.isascii() else name.translate(_LOWER)


def tags(source: str) -> Iterator[Tag]:
    """Every tag that a browser would see, in order; none from within raw text or comments.

    The start tag of a raw-text element is given, then its end tag. What stands after the
    beginning of a tag that never ends, no browser shows: there it stops.
    """
    return iter(_tokenised(source))


@lru_cache(maxsize=1)  # the rooms look at one document after the other
def _tokenised(source: str) -> list[Tag]:
    return _walk(source, None)


@lru_cache(maxsize=1)
def link_tags(source: str) -> list[Tag]:
    """The start tags of links, a and area: those among `tags`, in a third of the time."""
    return [tag for tag in _walk(source, _NO_LINK) if tag.name in LINKS and not tag.closing]


def _walk(source: str, skipped: re.Pattern[str] | None) -> list[Tag]:
    """The tags, but those that `skipped` matches where nothing else depends on them."""
    found = []
    position = 0
    foreign = False
    while True:
        if skipped and not foreign and (passed := skipped.match(source, position)):
            position = passed.end()
        mark = _MARK.search(source, position)
        if mark is None:
            break
        close, name, ended, other = mark.groups()
        position = mark.end()
        if other:
            position = _after_other(source, mark)
            continue
        if ended is None:
            break
        name = _lower(name)
        closing = close == "/"
        found.append(Tag(source, name, mark.start(), position, closing))
        if name not in _STEERING and not foreign:
            continue
        if name in _FOREIGN:
            foreign = not closing and source[position - 2] != "/"
        elif foreign and (name in _BREAKOUT or name in _HTML_AGAIN):
            foreign = closing and name in _HTML_AGAIN
        if name in RAW_TEXT and not closing and not foreign:
            position = _raw_text_end(source, name, position)
    return found


def _after_other(source: str, mark: re.Match[str]) -> int:
    """Where markup goes on after a comment, CDATA section, declaration or bogus end tag.

    A CDATA section ends as in XML: browsers read less of it, so nothing is touched that either
    would not show.
    """
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
    if name == "script":
        return _script_end(source, position)
    end = re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE).search(source, position)
    return end.start() if end else len(source)


def _script_end(source: str, position: int) -> int:
    """Where a script ends: in `<!-- <script>` its next end tag is only content."""
    escaped = doubly = False
    for mark in _SCRIPT_MARK.finditer(source, position):
        if mark[0] == "<!--":
            escaped = True
        elif mark[0] == "-->":
            escaped = doubly = False
        elif not mark["close"]:
            doubly = escaped
        elif doubly:
            doubly = False
        else:
            return mark.start()
    return len(source)


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
            for start, end in _text_between(source, position, tag.start):
                builder.add_text(start, end, nesting.innermost)
        position = tag.end
        if tag.name in BLOCKS and not nesting.silent:
            builder.break_line(tag.start)
        nesting.meet(tag)
    if not nesting.silent and position < len(source):
        for start, end in _text_between(source, position, len(source)):
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


def _text_between(source: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches between two tags that are text: what is left without comments and the like.

    A tag that begins here never ends: what follows it, nobody sees.
    """
    while start < end:
        mark = _MARK.search(source, start, end)
        stop = mark.start() if mark else end
        if start < stop:
            yield start, stop
        if mark is None or not mark["other"]:
            return
        start = min(_after_other(source, mark), end)


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
