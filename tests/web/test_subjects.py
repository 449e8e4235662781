from service.model import Decision, Finding, FindingKind
from service.web.pages import subjects as room


def found(
    text: str, decision: Decision, title: str | None = None, kind: FindingKind = "book_mention"
) -> Finding:
    url = text if kind == "amazon_link" else None
    return Finding(kind, 0, 1, text, 0.9, decision, title=title, url=url)


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


def test_what_was_left_alone_is_not_told_of() -> None:
    assert subjects([found("the road", "ignore", "The Road")]) == []
