"""Where a phrase stands in a document, and what stands around it: for who asks why it was not
found."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from service.find.reading import Reading, read
from service.model import Document

_SAME = {
    **dict.fromkeys("‘’‚‛ʼ`´", "'"),
    **dict.fromkeys("“”„‟«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
_WORD = re.compile(r"\S+")
#: as many words of a document are searched for something similar
_MOST_WORDS = 4000
_ALIKE = 0.6
_CONTEXT = 60
_MARKED = frozenset("em i cite strong b u a".split())


@dataclass(frozen=True, slots=True)
class Standing:
    """A place of the phrase: its span in the source, its words, the words around it.

    `around` are the elements it stands in, innermost last ("h2", "em", "a", "closed" for code,
    navigation and comments); `href` is where the link leads that it stands in.
    """

    start: int
    end: int
    text: str
    context: str
    around: tuple[str, ...]
    href: str | None = None

    @property
    def is_marked(self) -> bool:
        """Whether italics, bold, a link or quotation marks set it off."""
        return not _MARKED.isdisjoint(self.around) or "quote" in self.around


@dataclass(frozen=True, slots=True)
class Stands:
    """All places of a phrase; `alike` is the most similar text where there is none, and
    `is_unseen` whether it stands in the source where no reader sees it."""

    places: tuple[Standing, ...]
    alike: str | None = None
    is_unseen: bool = False


def stands(document: Document, phrase: str) -> Stands:
    """Where the phrase stands, in whatever case, quotes, dashes, accents and markup."""
    reading = read(document)
    text = reading.text.text
    wanted = folded(phrase)[0].strip()
    if not wanted or not text:
        return Stands(())
    places = tuple(_standing(reading, *span) for span in _spans(text, wanted))
    if places:
        return Stands(places)
    alike = _most_alike(text, wanted)
    return Stands((), alike, wanted in folded(document.source)[0])


def folded(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, and which character of the original each of it comes from."""
    pieces: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text):
        if character.isspace():
            made = "" if pieces and pieces[-1] == " " else " "
        else:
            apart = unicodedata.normalize("NFKD", _SAME.get(character, character))
            made = "".join(e for e in apart if not unicodedata.combining(e)).casefold()
            made = "" if character in "\u00ad\u200b\ufeff" else made
        for each in made:
            pieces.append(each)
            origins.append(index)
    return "".join(pieces), origins


def _spans(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    whole, origins = folded(text)
    pattern = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
    for match in pattern.finditer(whole):
        yield origins[match.start()], origins[match.end() - 1] + 1


def _standing(reading: Reading, start: int, end: int) -> Standing:
    text = reading.text.text
    line_start, line_end = reading.lines[reading.line_index(start)]
    before = text[max(line_start, start - _CONTEXT) : start]
    after = text[end : min(line_end, end + _CONTEXT)]
    source_start, source_end = reading.text.source_span(start, end)
    around = [each for each in reading.elements if each.start <= start and end <= each.end]
    around.sort(key=lambda each: (each.start - each.end, each.start))
    names = [each.name for each in around]
    if before[-1:] in tuple("“\"„«‘'") and after[:1] in tuple("”\"“»’'"):
        names.append("quote")
    if reading.is_closed(start):
        names.append("closed")
    link = reading.link_at(start, end)
    words = text[start:end]
    return Standing(
        source_start,
        source_end,
        words,
        f"{'…' if line_start < start - _CONTEXT else ''}{before}{words}{after}"
        f"{'…' if end + _CONTEXT < line_end else ''}",
        tuple(names),
        link.href if link else None,
    )


def _most_alike(text: str, wanted: str) -> str | None:
    """The words most similar to those that were asked for; None where nothing is."""
    words = [match.span() for match in _WORD.finditer(text)][:_MOST_WORDS]
    count = len(wanted.split())
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    best, found = _ALIKE, None
    for size in sorted({max(1, count - 1), count, count + 1}):
        for first, last in _runs(words, size):
            run = text[first:last].strip(".,;:!?()[]“”\"'‘’«»*_")
            matcher.set_seq1(folded(run)[0])
            if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
                ratio = matcher.ratio()
                if ratio > best:
                    best, found = ratio, run
    return found


def _runs(words: Sequence[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    for index in range(len(words) - size + 1):
        yield words[index][0], words[index + size - 1][1]
