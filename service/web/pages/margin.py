"""A post as its reader sees it, with findings marked like a pencil in the margin.

The marks are put into the source as characters of the private use area, which a sanitiser lets
through as text, and become HTML of ours only after it: nothing in a post can imitate them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from service.markup import Tag, tags
from service.model import Finding
from service.web.pages.clean import clean
from service.web.pages.words import decision, subject

_PRIVATE = dict.fromkeys((0xE000, 0xE001), "\ufffd")
_TOKEN = re.compile("\ue000([a-z])(\\d*)\ue001")
_PICTURE_WORDS = 120


@dataclass(frozen=True, slots=True)
class Note:
    """What stands beside the line: the finding, its number, and its place among all findings."""

    number: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class Marked:
    """A post ready to be shown. `left_alone` are findings without a note of their own."""

    html: Markup
    notes: tuple[Note, ...]
    left_alone: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Splice:
    """At `start`, a token instead of the source up to `end`; `order` settles who comes first."""

    start: int
    end: int
    order: int
    token: str


def marked(html: str, findings: Sequence[Finding], note: Callable[[Note], str]) -> Marked:
    """The post's HTML, made safe, its findings marked; `note` writes the words beside a line.

    Each book has one note, at its first place; what is left alone is only marked.
    """
    source = html.translate(_PRIVATE)
    all_tags = list(tags(source))
    known = [each for each in findings if 0 <= each.start < each.end <= len(source)]
    numbers = _numbers(known)
    notes: dict[int, Note] = {}
    splices = list(_pictures(all_tags))
    pictures = [_words_of_picture(tag) for tag in all_tags if tag.name == "img"]
    for place, finding in enumerate(known):
        spans = list(_text_spans(source, all_tags, finding))
        for start, end in spans:
            is_last = end == spans[-1][1]
            token = f"\ue000{'l' if is_last else 'o'}{place}\ue001"
            splices.append(_Splice(start, start, 3, token))
            splices.append(_Splice(end, end, 0, "\ue000c\ue001"))
        number = numbers.get(subject(finding))
        if number is not None and number not in notes:
            notes[number] = Note(number, finding)
            anchor = _outside_links(all_tags, spans[0][0] if spans else finding.start)
            splices.append(_Splice(anchor, anchor, 2, f"\ue000n{number}\ue001"))
    safe = clean(_spliced(source, splices))

    def written(token: re.Match[str]) -> str:
        return _written(token, known, numbers, notes, pictures, note)

    alone = tuple(each for each in findings if subject(each) not in numbers)
    return Marked(Markup(_TOKEN.sub(written, safe)), tuple(notes.values()), alone)


def _numbers(findings: Sequence[Finding]) -> dict[tuple[str, str], int]:
    noted = dict.fromkeys(subject(each) for each in findings if each.decision != "ignore")
    return {about: number for number, about in enumerate(noted, 1)}


def _text_spans(source: str, all_tags: list[Tag], finding: Finding) -> Iterator[tuple[int, int]]:
    """The visible characters of a finding: its words, or the words of the link it stands in."""
    start, end = finding.start, finding.end
    holder = next((tag for tag in all_tags if tag.start < start < tag.end), None)
    if holder is not None:
        if holder.name != "a":
            return
        start, end = holder.end, _link_end(all_tags, holder, len(source))
    for tag in all_tags:
        if tag.end <= start:
            continue
        if tag.start >= end:
            break
        if source[start : tag.start].strip():
            yield start, tag.start
        start = tag.end
    if source[start:end].strip():
        yield start, end


def _link_end(all_tags: list[Tag], link: Tag, at_last: int) -> int:
    ends = (tag.start for tag in all_tags if tag.start > link.start and tag.name == "a")
    return next(ends, at_last)


def _outside_links(all_tags: list[Tag], position: int) -> int:
    """Where a note may stand: never within a link or a tag, as it holds buttons."""
    link: Tag | None = None
    for tag in all_tags:
        if tag.start >= position:
            break
        if tag.end > position:
            return link.start if link else tag.start
        if tag.name == "a":
            link = None if tag.closing else tag
    return link.start if link else position


def _pictures(all_tags: list[Tag]) -> Iterator[_Splice]:
    images = (tag for tag in all_tags if tag.name == "img")
    for number, tag in enumerate(images):
        yield _Splice(tag.start, tag.end, 4, f"\ue000p{number}\ue001")


def _words_of_picture(tag: Tag) -> str:
    alt = tag.attribute("alt")
    words = " ".join(alt.value.split()) if alt else ""
    return words[:_PICTURE_WORDS]


def _spliced(source: str, splices: list[_Splice]) -> str:
    pieces, position = [], 0
    for each in sorted(splices, key=lambda splice: (splice.start, splice.order)):
        if each.start < position:
            continue
        pieces += [source[position : each.start], each.token]
        position = each.end
    return "".join((*pieces, source[position:]))


def _written(
    token: re.Match[str],
    findings: Sequence[Finding],
    numbers: dict[tuple[str, str], int],
    notes: dict[int, Note],
    pictures: list[str],
    note: Callable[[Note], str],
) -> str:
    kind, place = token[1], int(token[2] or 0)
    if kind == "c":
        return "</mark>"
    if kind == "n":
        return note(notes[place])
    if kind == "p":
        words = escape(pictures[place])
        return f'<span class="picture">Picture{f": {words}" if words else ""}</span>'
    finding = findings[place]
    number = numbers.get(subject(finding))
    described = f' aria-describedby="note-{number}"' if number else ""
    if number and kind == "l":
        described += f' data-number="{number}"'
    return f'<mark class="found {decision(finding).tone}"{described}>'
