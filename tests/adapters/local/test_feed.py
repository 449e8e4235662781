"""The republished feed: three formats that validate, one item a post, dates that stay."""

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.local.feed import Feed
from service.errors import RemoteGone, RenditionRejected, SettingsError
from service.model import Published, Rendition
from tests.adapters.notebook import Notebook, article, context, letter

NOTHING = Notebook()
URL = "https://blog.example/three-winters/"
SERVED = "https://blog.example/feeds/shelf"
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


def channel(folder: Path, **options: Any) -> Feed:
    return Feed("shelf", Feed.Options("feeds", **options), context(folder))


def parsed(folder: Path, suffix: str) -> Any:
    result = feedparser.parse((folder / "feeds" / f"shelf{suffix}").read_bytes())
    assert not result.bozo
    return result


def json_feed(folder: Path) -> dict[str, Any]:
    feed: dict[str, Any] = json.loads((folder / "feeds/shelf.json").read_text("utf-8"))
    return feed


# ── strict readings of the three specifications ──────────────────────────────────────────


def check_rss(data: bytes) -> None:
    root = ElementTree.fromstring(data)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    (rss,) = root
    for name in ("title", "link", "description"):
        assert len(rss.findall(name)) == 1
        assert rss.findtext(name)
    if rss.find("lastBuildDate") is not None:
        assert parsedate_to_datetime(rss.findtext("lastBuildDate", "")).tzinfo is not None
    guids = []
    for item in rss.findall("item"):
        assert item.findtext("title") or item.findtext("description")
        for name in ("title", "link", "guid", "pubDate", "description"):
            assert len(item.findall(name)) == 1
        assert parsedate_to_datetime(item.findtext("pubDate", "")).tzinfo is not None
        assert urlsplit(item.findtext("link", "")).scheme in ("http", "https")
        guid = item.find("guid")
        assert guid is not None
        if guid.get("isPermaLink", "true") == "true":
            assert urlsplit(guid.text or "").scheme in ("http", "https")
        guids.append(guid.text)
        assert item.find(CONTENT) is not None
    assert len(set(guids)) == len(guids)
    known = {"title", "link", "description", "lastBuildDate", "item"}
    assert {e.tag for e in rss if not e.tag.startswith("{")} <= known


def check_atom(data: bytes) -> None:
    feed = ElementTree.fromstring(data)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert len(feed.findall(ATOM + name)) == 1
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    ids = [feed.findtext(f"{ATOM}id")]
    for entry in feed.findall(f"{ATOM}entry"):
        for name in ("id", "title", "updated", "content"):
            assert len(entry.findall(ATOM + name)) == 1
        links = [link for link in entry.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(links) == 1
        ids.append(entry.findtext(f"{ATOM}id"))
    assert all(urlsplit(each or "").scheme for each in ids)
    assert len(set(ids)) == len(ids)
    for name in ("updated", "published"):
        for moment in feed.iter(ATOM + name):
            assert RFC3339.fullmatch(moment.text or "")


def check_json(data: bytes) -> None:
    feed = json.loads(data)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    for name in ("home_page_url", "feed_url"):
        assert urlsplit(feed.get(name, "https://x.example")).scheme in ("http", "https")
    ids = []
    for item in feed["items"]:
        ids.append(item["id"])
        assert isinstance(item["id"], str)
        assert isinstance(item["content_html"], str)
        assert RFC3339.fullmatch(item["date_published"])
        assert RFC3339.fullmatch(item.get("date_modified", item["date_published"]))
        assert all(isinstance(author["name"], str) for author in item.get("authors", []))
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
    assert len(set(ids)) == len(ids)


def check(folder: Path) -> None:
    for suffix, strict in ((".xml", check_rss), (".atom", check_atom), (".json", check_json)):
        strict((folder / "feeds" / f"shelf{suffix}").read_bytes())


# ── behaviour ────────────────────────────────────────────────────────────────────────────


def test_a_post_stands_in_all_three_formats(tmp_path: Path) -> None:
    html = '<p>I read <a href="https://shop.example/?a=1&amp;tag=x-20">it</a>.</p>'
    rendition = article("Winter & <snow>", html=html)
    channel(tmp_path, description="Of books.", self_url=f"{SERVED}.xml").publish(
        rendition, "k", NOTHING
    )
    check(tmp_path)
    for suffix in (".xml", ".atom"):
        feed = parsed(tmp_path, suffix)
        assert feed.feed.title == "A Blog of Books"
        assert (SERVED + suffix) in [link.href for link in feed.feed.links if link.rel == "self"]
        (entry,) = feed.entries
        assert (entry.id, entry.link) == (URL, URL)
        assert entry.content[0].value == html
        assert entry.author == "Ada Lindqvist"
        assert [tag.term for tag in entry.tags] == ["books", "winter reading"]
        assert entry.published_parsed[:5] == (2026, 11, 3, 8, 30)
    (item,) = json_feed(tmp_path)["items"]
    assert (item["id"], item["title"], item["content_html"]) == (URL, "Winter & <snow>", html)
    assert json_feed(tmp_path)["feed_url"] == f"{SERVED}.json"


def test_an_empty_feed_is_a_feed(tmp_path: Path) -> None:
    channel(tmp_path).verify()
    check(tmp_path)
    assert parsed(tmp_path, ".atom").entries == []


def test_a_repeated_publish_changes_no_byte(tmp_path: Path) -> None:
    feed = channel(tmp_path)
    first = feed.publish(article(published=None), "k", NOTHING)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "feeds").glob("shelf.*")}
    assert feed.publish(article(published=None), "k", NOTHING) == first
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "feeds").glob("shelf.*")}
    assert (len(before), after) == (3, before)


def test_an_update_keeps_id_and_first_date_and_says_when(tmp_path: Path) -> None:
    feed = channel(tmp_path)
    published = feed.publish(article(), "k", NOTHING)
    feed.update(published, article("Four winters"), "k2", NOTHING)
    check(tmp_path)
    (item,) = json_feed(tmp_path)["items"]
    assert (item["id"], item["title"]) == (URL, "Four winters")
    assert item["date_published"] == "2026-11-03T08:30:00Z"
    assert item["date_modified"] > item["date_published"]


def test_a_post_that_moved_keeps_its_id(tmp_path: Path) -> None:
    feed = channel(tmp_path)
    published = feed.publish(article(), "k", NOTHING)
    feed.update(published, article(url="https://blog.example/moved/"), "k2", NOTHING)
    check(tmp_path)
    (item,) = json_feed(tmp_path)["items"]
    assert (item["id"], item["url"]) == (URL, "https://blog.example/moved/")


def test_a_withdrawn_post_is_in_no_format(tmp_path: Path) -> None:
    feed = channel(tmp_path)
    published = feed.publish(article(), "k", NOTHING)
    feed.publish(article(url="https://blog.example/other/"), "k1", NOTHING)
    for _ in range(2):
        feed.withdraw(published, "k2", NOTHING)
    check(tmp_path)
    assert [item["id"] for item in json_feed(tmp_path)["items"]] == ["https://blog.example/other/"]
    with pytest.raises(RemoteGone):
        feed.update(published, article(), "k3", NOTHING)


def test_the_latest_posts_come_first_and_no_more_than_the_limit(tmp_path: Path) -> None:
    feed = channel(tmp_path, limit=3)
    for day in (4, 1, 5, 2, 3):
        url = f"https://blog.example/{day}/"
        moment = datetime(2026, 11, day, tzinfo=UTC)
        feed.publish(article(url=url, published=moment), f"k{day}", NOTHING)
    check(tmp_path)
    for suffix in (".xml", ".atom"):
        assert [entry.link[-2] for entry in parsed(tmp_path, suffix).entries] == ["5", "4", "3"]


@pytest.mark.parametrize("broken", ["shelf.xml", "shelf.atom", "shelf.json"])
def test_a_feed_that_a_crash_left_behind_is_made_by_the_retry(tmp_path: Path, broken: str) -> None:
    feed = channel(tmp_path)
    feed.publish(article(), "k", NOTHING)
    path = tmp_path / "feeds" / broken
    path.write_bytes(path.read_bytes()[:50])
    (tmp_path / "feeds" / f".{broken}.part").write_bytes(b"half")
    feed.publish(article(), "k", NOTHING)
    check(tmp_path)
    assert not list((tmp_path / "feeds").glob(".*.part"))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(max_size=40), html=st.text(max_size=80), tag=st.text(min_size=1, max_size=9))
def test_whatever_a_post_says_the_feeds_stay_well_formed(
    tmp_path: Path, title: str, html: str, tag: str
) -> None:
    channel(tmp_path).publish(article(title or "x", html=html, tags=(tag,)), "k", NOTHING)
    check(tmp_path)


def test_other_forms_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RenditionRejected, match="letter"):
        channel(tmp_path).publish(letter(), "k", NOTHING)


def test_a_name_that_is_a_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        Feed("../shelf", Feed.Options("feeds"), context(tmp_path))


def test_publishing_names_the_feed(tmp_path: Path) -> None:
    rendition: Rendition = article()
    published = channel(tmp_path).publish(rendition, "k", NOTHING)
    assert published == Published(URL, (tmp_path / "feeds/shelf.xml").as_uri())
