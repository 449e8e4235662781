"""A WordPress site followed by its REST API: short lists of its posts, those published last and
those changed last, and then the posts that are new or changed, whole and many in one request.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from service.errors import FetchError, Unreachable, UnreadableInput
from service.ingest import wordpress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.ingest.fetch import Fetched, Fetcher
    from service.model import Entry

Order = Literal["date", "modified"]

_API = re.compile(r"(?P<root>.*)/wp/v2(?P<site>/sites/[^/]+)?(?:/(?P<what>[\w-]+))?/?$")
_ROOT = re.compile(r"(?P<root>.*/wp-json)/?$")
#: what we say ourselves; what else an address says (categories, author) stays
_OURS = frozenset(
    "per_page page offset order orderby after before include context _fields _embed".split()
)
_SHORT_FIELDS = "id,type,status,date_gmt,modified_gmt,guid,link,title"


class Short(NamedTuple):
    """A post as a short list has it: its number, what changes when it does, its entry without
    content."""

    number: int
    stamp: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class ShortList:
    """A page of a short list as it was `fetched`; without posts where it is as it was. `size` is
    the most that the site gives in one page, `more` whether there are further ones."""

    fetched: Fetched
    posts: tuple[Short, ...]
    size: int
    more: bool


def posts_endpoint(address: str) -> str | None:
    """Where the API at this address lists posts, without pages and order; None for another's."""
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query, True) if pair[0] not in _OURS]
    route = dict(query).get("rest_route")
    if route is not None:
        listed = "/wp/v2/posts" if route.strip("/") == "" else _listing(route)
        named = [(name, listed or "") if name == "rest_route" else (name, value)
                 for name, value in query]  # fmt: skip
        return parts._replace(query=urlencode(named), fragment="").geturl() if listed else None
    root = _ROOT.match(parts.path)
    path = f"{root['root']}/wp/v2/posts" if root else _listing(parts.path)
    return path and parts._replace(path=path, query=urlencode(query), fragment="").geturl()


def _listing(path: str) -> str | None:
    found = _API.match(path)
    if found is None:
        return None
    return f"{found['root']}/wp/v2{found['site'] or ''}/{found['what'] or 'posts'}"


def short_list(
    endpoint: str,
    fetcher: Fetcher,
    order: Order,
    *,
    number: int = 1,
    size: int = wordpress.PER_PAGE,
    etag: str | None = None,
    last_modified: str | None = None,
) -> ShortList:
    """Page `number` (from 1) of the posts, the newest or the last changed first.

    Raises FetchError where the API is closed to strangers, UnreadableInput where something else
    answers.
    """
    query: dict[str, object] = {
        "per_page": size,
        "page": number,
        "orderby": order,
        "order": "desc",
        "_fields": _SHORT_FIELDS,
    }
    try:
        fetched = wordpress.answered(
            endpoint, query, fetcher, etag=etag, last_modified=last_modified
        )
    except Unreachable:
        raise
    except FetchError:
        if number > 1 or size == wordpress.FEWER_PER_PAGE:
            raise
        return short_list(endpoint, fetcher, order, size=wordpress.FEWER_PER_PAGE)
    if fetched.not_modified:
        return ShortList(fetched, (), size, False)
    posts = wordpress.posts_in(fetched.body, endpoint)
    shorts = tuple(filter(None, map(_short, posts)))
    pages = wordpress.count_told(fetched.headers.get("x-wp-totalpages"), number)
    return ShortList(fetched, shorts, size, number < pages)


def _short(post: Mapping[str, Any]) -> Short | None:
    number, entry = post.get("id"), wordpress.entry_of(dict(post))
    if not isinstance(number, int) or not entry.url or post.get("status", "publish") != "publish":
        return None
    return Short(number, str(post.get("modified_gmt") or post.get("date_gmt")), _light(entry))


def _light(entry: Entry) -> Entry:
    return replace(entry, html="", complete=False)


def whole_posts(
    endpoint: str, numbers: Sequence[int], fetcher: Fetcher, size: int = wordpress.PER_PAGE
) -> dict[int, Entry]:
    """The posts of these numbers, as far as strangers may read them. Raises as `short_list`."""
    found: dict[int, Entry] = {}
    for start in range(0, len(numbers), size):
        query: dict[str, object] = {
            "per_page": size,
            "include": ",".join(map(str, numbers[start : start + size])),
            **wordpress.WHOLE,
        }
        fetched = wordpress.answered(endpoint, query, fetcher)
        for post in wordpress.posts_in(fetched.body, endpoint):
            if isinstance(post.get("id"), int) and not wordpress.is_hidden(post):
                found[post["id"]] = wordpress.entry_of(post)
    return found


def site_of(endpoint: str, fetcher: Fetcher) -> tuple[str | None, str | None]:
    """(name, address) of the site whose API this is, as far as it says them."""
    root = _root(endpoint)
    with suppress(FetchError, UnreadableInput, ValueError, RecursionError):
        said = json.loads(fetcher.get(root, accept="application/json").body) if root else None
        if isinstance(said, dict):
            name, home = said.get("name"), said.get("home") or said.get("url")
            return (
                name if isinstance(name, str) and name else None,
                home if isinstance(home, str) and home else None,
            )
    return None, None


def _root(endpoint: str) -> str | None:
    """The API's own description, short."""
    parts = urlsplit(endpoint)
    asked = {"_fields": "name,home,url"}
    if "rest_route" in dict(parse_qsl(parts.query)):
        return parts._replace(query=urlencode({"rest_route": "/", **asked})).geturl()
    path, found, _ = parts.path.rpartition("/wp/v2/")
    if not found or not path:
        return None
    return urljoin(endpoint, f"{path}/") + f"?{urlencode(asked)}"
