"""`bookplate channels rules`: what the shops say, and what the blogger decided beside it."""

from datetime import date
from pathlib import Path

import pytest

from cli.rules import channel_rules, outdated, pack_rules, pack_table, without_text
from service.deliver.publisher import Publisher
from service.model import Blog, ChannelSettings, RuleConfirmation
from service.plugins import programmes
from service.store.engine import open_store
from tests.workplace import Workplace

TODAY = date(2026, 11, 24)


def publisher(tmp_path: Path, rule: RuleConfirmation | None = None) -> Publisher:
    blog = Blog(
        "https://blog.example/",
        tracking_ids={"bookshop_org": {"bookshop.org": "12345"}},
        channels=(ChannelSettings("masto", "mastodon", rule=rule),),
    )
    return Publisher(blog, open_store(f"sqlite:///{tmp_path / 'x.db'}"), tmp_path)


def test_without_a_configuration_the_whole_packs_are_listed(tmp_path: Path) -> None:
    bookplate = Workplace(tmp_path)
    rows = bookplate.jsonl("channels", "rules", "--jsonl")
    by_place = {(each["network"], each["marketplace"]): each["rule"]["verdict"] for each in rows}
    assert by_place["direct_message", "amazon.com"] == "labelled"
    assert by_place["direct_message", "amazon.fr"] == "forbidden"
    assert by_place["own_site", "uk.bookshop.org"] == "allowed"
    assert by_place["any_other_network", "amazon.de"] == "post_link"
    assert "and 21 more" in bookplate("channels", "rules").stdout


def test_the_packs_table_tells_where_a_text_is_lacking() -> None:
    rows = list(pack_rules(programmes()))
    assert pack_table(rows).row_count < len(rows)
    assert "amazon.fr" in without_text(rows)
    assert "amazon.de" not in without_text(rows)


def test_each_channel_is_ruled_by_each_shop_with_an_id_or_wished(tmp_path: Path) -> None:
    with publisher(tmp_path) as at_work:
        found = {each.shop: each.rule.verdict for each in channel_rules(at_work)}
    assert found == {"amazon": "post_link", "bookshop_org": "labelled"}


def test_what_the_blogger_decided_stands_beside_the_packs_verdict(tmp_path: Path) -> None:
    decided = RuleConfirmation("labelled", "asked them", "2026-11-20")
    with publisher(tmp_path, decided) as at_work:
        amazon = next(iter(channel_rules(at_work))).rule
    assert (amazon.verdict, amazon.pack, amazon.confirmed) == (
        "labelled",
        "post_link",
        "2026-11-20",
    )
    assert '"asked them"' in amazon.why


@pytest.mark.parametrize(
    ("rule", "shops"),
    [
        (None, ["bookshop_org"]),
        (RuleConfirmation(None, "", "2026-11-20"), []),
        (RuleConfirmation(None, "", "2025-01-01"), ["bookshop_org"]),
    ],
)
def test_rules_older_than_a_year_want_to_be_confirmed(
    tmp_path: Path, rule: RuleConfirmation | None, shops: list[str]
) -> None:
    with publisher(tmp_path, rule) as at_work:
        found = dict(outdated(at_work, TODAY))
    assert list(found) == shops
    assert all("[channel.rule] confirmed = 2026-11-24" in words for words in found.values())
