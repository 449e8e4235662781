"""Cues: what speaks for or against a span's being the title of a book.

Each cue function is pure: it looks at one place and names the features that hold there. What a
feature is worth stands in weights.json, what it says in words in reasons.toml. A feature is
either there or not; its name may carry a class of cue words ("book_left1": a word of the class
"book" stands just before).
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from service.find.candidates import Candidate
from service.find.language import Language
from service.find.names import NAME, NAMES, SHORT_NAME, UPPER
from service.find.reading import Reading
from service.find.sites import BOOK_SITES, OTHER_SITES

_WORD = re.compile(r"[\w’'\-]+")
_AFTER = 110
_NAME_WHOLE = re.compile(NAME)
_BY_NAME = re.compile(
    rf"[\"”’'»“*)]{{0,2}}(?:\s\([^()\n]{{1,40}}\))?,?\s[–—-]?\s?\(?(?i:by):?\s({NAMES})"
)
_BY_INSIDE = re.compile(rf"\s[bB]y:?\s{NAME}")
_BY = re.compile(r"[\"”’'»“*)]{0,2},?\s\(?[bB]y\b")
_NAME_POSSESSIVE = re.compile(rf"({SHORT_NAME})(?:’s|'s|’|')\s(?:[\w\-]+,?\s){{0,5}}[\"“‘(]?$")
_NAME_BEFORE = re.compile(rf"({NAMES})(?::|,|\s[–—-])\s[\"“‘]?$")
_NAME_APPOSED = re.compile(
    rf"({NAME}),?\s(?:in|from)\s(?:(?:his|her|their)\s)?(?:[\w\-]+\s){{0,4}}[\"“‘]?$"
)
_NAME_LINE = re.compile(rf"\s*(?:[bB]y:?\s)?({NAMES})(?:\s(?:et al\.?|Amazon link))?\s*")
_YEAR = re.compile(r"[\"”’'»]{0,2},?\s?\((?:[A-Z][a-z]+\.?,?\s)?(?:1[5-9]|20)\d\d\)")
_PUBLISHER = re.compile(
    r"[\"”’'»]{0,2},?\s?\([^()\n]{0,40}(?:Press|Books|Verlag|Publish|Edition)[^()\n]{0,30}\)"
)
_DASH_AFTER = re.compile(r"[\"”’»]?\s[–—-]")
_CAPITAL_AFTER = re.compile(rf"[’']s\b|\s[{UPPER}]")
_CUT = re.compile(r"[’'-]?\w")
_REVIEW = re.compile(r"\b(?:by|von|review|notes|book|reading|rezension|thoughts about)\b")
_PRONOUNS = frozenset("i we you my it".split())
_LETTER = re.compile(r"[^\W\d_]")
_NUMBERED = re.compile(r"\W*\d{1,3}[\s.):\-–]+\W*")
_AUTHOR_OF = re.compile(r"author of (?:the )?[\"“‘]?$", re.IGNORECASE)
_EDITION = re.compile(r"[\"”’]?\s?\(?(?:ISBN|Paperback|Kindle|Hardcover)", re.IGNORECASE)
_SENTENCE_BREAK = re.compile(r"(?<=[a-z0-9)”\"][.!?…])\s+(?=[\"“‘]?[^\Wa-z_])")
_SENTENCE_END = re.compile(r"(?:^|[.!?:…][\"”’)]?\s)[\"“‘]?$")
_CODE = re.compile(r"[{}=<>\\|$@]|::|\(\)|\w_\w|\w\.\w{2,4}\b(?!\.)|//|\d\.\d")
_COMPANY = re.compile(
    r"\b(?:Inc|LLC|Ltd|GmbH|Corp|Co|University|Institute|College|School|Conference|Foundation|Association|Committee|Street|Avenue|Award|Prize|Day|Week|Month|Year)\b\.?"
)
_ROMAN_YEAR = re.compile(r"(?:19|20)\d\d")
_TITLE_OPENING = re.compile(
    r"(?:The|A|An|How|Why|What|When|Where|On|Der|Die|Das|Le|La|Les|El|Los)\b"
)


@dataclass(frozen=True, slots=True)
class Post:
    """What is known of the whole post: its title, how much it talks of books, its names."""

    title: str
    bookish: int
    tagged: bool
    title_bookish: bool


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


Cue = Callable[[Place], Iterator[str]]


def shape(place: Place) -> Iterator[str]:
    """How the words themselves look: how many, which case, colon, digits, punctuation."""
    words = place.words
    text = place.candidate.text
    count = len(words)
    yield f"words_{count if count < 4 else '4-5' if count < 6 else '6-9' if count < 10 else '10+'}"
    capitals = sum(not word[0].islower() for word in words)
    small = [word for word in words if word[0].islower()]
    if words and words[0][0].islower():
        yield "starts_lower"
    if count > 1:
        if all(word in place.language.connectors for word in small):
            yield "title_case"
        elif capitals == 1:
            yield "sentence_case"
        elif capitals * 2 < count:
            yield "mostly_lower"
        if text.isupper():
            yield "all_capitals"
    if ": " in text:
        yield "has_subtitle" if count > 3 else "has_colon"
    if " – " in text or " - " in text:
        yield "has_dash"
    if text[-1] in "?!":
        yield "ends_in_mark"
    if ". " in text:
        yield "has_sentence_break"
    if "," in text:
        yield "has_comma"
    if any(map(str.isdigit, text)):
        yield "has_digit"
    if _TITLE_OPENING.match(text):
        yield "opens_like_a_title"
    if text.count("(") != text.count(")"):
        yield "open_bracket"
    if text.count('"') % 2 or text.count("“") != text.count("”"):
        yield "open_quote"
    if words[0] in place.language.connectors:
        yield "starts_with_connector"
    if words[-1].lower() in place.language.connectors and count > 1:
        yield "ends_in_connector"
    if words[0] in place.language.openers:
        yield "starts_with_opener"


def nature(place: Place) -> Iterator[str]:
    """What it looks like instead: a person, a company, a date, code, a section heading."""
    text = place.candidate.text
    lower = text.lower()
    if _NAME_WHOLE.fullmatch(text) and not _TITLE_OPENING.match(text):
        yield "looks_like_a_name"
    if _CODE.search(text):
        yield "looks_like_code"
    if _COMPANY.search(text):
        yield "looks_like_an_organisation"
    if lower.strip(":") in place.language.headings:
        yield "is_a_usual_heading"
    if any(word.lower() in place.language.dates for word in place.words):
        yield "has_a_date_word"
    if _ROMAN_YEAR.search(text) and len(place.words) > 1:
        yield "has_a_year"
    if lower.startswith(("http", "www.", "by ", "#")):
        yield "looks_like_a_link"
    inside = {name for word in place.words for name in place.language.classes.get(word.lower(), ())}
    for name in (
        "book",
        "review",
        "read",
        "author",
        "film",
        "software",
        "paper",
        "podcast",
        "course",
    ):
        if name in inside:
            yield f"{name}_inside"
    if place.words[0].lower() in _PRONOUNS:
        yield "starts_with_pronoun"
    if "’s" in text or "'s" in text:
        yield "possessive_inside"
    if " by" in text and _BY_INSIDE.search(text):
        yield "by_inside"


def markup(place: Place) -> Iterator[str]:
    """Where the span came from, and the elements around it."""
    for origin in place.candidate.origins:
        yield f"is_{origin}"
    for name in place.elements:
        yield f"in_{name}"
    if place.whole_line:
        yield "alone_on_its_line"
        if "li" in place.elements:
            yield "whole_list_item"
    elif not place.left.strip(' "“‘*'):
        yield "at_line_start"
    if place.numbered:
        yield "numbered"
    if place.candidate.href is not None:
        href = place.candidate.href.lower()
        if any(site in href for site in BOOK_SITES):
            yield "links_to_a_book_site"
        elif any(site in href for site in OTHER_SITES):
            yield "links_to_another_site"
        elif not href.startswith("http"):
            yield "links_within_the_site"
        else:
            yield "links_elsewhere"


def left_words(place: Place) -> Iterator[str]:
    """Cue words before it in its sentence, near and further away; books in the one before."""
    classes = place.language.classes
    seen = set()
    for distance, word in enumerate(reversed(place.left_words), 1):
        for name in classes.get(word, ()):
            if name not in seen:
                seen.add(name)
                yield f"{name}_left{'1' if distance == 1 else '3' if distance < 4 else '8'}"
    if "book" not in seen and any(
        "book" in classes.get(word, ()) for word in _WORD.findall(place.left.lower())
    ):
        yield "book_in_the_sentence_before"
    if place.left_words:
        last = place.left_words[-1]
        if last in ("the", "a", "an", "this", "that"):
            yield "article_before"
        elif last in ("of", "about"):
            yield "of_before"
        elif last in ("and", "or"):
            yield "and_before"
        elif last in ("in", "from", "on", "at", "to", "with", "for"):
            yield f"{'in' if last in ('in', 'from') else 'preposition'}_before"
        if place.left_words[-2:] == ["such", "as"] or last in ("like", "e.g", "namely"):
            yield "like_before"
    stripped = place.left.rstrip()
    if stripped.endswith(":"):
        yield "colon_before"
    elif _SENTENCE_END.search(place.left):
        yield "at_sentence_start"
    if stripped.endswith(","):
        yield "comma_before"


def right_words(place: Place) -> Iterator[str]:
    """Cue words and punctuation after it on the same line."""
    classes = place.language.classes
    seen = set()
    for distance, word in enumerate(place.right_words, 1):
        for name in classes.get(word, ()):
            if name not in seen:
                seen.add(name)
                yield f"{name}_right{'1' if distance == 1 else '4'}"
    if place.right_words:
        first = place.right_words[0]
        if first in ("is", "was", "has", "had", "ist", "est", "es"):
            yield "verb_after"
        elif first in ("and", "or"):
            yield "and_after"
        elif first in (
            "which",
            "where",
            "who",
            "tells",
            "follows",
            "describes",
            "taught",
            "explains",
            "argues",
        ):
            yield "telling_after"
    after = place.right[:3]
    if _DASH_AFTER.match(place.right):
        yield "dash_after"
    if after[:1] == ":":
        yield "colon_after"
    elif after[:1] == ",":
        yield "comma_after"
    elif after[:1] == "." or after[1:2] == ".":
        yield "stop_after"
    if _CAPITAL_AFTER.match(place.right):
        yield "capital_after"
    if _CUT.match(place.right):
        yield "cuts_a_word"


def author(place: Place) -> Iterator[str]:
    """Signs of an author: "by NAME", "NAME’s", a name alone on the next line, a year."""
    by = _BY_NAME.match(place.right)
    if by:
        yield "by_name_after" if " " in by[1] else "by_one_name_after"
    elif _BY.match(place.right):
        yield "by_after"
    yield from _author_before(place.left)
    if place.whole_line or not place.right.strip():
        following = _NAME_LINE.match(place.following)
        if following and following.end() > len(place.following) - 15:
            says_by = place.following.lstrip()[:2].lower() == "by"
            yield "by_line_after" if says_by else "name_line_after"
    if _YEAR.match(place.right):
        yield "year_after"
    if _PUBLISHER.match(place.right):
        yield "publisher_after"
    if _AUTHOR_OF.search(place.left[-20:]):
        yield "author_of_before"
    if _EDITION.match(place.right):
        yield "edition_after"


def _author_before(left: str) -> Iterator[str]:
    """A name in the possessive, before a colon or comma, or before "in" and the title."""
    near = left[-75:]
    end = left.rstrip('"“‘( ')[-1:]
    if ("’" in near or "'" in near) and _NAME_POSSESSIVE.search(near):
        yield "names_possessive_before"
    elif end and end in ":,–—-" and (name := _NAME_BEFORE.search(near)):
        yield "name_before" if " " in name[1] else "capital_before"
    elif (" in " in near or " from " in near) and _NAME_APPOSED.search(near):
        yield "name_in_before"


def post(place: Place) -> Iterator[str]:
    """What the post as a whole says: its title, its tags, how bookish it is, repetition."""
    about = place.post
    lower = place.candidate.text.lower()
    title = about.title.lower()
    if title and lower in title and len(lower) > 3:
        if lower == title:
            yield "is_the_posts_title"
        else:
            yield "in_the_posts_title"
            if _REVIEW.search(title.replace(lower, " ", 1)):
                yield "in_a_review_title"
    if about.tagged:
        yield "post_is_tagged_books"
    if about.title_bookish:
        yield "post_title_is_about_books"
    yield f"bookish_{about.bookish}"
    if place.repeats > 1:
        yield "repeated" if place.repeats < 4 else "repeated_often"


_MARKED = frozenset(("is_em", "is_i", "is_cite", "is_quote", "is_a", "is_u"))
_TOLD = frozenset(
    "book_left1 book_left3 read_left1 titled_left1 by_name_after names_possessive_before".split()
)
_PLAIN = frozenset(
    "is_caps is_caps_main is_caps_half is_caps_possessive is_caps_after_colon".split()
)
_CHAPTER = frozenset(("chapter_left1", "chapter_left3", "chapter_left8"))
_LINES = frozenset(("is_line", "is_h", "is_strong", "is_label"))
_AUTHOR_LINE = frozenset(("by_line_after", "name_line_after"))


def pairs(found: frozenset[str]) -> Iterator[str]:
    """Features that mean more together than each by itself."""
    if found & _MARKED:
        if "title_case" in found:
            yield "marked_title_case"
        if found & _TOLD:
            yield "marked_and_told"
    elif found & _TOLD and "title_case" in found:
        yield "title_case_and_told"
    if "titled_left1" in found:
        if found & _CHAPTER:
            yield "chapter_then_titled"
        elif found & {"book_left3", "book_left8"}:
            yield "book_then_titled"
    if {"name_before", "title_case", "is_after_name"} <= found:
        yield "name_then_title"
    if {"at_line_start", "dash_after"} <= found and found & (_MARKED | {"is_strong", "is_b"}):
        yield "item_starts_marked"
    if found & {"book_left1", "book_left3"} and found & {"by_name_after", "by_one_name_after"}:
        yield "book_and_author"
    if {"book_left1", "title_case"} <= found:
        yield "book_then_title"
    if "is_label" in found and found & {"review_left1", "review_left3"}:
        yield "review_of"
    if "is_line_by" in found and found & {"sentence_case", "mostly_lower"}:
        yield "sentence_then_by"
    if {"title_case", "by_name_after"} <= found and not found & {"words_1", "words_2"}:
        yield "long_title_by_name"
    if found & _LINES and found & _AUTHOR_LINE:
        yield "line_then_author"
    if {name for name in found if name.startswith("is_")} <= _PLAIN:
        yield "only_capitals"
        if "at_sentence_start" in found:
            yield "only_capitals_at_start"


CUES: tuple[Cue, ...] = (shape, nature, markup, left_words, right_words, author, post)


def features(place: Place) -> list[str]:
    """Every feature that holds at this place."""
    found = [name for cue in CUES for name in cue(place)]
    return [*found, *pairs(frozenset(found))]


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
    def post(self) -> Post:
        """What is known of the whole post."""
        classes = self.language.classes
        words = _WORD.findall(self.text.lower())
        books = sum("book" in classes.get(word, ()) for word in words)
        share = 1000 * books / max(80, len(words))
        level = 0 if not books else 1 if share < 4 else 2 if share < 12 else 3
        title = self.reading.title
        tags = {word.lower() for tag in self.reading.document.tags for word in tag.split()}
        told = {n for w in _WORD.findall(title.lower()) for n in classes.get(w, ())}
        bookish = any("book" in classes.get(tag, ()) for tag in tags)
        return Post(title, level, bookish, bool(told & {"book", "read"}))

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
            len(lead) < 14 and not _WORD.search(right) and not _LETTER.search(lead),
            bool(lead) and _NUMBERED.fullmatch(lead) is not None,
            self._elements(candidate),
            self.language,
            self.post,
            _WORD.findall(candidate.text) or [candidate.text],
            _WORD.findall(sentence.lower())[-8:],
            _WORD.findall(right[:50].lower())[:4],
            self.repeats[candidate.text],
        )

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


#: how many elements back one may still be open
_NESTED = 12
_AROUND = frozenset("li h1 h2 h3 h4 h5 h6 td th blockquote a em i cite strong b u".split())
