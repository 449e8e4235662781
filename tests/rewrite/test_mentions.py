"""Words that become links: once a book, where a link may stand, well formed."""

import pytest

from tests.rewrite.found import rewritten, shop_links, words

START = (
    '<a href="https://www.amazon.com/s?k=A+Good+Title+An+Author&amp;i=stripbooks&amp;tag=example-20"'
    ' rel="sponsored nofollow noopener">'
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>I read A Good Title.", "<p>I read {A Good Title}."),
        ("A Good Title", "{A Good Title}"),
        ("<i>A Good Title</i>, twice: A Good Title", "<i>{A Good Title}</i>, twice: A Good Title"),
        ("<h2>A Good Title</h2><p>A Good Title", "<h2>A Good Title</h2><p>{A Good Title}"),
        ("<code>A Good Title</code> A Good Title", "<code>A Good Title</code> {A Good Title}"),
        ("<a href=x>A Good Title</a>", "<a href=x>A Good Title</a>"),
        ("<a href=x><b>A Good Title</b>", "<a href=x><b>A Good Title</b>"),
        ("<p>A <b>Good</b> Title", "<p>{A <b>Good</b> Title}"),
        ("<p><b>A Good</b> Title", "<p>{<b>A Good</b> Title}"),
        ("<p>A <i>Good <b>Title</b></i>", "<p>{A <i>Good <b>Title</b></i>}"),
        ("<p><b>x A Good</b> Title", "<p><b>x {A Good}</b> Title"),
        ("<p>A Good&#32;Title", "<p>{A Good&#32;Title}"),
        ("<p>A\n Good<!-- --> Title", "<p>{A\n Good<!-- --> Title}"),
        ("<p>A Good <a name=x></a>Title", "<p>A Good <a name=x></a>Title"),
        ("<label>A Good Title</label>", "<label>A Good Title</label>"),
    ],
)
def test_the_first_mention_that_may_is_linked(before: str, after: str) -> None:
    output, _ = rewritten(before, words(before, "A Good Title"))
    assert output == after.replace("{", START).replace("}", "</a>")


@pytest.mark.parametrize("decision", ["suggest", "ignore", "keep"])
def test_only_what_is_decided_is_linked(decision: str) -> None:
    source = "<p>A Good Title"
    findings = words(source, "A Good Title", decision=decision)  # type: ignore[arg-type]
    assert rewritten(source, findings)[0] == source


def test_suggesting_changes_nothing_and_tells_once() -> None:
    source = "<p>A Good Title, A Good Title"
    output, result = rewritten(source, words(source, "A Good Title"), mentions="suggest")
    assert output == source
    assert result.notes == ('"A Good Title" could be linked: it waits for you.',)
    assert rewritten(source, words(source, "A Good Title"), mentions="off")[1].notes == ()


def test_a_book_that_the_page_links_gets_no_second_link() -> None:
    source = '<p>A Good Title <a href="https://www.amazon.com/dp/0201633612">here</a>'
    (mention,) = words(source, "A Good Title")
    (link,) = shop_links(source)
    from dataclasses import replace

    same = [replace(mention, isbn13="9780201633610"), link]
    assert rewritten(source, same)[0].count("<a ") == 1
    named = [mention, replace(link, link_text="A good title!")]
    assert rewritten(source, named)[0].count("<a ") == 1
    assert rewritten(source, [mention, link])[0].count("<a ") == 2


def test_words_that_promise_a_book_lead_to_it_and_its_mentions_stay() -> None:
    source = "<p>A Good Title.</p><p>Buy it here on Amazon.</p>"
    findings = [
        *words(source, "A Good Title"),
        *words(source, "Buy it here on Amazon", kind="book_link", title="A Good Title"),
    ]
    output, result = rewritten(source, findings)
    assert output == f"<p>A Good Title.</p><p>{START}Buy it here on Amazon</a>.</p>"
    assert [each.rule for each in result.changes] == ["book"]


def test_a_link_without_address_gets_one() -> None:
    source = "<p><a class=buy>Buy it</a></p>"
    findings = words(source, "Buy it", kind="book_link", title="A Good Title")
    output, _ = rewritten(source, findings)
    assert output == f"<p>{START[:-1]} class=buy>Buy it</a></p>"


def test_a_dead_link_to_a_book_is_revived() -> None:
    source = '<p><a href="#">Buy it</a></p>'
    (finding,) = words(source, "Buy it", kind="book_link", title="A Good Title")
    from dataclasses import replace

    dead = replace(finding, start=12, end=13, url="#")
    assert rewritten(source, [dead])[0] == f"<p>{START}Buy it</a></p>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("I read *A Good Title*.", "I read *[A Good Title](U)*."),
        ("# A Good Title\n\nA Good Title", "# A Good Title\n\n[A Good Title](U)"),
        ("A Good Title\n===\n", "A Good Title\n===\n"),
        ("`A Good Title` A Good Title", "`A Good Title` [A Good Title](U)"),
        ("```\nA Good Title\n```\nA Good Title", "```\nA Good Title\n```\n[A Good Title](U)"),
        ("[A Good Title](x) A Good Title", "[A Good Title](x) [A Good Title](U)"),
        ("[see A Good Title][1]\n\n[1]: x", "[see A Good Title][1]\n\n[1]: x"),
        (
            "---\ntitle: A Good Title\n---\nA Good Title",
            "---\ntitle: A Good Title\n---\n[A Good Title](U)",
        ),
        (
            '<a title="A Good Title">x</a> A Good Title',
            '<a title="A Good Title">x</a> [A Good Title](U)',
        ),
    ],
)
def test_in_markdown_words_become_links(before: str, after: str) -> None:
    url = "https://www.amazon.com/s?k=A+Good+Title+An+Author&i=stripbooks&tag=example-20"
    output, _ = rewritten(before, words(before, "A Good Title", media="markdown"), media="markdown")
    assert output == after.replace("(U)", f"({url})")


def test_in_markdown_links_are_tagged_in_their_place() -> None:
    source = (
        "[x](https://amazon.com/dp/0201633612) <https://amazon.com/dp/0201633612>\n\n"
        "[1]: https://amazon.com/dp/0201633612\n"
    )
    output, _ = rewritten(source, shop_links(source, "markdown"), media="markdown")
    assert output == source.replace(
        "https://amazon.com/dp/0201633612", "https://www.amazon.com/dp/0201633612?tag=example-20"
    )


def test_in_plain_text_the_address_follows_the_words() -> None:
    source = "I read “A Good Title”, see https://amazon.com/dp/0201633612."
    findings = [
        *words(source, "A Good Title", media="text"),
        *shop_links(source.rstrip("."), "text"),
    ]
    output, _ = rewritten(source, findings, media="text")
    assert output == (
        "I read “A Good Title” (https://www.amazon.com/s?k=A+Good+Title+An+Author&i=stripbooks"
        "&tag=example-20), see https://www.amazon.com/dp/0201633612?tag=example-20."
    )
