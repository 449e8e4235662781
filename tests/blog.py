"""A blog on loopback that a test writes, edits, deletes from and breaks."""

from __future__ import annotations

import hashlib
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

FEED = "/feed.xml"
#: a book that tests/data/deliver_catalogue.jsonl knows
BOOK_LINK = "https://www.amazon.com/dp/0141439513"
_FIRST_DAY = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


@dataclass
class Written:
    """A post of the blog as it stands now."""

    slug: str
    title: str
    html: str
    published: datetime
    listed: bool = True
    status: int = 200


@dataclass
class Request:
    """What somebody asked for, and the status that answered."""

    path: str
    status: int
    headers: dict[str, str] = field(repr=False)


class Blog:
    """`requests` is all that was asked; `failing` a status that the feed answers instead."""

    def __init__(self) -> None:
        self.posts: dict[str, Written] = {}
        self.requests: list[Request] = []
        self.failing: int | None = None
        self.conditional = True
        #: a feed as it stands, instead of one made of the posts
        self.raw_feed: str | None = None
        self.robots: str | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def feed(self) -> str:
        return self.url + FEED

    def add(
        self,
        slug: str,
        title: str | None = None,
        html: str | None = None,
        *,
        day: int | None = None,
        listed: bool = True,
    ) -> str:
        """Publish a post, a day after the one before; its permalink."""
        published = _FIRST_DAY + timedelta(days=len(self.posts) if day is None else day)
        self.posts[slug] = Written(
            slug, title or f"About {slug}", html or prose(slug), published, listed
        )
        return self.address(slug)

    def edit(self, slug: str, html: str | None = None, *, title: str | None = None) -> None:
        post = self.posts[slug]
        post.html, post.title = html or post.html, title or post.title

    def delete(self, slug: str, status: int = 404) -> None:
        """Take the post from feed and page; `status` is what the page answers from now on."""
        self.posts[slug].listed, self.posts[slug].status = False, status

    def unlist(self, slug: str) -> None:
        """Let the post roll off the feed; its page stays."""
        self.posts[slug].listed = False

    def restore(self, slug: str) -> None:
        self.posts[slug].listed, self.posts[slug].status = True, 200

    def address(self, slug: str) -> str:
        return f"{self.url}/{slug}/"

    def asked(self, path: str) -> list[int]:
        """The answers that requests for this path got."""
        return [each.status for each in self.requests if each.path == path]

    def answer(self, path: str, headers: dict[str, str]) -> tuple[int, str, bytes]:
        """Status, content type and body for a path."""
        if path == FEED:
            if self.failing is not None:
                return self.failing, "text/plain", b"not now"
            return 200, "application/rss+xml; charset=utf-8", self._feed().encode()
        if path == "/":
            return 200, "text/html; charset=utf-8", self._index().encode()
        if path == "/robots.txt" and self.robots is not None:
            return 200, "text/plain", self.robots.encode()
        post = self.posts.get(path.strip("/"))
        if post is None or post.status != 200:
            return (404 if post is None else post.status), "text/plain", b"nothing here"
        return 200, "text/html; charset=utf-8", self._page(post).encode()

    def more_headers(self, path: str) -> dict[str, str]:
        """What the answer to this path says in further headers."""
        return {}

    def _index(self) -> str:
        """A page that lists the posts, for those who follow no feed."""
        listed = [each for each in self.posts.values() if each.listed]
        items = "".join(
            f'<article><h2><a href="{self.address(each.slug)}">{escape(each.title)}</a></h2>'
            "</article>"
            for each in listed
        )
        return f"<!doctype html><title>Shelf by Shelf</title><main>{items}</main>"

    def _feed(self) -> str:
        if self.raw_feed is not None:
            return self.raw_feed
        listed = [each for each in self.posts.values() if each.listed]
        items = "".join(map(self._item, sorted(listed, key=lambda each: each.published)[::-1]))
        return (
            '<?xml version="1.0" encoding="utf-8"?>'
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
            f"<channel><title>Shelf by Shelf</title><link>{self.url}/</link>"
            f"<description>Books, slowly.</description><language>en</language>{items}"
            "</channel></rss>"
        )

    def _item(self, post: Written) -> str:
        address = self.address(post.slug)
        return (
            f"<item><title>{escape(post.title)}</title><link>{address}</link>"
            f"<guid>{address}</guid><pubDate>{format_datetime(post.published)}</pubDate>"
            f"<content:encoded>{escape(post.html)}</content:encoded></item>"
        )

    def _page(self, post: Written) -> str:
        return (
            f'<!doctype html><html lang="en"><head><title>{escape(post.title)}</title>'
            f'<link rel="canonical" href="{self.address(post.slug)}"></head><body><article>'
            f"<h1>{escape(post.title)}</h1>{post.html}</article></body></html>"
        )


def prose(seed: str, *more: str) -> str:
    """A post's HTML: a paragraph that depends on the seed, a shop link, and what else is given."""
    words = " ".join(hashlib.sha256(f"{seed}{at}".encode()).hexdigest()[:6] for at in range(40))
    rest = "".join(f"<p>{each}</p>" for each in more)
    return (
        f"<p>Notes on {seed}, written down in one long evening: {words}.</p>"
        f'<p>The book is <a href="{BOOK_LINK}">at the shop</a>.</p>{rest}'
    )


def _handler(blog: Blog) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, kind, body = blog.answer(self.path, headers)
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if status == 200 and blog.conditional and headers.get("if-none-match") == tag:
                status, body = 304, b""
            blog.requests.append(Request(self.path, status, headers))
            with suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(status)
                self.send_header("content-type", kind)
                for name, value in blog.more_headers(self.path).items():
                    self.send_header(name, value)
                if status == 200 and blog.conditional:
                    self.send_header("etag", tag)
                if status != 304:
                    self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
