"""A social post: title, first words, permalink and hashtags, within what the network takes.

The link is the post's own: many programmes accept affiliate links on few networks only, and the
post itself carries the disclosure. Where the blogger's words ask for {book} and the rules allow it,
the post's first paid link stands there, with the label that the rule wants beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import regex

from service.errors import SettingsError
from service.model import Card, ShortText, TextLink
from service.render.article import image
from service.render.excerpt import ELLIPSIS, excerpt, length, one_line, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from service.model import Abilities, Blog, PaidLink, Revision

DEFAULT_TEXT = "{title}\n\n{excerpt}\n\n{url}\n\n{tags}"
PLACEHOLDERS = ("title", "excerpt", "url", "tags", "book")
EXCERPT_GRAPHEMES = 300
#: fewer are not worth a paragraph
LEAST_EXCERPT = 40
MOST_TAGS = 4
#: the part of the text that hashtags may take
TAGS_SHARE = 0.2
LONGEST_TAG = 40
#: a longer permalink is shown shortened where the network links the words themselves
LONGEST_SHOWN_URL = 120
CARD_TITLE, CARD_DESCRIPTION = 200, 250
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}']")
_WORDS = regex.compile(r"[\p{L}\p{M}\p{N}_]+")
_LETTER = regex.compile(r"\p{L}")
#: what blog software says where the blogger said nothing
_NO_TAGS = frozenset(("uncategorized", "uncategorised", "allgemein", "blog", "post", "posts"))


class Segment(NamedTuple):
    """A stretch of the text; `target` where it is a link or hashtag."""

    text: str
    target: str | None = None
    kind: Literal["link", "tag"] = "link"


Line = list[Segment]


def short_text(
    revision: Revision,
    abilities: Abilities,
    blog: Blog,
    title: str,
    post_text: str | None,
    paid: Sequence[PaidLink] = (),
) -> ShortText:
    """A ShortText within the limits of `abilities`, with a card where the network takes one.

    `title` is what the post is called, also where it has no title of its own. `paid` are the
    paid links of the post that may stand on this network; one of them that stands in the text,
    by {book} or in the blogger's own words, has its label behind it.

    Raises SettingsError where `post_text` has an unknown placeholder or is too long by itself.
    """
    template = DEFAULT_TEXT if post_text is None else post_text
    _check(template)
    limits = _Limits(abilities)
    lines = _filled(template, revision, limits, paid)
    text, links = _joined(lines)
    language = revision.language or blog.language
    return ShortText(text, links, _card(revision, title) if abilities.card else None, language)


def _check(template: str) -> None:
    for match in _PLACEHOLDER.finditer(template):
        if match[1] not in PLACEHOLDERS:
            raise SettingsError(
                f'post_text says "{match[0]}", which stands for nothing.',
                mend="Use: " + ", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
            )


@dataclass(frozen=True, slots=True)
class _Limits:
    abilities: Abilities

    @property
    def graphemes(self) -> int:
        return self.abilities.graphemes or 1_000_000

    def excess(self, lines: Sequence[Line]) -> int:
        """By how much the text is over the nearer limit, in graphemes or bytes; 0 where it fits."""
        text = "\n".join("".join(segment.text for segment in line) for line in lines)
        over = length(self._counted(lines)) - self.graphemes
        if self.abilities.max_bytes is not None:
            over = max(over, len(text.encode()) - self.abilities.max_bytes)
        return max(0, over)

    def _counted(self, lines: Sequence[Line]) -> str:
        """The text as the network counts it: every URL as `url_length` characters."""
        size = self.abilities.url_length
        if size is None:
            return "\n".join("".join(segment.text for segment in line) for line in lines)
        return "\n".join(
            "".join(
                "x" * size
                if segment.target == segment.text
                # What the network takes for a URL is not ours to know: the longer one counts.
                else _URL.sub(lambda url: url[0].ljust(size, "x"), segment.text)
                for segment in line
            )
            for line in lines
        )


def _filled(
    template: str, revision: Revision, limits: _Limits, paid: Sequence[PaidLink]
) -> list[Line]:
    """The template's lines with the links first, then the title, hashtags, and what room is left
    for the first words."""
    values: dict[str, Line] = {}
    template = _labelled(template, paid)
    _put_link(template, revision.url, values, limits)
    if paid:
        _put_book(template, paid[0], values, limits)
    title = one_line(revision.title)

    def lines_with(name: str, text: str) -> list[Line]:
        return _lines(template, values | {name: [Segment(text)] if text else []})

    values["title"] = _segments(_fitted(title, limits, lambda text: lines_with("title", text)))
    _put_tags(template, revision, values, limits)
    words = excerpt(revision, EXCERPT_GRAPHEMES)
    fitted = _fitted(words, limits, lambda text: lines_with("excerpt", text))
    if fitted == words or length(fitted) >= LEAST_EXCERPT:
        values["excerpt"] = _segments(fitted)
    return _lines(template, values)


def _segments(text: str) -> Line:
    return [Segment(text)] if text else []


def _fitted(text: str, limits: _Limits, lines_with: Callable[[str], list[Line]]) -> str:
    """As much of the text as leaves the whole within the limits; "" where nothing does."""
    room = min(length(text), limits.graphemes)
    while room > 0:
        cut = shortened(text, room)
        excess = limits.excess(lines_with(cut)) if cut else 0
        if not excess:
            return cut
        # Bytes are up to 4 a code point: a third of them is never too big a step back.
        room = min(room, length(cut)) - max(1, excess // 4)
    return ""


def _put_link(template: str, url: str, values: dict[str, Line], limits: _Limits) -> None:
    values["url"] = [Segment(_shown(url, limits.abilities), url)]
    if limits.excess(_lines(template, values)) and "{url}" in template:
        values["url"] = []
    if limits.excess(_lines(template, values)):
        raise SettingsError(
            f"post_text alone is longer than the {limits.graphemes} characters of the network.",
            mend="Shorten post_text in bookplate.toml.",
        )


def _labelled(template: str, paid: Sequence[PaidLink]) -> str:
    """The blogger's own words with the label behind each paid link that they hold."""
    labels = {link.url: link.label for link in paid if link.label}

    def labelled(url: re.Match[str]) -> str:
        label = labels.get(url[0])
        behind = template[url.end() :].lstrip()
        return f"{url[0]} {label}" if label and not behind.startswith(label) else url[0]

    return _URL.sub(labelled, template)


def _put_book(template: str, link: PaidLink, values: dict[str, Line], limits: _Limits) -> None:
    """The paid link with its label, both or neither."""
    label = _segments(f" {link.label}" if link.label else "")
    values["book"] = [Segment(link.url, link.url), *label]
    if limits.excess(_lines(template, values)):
        values["book"] = []


def _shown(url: str, abilities: Abilities) -> str:
    """The words of the link: the URL, or its beginning where it is long and words may be links."""
    if abilities.url_length is not None or not abilities.card or len(url) <= LONGEST_SHOWN_URL:
        return url
    return url.partition("://")[2][: LONGEST_SHOWN_URL // 2] + ELLIPSIS


def _put_tags(template: str, revision: Revision, values: dict[str, Line], limits: _Limits) -> None:
    values["tags"] = []
    room = int(limits.graphemes * TAGS_SHARE)
    for tag in list(hashtags(revision.tags))[:MOST_TAGS]:
        longer = values["tags"] + _segments(" " if values["tags"] else "")
        longer.append(Segment(f"#{tag}", tag, "tag"))
        room -= length(tag) + 2
        if room < 0 or limits.excess(_lines(template, values | {"tags": longer})):
            return
        values["tags"] = longer


def hashtags(tags: Sequence[str]) -> Iterator[str]:
    """A post's tags as hashtags without the #: "winter reading" becomes WinterReading.

    Left out are those that would read as something else (C++), or that hold no letter.
    """
    seen: set[str] = set()
    for tag in tags:
        words = _WORDS.findall(one_line(tag))
        name = (
            words[0] if len(words) == 1 else "".join(word[:1].upper() + word[1:] for word in words)
        )
        known = name.lower() in seen or " ".join(words).lower() in _NO_TAGS
        if known or set(tag) & set("+#@") or not _LETTER.search(name) or length(name) > LONGEST_TAG:
            continue
        seen.add(name.lower())
        yield name


# ── putting it together ──────────────────────────────────────────────────────────────────


def _lines(template: str, values: dict[str, Line]) -> list[Line]:
    """The template's lines filled in; one whose placeholders are all empty goes, with the blank
    line before it."""
    lines: list[Line] = []
    for source in template.strip().split("\n"):
        line = _line(source, values)
        if line is None or (not line and (not lines or not lines[-1])):
            continue
        lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _line(source: str, values: dict[str, Line]) -> Line | None:
    line: Line = []
    named = filled = 0
    position = 0
    for match in _PLACEHOLDER.finditer(source):
        line += _literal(source[position : match.start()])
        value = values.get(match[1], [])
        named += 1
        filled += bool(value)
        line += value
        position = match.end()
    line += _literal(source[position:])
    if named and not filled and not any(_LETTER.search(each.text) for each in line):
        return None
    return _stripped(line)


def _literal(text: str) -> Line:
    line: Line = []
    position = 0
    for match in _URL.finditer(text):
        line += _segments(text[position : match.start()])
        line.append(Segment(match[0], match[0]))
        position = match.end()
    return line + _segments(text[position:])


def _stripped(line: Line) -> Line:
    while line and line[-1].target is None:
        last = line.pop()
        if text := last.text.rstrip():
            line.append(Segment(text))
            break
    while line and line[0].target is None:
        first = line.pop(0)
        if text := first.text.lstrip():
            line.insert(0, Segment(text))
            break
    return line


def _joined(lines: Sequence[Line]) -> tuple[str, tuple[TextLink, ...]]:
    text = ""
    links: list[TextLink] = []
    for number, line in enumerate(lines):
        text += "\n" if number else ""
        for segment in line:
            if segment.target is not None:
                end = len(text) + len(segment.text)
                links.append(TextLink(len(text), end, segment.target, segment.kind))
            text += segment.text
    return text, tuple(links)


def _card(revision: Revision, title: str) -> Card:
    description = excerpt(revision, CARD_DESCRIPTION)
    return Card(revision.url, shortened(title, CARD_TITLE), description, image(revision))
