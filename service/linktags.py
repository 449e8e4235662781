"""Links looked up by a place within them, without reading the whole document.

What stands between two lookups is read only where its meaning is in doubt. Whether markup at some
place is markup, or stands in a comment, a script or a quoted value, is told by little:

Start at a place where a tag may begin. Up to the next beginning of a comment, a CDATA section or
an element of raw or foreign text (a mark), a browser is in text, in a tag or in a bogus comment.
Within a quoted value the last such quote follows a `=`. So a `>` whose last quotes follow none
ends a tag, ends a bogus comment or is text, and without a `<` since then, a tag may begin.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from service.markup import LINKS, RAW_TEXT, Tag, link_tags, links_from, tag_at

_FOREIGN = ("svg", "math")
#: what may change how all that follows is read; the first class is only there for speed
_MARK = re.compile(
    r"<(?=[!"
    + "".join(sorted({letter for name in (*RAW_TEXT, *_FOREIGN) for letter in name[0] + name[0].upper()}))
    + r"])(?:!--|!\[CDATA\[|(?i:"
    + "|".join(sorted((*RAW_TEXT, *_FOREIGN)))
    + r")[\t\n\f\r />])"
)
_WHITE = "\t\n\f\r "


class LinkTags:
    """The links of one source, by a place within their start tag.

    Linear in the source's length where places are asked for in order.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        #: up to here all is decided; where a tag may begin, outside of svg and math
        self._position = 0
        self._found: list[Tag] = []
        self._asked: dict[int, Tag | None] = {}

    def at(self, place: int) -> Tag | None:
        """The start tag of the link in whose attributes the character at `place` stands."""
        if place < self._position:
            return self._known(place)
        self._pass_marks(place)
        if place < self._position:
            return self._known(place)
        return self._next(place)
