"""Links written into HTML: attribute values changed, words wrapped, a disclosure put in."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

from service.linktags import link_tags_of
from service.markup import FOREIGN
from service.model import Change
from service.readable import BLOCKS, VOID, Markup
from service.rewrite.attributes import link_tag, rel_change, value_as_written
from service.rewrite.disclosure import same_sentence
from service.weblink import is_dead

if TYPE_CHECKING:
    from service.markup import Attribute, Tag
    from service.model import Finding
    from service.rewrite.policy import Target

#: elements in which no new link may stand
_NO_LINKS = frozenset(
    "a h1 h2 h3 h4 h5 h6 code pre kbd samp button script style textarea title select option "
    "label summary nav template noscript svg math".split()
)
#: elements that hold blocks; a disclosure stands in them, not before them
_CONTAINERS = frozenset(
    "html body div section article main header footer aside nav center form fieldset".split()
)
_PROLOGUE = re.compile(r"\ufeff?\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype[^>]*>)?", re.IGNORECASE)


class HtmlWriter:
    """Writes links into one HTML source. Fills rewriting.Writer."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._markup = Markup(source)

    @cached_property
    def _starts(self) -> list[int]:
        return [tag.start for tag in self._markup.tags]

    def retarget(self, finding: Finding, target: Target) -> list[Change] | None:
        links = link_tags_of(self._source)
        tag = links.at(finding.start)
        attributes = links.attributes(tag) if tag is not None else []
        href = _holding(attributes, finding.start, finding.end)
        if tag is None or href is None:
            return self._bare_url(finding, target)
        if href.name != "href":
            return None
        before = self._source[href.value_start : href.value_end]
        after = value_as_written(target.url, before, href.quote)
        changes = []
        if after != before:
            changes.append(
                Change(href.value_start, href.value_end, before, after, target.rule, target.why)
            )
        if target.paid:
            rel = rel_change(self._source, attributes, href.end)
            if rel is not None:
                changes.append(rel)
        return changes

    def link(self, finding: Finding, target: Target) -> list[Change] | None:
        if self._tag_around(finding.start) or self._tag_around(finding.end - 1):
            return None
        around = self._markup.around(finding.start)
        if any(tag.name in _NO_LINKS for tag in around):
            return None
        span = self._wrappable(finding.start, finding.end)
        if span is None:
            return None
        start, end = span
        before = self._source[start:end]
        after = f"{link_tag(target.url)}{before}</a>"
        return [Change(start, end, before, after, target.rule, target.why)]

    def revive(self, finding: Finding, target: Target) -> list[Change] | None:
        if link_tags_of(self._source).at(finding.start) is not None:
            return self.retarget(finding, target)
        around = self._markup.around(finding.start)
        link = next((tag for tag in reversed(around) if tag.name == "a"), None)
        if link is None:
            return None
        href = link.attribute("href")
        if href is None or href.value_start == href.value_end:
            return self._revived(link, href, target)
        before = self._source[href.value_start : href.value_end]
        if not is_dead(href.value):
            return None
        after = value_as_written(target.url, before, href.quote)
        change = Change(href.value_start, href.value_end, before, after, target.rule, target.why)
        rel = rel_change(self._source, link.attributes(), href.end) if target.paid else None
        return [change, rel] if rel else [change]

    def has_sentence(self, sentence: str) -> bool:
        return same_sentence(sentence, self._markup.readable.text)

    def disclosure(self, sentence: str, position: int) -> Change:
        text = f"<p><em>{escape(sentence, quote=False)}</em></p>\n"
        place = self._block_start(position)
        return Change(place, place, "", text, "disclosure", "before the first paid link")

    def _tag_around(self, position: int) -> Tag | None:
        index = bisect_left(self._starts, position) - 1
        if index < 0:
            return None
        tag = self._markup.tags[index]
        return tag if position < tag.end else None

    def _bare_url(self, finding: Finding, target: Target) -> list[Change] | None:
        """A URL that stands in running text: its characters change, it gets no element."""
        if self._tag_around(finding.start) is not None:
            return None
        before = self._source[finding.start : finding.end]
        after = escape(target.url, quote=False)
        if after == before:
            return []
        return [Change(finding.start, finding.end, before, after, target.rule, target.why)]

    def _revived(self, tag: Tag, empty: Attribute | None, target: Target) -> list[Change]:
        """An `a` without href, or with an empty one, gets one."""
        place = tag.start + 1 + len(tag.name)
        start, end = (empty.start, empty.end) if empty else (place, place)
        href = f'{"" if empty else " "}href="{escape(target.url)}"'
        rel = rel_change(self._source, tag.attributes(), end) if target.paid else None
        if rel is not None and rel.start == end:
            href, rel = href + rel.after, None
        change = Change(start, end, self._source[start:end], href, target.rule, target.why)
        return [change, rel] if rel else [change]

    def _wrappable(self, start: int, end: int) -> tuple[int, int] | None:
        """The span, or the nearest to it that an element may go around.

        It grows over tags that touch it and belong to those inside; else the longest stretch
        without unbalanced tags is taken. None where blocks or links stand inside.
        """
        inside = self._tags_in(start, end)
        if any(_forbids(tag) for tag in inside):
            return None
        opened, closed = _unbalanced(inside)
        while closed and (tag := self._tag_ending_at(start)) and _opens(tag, closed[-1]):
            start = tag.start
            closed.pop()
        while opened and (tag := self._tag_starting_at(end)) and _closes(tag, opened[-1]):
            end = tag.end
            opened.pop()
        if not opened and not closed:
            return start, end
        return self._longest_text(start, end)

    def _tags_in(self, start: int, end: int) -> list[Tag]:
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return self._markup.tags[first:last]

    def _tag_ending_at(self, position: int) -> Tag | None:
        tag = self._tag_around(position - 1) if position else None
        return tag if tag is not None and tag.end == position else None

    def _tag_starting_at(self, position: int) -> Tag | None:
        index = bisect_left(self._starts, position)
        if index < len(self._starts) and self._starts[index] == position:
            return self._markup.tags[index]
        return None

    def _longest_text(self, start: int, end: int) -> tuple[int, int] | None:
        pieces = []
        for tag in self._tags_in(start, end):
            pieces.append((start, tag.start))
            start = tag.end
        pieces.append((start, end))
        longest = max(pieces, key=lambda piece: piece[1] - piece[0])
        return longest if self._source[slice(*longest)].strip() else None

    def _block_start(self, position: int) -> int:
        """Where the outermost block around this offset begins that is no mere container.

        Never within svg or math, where a paragraph would end them.
        """
        for tag in self._markup.around(position):
            if tag.name in FOREIGN:
                position = tag.start
                break
            if tag.name in BLOCKS and tag.name not in _CONTAINERS:
                return tag.start
        edge = self._edge_before(position)
        prologue = _PROLOGUE.match(self._source)
        return edge if edge is not None else prologue.end() if prologue else 0

    def _edge_before(self, position: int) -> int | None:
        """The end of the last tag before this offset behind which a block may stand."""
        index = bisect_left(self._starts, position) - 1
        while index >= 0:
            tag = self._markup.tags[index]
            if tag.name in BLOCKS or tag.name == "head":
                around = self._markup.around(tag.end)
                foreign = next((each for each in around if each.name in FOREIGN), None)
                if foreign is None:
                    return tag.end
                index = bisect_left(self._starts, foreign.start)
            index -= 1
        return None


def _holding(attributes: list[Attribute], start: int, end: int) -> Attribute | None:
    """The attribute in whose value this span stands."""
    for each in attributes:
        if each.value_start <= start and end <= each.value_end:
            return each
    return None


def _forbids(tag: Tag) -> bool:
    return tag.name in _NO_LINKS or (tag.name in BLOCKS and tag.name != "br")


def _unbalanced(tags: list[Tag]) -> tuple[list[str], list[str]]:
    """(elements opened but not closed, outermost first; closed but not opened, innermost first)."""
    opened: list[str] = []
    closed: list[str] = []
    for tag in tags:
        if tag.name in VOID:
            continue
        if not tag.closing:
            opened.append(tag.name)
        elif opened and opened[-1] == tag.name:
            opened.pop()
        else:
            closed.append(tag.name)
    closed.reverse()
    return opened, closed


def _opens(tag: Tag, name: str) -> bool:
    return not tag.closing and tag.name == name


def _closes(tag: Tag, name: str) -> bool:
    return tag.closing and tag.name == name
