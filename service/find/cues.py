"""Cues: what speaks for or against a span's being the title of a book.

Each cue function is pure: it looks at one place and names the features that hold there. What a
feature is worth stands in weights.json, what it says in words in reasons.toml. A feature is
either there or not; its name may carry a class of cue words ("book_left1": a word of the class
"book" stands just before).
"""

import re
from collections.abc import Callable, Iterator, Sequence

from service.find.names import NAME, NAMES
from service.find.places import Place
from service.find.sites import BOOK_SITES, OTHER_SITES
from service.find.surroundings import author, left_words, right_words

_NAME_WHOLE = re.compile(NAME)
_NAME_FIRST = re.compile(rf"{NAMES}(?::| [–—-]) ")
_NAMES_FIRST = re.compile(rf"{NAME}[’']s?\s")
_BY_INSIDE = re.compile(rf"\s[bB]y:?\s{NAME}")
_PRONOUNS = frozenset("i we you my it".split())
_CODE = re.compile(r"[{}=<>\\|$@]|::|\(\)|\w_\w|\w\.\w{2,4}\b(?!\.)|//|\d\.\d")
_COMPANY = re.compile(
    r"\b(?:Inc|LLC|Ltd|GmbH|Corp|Co|University|Institute|College|School|Conference|Foundation|Association|Committee|Street|Avenue|Award|Prize|Day|Week|Month|Year)\b\.?"
)
_SHOP = re.compile(r"\b(?:amazon|kindle store|audible|bookshop\.org|ebay|goodreads|affiliate)\b")
_ROMAN_YEAR = re.compile(r"(?:19|20)\d\d")
_TITLE_OPENING = re.compile(
    r"(?:The|A|An|How|Why|What|When|Where|On|Der|Die|Das|Le|La|Les|El|Los)\b"
)
_REVIEW = re.compile(r"\b(?:by|von|review|notes|book|reading|rezension|thoughts about)\b")

Cue = Callable[[Place], Iterator[str]]


def shape(place: Place) -> Iterator[str]:
    """How the words themselves look: how many, which case, colon, digits, punctuation."""
    words = place.words
    text = place.candidate.text
    count = len(words)
    yield f"words_{count if count < 4 else '4-5' if count < 6 else '6-9' if count < 10 else '10+'}"
    capitals = sum(not word[0].islower() for word in words)
    small = [word for word in words if word[0].islower()]
    if words[0].islower():
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
    if ": " in text or " - " in text or " – " in text:
        named = _NAME_FIRST.match(text)
        if named and " " in named[0].rstrip(" :–—-") and not _TITLE_OPENING.match(text):
            yield "starts_with_a_name"
    if _CODE.search(text):
        yield "looks_like_code"
    if _SHOP.search(lower):
        yield "names_a_shop"
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
        if _NAMES_FIRST.match(text):
            yield "starts_with_whose"
    if place.words[-1].lower() in _PRONOUNS and len(place.words) > 1:
        yield "ends_in_pronoun"
    if " by" in text and _BY_INSIDE.search(text):
        yield "by_inside"


def markup(place: Place) -> Iterator[str]:
    """Where the span came from, and the elements around it."""
    for origin in sorted(place.candidate.origins):
        yield f"is_{origin}"
    for name in sorted(place.elements):
        yield f"in_{name}"
    yield from sorted(place.cuts)
    if place.whole_line:
        yield "alone_on_its_line"
        if "li" in place.elements:
            yield "whole_list_item"
    elif not place.left.strip(' "“‘*'):
        yield "at_line_start"
    if place.whole_line or place.numbered or not place.left.strip(' -*•–"“'):
        yield from place.headed
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
#: an author stands where a list or a heading has one
_AUTHORED = frozenset(
    "by_name_after by_line_after name_line_after name_before is_line_by is_after_name".split()
)
_ALONE = frozenset("whole_list_item alone_on_its_line at_line_start".split())
_ABOUT_BOOKS = frozenset(("post_title_is_about_books", "post_is_tagged_books", "bookish_3"))
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
    if found & _AUTHORED and found & _ALONE | found & {"is_after_name"}:
        if found & _ABOUT_BOOKS:
            yield "authored_in_a_post_on_books"
        elif "bookish_0" in found:
            yield "authored_in_a_post_without_books"
    if {name for name in found if name.startswith("is_")} <= _PLAIN:
        yield "only_capitals"
        if "at_sentence_start" in found:
            yield "only_capitals_at_start"


def known_pairs(found: Sequence[str], known: Sequence[str]) -> Iterator[str]:
    """What the catalogue says means more of words that nothing marks, and of lists."""
    size = next((name for name in known if name.startswith("known_") and name[6:] in _SIZES), "")
    if "only_capitals" in found:
        yield f"plain_{size}" if size else "plain_unknown"
    elif size:
        yield "marked_known"


_SIZES = frozenset(("1", "2", "3", "4+"))
CUES: tuple[Cue, ...] = (shape, nature, markup, left_words, right_words, author, post)


def features(place: Place) -> list[str]:
    """Every feature that holds at this place."""
    found = [name for cue in CUES for name in cue(place)]
    return [*found, *pairs(frozenset(found))]
