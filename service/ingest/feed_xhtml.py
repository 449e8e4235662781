"""XHTML that stands as elements in a feed, written out as feedparser writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

XHTML = "application/xhtml+xml"
_NAMESPACE = "{http://www.w3.org/1999/xhtml}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
#: elements that feedparser itself takes for something
_LEFT_TO_FEEDPARSER = frozenset(("body", "svg", "math"))


class NotKnown(Exception):
    """The feed has something that only feedparser can be trusted with."""


def inner_xhtml(element: Element, *, unwrapped: bool) -> str:
    """What is in this element. `unwrapped`: without the one div that Atom puts around it.

    Raises NotKnown where an element within is of another namespace.
    """
    children = list(element)
    lone = len(children) == 1 and not _says(element.text) and not _says(children[0].tail)
    pieces: list[str] = []
    if unwrapped and lone and _name(children[0]) == "div":
        _write_inner(children[0], pieces)
    else:
        _write_inner(element, pieces)
    return "".join(pieces)


def _says(text: str | None) -> bool:
    return bool(text and text.strip())


def _write_inner(element: Element, pieces: list[str]) -> None:
    if element.text:
        pieces.append(escape(element.text))
    for child in element:
        name = _name(child)
        pieces.append(f"<{name}{_attributes(child)}>" if child.attrib else f"<{name}>")
        _write_inner(child, pieces)
        pieces.append(f"</{name}>")
        if child.tail:
            pieces.append(escape(child.tail))


def _name(element: Element) -> str:
    name = str(element.tag)
    local = name[len(_NAMESPACE) :].lower()
    if not name.startswith(_NAMESPACE) or local in _LEFT_TO_FEEDPARSER:
        raise NotKnown
    return local


def _attributes(element: Element) -> str:
    written = []
    for name, value in element.items():
        key = str(name).replace(_XML, "xml:").lower()
        if "}" in key:
            raise NotKnown
        value = value.lower() if key in ("rel", "type") else value
        written.append(f' {key}="{escape(value, {chr(34): "&quot;"})}"')
    return "".join(written)
