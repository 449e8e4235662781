"""Which book a lost link means: the nearest that fits in its section, else the post's one book."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.model import Document, Finding
from service.resolve.titles import main_key

#: a tie this sure needs nobody's look
_LINK = 0.72
_SECTIONS = {
    "html": re.compile(r"<h[1-6]\b|<hr\b|<article\b|<section\b", re.IGNORECASE),
    "markdown": re.compile(r"^(?:#{1,6}\s|(?:[-*_] ?){3,}$)", re.MULTILINE),
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
_SENTENCE = re.compile(r"[.!?…]\S{0,2}\s")


@dataclass(frozen=True, slots=True)
class _Tie:
    book: Finding
    strength: float
    why: str


def tied(
    lost: Sequence[Finding],
    mentions: Sequence[Finding],
    links: Sequence[Finding],
    document: Document,
) -> list[Finding]:
    """The lost links that mean one book, with that book; those that don't are left alone."""
    if not lost:
        return []
    usable = [each for each in mentions if each.title and each.decision != "ignore"]
    layout = _Layout(document)
    taken = [(each.start, each.end) for each in mentions if each.kind == "book_link"]
    found = []
    for each in lost:
        if any(each.start < end and start < each.end for start, end in taken):
            continue
        tie = _tie(each, usable, links, layout)
        if tie is not None:
            found.append(_with_book(each, tie))
    return found


def _with_book(lost: Finding, tie: _Tie) -> Finding:
    book = tie.book
    confidence = round(lost.confidence * tie.strength, 4)
    return replace(
        lost,
        title=book.title,
        authors=book.authors,
        isbn13=book.isbn13,
        isbn10=book.isbn10,
        asin=book.asin,
        confidence=confidence,
        decision="link" if confidence >= _LINK else "suggest",
        why=(*lost.why, tie.why),
    )


class _Layout:
    """Where the sections and blocks of a document begin, in the source."""

    def __init__(self, document: Document) -> None:
        self.source = document.source
        self.sections = [m.start() for m in _SECTIONS[document.media].finditer(self.source)]
        self.blocks = [m.start() for m in _BLOCKS[document.media].finditer(self.source)]

    def section(self, position: int) -> int:
        return bisect_right(self.sections, position)

    def block(self, position: int) -> int:
        return bisect_right(self.blocks, position)

    def sentence(self, start: int, end: int) -> int:
        """How many sentences end between two places."""
        return sum(1 for _ in _SENTENCE.finditer(self.source, start, end))


def _tie(
    lost: Finding, mentions: Sequence[Finding], links: Sequence[Finding], layout: _Layout
) -> _Tie | None:
    block = layout.block(lost.start)
    beside = [e for e in links if e.title and layout.block(e.start) == block]
    if len({main_key(e.title or "") for e in beside}) == 1:
        return _Tie(beside[0], 0.95, f"a link beside it leads to “{beside[0].title}”")
    here = [e for e in mentions if layout.block(e.start) == block]
    if here:
        return _in_block(lost, here, layout)
    section = layout.section(lost.start)
    before = [e for e in mentions if layout.section(e.start) == section and e.start < lost.start]
    if before:
        nearest = layout.block(before[-1].start)
        near = [e for e in before if layout.block(e.start) == nearest]
        if len(_titles(near)) == 1:
            return _made(near[-1], 0.97, "the nearest book named before it")
    return _main_book(mentions)


def _in_block(lost: Finding, here: Sequence[Finding], layout: _Layout) -> _Tie | None:
    if len(_titles(here)) == 1:
        return _made(here[-1], 0.99, "the book named beside it")
    before = [e for e in here if e.end <= lost.start]
    if not before:
        return None
    last = before[-1]
    rivals = [e for e in before if main_key(e.title or "") != main_key(last.title or "")]
    if not rivals or layout.sentence(rivals[-1].end, last.start):
        return _made(last, 0.7, "the last of several books named beside it")
    return None


def _main_book(mentions: Sequence[Finding]) -> _Tie | None:
    counts = Counter(main_key(each.title or "") for each in mentions if each.confidence >= 0.5)
    if not counts:
        counts = Counter(main_key(each.title or "") for each in mentions)
    ranked = counts.most_common(2)
    if not ranked:
        return None
    book = max(
        (each for each in mentions if main_key(each.title or "") == ranked[0][0]),
        key=lambda each: each.confidence,
    )
    if len(ranked) == 1:
        return _made(book, 0.93, "the one book of the post")
    if ranked[0][1] >= 2 * ranked[1][1] + 1:
        return _made(book, 0.6, "the book that the post names most")
    return None


def _made(mention: Finding, strength: float, why: str) -> _Tie:
    """A tie is as strong as its mention, which the words "buy the book" make likelier."""
    likely = mention.confidence / (mention.confidence + 0.25 * (1 - mention.confidence))
    return _Tie(mention, strength * likely, f"{why}: “{mention.title}”")


def _titles(mentions: Sequence[Finding]) -> set[str]:
    return {main_key(each.title or "") for each in mentions}
