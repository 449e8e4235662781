"""What a feed does over some runs, and what `bookplate run` makes of it."""

from __future__ import annotations

from typing import Any

from tests.blog import Blog
from tests.ingest.histories import entry, rss
from tests.workplace import Workplace


def post(name: str, base: str = "https://blog.example", **more: Any) -> dict[str, Any]:
    """A short post whose id is its permalink."""
    url = f"{base}/{name}/"
    day = "abcdefghijklmnopqrstuvwxyz".index(name[0]) + 1
    return {
        "e": name,
        "id": url,
        "url": url,
        "short": True,
        "at": f"2026-05-{day:02d}T09:{day:02d}:00",
        **more,
    }


def published(place: Workplace) -> list[str]:
    return [slug for action, slug in place.done() if action == "publish"]


def test_each_really_new_post_is_published_once_whatever_the_feed_does(
    bookplate: Workplace, blog: Blog
) -> None:
    bookplate.configure(blog.feed)

    def poll(*posts: dict[str, Any]) -> list[str]:
        blog.raw_feed = rss([entry(each) for each in posts])
        bookplate("run")
        return published(bookplate)

    new = "https://new.example"
    assert poll(post("m"), post("l"), post("k")) == []
    # a new post, while the site moves and one post gets another title and slug
    assert poll(
        post("n", new), post("m", new), post("l", new), post("k", f"{new}/k-2", title="K, anew")
    ) == ["n"]
    assert poll() == ["n"]
    # all back, the window larger by many old posts, and a back-dated one above them
    old = [post(name, new) for name in "jihgfedcb"]
    back_dated = post("a-late", new)
    assert poll(back_dated, post("n", new), post("m", new), post("l", new), *old) == [
        "n",
        "a-late",
    ]
    # too many at once are held
    many = [post(name, new) for name in "zyxwvuts"]
    assert poll(*many, post("n", new), post("m", new)) == ["n", "a-late"]

    held = bookplate.jsonl("posts", "--jsonl", "--state", "held")
    assert sorted(each["title"] for each in held) == [f"About {name}" for name in "stuvwxyz"]
    moved = next(
        each
        for each in bookplate.jsonl("posts", "--jsonl", "--limit", "50")
        if each["title"] == "K, anew"
    )
    assert moved["reason"].startswith("Known by its date, though its id and address and title")
