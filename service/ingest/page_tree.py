"""Small readings and changes of elements that all parts of page extraction share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

_MEDIA = "img", "picture", "video", "audio", "iframe", "svg", "math"


def flat(element: Any) -> str:
    """The words of an element in one line."""
    return " ".join("".join(element.itertext()).split())


def has_media(element: Any) -> bool:
    return next(element.iter(*_MEDIA), None) is not None


def sites_of(addresses: Iterable[str]) -> frozenset[str]:
    """The sites of web addresses: the last two labels of their hosts."""
    return frozenset(filter(None, map(_site, addresses)))


def leads_within(element: Any, sites: Container[str]) -> bool:
    """Whether every link of an element leads into these sites."""
    return all(
        site == "" or site in sites for site in (_site(each) for each in _addresses(element))
    )


def leads_away(element: Any, sites: Container[str]) -> bool:
    """Whether every link of an element leads out of these sites, or to a note on the same page."""
    for each in _addresses(element):
        site = _site(each)
        if not each.startswith("#") and (not site or site in sites):
            return False
    return True


def _addresses(element: Any) -> Iterator[str]:
    return (link.get("href", "#") for link in element.iter("a"))


def _site(address: str) -> str | None:
    """ "" for an address relative to the page's own, None for what is none."""
    try:
        host = urlsplit(address.strip()).hostname or ""
    except ValueError:
        return None
    return ".".join(host.lower().split(".")[-2:])


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
