"""A URL of Amazon's, read: what it leads to, where, with whose tag, and how to say it again."""

from __future__ import annotations

import re
from typing import NamedTuple

from adapters.programmes.amazon.escapes import BEHIND, decoded, quoted, undressed
from adapters.programmes.amazon.forms import kind_of, product
from adapters.programmes.amazon.marketplaces import role_of
from adapters.programmes.amazon.parameters import (
    is_old,
    kept,
    path_tag,
    quiet_path,
    tracking_id,
    value_of,
)
from adapters.programmes.amazon.redirects import parameters_of
from service.identifiers import isbns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_URL = re.compile(
    r"(?:(?:https?:)?//)?(?P<host>[a-z0-9.-]+)(?::[0-9]{0,5})?(?=[/?#]|\Z)"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_SHORT_PATH = re.compile(r"/(?:d/)?[0-9A-Za-z][0-9A-Za-z_-]{0,40}", re.ASCII)
_ASIN_FIRST = re.compile(
    r"/(?P<asin>B[0-9A-Z]{9}|[0-9]{9}[0-9X])(?![0-9A-Z_-])", re.IGNORECASE | re.ASCII
)
_DEPTH = 3


class Reading(NamedTuple):
    """What a URL says. `base` and `query` spell the page without anybody's tag.

    `taggable` tells whether a tracking id may be set; `fragment` starts with # or is empty.
    """

    kind: str
    marketplace: str | None = None
    asin: str | None = None
    isbn13: str | None = None
    isbn10: str | None = None
    canonical: str | None = None
    tag: str | None = None
    base: str = ""
    query: str = ""
    fragment: str = ""
    taggable: bool = False


def read(url: str) -> Reading | None:
    """The URL, read; None where its host is not Amazon's shop, shortener or widget server.

    Takes URLs as people paste them: with &amp;, escaped, with prose's punctuation behind.
    """
    return _read(url, _DEPTH)


def _read(url: str, depth: int) -> Reading | None:
    match = _URL.fullmatch(url)
    if match is None or not url or url[-1] in BEHIND or "&#" in url:
        undone = undressed(url)
        match = _URL.fullmatch(undone)
        if match is None:
            return None
    host, path, query, fragment = match.group("host", "path", "query", "fragment")
    known = role_of(host.lower().removesuffix("."))
    if known is None:
        return None
    role, marketplace = known
    if marketplace is not None and role in ("shop", "alias"):
        return _in_shop(marketplace, path, query or "", fragment or "", depth, role)
    return _elsewhere(role, marketplace, host, path, query or "")


def affiliate(reading: Reading, ids: Mapping[str, str]) -> str | None:
    """The page's address with the tracking id of its marketplace; None where none may be set."""
    if not reading.taggable or reading.marketplace is None:
        return None
    tracking_id = ids.get(reading.marketplace)
    if not tracking_id:
        return None
    query = f"{reading.query}&" if reading.query else ""
    return f"{reading.base}?{query}tag={tracking_id}{reading.fragment}"


def _in_shop(
    marketplace: str, path: str, query: str, fragment: str, depth: int, role: str
) -> Reading | None:
    found = product(path)
    if found is None and role == "alias":
        found = _ASIN_FIRST.match(path)
    if found is None and "%" in path:
        path, found = _unescaped(path)
    if found is not None:
        return _product(marketplace, path, query, fragment, found, depth, role)
    if query and depth and (inner := _inner(marketplace, path, query)):
        return _redirected(inner, query, depth)
    kind, taggable = kind_of(path)
    if role == "alias" and kind == "other" and path not in ("", "/"):
        return Reading("short", canonical=f"https://amzn.com{quoted(path)}")
    return _page(kind, marketplace, path, query, fragment, taggable, depth, role)


def _unescaped(path: str) -> tuple[str, re.Match[str] | None]:
    """A path whose slashes were escaped, once or twice, and the product in it."""
    once = path
    for _ in range(2):
        once = decoded(once).replace("?", "%3F").replace("#", "%23")
        found = product(once)
        if found is not None:
            return once, found
    return path, None


def _product(
    marketplace: str,
    path: str,
    query: str,
    fragment: str,
    found: re.Match[str],
    depth: int,
    role: str,
) -> Reading | None:
    asin = found["asin"].upper()
    isbn13, isbn10 = isbns(asin) if asin[0] != "B" else (None, None)
    canonical = f"https://www.{marketplace}/dp/{isbn10 or asin}"
    tag = None
    rest = path[found.end() :]
    if rest and rest != "/":
        tag = path_tag(rest, old=is_old(path) and "/tg/" not in path)
    if tag is None and "tag" in path:
        tag = path_tag(path[: found.start()], old=False)
    own = found.re.groups > 1 and found["own"] is not None
    base = canonical
    if own:
        front, quiet = path[: found.end()], quiet_path(rest, old=True)
        if quiet != rest and not _stays_product(front + quiet, found, quiet):
            return _again(marketplace, front + quiet, query, fragment, tag, depth, role)
        base = f"https://www.{marketplace}{quoted(front + quiet)}"
    text = ""
    if query:
        text, in_query = kept(query, "own" if own else "product")
        tag = in_query or tag
    return Reading(
        "product",
        marketplace,
        isbn10 if len(asin) == 13 else asin,
        isbn13,
        isbn10,
        canonical,
        tag,
        base,
        text,
        _fragment(fragment),
        True,
    )


def _page(
    kind: str,
    marketplace: str,
    path: str,
    query: str,
    fragment: str,
    taggable: bool | None,
    depth: int,
    role: str,
) -> Reading | None:
    text, tag = kept(query, kind)
    old = is_old(path)
    if tag is None and (old or "tag" in path):
        tag = path_tag(path, old=False)
    quiet = quiet_path(path, old=old)
    if quiet != path and not _stays_page(quiet, kind, taggable):
        return _again(marketplace, quiet, query, fragment, tag, depth, role)
    if taggable is None:
        taggable = tag is not None and not parameters_of(path)
    base = f"https://www.{marketplace}{quoted(quiet) or '/'}"
    canonical = f"{base}?{text}" if text else base
    return Reading(
        kind,
        marketplace,
        canonical=canonical,
        tag=tag,
        base=base,
        query=text,
        fragment=_fragment(fragment),
        taggable=taggable,
    )


def _stays_product(path: str, found: re.Match[str], rest: str) -> bool:
    """Whether a path without its noise is still read as it was, and holds no more noise."""
    again = product(path)
    return again is not None and again.span() == found.span() and quiet_path(rest, old=True) == rest


def _stays_page(path: str, kind: str, taggable: bool | None) -> bool:
    return (
        product(path) is None
        and ("%" not in path or _unescaped(path)[1] is None)
        and kind_of(path) == (kind, taggable)
        and not parameters_of(path)
        and quiet_path(path, old=is_old(path)) == path
    )


def _again(
    marketplace: str,
    path: str,
    query: str,
    fragment: str,
    tag: str | None,
    depth: int,
    role: str,
) -> Reading | None:
    """A path that means something else once its noise is gone: it counts as it is then read."""
    if not depth:
        return Reading("other", marketplace, tag=tag)
    reading = _in_shop(marketplace, path, query, fragment, depth - 1, role)
    return reading._replace(tag=reading.tag or tag) if reading else None


def _inner(marketplace: str, path: str, query: str) -> str | None:
    """Where one of Amazon's own redirects leads, as an absolute URL."""
    names = parameters_of(path)
    if names and "%26" in query and not any(value_of(query, name) for name in names):
        query = decoded(query)
    for name in names:
        target = value_of(query, name)
        if not target:
            continue
        if name in ("a", "asin"):
            return f"https://www.{marketplace}/dp/{target}"
        if name == "path" and not target.lower().startswith("http"):
            return f"https://www.{marketplace}/exec/obidos/{target.lstrip('/')}"
        if target.startswith("/") and not target.startswith("//"):
            return f"https://www.{marketplace}{target}"
        return target
    return None


def _redirected(inner: str, query: str, depth: int) -> Reading | None:
    reading = _read(inner, depth - 1)
    if reading is None:
        return Reading("other")
    tag = value_of(query, "tag")
    return reading._replace(tag=tracking_id(tag) or tag) if tag else reading


def _elsewhere(
    role: str, marketplace: str | None, host: str, path: str, query: str
) -> Reading | None:
    if role == "short":
        short = _SHORT_PATH.match(path)
        if short is None:
            return Reading("other")
        return Reading("short", canonical=f"https://{host.lower().removeprefix('www.')}{short[0]}")
    if role == "astore":
        tag = path.strip("/").partition("/")[0] or None
        return Reading("store", marketplace, tag=tag)
    if role == "reader" and not path.startswith("/kp/"):
        return None
    tag = value_of(query, "tag") or value_of(query, "tracking_id") or value_of(query, "t")
    return Reading("widget", tag=tag)


def _fragment(fragment: str) -> str:
    """The fragment as it may stay: one with an ampersand could be read as more of the address."""
    if not fragment or "&" in fragment or "tag=" in fragment.lower():
        return ""
    return f"#{quoted(fragment)}"
