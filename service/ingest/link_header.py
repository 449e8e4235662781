"""Links that stand in HTTP headers (RFC 8288, section 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.ingest.absolute import absolute_url

if TYPE_CHECKING:
    from collections.abc import Iterator

_TARGET = re.compile(r"[\s,]*<([^>]*)>")
_PARAMETER = re.compile(
    r"""\s*;\s*([\w!#$&+.^`|~-]+)\*?\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]*))?"""
)
#: no server names more in one header
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class HeaderLink:
    """A link: `url` is absolute, `rels` in lower case, `kind` the media type it announces."""

    url: str
    rels: tuple[str, ...]
    kind: str = ""
    title: str = ""


def header_links(value: str | None, base: str) -> tuple[HeaderLink, ...]:
    """The links of a Link header to web addresses, in order; `base` is the answer's own URL."""
    return tuple(_read((value or "")[:_LONGEST], base))


def _read(value: str, base: str) -> Iterator[HeaderLink]:
    position = 0
    while target := _TARGET.match(value, position):
        position, parameters = target.end(), dict[str, str]()
        while found := _PARAMETER.match(value, position):
            position = found.end()
            parameters.setdefault(found[1].lower(), _unquoted(found[2] or ""))
        url = absolute_url(target[1].strip() or base, base)
        if url and "anchor" not in parameters:
            yield HeaderLink(
                url,
                tuple(parameters.get("rel", "").lower().split()),
                parameters.get("type", "").lower(),
                parameters.get("title", ""),
            )


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
