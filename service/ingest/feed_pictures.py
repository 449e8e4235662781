"""What a feed shows, and what it hands out with a post, as feedparser reads that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.ingest.feed_reading import (
    attributes_of,
    read_children,
    resolved,
    surroundings,
    text_of,
)
from service.ingest.feed_xhtml import NotKnown

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from service.ingest.feed_reading import Given, Reading, Scope

#: nobody nests media deeper
_DEEPEST = 8
_PLAIN = frozenset(("title", "link", "description", "uri", "name"))


def take_address(stated: dict[str, str]) -> str | None:
    """The URL among the attributes, whatever it is called, taken out; None for none."""
    href = stated.get("url", stated.get("uri", stated.get("href")))
    if not href:
        return stated.pop("href", None)
    for name in ("url", "uri", "href"):
        stated.pop(name, None)
    return href


def enclosure(reading: Reading, _: Element, given: Given, __: Scope, ___: int) -> None:
    stated = attributes_of(given)
    href = take_address(stated)
    if href is not None:
        stated["href"] = href
    stated["rel"] = "enclosure"
    reading.context.setdefault("links", []).append(stated)


def media_group(reading: Reading, element: Element, _: Given, scope: Scope, depth: int) -> None:
    if depth > _DEEPEST:
        raise NotKnown
    read_children(reading, element, scope, depth + 1)


def media_content(
    reading: Reading, element: Element, given: Given, scope: Scope, depth: int
) -> None:
    reading.context.setdefault("media_content", []).append(attributes_of(given))
    media_group(reading, element, given, scope, depth)


def media_thumbnail(reading: Reading, element: Element, given: Given, scope: Scope, _: int) -> None:
    stated = attributes_of(given)
    reading.context.setdefault("media_thumbnail", []).append(stated)
    address = resolved(text_of(element), scope)
    if address:
        stated.setdefault("url", address)


def itunes_image(reading: Reading, element: Element, given: Given, _: Scope, __: int) -> None:
    text_of(element)
    stated = attributes_of(given)
    href = stated.get("href") or stated.get("url")
    if href:
        reading.context["image"] = {"href": href}


def image(reading: Reading, element: Element, _: Given, scope: Scope, __: int) -> None:
    """The channel's picture; inside an entry nobody knows what it would be."""
    if reading.in_entry or "image" in reading.feed:
        raise NotKnown
    require_plain(reading, element)
    picture: dict[str, str] = {}
    reading.feed["image"] = picture
    reading.title_depth = -1
    for child in element:
        name = reading.name(child)
        if name == "uri":
            picture["href"] = resolved(text_of(child), surroundings(child.items(), scope))
        elif name == "title" and text_of(child):
            reading.title_depth = 4


def textinput(reading: Reading, element: Element, _: Given, __: Scope, ___: int) -> None:
    if reading.in_entry:
        raise NotKnown
    require_plain(reading, element)
    reading.title_depth = -1


def require_plain(reading: Reading, element: Element) -> None:
    """Raise NotKnown unless this is what RSS lets stand in an image or a text input, and no
    more."""
    for child in element:
        if child.tag not in ("width", "height") and reading.name(child) not in _PLAIN:
            raise NotKnown


def logo(reading: Reading, element: Element, given: Given, scope: Scope, depth: int) -> None:
    _picture(reading, "logo", element, given, scope, depth)


def icon(reading: Reading, element: Element, given: Given, scope: Scope, depth: int) -> None:
    _picture(reading, "icon", element, given, scope, depth)


def _picture(
    reading: Reading, key: str, element: Element, given: Given, scope: Scope, depth: int
) -> None:
    if given:
        raise NotKnown
    reading.keep(key, resolved(text_of(element), scope), depth)
