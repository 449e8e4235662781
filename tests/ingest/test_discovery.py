"""From any address of a blog to the best way to follow it."""

import json
from pathlib import Path
from typing import Any

import pytest

from service.errors import Gone
from service.ingest.discovery import discover
from service.ingest.fetch import Fetcher
from service.ingest.pages import page_links
from service.ingest.ways import survey
from tests.ingest.loopback import Loopback


def feed(title: str, *links: str) -> bytes:
    whole = "<content:encoded>&lt;p>All of it.&lt;/p></content:encoded>"
    items = "".join(f"<item><title>x</title><link>{link}</link>{whole}</item>" for link in links)
    return f'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>{title}</title>{items}</channel></rss>'.encode()


def page(head: str = "", body: str = "<p>Hi, there.</p>") -> bytes:
    return (
        f'<html lang="en"><head><title>A Blog</title>{head}</head><body>{body}</body></html>'
    ).encode()


def alternate(href: str, title: str = "", kind: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


def test_an_address_that_is_a_feed_itself(server: Loopback, fetcher: Fetcher) -> None:
    url = server.serve("/rss", feed("Mine", "https://m.example/1"))
    found = discover(url, fetcher)
    assert (found.kind, found.feed_url, found.title) == ("feed", url, "Mine")
    assert found.why == "The address is itself a feed with 1 post."


def test_an_announced_feed_and_never_the_one_of_comments(
    server: Loopback, fetcher: Fetcher
) -> None:
    head = (
        alternate("/comments/feed/", "Comments Feed")
        + alternate("/wp-json/1", kind="application/json")
        + alternate("/feed/", "A Blog")
        + alternate("/atom", "A Blog", "application/atom+xml")
    )
    url = server.serve("/", page(head), content_type="text/html")
    server.serve("/comments/feed/", feed("Comments for A Blog", "x"))
    server.serve("/wp-json/1", b'{"id": 1}')
    server.serve("/feed/", feed("A Blog", "https://a.example/1", "https://a.example/2"))
    found = discover(url, fetcher)
    assert found.feed_url == server.url + "/feed/"
    assert found.why == "The page announces this feed, with 2 posts."
    assert server.url + "/atom" in found.alternatives
    assert not any("comments" in each for each in found.alternatives)


def test_a_comment_feed_that_hides_its_name(server: Loopback, fetcher: Fetcher) -> None:
    url = server.serve(
        "/post/", page(alternate("/post/feed/") + alternate("/feed/")), content_type="text/html"
    )
    server.serve("/post/feed/", feed("Comments on: Post", "x"))
    server.serve("/feed/", feed("A Blog", "https://a.example/1"))
    assert discover(url, fetcher).feed_url == server.url + "/feed/"


def test_a_feed_that_is_only_linked(server: Loopback, fetcher: Fetcher) -> None:
    url = server.serve(
        "/", page(body='<a href="/notes/index.xml">RSS</a>'), content_type="text/html"
    )
    server.serve("/notes/index.xml", feed("Notes", "https://a.example/1"))
    assert discover(url, fetcher).feed_url == server.url + "/notes/index.xml"


@pytest.mark.parametrize("path", ["/feed", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml"])
def test_a_feed_at_a_common_place(server: Loopback, fetcher: Fetcher, path: str) -> None:
    url = server.serve("/", page(), content_type="text/html")
    server.serve(path, feed("A Blog", "https://a.example/1"))
    found = discover(url, fetcher)
    assert found.feed_url == server.url + path
    assert "announces no feed, but here is one" in found.why


def test_a_page_without_a_feed_is_followed_itself(server: Loopback, fetcher: Fetcher) -> None:
    body = '<main><ul><li><a href="a/">A</a></li><li><a href="b/">B</a></li></ul></main>'
    url = server.serve("/notes/", page(body=body), content_type="text/html")
    found = discover(url, fetcher)
    assert (found.kind, found.feed_url, found.site_url) == ("page", None, url)
    assert (found.title, found.language) == ("A Blog", "en")
    assert found.why.endswith("it lists 2 posts.")


def test_a_feed_about_other_posts_is_only_an_alternative(
    server: Loopback, fetcher: Fetcher
) -> None:
    body = '<main><ul><li><a href="a/">A</a></li><li><a href="b/">B</a></li></ul></main>'
    url = server.serve("/notes/", page(body=body), content_type="text/html")
    server.serve("/feed.xml", feed("Essays", f"{server.url}/essays/1"))
    found = discover(url, fetcher)
    assert (found.kind, found.alternatives) == ("page", (server.url + "/feed.xml",))
    server.serve("/feed.xml", feed("All", f"{server.url}/notes/a/"))
    assert discover(url, fetcher).feed_url == server.url + "/feed.xml"


def test_an_announced_feed_that_is_gone_is_passed_over(server: Loopback, fetcher: Fetcher) -> None:
    url = server.serve(
        "/", page(alternate("/old.xml") + alternate("/new.xml")), content_type="text/html"
    )
    server.serve("/new.xml", feed("A Blog", "https://a.example/1"))
    assert discover(url, fetcher).feed_url == server.url + "/new.xml"


def test_a_feed_that_moved_for_good_is_given_where_it_is(
    server: Loopback, fetcher: Fetcher
) -> None:
    url = server.serve("/", page(alternate("/old.xml")), content_type="text/html")
    server.serve("/old.xml", b"", status=301, location="/new.xml")
    server.serve("/new.xml", feed("A Blog", "https://a.example/1"))
    assert discover(url, fetcher).feed_url == server.url + "/new.xml"


def test_an_address_without_a_scheme(server: Loopback, fetcher: Fetcher) -> None:
    server.serve("/", feed("Mine", "https://m.example/1"))
    assert discover(f"127.0.0.1:{server.port}", fetcher).title == "Mine"


def test_a_missing_page_is_told(server: Loopback, fetcher: Fetcher) -> None:
    with pytest.raises(Gone):
        discover(server.url + "/nothing", fetcher)


DATA = Path(__file__).parent.parent / "data" / "ingest_discovery.jsonl"
SITES = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", SITES, ids=[case["what"] for case in SITES])
def test_the_best_feed(server: Loopback, fetcher: Fetcher, case: dict[str, Any]) -> None:
    site(server, case["site"])
    found = discover(server.url + case["at"], fetcher)
    assert found.feed_url == (server.url + case["feed"] if case["feed"] else None), found.why


def site(server: Loopback, described: dict[str, Any]) -> None:
    """Serve a site as the vectors describe it: pages by head and body, feeds by their posts."""
    for path, what in described.items():
        if "feed" in what:
            posts = [server.url + post for post in what["feed"]]
            body = feed(what["title"], *posts)
            body = body if what["whole"] else body.replace(b"content:encoded", b"description")
            server.serve(path, body, content_type="application/rss+xml")
        elif "json" in what:
            items = [{"url": server.url + post, "content_text": "All."} for post in what["json"]]
            told = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
            server.serve(path, told.encode(), content_type="application/feed+json")
        else:
            made = page(what.get("head", ""), what.get("body", "<p>Hi.</p>"))
            body = what["raw"].encode() if "raw" in what else made
            server.serve(path, body, content_type="text/html", **what.get("headers", {}))


def test_a_site_that_asks_to_wait_is_not_asked_on(server: Loopback, fetcher: Fetcher) -> None:
    url = server.serve("/", page(), content_type="text/html")
    server.serve("/feed/", b"", status=429, retry_after="60")
    assert discover(url, fetcher).kind == "page"
    assert [path for path, _ in server.requests] == ["/", "/feed/"]


def test_all_the_ways_are_told(server: Loopback, fetcher: Fetcher) -> None:
    head = alternate("/feed/") + '<link rel="https://api.w.org/" href="/wp-json/">'
    url = server.serve("/", page(head), content_type="text/html")
    body = feed("A Blog", f"{server.url}/a/")
    server.serve("/feed/", body, link='<https://hub.example/>; rel="hub"')
    server.serve("/feed/?paged=2", feed("A Blog", f"{server.url}/b/"))
    server.serve("/wp-json/wp/v2/posts?per_page=1&_fields=id", b'[{"id": 7}]', x_wp_total="812")
    server.serve("/robots.txt", f"Sitemap: {server.url}/map.xml".encode())
    found, ways = survey(url, fetcher)
    assert (found.feed_url, found.platform) == (server.url + "/feed/", "WordPress")
    assert [(way.kind, way.url.removeprefix(server.url), way.posts) for way in ways] == [
        ("feed", "/feed/", None),
        ("hub", "https://hub.example/", None),
        ("wordpress", "/wp-json/wp/v2/posts", 812),
        ("feed-pages", "/feed/", None),
        ("sitemap", "/map.xml", None),
    ]


# ── index pages ──────────────────────────────────────────────────────────────────────────

URL = "https://blog.example/notes/"


def links(body: str) -> list[str]:
    return [each.removeprefix("https://blog.example") for each in page_links(body, url=URL)]


def test_h_entry_permalinks_in_order() -> None:
    entry = '<div class="h-entry"><a href="/tag/x">x</a><a class="u-url" href="{}">a</a></div>'
    assert links(entry.format("/b") + entry.format("/a")) == ["/b", "/a"]


def test_links_of_articles() -> None:
    body = (
        '<article><a href="/a"><img></a><h2><a href="/a#top">A</a></h2><a href="/z">z</a></article>'
        '<article><h3><a href="b">B</a></h3></article>'
    )
    assert links(body) == ["/a", "/notes/b"]


def test_links_of_headings() -> None:
    body = '<h2><a href="/a">A</a></h2><p><a href="/x">x</a></p><a href="/b"><h2>B</h2></a>'
    assert links(body) == ["/a", "/b"]


def test_links_of_lists_in_the_main_part() -> None:
    body = (
        '<nav><ul><li><a href="/about">About</a></li></ul></nav>'
        '<header class="site-header"><ul><li><a href="/now">Now</a></li></ul></header>'
        '<main><ul><li><a href="one/">One</a> <a href="/tag/y">y</a></li>'
        '<li><a href="two/">Two</a></li></ul></main>'
        '<footer><p><a href="/imprint">I</a></p></footer>'
    )
    assert links(body) == ["/notes/one/", "/notes/two/"]


def test_only_posts_of_the_same_host_and_each_once() -> None:
    item = '<li><a href="{}">x</a></li>'
    hrefs = (
        "https://www.blog.example/a", "/a/", "https://other.example/b", "/page/2/", "/tag/t",
        "/feed.xml", "/pic.jpg", "mailto:x@y.example", "#top", "/notes/", "/", "//blog.example/c",
    )  # fmt: skip
    found = page_links("".join(item.format(href) for href in hrefs), url=URL)
    assert found == ("https://www.blog.example/a", "https://blog.example/c")


def test_a_page_without_links_lists_nothing() -> None:
    assert page_links(b"", url=URL) == ()
    assert page_links("<p>Hi</p>", url=URL) == ()
