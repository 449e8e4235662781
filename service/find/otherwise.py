"""What capitalised words are known to name instead of a book: a person, a place, a company."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

_NAMES = Path(__file__).parent / "words" / "names.toml"
_JOINTS = frozenset("and or und et y &".split())


@cache
def first_names() -> frozenset[str]:
    """Common given names, in lower case."""
    names: str = _file()["first_names"]
    return frozenset(names.split())


def named_otherwise(phrase: str) -> str:
    """What these words, in lower case, name: a "place", a "periodical", a "company"; else ""."""
    return _kinds().get(phrase, "")


def is_person(words: Sequence[str]) -> bool:
    """Whether a name of so many words begins with a given name or with initials."""
    first = words[0].casefold() if words else ""
    return len(words) > 1 and (first in first_names() or (len(first) == 1 and first not in "ai"))


def are_first_names(words: Sequence[str]) -> bool:
    """Whether nothing but given names stands there: "Bob and Alice"."""
    return all(word.casefold() in first_names() or word in _JOINTS for word in words)


@cache
def _kinds() -> Mapping[str, str]:
    return {
        phrase.strip(): kind
        for kind, phrases in _file()["otherwise"].items()
        for phrase in phrases.split("|")
    }


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(_NAMES.read_text(encoding="utf-8"))
