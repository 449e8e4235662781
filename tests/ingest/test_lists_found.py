"""Blogs without a feed that list their posts all the same: WordPress's API and sitemaps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.ingest.discovery import discover
from service.ingest.fetch import Fetcher
from service.ingest.ways import survey
from service.ingest.wordpress_lists import posts_endpoint
from tests.old_blog import POSTS, OldBlog

SITE = "https://b.example"
HOSTED = "https://public-api.wordpress.com/wp/v2/sites/b.wordpress.com"


@pytest.fixture
def blog() -> Iterator[OldBlog]:
    """A blog whose feed is gone."""
    with OldBlog() as running:
        running.write(7, listed=7)
        running.failing = 404
        yield running


@pytest.mark.parametrize(
    ("address", "endpoint"),
    [
        (f"{SITE}/wp-json/wp/v2/posts", f"{SITE}/wp-json/wp/v2/posts"),
        (f"{SITE}/wp-json/wp/v2/posts/?per_page=9&orderby=modified&page=2#x",
         f"{SITE}/wp-json/wp/v2/posts"),
        (f"{SITE}/wp-json/wp/v2/posts?categories=3&_fields=id",
         f"{SITE}/wp-json/wp/v2/posts?categories=3"),
        (f"{SITE}/wp-json/wp/v2/reviews", f"{SITE}/wp-json/wp/v2/reviews"),
        (f"{SITE}/wp-json/wp/v2", f"{SITE}/wp-json/wp/v2/posts"),
        (f"{SITE}/en/wp-json/", f"{SITE}/en/wp-json/wp/v2/posts"),
        (f"{SITE}/api/wp/v2/posts", f"{SITE}/api/wp/v2/posts"),
        (f"{SITE}/index.php?rest_route=/wp/v2/posts&per_page=5",
         f"{SITE}/index.php?rest_route=%2Fwp%2Fv2%2Fposts"),
        (f"{SITE}/?rest_route=/", f"{SITE}/?rest_route=%2Fwp%2Fv2%2Fposts"),
        (f"{HOSTED}/posts", f"{HOSTED}/posts"),
        (f"{HOSTED}", f"{HOSTED}/posts"),
        (f"{SITE}/wp-json/wp/v2/posts/12", None),
        (f"{SITE}/wp-json/oembed/1.0/embed", None),
        (f"{SITE}/?rest_route=/oembed/1.0", None),
        (f"{SITE}/feed/", None),
        (f"{SITE}/", None),
    ],
)  # fmt: skip
def test_the_api_is_known_by_its_address(address: str, endpoint: str | None) -> None:
    assert posts_endpoint(address) == endpoint


def test_the_api_is_followed_where_there_is_no_feed(blog: OldBlog, fetcher: Fetcher) -> None:
    blog.offers = {"wordpress", "sitemap"}

    found, ways = survey(f"{blog.url}/", fetcher)

    assert (found.kind, found.feed_url) == ("wordpress", blog.url + POSTS)
    assert found.why == "No feed was found; WordPress's API is followed, with 7 posts."
    assert found.title == "Shelf by Shelf"
    assert [way.kind for way in ways] == ["wordpress", "sitemap"]


def test_a_feed_comes_before_the_api(blog: OldBlog, fetcher: Fetcher) -> None:
    blog.offers, blog.failing = {"wordpress"}, None

    assert discover(f"{blog.url}/", fetcher).kind == "feed"


def test_an_api_that_is_closed_is_not_followed(blog: OldBlog, fetcher: Fetcher) -> None:
    blog.offers = {"wordpress", "closed"}

    assert discover(f"{blog.url}/", fetcher).kind == "page"


def test_a_page_that_lists_posts_comes_before_the_sitemap(blog: OldBlog, fetcher: Fetcher) -> None:
    blog.offers = {"sitemap"}

    assert discover(f"{blog.url}/", fetcher).kind == "page"


def test_the_sitemap_is_followed_where_no_page_lists_posts(blog: OldBlog, fetcher: Fetcher) -> None:
    blog.offers = {"sitemap"}
    blog.extra["/"] = ("text/html", "<title>Hello</title><p>Nothing but words.</p>")

    found = discover(f"{blog.url}/", fetcher)

    assert (found.kind, found.feed_url) == ("sitemap", f"{blog.url}/sitemap.xml")
    assert found.why.startswith("No feed and no list of posts was found; the sitemap is followed")


@pytest.mark.parametrize(("path", "kind"), [(POSTS, "wordpress"), ("/sitemap.xml", "sitemap")])
def test_an_address_that_is_such_a_list_itself(
    blog: OldBlog, fetcher: Fetcher, path: str, kind: str
) -> None:
    blog.offers = {"wordpress", "sitemap"}

    found = discover(blog.url + path, fetcher)

    assert (found.kind, found.feed_url) == (kind, blog.url + path)
