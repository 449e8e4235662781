"""Where calls to buy stand: words without a live link, the words of dead links, placeholders."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from service.find.calls import Calls
from service.find.reading import Element, Reading
from service.find.sentences import sentence_around
from service.weblink import is_dead

#: an order to buy, words that say where a book is, a dead link's, words in brackets; "row" is a
#: shop's name in a line of its own, "faint" what may be no call at all
Kind = Literal["order", "state", "button", "placeholder", "row", "faint"]

_LINKED_BEHIND = re.compile(r"[\s:→>(–—-]*(?:here|at|hier|ici|aquí)?[\s:→>(–—-]*")
_URL_BEHIND = re.compile(r"(?:[^\n.!?]{0,30}?|[\s:→>–—-]*)(?:https?://|\bwww\.)", re.IGNORECASE)
_REFERENCE = re.compile(r"\]?\[([^\[\]\n]{0,100})\]")
#: words without which no call to buy is worded, but for the shops' names
_POINTS = (
    " here",
    "here ",
    " link",
    "hier ",
    " hier",
    " ici",
    "aquí",
    " lien",
    " enlace",
    "click",
    "kindle",
)
#: how far a call may reach before and behind such a word
_BEFORE, _BEHIND = 180, 110
_BRACKET = re.compile(r"[\[({<%]")
_LONGEST_LABEL = 90
#: a line so short is looked at as a whole
_SHORT = 180


class Call(NamedTuple):
    """Words that call to buy: their span in the readable text, and what kind of words they are."""

    start: int
    end: int
    kind: Kind
    link: Element | None = None
    #: the whole phrase, where the call is only a part of it
    phrase: tuple[int, int] | None = None


class CallPlaces:
    """Looks for calls in one reading; `names` and `hosts` are the shops'."""

    def __init__(
        self, reading: Reading, calls: Calls, names: Sequence[str], hosts: Sequence[str]
    ) -> None:
        self.reading = reading
        self.calls = calls
        self.text = reading.text.text
        self.source = reading.document.source
        self.shops = tuple(name.lower() for name in names)
        self.hosts = hosts
        self.dead = sorted(
            (
                each
                for each in reading.elements
                if each.name == "a" and (each.href is None or is_dead(each.href))
            ),
            key=lambda each: each.start,
        )

    def found(self) -> Iterator[Call]:
        """Every call, none that overlaps with one found before."""
        taken = bytearray(len(self.text))
        for call in self._in_order():
            is_taken = any(taken[call.start : call.end])
            start, end = call.phrase or (call.start, call.end)
            taken[start:end] = b"\1" * (end - start)
            if not is_taken and not self.reading.is_closed(call.start):
                yield call

    def points_away(self, call: Call) -> bool:
        """Whether it only tells of a link elsewhere: "use the link below"."""
        words = self.text[call.start : call.end]
        return call.link is None and self.calls.pointing_away.search(words) is not None

    def leads_to_shop(self) -> bool:
        """Whether any link of the document leads to a shop."""
        links = (each.href or "" for each in self.reading.elements if each.name == "a")
        return any(map(self._is_shops, links))

    def _in_order(self) -> Iterator[Call]:
        """Every call: those of dead links first, the surer ones before the others."""
        for link in self.dead:
            call = self._dead_link(link)
            if call is not None:
                yield call
        for start, end in self.reading.lines:
            if _BRACKET.search(self.text, start, end):
                yield from self._bracketed(start, end)
        near = [window for line in self.reading.lines for window in self._windows(*line)]
        for start, end in near:
            for match in self.calls.order.finditer(self.text, start, end):
                yield from self._unlinked(*match.span(), "order")
        for start, end in near:
            for match in self.calls.state.finditer(self.text, start, end):
                yield from self._unlinked(*match.span(), "state")
        for start, end in near:
            yield from self._rows(start, end)
            yield from self._faint(start, end)
        for start, end in self.reading.lines:
            if _BRACKET.search(self.text, start, end):
                yield from self._faintly_bracketed(start, end)

    def _windows(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The stretches of a line in which a call may be worded."""
        line = self.text[start:end].lower()
        places = sorted(place for word in (*self.shops, *_POINTS) for place in _places(line, word))
        if places and end - start <= _SHORT:
            yield start, end
            return
        begun, ended = -1, -1
        for place in places:
            if place - _BEFORE > ended:
                if ended >= 0:
                    yield start + begun, start + ended
                begun = max(0, place - _BEFORE)
            ended = min(end - start, place + _BEHIND)
        if ended >= 0:
            yield start + begun, start + ended

    def _dead_link(self, link: Element) -> Call | None:
        words = self.text[link.start : link.end]
        start = link.start + len(words) - len(words.lstrip())
        words = words.strip()
        if not words or len(words) > _LONGEST_LABEL:
            return None
        end = start + len(words)
        plain = words.strip("→»>›‹«←↗👉🛒📚📖[]()!.,: ")
        if self.calls.button.fullmatch(plain) or self.calls.order.search(words):
            return Call(start, end, "button", link)
        if self.calls.names_shop(words):
            return Call(start, end, "button", link)
        sentence = sentence_around(self.reading, start, end)
        if self.calls.pointer.fullmatch(plain) and self.calls.pointing.search(sentence.before):
            return Call(start, end, "button", link)
        return None

    def _unlinked(self, start: int, end: int, kind: Kind) -> Iterator[Call]:
        """The call, unless a live link stands in it or serves it; a dead one in it is the call."""
        link = self.reading.link_at(start, end)
        if link is not None and not is_dead(link.href or ""):
            return
        dead = link or self._dead_within(start, end)
        if dead is not None:
            span = max(start, dead.start), min(end, dead.end)
            yield Call(*span, kind, dead, (start, end))
        elif not self._is_served(end):
            yield Call(start, end, kind)

    def _dead_within(self, start: int, end: int) -> Element | None:
        index = bisect_left(self.dead, end, key=lambda each: each.start) - 1
        return self.dead[index] if index >= 0 and start < self.dead[index].end else None

    def _rows(self, start: int, end: int) -> Iterator[Call]:
        """Each shop of a row; all of it where a placeholder stands behind the shop's name."""
        if end - start > _SHORT or not self.calls.shop.search(self.text, start, end):
            return
        if not self.calls.row.fullmatch(self.text, start, end):
            return
        if self.text[end - 1] in ")]}" and ": " in self.text[start:end]:
            yield from self._unlinked(start, end, "row")
        else:
            for match in self.calls.shop.finditer(self.text, start, end):
                yield from self._unlinked(*match.span(), "row")

    def _bracketed(self, start: int, end: int) -> Iterator[Call]:
        for match in self.calls.placeholder.finditer(self.text, start, end):
            yield from self._unlinked(*self._within(match), "placeholder")

    def _faintly_bracketed(self, start: int, end: int) -> Iterator[Call]:
        for match in self.calls.faint_placeholder.finditer(self.text, start, end):
            if self._ends_part(match.end(), end):
                yield from self._unlinked(*self._within(match), "faint")

    def _within(self, match: re.Match[str]) -> tuple[int, int]:
        """Round brackets stay outside of the link."""
        return (match.start() + 1, match.end() - 1) if match[0][0] == "(" else match.span()

    def _ends_part(self, position: int, line_end: int) -> bool:
        following = self.text[position : min(position + 2, line_end)].strip()
        return not following or following[0] in ".,;:!?–—|·•"

    def _faint(self, start: int, end: int) -> Iterator[Call]:
        for pattern in self.calls.faint:
            for match in pattern.finditer(self.text, start, end):
                if not self._is_pointed_at(*match.span()):
                    yield from self._unlinked(*match.span("words"), "faint")
        for match in self.calls.shop.finditer(self.text, start, end):
            before = self.text[start : match.start()].rstrip(" \xa0")
            behind = self.text[match.end() : match.end() + 3].partition("\n")[0].strip(" .!")
            if before[-1:] in tuple("–—|→:·•") and not behind:
                yield from self._unlinked(*match.span(), "faint")

    def _is_pointed_at(self, start: int, end: int) -> bool:
        """Whether a live "here" stands in these words."""
        link = self.reading.link_at(start, end)
        if link is None or is_dead(link.href or ""):
            return False
        return self.calls.pointer.fullmatch(self.text[link.start : link.end].strip()) is not None

    def _is_served(self, end: int) -> bool:
        """Whether a live link stands right behind the words: then they are not lost."""
        gap = _LINKED_BEHIND.match(self.text, end)
        place = gap.end() if gap else end
        link = self.reading.link_at(place, place + 1)
        href = link.href if link else None
        is_near = "\n" not in self.text[end:place] or self._is_shops(href or "")
        if link is not None and "(" in self.text[end:place]:
            is_near = self._is_pointed_at(place, place + 1)
        if ":" in self.text[end:place] and self._dead_within(place, place + 1) is not None:
            return True
        if (href and is_near and not is_dead(href)) or _URL_BEHIND.match(self.text, end):
            return True
        return self.reading.document.media == "markdown" and self._is_reference(end)

    def _is_shops(self, href: str) -> bool:
        return any(host in href.lower() for host in self.hosts)

    def _is_reference(self, end: int) -> bool:
        """Whether it is the text of a Markdown reference link that is defined."""
        place = self.reading.text.ends[end - 1]
        match = _REFERENCE.match(self.source, place)
        if match is None:
            return False
        label = match[1] or self.text[:end].rpartition("[")[2].rstrip("]")
        defined = re.search(rf"^ {{0,3}}\[{re.escape(label)}\]:\s*(\S+)", self.source, re.MULTILINE)
        return defined is not None and not is_dead(defined[1])


def _places(line: str, word: str) -> Iterator[int]:
    place = line.find(word)
    while place >= 0:
        yield place
        place = line.find(word, place + 1)
