"""Which books a post links already, so that none is linked twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.model import Finding


class Linked:
    """The books that links of a post lead to, by number and by title."""

    def __init__(self) -> None:
        self._keys: set[str] = set()

    def add(self, *findings: Finding) -> None:
        for finding in findings:
            self._keys.update(_keys(finding))
            if finding.link_text:
                self._keys.add(_folded(finding.link_text))

    def __contains__(self, finding: Finding) -> bool:
        return any(key in self._keys for key in _keys(finding))


def _keys(finding: Finding) -> Iterator[str]:
    yield from (each for each in (finding.isbn13, finding.asin) if each)
    if finding.title:
        whole = _folded(finding.title)
        yield whole
        main = whole.partition(":")[0].strip()
        if main != whole:
            yield main


def _folded(words: str) -> str:
    return " ".join(words.casefold().strip(" .,;!?\"'“”‘’«»„").split())
