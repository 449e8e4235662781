"""Words that should be a link to a shop and are none: "Buy the book here on Amazon".

Either no link stands there, or a dead one. Which book it means, `resolve` says.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from service.find.language import Language, language
from service.find.reading import Reading
from service.model import Finding
from service.ports import Programme

_DEAD = re.compile(r"\s*(?:#|javascript:.*|about:blank|\{\{.*|TODO|)\s*", re.IGNORECASE)
_WORD = re.compile(r"[\w’'\-]+")
_NOUN = re.compile(r"\b(?:the|this|that|my|our|a|an|your)\s+(?:[\w-]+\s+){0,2}?([a-z][\w-]+)", re.I)
_REACH = 240


def lost_links(
    reading: Reading, spoken: Language, programmes: Sequence[Programme]
) -> Iterator[Finding]:
    """Each call to buy without a live link; none where it is about something that is no book.

    The span is the words that should become the link; `url` is the dead link's, if one is there.
    """
    text = reading.text.text
    names = tuple(name for each in programmes for name in each.names) or ("Amazon",)
    lower = text.lower()
    if " here" not in lower and not any(name.lower() in lower for name in names):
        return
    taken = 0
    for match in _pattern(spoken.code, names).finditer(text):
        start, end = match.span()
        link = reading.link_at(start, end)
        if start < taken or reading.is_closed(start):
            continue
        if link is not None and not _DEAD.fullmatch(link.href or ""):
            continue
        reasons = _meant(reading, spoken, match.group(), start)
        if reasons is None:
            continue
        taken = end
        source_start, source_end = reading.text.source_span(start, end)
        yield Finding(
            "book_link",
            source_start,
            source_end,
            text[start:end],
            reasons[0],
            "suggest",
            (
                "says where to buy, and leads nowhere" if link else "says where to buy, unlinked",
                *reasons[1],
            ),
            url=link.href if link else None,
            link_text=text[start:end] if link else None,
        )


def _meant(
    reading: Reading, spoken: Language, words: str, start: int
) -> tuple[float, tuple[str, ...]] | None:
    """How surely a book is meant, and why; None where it is plainly something else."""
    own = {name for word in _WORD.findall(words.lower()) for name in _classes(spoken, word)}
    if "book" in own:
        return 0.97, ("it says that it is a book",)
    line_start = reading.lines[reading.line_index(start)][0]
    before = reading.text.text[max(line_start, start - _REACH) : start]
    nearest = ""
    for word in _WORD.findall(before.lower()):
        for name in _classes(spoken, word):
            if name in ("book", "product", "course", "film", "song", "game", "software", "company"):
                nearest = name
    if nearest not in ("", "book"):
        return None
    return (0.93, ("a book is spoken of just before",)) if nearest else (0.85, ())


def _classes(spoken: Language, word: str) -> tuple[str, ...]:
    return spoken.classes.get(word, ())


@cache
def _pattern(code: str, shops: tuple[str, ...]) -> re.Pattern[str]:
    """All patterns of a language, and English's, as one; named groups dropped."""
    shop = "(?:" + "|".join(re.escape(name) for name in shops) + r")(?:\.(?:com|co\.uk|de|fr|es))?"
    alternatives = []
    for each in dict.fromkeys((code, "en")):
        lost = language(each).lost
        for pattern in lost.patterns:
            filled = (
                pattern.replace("{things}", lost.things)
                .replace("{pronouns}", lost.pronouns)
                .replace("{shop}", shop)
                .replace(" ", r"\s")
            )
            alternatives.append(f"(?:{filled})(?!{lost.not_after})")
    return re.compile(r"(?<!\w)(?:" + "|".join(alternatives) + r")(?!\w)", re.IGNORECASE)
