"""The languages that editions are in and readers read; the table says where it comes from."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from service.model import Edition


class Reader(NamedTuple):
    """For whom an edition is chosen: `language` gives that of the post ("en"; asked only where
    editions differ in it), `marketplace` is where the blog's readers buy ("amazon.de")."""

    language: Callable[[], str | None] = lambda: None
    marketplace: str | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that the reader is served in, the best first.

        English is the last: books that were not translated are read in it.
        """
        told = (self.language(), _language_of_market(self.marketplace), "en")
        return tuple(dict.fromkeys(each[:2].lower() for each in told if each))


def language_of(edition: Edition) -> str | None:
    """The edition's language as told, else that of its ISBN's registration group, a guess."""
    if edition.language:
        return edition.language.lower()
    number = edition.isbn13
    if number is None:
        return None
    groups = _table()["groups"]
    candidates = (f"{number[:3]}-{number[3:end]}" for end in range(4, 8))
    return next((groups[each] for each in candidates if each in groups), None)


def name_of(language: str) -> str:
    """The language's English name, or its code."""
    return _table()["names"].get(language, language)


def _language_of_market(marketplace: str | None) -> str | None:
    if not marketplace:
        return None
    return _table()["countries"].get(marketplace.rpartition(".")[2])


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    path = Path(__file__).with_name("languages.json")
    data: Mapping[str, Mapping[str, str]] = json.loads(path.read_text("utf-8"))
    return data
