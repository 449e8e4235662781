"""Which addresses are of books, which surely of something else: sites.toml."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from service.identifiers import isbns
from service.weblink import WebLink, web_link

_DATA = tomllib.loads(Path(__file__).with_name("sites.toml").read_text(encoding="utf-8"))
BOOK_SITES: tuple[str, ...] = tuple(_DATA["books"])
OTHER_SITES: tuple[str, ...] = tuple(_DATA["others"])
_SMALL = frozenset(_DATA["small"].split())
_ISBN = re.compile(r"(?<![0-9])97[89][0-9-]{10,14}(?![0-9])")
#: printed music has such numbers (ISMN)
_MUSIC = "9790"
#: under these names a query, behind these words a path gives an ISBN, of ten digits too
_NAMES = ("isbn", "isbn13", "ean", "ean13", "isbn10")
_WORD = re.compile(r"[^\W_]+")
#: a number that stands before a title in an address
_ID = re.compile(r"[0-9]{3,}")


class BookPage(NamedTuple):
    """A page about one book: its site's host, the ISBN and the words in its address."""

    host: str
    isbn13: str | None
    slugs: tuple[tuple[str, ...], ...]

    def is_titled(self, words: str) -> bool:
        """Whether the address spells a title so: "/book/show/25744928-deep-work"."""
        wanted = _telling(_WORD.findall(words.casefold()))
        if not wanted:
            return False
        joined = "".join(_WORD.findall(words.casefold().replace("’", "").replace("'", "")))
        return any(
            slug[: len(wanted)] == wanted or "".join(slug) in (joined, "".join(wanted))
            for slug in self.slugs
        )


def book_page(url: str) -> BookPage | None:
    """The page of one book at this address; None for any other. Never raises."""
    link = web_link(url)
    if link is None:
        return None
    isbn13 = _isbn_in(link)
    path = "/".join(link.segments)
    is_known = any(host in link.host and pattern.match(path) for host, pattern in _pages())
    if isbn13 is None and not is_known:
        return None
    slugs = (tuple(_WORD.findall(each.casefold().replace("'", ""))) for each in link.segments)
    return BookPage(link.host, isbn13, tuple(_telling(each) for each in slugs))


@cache
def _pages() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((host, re.compile(pattern)) for host, pattern in _DATA["pages"].items())


def _telling(words: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """The words that addresses keep: no articles, no number before the title."""
    kept = [word for word in words if word not in _SMALL and word != "s"]
    return tuple(kept[1:] if len(kept) > 1 and _ID.fullmatch(kept[0]) else kept)


def _isbn_in(link: WebLink) -> str | None:
    named = [link.query[name] for name in _NAMES if name in link.query]
    behind = [
        following
        for before, following in zip(link.segments, link.segments[1:], strict=False)
        if before.lower() in _NAMES
    ]
    anywhere = [match[0] for each in link.segments for match in _ISBN.finditer(each)]
    for number in (*named, *behind, *anywhere):
        isbn13 = isbns(number)[0]
        if isbn13 is not None and not isbn13.startswith(_MUSIC):
            return isbn13
    return None
