"""HTML read without changing a character: tags and attributes as spans.

A tokeniser after the WHATWG HTML standard, section 13.2.5, that never builds a tree, so that
every offset is one of the source. It reads only what a reader of a post would meet: nothing in
comments, CDATA, script, style and the other elements whose content is not markup.
Linear in the source's length.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from functools import lru_cache
from html import unescape
from html.entities import html5
from itertools import islice
from typing import NamedTuple

#: elements whose content is characters, not markup (13.2.5.2 to 13.2.5.5 and scripting's)
RAW_TEXT = frozenset(
    "script style textarea title xmp iframe noembed noframes noscript template plaintext".split()
)
LINKS = frozenset(("a", "area"))

#: elements whose content is no HTML (13.2.6.5), where HTML begins again within, and what ends them
FOREIGN = frozenset(("svg", "math"))
_HTML_AGAIN = frozenset(("foreignobject", "desc", "annotation-xml"))
_STEERING = FOREIGN | RAW_TEXT
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


def _passing(names: frozenset[str]) -> re.Pattern[str]:
    """Text and tags of any but these names."""
    return re.compile(
        rf"(?>[^<]++|</?(?!(?i:{'|'.join(sorted(names))})[\t\n\f\r />])"
        rf"[a-zA-Z][^\t\n\f\r />]*+{_TAIL})*+"
    )


_LEAVING = FOREIGN | _HTML_AGAIN | _BREAKOUT
#: what is passed over where links are looked for, and where any tag is; then, within svg and math
_NO_LINK = (_passing(_STEERING | LINKS), _passing(_LEAVING | LINKS))
_NO_CHANGE = (_passing(_STEERING), _passing(_LEAVING))
_LEFT = re.compile(r"<[a-zA-Z!?/]")
_TAG_NAME = re.compile(rf"<(/?[a-zA-Z][^\t\n\f\r />]*+){_TAIL}")
_ATTRIBUTE = re.compile(rf"[\t\n\f\r /]*+(?P<name>{_NAME})(?:{_VALUE})?+")
#: by the number of the value's group in `_ATTRIBUTE`: none, double, single, bare
_QUOTES = ("", "", '"', "'", "")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_COMMENT_END = re.compile(r"--!?>")
ENTITY = re.compile(r"&(?:#[0-9]++;?|#[xX][0-9a-fA-F]++;?|[a-zA-Z][a-zA-Z0-9]{1,31};?)")
#: more digits than any code point has, leading noughts included
_DIGITS = 24
#: references that need no semicolon
_PLAIN_REFERENCES = frozenset(f"&{name}" for name in html5 if not name.endswith(";"))
#: where a script's content may change its state (13.2.5.15 to 13.2.5.31)
_SCRIPT_END = re.compile(r"</(?i:script)(?=[\t\n\f\r />])")
_SCRIPT_MARK = re.compile(r"<!--|-->|<(?P<close>/?)script(?=[\t\n\f\r />])", re.IGNORECASE)


def unescaped(text: str, *, attribute: bool = False) -> str:
    """The text with its character references resolved (13.2.5.72); never raises.

    In an attribute a reference without semicolon that runs into `=` or a letter is none.
    """
    if "&" not in text:
        return text
    return ENTITY.sub(_in_attribute if attribute else _character, text)


def _character(reference: re.Match[str]) -> str:
    return _resolved(reference[0])


@lru_cache(maxsize=1024)  # few are written often
def _resolved(written: str) -> str:
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
    return _resolved(written)


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
        if self.closing:
            return None
        for match in self._written():
            written = match["name"]
            if written == name or _lower(written) == name:
                return _attribute(match)
        return None

    def first(self, names: Collection[str]) -> dict[str, Attribute]:
        """Of the attributes of these lower-case names, those that count: the first each."""
        found: dict[str, Attribute] = {}
        for match in self._written():
            name = _lower(match["name"])
            if name in names and name not in found:
                found[name] = _attribute(match)
                if len(found) == len(names):
                    break
        return found

    def _written(self) -> Iterator[re.Match[str]]:
        position = self.start + 1 + self.closing + len(self.name)
        return _ATTRIBUTE.finditer(self.source, position, self.end)


def _attribute(match: re.Match[str]) -> Attribute:
    source, spans = match.string, match.regs
    begin, named = spans[1]
    end = spans[0][1]
    last = match.lastindex or 1
    value_start, value_end = spans[last] if last > 1 else (end, end)
    value = source[value_start:value_end]
    if "&" in value:
        value = unescaped(value, attribute=True)
    name = _lower(source[begin:named])
    return Attribute(name, begin, end, value_start, value_end, _QUOTES[last], value)


def _lower(name: str) -> str:
    """ASCII lower case, which alone keeps a name's length."""
    return name.lower() if name.isascii() else name.translate(_LOWER)


def tags(source: str) -> Iterator[Tag]:
    """Every tag that a browser would see, in order; none from within raw text or comments.

    The start tag of a raw-text element is given, then its end tag. What stands after the
    beginning of a tag that never ends, no browser shows: there it stops.
    """
    return iter(_tokenised(source))


def tags_after(source: str, place: int) -> Iterator[Tag]:
    """Those of `tags` that begin at or after this offset."""
    found = _tokenised(source)
    return islice(found, bisect_left(found, place, key=_start), None)


def _start(tag: Tag) -> int:
    return tag.start


@lru_cache(maxsize=1)  # the rooms look at one document after the other
def _tokenised(source: str) -> list[Tag]:
    return _walk(source)[0]


@lru_cache(maxsize=1)
def link_tags(source: str) -> list[Tag]:
    """The start tags of links, a and area: those among `tags`, in a third of the time."""
    return links_from(source, 0, len(source) + 1)[0]


def links_from(source: str, start: int, beyond: int) -> tuple[list[Tag], int]:
    """The start tags of links from `start` on, and where the reading ended.

    `start` must be where a tag may begin, outside of svg and math. It ends at such a place, the
    first at or after `beyond`; nothing is seen of what follows a tag that never ends.
    """
    found, end = _walk(source, start, beyond, _NO_LINK)
    return [tag for tag in found if tag.name in LINKS and not tag.closing], end


def tags_to(source: str, start: int, place: int) -> tuple[list[Tag], int]:
    """The tags from `start` to the one over or after this offset, and where the reading ended.

    Those before it may be left out. `start` must be where a tag may begin, outside of svg and
    math, and so is the end.
    """
    return _walk(source, start, place + 1, _NO_CHANGE, place)


def tag_at(source: str, start: int) -> Tag | None:
    """The tag that begins at `start`, where one may; None for other markup, mere text and a tag
    that never ends."""
    mark = _MARK.match(source, start)
    if mark is None or mark["end"] is None:
        return None
    return Tag(source, _lower(mark["name"]), start, mark.end(), mark["close"] == "/")


def passed(source: str, start: int) -> int | None:
    """Where markup goes on after a comment, a CDATA section or an element of raw text that begins
    at `start`; None for anything else."""
    mark = _MARK.match(source, start)
    if mark is None:
        return None
    if mark["other"]:
        return _after_other(source, mark)
    name = _lower(mark["name"])
    if mark["close"] or name not in RAW_TEXT:
        return None
    return _raw_text_end(source, name, mark.end()) if mark["end"] is not None else len(source)


def _walk(
    source: str,
    position: int = 0,
    beyond: int | None = None,
    passed_over: tuple[re.Pattern[str], re.Pattern[str]] | None = None,
    passed_until: int | None = None,
) -> tuple[list[Tag], int]:
    """The tags, and where the reading ended. Those that `passed_over` matches, in HTML or in svg
    and math, are not given, as far as `passed_until`."""
    found: list[Tag] = []
    foreign = False
    if beyond is None:
        beyond = len(source) + 1
    while foreign or position < beyond:
        if passed_over:
            until = len(source) if passed_until is None else passed_until
            if seen := passed_over[foreign].match(source, position, until):
                position = seen.end()
        mark = _MARK.search(source, position)
        if mark is None:
            return found, len(source)
        close, name, ended, other = mark.groups()
        position = mark.end()
        if other:
            position = _after_other(source, mark)
            continue
        if ended is None:
            return found, len(source)
        name = _lower(name)
        closing = close == "/"
        found.append(Tag(source, name, mark.start(), position, closing))
        if name not in _STEERING and not foreign:
            continue
        if name in FOREIGN:
            foreign = not closing and source[position - 2] != "/"
        elif foreign and (name in _BREAKOUT or name in _HTML_AGAIN):
            foreign = closing and name in _HTML_AGAIN
        if name in RAW_TEXT and not closing and not foreign:
            position = _raw_text_end(source, name, position)
    return found, position


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
    first = _SCRIPT_END.search(source, position)
    if first is None:
        return len(source)
    if source.find("<!--", position, first.start()) < 0:
        return first.start()
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


def around_tags(source: str) -> list[str]:
    """Text and the names of tags as written, `/` before those of end tags, by turns: text comes
    first and last. Comments and the like, and a tag that never ends, stay in the text."""
    return _TAG_NAME.split(source)


def has_markup(text: str) -> bool:
    """Whether something that browsers would not show as text begins in this."""
    return _LEFT.search(text) is not None


def text_between(source: str, start: int, end: int) -> Iterator[tuple[int, int]]:
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
