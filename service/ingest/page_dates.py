"""When a post was published and changed, by what its page states and shows."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from service.ingest.dates import moment
from service.ingest.page_statements import Statements, words_of

if TYPE_CHECKING:
    from datetime import datetime

_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?:/|-|$)")
_SPELLED_OUT = re.compile(
    r"\b\d{1,2}\.? [A-Z][a-z]{2,8},? (?:19|20)\d\d\b|\b[A-Z][a-z]{2,8}\.? \d{1,2}, (?:19|20)\d\d\b"
    r"|\b(?:19|20)\d\d-\d\d-\d\d\b"
)
_LINES_AFTER, _LONGEST_DATELINE = 4, 80


def published(stated: Statements, url: str | None) -> datetime | None:
    """When a page says that it was published; `url` is its own word for its address."""
    return (
        _marked(stated, "dt-published")
        or moment(stated.data.text("datePublished", "dateCreated"))
        or _in_meta(
            stated,
            "article:published_time",
            "datepublished",
            "parsely-pub-date",
            "dc.date.issued",
            "dcterms.created",
            "dc.date",
            "date",
            "pubdate",
            "publish-date",
            "sailthru.date",
        )
        or _in_time_element(stated)
        or _in_url(url)
        or _by_heading(stated)
    )


def updated(stated: Statements) -> datetime | None:
    """When a page says that it was changed last."""
    return (
        _marked(stated, "dt-updated")
        or moment(stated.data.text("dateModified"))
        or _in_meta(stated, "article:modified_time", "og:updated_time", "datemodified")
        or _marked(stated, "updated")
    )


def _in_meta(stated: Statements, *names: str) -> datetime | None:
    return next(filter(None, (moment(stated.first(name)) for name in names)), None)


def _marked(stated: Statements, name: str) -> datetime | None:
    for element in stated.marks.all(name):
        if found := _in_attributes(element):
            return moment(found)
    return None


def _in_attributes(element: Any) -> str | None:
    return next(filter(None, map(element.get, ("datetime", "content", "title"))), None)


def _in_time_element(stated: Statements) -> datetime | None:
    marked = stated.marks.all("entry-date", "published", "post-date", "date-header")
    for elements in (
        stated.tree.xpath("//*[@itemprop='datePublished']"),
        stated.tree.xpath("//time[@pubdate]"),
        [each for each in marked if each.tag in ("time", "abbr")],
        marked,
        stated.tree.xpath("//article//header//time"),
        stated.tree.xpath("//article//time"),
        stated.tree.xpath("//time"),
    ):
        for element in elements[:1]:
            found = moment(_in_attributes(element) or words_of(element))
            if found:
                return found
    return None


def _by_heading(stated: Statements) -> datetime | None:
    """A date spelled out in one of the short lines after the post's heading."""
    headings = stated.tree.xpath("//h1") or stated.tree.xpath("//h2")
    if len(headings) != 1:
        return None
    for element in islice(headings[0].itersiblings(), _LINES_AFTER):
        text = words_of(element)
        if len(text) <= _LONGEST_DATELINE and (match := _SPELLED_OUT.search(text)):
            return moment(match[0])
    return None


def _in_url(url: str | None) -> datetime | None:
    match = _IN_URL.search(url or "")
    return moment("-".join(match.groups())) if match else None
