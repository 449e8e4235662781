"""How entries came, as one value each: those that come just so again need not be read. Pure.

An entry says what its own element says, what surrounds that (the base of its URLs, its language,
the namespaces), and what the feed says for all of its entries. Where all of that is as it was, so
is the entry.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lxml.etree import _Element as Element

    from service.ingest.feed_reading import Scope

_SIZE = 16


class Imprinting:
    """Takes the imprint of each entry of one feed, in order; says which are `known`."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = frozenset(known)
        self._beginning = hashlib.blake2b(digest_size=_SIZE)
        self.found: list[str] = []

    def begin(self, version: str, prefixes: Mapping[str, str]) -> None:
        """What holds for all entries: the format, and what prefixes stand for."""
        self._beginning.update(repr((version, sorted(prefixes.items()))).encode())

    def knows(self, entry: Element, scope: Scope) -> bool:
        """Whether this entry came just so before. `scope` is what holds within it."""
        from lxml import etree

        came = self._beginning.copy()
        came.update(f"{scope.base}\n{scope.language}\n".encode())
        came.update(etree.tostring(entry, encoding="utf-8", with_tail=False))
        imprint = came.hexdigest()
        self.found.append(imprint)
        return imprint in self._known


def imprint_of_all(*said: object) -> str:
    """The imprint of what a feed says for all of its entries."""
    return hashlib.blake2b(repr(said).encode(), digest_size=_SIZE).hexdigest()
