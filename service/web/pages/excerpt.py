"""The sentence around a finding, as a reader sees it."""

import re
from typing import NamedTuple

from service.model import Finding
from service.readable import Readable

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s+")
#: the most characters shown on each side
_SIDE = 150


class Excerpt(NamedTuple):
    """A sentence in three parts: `words` are the finding's own."""

    before: str
    words: str
    after: str


def sentence_around(text: Readable, finding: Finding) -> Excerpt:
    """The sentence in which the finding stands; cut words are marked by an ellipsis."""
    start = text.text_offset(finding.start)
    if finding.link_text is not None:
        end = start + len(finding.link_text)
    else:
        end = text.text_offset(finding.end)
    line_start = text.text.rfind("\n", 0, start) + 1
    line_end = text.text.find("\n", end)
    before = text.text[line_start:start]
    after = text.text[end : line_end if line_end >= 0 else len(text.text)]
    return Excerpt(_last_sentence(before), text.text[start:end], _first_sentence(after))


def _last_sentence(before: str) -> str:
    ends = list(_SENTENCE_END.finditer(before))
    sentence = before[ends[-1].end() :] if ends else before
    if len(sentence) <= _SIDE:
        return sentence
    return "… " + sentence[-_SIDE:].partition(" ")[2]


def _first_sentence(after: str) -> str:
    found = _SENTENCE_END.search(after)
    sentence = after[: found.end()].rstrip() if found else after
    if len(sentence) <= _SIDE:
        return sentence
    return sentence[:_SIDE].rpartition(" ")[0] + " …"
