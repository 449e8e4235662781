"""Spans that could be the title of a book, from markup, quotes, lines and Title Case.

Generous: every span that a title could have, overlapping ones too; the cues decide. Each origin
is a cue by itself. Offsets are of the readable text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from service.find.language import Language
from service.find.names import NAME, NAMES, SHORT_NAME, UPPER
from service.find.otherwise import is_person
from service.find.reading import Reading

LONGEST = 170
_MOST_WORDS = 26
_TRIM_LEFT = " \t\n\"'“”‘’„«»‹›*_#–—-:;,.)]}|•·"
_TRIM_RIGHT = ' \t\n"“”‘„«»‹›*_–—-:;,.([{|•·'

#: a closing quotation mark, and what opens it
_CLOSES = {'"': '"', "”": "“"}
_QUOTED = re.compile(
    r"“([^“”\n]{1,160})”|„([^„“”\n]{1,160})[“”]|«\s?([^«»\n]{1,160}?)\s?»|»([^«»\n]{1,160})«"
    r"|(?<![\w\"])\"([^\"\n]{1,160})\"(?!\w)"
    r"|(?<!\w)‘([^‘’\n]{1,80}(?:’\w[^‘’\n]{0,80})*)’(?!\w)|(?<!\w)'([^'\n]{2,100}(?:'\w[^'\n]{0,80})*)'(?!\w)"
)
_WORD = (
    rf"(?:(?:Mr|Mrs|Ms|Dr|St|vs|Vol|No)\.|(?:[{UPPER}]\.){{2,4}}|[{UPPER}][\w’'&/+*!\-]*(?:\.\w+)*|\d[\w/.\-]*\w|\d"
    rf"|[a-z]{{1,2}}[{UPPER}]\w+|#\d+)"
)
_NUMBERING = re.compile(r"\s*(?:(?:[#№(]?\s?\d{1,3}\s?[.):\-–]|#\d{1,3})\s*|[-*•–—·]\s+|\*\*)+")
_NUMBER_FIRST = re.compile(r"[\s*]*[#№(]?\d{1,3}\s?[.:)]\s+")
_LINE_BY = re.compile(rf"(.{{1,170}}?),?\s+[–—-]?\s*\(?[bB]y:?\s+(?={SHORT_NAME})")
_LINE_DASH = re.compile(r"(.{2,150}?)\s+[–—-]{1,2}\s+(?=\S)")
_DASH = re.compile(r"\s[–—-]\s")
_LINE_NAME = re.compile(rf"({NAMES}|[A-Z][\w.]+(?: [A-Z][\w.]+){{0,3}})(?::|,|\s[–—-])\s+(?=\S)")
_LABEL = re.compile(
    r"(?:[\w’']+[ ]){0,5}?(?:review(?:[ ]of)?|notes(?:[ ]on)?|recommendation|rezension|reseña|"
    r"thoughts[ ]about|thoughts[ ]on|copy[ ]of|summary(?:[ ]of)?|reading|chronique|launching|"
    r"announcing|book|title|buch|livre|libro)(?::\s*|\s+[–—-]\s+|[ ])(?=\S)",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"(?:’s|'s|s’|s')\s+(?=\S)")
_SUBTITLE = re.compile(r"\s*[:;(–—]\s*|\s+-\s+|\?\s+|!\s+|(?<![A-Z])\.\s+(?=[A-Z])")
_NAMED = re.compile(rf",? (?:[–-] )?(?<=[,–-] )({NAME})(?=[,.;]|$|[’']s\b)")
#: not at the start of a sentence, not beside another capitalised word
_ALONE = re.compile(
    rf"(?<=[a-z,;(] )(?<![{UPPER}][a-z], )[{UPPER}][a-z]{{3,}}(?![\w’'\-])(?! [{UPPER}])"
)
_TAILS = re.compile(r" (?:in|of|on|from|with|is|was|are|that) (?:the (?=[A-Z]))?")
_HALVES = re.compile(r",? (?:and|or|but|und|et|y)(?: (?:the|a))? |, ")
_PARENTHESIS = re.compile(r"\s*\((?:[^()\n]{1,60})\)\s*$")
_VERBAL = re.compile(
    r"[ ](?=(?:is|are|was|were|has|had|by|will|can|does|from|on|at|in|S\d)\b)|\.\d+(?=$| )"
    r"|[ ](?=and (?:how|what|why|I)\b)"
)


@dataclass(slots=True)
class Candidate:
    """A span that could be a title, and what made it one (its origins)."""

    start: int
    end: int
    text: str
    origins: set[str] = field(default_factory=set)
    href: str | None = None


class Candidates:
    """Candidates by span: the same span from several origins is one."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.source = reading.text.text
        self.spans: dict[tuple[int, int], Candidate] = {}

    def add(self, start: int, end: int, origin: str, href: str | None = None) -> Candidate | None:
        """Add a span without the white space and punctuation around it; None if none is left."""
        text = self.source
        number = _NUMBER_FIRST.match(text, start, end)
        if number:
            start = number.end()
        while start < end and text[start] in _TRIM_LEFT:
            start += 1
        last = end
        while start < end and text[end - 1] in _TRIM_RIGHT:
            end -= 1
        if end < last and text[end] in _CLOSES and _opens(text[start:end], _CLOSES[text[end]]):
            end += 1
        if start < end and text[start] == "(" and text[end - 1] == ")":
            start, end = start + 1, end - 1
        if end - start == 0 or end - start > LONGEST:
            return None
        if text[end - 1] == ")" and "(" not in text[start:end]:
            end -= 1
        if text[end - 1] in "’'" and text[start - 1 : start] in ("‘", "'"):
            end -= 1
        known = self.spans.get((start, end))
        if known is None:
            words = text[start:end]
            if not any(map(str.isalnum, words)) or words.count(" ") >= _MOST_WORDS:
                return None
            known = self.spans[start, end] = Candidate(start, end, words)
        known.origins.add(origin)
        known.href = known.href or href
        return known


def _opens(words: str, mark: str) -> bool:
    """Whether the words open a quotation within them that they don't close."""
    if mark == '"':
        return words.count(mark) % 2 == 1
    return words.count(mark) > words.count("”")


def candidates(reading: Reading, language: Language) -> list[Candidate]:
    """Every span of the readable text that could be a title, in order."""
    found = Candidates(reading)
    _from_elements(found)
    _from_quotes(found)
    _from_lines(found)
    _from_title_case(found, language)
    kept = [each for each in found.spans.values() if not reading.is_closed(each.start)]
    kept.sort(key=lambda each: (each.start, each.end))
    return kept


def _from_elements(found: Candidates) -> None:
    for element in found.reading.elements:
        if element.name in ("li", "td", "th", "dt", "blockquote"):
            continue
        if element.end - element.start > LONGEST + 60 or element.name == "code":
            continue
        name = "h" if element.name[0] == "h" else element.name
        whole = found.add(element.start, element.end, name, element.href)
        if whole is not None:
            _variants(found, whole, name)


def _variants(found: Candidates, whole: Candidate, origin: str) -> None:
    """The title within "TITLE by NAME", "TITLE (2016)", "NAME’s TITLE", "Review: TITLE"."""
    text = whole.text
    by = _LINE_BY.match(text)
    if by:
        found.add(whole.start, whole.start + by.end(1), origin, whole.href)
    parenthesis = _PARENTHESIS.search(text)
    if parenthesis and parenthesis.start():
        found.add(whole.start, whole.start + parenthesis.start(), origin, whole.href)


def _from_quotes(found: Candidates) -> None:
    for match in _QUOTED.finditer(found.source):
        group = match.lastindex or 1
        start, end = match.span(group)
        whole = found.add(start, end, "quote")
        if whole is not None:
            _variants(found, whole, "quote")


def _from_lines(found: Candidates) -> None:
    text = found.source
    for start, end in found.reading.lines:
        numbering = _NUMBERING.match(text, start, end)
        begin = numbering.end() if numbering else start
        line = text[begin:end]
        short = len(line) <= LONGEST
        if short and line.count(" ") < 18 and not line.endswith((".", ",", ";")):
            found.add(begin, end, "line")
            _labelled(found, line, begin, end)
        _line_parts(found, line, begin)


def _labelled(found: Candidates, line: str, begin: int, end: int) -> None:
    label = _LABEL.match(line)
    if label and label.end() < len(line):
        found.add(begin + label.end(), end, "label")
        by = _LINE_BY.match(line, label.end())
        if by:
            found.add(begin + label.end(), begin + by.end(1), "label")


def _line_parts(found: Candidates, line: str, begin: int) -> None:
    by = _LINE_BY.match(line)
    if by and by[1].count(" ") < _MOST_WORDS and by[1].count(". ") < 2 and not _DASH.search(by[1]):
        found.add(begin, begin + by.end(1), "line_by")
    dash = _LINE_DASH.match(line)
    if dash and dash[1].count(" ") < 16 and ". " not in dash[1]:
        found.add(begin, begin + dash.end(1), "line_dash")
    name = _LINE_NAME.match(line)
    if name:
        rest = name.end()
        year = re.compile(r"\s\((?:[A-Z][a-z]+,? )?(?:19|20)\d\d\)").search(line, rest)
        stop = year.start() if year else len(line)
        if stop - rest <= LONGEST:
            found.add(begin + rest, begin + stop, "after_name")


def solitary(reading: Reading, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Single capitalised words within sentences that are no candidate yet, each where it stands."""
    starts = {each.start for each in found}
    for match in _ALONE.finditer(reading.text.text):
        if match.start() not in starts and not reading.is_closed(match.start()):
            yield Candidate(*match.span(), match[0], {"known_word"})


def _from_title_case(found: Candidates, language: Language) -> None:
    for match in _run_pattern(language).finditer(found.source):
        start, end = match.span()
        for begin, stop, origin in _run_spans(found.source, start, end, language):
            candidate_text = found.source[begin:stop]
            if " " in candidate_text or _solitary(found.source, begin, stop, origin, language):
                found.add(begin, stop, origin)


def _run_spans(
    text: str, start: int, end: int, language: Language
) -> Iterator[tuple[int, int, str]]:
    """The run itself, then its parts that could be the title."""
    yield start, end, "caps"
    run = text[start:end]
    begins = {start}
    first = run.split(" ", 1)[0]
    if first in language.openers and " " in run:
        begin = start + len(first) + (5 if run.startswith(" the ", len(first)) else 1)
        begins.add(begin)
        yield begin, end, "caps"
    possessive = list(_POSSESSIVE.finditer(run))[-1:] if "’" in run or "'" in run else ()
    for each in possessive:
        begins.add(start + each.end())
        yield start + each.end(), end, "caps_possessive"
    stops = [start + each.start() for each in list(_SUBTITLE.finditer(run))[:2]]
    stops += [start + each.start() for each in list(_VERBAL.finditer(run))[:2]]
    for begin in begins:
        for stop in stops:
            if begin + 1 < stop:
                yield begin, stop, "caps_main"
    for named in islice(_NAMED.finditer(run), 2):
        if is_person(named[1].split()):
            yield start, start + named.start(), "caps_before_a_name"
    for each in list(_TAILS.finditer(run))[-2:]:
        yield start + each.end(), end, "caps_tail"
    for each in islice(_HALVES.finditer(run), 2):
        yield start, start + each.start(), "caps_half"
        yield start + each.end(), end, "caps_half"
    if ": " in run:
        cut = run.index(": ") + 2
        yield start + cut, end, "caps_after_colon"


def _solitary(text: str, start: int, end: int, origin: str, language: Language) -> bool:
    """Whether one capitalised word alone is worth a look: only where something points at it."""
    if end - start < 2:
        return False
    if origin == "caps_possessive" or _AFTER_BY.match(text, end):
        return True
    if _POSSESSIVE_BEFORE.search(text, max(0, start - 4), start):
        return True
    before = re.findall(r"[\w’'\-]+", text[max(0, start - 30) : start].rsplit("\n", 1)[-1])
    return any(
        each in _POINTING for word in before[-2:] for each in language.classes.get(word.lower(), ())
    )


_POSSESSIVE_BEFORE = re.compile(r"[’']s?\s[\"“‘]?$")
_AFTER_BY = re.compile(rf",?\s\(?[bB]y\s{SHORT_NAME}")
_POINTING = frozenset(("book", "titled", "read", "author", "wrote", "recommend"))
_RUNS: dict[str, re.Pattern[str]] = {}


def _run_pattern(language: Language) -> re.Pattern[str]:
    if language.code not in _RUNS:
        joints = "|".join(sorted(language.connectors, key=len, reverse=True))
        _RUNS[language.code] = re.compile(
            rf"(?<![\w@./\-]){_WORD}(?:[?!]?:?,?[ ](?:(?:{joints}|&|–|-)[ ]){{0,3}}{_WORD})*[?!]?"
        )
    return _RUNS[language.code]


__all__ = ["NAME", "NAMES", "Candidate", "Candidates", "candidates"]
