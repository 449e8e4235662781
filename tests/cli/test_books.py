"""`bookplate books`: the ledger, one book, a correction and its undoing."""

from __future__ import annotations

import pytest

from tests.blog import Blog
from tests.workplace import Workplace

MINE = "https://www.amazon.com/dp/0679783261"
LINKED = (
    f'<p>My copy of the novel <a href="{MINE}"><em>Pride and Prejudice</em></a> fell apart.</p>'
)
MENTION = "<p>I read <em>The Housekeeper and the Professor</em> by Yoko Ogawa, a novel.</p>"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """A workplace that knows an old post with two books; each test leaves it as it was."""
    made = Workplace(tmp_path_factory.mktemp("books"))
    with Blog() as blog:
        made.configure(blog.feed)
        blog.add("old", html=LINKED + MENTION)
        made("run")
    return made


def test_the_ledger_is_shown_corrected_and_put_back(place: Workplace) -> None:
    linked, named = place.jsonl("books", "--jsonl")
    assert (linked["title"], linked["isbn13"]) == ("Pride and Prejudice", "9780679783268")
    assert [(each["how"], each["url"]) for each in linked["places"]] == [("linked by you", MINE)]
    assert (named["places"][0]["how"], named["number_from"]) == ("named", "the catalogue")
    assert place.json("books") == [linked, named]
    assert place.json("books", "show", str(linked["id"])) == linked
    table = place("books", "--title", "pride").stdout
    assert "9780679783268" in table
    assert "Housekeeper" not in table

    said = place("books", "correct", str(linked["id"]), "--isbn", "978-0-14-143951-8").stdout
    assert "ISBN 9780141439518" in said
    assert place.json("books", "show", str(linked["id"]))["asin"] == "0141439513"
    place("books", "correct", str(linked["id"]), "--undo")
    assert place.json("books", "show", str(linked["id"])) == linked


def test_a_number_that_the_catalogue_has_for_another_book_is_taken_with_a_warning(
    place: Workplace,
) -> None:
    (linked, _) = place.jsonl("books", "--jsonl")
    words = ("books", "correct", str(linked["id"]), "--isbn", "9780312427801")

    said, told = place(*words).stdout, place.json(*words)
    for _ in range(2):
        place("books", "correct", str(linked["id"]), "--undo")

    assert "Look again: The catalogue knows ISBN 9780312427801 as another book: “The House" in said
    assert "--undo" in said
    assert told["known_as"]["title"] == "The Housekeeper and the Professor"
    assert told["book"]["edition"]["isbn13"] == "9780312427801"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["1", "--isbn", "9780141439519"], "no book’s number"),
        (["1", "--asin", "not-an-asin"], "no book’s number"),
        (["1"], "Say what is right"),
        (["1", "--search", "--asin", "B00L9B7IKE"], "Say what is right"),
        (["99", "--search"], "no book 99"),
        (["1", "--undo"], "nothing to undo"),
    ],
)
def test_a_wrong_correction_says_what_is_wrong(
    place: Workplace, words: list[str], says: str
) -> None:
    done = place("books", "correct", *words, expect=2)
    assert says in done.stderr
