"""A sieve for links to shops: where a host's name may stand, found without reading anything."""

from __future__ import annotations

import re
import string
from functools import cache
from html.entities import html5
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_IN_HOSTS = frozenset(string.ascii_letters + string.digits + ".-/")
_NAMED = sorted(name.rstrip(";") for name, said in html5.items() if _IN_HOSTS.intersection(said))
#: character references that may spell a part of a host, or nothing at all: all numeric ones but
#: those of the usual punctuation, spaces and letters beyond ASCII
_REFERENCE = re.compile(
    r"&(?:#(?!0*+(?:3[2-9]|4[0-4]|1[6-9][0-9]|[2-9][0-9]{2}|[1-9][0-9]{3}|[1-5][0-9]{4})(?![0-9])"
    r"|[xX]0*+(?:2[0-9a-cA-C]|[a-fA-F][0-9a-fA-F]|[1-9a-fA-F][0-9a-fA-F]{2}"
    r"|[1-9a-eA-E][0-9a-fA-F]{3})(?![0-9a-fA-F]))"
    rf"|{'|'.join(_NAMED)})"
)
_REFERENCE_IN_BYTES = re.compile(_REFERENCE.pattern.encode())


def hints(source: str, hosts: frozenset[str]) -> list[int]:
    """Offsets, in order, one of which stands in every URL that holds one of these ASCII hosts.

    The URL may be written with character references, and in any case. Many others, too.
    """
    found = [match.start() for match in _named(hosts).finditer(source)]
    spelt = [match.start() for match in _REFERENCE.finditer(source)]
    return sorted(found + spelt) if spelt else found


def hints_in_bytes(data: bytes, hosts: frozenset[str]) -> list[int]:
    """The same in what was not decoded, each byte taken for a character."""
    found = [match.start() for match in _named_in_bytes(hosts).finditer(data)]
    spelt = [match.start() for match in _REFERENCE_IN_BYTES.finditer(data)]
    return sorted(found + spelt) if spelt else found


@cache
def _named(hosts: frozenset[str]) -> re.Pattern[str]:
    """Finds a character of each host: its dot, which is rarer than any letter."""
    dotted = [host.partition(".") for host in sorted(hosts) if "." in host]
    tails = "|".join(rf"(?<={re.escape(head)}\.){re.escape(tail)}" for head, _, tail in dotted)
    patterns = [rf"\.{_behind(head for head, _, _ in dotted)}(?i:{tails})"] if dotted else []
    patterns += [f"(?i:{re.escape(host)})" for host in sorted(hosts) if "." not in host]
    return re.compile("|".join(patterns) or r"(?!)")


@cache
def _named_in_bytes(hosts: frozenset[str]) -> re.Pattern[bytes]:
    return re.compile(_named(hosts).pattern.encode())


def _behind(heads: Iterable[str]) -> str:
    """What stands before the dot, one character of it: most dots fail by that already."""
    last = {head[-1:] for head in heads}
    if "" in last:
        return ""
    letters = "".join(sorted({case for each in last for case in (each.lower(), each.upper())}))
    return rf"(?<=[{re.escape(letters)}]\.)"
