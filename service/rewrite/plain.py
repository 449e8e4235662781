"""Links written into Markdown and plain text.

In Markdown, words become `[words](url)`. Plain text has no links: the URL stands in parentheses
behind the words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from service.model import Change
from service.rewrite.disclosure import same_sentence
from service.weblink import is_dead

if TYPE_CHECKING:
    from service.model import Finding
    from service.rewrite.policy import Target

_CLOSING = "\"'”’»“›*_)"
#: what stands between the words of a link and the parenthesis that closes it (CommonMark 6.3)
_DESTINATION = re.compile(r"[^\[\]\n]{0,200}\]\([ \t]*(<[^<>\n]*>|[^()\s]*)")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
#: a block that goes on with what stood before the blank line: a list, a quotation
_CONTINUES = re.compile(r"(?:[ \t]|[-*+>]|[0-9]{1,9}[.)])")
_FRONT_MATTER = re.compile(
    r"\A(---|\+\+\+)[ \t]*\r?\n.*?^\1[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE
)
#: where CommonMark holds no running text that a link could stand in
_UNTOUCHABLE = re.compile(
    r"^(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?^ {0,3}(?P=fence)[`~]*[ \t]*\r?$|.*\Z)"  # 4.5
    r"|^ {0,3}#{1,6}[ \t][^\n]*"  # 4.2 headings
    r"|^[^\n]+\n {0,3}(?:=+|-+)[ \t]*\r?$"  # 4.3 headings
    r"|^ {0,3}\[[^\]\n]+\]:[^\n]*"  # 4.7 link reference definitions
    r"|(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).){0,800}?(?<!`)(?P=ticks)(?!`)"  # 6.1 code spans
    r"|!?\[(?:[^\[\]\n]|\[[^\[\]\n]*\])*\](?:\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s[^)]*)?\)"
    r"|\[[^\]\n]*\])"  # 6.3 links and images
    r"|<a\b.{0,800}?</a\s*>|<[a-zA-Z/!?][^>]{0,2000}>",  # 6.6 HTML
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)


class TextWriter:
    """Writes links into one plain text. Fills rewriting.Writer."""

    def __init__(self, source: str) -> None:
        self._source = source

    def retarget(self, finding: Finding, target: Target) -> list[Change] | None:
        before = self._source[finding.start : finding.end]
        return _changed(finding, target, before, target.url)

    def link(self, finding: Finding, target: Target) -> list[Change] | None:
        place = finding.end
        while place < len(self._source) and self._source[place] in _CLOSING:
            place += 1
        return [Change(place, place, "", f" ({target.url})", target.rule, target.why)]

    def revive(self, finding: Finding, target: Target) -> list[Change] | None:  # noqa: ARG002
        return None

    def has_sentence(self, sentence: str) -> bool:
        return same_sentence(sentence, self._source)

    def disclosure(self, sentence: str, position: int) -> Change:
        place = self._paragraph(position)
        newline = "\r\n" if "\r\n" in self._source else "\n"
        text = f"{self._emphasised(sentence)}{newline}{newline}"
        return Change(place, place, "", text, "disclosure", "before the first paid link")

    def _emphasised(self, sentence: str) -> str:
        return sentence

    def _paragraph(self, position: int) -> int:
        """Where the paragraph around this offset begins: the line, where no lines are blank."""
        if not _BLANK_LINE.search(self._source):
            return self._source.rfind("\n", 0, position) + 1
        return self._block(position)

    def _block(self, position: int) -> int:
        """What stands between blank lines around this offset, with the list or quotation around."""
        starts = [0, *(match.end() for match in _BLANK_LINE.finditer(self._source, 0, position))]
        while len(starts) > 1 and all(_CONTINUES.match(self._source, at) for at in starts[-2:]):
            starts.pop()
        return starts[-1]


class MarkdownWriter(TextWriter):
    """Writes links into one Markdown source (CommonMark 0.31)."""

    def retarget(self, finding: Finding, target: Target) -> list[Change] | None:
        before = self._source[finding.start : finding.end]
        url = target.url.replace("&", "&amp;") if "&amp;" in before else target.url
        in_brackets = self._source[finding.start - 1 : finding.start] == "("
        return _changed(finding, target, before, destination(url) if in_brackets else url)

    def link(self, finding: Finding, target: Target) -> list[Change] | None:
        before = self._source[finding.start : finding.end]
        if self._is_untouchable(finding.start, finding.end) or not _is_balanced(before):
            return None
        after = f"[{before}]({destination(target.url)})"
        return [Change(finding.start, finding.end, before, after, target.rule, target.why)]

    def revive(self, finding: Finding, target: Target) -> list[Change] | None:
        place = _DESTINATION.match(self._source, finding.end)
        if place is None or not is_dead(place[1].strip("<>")):
            return None
        start, end = place.span(1)
        return [Change(start, end, place[1], destination(target.url), target.rule, target.why)]

    def _emphasised(self, sentence: str) -> str:
        return f"*{sentence}*"

    def _paragraph(self, position: int) -> int:
        front = _FRONT_MATTER.match(self._source)
        return max(self._block(position), front.end() if front else 0)

    @cached_property
    def _untouchable(self) -> list[tuple[int, int]]:
        front = _FRONT_MATTER.match(self._source)
        start = front.end() if front else 0
        spans = [match.span() for match in _UNTOUCHABLE.finditer(self._source, start)]
        return [(0, start), *spans]

    def _is_untouchable(self, start: int, end: int) -> bool:
        index = bisect_right(self._untouchable, (end - 1, len(self._source))) - 1
        return index >= 0 and start < self._untouchable[index][1]


def _changed(finding: Finding, target: Target, before: str, after: str) -> list[Change]:
    if after == before:
        return []
    return [Change(finding.start, finding.end, before, after, target.rule, target.why)]


def _is_balanced(words: str) -> bool:
    """Whether emphasis and brackets that open in the words close in them."""
    return (
        words.count("[") == words.count("]")
        and words.count("*") % 2 == 0
        and words.count("_") % 2 == 0
        and not _BLANK_LINE.search(words)
    )


def destination(url: str) -> str:
    """The URL as it may stand in the parentheses of a Markdown link."""
    return url.replace("(", "%28").replace(")", "%29")
