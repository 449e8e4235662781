"""What "it" is in "buy it on Amazon": the nearest thing that was spoken of before."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Literal

from service.find.calls import Calls
from service.find.candidates import LONGEST
from service.find.reading import Reading
from service.find.sentences import sentence_around
from service.model import Finding

About = Literal["book", "other", ""]

#: how far back a thing is remembered, in characters; never beyond the section's heading
_REACH = 700
#: mentions likelier than this are books, here
_LIKELY = 0.3
#: a thing named so near a title says what the title is of
_NEXT_TO = 14
_WORD = re.compile(r"[\w’'-]+")
_HEADING = 60


class Antecedents:
    """What is spoken of in one reading, in order; `named` are the mentions found in it."""

    def __init__(self, reading: Reading, calls: Calls, named: Sequence[Finding]) -> None:
        self.reading = reading
        self.calls = calls
        self.text = reading.text.text
        offset = reading.text.text_offset
        self.named = sorted(
            (offset(each.start), offset(each.end - 1) + 1)
            for each in named
            if each.confidence >= _LIKELY and not self._is_call(each.text)
        )
        self.headings = sorted(
            (each.start, each.end)
            for each in reading.elements
            if each.name[0] == "h" and each.name[1:].isdigit()
        )

    def about(self, start: int) -> About:
        """What was spoken of last before this offset; "" where nothing is known."""
        begin = max(self._section(start), start - _REACH)
        topics = [*self._books(begin, start), *self._others(begin, start)]
        return max(topics, default=(0, ""))[1]

    def subject(self, begin: int, start: int) -> About:
        """What the sentence that begins here is about: "The lamp … is available on Amazon"."""
        topics = [*self._books(begin, start), *self._others(begin, start)]
        if not topics:
            return ""
        first, what = min(topics)
        return what if first - begin < _HEADING else ""

    def _is_call(self, words: str) -> bool:
        return bool(self.calls.button.fullmatch(words) or self.calls.order.search(words))

    def _section(self, position: int) -> int:
        index = bisect_right(self.headings, (position, len(self.text))) - 1
        return self.headings[index][0] if index >= 0 else 0

    def _books(self, begin: int, end: int) -> Iterator[tuple[int, About]]:
        for first, last in self._named_in(begin, end):
            if last <= end and not self._is_of_another_thing(first, last):
                yield last, "other" if self._is_labelled(first, last) else "book"
        for match in self.calls.thing.finditer(self.text, begin, end):
            yield match.end(), "book"

    def _is_labelled(self, first: int, last: int) -> bool:
        """ "Album: Blue" """
        label = self.calls.other_heading.match(self.text, first, last)
        return label is not None and self.text[label.end() : label.end() + 1] == ":"

    def _is_of_another_thing(self, first: int, last: int) -> bool:
        """ "the lamp, Lumina", "the Lumina lamp"."""
        near = range(max(0, first - _NEXT_TO), last + _NEXT_TO + 1)
        line_start, line_end = self.reading.lines[self.reading.line_index(first)]
        for place, _ in self._nouns(max(line_start, first - 60), min(line_end, last + _NEXT_TO)):
            if place in near and not first < place <= last:
                return True
        return False

    def _others(self, begin: int, end: int) -> Iterator[tuple[int, About]]:
        yield from self._nouns(begin, end)
        for match in self.calls.acquired.finditer(self.text, begin, end):
            if not self.calls.no_thing.search(match[0]) and not self._in_title(match.end()):
                yield match.end(), "other"
        for start, stop in self._short_lines(begin, end):
            heading = self.calls.other_heading.match(self.text, start, stop)
            if heading and not self.calls.thing.search(self.text, start, stop):
                yield heading.end(), "other"

    def _nouns(self, begin: int, end: int) -> Iterator[tuple[int, About]]:
        position = begin
        while match := self.calls.other_noun.search(self.text, position, end):
            position = match.start() + 1
            before = _WORD.findall(self.text[max(0, match.start() - 16) : match.start()].lower())
            inside = {word.lower() for word in _WORD.findall(match[0])[1:]}
            aside = before[-1:] and before[-1] in self.calls.asides
            apart = self.calls.asides | self.calls.possessives
            if aside or inside & apart or self.calls.thing.search(match[0]):
                continue
            if not self._in_title(match.end()) and not self._is_beheld(match):
                yield match.end(), "other"

    def _is_beheld(self, match: re.Match[str]) -> bool:
        """Whether it is somebody's thing that a book has to do with: "it changed my calendar"."""
        if _WORD.findall(match[0])[0].lower() not in self.calls.possessives:
            return False
        begin = sentence_around(self.reading, match.start(), match.end()).begin
        return next(self._books(begin, match.start()), None) is not None

    def _in_title(self, position: int) -> bool:
        near = self._named_in(position - LONGEST, position)
        return any(first < position <= last for first, last in near)

    def _named_in(self, begin: int, end: int) -> list[tuple[int, int]]:
        """The mentions that start between two places."""
        return self.named[bisect_left(self.named, (begin, 0)) : bisect_left(self.named, (end, 0))]

    def _short_lines(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """Headings, and lines as short as one."""
        first = self.reading.line_index(begin)
        for start, stop in self.reading.lines[first : self.reading.line_index(end) + 1]:
            is_short = start >= begin and stop < end and stop - start <= _HEADING
            if is_short and not self._in_title(stop) and self.text[stop - 1] not in ".!?":
                yield start, stop
