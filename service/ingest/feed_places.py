"""Where a feed that nobody announces may be, by the program that made the site."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

#: of the common places, those looked for in each folder above the address, not only at the root
_NEAR = 6
_MEDIUM = re.compile(r"^/(@[^/]+|[^/@][^/]*)(?:/|$)")


class _Place(NamedTuple):
    platform: str
    generator: re.Pattern[str]
    path: str


def platform_of(generator: str | None) -> str | None:
    """The blog program that a generator's name means: "WordPress 6.8" is "WordPress"."""
    name = (generator or "").strip().lower()
    if not name:
        return None
    found = (place.platform for place in _places() if _names(place, name))
    return next(found, None)


def guesses(url: str, generator: str | None) -> list[str]:
    """Addresses to try, the likeliest first: the program's own, then those of all, near and at
    the root."""
    name, root = (generator or "").strip().lower(), urljoin(url, "/")
    own = [place.path for place in _places() if name and _names(place, name)]
    common = [place.path for place in _places() if place.platform == "any"]
    found = [*_of_the_host(url)]
    for folder in _folders(url):
        found += [folder + path for path in own]
    for folder in _folders(url):
        found += [folder + path for path in (common if folder == root else common[:_NEAR])]
    return list(dict.fromkeys(found))


def _names(place: _Place, generator: str) -> bool:
    return place.platform != "any" and place.generator.search(generator) is not None


def _folders(url: str) -> Iterator[str]:
    """The folder that the address stands in, the site's first folder above it, and the root."""
    root, folder = urljoin(url, "/"), urljoin(url, "./")
    first = urlsplit(folder).path.split("/")[1]
    yield from dict.fromkeys((folder, f"{root}{first}/" if first else root, root))


def _of_the_host(url: str) -> Iterator[str]:
    """Medium has its feeds below /feed (Medium help: Medium's feeds)."""
    parts = urlsplit(url)
    below = _MEDIUM.match(parts.path)
    if below and (parts.hostname or "").removeprefix("www.") == "medium.com":
        yield urljoin(url, f"/feed/{below[1]}")


@cache
def _places() -> tuple[_Place, ...]:
    text = files("service.ingest").joinpath("feed_places.csv").read_text("utf-8")
    return tuple(
        _Place(row["platform"], re.compile(row["generator"]), row["path"])
        for row in csv.DictReader(text.splitlines())
    )
