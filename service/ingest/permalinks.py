"""What a blog's permalinks look like, learned from those of posts that are known."""

from __future__ import annotations

import re
from collections import Counter
from csv import DictReader
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_YEAR, _NUMBER = re.compile(r"(?:19|20)\d\d"), re.compile(r"\d+")
#: fewer posts show no form, and a form of fewer than this part of them is none
_FEWEST, _PART = 3, 0.2
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?)$", re.IGNORECASE)

Shape = tuple[str, ...]


def permalink_test(known: Iterable[str]) -> Callable[[str], bool]:
    """Whether an address has a form that these posts' have and that few other pages have: a year
    in it, or a folder of posts. Never true where the posts show no such form."""
    paths = [_segments(url) for url in known]
    folders = Counter(path[0] for path in paths if len(path) > 1)
    common = {name for name, count in folders.items() if count >= max(_FEWEST, _PART * len(paths))}
    shapes = Counter(shape for path in paths if (shape := _shape(path, common)))
    told = {shape for shape, count in shapes.items() if count >= max(_FEWEST, _PART * len(paths))}
    return lambda url: _shape(_segments(url), common) in told


def is_about_the_site(url: str) -> bool:
    """Whether an address is called like a page that every site has: /about/, /impressum/."""
    path = _segments(url)
    return bool(path) and _EXTENSION.sub("", path[-1]).lower() in _site_pages()


def _segments(url: str) -> list[str]:
    try:
        return [part for part in urlsplit(url).path.split("/") if part]
    except ValueError:
        return []


def _shape(path: list[str], folders: set[str]) -> Shape:
    """ "2024", "05", "a-post" are "year", "number", "*"; empty where nothing in it is telling."""
    named = tuple(
        "year" if _YEAR.fullmatch(part)
        else "number" if _NUMBER.fullmatch(part)
        else part if place == 0 and len(path) > 1 and part in folders
        else "*"
        for place, part in enumerate(path)
    )  # fmt: skip
    return named if set(named) - {"*", "number"} and named[-1:] != ("year",) else ()


@cache
def _site_pages() -> frozenset[str]:
    text = files("service.ingest").joinpath("site_pages.csv").read_text("utf-8")
    return frozenset(row["name"] for row in DictReader(text.splitlines()))
