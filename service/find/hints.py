"""A sieve for links to shops: where a host's name may stand, found without reading anything."""

from __future__ import annotations

import re
import string
from functools import cache
from html.entities import html5
from itertools import product
from typing import TYPE_CHECKING

from ahocorasick_rs import BytesAhoCorasick, MatchKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_IN_HOSTS = frozenset(string.ascii_letters + string.digits + ".-/")
_NAMED = sorted(name.rstrip(";") for name, said in html5.items() if _IN_HOSTS.intersection(said))
#: character references that may spell a part of a host, or nothing at all: all numeric ones but
#: those of the usual punctuation, spaces and letters beyond ASCII
_REFERENCE = re.compile(
    (
        r"&(?:#(?!0*+(?:3[2-9]|4[0-4]|1[6-9][0-9]|[2-9][0-9]{2}|[1-9][0-9]{3}|[1-5][0-9]{4})"
        r"(?![0-9])|[xX]0*+(?:2[0-9a-cA-C]|[a-fA-F][0-9a-fA-F]|[1-9a-fA-F][0-9a-fA-F]{2}"
        rf"|[1-9a-eA-E][0-9a-fA-F]{{3}})(?![0-9a-fA-F]))|{'|'.join(_NAMED)})"
    ).encode()
)
#: what stands in pages often, first; a dot stands before every "com"
_COMMONNESS = ".etaoinsrhdlcumpgwfb/yvkxjqz"
#: as long as a vector search likes it, and short enough to be written in few cases
_PIECE = 3
#: bytes searched at once, so that hostile pages full of hits keep few of them in memory
_STRETCH = 1 << 20


def hints(source: str, hosts: frozenset[str]) -> list[int]:
    """Offsets, in order, one of which stands in every URL that holds one of these ASCII hosts.

    The URL may be written with character references, and in any case. Many others, too.
    """
    return hints_in_bytes(source.encode("latin-1", "replace"), hosts)


def hints_in_bytes(data: bytes, hosts: frozenset[str]) -> list[int]:
    """The same in what was not decoded, each byte taken for a character."""
    host, reach = _host(hosts), max(map(len, hosts), default=0) + _PIECE
    found = {
        match.start()
        for hit in _hits(_pieces(hosts), data)
        for match in host.finditer(data, max(hit - reach, 0), hit + reach)
    }
    found.update(hit for hit in _hits(_references(), data) if _REFERENCE.match(data, hit))
    return sorted(found)


def _hits(automaton: BytesAhoCorasick, data: bytes) -> Iterator[int]:
    for begin in range(0, len(data), _STRETCH):
        stretch = data[begin : begin + _STRETCH + _PIECE] if len(data) > _STRETCH else data
        for _, start, _ in automaton.find_matches_as_indexes(stretch):
            yield begin + start


@cache
def _host(hosts: frozenset[str]) -> re.Pattern[bytes]:
    names = "|".join(map(re.escape, sorted(hosts)))
    return re.compile(f"(?={names})".encode(), re.IGNORECASE)


@cache
def _pieces(hosts: frozenset[str]) -> BytesAhoCorasick:
    """Finds the rarest few letters of each host, in every case; where two pieces overlap, one."""
    return _automaton(written for host in sorted(hosts) for written in _cases(_rarest(host)))


@cache
def _references() -> BytesAhoCorasick:
    return _automaton(b"&" + said[:_PIECE].encode() for said in ("#", *_NAMED))


def _automaton(patterns: Iterable[bytes]) -> BytesAhoCorasick:
    # only leftmost matches are found by comparing many bytes at once
    return BytesAhoCorasick(list(dict.fromkeys(patterns)), matchkind=MatchKind.LeftmostFirst)


def _rarest(host: str) -> str:
    pieces = [host[at : at + _PIECE] for at in range(max(len(host) - _PIECE, 0) + 1)]
    return max(pieces, key=lambda piece: sum(map(_COMMONNESS.find, piece)))


def _cases(piece: str) -> Iterator[bytes]:
    for letters in product(*(sorted({each.lower(), each.upper()}) for each in piece)):
        yield "".join(letters).encode()
