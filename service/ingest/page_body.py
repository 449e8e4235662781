"""A region of a page made into the post's own HTML: what does not belong taken out, the rest kept.

Headings, lists, quotes, code, tables, figures with captions and alt text, and links stay as the
post has them; only addresses become absolute and pictures loaded late become plain pictures.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from lxml import etree
from lxml import html as lxml_html

from service.ingest.absolute import absolute_html
from service.ingest.page_noise import class_weight, names_of
from service.ingest.page_region import Region, find_region
from service.ingest.page_stats import Stats, measured

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHARE = re.compile(r"(?:\b|_)(?:share|sharedaddy|sharing|addtoany|social)(?:\b|_)", re.IGNORECASE)
_VIDEO = re.compile(
    r"//(?:www\.)?(?:(?:dailymotion|youtube|youtube-nocookie|player\.vimeo|v\.qq)\.com|"
    r"(?:archive|upload\.wikimedia)\.org|player\.twitch\.tv|player\.bilibili\.com|"
    r"open\.spotify\.com|w\.soundcloud\.com|bandcamp\.com)",
    re.IGNORECASE,
)
_LATE = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-hi-res-src", "data-url")
_LATE_SETS = ("data-srcset", "data-lazy-srcset")
_JUDGED = frozenset("form table ul ol div section header h1 h2".split())
_EMPTY = frozenset("p div section span h1 h2 h3 h4 h5 h6 ul ol li figure a header".split())
_CONTENT = "img, picture, video, audio, iframe, embed, object, svg, math, hr, br, canvas"
_KEPT_EMPTY = frozenset(each.strip() for each in _CONTENT.split(","))
_ENOUGH, _CLEARLY_LONGER = 500, 2.0
_BREAKS = frozenset(
    "p div section article header h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre table tr "
    "figure figcaption br hr details summary main".split()
)


def post_of(body: Any, title: str | None) -> Any:
    """The post on a page as a new div, everything else left out.

    Tried strictly first, then with less belief in the names of classes, then without taking
    anything out, because short posts look like noise.
    """
    longest: tuple[int, Any] = (-1, None)
    for strict, clean in ((True, True), (False, True), (False, False)):
        root = _assembled(find_region(body, strict=strict), title, clean)
        length = len(_flat(root))
        if length >= _ENOUGH:
            return root
        if length > longest[0] * _CLEARLY_LONGER:
            longest = (length, root)
    return longest[1]


def _assembled(region: Region, title: str | None, clean: bool) -> Any:
    root = lxml_html.Element("div")
    for part in region.parts:
        copied = _copy(part, region.dropped)
        copied.tail = None
        if copied.tag == "body":
            copied.tag = "div"
        root.append(copied)
    _mend_pictures(root)
    if clean:
        _clean(root)
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


def text_of(root: Any) -> str:
    """The words of an element: a line for each block, white space collapsed except in code."""
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if element.tag in _BREAKS:
            pieces.append("\n")
        text = element.text if event == "start" else element.tail if element is not root else None
        if text:
            kept = any(each.tag == "pre" for each in (element, *element.iterancestors()))
            pieces.append(text if kept else re.sub(r"\s+", " ", text))
    lines = (line.strip(" \t\r") for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


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
        _remove(each)
    return copied


def _remove(element: Any) -> None:
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


def _clean(root: Any) -> None:
    for element in [each for each in root.iter("iframe", "embed") if not _is_video(each)]:
        _remove(element)
    for element in list(root.iterdescendants()):
        if isinstance(element.tag, str) and _is_share(element):
            _remove(element)
    stats = measured(root, set())
    for element in reversed(list(root.iterdescendants())):
        if element.tag in _JUDGED and element in stats and _is_noise(element, stats[element]):
            _remove(element)


def _is_video(element: Any) -> bool:
    return any(_VIDEO.search(value) for value in element.attrib.values())


def _is_share(element: Any) -> bool:
    names = names_of(element)
    return bool(names) and _SHARE.search(names) is not None and len(_flat(element)) < 500


def _flat(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _is_noise(element: Any, counted: Stats) -> bool:
    tag, weight = element.tag, class_weight(element)
    if tag in ("h1", "h2"):
        return weight < 0
    if tag == "table" and _is_data_table(element):
        return False
    if any(each.tag in ("table", "pre", "code", "figure") for each in element.iterancestors()):
        return False
    if weight < 0:
        return True
    if counted.commas >= 10:
        return False
    return _is_thin(element, counted, weight)


def _is_thin(element: Any, counted: Stats, weight: int) -> bool:
    """More links, pictures, fields or items than sentences."""
    is_list = element.tag in ("ul", "ol")
    items = counted.items - 100
    in_figure = element.tag == "figure" or next(element.iterancestors("figure"), None) is not None
    if not in_figure and counted.images > 1 and counted.paragraphs / counted.images < 0.5:
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
        and not in_figure
    ):
        return True
    if not is_list and weight < 25 and counted.link_density > 0.2:
        return True
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


def _drop_title(root: Any, title: str | None) -> None:
    """The heading that only repeats the title: the post's title stands beside its HTML."""
    words = re.findall(r"\w+", (title or "").lower())
    for heading in list(root.iter("h1", "h2", "h3"))[:2]:
        own = re.findall(r"\w+", _flat(heading).lower())
        if own and words and len(set(own) & set(words)) / len(set(own) | set(words)) > 0.75:
            _remove(heading)
            return


def _drop_empty(root: Any) -> None:
    for element in reversed(list(root.iterdescendants())):
        if (
            element.tag in _EMPTY
            and len(element) == 0
            and not (element.text or "").strip()
            and not element.get("id")
        ):
            _remove(element)


# ── mending ──────────────────────────────────────────────────────────────────────────────


def _mend_pictures(root: Any) -> None:
    """Give pictures that a script would load late their address."""
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
