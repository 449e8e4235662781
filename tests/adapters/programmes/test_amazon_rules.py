"""What Amazon's rule pack says of each kind of channel."""

import pytest

from adapters.programmes.amazon import Amazon
from adapters.programmes.amazon.rules import PACK

AMAZON = Amazon()


@pytest.mark.parametrize(
    ("network", "verdict"),
    [
        ("own_site", "allowed"),
        ("email", "labelled"),
        ("x", "labelled"),
        ("facebook", "labelled"),
        ("bluesky", "post_link"),
        ("mastodon", "post_link"),
        ("threads", "post_link"),
        ("linkedin", "post_link"),
        ("telegram", "post_link"),
        ("discord", "post_link"),
        ("pinterest", "post_link"),
        ("a_network_of_tomorrow", "post_link"),
    ],
)
def test_only_networks_on_the_list_carry_paid_links(network: str, verdict: str) -> None:
    assert AMAZON.rule(network, ["amazon.com"], None).verdict == verdict


def test_a_labelled_channel_gets_label_and_disclosure_in_its_language() -> None:
    english = AMAZON.rule("email", ["amazon.com"], "en-GB")
    german = AMAZON.rule("email", ["amazon.com", "amazon.de"], "de")
    assert (english.label, english.disclosure) == (
        "(paid link)",
        "As an Amazon Associate I earn from qualifying purchases.",
    )
    assert german.label == "(bezahlter Link)"
    assert german.disclosure == "Als Amazon-Partner verdiene ich an qualifizierten Verkäufen."


def test_a_german_shop_speaks_german_where_the_post_tells_no_language() -> None:
    assert (AMAZON.rule("own_site", ["amazon.de"], None).disclosure or "").startswith("Als ")
    assert (AMAZON.rule("own_site", ["amazon.de"], "en").disclosure or "").startswith("As ")


def test_a_network_off_the_list_is_named_and_the_words_are_there_for_who_decides_otherwise() -> (
    None
):
    rule = AMAZON.rule("bluesky", ["amazon.com"], None)
    assert rule.label == "(paid link)"
    assert rule.why.startswith("Bluesky is not on Amazon's list")


def test_a_market_whose_text_we_lack_is_named_and_judged_strictly_in_private() -> None:
    rule = AMAZON.rule("email", ["amazon.com", "amazon.fr"], None)
    assert rule.verdict == "labelled"
    assert "amazon.fr has a text of its own" in rule.why
    assert AMAZON.rule("direct_message", ["amazon.fr"], None).verdict == "forbidden"


def test_every_rule_tells_its_source_and_date() -> None:
    for network in PACK.networks:
        rule = AMAZON.rule(network, ["amazon.co.uk"], None)
        assert rule.dated == "2026-04-14"
        assert rule.source == ("https://affiliate-program.amazon.co.uk/help/operating/policies")
