"""A web address as people paste it, in its parts: for shops whose links are simple.

Cautious where browsers are lenient: an address with user-info, backslashes or a host that is not
plain ASCII is none here, for it may lead elsewhere than it seems.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, unquote

from service.markup import unescaped

if TYPE_CHECKING:
    from pathlib import Path

_URL = re.compile(
    r"(?:(?:https?:)?//)?(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)\.?(?::(?:80|443)?)?(?=[/?#]|\Z)"
    r"(?P<path>[^?#\\]*)(?:\?(?P<query>[^#]*))?(?:#.*)?",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
#: an address that leads nowhere: empty, a bare scheme or "#", a script's, a placeholder's
_DEAD = re.compile(
    r"(?:(?:https?:(?://)?)?#?[!0_]?|javascript:.*|about:blank|(?:https?://)?(?:[{\[<]|%%).*|\*+"
    r"|(?:(?:insert|your|add|my|put|the|amazon|amzn|affiliate|aff|book|buy|product|shop)[-_ ]*)*"
    r"(?:link|url|href)[-_ ]*(?:goes)?[-_ ]*(?:here|\d+)?|todo|tb[ad]|fixme|x{2,}|placeholder)",
    re.IGNORECASE | re.DOTALL,
)
_CREDENTIALS = re.compile(r"(?<=//)[^/?#]*@")
_BEHIND = ".,;:!?]}>'\"*_»”’›… \t\r\n"
#: longer ones are no links to a book
_LONGEST = 8_192


def table_rows(path: Path) -> list[list[str]]:
    """The rows of a shop's tab-separated table, without its heading."""
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]


class WebLink(NamedTuple):
    """An address: its host in lower case, the segments of its path decoded, its query by name.

    `pairs` is the query as written, decoded.
    """

    host: str
    segments: tuple[str, ...]
    query: dict[str, str]
    pairs: list[tuple[str, str]]


def web_link(url: str) -> WebLink | None:
    """The address in parts; None for what is no plain one. Never raises, linear time.

    Of a parameter given twice the first counts; names are in lower case.
    """
    if len(url) > _LONGEST:
        return None
    match = _URL.fullmatch(_undressed(url))
    if match is None:
        return None
    segments = tuple(unquote(each) for each in match["path"].split("/") if each)
    pairs = parse_qsl(match["query"] or "", keep_blank_values=True, max_num_fields=None)
    query: dict[str, str] = {}
    for name, value in pairs:
        query.setdefault(name.lower(), value)
    return WebLink(match["host"].lower(), segments, query, pairs)


def is_dead(href: str) -> bool:
    """Whether a link to this leads nowhere: "", "#", "javascript:…", "https://", "{{link}}"."""
    return _DEAD.fullmatch(href.strip()) is not None


def without_credentials(url: str) -> str:
    """The URL as it may be shown and passed on: without a user's name and password."""
    return _CREDENTIALS.sub("", url, count=1) if "@" in url else url


def _undressed(url: str) -> str:
    for _ in range(2):
        url = unescaped(url, attribute=True) if "&" in url else url
    url = url.strip().rstrip(_BEHIND)
    if url.endswith(")") and "(" not in url:
        url = url.rstrip(")").rstrip(_BEHIND)
    return url
