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
from service.web.pages.subjects import subjects, subjects_of
from service.web.pages.words import decision

_PRIVATE = dict.fromkeys((0xE000, 0xE001), "\ufffd")
#: o and c open and close a mark, n is a note, p a picture; then the number of it
_TOKEN = re.compile("\ue000([ocnp])(\\d+)\ue001")
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
    pencil = _Pencil(html.translate(_PRIVATE), findings)
    safe = clean(pencil.with_tokens())
    written = Markup(pencil.fulfilled(safe, note))
    return Marked(written, tuple(pencil.notes.values()), pencil.left_alone)


class _Pencil:
    """Puts tokens into one source, and HTML in their place once the rest is safe."""

    def __init__(self, source: str, findings: Sequence[Finding]) -> None:
        self.source = source
        self.tags = list(tags(source))
        self.findings = [each for each in findings if 0 <= each.start < each.end <= len(source)]
        self.subjects = subjects_of(self.findings)
        self.telling = subjects(self.findings)
        self.numbers = {subject: number for number, subject in enumerate(self.telling, 1)}
        self.notes: dict[int, Note] = {}
        self.marks: list[str] = []
        self.pictures: list[str] = []

    def with_tokens(self) -> str:
        splices = list(self._pictures())
        for finding, subject in zip(self.findings, self.subjects, strict=True):
            noted = self.numbers.get(subject) if subject else None
            spans = list(_text_spans(self.source, self.tags, finding))
            for start, end in spans:
                number = len(self.marks)
                splices.append(_Splice(start, start, 3, f"\ue000o{number}\ue001"))
                splices.append(_Splice(end, end, 0, f"\ue000c{number}\ue001"))
                self.marks.append(_mark(finding, noted, is_last=end == spans[-1][1]))
            if subject and noted and noted not in self.notes:
                self.notes[noted] = Note(noted, self.telling[subject])
                anchor = _outside_links(self.tags, spans[0][0] if spans else finding.start)
                splices.append(_Splice(anchor, anchor, 2, f"\ue000n{noted}\ue001"))
        return _spliced(self.source, splices)

    @property
    def left_alone(self) -> tuple[Finding, ...]:
        pairs = zip(self.findings, self.subjects, strict=True)
        return tuple(finding for finding, subject in pairs if subject is None)

    def _pictures(self) -> Iterator[_Splice]:
        for tag in self.tags:
            if tag.name == "img" and not tag.closing:
                token = f"\ue000p{len(self.pictures)}\ue001"
                self.pictures.append(_words_of_picture(tag))
                yield _Splice(tag.start, tag.end, 4, token)

    def fulfilled(self, safe: str, note: Callable[[Note], str]) -> str:
        """The tokens replaced. One that came to stand within a tag is taken out, a mark that
        lost its other end too; a note whose place was not safe stands at the end."""
        texts, all_tags, position = [], [], 0
        for tag in tags(safe):
            texts.append(safe[position : tag.start])
            all_tags.append(_TOKEN.sub("", safe[tag.start : tag.end]))
            position = tag.end
        texts.append(safe[position:])
        there = {each.groups() for text in texts for each in _TOKEN.finditer(text)}

        def written(token: re.Match[str]) -> str:
            kind, number = token[1], token[2]
            if kind == "n":
                return note(self.notes[int(number)])
            if kind == "p":
                return self.pictures[int(number)]
            if not {("o", number), ("c", number)} <= there:
                return ""
            return self.marks[int(number)] if kind == "o" else "</mark>"

        lost = [each for number, each in self.notes.items() if ("n", str(number)) not in there]
        pieces = [_TOKEN.sub(written, text) for text in texts]
        inside = [piece for pair in zip(pieces, [*all_tags, ""], strict=True) for piece in pair]
        return "".join((*inside, *map(note, lost)))


def _mark(finding: Finding, number: int | None, *, is_last: bool) -> str:
    described = f' aria-describedby="note-{number}"' if number else ""
    numbered = f' data-number="{number}"' if number and is_last else ""
    return f'<mark class="found {decision(finding).tone}"{described}{numbered}>'


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


def _words_of_picture(tag: Tag) -> str:
    alt = tag.attribute("alt")
    words = " ".join(alt.value.split()) if alt else ""
    told = f": {escape(words[:_PICTURE_WORDS])}" if words else ""
    return f'<span class="picture">Picture{told}</span>'


def _spliced(source: str, splices: list[_Splice]) -> str:
    pieces, position = [], 0
    for each in sorted(splices, key=lambda splice: (splice.start, splice.order)):
        if each.start < position:
            continue
        pieces += [source[position : each.start], each.token]
        position = each.end
    return "".join((*pieces, source[position:]))
