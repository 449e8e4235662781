"""XHTML that stands as elements in a feed, written out as feedparser writes it."""

from __future__ import annotations

import re
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


#: a tag that is not one without namespaces and references, in lower case, and so needs a look
_UNUSUAL = re.compile(
    r"<(?!/?(?!(?:body|svg|math)[ />])[a-z][a-z0-9]*+"
    r"(?: (?:(?:rel|type)=\"[a-z0-9 ;/+._-]*+\""
    r"|(?!xmlns|rel=|type=)[a-z][a-z0-9-]*+=\"[^\"]*+\"))*+/?>)"
)


def inner_xhtml(element: Element, *, unwrapped: bool) -> str:
    """What is in this element. `unwrapped`: without the one div that Atom puts around it.

    Raises NotKnown where an element within is of another namespace.
    """
    children = list(element)
    lone = len(children) == 1 and not _says(element.text) and not _says(children[0].tail)
    outer = children[0] if unwrapped and lone and _name(children[0]) == "div" else element
    if outer is not element and outer.prefix is None:
        usual = _as_it_stands(outer)
        if usual is not None:
            return usual
    pieces: list[str] = []
    _write_inner(outer, pieces)
    return "".join(pieces)


def _as_it_stands(div: Element) -> str | None:
    """What is in a div of no prefix, as libxml2 writes it but for empty elements; None where
    that may be another way than feedparser's."""
    from lxml import etree

    written = etree.tostring(div, encoding="unicode", with_tail=False)
    inner = written[written.index(">") + 1 : -len("</div>")]
    if _UNUSUAL.search(inner) or ("#" in inner and "&#" in inner):
        return None
    pieces = inner.split("/>")
    for at, piece in enumerate(pieces[:-1]):
        name = piece[piece.rindex("<") + 1 :].split(" ", 1)[0]
        pieces[at] = f"{piece}></{name}>"
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
