"""The blogger's shops channel by channel: ids, other people's tags, rules as confirmed."""

from dataclasses import replace

import pytest

from adapters.programmes.amazon import Amazon
from adapters.programmes.bookshop_org import BookshopOrg
from service import pipeline
from service.errors import SettingsError
from service.model import (
    Abilities,
    Blog,
    ChannelSettings,
    Document,
    Finding,
    Rendition,
    Revision,
    Rule,
    RuleConfirmation,
    Ruling,
)
from service.rewrite.confirmation import confirmed

PROGRAMMES = (Amazon(), BookshopOrg())
LETTER = ChannelSettings(
    "letter", "smtp", tracking_ids={"amazon": {"amazon.com": "letter-20"}}, post_text=None
)
BLOG = Blog(
    "https://blog.example/",
    tracking_ids={
        "amazon": {"amazon.com": "site-20", "amazon.de": "site-21"},
        "bookshop_org": {"bookshop.org": "12345"},
    },
    channels=(LETTER,),
)
URL = "https://www.amazon.com/dp/0201633612"
EMAIL = Abilities("letter", "email")
SHORT = Abilities("short_text", "mastodon", graphemes=500)
OWN_SHORT = Abilities("short_text", "x", graphemes=280)


def link(url: str, start: int = 9) -> Finding:
    return Finding("amazon_link", start, start + len(url), url, 1.0, "rewrite", url=url)


def post(html: str) -> Revision:
    return Revision("https://blog.example/post", "A post", html, language="en")


def rendition(
    url: str,
    abilities: Abilities,
    *,
    blog: Blog = BLOG,
    channel: ChannelSettings | None = None,
    post_text: str | None = None,
    confirmation: RuleConfirmation | None = None,
    decision: str = "rewrite",
) -> Rendition:
    finding = replace(link(url), decision=decision)  # type: ignore[arg-type]
    return pipeline.rendition(
        post(f'<a href="{url}">x</a>'),
        [finding],
        pipeline.shops_for(blog, PROGRAMMES, channel),
        abilities=abilities,
        channel="channel",
        blog=blog,
        post_text=post_text,
        confirmation=confirmation,
    )


# ── tracking ids ─────────────────────────────────────────────────────────────────────────


def test_a_channels_own_id_stands_in_for_the_blogs_in_that_marketplace_alone() -> None:
    shops = pipeline.shops_for(BLOG, PROGRAMMES, LETTER)
    assert shops.tracking_ids["amazon"] == {"amazon.com": "letter-20", "amazon.de": "site-21"}
    assert pipeline.shops_for(BLOG, PROGRAMMES).tracking_ids == BLOG.tracking_ids
    body = rendition(URL, EMAIL, channel=LETTER).body
    assert body.form == "letter"
    assert "tag=letter-20" in body.html


def test_ids_of_every_channel_are_the_bloggers_own() -> None:
    own = {"site-20", "site-21", "12345", "letter-20"}
    assert pipeline.shops_for(BLOG, PROGRAMMES).own == own


@pytest.mark.parametrize(
    "blog",
    [
        replace(BLOG, shops=("amazon", "bookshop")),
        replace(BLOG, tracking_ids={"bookshop": {"bookshop.org": "1"}}),
        replace(BLOG, channels=(replace(LETTER, tracking_ids={"bookshop": {}}),)),
    ],
)
def test_a_shop_that_there_is_not_is_told(blog: Blog) -> None:
    with pytest.raises(SettingsError, match='no shop "bookshop"'):
        pipeline.shops_for(blog, PROGRAMMES)


# ── other people's tags ──────────────────────────────────────────────────────────────────


def asked(url: str, *rulings: Ruling, others: str = "ask") -> Finding:
    blog = replace(BLOG, others_tags=others)  # type: ignore[arg-type]
    finding = replace(link(url), title="A Good Title", link_text="here")
    (found,) = pipeline.asked([finding], pipeline.shops_for(blog, PROGRAMMES), rulings)
    return found


def test_a_link_with_another_persons_tag_waits_where_it_is_asked_about() -> None:
    found = asked(f"{URL}?tag=x-20")
    assert (found.decision, found.title) == ("suggest", "A Good Title")
    assert found.why == ("carries the tag x-20, which is not yours",)


def test_a_link_without_a_title_waits_under_its_address_not_under_its_words() -> None:
    blog = replace(BLOG, others_tags="ask")
    finding = replace(link(f"{URL}?tag=x-20"), link_text="here")
    (found,) = pipeline.asked([finding], pipeline.shops_for(blog, PROGRAMMES))
    assert found.title == URL


@pytest.mark.parametrize("url", [URL, f"{URL}?tag=site-20", f"{URL}?tag=letter-20"])
def test_own_tags_and_links_without_one_are_never_asked_about(url: str) -> None:
    assert asked(url).decision == "rewrite"


@pytest.mark.parametrize("others", ["replace", "keep"])
def test_nothing_waits_where_it_is_not_asked_about(others: str) -> None:
    assert asked(f"{URL}?tag=x-20", others=others).decision == "rewrite"


@pytest.mark.parametrize(("decision", "becomes"), [("link", "rewrite"), ("ignore", "keep")])
def test_what_was_ruled_about_its_title_holds(decision: str, becomes: str) -> None:
    found = asked(f"{URL}?tag=x-20", Ruling("A good title", decision))  # type: ignore[arg-type]
    assert (found.decision, found.decided_by) == (becomes, "person")


# ── rules ────────────────────────────────────────────────────────────────────────────────


def test_a_link_of_another_shop_is_found_as_such() -> None:
    source = (
        f'<p>See <a href="{URL}">one</a> and '
        '<a href="https://bookshop.org/book/9780201633610">two</a>.</p>'
    )
    found = pipeline.scan(Document(source), programmes=PROGRAMMES, catalogue=pipeline.catalogue())
    assert [(each.kind, each.marketplace) for each in found] == [
        ("amazon_link", "amazon.com"),
        ("shop_link", "bookshop.org"),
    ]


def test_the_rule_of_a_rendition_is_the_strictest_that_concerns_the_post() -> None:
    assert rendition(URL, SHORT).rule.verdict == "post_link"
    bookshop = "https://bookshop.org/book/9780201633610"
    assert rendition(bookshop, SHORT).rule.verdict == "labelled"


PACK = Rule("post_link", "is not on the list", "(paid link)", "I earn.", "https://a.example/")


def test_a_confirmed_rule_keeps_its_verdict_and_the_day() -> None:
    rule = confirmed(PACK, RuleConfirmation(None, "", "2026-11-24"))
    assert (rule.verdict, rule.pack, rule.confirmed) == ("post_link", None, "2026-11-24")
    assert confirmed(PACK, None) == PACK


def test_another_verdict_holds_and_keeps_the_reason_beside_the_packs() -> None:
    decided = RuleConfirmation("labelled", "they told me so", "2026-11-24")
    rule = confirmed(PACK, decided)
    assert (rule.verdict, rule.pack, rule.label) == ("labelled", "post_link", "(paid link)")
    assert rule.why == (
        'You decided: labelled, because "they told me so" (2026-11-24). '
        "The rule pack says post link: is not on the list"
    )


def test_what_the_blogger_decided_is_what_a_rendition_goes_by() -> None:
    allowed = RuleConfirmation("labelled", "asked Amazon", "2026-11-24")
    made = rendition(URL, SHORT, post_text="{title} {book}", confirmation=allowed)
    assert made.held is None
    assert made.body.form == "short_text"
    assert made.body.text == f"A post {URL}?tag=site-20 (paid link)"
    forbidden = RuleConfirmation("forbidden", "I don't want any")
    letter = rendition(f"{URL}?tag=x-20", EMAIL, confirmation=forbidden).body
    assert letter.form == "letter"
    assert "tag=" not in letter.html


# ── what breaks a rule is held ───────────────────────────────────────────────────────────


def test_a_letter_with_a_tag_that_can_not_go_is_held_and_says_which_rule() -> None:
    never = RuleConfirmation("post_link", "not in my letters")
    made = rendition("https://amzn.to/abc", EMAIL, confirmation=never, decision="keep")
    assert made.held is not None
    assert "https://amzn.to/abc is a short link and may carry a tag" in made.held
    assert "not in my letters" in made.held
    assert rendition("https://amzn.to/abc", EMAIL, decision="keep").held is None
    assert rendition("https://amzn.to/abc", SHORT, decision="keep").held is None


def test_an_affiliate_link_in_the_bloggers_own_words_is_held_where_none_may_stand() -> None:
    made = rendition(URL, SHORT, post_text="{title} https://amzn.to/abc")
    assert made.held is not None
    assert made.held.startswith("https://amzn.to/abc is an affiliate link. Mastodon is not on")


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ("{title} https://www.amazon.com/dp/0201633612?tag=site-20", False),
        ("{title} https://www.amazon.com/dp/B000000000?tag=site-20", True),
        ("#ad {title} {url}", False),
    ],
)
def test_a_paid_link_without_its_label_is_held(words: str, held: bool) -> None:
    made = rendition(URL, OWN_SHORT, post_text=words)
    assert (made.held is not None) == held
    if "0201633612" in words:
        assert made.body.form == "short_text"
        assert made.body.text.endswith("tag=site-20 (paid link)")


def test_a_post_that_tells_no_language_is_disclosed_in_the_blogs() -> None:
    blog = replace(BLOG, language="de")
    untold = replace(post(f'<a href="{URL}">x</a>'), language=None)
    made = pipeline.rendition(
        untold,
        [link(URL)],
        pipeline.shops_for(blog, PROGRAMMES),
        abilities=EMAIL,
        channel="letter",
        blog=blog,
    )
    assert made.body.form == "letter"
    assert "Als Amazon-Partner verdiene ich" in made.body.html
