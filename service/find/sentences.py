"""The sentence around a stretch of the readable text."""

import re
from dataclasses import dataclass

from service.find.reading import Reading

_CUT = re.compile(r"[.!?…][”\"’)\]]*\s+|\n")
_CLAUSE = re.compile(r"[,;:()–—]\s*|\s(?:but|aber|mais|pero)\s")
#: a sentence is looked at so far before and behind
_FAR = 400


@dataclass(frozen=True, slots=True)
class Sentence:
    """Where it begins, its words before and behind the stretch, and its last clause before."""

    begin: int
    before: str
    after: str
    clause: str


def sentence_around(reading: Reading, start: int, end: int) -> Sentence:
    """The sentence in which text[start:end] stands, within its line."""
    text = reading.text.text
    line_start, line_end = reading.lines[reading.line_index(start)]
    line_start = max(line_start, start - _FAR)
    begin = line_start
    for match in _CUT.finditer(text, line_start, start):
        begin = match.end()
    line_end = min(line_end, end + _FAR)
    stop = _CUT.search(text, end, line_end)
    after = text[end : stop.start() + 1 if stop else line_end].rstrip(' ”"’)')
    before = text[begin:start]
    return Sentence(begin, before, after, _CLAUSE.split(before)[-1])
