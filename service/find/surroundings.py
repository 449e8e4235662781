"""Cues of what stands around the span: words before and after it, and signs of an author."""

import re
from collections.abc import Iterator
from functools import cache

from service.find.names import NAME, NAMES, SHORT_NAME, UPPER, people, surname
from service.find.otherwise import is_person, named_otherwise
from service.find.places import WORD, Place

_BY = re.compile(r"[\"”’'»“*)]{0,2},?\s\(?[bB]y\b")
_NAME_POSSESSIVE = re.compile(rf"({SHORT_NAME})(?:’s|'s|’|')\s(?:\w[\w\-]*,?\s){{0,5}}[\"“‘(]?$")
_NAME_BEFORE = re.compile(rf"({NAMES})(?::|,|\s[–—-])\s[\"“‘]?$")
_NAME_APPOSED = re.compile(
    rf"({NAME}),?\s(?:in|from)\s(?:(?:his|her|their)\s)?(?:[\w\-]+\s){{0,4}}[\"“‘]?$"
)
_NAME_LINE = re.compile(
    rf"\s*(?:[bB]y:?\s)?({NAMES})(?:\s(?:et al\.?|Amazon link|\([^()\n]{{1,50}}\)))?\s*"
)
_NAME_BEHIND = re.compile(
    rf"[\"”’'»*)]{{0,2}}(?:\s\((?P<bracket>{NAMES})\)|,\s(?P<comma>{NAME})(?=[.,;)(]|\s*$)"
    rf"|\s[–—-]\s(?P<dash>{NAMES})(?=[.,;(]|\s*$))"
)
_YEAR = re.compile(r"[\"”’'»]{0,2},?\s?\((?:[A-Z][a-z]+\.?,?\s)?(?:1[5-9]|20)\d\d\)")
_PUBLISHER = re.compile(
    r"[\"”’'»]{0,2},?\s?\([^()\n]{0,40}(?:Press|Books|Verlag|Publish|Edition)[^()\n]{0,30}\)"
)
_AUTHOR_OF = re.compile(r"author of (?:the )?[\"“‘]?$", re.IGNORECASE)
_EDITION = re.compile(r"[\"”’]?\s?\(?(?:ISBN|Paperback|Kindle|Hardcover)", re.IGNORECASE)
_APPOSED = re.compile(
    r"[\"”’»*)]{0,2},? ?[,(–—-] ?(?:a|an|the|his|her|their|my|[\w’' ]{2,30}[’']s)\b", re.IGNORECASE
)
_SHOP_AFTER = re.compile(
    r"[\"”’»]?,? (?:on|at|from|via|through|in) (?:the )?"
    r"(?:Amazon|Bookshop|Goodreads|Kindle|Audible|Kobo|Apple Books|Barnes)",
    re.IGNORECASE,
)
_WHOSE = re.compile(r"[’']s?$")
_QUOTES = " ,\"”’'»“*()–—-"
_DASH_AFTER = re.compile(r"[\"”’»]?\s[–—-]")
_CAPITAL_AFTER = re.compile(rf"[’']s\b|\s[{UPPER}]")
_CLOSING = frozenset("”\"’'")
_OPENING = frozenset("“\"‘'")
_QUOTE_BEFORE = re.compile(r"(?:^|[\s(])[“\"‘']\w[^“”\"‘\n]{0,40}\s$")
_QUOTE_AFTER = re.compile(r"\s\w[^“”\"‘’'\n]{0,60}[”\"’'](?!\w)")
_CAPITAL_JUST_BEFORE = re.compile(rf"[^\s.!?:]\s(?:[{UPPER}][\w\-]*)\s$")
_CUT = re.compile(r"[’'-]?\w")
_TOLD_FROM_AFAR = frozenset(("book", "genre", "read", "author", "film"))
#: classes that say nothing of the words beside them
_INSIDE_ONLY = frozenset(("books", "command"))
_POSSESSIVES = frozenset("my our your his her their its".split())
_POINTERS = frozenset(("the", "this", "a", "an", "another"))
_SENTENCE_END = re.compile(r"(?:^|[.!?:…][\"”’)]?\s)[\"“‘]?$")


@cache
def _by_name(by: str) -> re.Pattern[str]:
    """What "by NAME" looks like after a title, in a language that says so."""
    return re.compile(
        r"(?:\s»|[\"”’'»“*)]{0,2})(?:\s\([^()\n]{1,40}\))?,?\s[–—-]?\s?"
        rf"\(?(?i:by|{by}):?\s({NAMES})"
    )


def left_words(place: Place) -> Iterator[str]:
    """Cue words before it in its sentence, near and further away; books in the one before."""
    classes = place.language.classes
    seen = set()
    for distance, word in enumerate(reversed(place.left_words), 1):
        for name in classes.get(word, ()):
            if name not in seen and name not in _INSIDE_ONLY:
                seen.add(name)
                yield f"{name}_left{'1' if distance == 1 else '3' if distance < 4 else '8'}"
    yield from _book_before(place)
    if "book" not in seen and any(
        "book" in classes.get(word, ()) for word in WORD.findall(place.left.lower())
    ):
        yield "book_in_the_sentence_before"
    if place.left_words:
        last = place.left_words[-1]
        if last in ("the", "a", "an", "this", "that"):
            yield "article_before"
        elif last in ("of", "about"):
            yield "of_before"
        elif last == "by" or _quoted_by(place.language.by).search(place.left):
            yield "by_before"
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


def _book_before(place: Place) -> Iterator[str]:
    """Whose book, or that it is the book, right before: "his second book", "the novel"."""
    words = place.left_words
    if words and "book" in place.language.classes.get(words[-1], ()):
        before = words[-5:-1]
        if any(word in _POSSESSIVES or word.endswith(("’s", "'s", "s’", "s'")) for word in before):
            yield "whose_book_before"
        elif before and before[-1] in _POINTERS:
            yield "the_book_before"


def right_words(place: Place) -> Iterator[str]:
    """Cue words and punctuation after it on the same line."""
    classes = place.language.classes
    seen = set()
    for distance, word in enumerate(place.right_words, 1):
        for name in classes.get(word, ()):
            if (
                name in seen
                or name in _INSIDE_ONLY
                or (distance > 4 and name not in _TOLD_FROM_AFAR)
            ):
                continue
            seen.add(name)
            yield f"{name}_right{'1' if distance == 1 else '4' if distance < 5 else '9'}"
    if _APPOSED.match(place.right) and "book" in seen:
        yield "book_apposed_after"
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
    yield from _cuts(place)


def _cuts(place: Place) -> Iterator[str]:
    """Whether a quotation or a run of capitals that it stands in begins before or goes on."""
    if place.right[:1] in _CLOSING and _QUOTE_BEFORE.search(place.left[-45:]):
        yield "quotation_begins_before"
    if place.left[-1:] in _OPENING and _QUOTE_AFTER.match(place.right):
        yield "quotation_goes_on"
    if _CAPITAL_JUST_BEFORE.search(place.left[-30:]):
        yield "capital_just_before"


def author(place: Place) -> Iterator[str]:
    """Signs of an author: "by NAME", "NAME’s", a name alone on the next line, a year."""
    found = list(_authors(place))
    yield from (feature for feature, _ in found if feature)
    named = [people(names)[0] for _, names in found if names]
    if any(is_person(WORD.findall(name)) for name in named):
        yield "author_is_a_person"
    if any(place.post.capitals[surname(name)] > 1 for name in named):
        named_after = place.right.lstrip(_QUOTES)[:2].lower() == "by"
        yield "author_named_again" if named_after else "person_named_again"
    if _YEAR.match(place.right):
        yield "year_after"
    if _PUBLISHER.match(place.right):
        yield "publisher_after"
    if _AUTHOR_OF.search(place.left[-20:]):
        yield "author_of_before"
    if _EDITION.match(place.right):
        yield "edition_after"
    if _SHOP_AFTER.match(place.right):
        yield "shop_after"
    if any(named_otherwise(_WHOSE.sub("", word)) == "publisher" for word in place.left_words[-3:]):
        yield "publisher_before"


def _authors(place: Place) -> Iterator[tuple[str, str]]:
    """How an author stands there, and the names."""
    by = _by_name(place.language.by).match(place.right)
    if by and by[1].endswith(("’s", "'s")):
        yield "by_after", ""
    elif by:
        yield "by_name_after" if " " in by[1] else "by_one_name_after", by[1]
        if not place.right[by.end() :].strip(" .)"):
            yield "by_name_ends_the_line", ""
    elif _BY.match(place.right):
        yield "by_after", ""
    behind = None if by else _NAME_BEHIND.match(place.right)
    if behind:
        how = behind.lastgroup or ""
        if is_person(WORD.findall(people(behind[how])[0])):
            yield f"name_after_{how}", behind[how]
    yield from _author_before(place.left)
    if place.whole_line or not place.right.strip():
        following = _NAME_LINE.match(place.following)
        if following and following.end() > len(place.following) - 15:
            says_by = place.following.lstrip()[:2].lower() == "by"
            yield "by_line_after" if says_by else "name_line_after", following[1]


@cache
def _quoted_by(by: str) -> re.Pattern[str]:
    """A quoted title and "by" before an author, in a language that says "by" so."""
    return re.compile(rf"[\"”»“]{{1,2}},?\s(?:{by})\s$")


def _author_before(left: str) -> Iterator[tuple[str, str]]:
    """A name in the possessive, before a colon or comma, or before "in" and the title."""
    near = left[-75:]
    end = left.rstrip('"“‘( ')[-1:]
    if "’" in near or "'" in near:
        possessive = _NAME_POSSESSIVE.search(near)
        if possessive:
            yield "names_possessive_before", possessive[1]
            return
    if end and end in ":,–—-" and (name := _NAME_BEFORE.search(near)):
        yield "name_before" if " " in name[1] else "capital_before", name[1]
    elif (" in " in near or " from " in near) and (name := _NAME_APPOSED.search(near)):
        yield "name_in_before", name[1]
