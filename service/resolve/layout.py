"""Where the headings, sections and blocks of a document begin, in its source."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from service.markup import unescaped
from service.model import Document

_HEADINGS = {
    "html": re.compile(r"<h(?P<level>[1-6])\b.*?(?:</h[1-6]\s*>|\Z)", re.IGNORECASE | re.DOTALL),
    "markdown": re.compile(
        r"^ {0,3}(?P<level>#{1,6})[ \t].*$|^.+\n {0,3}(?:=+|--+)[ \t]*$", re.MULTILINE
    ),
    "text": re.compile(r"(?!)(?P<level>)"),
}
_BREAKS = {
    "html": re.compile(r"<(?:hr|article|section)\b", re.IGNORECASE),
    "markdown": re.compile(r"(?:(?<=\n\n)|\A) {0,3}(?:[-*_] ?){3,}$", re.MULTILINE),
    "text": re.compile(r"^(?:[-*_=] ?){3,}$", re.MULTILINE),
}
_BLOCKS = {
    "html": re.compile(
        r"</?(?:p|div|li|ul|ol|h[1-6]|br|hr|blockquote|td|tr|table|figure|section|article|dt|dd)\b",
        re.IGNORECASE,
    ),
    "markdown": re.compile(r"\n\s*\n|^\s*(?:[-*+]|\d+[.)]|#{1,6})\s", re.MULTILINE),
    "text": re.compile(r"\n"),
}
#: a line wrapped by hand goes on after this much
_WRAPPED = 50
_TAG = re.compile(r"<[^<>]*>")
_BLOCK_TAG = re.compile(r"</?(?:p|div|li|h[1-6]|br|hr|td|tr|blockquote)\b[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's span and level: 1 the highest; a rule between sections has no words."""

    start: int
    end: int
    level: int


class Layout:
    """Where the parts of one document stand."""

    def __init__(self, document: Document) -> None:
        self.source = document.source
        self.media = document.media

    @cached_property
    def headings(self) -> list[Heading]:
        found = []
        for match in _HEADINGS[self.media].finditer(self.source):
            told = match["level"] or "#"
            level = int(told) if told.isdigit() else len(told)
            found.append(Heading(match.start(), match.end(), level))
        return found

    @cached_property
    def _breaks(self) -> list[int]:
        return [match.start() for match in _BREAKS[self.media].finditer(self.source)]

    @cached_property
    def _blocks(self) -> list[int]:
        found = [match.start() for match in _BLOCKS[self.media].finditer(self.source)]
        if self.media != "text":
            return found
        return [place for place in found if not self._goes_on(place)]

    def _goes_on(self, newline: int) -> bool:
        """Whether a paragraph of plain text that was wrapped by hand goes on here."""
        before = self.source.rfind("\n", 0, newline) + 1
        following = self.source[newline + 1 : newline + 2]
        ended = self.source[newline - 1 : newline] in tuple(".!?:")
        return newline - before >= _WRAPPED and (
            following.islower() or (following.isalnum() and not ended)
        )

    def block(self, position: int) -> int:
        return bisect_right(self._blocks, position)

    def block_start(self, position: int) -> int:
        """Where the block begins in which a place stands."""
        index = bisect_right(self._blocks, position) - 1
        return self._blocks[index] if index >= 0 else 0

    @cached_property
    def _parents(self) -> list[int | None]:
        """For each heading the index of the one that it stands under."""
        parents: list[int | None] = []
        open_: list[int] = []
        for index, heading in enumerate(self.headings):
            while open_ and self.headings[open_[-1]].level >= heading.level:
                open_.pop()
            parents.append(open_[-1] if open_ else None)
            open_.append(index)
        return parents

    def above(self, position: int) -> list[Heading]:
        """The headings that a place stands under, the innermost first; none across a rule."""
        edge = bisect_right(self._breaks, position) - 1
        begin = self._breaks[edge] if edge >= 0 else 0
        found: list[Heading] = []
        index: int | None = bisect_right(self.headings, position, key=lambda e: e.start) - 1
        while index is not None and index >= 0 and self.headings[index].start >= begin:
            found.append(self.headings[index])
            index = self._parents[index]
        if edge >= 0 and (not found or found[-1].start > begin):
            found.append(Heading(begin, begin, 0))
        return found

    def between(self, start: int, end: int) -> str:
        """The words between two places of the source; blocks end in a line break."""
        words = _BLOCK_TAG.sub("\n", self.source[start:end])
        return unescaped(_TAG.sub("", words)) if self.media != "text" else words
