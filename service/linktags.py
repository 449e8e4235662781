"""Links looked up by a place within them, without reading all that stands between.

Whether what looks like markup is markup, or stands in a comment, a script or a quoted value, is
told by little. Begin where a tag may begin. Up to the next mark (the beginning of a comment, a
CDATA section or an element of raw or foreign text) a browser is in text, in a tag or in a bogus
comment; and in a quoted value it is only behind a `=` and the last such quote. So a `>` whose last
quotes follow no `=` ends a tag or a bogus comment or is text, and where no `<` stands behind it, a
tag may begin. Where this leaves a doubt, the stretch is read tag by tag.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from service.markup import (
    FOREIGN,
    LINKS,
    RAW_TEXT,
    Attribute,
    Tag,
    link_tags,
    links_from,
    passed,
    tag_at,
)

_NAMES = sorted(RAW_TEXT | FOREIGN)


def _letters(place: int) -> str:
    """The letters that names have at this place, in either case."""
    letters = {name[place] for name in _NAMES}
    return "".join(sorted(letters | {letter.upper() for letter in letters}))


#: what may change how all that follows is read; the first look at two letters is for speed
_MARK = re.compile(
    rf"<(?:!(?:--|\[CDATA\[)|(?=[{_letters(0)}][{_letters(1)}])"
    rf"(?i:{'|'.join(_NAMES)})(?=[\t\n\f\r />]))"
)


class LinkTags:
    """The links of one source, by a place within their start tag.

    Linear in the source's length where places are asked for in order.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        #: all before it is decided; where a tag may begin, outside of svg and math
        self._position = 0
        self._asked = 0
        self._found: list[Tag] = []
        self._starts: list[int] = []
        self._attributes: dict[int, list[Attribute]] = {}

    def at(self, place: int) -> Tag | None:
        """The start tag of the link in which the character at `place` stands."""
        if place < self._asked:
            return self._known(place) or _around(place, link_tags(self.source))
        self._asked = place
        self._pass_marks(place)
        if self._position <= place:
            self._look(place)
        return self._known(place)

    def attributes(self, tag: Tag) -> list[Attribute]:
        """Every attribute of one of these tags, read once."""
        found = self._attributes.get(tag.start)
        if found is None:
            found = self._attributes[tag.start] = list(tag.attributes())
        return found

    def _known(self, place: int) -> Tag | None:
        index = bisect_right(self._starts, place) - 1
        if index < 0:
            return None
        tag = self._found[index]
        return tag if place < tag.end else None

    def _pass_marks(self, place: int) -> None:
        """Decide all up to the end of the last mark that begins before `place`."""
        source = self.source
        while self._position <= place and (mark := _MARK.search(source, self._position, place)):
            after = None
            if self._may_begin(mark.start()):
                self._position = mark.start()
                after = passed(source, mark.start())
            if after is None:
                self._read(mark.end())
            else:
                self._position = after

    def _look(self, place: int) -> None:
        """Decide all up to `place`, before which no mark stands."""
        start = self.source.rfind("<", self._position, place)
        if start < 0:
            self._position = place
            return
        tag = None
        if self._may_begin(start):
            self._position = start
            tag = tag_at(self.source, start)
        if tag is None:
            self._read(place + 1)
        elif tag.end <= place:
            self._position = place
        elif tag.name in LINKS and not tag.closing:
            self._found.append(tag)
            self._starts.append(start)
            self._position = tag.end
        else:
            self._read(place + 1)

    def _read(self, beyond: int) -> None:
        """Decide all up to `beyond`, tag by tag."""
        found, self._position = links_from(self.source, self._position, beyond)
        self._found += found
        self._starts += map(_start, found)

    def _may_begin(self, start: int) -> bool:
        """Whether a tag is sure to begin at this `<`, no mark standing before it."""
        source, decided = self.source, self._position
        end = source.rfind(">", decided, start)
        if end < 0:
            return source.find("<", decided, start) < 0
        return source.rfind("<", end, start) < 0 and not (
            self._may_open(source.rfind('"', decided, end))
            or self._may_open(source.rfind("'", decided, end))
        )

    def _may_open(self, quote: int) -> bool:
        """Whether a quote may open an attribute's value; -1 is none."""
        while quote > self._position:
            quote -= 1
            if self.source[quote] not in "\t\n\f\r ":
                return self.source[quote] == "="
        return False


def _around(place: int, found: list[Tag]) -> Tag | None:
    index = bisect_right(found, place, key=_start) - 1
    return found[index] if index >= 0 and place < found[index].end else None


def _start(tag: Tag) -> int:
    return tag.start


_latest = LinkTags("")


def link_tags_of(source: str) -> LinkTags:
    """The links of this source, with what was decided about it before.

    The rooms look at one document after the other. It is known by its identity: to compare or
    to hash it would take longer than to look for its links.
    """
    global _latest
    latest = _latest
    if latest.source is not source:
        _latest = latest = LinkTags(source)
    return latest
