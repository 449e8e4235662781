"""A blog with a back catalogue: a feed of its newest posts, and what programs offer for the rest.

The REST answers have the form that WordPress documents (developer.wordpress.org/rest-api).
"""

from __future__ import annotations

import gzip
import json
import threading
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.blog import FEED, Blog, Written

POSTS = "/wp-json/wp/v2/posts"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_MAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


class OldBlog(Blog):
    """`offers` says what there is: "wordpress", "paged", "archives", "sitemap". A post that is
    not listed in the feed is an old one; `hidden` have a password; `modified` says when a post was
    last changed; `dropped` stand in no sitemap; `per_page` is the most that the API gives;
    `breaks_after` so many requests more the site fails with 503; the page that is asked for
    `stalls_after` so many others is not answered before `go_on`."""

    def __init__(self, *offers: str) -> None:
        super().__init__()
        self.offers = set(offers)
        self.hidden: set[str] = set()
        self.modified: dict[str, datetime] = {}
        self.dropped: set[str] = set()
        self.per_page = 100
        self.a_feed_page = 5
        self.breaks_after: int | None = None
        self.stalls_after: int | None = None
        self.stalled, self.go_on = threading.Event(), threading.Event()
        self.extra: dict[str, tuple[str, str]] = {}
        self._headers: dict[str, dict[str, str]] = {}

    def write(self, count: int, *, listed: int) -> None:
        """`count` posts, a day each, of which the last `listed` stand in the feed."""
        for number in range(count):
            self.add(f"post-{number}", day=number - count, listed=number >= count - listed)

    def _page(self, post: Written) -> str:
        when = f'<meta property="article:published_time" content="{post.published.isoformat()}">'
        return super()._page(post).replace("</head>", f"{when}</head>")

    def more_headers(self, path: str) -> dict[str, str]:
        return self._headers.get(path, {})

    def answer(self, path: str, headers: dict[str, str]) -> tuple[int, str, bytes]:
        if self.breaks_after is not None:
            self.breaks_after -= 1
            if self.breaks_after < 0:
                return 503, "text/plain", b"later"
        if self.stalls_after is not None and path.startswith("/post-"):
            self.stalls_after -= 1
            if self.stalls_after < 0:
                self.stalled.set()
                self.go_on.wait()
                return 500, "text/plain", b"too late"
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if path in self.extra:
            kind, body = self.extra[path]
            return 200, kind, body.encode()
        if parts.path == POSTS and "wordpress" in self.offers:
            return self._posts(path, query)
        if parts.path == FEED and parts.query:
            return self._older(query)
        if parts.path.startswith("/archive-") and "archives" in self.offers:
            number = int(parts.path.removeprefix("/archive-").removesuffix(".xml"))
            return self._feed_page(number)
        if "sitemap" in self.offers and "map" in parts.path:
            return self._sitemap(parts.path)
        if parts.path == "/robots.txt" and "sitemap" in self.offers:
            return 200, "text/plain", f"Sitemap: {self.url}/sitemap.xml".encode()
        return super().answer(path, headers)

    def _index(self) -> str:
        link = f'<link rel="https://api.w.org/" href="{self.url}/wp-json/">'
        return super()._index() + (link if "wordpress" in self.offers else "")

    # ── WordPress ────────────────────────────────────────────────────────────────────────

    def _posts(self, path: str, query: dict[str, str]) -> tuple[int, str, bytes]:
        size, number = int(query.get("per_page", 10)), int(query.get("page", 1))
        if "closed" in self.offers:
            return _refusal(401, "rest_cannot_access")
        if size > self.per_page:
            return _refusal(400, "rest_invalid_param")
        posts = [each for each in self.posts.values() if self._is_asked_for(each, query)]
        pages = -(-len(posts) // size)
        if number > max(1, pages):
            return _refusal(400, "rest_post_invalid_page_number")
        self._headers[path] = {"X-WP-Total": str(len(posts)), "X-WP-TotalPages": str(pages)}
        ordered = self._ordered(posts, query.get("orderby", "date"))
        fields = [self._fields(each) for each in ordered[(number - 1) * size : number * size]]
        if "content" not in query.get("_fields", "content"):
            for each in fields:
                del each["content"], each["excerpt"], each["_embedded"]
        return 200, "application/json; charset=UTF-8", json.dumps(fields).encode()

    def _ordered(self, posts: list[Written], by: str) -> list[Written]:
        if by == "id":
            return posts[::-1]
        when = self._modified if by == "modified" else (lambda each: each.published)
        return sorted(posts, key=when, reverse=True)

    def _modified(self, post: Written) -> datetime:
        return self.modified.get(post.slug, post.published)

    def _is_asked_for(self, post: Written, query: dict[str, str]) -> bool:
        before = datetime.fromisoformat(query.get("before", "9999-01-01T00:00:00+00:00"))
        after = datetime.fromisoformat(query.get("after", "0001-01-01T00:00:00+00:00"))
        wanted = query.get("include", "").split(",")
        if wanted != [""] and str(list(self.posts).index(post.slug) + 1) not in wanted:
            return False
        return after < post.published < before and post.status == 200

    def _fields(self, post: Written) -> dict[str, Any]:
        hidden = post.slug in self.hidden
        when, modified = (
            each.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
            for each in (post.published, self._modified(post))
        )
        return {
            "id": list(self.posts).index(post.slug) + 1,
            "type": "post",
            "status": "publish",
            "date_gmt": when,
            "modified_gmt": modified,
            "guid": {"rendered": self.address(post.slug)},
            "link": self.address(post.slug),
            "title": {"rendered": escape(post.title)},
            "content": {"rendered": "" if hidden else post.html, "protected": hidden},
            "excerpt": {"rendered": "<p>In short.</p>", "protected": hidden},
            "_embedded": {
                "author": [{"id": 1, "name": "Ada Example"}],
                "wp:term": [[{"id": 2, "name": "Books &amp; more"}], [{"id": 3, "name": "slow"}]],
                "wp:featuredmedia": [{"code": "rest_forbidden", "message": "no"}],
            },
        }

    # ── feeds ────────────────────────────────────────────────────────────────────────────

    def _older(self, query: dict[str, str]) -> tuple[int, str, bytes]:
        """A program that knows the query gives older posts; another the same feed as ever."""
        number = int(query.get("paged", 0))
        if "paged" not in self.offers or not number:
            return super().answer(FEED, {})
        posts = list(self.posts.values())[::-1]
        start = (number - 1) * self.a_feed_page
        chosen = posts[start : start + self.a_feed_page]
        if not chosen:
            return 404, "text/html", b"<html><body>Not found</body></html>"
        return 200, "application/rss+xml", self._document(chosen, "").encode()

    def _feed(self) -> str:
        feed = super()._feed()
        if "archives" not in self.offers:
            return feed
        link = f'<atom:link rel="prev-archive" href="{self.url}/archive-0.xml"/>'
        atom = '<rss xmlns:atom="http://www.w3.org/2005/Atom" '
        return feed.replace("<rss ", atom).replace("<item>", f"{link}<item>", 1)

    def _feed_page(self, number: int) -> tuple[int, str, bytes]:
        old = [each for each in self.posts.values() if not each.listed][::-1]
        start = number * self.a_feed_page
        more = f'<atom:link rel="prev-archive" href="{self.url}/archive-{number + 1}.xml"/>'
        last = start + self.a_feed_page >= len(old)
        chosen = old[start : start + self.a_feed_page]
        return 200, "application/rss+xml", self._document(chosen, "" if last else more).encode()

    def _document(self, posts: list[Written], links: str) -> str:
        items = "".join(map(self._item, posts))
        return (
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            f'xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Old</title>{links}{items}'
            "</channel></rss>"
        )

    # ── sitemaps ─────────────────────────────────────────────────────────────────────────

    def _sitemap(self, path: str) -> tuple[int, str, bytes]:
        if path == "/sitemap.xml":
            named = "".join(
                f"<sitemap><loc>{self.url}/{name}</loc></sitemap>"
                for name in ("map-category.xml", "map-1.xml.gz")
            )
            return 200, "text/xml", f"{_XML}<sitemapindex {_MAP}>{named}</sitemapindex>".encode()
        if path == "/map-1.xml.gz":
            return 200, "application/x-gzip", gzip.compress(self._places().encode())
        return 404, "text/plain", b"none"

    def _places(self) -> str:
        posts = [
            (self.address(each.slug), self._modified(each))
            for each in self.posts.values()
            if each.slug not in self.dropped
        ]
        pages = [(self.url + path, None) for path in ("/", "/about/", "/tag/slow/", *self.extra)]
        places = "".join(
            f"<url><loc>{url}</loc>" + (f"<lastmod>{when.isoformat()}</lastmod>" if when else "")
            + "</url>"
            for url, when in (*posts, *pages)
        )  # fmt: skip
        return f"{_XML}<urlset {_MAP}>{places}</urlset>"


def _refusal(status: int, code: str) -> tuple[int, str, bytes]:
    said = {"code": code, "message": "No.", "data": {"status": status}}
    return status, "application/json", json.dumps(said).encode()
