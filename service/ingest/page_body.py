"""A region of a page made into the post's own HTML: what does not belong taken out, the rest kept.

Headings, lists, quotes, code, tables, figures with captions and alt text, and links stay as the
post has them; only addresses become absolute and pictures loaded late become plain pictures.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from lxml import etree

from service.ingest.absolute import absolute_html
from service.ingest.page_cleaning import clean
from service.ingest.page_furniture import Byline, drop_furniture
from service.ingest.page_region import Region, find_region
from service.ingest.page_tree import flat, sites_of, take_out

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

_LATE = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-hi-res-src", "data-url")
_LATE_SETS = ("data-srcset", "data-lazy-srcset")
_EMPTY = frozenset("p div section span h1 h2 h3 h4 h5 h6 ul ol li figure a header".split())
_CONTENT = "img, picture, video, audio, iframe, embed, object, svg, math, hr, br, canvas"
_ENOUGH, _CLEARLY_LONGER = 500, 2.0


def post_of(body: Any, title: str | None, byline: Byline) -> Any:
    """The post on a page as a new div, everything else left out.

    Tried strictly first, then with less belief in the names of classes, then without taking
    anything out, because short posts look like noise.
    """
    sites = sites_of(byline.addresses)
    longest: tuple[int, Any] = (-1, None)
    for strict, cleaned in ((True, True), (False, True), (False, False)):
        region = find_region(body, title, strict=strict)
        root = _assembled(region, title, sites, cleaned=cleaned)
        length = len(flat(root))
        if length > longest[0] * _CLEARLY_LONGER:
            longest = (length, root)
        if length >= _ENOUGH or (region.sure and length):
            break
    drop_furniture(longest[1], byline)
    _drop_empty(longest[1])
    return longest[1]


def _assembled(region: Region, title: str | None, sites: Container[str], *, cleaned: bool) -> Any:
    root = etree.Element("div")
    for part in region.parts:
        copied = _copy(part, region.dropped)
        copied.tail = None
        if copied.tag == "body":
            copied.tag = "div"
        root.append(copied)
    _mend_pictures(root)
    if cleaned:
        clean(root, sites)
    _drop_title(root, title)
    _drop_empty(root)
    return root


def html_of(root: Any, base: str | None) -> str:
    """The inner HTML of an element, addresses absolute."""
    while len(root) == 1 and not (root.text or "").strip() and root[0].tag in ("div", "article"):
        if (root[0].tail or "").strip():
            break
        root = root[0]
    inner = (root.text or "") + "".join(
        etree.tostring(child, encoding="unicode", method="html") for child in root
    )
    return absolute_html(inner.strip(), base)


def paragraphs_of(text: str) -> Any:
    """Plain text as a div with a paragraph for each block or line."""
    root = etree.Element("div")
    for line in text.split("\n"):
        if line.strip():
            etree.SubElement(root, "p").text = " ".join(line.split())
    return root


def first_picture(root: Any, base: str | None) -> str | None:
    from service.ingest.wording import first_image

    return first_image(html_of(root, base))


# ── taking out ───────────────────────────────────────────────────────────────────────────


def _copy(part: Any, dropped: set[Any]) -> Any:
    """A copy of an element without those of its descendants that are dropped."""
    copied = deepcopy(part)
    pairs = zip(part.iter(), copied.iter(), strict=True)
    out = [copy for original, copy in pairs if original in dropped]
    for each in out:
        take_out(each)
    return copied


def _drop_title(root: Any, title: str | None) -> None:
    """The heading that only repeats the title: the post's title stands beside its HTML."""
    words = re.findall(r"\w+", (title or "").lower())
    for heading in list(root.iter("h1", "h2", "h3"))[:2]:
        own = re.findall(r"\w+", flat(heading).lower())
        alike = own and words and len(set(own) & set(words)) / len(set(own) | set(words)) > 0.75
        if alike or (len(own) > 1 and own == words[-len(own) :]):
            take_out(heading)
            return


def _drop_empty(root: Any) -> None:
    for element in reversed(list(root.iterdescendants())):
        if (
            element.tag in _EMPTY
            and len(element) == 0
            and not (element.text or "").strip()
            and not element.get("id")
        ):
            take_out(element)


# ── mending ──────────────────────────────────────────────────────────────────────────────


def _mend_pictures(root: Any) -> None:
    """Give pictures that a script would load late their address."""
    for image in root.iter("amp-img"):
        image.tag = "img"
    for image in root.iter("img", "source"):
        source = image.get("src", "")
        if not source or source.startswith("data:"):
            _take(image, "src", _LATE)
        if not image.get("srcset"):
            _take(image, "srcset", _LATE_SETS)


def _take(image: Any, target: str, names: Iterable[str]) -> None:
    for name in names:
        value = image.get(name, "").strip()
        if value and not value.startswith("data:"):
            image.set(target, value)
            del image.attrib[name]
            return
