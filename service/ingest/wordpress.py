"""A WordPress site's posts by its REST API, as strangers may read them.

https://developer.wordpress.org/rest-api/reference/posts/ and, for paging, …/using-the-rest-api/
pagination/ (read in November 2026): at most 100 a page, X-WP-Total and X-WP-TotalPages in headers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from service.errors import FetchError, Unreachable, UnreadableInput
from service.ingest.absolute import absolute_html, absolute_url
from service.ingest.dates import moment
from service.ingest.wording import plain_text
from service.model import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.ingest.blog_page import BlogPage
    from service.ingest.fetch import Fetched
    from service.ingest.patience import Gets

#: what the API gives at most, and what is asked for where a site gives less
PER_PAGE, FEWER_PER_PAGE = 100, 10
_FIELDS = "id,type,status,date_gmt,modified_gmt,guid,link,title,content,excerpt,_links,_embedded"
#: what is asked of posts that are wanted whole
WHOLE = {"_fields": _FIELDS, "_embed": "author,wp:term,wp:featuredmedia"}
_HOSTED = "https://public-api.wordpress.com/wp/v2/sites/{host}/posts"
_OTHER_WAYS = (
    "Allow strangers to read wp/v2/posts in the plugin that closes it, or take another way: "
    "the feed or the sitemap (backfill: --from-feed-pages, --from-sitemap)."
)


@dataclass(frozen=True, slots=True)
class PostsPage:
    """A page of posts, in the API's order. `total` and `pages` are of the whole collection;
    `hidden` are the addresses of posts behind a password, which are left alone."""

    entries: tuple[Entry, ...]
    total: int
    pages: int
    hidden: tuple[str, ...] = ()


def posts_endpoint(page: BlogPage) -> str | None:
    """Where the site of this page lists its posts, as far as the page says it."""
    root = page.linked("https://api.w.org/")
    if root:
        return _endpoint(root)
    if "wordpress.com" in (page.generator or "").lower():
        return _HOSTED.format(host=urlsplit(page.url).hostname)
    return None


def usual_endpoint(url: str) -> str:
    """Where a WordPress at the root of this address lists its posts."""
    return _endpoint(urljoin(url, "/wp-json/"))


def _endpoint(root: str) -> str:
    """With plain permalinks the route stands in the query: /index.php?rest_route=/"""
    parts = urlsplit(root)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if "rest_route" not in query:
        return urljoin(root if root.endswith("/") else f"{root}/", "wp/v2/posts")
    query["rest_route"] = query["rest_route"].rstrip("/") + "/wp/v2/posts"
    return parts._replace(query=urlencode(query)).geturl()


def posts_page(
    endpoint: str,
    fetcher: Gets,
    *,
    number: int,
    per_page: int = PER_PAGE,
    before: datetime | None = None,
    after: datetime | None = None,
) -> PostsPage:
    """Page `number` (from 1) of the posts, the newest id first: new ones move no page.

    `before` and `after` are moments of publication. Raises FetchError where the API is closed to
    strangers, and UnreadableInput where something else answers.
    """
    query: dict[str, object] = {
        "per_page": per_page,
        "page": number,
        "orderby": "id",
        "order": "desc",
        **WHOLE,
        **_limits(before, after),
    }
    fetched = answered(endpoint, query, fetcher)
    posts = posts_in(fetched.body, endpoint)
    hidden = tuple(_text(each.get("link")) for each in posts if is_hidden(each))
    return PostsPage(
        tuple(entry_of(each) for each in posts if not is_hidden(each)),
        count_told(fetched.headers.get("x-wp-total"), len(posts)),
        count_told(fetched.headers.get("x-wp-totalpages"), number if len(posts) < per_page else 0),
        tuple(filter(None, hidden)),
    )


def _limits(before: datetime | None, after: datetime | None) -> dict[str, str]:
    return {
        name: limit.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for name, limit in (("before", before), ("after", after))
        if limit is not None
    }


def posts_in_all(endpoint: str, fetcher: Gets, *, after: datetime | None = None) -> int:
    """How many posts there are, published after a moment. Raises as `posts_page`."""
    query = {"per_page": 1, "_fields": "id", **_limits(None, after)}
    fetched = answered(endpoint, query, fetcher)
    posts = posts_in(fetched.body, endpoint)
    return count_told(fetched.headers.get("x-wp-total"), len(posts))


def answered(
    endpoint: str, query: dict[str, object], fetcher: Gets, **validators: str | None
) -> Fetched:
    """The API's answer. `validators` are `etag` and `last_modified` of the one before; a Fetcher
    takes them. Raises FetchError that says how else the posts can be had."""
    url = f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query, safe=',:')}"
    try:
        return fetcher.get(url, accept="application/json", **validators)  # type: ignore[arg-type]
    except Unreachable:
        raise
    except FetchError as error:
        what = error.what.replace(url, f"The list of WordPress posts at {endpoint}")
        raise FetchError(what, url=endpoint, mend=_OTHER_WAYS) from error


def posts_in(body: bytes, endpoint: str) -> list[dict[str, Any]]:
    """The posts of an answer. Raises UnreadableInput."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, list) or not all(isinstance(each, dict) for each in data):
        raise UnreadableInput(
            f"{endpoint} is no list of WordPress posts; perhaps a page to log in.",
            mend=_OTHER_WAYS,
        )
    return data


def is_hidden(post: dict[str, Any]) -> bool:
    """Whether the post is behind a password, or not published."""
    content = post.get("content")
    protected = isinstance(content, dict) and content.get("protected")
    return bool(protected) or post.get("status", "publish") != "publish"


def entry_of(post: dict[str, Any]) -> Entry:
    """A post of the API as far as it is told: of a short list there is no content."""
    link = absolute_url(_text(post.get("link")), None)
    embedded = post.get("_embedded")
    embedded = embedded if isinstance(embedded, dict) else {}
    pictures = [_text(each.get("source_url")) for each in _things(embedded.get("wp:featuredmedia"))]
    return Entry(
        url=link,
        title=plain_text(_rendered(post, "title")),
        html=absolute_html(_rendered(post, "content"), link),
        # the feed's guid too
        id=unescape(_rendered(post, "guid")) or None,
        authors=_names(embedded.get("author")),
        # WordPress calls them GMT and says no zone
        published=moment(_text(post.get("date_gmt"))),
        updated=moment(_text(post.get("modified_gmt"))),
        tags=tuple(
            dict.fromkeys(
                name for group in _lists(embedded.get("wp:term")) for name in _names(group)
            )
        ),
        summary=plain_text(_rendered(post, "excerpt")) or None,
        image=absolute_url(next(filter(None, pictures), None), link),
    )


def _rendered(post: dict[str, Any], name: str) -> str:
    value = post.get(name)
    return _text(value.get("rendered")) if isinstance(value, dict) else _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _lists(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _things(value: object) -> Iterator[dict[str, Any]]:
    """What was embedded; what strangers may not see stands there as an error."""
    return (each for each in _lists(value) if isinstance(each, dict) and "code" not in each)


def _names(value: object) -> tuple[str, ...]:
    names = (plain_text(_text(each.get("name"))) for each in _things(value))
    return tuple(name for name in names if name)


def count_told(value: str | None, otherwise: int) -> int:
    """A number from a header."""
    return int(value) if value and value.isascii() and value.isdigit() else otherwise
