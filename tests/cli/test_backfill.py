"""bookplate backfill, as people call it; and killed in the middle of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.old_blog import OldBlog
from tests.workplace import PATIENCE, Workplace


@pytest.fixture
def old() -> Iterator[OldBlog]:
    with OldBlog() as running:
        running.write(23, listed=5)
        yield running


@pytest.fixture
def own(tmp_path: Path, old: OldBlog) -> Workplace:
    place = Workplace(tmp_path)
    place.configure(old.feed)
    return place


def test_the_best_way_is_taken_and_the_others_told(own: Workplace, old: OldBlog) -> None:
    old.offers = {"wordpress", "paged", "sitemap"}

    rehearsed = own("backfill", "--dry-run", "--pause", "0").stdout
    assert "WordPress's REST API has the posts whole." in rehearsed
    assert "23 posts. Nothing was taken in." in rehearsed
    assert own("posts").stdout.startswith("No posts yet")

    said = own("backfill", "--pause", "0").stdout
    assert f"also there: --from-feed-pages ({old.feed})" in said
    assert f"also there: --from-sitemap ({old.url}/sitemap.xml)" in said
    assert "18 posts taken in, none to be announced, 5 known before." in said
    assert "nothing left to do" in own("backfill", "--pause", "0").stdout
    own("run")
    assert own.events() == []
    shown = own.jsonl("posts", "--jsonl", "--limit", "100")
    assert len(shown) == 23
    assert shown[0]["url"].endswith("/post-22/")


def test_a_named_way_as_json(own: Workplace, old: OldBlog) -> None:
    old.offers = {"wordpress", "paged"}

    told = own.json("backfill", "--from-feed-pages", "--limit", "3", "--pause", "0")

    assert (told["way"], told["taken"], told["done"]) == ("feed-pages", 3, False)
    assert [each["kind"] for each in told["others"]] == ["wordpress"]


def test_what_fails_is_named_with_exit_code_three(own: Workplace, old: OldBlog) -> None:
    old.offers = {"sitemap"}
    old.delete("post-2", status=403)

    said = own("backfill", "--pause", "0", expect=3)

    assert "/post-2/ answers 403" in said.stderr
    assert "1 failed" in said.stdout


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--from-sitemap", "--from-wordpress"), 2, "one way at a time"),
        (("--url", "https://blog.example/"), 2, "--url"),
        (("--from-sitemap",), 1, "by the sitemap: robots.txt names none"),
        (("--source", "none"), 1, 'no source "none"'),
        (("--since", "soon"), 2, "no date"),
        (("--from-sitemap", "--url", "http://127.0.0.1:9/map.xml"), 1, "127.0.0.1:9"),
    ],
)
def test_wrong_words_are_told(own: Workplace, words: tuple[str, ...], code: int, told: str) -> None:
    assert told.lower() in own("backfill", *words, "--pause", "0", expect=code).stderr.lower()


def test_killed_in_the_middle_it_goes_on_and_fetches_nothing_twice(
    own: Workplace, old: OldBlog
) -> None:
    old.offers = {"sitemap"}
    old.stalls_after = 7
    process = own.start("backfill", "--pause", "0")
    assert old.stalled.wait(PATIENCE)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    old.stalls_after = None
    old.go_on.set()
    known = {each["url"].removeprefix(old.url) for each in own.jsonl("posts", "--jsonl")}
    assert len(known) == 5 + 7
    old.requests.clear()

    own("backfill", "--pause", "0")

    pages = [each.path for each in old.requests if each.status == 200]
    again = [path for path in pages if path.startswith("/post-")]
    assert len(again) == len(set(again))
    assert not known & set(again)
    assert len(own.jsonl("posts", "--jsonl", "--limit", "100")) == 23
    own("run")
    assert own.events() == []
