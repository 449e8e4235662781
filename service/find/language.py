"""The cue words of a language: data files in words/, read once."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_WORDS = Path(__file__).parent / "words"
LANGUAGES = ("en", "de", "fr", "es")


@dataclass(frozen=True, slots=True)
class Language:
    """Words and what class of cue they are; `by` says "by NAME" as alternatives of a pattern, and
    `this_book` speaks of the book that a post is about.

    `lost` is how it words calls to buy, as `calls` reads it.
    """

    code: str
    classes: Mapping[str, tuple[str, ...]]
    connectors: frozenset[str]
    openers: frozenset[str]
    headings: frozenset[str]
    dates: frozenset[str]
    by: str
    this_book: re.Pattern[str]
    stop: frozenset[str]
    lost: Mapping[str, str | list[str]]


@cache
def language(code: str) -> Language:
    """The cue words of "en", "de", "fr" or "es", English's class words among them.

    Bloggers everywhere say "bestseller" and "podcast", so the English classes serve every
    language.
    """
    own = _file(code)
    classes: dict[str, tuple[str, ...]] = {}
    for data in (own,) if code == "en" else (_file("en"), own):
        for name, told in data["classes"].items():
            for word in told.split():
                classes[word] = (*classes.get(word, ()), name)
    words = own["words"]
    return Language(
        code,
        classes,
        frozenset(words["connectors"].split()),
        frozenset(words["openers"].split()),
        frozenset(words["headings"].split()),
        frozenset(words["dates"].split()),
        words["by"],
        re.compile(rf"\b(?:{words['this_book']})\b"),
        frozenset(words["stop"].split()),
        own["lost"],
    )


def spoken(text: str, declared: str | None) -> Language:
    """The language a text is in: as declared, else the one whose commonest words it holds most."""
    code = (declared or "")[:2].lower()
    if code in LANGUAGES:
        return language(code)
    words = re.findall(r"[^\W\d_]+", text[:2000].lower())
    counts = {each: sum(map(language(each).stop.__contains__, words)) for each in LANGUAGES}
    best = max(LANGUAGES, key=lambda each: counts[each])
    return language(best if counts[best] > counts["en"] * 1.5 else "en")


@cache
def _file(code: str) -> dict[str, Any]:
    return tomllib.loads((_WORDS / f"{code}.toml").read_text(encoding="utf-8"))
