"""A real WordPress: found from any of its pages, its back catalogue in by every way, followed."""

from __future__ import annotations

import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.real.servers.wordpress import WordPressServer
from tests.workplace import Workplace

pytestmark = pytest.mark.real

BOOK = '<a href="https://www.amazon.com/dp/0141439513">a book</a>'
FIRST = datetime(2025, 1, 1, 10, tzinfo=UTC)
#: more than the API gives at once
COUNT = 110


@pytest.fixture(scope="module")
def site(wordpress_server: WordPressServer) -> WordPressServer:
    """110 posts, another behind a password, one that is private, and a page."""
    wordpress_server.write(*(_post(number) for number in range(COUNT)))
    wordpress_server.write(
        {**_post(500), "post_password": "sesame"}, {**_post(501), "post_status": "private"}
    )
    return wordpress_server


def _post(number: int) -> dict[str, Any]:
    words = " ".join(f"{number * 7 + at}th" for at in range(30))
    return {
        "post_title": f"Shelf {number} & more",
        "post_name": f"shelf-{number}",
        "post_content": f"<p>What stands on shelf {number}: {words}.</p><p>And {BOOK}.</p>",
        "post_date": f"{FIRST + timedelta(days=number):%Y-%m-%d %H:%M:%S}",
        "tags_input": ["slow", f"row {number % 5}"],
    }


@pytest.fixture
def place(tmp_path: Path, site: WordPressServer) -> Workplace:
    made = Workplace(tmp_path)
    made.configure(f"{site.url}/feed/")
    return made


@pytest.mark.parametrize(
    "path", ["/", "/2025/01/shelf-7/", "/category/uncategorized/", "/tag/slow/", "/about/",
             "/comments/feed/"]
)  # fmt: skip
def test_every_page_leads_to_the_feed_of_all_posts(
    place: Workplace, site: WordPressServer, path: str
) -> None:
    told = place.json("feed", site.url + path, "--discover", "--allow-private", "127.0.0.1")

    assert told["feed_url"] == f"{site.url}/feed/", told["why"]
    ways = {way["kind"]: way["posts"] for way in told["ways"]}
    assert {"wordpress", "feed-pages", "sitemap"} <= set(ways)
    assert ways["wordpress"] == COUNT + 1


@pytest.mark.parametrize(
    ("way", "first"), [("wordpress", 0), ("feed-pages", 0), ("sitemap", COUNT - 20)]
)
def test_the_back_catalogue_comes_in_and_nothing_of_it_goes_out(
    place: Workplace, site: WordPressServer, way: str, first: int
) -> None:
    since = f"{FIRST + timedelta(days=first):%Y-%m-%d}"

    told = place.json("backfill", f"--from-{way}", "--since", since, "--pause", "0")

    assert told["done"], told
    posts = place.jsonl("posts", "--jsonl", "--limit", "1000")
    slugs = {each["url"].rstrip("/").rpartition("/")[2]: each for each in posts}
    assert {f"shelf-{number}" for number in range(first, COUNT)} <= set(slugs)
    assert not {"shelf-501", "about"} & set(slugs)
    assert {each["state"] for each in posts} == {"baseline"}
    shown = slugs[f"shelf-{first + 3}"]
    assert shown["title"] == f"Shelf {first + 3} & more"
    assert shown["published"].startswith(f"{FIRST + timedelta(days=first + 3):%Y-%m-%dT%H:%M}")
    place("run")
    assert place.done() == []


def test_all_ways_know_the_same_post(place: Workplace, site: WordPressServer) -> None:
    place("backfill", "--from-wordpress", "--pause", "0")

    again = place.json("backfill", "--from-feed-pages", "--pause", "0")

    # with the post behind a password, which the feed lists without its words
    assert (again["taken"], again["known"]) == (0, COUNT + 1)


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("/feed/", 600),
        ("/wp-json/wp/v2/posts?per_page=20&orderby=modified", 601),
        ("/index.php?rest_route=/wp/v2/posts", 602),
        ("/wp-sitemap.xml", 603),
    ],
)
def test_a_new_post_goes_out_once_and_its_edit_follows(
    place: Workplace, site: WordPressServer, source: str, number: int
) -> None:
    place.configure(site.url + source)
    place("run")
    now = {**_post(number), "post_date": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"}
    (post,) = site.write(now)
    place("run")
    place("run")
    assert place.done() == [("publish", f"shelf-{number}")]

    site.write({**now, "ID": post, "post_content": f"<p>Quite other words, and {BOOK}.</p>"})
    place("run")
    place("run")
    edits = [("update", f"shelf-{number}")] if _tells_changes(site, source) else []
    assert place.done() == [("publish", f"shelf-{number}"), *edits]


def _tells_changes(site: WordPressServer, source: str) -> bool:
    """Sitemaps of WordPress have the time of the last change since 6.5."""
    if "sitemap" not in source:
        return True
    listed = urllib.request.urlopen(f"{site.url}/wp-sitemap-posts-post-1.xml").read()
    return b"<lastmod>" in listed


def test_an_edit_of_an_old_post_announces_nothing_though_the_api_lists_it_first(
    place: Workplace, site: WordPressServer
) -> None:
    place.configure(f"{site.url}/wp-json/wp/v2/posts")
    (post,) = site.write({**_post(3), "post_name": "shelf-three"})
    place("run")

    site.write({**_post(3), "ID": post, "post_content": f"<p>Quite other words, and {BOOK}.</p>"})
    told = place.json("run")

    assert told["polls"][0]["changed"] == ["Shelf 3 & more"]
    assert place.done() == []
    assert len(place.jsonl("posts", "--jsonl")) > COUNT
