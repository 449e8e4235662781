"""The blog's own archive is a catalogue, its books stand in a ledger, a correction reaches all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service.deliver import desk, ledger, polling
from service.deliver.ledger import Consequences
from service.errors import UsageError
from service.model import Book, Edition, Ruling
from service.store import ledger as views
from service.store.ledger import BookView
from tests.blog import Blog
from tests.deliver.conftest import on_sqlite
from tests.deliver.rig import Rig

#: another edition than the one that the catalogue of these tests knows
MINE = "https://www.amazon.com/dp/0679783261"
MENTION = "<p>I read <em>Pride and Prejudice</em> by Jane Austen again, a novel.</p>"
LINKED = (
    f'<p>My copy of the novel <a href="{MINE}"><em>Pride and Prejudice</em></a> fell apart.</p>'
)
UNKNOWN = "https://www.amazon.com/dp/0306406152"
NAMED = (
    "<p>The best book on the trade is <em>The Patient Foreman: Sawmills</em> by Jane Tallow. "
    f'Buy the book <a href="{UNKNOWN}">here on Amazon</a>.</p>'
)


def books(publisher: Rig) -> dict[str, BookView]:
    with publisher.store.reading() as session:
        found = views.ledger(session, publisher.owner)
    return {each.title.partition(":")[0]: each for each in found}


def dropped(publisher: Rig) -> str:
    """What the file channel holds now."""
    files = (publisher.directory / "drop").glob("*.html")
    return "\n".join(path.read_text("utf-8") for path in sorted(files))


def started(publisher: Rig, blog: Blog, **old: str) -> None:
    """A blog whose old posts are known and not announced."""
    for slug, html in old.items():
        blog.add(slug, html=html)
    publisher.run()


def number(isbn: str) -> Edition:
    isbn10 = {"9780141439518": "0141439513", "9780679783268": "0679783261"}[isbn]
    return Edition(isbn, isbn10, isbn10)


def correct(publisher: Rig, title: str, isbn: str) -> Consequences:
    publisher.clock.forward(seconds=1)
    return ledger.correct(
        publisher, books(publisher)[title].id, lambda book: replace(book, edition=number(isbn))
    )


def test_a_book_that_the_blogger_linked_before_wins_over_the_catalogue(
    publisher: Rig, blog: Blog
) -> None:
    started(publisher, blog, old=LINKED)
    blog.add("new", html=MENTION)

    publisher.run()

    assert "/dp/0679783261?tag=shelf-20" in dropped(publisher)
    (finding,) = publisher.posts()["new"].findings
    assert any(why.startswith("you linked it on 20") for why in finding.why)
    assert [each.edition and each.edition.isbn13 for each in finding.alternatives] == [
        "9780141439518"
    ]


def test_without_such_a_link_the_catalogue_decides(publisher: Rig, blog: Blog) -> None:
    started(publisher, blog, old=MENTION)
    blog.add("new", html=MENTION)
    publisher.run()
    assert "/dp/0141439513?tag=shelf-20" in dropped(publisher)


@on_sqlite
def test_words_beside_a_link_teach_a_book_that_no_catalogue_knows(
    publisher: Rig, blog: Blog
) -> None:
    started(publisher, blog, old=NAMED)
    book = books(publisher)["The Patient Foreman"]
    assert (book.authors, book.asin) == (("Jane Tallow",), "0306406152")
    blog.add(
        "new",
        html="<p>The book <em>The Patient Foreman: Sawmills</em> by Jane Tallow is out again.</p>",
    )

    publisher.run()

    assert "/dp/0306406152?tag=shelf-20" in dropped(publisher)


@on_sqlite
def test_a_link_to_something_else_teaches_no_book(publisher: Rig, blog: Blog) -> None:
    lamp = "https://www.amazon.com/dp/B00LAMP123"
    html = f'{MENTION}<p>I read by <a href="{lamp}">this lamp</a>. <a href="{lamp}">Amazon</a></p>'
    started(publisher, blog, old=html)
    blog.add("new", html=MENTION)

    publisher.run()

    assert "B00LAMP123" not in dropped(publisher)
    assert list(books(publisher)) == ["Pride and Prejudice"]


@on_sqlite
def test_what_an_earlier_revision_linked_is_remembered(publisher: Rig, blog: Blog) -> None:
    started(publisher, blog, old=LINKED)
    blog.edit("old", html="<p>Nothing is left of this post but a few words about the rain.</p>")
    blog.add("new", html=MENTION)

    publisher.run()

    assert "/dp/0679783261?tag=shelf-20" in dropped(publisher)


def test_the_ledger_says_where_since_when_and_with_which_number(publisher: Rig, blog: Blog) -> None:
    started(publisher, blog, old=LINKED)
    blog.add("new", html=MENTION)
    publisher.run()

    book = books(publisher)["Pride and Prejudice"]

    assert (book.isbn13, book.asin) == ("9780679783268", "0679783261")
    assert book.number_from == "you linked it"
    assert [(each.how, each.url) for each in book.places] == [
        ("linked by you", MINE),
        ("linked", None),
    ]
    assert book.since == blog.posts["old"].published
    assert [each.edition and each.edition.isbn13 for each in book.alternatives] == ["9780141439518"]


@on_sqlite
def test_a_book_that_is_named_no_more_leaves_the_ledger(publisher: Rig, blog: Blog) -> None:
    started(publisher, blog, old=MENTION)
    blog.edit("old", html="<p>Nothing is left of this post but a few words about the rain.</p>")
    publisher.run()
    assert books(publisher) == {}


@on_sqlite
def test_one_number_under_two_titles_is_one_book(publisher: Rig, blog: Blog) -> None:
    started(
        publisher,
        blog,
        old=LINKED,
        older=f'<p>The novel <a href="{MINE}"><em>Stolz und Vorurteil</em></a> by Jane Austen.</p>',
    )
    assert len(books(publisher)) == 1


# ── corrections ──────────────────────────────────────────────────────────────────────────


def test_a_correction_reaches_every_copy_that_can_be_changed(publisher: Rig, blog: Blog) -> None:
    started(publisher, blog)
    blog.add("new", html=MENTION)
    publisher.run()
    assert "/dp/0141439513?" in dropped(publisher)

    told = correct(publisher, "Pride and Prejudice", "9780679783268")
    publisher.run()

    assert "/dp/0679783261?tag=shelf-20" in dropped(publisher)
    assert "0141439513" not in dropped(publisher)
    assert sorted(channel for _, channel in told.follow) == ["drop", "social"]
    assert [channel for _, channel in told.stay] == ["letter"]
    assert publisher.scripted["letter"].actions == ["publish"]
    assert publisher.delivery("letter").state == "delivered"
    (finding,) = publisher.posts()["new"].findings
    assert "you corrected it on 2026-11-24" in finding.why
    assert books(publisher)["Pride and Prejudice"].number_from == "you corrected it on 2026-11-24"


def test_a_correction_reaches_posts_to_come_and_the_bloggers_own_links(
    publisher: Rig, blog: Blog
) -> None:
    started(publisher, blog, old=MENTION)
    correct(publisher, "Pride and Prejudice", "9780679783268")
    wrong = "https://www.amazon.co.uk/dp/0141439513"
    publisher.set_up(
        tracking_ids={"amazon": {"amazon.com": "shelf-20", "amazon.co.uk": "shelf-21"}}
    )
    blog.add("new", html=f'{MENTION}<p>It is <a href="{wrong}">at the shop</a>.</p>')

    publisher.run()

    assert "https://www.amazon.co.uk/dp/0679783261?tag=shelf-21" in dropped(publisher)
    assert "0141439513" not in dropped(publisher)


def test_a_book_in_a_heading_is_named_not_linked(publisher: Rig, blog: Blog) -> None:
    started(publisher, blog)
    blog.add("new", html="<h3><em>Pride and Prejudice</em> by Jane Austen</h3><p>A novel.</p>")
    publisher.run()

    (place,) = books(publisher)["Pride and Prejudice"].places

    assert place.how == "named"


def test_a_post_counts_once_by_what_it_does_most(publisher: Rig, blog: Blog) -> None:
    started(publisher, blog, old=f"{MENTION}{LINKED}")

    book = books(publisher)["Pride and Prejudice"]

    assert len(book.places) > 1
    assert [each.how for each in book.posts()] == ["linked by you"]


def test_undoing_tells_what_it_was_though_a_run_came_between(publisher: Rig, blog: Blog) -> None:
    started(publisher, blog)
    blog.add("new", html=MENTION)
    publisher.run()
    before = books(publisher)["Pride and Prejudice"]
    correct(publisher, "Pride and Prejudice", "9780679783268")
    publisher.run()

    told = ledger.undo(publisher, before.id)

    assert told.book.edition is not None
    assert told.book.edition.isbn13 == before.isbn13 == "9780141439518"
    publisher.run()
    others = books(publisher)["Pride and Prejudice"].alternatives
    assert before.isbn13 not in [each.edition and each.edition.isbn13 for each in others]


def test_a_corrected_link_stays_corrected_and_comes_back_when_undone(
    publisher: Rig, blog: Blog
) -> None:
    started(publisher, blog)
    blog.add("new", html=LINKED)
    publisher.run()
    book = books(publisher)["Pride and Prejudice"]
    correct(publisher, "Pride and Prejudice", "9780141439518")
    publisher.run()
    assert "/dp/0141439513?tag=shelf-20" in dropped(publisher)
    blog.edit("new", html=f"{LINKED}<p>And it rained.</p>")
    publisher.run()
    assert "rained" in dropped(publisher)
    assert "/dp/0141439513?tag=shelf-20" in dropped(publisher)
    assert "0679783261" not in dropped(publisher)

    ledger.undo(publisher, book.id)
    publisher.run()

    assert "/dp/0679783261?tag=shelf-20" in dropped(publisher)
    with pytest.raises(UsageError, match="nothing to undo"):
        ledger.undo(publisher, book.id)


@on_sqlite
def test_a_book_without_a_right_edition_leads_to_a_search(publisher: Rig, blog: Blog) -> None:
    started(publisher, blog)
    blog.add("new", html=MENTION)
    publisher.run()
    book = books(publisher)["Pride and Prejudice"]

    ledger.correct(publisher, book.id, lambda book: replace(book, edition=None))
    publisher.run()

    assert "k=Pride+and+Prejudice+Jane+Austen" in dropped(publisher)
    assert books(publisher)["Pride and Prejudice"].isbn13 is None


@on_sqlite
def test_a_correction_by_author_leaves_the_others_book_alone(publisher: Rig, blog: Blog) -> None:
    started(publisher, blog, old=MENTION)
    correct(publisher, "Pride and Prejudice", "9780679783268")
    blog.add(
        "new", html="<p>The book <em>Pride and Prejudice</em> by Sabine Vogler, a retelling.</p>"
    )
    publisher.run()
    assert "0679783261" not in dropped(publisher)


@on_sqlite
def test_a_correction_wins_over_an_earlier_ruling_and_undoing_brings_it_back(
    publisher: Rig, blog: Blog
) -> None:
    started(publisher, blog)
    blog.add("new", html=MENTION)
    publisher.run()
    meant = Book("Pride and Prejudice", ("Jane Austen",), edition=Edition(asin="B00L9B7IKE"))
    desk.rule_on_title(publisher, Ruling("Pride and Prejudice", "link", meant))
    publisher.run()
    assert "/dp/B00L9B7IKE?" in dropped(publisher)

    correct(publisher, "Pride and Prejudice", "9780679783268")
    publisher.run()
    assert "/dp/0679783261?" in dropped(publisher)

    ledger.undo(publisher, books(publisher)["Pride and Prejudice"].id)
    publisher.run()
    assert "/dp/B00L9B7IKE?" in dropped(publisher)


@on_sqlite
def test_two_blogs_share_no_books(publisher: Rig, blog: Blog) -> None:
    started(publisher, blog, old=LINKED)
    other = Rig(
        replace(publisher.blog, url="https://other.example/"),
        publisher.store,
        publisher.directory,
        publisher.clock,
    )
    with publisher.store.reading() as session:
        assert views.ledger(session, other.owner) == []
    with pytest.raises(UsageError, match="no book"):
        ledger.undo(other, books(publisher)["Pride and Prejudice"].id)
    assert isinstance(other.catalogue.by_title("Pride and Prejudice")[0], Book)
    assert other.catalogue.by_title("Pride and Prejudice")[0].told is None


@on_sqlite
def test_the_day_told_is_that_of_the_post(publisher: Rig, blog: Blog) -> None:
    started(publisher, blog, old=LINKED)
    day = blog.posts["old"].published.astimezone(UTC)
    assert isinstance(day, datetime)
    (own, *_) = publisher.catalogue.by_title("Pride and Prejudice")
    assert own.told == f"you linked it on {day:%Y-%m-%d}"


def test_of_a_large_archive_some_is_read_now_and_the_rest_the_next_time(
    publisher: Rig, blog: Blog
) -> None:
    for slug in ("one", "two", "three"):
        blog.add(slug, html=LINKED)
    polling.poll_all(publisher, publisher.blog.sources)
    assert [ledger.keep(publisher, most=2) for _ in range(3)] == [2, 1, 0]
    assert len(books(publisher)["Pride and Prejudice"].places) == 3
