"""What archives are read from: Link headers, sitemaps, permalinks, the JSON of WordPress."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import FetchError, TooLarge, UnreadableInput
from service.ingest import sitemap, wordpress
from service.ingest.blog_page import BlogPage
from service.ingest.fetch import Fetched, Fetcher
from service.ingest.link_header import header_links
from service.ingest.permalinks import is_about_the_site, permalink_test
from tests.ingest.loopback import Loopback

BASE = "https://b.example/x/"

# ── Link headers ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("", []),
        ("</a>; rel=next", [("https://b.example/a", ("next",))]),
        ('<a>; rel="Next last", <b>', [("https://b.example/x/a", ("next", "last")),
                                       ("https://b.example/x/b", ())]),
        ('<a,b>; title="x, <y>; rel=z"; rel=self', [("https://b.example/x/a,b", ("self",))]),
        ('<a>; title="a \\"b\\""; rel=hub; rel=other', [("https://b.example/x/a", ("hub",))]),
        ("<mailto:ada@b.example>; rel=author", []),
        ('<a>; rel=up; anchor="/elsewhere"', []),
        ("nonsense", []),
    ],
)  # fmt: skip
def test_links_in_headers(value: str, found: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(link.url, link.rels) for link in header_links(value, BASE)] == found


@given(st.text(alphabet='<>;,="\\ \tabrel/', max_size=200))
def test_any_header_is_read(value: str) -> None:
    assert all(link.url.startswith("https://") for link in header_links(value, BASE))


# ── sitemaps ─────────────────────────────────────────────────────────────────────────────

NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
URLS = (
    f"<urlset {NAMESPACE} xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>"
    "<url><loc> https://b.example/a?x=1&amp;y=2 </loc><lastmod>2024-05-01</lastmod>"
    "<image:image><image:loc>https://b.example/a.jpg</image:loc></image:image></url>"
    "<url><loc>/b</loc></url><url><lastmod>2024</lastmod></url></urlset>"
)
PLACES = [
    ("https://b.example/a?x=1&y=2", datetime(2024, 5, 1, tzinfo=UTC)),
    ("https://b.example/b", None),
]


@pytest.mark.parametrize(
    ("body", "places"),
    [
        (URLS.encode(), PLACES),
        (gzip.compress(URLS.encode()), PLACES),
        (b"\xef\xbb\xbf" + URLS.encode(), PLACES),
        (URLS.replace("</urlset>", "").encode(), PLACES),
        (URLS.replace(NAMESPACE, "").encode(), PLACES),
        (b"https://b.example/b\nhttps://b.example/c\n", [("https://b.example/b", None),
                                                       ("https://b.example/c", None)]),
        (f"<urlset {NAMESPACE}/>".encode(), []),
        (b"<rss><channel><title>x</title><item><link>https://b.example/b</link></item></channel>"
         b"</rss>", [("https://b.example/b", None)]),
    ],
)  # fmt: skip
def test_sitemaps_of_every_form(body: bytes, places: list[tuple[str, datetime | None]]) -> None:
    found = sitemap.read_sitemap(body, "https://b.example/sitemap.xml")
    assert [tuple(place) for place in found.places] == places


@pytest.mark.parametrize("body", [b"", b"<html><p>No.</p></html>", b"{}", b"\x1f\x8bbroken"])
def test_what_is_no_sitemap_is_told(body: bytes) -> None:
    with pytest.raises(UnreadableInput):
        sitemap.read_sitemap(body, BASE)


def test_a_bomb_ends_in_an_error() -> None:
    with pytest.raises(TooLarge):
        sitemap.read_sitemap(gzip.compress(b" " * (51 * 1024 * 1024)), BASE)


def test_entities_are_not_opened() -> None:
    bomb = (
        '<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">'
        '<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        f"<urlset {NAMESPACE}><url><loc>https://b.example/&b;&f;</loc></url></urlset>"
    )
    found = sitemap.read_sitemap(bomb.encode(), BASE)
    assert all(len(place.url) < 30 for place in found.places)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_sitemap_or_an_error(body: bytes) -> None:
    with suppress(UnreadableInput):
        sitemap.read_sitemap(body, BASE)


def index(server: Loopback, *names: str) -> str:
    named = "".join(f"<sitemap><loc>{server.url}/{name}</loc></sitemap>" for name in names)
    return server.serve("/index.xml", f"<sitemapindex {NAMESPACE}>{named}</sitemapindex>".encode())


def urls(server: Loopback, name: str, *paths: str) -> None:
    listed = "".join(f"<url><loc>{server.url}{path}</loc></url>" for path in paths)
    server.serve(f"/{name}", f"<urlset {NAMESPACE}>{listed}</urlset>".encode())


@pytest.mark.parametrize(
    ("of_posts", "of_others"),
    [
        ("wp-sitemap-posts-post-1.xml", ("wp-sitemap-posts-page-1.xml", "wp-sitemap-users-1.xml",
                                         "wp-sitemap-taxonomies-category-1.xml")),
        ("post-sitemap2.xml", ("page-sitemap.xml", "post_tag-sitemap.xml", "author-sitemap.xml")),
        ("sitemap-posts.xml", ("sitemap-pages.xml", "sitemap-tags.xml", "sitemap-authors.xml")),
        ("sitemap-pt-post-2024-05.xml", ("sitemap-misc.xml", "sitemap-pt-page-2024-05.xml",
                                         "sitemap-tax-category.xml")),
        ("blog-articles.xml", ("products.xml", "video-sitemap.xml")),
    ],
)  # fmt: skip
def test_only_the_sitemap_of_posts_is_read(
    server: Loopback, fetcher: Fetcher, of_posts: str, of_others: tuple[str, ...]
) -> None:
    url = index(server, of_others[0], of_posts, *of_others[1:])
    for name in of_others:
        urls(server, name, f"/{name}/")
    urls(server, of_posts, "/a-post/")
    found = sitemap.listed([url], server.url, fetcher)
    assert [place.url for place in found.places] == [f"{server.url}/a-post/"]
    assert found.certain


def test_indexes_in_circles_end(server: Loopback, fetcher: Fetcher) -> None:
    url = index(server, "index.xml", "map.xml", "none.xml")
    urls(server, "map.xml", "/a/", "/tag/x/", "/", "/pic.jpg")
    found = sitemap.listed([url], server.url, fetcher)
    assert [place.url for place in found.places] == [f"{server.url}/a/"]
    assert not found.certain
    assert len(found.failed) == 1


def test_the_newest_come_first(server: Loopback, fetcher: Fetcher) -> None:
    urls(server, "map.xml", "/2021/03/b/", "/2023/01/a/", "/2021/11/c/", "/d/")
    found = sitemap.listed([f"{server.url}/map.xml"], server.url, fetcher)
    assert [place.url[-2] for place in found.places] == ["a", "c", "b", "d"]


def test_a_sitemap_that_cannot_be_had_is_told(server: Loopback, fetcher: Fetcher) -> None:
    with pytest.raises(FetchError):
        sitemap.listed([f"{server.url}/none.xml"], server.url, fetcher)


@pytest.mark.parametrize("path", ["sitemap.xml", "wp-sitemap.xml", "sitemap_index.xml"])
def test_a_sitemap_at_a_usual_place(server: Loopback, fetcher: Fetcher, path: str) -> None:
    server.serve("*", b"<html>nothing here</html>")
    urls(server, path, "/a/")
    assert sitemap.find_sitemap(server.url + "/blog/", fetcher) == (f"{server.url}/{path}",)


def test_those_that_robots_txt_names(server: Loopback, fetcher: Fetcher) -> None:
    server.serve("/robots.txt", b"User-agent: *\nDisallow: /x\nsitemap: /one.xml\nSITEMAP:/two.xml")
    found = sitemap.find_sitemap(server.url, fetcher)
    assert found == (f"{server.url}/one.xml", f"{server.url}/two.xml")


# ── permalinks ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("known", "like", "unlike"),
    [
        ([f"/2024/0{n}/post-{n}/" for n in range(1, 6)], ["/2011/12/old/"], ["/about/", "/2024/"]),
        ([f"/blog/post-{n}" for n in range(5)], ["/blog/old"], ["/shop/mug", "/blog", "/about"]),
        ([f"/post-{n}/" for n in range(5)], [], ["/old/", "/about/"]),
        ([f"/blog/{2020 + n}/a.html" for n in range(5)], ["/blog/2011/b.html"], ["/blog/c.html"]),
        ([], [], ["/a/"]),
    ],
)
def test_the_form_of_permalinks(known: list[str], like: list[str], unlike: list[str]) -> None:
    test = permalink_test(f"https://b.example{path}" for path in known)
    assert [path for path in (*like, *unlike) if test(f"https://b.example{path}")] == like


def test_pages_that_every_site_has() -> None:
    assert is_about_the_site("https://b.example/About/")
    assert is_about_the_site("https://b.example/de/impressum.html")
    assert not is_about_the_site("https://b.example/about-a-book/")
    assert not is_about_the_site("https://b.example/")


@pytest.mark.parametrize(
    ("head", "body", "kind"),
    [
        ("", '<body class="single single-post postid-7">', "post"),
        ('<meta name="generator" content="WordPress 6">', '<body class="page page-id-2">', "other"),
        ("", '<body class="post-template tag-x">', "post"),
        ("", '<body class="page-template">', "other"),
        ("", '<body><article class="post-1 page type-page hentry">', "other"),
        ('<meta property="article:published_time" content="2024-05-01">', "<body>", "post"),
        ('<meta property="og:type" content="website">', "<body>", "other"),
        ('<script type="application/ld+json">{"@type": "WebPage"}</script>', "<body>", "unsure"),
        ('<script type="application/ld+json">{"@type": "BlogPosting"}</script>', "<body>", "post"),
        ("", '<div class="h-entry"><time class="dt-published">2024</time></div>', "post"),
        ("", '<article><h2><a href="/a">A</a></h2></article>' * 3, "list"),
        ("", "<p>Words.</p>", "unsure"),
    ],
)
def test_what_a_page_is(head: str, body: str, kind: str) -> None:
    html = f"<html><head>{head}</head>{body}<p>Some words.</p></html>"
    assert BlogPage(Fetched(BASE, 200, html.encode())).kind == kind


# ── WordPress ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("head", "endpoint"),
    [
        ('<link rel="https://api.w.org/" href="https://b.example/wp-json/">',
         "https://b.example/wp-json/wp/v2/posts"),
        ('<link rel="https://api.w.org/" href="https://b.example/index.php?rest_route=/">',
         "https://b.example/index.php?rest_route=%2Fwp%2Fv2%2Fposts"),
        ('<meta name="generator" content="WordPress.com">',
         "https://public-api.wordpress.com/wp/v2/sites/b.example/posts"),
        ("", None),
    ],
)  # fmt: skip
def test_where_wordpress_lists_its_posts(head: str, endpoint: str | None) -> None:
    page = BlogPage(Fetched(BASE, 200, f"<html><head>{head}</head><p>x</p></html>".encode()))
    assert wordpress.posts_endpoint(page) == endpoint


@pytest.mark.parametrize("body", [b"<html>Log in</html>", b'{"code": "x"}', b"[1]", b"[" * 100_000])
def test_what_is_no_list_of_posts_is_told(server: Loopback, fetcher: Fetcher, body: bytes) -> None:
    server.serve("*", body, content_type="application/json")
    with pytest.raises(UnreadableInput) as told:
        wordpress.posts_page(server.url + "/posts", fetcher, number=1)
    assert "--from-sitemap" in str(told.value)


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["guid", "link", "title", "content", "rendered", "_embedded", "author",
                         "wp:term", "name", "date_gmt", "protected", "wp:featuredmedia"]),
        inner, max_size=4),
    max_leaves=12,
))  # fmt: skip
def test_posts_of_any_shape_are_read(thing: object) -> None:
    body = json.dumps([thing if isinstance(thing, dict) else {"content": thing}]).encode()

    class Door:
        def get(
            self, url: str, *, max_bytes: int = 0, accept: str = "", scraping: bool = False
        ) -> Fetched:
            return Fetched(url, 200, body)

    found = wordpress.posts_page("https://b.example/posts", Door(), number=1)
    assert len(found.entries) + len(found.hidden) <= 1
