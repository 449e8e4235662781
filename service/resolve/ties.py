"""Which book a lost link means: the nearest that fits in its section, else the post's one book."""

import re
import tomllib
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from service.identifiers import is_isbn10
from service.model import Document, Finding
from service.resolve.layout import Layout
from service.resolve.titles import main_key

#: a tie this sure needs nobody's look
_LINK = 0.72
#: a call or a tie less likely than this is left alone
_LEAST = 0.5
#: so sure is a call whose own words speak of a book; at least so sure one that surely is a call
_SAYS_SO, _A_CALL = 0.95, 0.75
#: what a title right beside a call does to the odds that it is one
_BESIDE = 6.0
_FAR = 600
#: so many books around a call are looked at
_MANY = 40
_BY_FAR = 2
_SENTENCE = re.compile(r"[.!?…][”\"’)\]]{0,2}\s|\n")

_WORDS = tomllib.loads(Path(__file__).with_name("asides.toml").read_text(encoding="utf-8"))
_COMPARED = re.compile(
    rf"{_WORDS['compared']}(?: (?!and\b)[\w’'-]+){{0,4}}[\s“\"‘'«*_]*$", re.IGNORECASE
)
_WHICH = re.compile(_WORDS["which"], re.IGNORECASE)
_BESIDE_IT = re.compile(_WORDS["beside"])
_PLURAL = re.compile(_WORDS["plural"], re.IGNORECASE)
_JOINT = re.compile(_WORDS["joint"])
_GOING_ON = re.compile(_WORDS["going_on"], re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
#: a paragraph of so many words before the call speaks of something
_SUBSTANCE = 3


@dataclass(frozen=True, slots=True)
class _Tie:
    book: Finding
    strength: float
    why: str
    beside: bool = False


def tied(
    lost: Sequence[Finding],
    mentions: Sequence[Finding],
    links: Sequence[Finding],
    document: Document,
    unlikely: Sequence[Finding] = (),
) -> list[Finding]:
    """The lost links that mean one book, with that book; those that don't are left alone.

    `unlikely` mentions count where the document has no other.
    """
    if not lost:
        return []
    named = [each for each in mentions if each.title and each.decision != "ignore"]
    shelf = _Shelf(named or _likeliest(unlikely), links, document)
    taken = [(each.start, each.end) for each in mentions if each.kind == "book_link"]
    found = []
    for each in lost:
        if any(each.start < end and start < each.end for start, end in taken):
            continue
        tie = shelf.tie(each)
        if tie is not None:
            made = _with_book(each, tie)
            if made.confidence >= _LEAST:
                found.append(made)
    return found


def _with_book(lost: Finding, tie: _Tie) -> Finding:
    book = tie.book
    sure = lost.confidence
    if tie.beside:
        sure = _BESIDE * sure / (1 + (_BESIDE - 1) * sure)
    confidence = round(sure * tie.strength, 4)
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


class _Shelf:
    """The books that one document names or links, and where."""

    def __init__(
        self, named: Sequence[Finding], links: Sequence[Finding], document: Document
    ) -> None:
        self.layout = Layout(document)
        titles = _titles(named)
        linked = [each for each in links if _is_of_book(each, titles)]
        self.linked = sorted(linked, key=_start)
        self.books = sorted([*named, *self._links_apart(named)], key=_start)

    def _links_apart(self, named: Sequence[Finding]) -> list[Finding]:
        """Links of books whose own words are no mention: "here", "Bookshop.org"."""
        words = {each.url for each in named if each.url}
        return [each for each in self.linked if each.url not in words]

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(main_key(each.title or "") for each in self.books)

    def _starting(self, start: int, end: int) -> Sequence[Finding]:
        """The books that are named between two places."""
        first = bisect_left(self.books, start, key=_start)
        return self.books[first : bisect_left(self.books, end, lo=first, key=_start)]

    def _near(self, lost: Finding) -> Sequence[Finding]:
        """The books named around a call."""
        index = bisect_left(self.books, lost.start, key=_start)
        return self.books[max(0, index - _MANY) : index + _MANY]

    def _linked_beside(self, lost: Finding) -> list[Finding]:
        block = self.layout.block(lost.start)
        index = bisect_left(self.linked, lost.start, key=_start)
        near = self.linked[max(0, index - _MANY) : index + _MANY]
        return [each for each in near if self.layout.block(each.start) == block]

    def tie(self, lost: Finding) -> _Tie | None:
        near = self._near(lost)
        before = [each for each in near if each.end <= lost.start]
        tie = self._right_beside(lost, before)
        if tie is not None or lost.confidence < _OWN_LINE:
            return tie
        told = self._told_apart(lost)
        if told is not None or (_WHICH.search(lost.text) and len(_titles(near)) > 1):
            return told
        block = self.layout.block(lost.start)
        here = [each for each in near if self.layout.block(each.start) == block]
        if here and lost.confidence < _SAYS_SO:
            here = [each for each in here if not self._is_told_later(lost, each)]
        if here:
            return self._in_block(lost, here)
        return self._above(lost, before)

    def _right_beside(self, lost: Finding, before: Sequence[Finding]) -> _Tie | None:
        """The book whose title ends just before the call, in one sentence with it."""
        if not before:
            return None
        last = before[-1]
        gap = self.layout.between(last.end, lost.start)
        rival = next((e for e in reversed(before) if not _same(e, last)), None)
        in_row = _OWN_LINE <= lost.confidence < _A_CALL and _is_row(gap)
        if not (_BESIDE_IT.fullmatch(gap) or in_row) or _PLURAL.search(gap):
            return None
        if rival is not None and not self._is_apart(rival, last):
            return None
        if (
            rival is not None
            and lost.confidence >= _A_CALL
            and not self._ends_sentence(rival, last)
        ):
            return None
        if self._is_compared(last) and rival is not None:
            return None
        return _made(last, 0.99, "the book named right beside it", beside=True)

    def _is_of_its_own(self, lost: Finding, book: Finding) -> bool:
        """Whether the call's paragraph speaks of something before it, and not of the book."""
        words = self.layout.between(self.layout.block_start(lost.start), lost.start)
        if len(_WORD.findall(words)) < _SUBSTANCE or _GOING_ON.search(words):
            return False
        told = {part.casefold() for name in book.authors for part in _WORD.findall(name)}
        told.update(part.casefold() for part in _WORD.findall(book.title or "") if len(part) > 3)
        return told.isdisjoint(each.casefold() for each in _WORD.findall(words))

    def _is_apart(self, rival: Finding, last: Finding) -> bool:
        """Whether two titles are more than the parts of one enumeration."""
        return _JOINT.fullmatch(self.layout.between(rival.end, last.start)) is None

    def _ends_sentence(self, rival: Finding, last: Finding) -> bool:
        return _SENTENCE.search(self.layout.between(rival.end, last.start)) is not None

    def _is_told_later(self, lost: Finding, book: Finding) -> bool:
        """Whether the book comes up only after the call, in another sentence."""
        return _SENTENCE.search(self.layout.between(lost.end, book.start)) is not None

    def _is_compared(self, book: Finding) -> bool:
        return bool(_COMPARED.search(self.layout.between(max(0, book.start - 90), book.start)))

    def _told_apart(self, lost: Finding) -> _Tie | None:
        """ "her new book", where one title is said to be the new one."""
        which = _WHICH.search(lost.text)
        if which is None:
            return None
        word = re.compile(rf"\b{which[1]}\b", re.IGNORECASE)
        found = [each for each in self._near(lost) if word.search(self._said_before(each))]
        if len(_titles(found)) != 1:
            return None
        return _made(found[-1], 0.9, f"said to be the {which[1].lower()} one")

    def _said_before(self, book: Finding) -> str:
        words = self.layout.between(max(0, book.start - 70), book.start)
        return _SENTENCE.split(words)[-1]

    def _in_block(self, lost: Finding, here: Sequence[Finding]) -> _Tie | None:
        if len(_titles(here)) > 1:
            here = [each for each in here if not self._is_compared(each)] or here
        if len(_titles(here)) == 1 and not self._is_compared(here[0]):
            return self._linked_or(here, 0.99, "the book named beside it")
        heading = self._named_above(lost)
        if heading is not None:
            return heading
        if len(_titles(here)) == 1:
            return self._linked_or(here, 0.9, "the book named beside it")
        return self._last_of(lost, here) or self._only_linked(lost, here)

    def _named_above(self, lost: Finding) -> _Tie | None:
        """The one book that the heading names, or one around it."""
        for heading in self.layout.above(lost.start):
            inside = self._starting(heading.start, heading.end)
            if inside:
                if len(_titles(inside)) > 1:
                    return None
                return _made(inside[-1], 0.95, "the book that the heading names")
        return None

    def _last_of(self, lost: Finding, here: Sequence[Finding]) -> _Tie | None:
        """The book named last, where it stands in another sentence than those before."""
        before = [each for each in here if each.end <= lost.start]
        if not before:
            return None
        last = before[-1]
        rivals = [each for each in before if not _same(each, last)]
        if rivals and not self._ends_sentence(rivals[-1], last):
            return None
        if any(self._counts[_key(each)] > self._counts[_key(last)] for each in rivals):
            return None
        return _made(last, 0.8, "the last of several books named beside it")

    def _only_linked(self, lost: Finding, here: Sequence[Finding]) -> _Tie | None:
        """Of several books, the one that a shop link beside the call leads to."""
        linked = self._linked_beside(lost)
        if len(_titles(linked)) != 1 or _key(linked[0]) not in _titles(here):
            return None
        return _made(linked[-1], 0.95, "a link beside it leads to")

    def _linked_or(self, here: Sequence[Finding], strength: float, why: str) -> _Tie:
        linked = [each for each in here if each.kind != "book_mention" and each.asin]
        return (
            _made(linked[-1], 0.97, "a link beside it leads to")
            if linked
            else (_made(max(here, key=_sure), strength, why))
        )

    def _above(self, lost: Finding, before: Sequence[Finding]) -> _Tie | None:
        """The nearest book in the section, then in those around it, then the post's one book."""
        for heading in [*self.layout.above(lost.start)]:
            there = [each for each in before if each.start >= heading.start]
            if there:
                return self._named_above(lost) or self._nearest(lost, there)
        if not self.layout.above(lost.start) and before:
            return self._nearest(lost, before) or self._main_book(lost)
        return self._main_book(lost)

    def _nearest(self, lost: Finding, before: Sequence[Finding]) -> _Tie | None:
        if len(_titles(before)) > 1:
            before = [each for each in before if not self._is_compared(each)] or before
        nearest = self.layout.block(before[-1].start)
        near = [each for each in before if self.layout.block(each.start) == nearest]
        if len(_titles(near)) != 1:
            return None
        if lost.confidence < _SAYS_SO and self._is_of_its_own(lost, near[-1]):
            return None
        far = len(self.layout.between(near[-1].end, lost.start)) > _FAR
        if far and len(_titles(before)) > 1 and lost.confidence < _SAYS_SO:
            return None
        return self._linked_or(near, 0.97, "the nearest book named before it")

    @cached_property
    def _headed(self) -> set[tuple[str, int]]:
        """Titles that headings name, with the headings' levels."""
        return {
            (_key(each), heading.level)
            for heading in self.layout.headings
            for each in self._starting(heading.start, heading.end)
        }

    @cached_property
    def _ranked(self) -> list[tuple[Finding, int]]:
        """Of each title its likeliest mention and how often it is named, the two most named."""
        likely = [each for each in self.books if each.confidence >= 0.5] or self.books
        ranked = Counter(_key(each) for each in likely).most_common(2)
        best = {_key(each): each for each in sorted(likely, key=_sure)}
        return [(best[key], count) for key, count in ranked]

    def _main_book(self, lost: Finding) -> _Tie | None:
        """The post's one book; not where it has a section of its own, and the call another."""
        if not self._ranked or lost.confidence < _SPOKEN_OF:
            return None
        (book, often), *others = self._ranked
        if lost.confidence < _SAYS_SO and self._is_of_its_own(lost, book):
            return None
        levels = {heading.level for heading in self.layout.above(lost.start)}
        if any((_key(book), level) in self._headed for level in levels):
            return None
        if not others:
            return _made(book, 0.93, "the one book of the post")
        if often >= 2 * others[0][1] + 1:
            return _made(book, 0.6, "the book that the post names most")
        return None


def _likeliest(unlikely: Sequence[Finding]) -> list[Finding]:
    """Of unlikely mentions those of one title, where it is the likeliest by far."""
    if not unlikely:
        return []
    best = max(unlikely, key=_sure)
    rivals = [each.confidence for each in unlikely if not _same(each, best)]
    if max(rivals, default=0.0) * _BY_FAR > best.confidence:
        return []
    return [each for each in unlikely if _same(each, best)]


def _is_row(gap: str) -> bool:
    return gap.count("\n") <= _ROW and len(gap) <= _SHORT and not re.search(r"[.!?]\s", gap)


#: calls that stand in a line of their own, or say more, may be tied to what stands further off
_OWN_LINE = 0.7
_SPOKEN_OF = 0.9
#: a call without words, in a table's row or below a title: so many lines, so many characters
_ROW, _SHORT = 4, 90


def _is_of_book(link: Finding, titles: set[str]) -> bool:
    """Whether a shop link or a printed ISBN leads to a book whose title we know."""
    if not link.title or link.kind not in ("amazon_link", "shop_link", "isbn"):
        return False
    is_print = link.isbn13 is not None or (link.asin is not None and is_isbn10(link.asin))
    return is_print or main_key(link.title) in titles


def _made(mention: Finding, strength: float, why: str, *, beside: bool = False) -> _Tie:
    """A tie is as strong as its mention, which the words "buy the book" make likelier."""
    likely = mention.confidence / (mention.confidence + 0.25 * (1 - mention.confidence))
    return _Tie(mention, strength * likely, f"{why}: “{mention.title}”", beside)


def _titles(mentions: Sequence[Finding]) -> set[str]:
    return {_key(each) for each in mentions}


def _same(one: Finding, other: Finding) -> bool:
    return _key(one) == _key(other)


def _key(finding: Finding) -> str:
    return main_key(finding.title or "")


def _start(finding: Finding) -> int:
    return finding.start


def _sure(finding: Finding) -> float:
    return finding.confidence
