"""Markdown and plain text as Readable: markers drop out of the text, offsets stay true.

Only what bears on finding books is read (CommonMark 0.31: emphasis, links, headings, lists, code,
HTML tags); a line that goes on after a soft break is one line.
"""

import re
from collections.abc import Iterator

from service.readable import Readable, Run

#: (element name, start, end, href), offsets of the readable text
Marked = tuple[str, int, int, str | None]

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_BLOCK = re.compile(r"[ \t]*(?:(?P<h>#{1,6})[ \t]+|(?P<li>[-*+]|\d{1,9}[.)])[ \t]+|(?P<q>>[ \t]?))")
_RULE = re.compile(r" {0,3}(?:[-*_=][ \t]*){3,}$")
_INLINE = re.compile(
    r"(?P<code>`[^`\n]+`)"
    r"|(?P<image>!\[[^\]\n]{0,400}\]\([^)\s]{0,2000}(?:[ ]\"[^\"\n]{0,400}\")?\))"
    r"|(?P<open>\[(?=[^\]\[\n]{0,400}(?:\[[^\]\n]{0,100}\][^\]\[\n]{0,400})?\]\())"
    r"|(?P<close>\]\((?P<href><[^>\n]{0,2000}>|[^)\s]{0,2000})(?:[ ]\"[^\"\n]{0,400}\")?\))"
    r"|(?P<star>\*{1,3}|(?<![^\W_])_{1,3}(?=\S)|(?<=\S)_{1,3}(?![^\W_]))"
    r"|(?P<tag></?[a-zA-Z][^<>\n]{0,400}>)"
    r"|(?P<escape>\\(?=[!-/:-@\[-`{-~]))"
)


class _Text:
    def __init__(self, source: str) -> None:
        self.source = source
        self.pieces: list[str] = []
        self.starts: list[int] = []

    def add(self, start: int, end: int) -> None:
        self.pieces.append(self.source[start:end])
        self.starts.extend(range(start, end))

    def space(self, position: int, character: str) -> None:
        self.pieces.append(character)
        self.starts.append(position)

    def __len__(self) -> int:
        return len(self.starts)

    def readable(self) -> Readable:
        text = "".join(self.pieces)
        runs = [Run(0, len(text))] if text else []
        return Readable(self.source, text, self.starts, [each + 1 for each in self.starts], runs)


def readable_plain(source: str) -> tuple[Readable, list[Marked]]:
    """Plain text: every character its own, but a paragraph wrapped by hand is one line."""
    text = _Text(source)
    for start, end, goes_on in _paragraph_lines(source):
        text.add(start, end)
        if end < len(source):
            text.space(end, " " if goes_on else "\n")
    made = text.readable()
    return made, [("em", *each.span(1), None) for each in _PLAIN_EMPHASIS.finditer(made.text)]


_PLAIN_EMPHASIS = re.compile(r"(?<![\w*_])[*_]([^\s*_][^*_\n]{0,150}[^\s*_])[*_](?![\w*_])")


def readable_markdown(source: str) -> tuple[Readable, list[Marked]]:
    """Markdown without its markers, and the elements that they made."""
    text = _Text(source)
    marked: list[Marked] = []
    fence: str | None = None
    for start, end, goes_on in _paragraph_lines(source):
        mark = _FENCE.match(source, start, end)
        if mark and (fence is None or mark[1].startswith(fence)):
            fence = mark[1] if fence is None else None
        elif fence is None and not _RULE.fullmatch(source, start, end):
            _line(source, start, end, text, marked)
            goes_on = goes_on and not _BLOCK.match(source, source.find("\n", end) + 1)
            text.space(min(end, len(source) - 1), " " if goes_on else "\n")
    return text.readable(), marked


def _paragraph_lines(source: str) -> Iterator[tuple[int, int, bool]]:
    """Each line's span, and whether the next one only goes on with it."""
    spans = [match.span() for match in re.finditer(r"[^\r\n]+", source)]
    for index, (start, end) in enumerate(spans):
        after = spans[index + 1][0] if index + 1 < len(spans) else len(source)
        goes_on = False
        if 50 <= end - start <= 110 and source[end:after] in ("\n", "\r\n"):
            following = source[after : after + 1]
            ended = source[end - 1 : end] in ".!?:"
            goes_on = following.isalnum() and (following.islower() or not ended)
        yield start, end, goes_on


def _line(source: str, start: int, end: int, text: _Text, marked: list[Marked]) -> None:
    block = _BLOCK.match(source, start, end)
    begin = len(text)
    if block:
        start = block.end()
    open_marks: dict[str, int] = {}
    position = start
    for match in _INLINE.finditer(source, start, end):
        if match.start() < position:
            continue
        text.add(position, match.start())
        position = match.end()
        _inline(match, text, marked, open_marks)
    text.add(position, end)
    if block and not block["q"]:
        name = f"h{len(block['h'])}" if block["h"] else "li"
        marked.append((name, begin, len(text), None))


def _inline(
    match: re.Match[str], text: _Text, marked: list[Marked], open_marks: dict[str, int]
) -> None:
    if match["code"]:
        begin = len(text)
        text.add(match.start() + 1, match.end() - 1)
        marked.append(("code", begin, len(text), None))
    elif match["open"]:
        open_marks["["] = len(text)
    elif match["close"]:
        if "[" in open_marks:
            marked.append(("a", open_marks.pop("["), len(text), match["href"].strip("<>")))
    elif match["star"]:
        mark = match["star"]
        if mark in open_marks:
            name = "strong" if len(mark) == 2 else "em"
            marked.append((name, open_marks.pop(mark), len(text), None))
        else:
            open_marks[mark] = len(text)
