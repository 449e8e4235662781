"""Queries and the odd things in paths: which part is a tag, which is tracking, which matters."""

from __future__ import annotations

import re

from adapters.programmes.amazon.escapes import decoded, quoted
from adapters.programmes.amazon.tables import rows

#: what carries a tracking id in a query
TAGS = frozenset({"tag", "associatetag", "associate_tag"})
_AND = re.compile(r"&(?:amp;|#0*38;|#x0*26;)+", re.IGNORECASE)
_TAG = re.compile(r"[0-9A-Za-z_.-]*[0-9A-Za-z]", re.ASCII)
_IN_PATH = re.compile(r"/([0-9A-Za-z][0-9A-Za-z_.-]*-[0-9]{2})(?=/|\Z)", re.ASCII)
_IN_OLD_PATH = re.compile(r"/([A-Za-z][0-9A-Za-z_-]*)(?=/|\Z)", re.ASCII)
_AFTER = re.compile(
    r"(?:[&;?]|%(?:25)?3f|%(?:25)?26)tag(?:=|%(?:25)?3d)([0-9A-Za-z_-]+)", re.IGNORECASE
)
_NOISE = re.compile(
    r"(?:ref_?|qid|sr|coliid|colid|pd_rd_\w+|pf_rd_\w+)=.*|[0-9]{3}-[0-9]{7}-[0-9]{7}",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_OLD_NOISE = re.compile(
    rf"{_NOISE.pattern}|[0-9A-Za-z][0-9A-Za-z_.-]*-[0-9]{{2}}",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
#: entities that lost their semicolon, and so look like parameters
_REMAINS = frozenset({"quot", "gt", "lt", "amp", "nbsp", "apos"})

_NAMES: dict[str, set[str]] = {"everywhere": set(), "product": set(), "search": set()}
for _name, _where, _ in rows("parameters.tsv"):
    _NAMES[_where].add(_name)
_EVERYWHERE = frozenset(name for name in _NAMES["everywhere"] if name[-1] != "*")
_BEGINNINGS = tuple(name[:-1] for name in _NAMES["everywhere"] if name[-1] == "*")
#: page → names of parameters that don't change it
_DROPPED = {page: _EVERYWHERE | _NAMES[page] for page in ("product", "search")}


def kept(query: str, page: str) -> tuple[str, str | None]:
    """(what of a query changes the page, the tracking id in it or None)."""
    dropped = _DROPPED.get(page, _EVERYWHERE)
    left = []
    tag = None
    for part in _parts(query):
        name, equals, value = part.partition("=")
        name = decoded(name).lower()
        if name in TAGS:
            tag = tag or tracking_id(value)
        elif not (
            name in dropped or name.startswith(_BEGINNINGS) or _is_nothing(name, equals, value)
        ):
            left.append(part)
    return quoted("&".join(left)), tag


def _parts(query: str) -> list[str]:
    if ";" in query:
        query = _AND.sub("&", query)
    return query.split("&")


def _is_nothing(name: str, equals: str, value: str) -> bool:
    return not value if equals else not name or name.rstrip(";") in _REMAINS


def value_of(query: str, wanted: str) -> str | None:
    """The decoded value of the first parameter of this lower-case name that has one."""
    for part in _parts(query):
        name, _, value = part.partition("=")
        if value and decoded(name).lower() == wanted:
            return decoded(value)
    return None


def tracking_id(value: str) -> str | None:
    """The tracking id at the beginning of a value, without what prose left behind it."""
    match = _TAG.match(decoded(value))
    return match[0] if match else None


def path_tag(rest: str, *, old: bool) -> str | None:
    """The tracking id in what follows a path's form; `old` forms carry it as any plain segment."""
    match = _IN_PATH.search(rest) or (_IN_OLD_PATH.match(rest) if old else None)
    if match is None and "tag" in rest.lower():
        match = _AFTER.search(rest)
    return match[1] if match else None


def is_old(path: str) -> bool:
    """Whether the path is of the years when the tag stood in it."""
    return "/obidos/" in path or path[:3].lower() == "/o/"


def quiet_path(path: str, *, old: bool) -> str:
    """The path without references, session ids and tags in its segments.

    Only in an `old` path is a segment that looks like a tracking id one.
    """
    noise = _OLD_NOISE if old else _NOISE
    path = _AFTER.sub("", path)
    if path.count("/") == 1 and not noise.fullmatch(path[1:]):
        return path
    quiet = [each for each in path.split("/") if not noise.fullmatch(each)]
    return "/".join(quiet).rstrip("/")
