"""Taking out of a post's region what is none of the post: share buttons, forms, boxes of links."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from service.ingest.page_noise import class_weight, names_of
from service.ingest.page_stats import Stats, measured
from service.ingest.page_tree import flat, leads_away, take_out, within

if TYPE_CHECKING:
    from collections.abc import Container

_SHARE = re.compile(r"(?:\b|_)(?:share|sharedaddy|sharing|addtoany|social)(?:\b|_)", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?…。！？؟:][\"'”’»)\]]*$")
_JUDGED = frozenset("form table ul ol div section header h1 h2".split())
_LONGEST_SHARE = 500
#: what holds so much of a post is the post, whatever its name
_ALMOST_ALL = 0.9


def clean(root: Any, sites: Container[str]) -> None:
    """Take out what the names, links, fields and pictures of an element say is not the post.

    `sites` are the page's own. A nameless box of links that lead away, or of notes, was written
    by the blogger.
    """
    for element in [each for each in root.iter("iframe", "embed") if not _is_embed(each)]:
        take_out(element)
    for element in list(root.iterdescendants()):
        if isinstance(element.tag, str) and _is_share(element):
            take_out(element)
    stats = measured(root, set())
    kept = within(root, "table", "pre", "code", "figure")
    most = stats[root].text * _ALMOST_ALL
    for element in reversed(list(root.iterdescendants())):
        if element.tag in _JUDGED and _is_noise(
            element, stats[element], element in kept, most, sites
        ):
            take_out(element)


def _is_embed(element: Any) -> bool:
    """Whether a frame shows something that the blogger put there, not an advertisement."""
    for value in element.attrib.values():
        if "//" in value:
            try:
                host = (urlsplit(value.strip()).hostname or "").removeprefix("www.")
            except ValueError:
                continue
            parts = host.split(".")
            if any(".".join(parts[at:]) in _embeds() for at in range(len(parts) - 1)):
                return True
    return False


@cache
def _embeds() -> frozenset[str]:
    text = files("service.ingest").joinpath("page_embeds.csv").read_text("utf-8")
    return frozenset(row["host"] for row in csv.DictReader(text.splitlines()))


def _is_share(element: Any) -> bool:
    names = names_of(element)
    return bool(names) and _SHARE.search(names) is not None and len(flat(element)) < _LONGEST_SHARE


def _is_noise(element: Any, counted: Stats, kept: bool, most: float, sites: Container[str]) -> bool:
    tag, weight = element.tag, class_weight(element)
    if tag in ("h1", "h2"):
        return weight < 0
    if kept or (tag == "table" and _is_data_table(element)):
        return False
    if weight < 0:
        return counted.text <= most
    if counted.commas >= 10:
        return False
    if (
        counted.linked
        and not counted.inputs
        and not names_of(element)
        and leads_away(element, sites)
    ):
        return False
    return _is_thin(element, counted, weight)


def _is_thin(element: Any, counted: Stats, weight: int) -> bool:
    """More links, pictures, fields or items than sentences."""
    is_list = element.tag in ("ul", "ol")
    items = counted.items - 100
    if counted.images > 1 and counted.paragraphs / counted.images < 0.5:
        # a gallery is the post's own; a grid of cards that link elsewhere is not
        return counted.link_density > 0.2
    if not is_list and items > counted.paragraphs:
        return True
    if counted.inputs > counted.paragraphs // 3:
        return True
    heading_share = counted.headings / counted.text if counted.text else 0.0
    if (
        not is_list
        and heading_share < 0.9
        and counted.text < 25
        and (counted.images == 0 or counted.images > 2)
        and not (counted.linked == 0 and _SENTENCE.search(flat(element)))
    ):
        return True
    if not is_list and weight < 25 and counted.link_density > 0.2:
        return counted.link_density > 0.75 or not _SENTENCE.search(flat(element))
    return weight >= 25 and counted.link_density > 0.5


def _is_data_table(table: Any) -> bool:
    if table.get("role") == "presentation":
        return False
    if (
        table.get("summary")
        or next(table.iter("caption", "thead", "th", "tfoot"), None) is not None
    ):
        return True
    if next((each for each in table.iter("table") if each is not table), None) is not None:
        return False
    rows = list(table.iter("tr"))
    columns = max((sum(1 for _ in row.iter("td")) for row in rows), default=0)
    return len(rows) >= 10 or columns > 4 or len(rows) * columns > 10
