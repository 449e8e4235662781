"""The words of a post: a line for each block, without the captions of pictures."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from service.ingest.page_noise import names_of
from service.ingest.page_tree import flat

_BREAKS = frozenset(
    "p div section article header h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre table tr "
    "figure figcaption br hr details summary main".split()
)
_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:wp-caption-text|(?:image|photo|img|picture|figure)[_-]?(?:caption|credit)|"
    r"caption|credits?|captioned-text)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MOSTLY_CAPTIONS = 0.3


def text_of(root: Any) -> str:
    """The words of an element: a line for each block, white space collapsed except in code.

    Captions of pictures are left out, unless they are a good part of what there is.
    """
    captions = _captions(root)
    pieces: list[str] = []
    skipping: Any = None
    code = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        starts = event == "start"
        if skipping is None and starts and element in captions:
            skipping = element
        if skipping is None:
            if element.tag in _BREAKS:
                pieces.append("\n")
            elif element.tag in ("td", "th"):
                pieces.append(" ")
        if element.tag == "pre":
            code += 1 if starts else -1
        if element is skipping and not starts:
            skipping = None
        if skipping is None and not (element is root and not starts):
            text = element.text if starts else element.tail
            if text:
                pieces.append(text if code else re.sub(r"\s+", " ", text))
    lines = (line.strip(" \t\r") for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _captions(root: Any) -> set[Any]:
    """The captions of pictures within, none where they are a good part of the words."""
    found = {
        each
        for each in root.iterdescendants()
        if (each.tag == "figcaption" and not _is_quoted(each))
        or (each.tag not in ("caption", "figcaption") and _CAPTION.search(names_of(each)))
    }
    words = sum(len(flat(each)) for each in found)
    return found if words < len(flat(root)) * _MOSTLY_CAPTIONS else set()


def _is_quoted(caption: Any) -> bool:
    """Whether it says whose words or code stand above it."""
    figure = caption.getparent()
    return next(figure.iterchildren("blockquote", "pre", "table", "p"), None) is not None
