"""Cues: what speaks for or against a span's being the title of a book.

Each cue function is pure: it looks at one place and names the features that hold there. What a
feature is worth stands in weights.json, what it says in words in reasons.toml. A feature is
either there or not; its name may carry a class of cue words ("book_left1": a word of the class
"book" stands just before).
"""

import re
from collections.abc import Callable, Iterator

from service.find.names import NAME, NAMES
from service.find.otherwise import are_first_names, first_names, is_person, named_otherwise
from service.find.pairs import pairs
from service.find.places import WORD, Place
from service.find.sites import BOOK_SITES, OTHER_SITES
from service.find.surroundings import author, left_words, right_words

_NAME_WHOLE = re.compile(NAME)
_NAME_FIRST = re.compile(rf"{NAMES}(?::| [–—-]) ")
_NAMES_FIRST = re.compile(rf"{NAME}[’']s?\s")
_NAME_LAST = re.compile(rf"(?:,|\s[–—-])\s({NAME})(?:[’']s?)?$")
_CALLER = re.compile(r"\w+: ")
_CALLERS = frozenset("me mom mum dad".split())
_BY_INSIDE = re.compile(rf"\s[bB]y:?\s{NAME}")
_TAIL = re.compile(r"\s*[:;(]|\s[–—-]\s|, ")
_THINGS = frozenset("paper podcast course film song game software company job product book".split())
_LABEL = re.compile(
    r"(?:[\w’']+ ){0,3}(?:review|reviews|notes|summary|thoughts|recommendation|reading|rezension|"
    r"reseña|chronique|critique)(?: of| on)?\s*[:–—-]\s*"
)
_TITLE_ENDS = re.compile(r",? by | [–—-] ")
_APOSTROPHE = re.compile(r"[’']")
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
        if is_person(place.words):
            yield "is_named_like_a_person"
    if are_first_names(place.words):
        yield "only_first_names"
    last = _NAME_LAST.search(text)
    if last and is_person(last[1].split()):
        yield "ends_with_a_person"
    if _CALLER.match(lower) and place.words[0].lower() in first_names() | _CALLERS:
        yield "starts_with_a_name"
    otherwise = named_otherwise(lower)
    if otherwise:
        yield f"is_also_a_{otherwise}"
    if ": " in text or " - " in text or " – " in text:
        named = _NAME_FIRST.match(text)
        if named and " " in named[0].rstrip(" :–—-") and not _TITLE_OPENING.match(text):
            yield "starts_with_a_name" if is_person(named[0].split()) else "starts_like_a_name"
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
        "job",
        "company",
        "genre",
        "wrote",
    ):
        if name in inside:
            yield f"{name}_inside"
    if len(place.words) > 1 and "command" in place.language.classes.get(place.words[0].lower(), ()):
        yield "starts_with_a_command"
    for name in place.language.classes.get(_head(text).lower(), ()):
        if name in _THINGS:
            yield f"head_is_{name}"
    if _LABEL.match(lower):
        yield "starts_with_a_label"
    if _APOSTROPHE.split(place.words[0].lower(), maxsplit=1)[0] in _PRONOUNS:
        yield "starts_with_pronoun"
    if "’s" in text or "'s" in text:
        yield "possessive_inside"
        whose = _NAMES_FIRST.match(text)
        if whose:
            yield "starts_with_whose"
            if is_person(whose[0].split()) and place.words[-1][0].isupper():
                yield "starts_with_a_persons"
    if place.words[-1].lower() in _PRONOUNS and len(place.words) > 1:
        yield "ends_in_pronoun"
    if len(place.words) == 1 and lower.endswith("ed"):
        yield "one_participle"
    if " by" in text and _BY_INSIDE.search(text):
        yield "by_inside"


def _head(text: str) -> str:
    """The last word before a colon or bracket: what the words are about."""
    words = WORD.findall(_TAIL.split(text, maxsplit=1)[0])
    return words[-1] if words else ""


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
    begins = place.whole_line or place.numbered or not place.left.strip(' -*•–"“')
    if begins or "after_name" in place.candidate.origins:
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
        named = _LABEL.sub("", title)
        if named.startswith(lower) and _TITLE_ENDS.match(named, len(lower)):
            yield "begins_the_posts_title"
        if about.one_book and not about.listing:
            yield f"titles_a_post_on_one_book_{about.one_book}"
    if about.one_book:
        yield f"one_book_{about.one_book}"
    if about.screens:
        yield f"post_is_about_films_{about.screens}"
    if about.tagged:
        yield "post_is_tagged_books"
    if about.title_bookish:
        yield "post_title_is_about_books"
    yield f"bookish_{about.bookish}"
    if place.repeats > 1:
        yield "repeated" if place.repeats < 4 else "repeated_often"
    if place.whole_line and place.following.lower().startswith(lower):
        yield "next_line_begins_so"


CUES: tuple[Cue, ...] = (shape, nature, markup, left_words, right_words, author, post)


def features(place: Place) -> list[str]:
    """Every feature that holds at this place."""
    found = [name for cue in CUES for name in cue(place)]
    return [*found, *pairs(frozenset(found))]
