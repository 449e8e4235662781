"""What a line stands under: its headings say whether books are listed there, or films, or links."""

import re
from collections.abc import Iterator
from functools import cache

from service.find.language import Language
from service.find.reading import Reading

_WORD = re.compile(r"[^\W\d_]+")
#: ranks behind h1 to h6: a bold line, a short line before a list or with a colon, any other line
_BOLD, _LEAD, _TEXT = 7, 8, 9
_LONGEST = 90
_OTHER = frozenset("film song podcast course paper game".split())


class Headings:
    """The lines of a reading with their ranks, and what the headings above each speak of."""

    def __init__(self, reading: Reading, language: Language) -> None:
        self._said: list[tuple[str, ...]] = []
        self._sections: list[tuple[int, int]] = []
        classes = cache(language.classes.get)
        chain: list[tuple[int, frozenset[str], int]] = []
        ranks = _ranks(reading)
        for line, (rank, (start, end)) in enumerate(zip(ranks, reading.lines, strict=True)):
            while chain and chain[-1][0] >= rank:
                chain.pop()
            self._said.append(tuple(_features([words for _, words, _ in chain])))
            self._sections.append((rank, chain[-1][2] if chain else -1))
            if rank < _TEXT:
                words = _WORD.findall(reading.text.text[start:end].lower())
                chain.append((rank, frozenset(n for w in words for n in classes(w) or ()), line))

    def over(self, line: int) -> tuple[str, ...]:
        """The features of the headings over this line, the nearest first."""
        return self._said[line] if line < len(self._said) else ()

    def section(self, line: int) -> tuple[int, int]:
        """The rank of this line (1 to 9: what is not a heading), and which line is over it."""
        return self._sections[line] if line < len(self._sections) else (_TEXT, -1)


def _features(chain: list[frozenset[str]]) -> Iterator[str]:
    words = chain[-1] if chain else frozenset()
    if "book" in words or ("read" in words and not words & _OTHER):
        yield "listed_under_books" if "books" in words else "under_a_book"
    elif words & _OTHER:
        yield "listed_under_other_things"


def _ranks(reading: Reading) -> list[int]:
    ranks = [_TEXT] * len(reading.lines)
    in_lists = set()
    for each in reading.elements:
        index = reading.line_index(each.start)
        if not reading.lines:
            break
        start, end = reading.lines[index]
        if each.name[0] == "h":
            ranks[index] = min(ranks[index], int(each.name[1]))
        elif each.name in ("strong", "b") and each.end - each.start > (end - start) * 0.8:
            if end - start <= _LONGEST:
                ranks[index] = min(ranks[index], _BOLD)
        elif each.name in ("li", "td", "dt"):
            in_lists.add(index)
    for index, (start, end) in enumerate(reading.lines):
        if ranks[index] == _TEXT and index not in in_lists and end - start <= _LONGEST:
            line = reading.text.text[start:end].rstrip()
            before_a_list = index + 1 in in_lists
            if line.endswith(":") or (before_a_list and not line.endswith((".", ",", "!"))):
                ranks[index] = _LEAD
            elif line.startswith("#"):
                ranks[index] = min(_BOLD, len(line) - len(line.lstrip("#")))
    return ranks
