from dataclasses import replace

import pytest

from service.model import Decision, Finding, FindingKind
from service.web.pages import subjects as room


def found(
    text: str, decision: Decision, title: str | None = None, kind: FindingKind = "book_mention"
) -> Finding:
    url = text if kind == "amazon_link" else None
    return Finding(kind, 0, 1, text, 0.9, decision, title=title, url=url)


def link(url: str, decision: Decision, isbn13: str = "9781590171998") -> Finding:
    made = found(url, decision, "Stoner", "amazon_link")
    return replace(made, isbn13=isbn13, marketplace="amazon.com")


def subjects(findings: list[Finding]) -> list[Finding]:
    return list(room.subjects(findings).values())


def test_a_book_named_often_is_told_of_once() -> None:
    first, again = found("Stoner", "link", "Stoner"), found("stoner", "link", "STONER")
    assert subjects([first, again]) == [first]


def test_words_kept_because_the_book_is_linked_anyway_are_not_told_of() -> None:
    words = found("Stoner", "keep", "Stoner")
    link = found("https://www.amazon.com/dp/1590171993", "rewrite", "Stoner", "amazon_link")
    assert subjects([words, link]) == [link]
    assert subjects([link, words]) == [link]


def test_words_kept_for_another_reason_are_told_of() -> None:
    kept = found("Stoner", "keep", "Stoner")
    assert subjects([kept]) == [kept]


def test_two_links_to_the_same_book_are_two_subjects() -> None:
    here = found("https://www.amazon.com/dp/1590171993", "rewrite", "Stoner", "amazon_link")
    there = found("https://www.amazon.de/dp/1590171993", "keep", "Stoner", "amazon_link")
    assert subjects([here, there]) == [here, there]


def test_links_to_one_book_at_one_marketplace_are_told_of_once() -> None:
    plain = link("https://www.amazon.com/dp/1590171993", "rewrite")
    long = link("https://www.amazon.com/Stoner-Williams/dp/1590171993/ref=sr_1_1", "rewrite")
    mine = link("https://www.amazon.com/dp/1590171993?tag=me-20", "keep")
    assert subjects([mine, plain, long]) == [plain]


def test_links_to_two_books_of_one_title_are_two_subjects() -> None:
    one = link("https://www.amazon.com/dp/1590171993", "rewrite")
    other = link("https://www.amazon.com/dp/0099561549", "rewrite", "9780099561545")
    assert subjects([one, other]) == [one, other]


@pytest.mark.parametrize("decision", ["link", "suggest", "keep"])
def test_words_that_mean_a_linked_book_belong_to_its_link(decision: Decision) -> None:
    words = found("Stoner", decision, "Stoner: A Novel")
    words = replace(words, isbn13="9781590171998")
    linked = link("https://www.amazon.com/dp/1590171993", "rewrite")
    assert subjects([words, linked]) == [linked]


def test_a_book_that_is_linked_once_and_suggested_once_is_told_of_once() -> None:
    asked, linked = found("Stoner", "suggest", "Stoner"), found("Stoner", "link", "Stoner")
    assert subjects([asked, linked]) == [linked]
    assert room.subjects_of([asked, linked]) == [("stoner", "")] * 2


def test_a_bare_number_belongs_to_the_title_that_has_it() -> None:
    title = replace(found("Stoner", "link", "Stoner"), isbn13="9781590171998")
    number = Finding("isbn", 0, 1, "978-1-59017-199-8", 1.0, "keep", isbn13="9781590171998")
    assert subjects([title, number]) == [title]


def test_what_was_left_alone_is_not_told_of() -> None:
    assert subjects([found("the road", "ignore", "The Road")]) == []
