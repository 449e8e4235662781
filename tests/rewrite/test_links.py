"""Links that stand in a post: tagged in their own spelling, labelled, or left with a note."""

import pytest

from tests.rewrite.found import rewritten, shop_links, words

MINE = "https://www.amazon.com/dp/0201633612?tag=example-20"
REL = 'rel="sponsored nofollow noopener"'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '<a href="http://amazon.com/dp/0201633612">x</a>',
            f'<a href="{MINE}" {REL}>x</a>',
        ),
        (
            "<A HREF='//www.amazon.com/dp/0201633612/?tag=x-20&th=1'>x</A>",
            f"<A HREF='https://www.amazon.com/dp/0201633612?th=1&tag=example-20' {REL}>x</A>",
        ),
        (
            '<a href="http://amazon.com/dp/0201633612?tag=x-20&amp;th=1">x</a>',
            f'<a href="https://www.amazon.com/dp/0201633612?th=1&amp;tag=example-20" {REL}>x</a>',
        ),
        (
            "<a href=http://amazon.com/dp/0201633612>x</a>",
            f"<a href={MINE} {REL}>x</a>",
        ),
        (
            "<a href = http://amazon.com/dp/0201633612 class=y>x</a>",
            f"<a href = {MINE} {REL} class=y>x</a>",
        ),
        (
            '<a rel="NoFollow me" href="http://amazon.com/dp/0201633612">x</a>',
            f'<a rel="NoFollow me sponsored noopener" href="{MINE}">x</a>',
        ),
        (
            "<a href='http://amazon.com/dp/0201633612' rel=nofollow>x</a>",
            f"<a href='{MINE}' rel=\"nofollow sponsored noopener\">x</a>",
        ),
        (
            '<a rel href="http://amazon.com/dp/0201633612">x</a>',
            f'<a {REL} href="{MINE}">x</a>',
        ),
        (
            '<a href="http://amazon.com/dp/0201633612" rel=>x</a>',
            f'<a href="{MINE}" {REL}>x</a>',
        ),
        (
            '<a rel="" href="http://amazon.com/dp/0201633612" rel=twice>x</a>',
            f'<a {REL} href="{MINE}" rel=twice>x</a>',
        ),
        (
            '<map><area href="http://amazon.com/dp/0201633612" /></map>',
            f'<map><area href="{MINE}" {REL} /></map>',
        ),
        (
            f'<a href="{MINE}" rel="noopener nofollow sponsored">x</a>',
            f'<a href="{MINE}" rel="noopener nofollow sponsored">x</a>',
        ),
    ],
)
def test_a_link_is_tagged_in_its_own_quotes_and_entities(before: str, after: str) -> None:
    output, result = rewritten(before, shop_links(before))
    assert output == after
    assert result.tagged


@pytest.mark.parametrize(
    ("url", "note"),
    [
        ("https://www.amazon.fr/dp/0201633612?tag=x-21", "No tracking id for amazon.fr"),
        ("https://amzn.to/abc", "short link"),
        ("https://www.amazon.com/hz/wishlist/ls/ABC", "is a list"),
        ("https://www.amazon.com/gp/help/customer", "no page that may carry"),
    ],
)
def test_what_can_not_be_tagged_stays_and_is_told(url: str, note: str) -> None:
    source = f'<p><a href="{url}">x</a> <a href="{url}">y</a></p>'
    output, result = rewritten(source, shop_links(source))
    assert output == source
    assert len(result.notes) == 1
    assert note in result.notes[0]
    assert not result.tagged


def test_links_of_other_sites_and_elements_stay() -> None:
    source = (
        '<link href="https://www.amazon.com/dp/0201633612">'
        '<a href="https://amazon.com.evil.example/dp/0201633612">x</a>'
        '<!-- <a href="https://www.amazon.com/dp/0201633612">x</a> -->'
        '<script>"<a href=https://www.amazon.com/dp/0201633612>"</script>'
    )
    assert rewritten(source, shop_links(source))[0] == source


def test_where_no_paid_link_may_stand_every_tag_is_taken_out() -> None:
    source = (
        '<p><a href="https://www.amazon.com/dp/0201633612?tag=example-20">mine</a> '
        '<a href="https://www.amazon.fr/dp/0201633612?tag=x-21">theirs</a> '
        '<a href="https://www.amazon.com/gp/product/0201633612">plain</a> A Title</p>'
    )
    findings = [*shop_links(source), *words(source, "A Title")]
    output, result = rewritten(source, findings, network="bluesky", disclose=True)
    assert output == (
        '<p><a href="https://www.amazon.com/dp/0201633612">mine</a> '
        '<a href="https://www.amazon.fr/dp/0201633612">theirs</a> '
        '<a href="https://www.amazon.com/gp/product/0201633612">plain</a> A Title</p>'
    )
    assert not result.tagged
    assert result.disclosure is None
    assert "Bluesky is not on Amazon's list" in result.notes[0]


def test_without_tracking_ids_nothing_changes_and_one_note_says_what_to_do() -> None:
    source = '<a href="https://www.amazon.com/dp/0201633612">x</a> and A Title'
    findings = [*shop_links(source), *words(source, "A Title")]
    output, result = rewritten(source, findings, ids={})
    assert output == source
    assert result.notes == (
        "No tracking id for amazon.com: its links stay untagged. "
        'Add "amazon.com" = "…" under [affiliate.amazon], or give --tag amazon.com=…',
    )


def test_every_change_tells_its_rule_and_why() -> None:
    source = '<a href="https://www.amazon.com/dp/0201633612?tag=x-20">x</a>'
    _, result = rewritten(source, shop_links(source))
    assert [(each.rule, each.why) for each in result.changes] == [
        ("tag", "the tag x-20 is not yours"),
        ("rel", "a paid link says so"),
    ]
