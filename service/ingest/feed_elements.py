"""What each element of a feed adds to what is read, by the rules of feedparser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from service.ingest import feed_people as people
from service.ingest import feed_pictures as pictures
from service.ingest.dates import feed_moment
from service.ingest.feed_names import NOTHING, NOTHING_WITHIN, RDF, USUAL_NAMES, name_of
from service.ingest.feed_reading import (
    attributes_of,
    read_children,
    resolved,
    text_of,
)
from service.ingest.feed_xhtml import XHTML, NotKnown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element as Element

    from service.ingest.feed_reading import Given, Reader, Reading, Scope

_ABOUT = f"{{{RDF}}}about"
_HTML_TYPES = ("html", "text/html", "xhtml", XHTML)
_LINK_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")


class Readers(dict[str, "Reader | None"]):
    """What reads the elements of a document, by their tags; None for those that say nothing.

    `prefixes` is what `prefixes_of` found in it. Raises NotKnown for a tag that isn't known.
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__(_USUAL)
        self._prefixes = prefixes

    def __missing__(self, tag: str) -> Reader | None:
        name = name_of(tag, self._prefixes)
        if name != NOTHING and name not in _READERS:
            raise NotKnown
        self[tag] = reader = _READERS.get(name)
        return reader


def entry(reading: Reading, item: Element, given: Given, scope: Scope, depth: int) -> None:
    if reading.in_entry:
        raise NotKnown
    if reading.imprinting is not None and reading.imprinting.knows(item, scope):
        return
    context: dict[str, Any] = {}
    reading.context = context
    reading.entries.append(context)
    reading.in_entry, reading.title_depth = True, -1
    reading.depths = {}
    tags, reading.tags = reading.tags, set()
    if given:
        stated = attributes_of(given)
        if "href" in stated or "lastmod" in stated:
            raise NotKnown
        if about := item.get(_ABOUT):
            context["id"] = about
    read_children(reading, item, scope, depth + 1)
    reading.context, reading.in_entry, reading.has_content = reading.feed, False, False
    reading.tags = tags


def title(reading: Reading, element: Element, given: Given, scope: Scope, depth: int) -> None:
    value, _ = reading.take_content("title", element, given, scope, depth, "text/plain")
    if value:
        reading.title_depth = depth


def media_title(reading: Reading, element: Element, given: Given, scope: Scope, depth: int) -> None:
    reading.take_content("title", element, given, scope, depth, "text/plain")


def description(reading: Reading, element: Element, given: Given, scope: Scope, depth: int) -> None:
    if _says_more(reading):
        content(reading, element, given, scope, depth)
        return
    key = "summary" if reading.in_entry else "subtitle"
    reading.take_content(key, element, given, scope, depth, "text/html")


def summary(reading: Reading, element: Element, given: Given, scope: Scope, depth: int) -> None:
    if _says_more(reading):
        content(reading, element, given, scope, depth)
    else:
        reading.take_content("summary", element, given, scope, depth, "text/plain")


def _says_more(reading: Reading) -> bool:
    """A second summary, where no content was told, is the content."""
    return "summary" in reading.context and not reading.has_content


def subtitle(reading: Reading, element: Element, given: Given, scope: Scope, depth: int) -> None:
    if reading.in_entry:
        text_of(element)
    else:
        reading.take_content("subtitle", element, given, scope, depth, "text/plain")


def content(
    reading: Reading,
    element: Element,
    given: Given,
    scope: Scope,
    depth: int,
    kind: str = "text/plain",
) -> None:
    reading.has_content = True
    value, detail = reading.take_content("content", element, given, scope, depth, kind)
    if reading.in_entry:
        reading.context.setdefault("content", []).append(detail)
    else:
        reading.context["content"] = value
    reading.context.setdefault("summary", value)


def encoded(reading: Reading, element: Element, given: Given, scope: Scope, depth: int) -> None:
    content(reading, element, given, scope, depth, "text/html")


def link(reading: Reading, element: Element, given: Given, scope: Scope, _: int) -> None:
    context = reading.context
    stated = attributes_of(given) if given else {}
    rel = stated.setdefault("rel", "alternate")
    kind = stated.setdefault("type", "application/atom+xml" if rel == "self" else "text/html")
    context.setdefault("links", []).append(stated)
    href = pictures.take_address(stated) if given else None
    if href is not None:
        stated["href"] = resolved(href, scope) if href else scope.base
        if rel == "alternate" and kind in _HTML_TYPES:
            context["link"] = stated["href"]
        text_of(element)
        return
    value = resolved(text_of(element), scope)
    if "&" in value:
        if reading.in_entry:
            value = value.replace("&amp;", "&")
        value = _LINK_REFERENCE.sub(r"&\1", value)
    context["link"] = value
    if value or not reading.in_entry:
        stated["href"] = value


def guid(reading: Reading, element: Element, given: Given, scope: Scope, depth: int) -> None:
    value = text_of(element)
    if given and attributes_of(given).get("ispermalink", "true") != "true":
        reading.keep("id", value, depth)
        return
    value = resolved(value, scope)
    reading.keep("id", value, depth)
    reading.context.setdefault("link", value)


def published(reading: Reading, element: Element, _: Given, __: Scope, ___: int) -> None:
    reading.context["published_parsed"] = feed_moment(text_of(element))


def updated(reading: Reading, element: Element, _: Given, __: Scope, ___: int) -> None:
    reading.context["updated_parsed"] = feed_moment(text_of(element))


def created(reading: Reading, element: Element, _: Given, __: Scope, ___: int) -> None:
    reading.context["created_parsed"] = feed_moment(text_of(element))


def language(reading: Reading, element: Element, _: Given, __: Scope, depth: int) -> None:
    reading.keep("language", text_of(element), depth)


def origlink(reading: Reading, element: Element, given: Given, _: Scope, depth: int) -> None:
    if given:
        raise NotKnown
    reading.keep("feedburner_origlink", text_of(element), depth)


def source(reading: Reading, element: Element, _: Given, __: Scope, ___: int) -> None:
    text_of(element)
    reading.title_depth = -1


def of_the_feed(reading: Reading, _: Element, __: Given, ___: Scope, ____: int) -> None:
    """Something that is read nowhere if it is the feed's, and means too much in an entry."""
    if reading.in_entry or reading.atom:
        raise NotKnown


def nothing(reading: Reading, element: Element, _: Given, scope: Scope, depth: int) -> None:
    """An element that says nothing, as long as those within say nothing either."""
    for child in element:
        reader = reading.readers[child.tag]
        if reader is nothing:
            nothing(reading, child, [], scope, depth)
        elif reader is not None or len(child):
            raise NotKnown


_READERS: dict[str, Reader] = {
    "item": entry,
    "title": title,
    "media_title": media_title,
    "media_category": people.media_category,
    "contributor": people.contributor,
    "description": description,
    "summary": summary,
    "subtitle": subtitle,
    "content": content,
    "encoded": encoded,
    "link": link,
    "guid": guid,
    "author": people.author,
    "publisher": people.publisher,
    "category": people.category,
    "itunes_keywords": people.itunes_keywords,
    "media_keywords": people.keywords,
    "published": published,
    "updated": updated,
    "created": created,
    "language": language,
    "origlink": origlink,
    "enclosure": pictures.enclosure,
    "media_group": pictures.media_group,
    "media_content": pictures.media_content,
    "media_thumbnail": pictures.media_thumbnail,
    "itunes_image": pictures.itunes_image,
    "image": pictures.image,
    "logo": pictures.logo,
    "icon": pictures.icon,
    "source": source,
    "of_the_feed": of_the_feed,
    "textinput": pictures.textinput,
    NOTHING_WITHIN: nothing,
}
_USUAL: dict[str, Reader | None] = {
    tag: _READERS.get(name)
    for tag, name in USUAL_NAMES.items()
    if name == NOTHING or name in _READERS
}
