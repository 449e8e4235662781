"""Where a candidate stands: what cues look at."""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from service.find.candidates import Candidate
from service.find.headings import Headings
from service.find.language import Language
from service.find.reading import Reading

WORD = re.compile(r"[\w’'\-]+")
_AFTER = 110
_CAPITAL = re.compile(r"[^\W\d_a-z][\w’'\-]*")
_whose = re.compile(r"[’']s?$")
_SCREENS = frozenset(("film", "game"))
_LETTER = re.compile(r"[^\W\d_]")
_NUMBERED = re.compile(r"\W*\d{1,3}[\s.):\-–]+\W*")
_SENTENCE_BREAK = re.compile(r"(?<=[a-z0-9)”\"][.!?…])\s+(?=[\"“‘]?(?:[^\Wa-z_]|$))")


@dataclass(frozen=True, slots=True)
class Post:
    """What is known of the whole post: its title, how much it talks of books, its names.

    `listing` says that its title speaks of books or of reading, `one_book` how often it speaks of
    the one book it is about (0 never, 2 often), `screens` how much more it speaks of films, series
    or games than of books (0 not, 3 in its title too); `capitals` counts its capitalised words,
    folded.
    """

    title: str
    bookish: int
    tagged: bool
    title_bookish: bool
    listing: bool
    one_book: int
    screens: int
    capitals: Counter[str]


@dataclass(slots=True)
class Place:
    """A candidate with what stands around it on its line, and the lines before and after."""

    candidate: Candidate
    left: str
    right: str
    previous: str
    following: str
    whole_line: bool
    numbered: bool
    elements: frozenset[str]
    language: Language
    post: Post
    words: list[str]
    left_words: list[str]
    right_words: list[str]
    repeats: int
    headed: tuple[str, ...]
    cuts: frozenset[str]
    rank: int
    section: int


class Places:
    """Places of one reading; what candidates share is computed once."""

    def __init__(self, reading: Reading, language: Language) -> None:
        self.reading = reading
        self.language = language
        self.text = reading.text.text
        holding = [e for e in reading.elements if e.name in _AROUND]
        holding.sort(key=lambda each: each.start)
        self.holding = holding
        self.starts = [each.start for each in holding]
        self.repeats: Counter[str] = Counter()

    @cached_property
    def headings(self) -> Headings:
        """The headings of the post."""
        return Headings(self.reading, self.language)

    @cached_property
    def post(self) -> Post:
        """What is known of the whole post."""
        classes = self.language.classes
        lower = self.text.lower()
        words = WORD.findall(lower)
        books = sum("book" in classes.get(word, ()) for word in words)
        others = sum(not _SCREENS.isdisjoint(classes.get(word, ())) for word in words)
        told_of_one = len(self.language.this_book.findall(lower))
        share = 1000 * books / max(80, len(words))
        level = 0 if not books else 1 if share < 4 else 2 if share < 12 else 3
        title = self.reading.title
        tags = {word.lower() for tag in self.reading.document.tags for word in tag.split()}
        told = {n for w in WORD.findall(title.lower()) for n in classes.get(w, ())}
        bookish = any("book" in classes.get(tag, ()) for tag in tags)
        capitals = Counter(_whose.sub("", word).casefold() for word in _CAPITAL.findall(self.text))
        return Post(
            title,
            level,
            bookish,
            bool(told & {"book", "read"}),
            "books" in told,
            min(2, told_of_one // 2),
            (others > books + 2)
            + (others > 2 * books + 2)
            + bool(told & _SCREENS and "book" not in told),
            capitals,
        )

    def place(self, candidate: Candidate) -> Place:
        """The candidate's place: everything that cues look at."""
        reading = self.reading
        index = reading.line_index(candidate.start)
        start, end = reading.lines[index] if reading.lines else (0, len(self.text))
        left = self.text[max(start, candidate.start - _AFTER) : candidate.start]
        right = self.text[candidate.end : min(end, candidate.end + _AFTER)]
        sentence = _SENTENCE_BREAK.split(left)[-1]
        lead = self.text[start : candidate.start] if candidate.start - start < 14 else left
        return Place(
            candidate,
            left,
            right,
            self._line(index - 1),
            self._line(index + 1),
            len(lead) < 14 and not WORD.search(right) and not _LETTER.search(lead),
            bool(lead) and _NUMBERED.fullmatch(lead) is not None,
            self._elements(candidate),
            self.language,
            self.post,
            WORD.findall(candidate.text) or [candidate.text],
            WORD.findall(sentence.lower())[-8:],
            WORD.findall(_SENTENCE_BREAK.split(right, 1)[0].lower())[:9],
            self.repeats[candidate.text],
            self.headings.over(index),
            self._cuts(candidate),
            *self.headings.section(index),
        )

    def _cuts(self, candidate: Candidate) -> frozenset[str]:
        """Whether marks begin or end within it, which they do at the ends of a title."""
        found = set()
        first = bisect_left(self.starts, candidate.start + 1)
        for element in self.holding[first : bisect_left(self.starts, candidate.end)]:
            if element.name in _MARKS:
                found.add("marks_begin_inside")
        for element in self.holding[max(0, first - _NESTED) : first]:
            if element.name in _MARKS and candidate.start < element.end < candidate.end:
                found.add("marks_end_inside")
        return frozenset(found)

    def _line(self, index: int) -> str:
        if not 0 <= index < len(self.reading.lines):
            return ""
        start, end = self.reading.lines[index]
        return self.text[start : min(end, start + 160)]

    def _elements(self, candidate: Candidate) -> frozenset[str]:
        found = set()
        last = bisect_left(self.starts, candidate.start + 1)
        for element in self.holding[max(0, last - _NESTED) : last]:
            if candidate.end <= element.end:
                found.add("h" if element.name[0] == "h" else element.name)
        return frozenset(found)


_MARKS = frozenset("em i cite strong b u a".split())
#: how many elements back one may still be open
_NESTED = 12
_AROUND = frozenset("li h1 h2 h3 h4 h5 h6 td th blockquote a em i cite strong b u".split())
