"""What a post would become: as `run` would have it, with nothing sent or remembered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.adapters.catalogues.services import Services
from tests.blog import Blog
from tests.workplace import Workplace

LINKED = '<p>I go back to <a href="https://www.amazon.com/dp/1455586692">Sawdust Sonnets</a>.</p>'
NAMED = "<p>I finished reading <em>Sawdust Sonnets</em> by Jane Tallow, a book about mills.</p>"
UNKNOWN = "<p>I finished reading <em>The Patient Foreman</em> by Jane Tallow, a fine book.</p>"


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path)


def mention(place: Workplace, html: str) -> Any:
    """The book named in a post, as preview finds it."""
    (place.folder / "post.html").write_text(f"<h1>A day</h1>{html}", "utf-8")
    found = place.json("preview", "post.html")["findings"]
    return next(each for each in found if each["kind"] == "book_mention")


def test_without_a_configuration_it_needs_nothing(place: Workplace) -> None:
    (place.folder / "post.html").write_text(f"<h1>A day</h1>{LINKED}", "utf-8")

    said = place("preview", "post.html", "--tag", "com=me-20", "--channel", "feed").stdout

    assert "tag=me-20" in said
    assert [each.name for each in place.folder.iterdir()] == ["post.html"]


def test_bytes_that_are_no_characters_are_shown_as_such(place: Workplace) -> None:
    (place.folder / "post.html").write_bytes(b"<p>A \x9d byte, and " + LINKED.encode())

    assert "Sawdust Sonnets" in place("preview", "post.html").stdout


def test_it_makes_no_database(place: Workplace) -> None:
    place.configure("http://127.0.0.1:9/feed.xml")

    assert mention(place, NAMED)
    assert {each.name for each in place.folder.iterdir()} == {"bookplate.toml", "post.html"}


def test_books_that_the_blogger_linked_before_are_known(place: Workplace) -> None:
    with Blog() as blog:
        place.configure(blog.feed)
        before = mention(place, NAMED)
        blog.add("old", html=LINKED)
        place("run")

    found = mention(place, NAMED)

    assert before["isbn10"] is None
    assert found["isbn10"] == "1455586692"
    assert any("you linked it" in why for why in found["why"])


def test_what_the_blogger_decided_is_known(place: Workplace) -> None:
    with Blog() as blog:
        place.configure(blog.feed)
        place("run")
    place("review", "reject", "Sawdust Sonnets")

    assert mention(place, NAMED)["decision"] == "ignore"


def test_online_catalogues_are_asked_and_their_answers_not_kept(place: Workplace) -> None:
    with Services() as services:
        more = (
            f'[online]\ncatalogues = ["openlibrary"]\n[online.openlibrary]\nurl = "{services.url}"'
        )
        place.configure("http://127.0.0.1:9/feed.xml", more=more)

        found = [mention(place, UNKNOWN) for _ in range(2)]

    assert [each["isbn10"] for each in found] == ["0306406152"] * 2
    assert "Open Library knows this book" in found[0]["why"]
    assert not (place.folder / "bookplate.db").exists()


def test_a_database_that_cannot_be_opened_is_said_and_does_without(place: Workplace) -> None:
    place.configure("http://127.0.0.1:9/feed.xml")
    (place.folder / "bookplate.db").write_text("These are only words. " * 400)
    (place.folder / "post.html").write_text(f"<h1>A day</h1>{LINKED}", "utf-8")

    done = place("preview", "post.html")

    assert "is not a database" in done.stderr
    assert "tag=shelf-20" in done.stdout


def test_a_marketplace_without_an_id_is_told_with_the_line_that_sets_it(place: Workplace) -> None:
    place.configure("http://127.0.0.1:9/feed.xml")
    german = LINKED.replace("amazon.com", "amazon.de")
    (place.folder / "post.html").write_text(f"<h1>A day</h1>{german}", "utf-8")

    told = place.json("preview", "post.html")

    (note,) = told["renditions"][0]["notes"]
    assert note.startswith("No tracking id for amazon.de: its links stay untagged. ")
    assert 'Add "amazon.de" = "…" under [affiliate.amazon]' in note
    assert 'Add "amazon.de" = "…" under [affiliate.amazon]' in told["findings"][0]["why"][-1]
