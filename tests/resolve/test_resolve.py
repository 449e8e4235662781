"""Findings become books, and are decided."""

from itertools import pairwise
from pathlib import Path

import pytest

from service.find import find
from service.model import Book, Document, Edition, Finding, Media, Ruling, Thresholds
from service.resolve import open_catalogue, resolve
from tests.find.shops import Shop

ROWS = Path(__file__).parent.parent / "data" / "resolve_catalogue.jsonl"
LAUNCH = """I turned down a promotion last spring, and this post says why.
Then I helped to launch a book by my friend and fellow author Jane Tallow. More of that below.
Jane’s new book is titled, The Patient Foreman: Sawmills. It is the best book on the trade.
Chapter 3 spoke to me most. This chapter is titled: Your New Saw (as Boss) Is Not Your Old Saw.
Anyone who hires should read The Patient Foreman: Sawmills before they hire.
Buy the book here on Amazon and leave a review.
Comments"""


def scan(
    source: str, media: Media = "html", rulings: tuple[Ruling, ...] = (), known: bool = True
) -> list[Finding]:
    document = Document(source, media)
    catalogue = open_catalogue(ROWS)
    return resolve(find(document, (Shop(),), catalogue), document, catalogue, rulings)


def test_a_book_in_no_catalogue_is_found_each_time_and_its_lost_link_tied() -> None:
    found = scan(LAUNCH, "text")
    mentions = [each for each in found if each.kind == "book_mention"]
    (link,) = [each for each in found if each.kind == "book_link"]
    assert [each.text for each in mentions] == ["The Patient Foreman: Sawmills"] * 2
    assert all(each.authors == ("Jane Tallow",) for each in mentions)
    assert (link.text, link.title) == (
        "Buy the book here on Amazon",
        "The Patient Foreman: Sawmills",
    )
    assert link.decision == "link"
    assert any("nearest book" in reason for reason in link.why)


def test_a_known_book_gets_its_full_title_authors_and_numbers() -> None:
    (mention,) = scan("<p>I read <em>Deep Work</em> by Cal Newport, a good book.</p>")
    assert mention.title == "Deep Work: Rules for Focused Success in a Distracted World"
    assert (mention.authors, mention.isbn13) == (("Cal Newport",), "9781455586691")
    assert (mention.asin, mention.decision) == ("1455586692", "link")


def test_a_book_of_another_author_is_not_taken_for_this_one() -> None:
    found = scan("<p>the book <em>Deep Work</em> by Sabine Vogler, a novel</p>")
    assert all(each.isbn13 is None and "Sabine Vogler" in each.authors for each in found)


def test_ordinary_words_that_are_titles_too_are_left_alone() -> None:
    assert not scan("<p>It took persuasion. Rebecca came over. We did some deep work at home.</p>")


def test_mentions_do_not_overlap_and_are_in_order() -> None:
    found = scan(LAUNCH, "text")
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_a_mention_in_a_live_link_is_kept_and_takes_its_number() -> None:
    source = (
        "<p>The book <a href='https://www.amazon.com/dp/0385480016'>Bird by Bird</a> by Anne "
        "Lamott. I gave Bird by Bird to a teacher.</p>"
    )
    link, first, again = scan(source)
    assert (link.kind, link.decision) == ("amazon_link", "rewrite")
    assert (first.decision, again.decision) == ("keep", "link")
    assert again.asin == "0385480016"


def test_the_words_of_a_dead_link_are_a_lost_link() -> None:
    (found,) = scan("<p>The book <a href='#'>Deep Work</a> by Cal Newport is a good book.</p>")
    assert (found.kind, found.text, found.url) == ("book_link", "Deep Work", "#")


@pytest.mark.parametrize("decision", ["link", "ignore"])
def test_what_the_blogger_ruled_wins(decision: str) -> None:
    mine = Book("Deep Work", ("Cal Newport",), edition=Edition(asin="B000000001"))
    ruling = (
        Ruling("Deep work", "link", mine) if decision == "link" else Ruling("deep work", "ignore")
    )
    (mention,) = scan(
        "<p>I read <em>Deep Work</em> by Cal Newport, a good book.</p>", rulings=(ruling,)
    )
    assert (mention.decision, mention.decided_by) == (decision, "person")
    if decision == "link":
        assert (mention.asin, mention.confidence) == ("B000000001", 1.0)


def test_the_blogger_sets_from_where_a_book_is_linked_and_suggested() -> None:
    document = Document("<p>I read <em>Deep Work</em> by Cal Newport, a good book.</p>")
    catalogue = open_catalogue(ROWS)

    def decisions(thresholds: Thresholds) -> list[str]:
        findings = find(document, (), catalogue)
        return [e.decision for e in resolve(findings, document, catalogue, thresholds=thresholds)]

    assert decisions(Thresholds()) == ["link"]
    assert decisions(Thresholds(link=1.0)) == ["suggest"]
    assert decisions(Thresholds(link=1.0, suggest=1.0)) == []


def test_a_title_that_was_accepted_wins_over_other_readings_of_its_words() -> None:
    source = "<p>We read Tom Reed’s Slow Shed Company Handbook in class.</p>"
    assert not [e for e in scan(source) if e.title == "Slow Shed Company Handbook"]
    (mention,) = scan(source, rulings=(Ruling("Slow Shed Company Handbook", "link"),))
    assert (mention.text, mention.decision) == ("Slow Shed Company Handbook", "link")
    assert mention.decided_by == "person"


TIES = [
    (
        "<h2>The Art of Rest by Ann Hill</h2><p>A book.</p><p>Buy it on Amazon.</p>"
        "<h2>The Slow Shed by Jane Tallow</h2><p>A book.</p><p>Buy it here on Amazon.</p>",
        ["The Art of Rest", "The Slow Shed"],
    ),
    (
        "<p>The books <em>The Art of Rest</em> by Ann Hill and <em>The Slow Shed</em> by Jane "
        "Tallow are good books. Buy the book on Amazon.</p>",
        [],
    ),
    ("<p>Nothing is named here. Buy the book on Amazon.</p>", []),
    (
        "<p>the book <em>The Art of Rest</em> by Ann Hill</p><p>My lamp is bright.</p>"
        "<p>The lamp is small. Buy it on Amazon.</p>",
        [],
    ),
]


@pytest.mark.parametrize(("source", "titles"), TIES)
def test_a_lost_link_means_the_nearest_fitting_book_or_none(source: str, titles: list[str]) -> None:
    assert [each.title for each in scan(source) if each.kind == "book_link"] == titles


def test_a_printed_isbn_is_resolved() -> None:
    (isbn,) = scan("<p>ISBN 978-0-385-48001-7</p>")
    assert (isbn.kind, isbn.authors) == ("isbn", ("Anne Lamott",))
