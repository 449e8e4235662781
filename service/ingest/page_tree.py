"""Small readings and changes of elements that all parts of page extraction share."""

from __future__ import annotations

from typing import Any

_MEDIA = "img", "picture", "video", "audio", "iframe", "svg", "math"


def flat(element: Any) -> str:
    """The words of an element in one line."""
    return " ".join("".join(element.itertext()).split())


def has_media(element: Any) -> bool:
    return next(element.iter(*_MEDIA), None) is not None


def within(root: Any, *tags: str) -> set[Any]:
    """Everything inside of the elements of these tags, themselves not counted."""
    inside: set[Any] = set()
    for each in root.iterdescendants():
        parent = each.getparent()
        if parent in inside or parent.tag in tags:
            inside.add(each)
    return inside


def take_out(element: Any) -> None:
    """Take an element out and leave the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
