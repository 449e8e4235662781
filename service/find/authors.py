"""Who wrote it, as far as the text says: by NAME, NAME’s, a name below, "author NAME"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from service.find.names import NAME, NAMES, SHORT_NAME, people
from service.find.otherwise import is_person
from service.find.reading import Reading
from service.find.relations import main_key_of
from service.model import Finding

_BY = re.compile(
    rf"[\"”’'»“*)]{{0,2}}(?:\s\([^()\n]{{1,60}}\))?,?\s*[–—-]?\s?\(?(?i:by|von):?\s({NAMES})"
)
_NEXT_LINE = re.compile(rf"[\"”’'»)]{{0,2}}\s*\n(?:[bB]y:?\s)?({NAMES})(?:\sAmazon link)?\s*\n")
_ITS_AUTHOR = re.compile(
    rf"[\"”’'»“*)]{{0,2}}\s?[,–—-]\s?({NAME})(?:’s|'s|’|')\s(?:[\w\-]+,?\s){{0,3}}"
    r"(?:book|novel|memoir|classic|biography|autobiography|history|debut|story|essays?|guide)\b"
)
_BEHIND = re.compile(
    rf"[\"”’'»*)]{{0,2}}(?:\s\((?P<bracket>{NAMES})\)|,\s(?P<comma>{NAME})(?=[.,;)(]|\s*(?:\n|$))"
    rf"|\s[–—-]\s(?P<dash>{NAMES})(?=[.,;(]|\s*(?:\n|$)))"
)
_POSSESSIVE = re.compile(rf"({NAME})(?:’s|'s|’|')\s(?:[\w\-]+,?\s){{0,5}}[\"“‘(]?$")
_BEFORE = re.compile(rf"(?:^|\n|[#\d:.)]\s)({NAMES})(?::|,|\s[–—-])\s[\"“‘]?$")
_APPOSED = re.compile(rf"({NAME}),?\s(?:in|from|wrote)\s(?:[\w\-]+\s){{0,4}}[\"“‘]?$")
_AUTHOR_NAME = re.compile(
    rf"(?i:\b(?:author|by|novelist|writer|autor|autorin|von))\s(?:[a-z\-]+\s){{0,6}}({NAME})"
)
_FIRST_NAME = re.compile(r"\b([A-Z][a-z]+)[’']s\s(?:[\w\-]+\s){0,2}(?:book|novel|memoir|title)\b")
_REACH = 350


def authors_of(reading: Reading, found: Sequence[Finding]) -> list[Finding]:
    """The findings with the authors that the text names near them, or near the same title."""
    text = reading.text.text
    direct: list[tuple[str, ...]] = []
    by_title: dict[str, tuple[float, tuple[str, ...]]] = {}
    for each in found:
        start = reading.text.text_offset(each.start)
        names = named_authors(text, start, start + len(each.text))
        direct.append(names)
        key = main_key_of(each.text)
        if names and each.confidence > by_title.get(key, (0.0, ()))[0]:
            by_title[key] = (each.confidence, names)
    return [
        _with_authors(each, names or by_title.get(main_key_of(each.text), (0, ()))[1], reading)
        for each, names in zip(found, direct, strict=True)
    ]


def _with_authors(each: Finding, names: tuple[str, ...], reading: Reading) -> Finding:
    if not names and each.confidence >= 0.3:
        names = _nearby(reading.text.text, reading.text.text_offset(each.start))
    return replace(each, authors=names) if names else each


def named_authors(text: str, start: int, end: int) -> tuple[str, ...]:
    """Who wrote what is named at text[start:end], as its own sentence or line says."""
    after = text[end : end + 160]
    before = text[max(0, start - 100) : start]
    for match in (_BY.match(after), _NEXT_LINE.match(after), _ITS_AUTHOR.match(after)):
        if match:
            return people(match[1])
    behind = _BEHIND.match(after)
    if behind and is_person(people(behind[behind.lastgroup or 0])[0].split()):
        return people(behind[behind.lastgroup or 0])
    for pattern in (_POSSESSIVE, _BEFORE, _APPOSED):
        match = pattern.search(before.rsplit("\n", 1)[-1])
        if match:
            return people(match[1])
    return ()


def _nearby(text: str, start: int) -> tuple[str, ...]:
    """A name called author shortly before; "Mike’s new book" means the Mike named before."""
    before = text[max(0, start - _REACH) : start]
    first_name = list(_FIRST_NAME.finditer(before[-120:]))[-1:]
    for each in first_name:
        full = re.compile(rf"\b({re.escape(each[1])}\s{SHORT_NAME})")
        named = list(full.finditer(text, 0, start))
        if named:
            return people(named[-1][1])
    told = list(_AUTHOR_NAME.finditer(before))
    return people(told[-1][1]) if told and "\n" not in before[told[-1].end() + 120 :] else ()
