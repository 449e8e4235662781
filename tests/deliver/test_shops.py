"""Shops as they are delivered: ids per channel, two shops, other people's tags asked about."""

from __future__ import annotations

from dataclasses import replace

from service.deliver import desk
from service.model import RuleConfirmation, Ruling
from tests.blog import Blog
from tests.deliver.conftest import on_sqlite
from tests.deliver.rig import Rig

THEIRS = "https://www.amazon.com/dp/0201633612?tag=x-20"
HTML = f'<p>The one on the desk is <a href="{THEIRS}">A Book on Desks</a>, still.</p>'


def dropped(publisher: Rig) -> str:
    (page,) = (publisher.directory / "drop").glob("*.html")
    return page.read_text("utf-8")


def announced(publisher: Rig, blog: Blog) -> Rig:
    publisher.run()
    blog.add("desk", html=HTML)
    publisher.run()
    return publisher


@on_sqlite
def test_each_channel_tags_with_its_own_id(publisher: Rig, blog: Blog) -> None:
    letter, *others = publisher.blog.channels
    own = replace(letter, tracking_ids={"amazon": {"amazon.com": "letter-20"}})
    publisher.set_up(channels=(own, *others))

    announced(publisher, blog)

    assert "tag=shelf-20" in dropped(publisher)
    (sent,) = publisher.scripted["letter"].calls
    assert "tag=letter-20" in sent.shown
    assert "shelf-20" not in sent.shown


@on_sqlite
def test_another_persons_tag_waits_and_is_replaced_once_that_is_decided(
    publisher: Rig, blog: Blog
) -> None:
    publisher.set_up(others_tags="ask")

    announced(publisher, blog)

    assert "tag=x-20" in dropped(publisher)
    findings = publisher.posts()["desk"].findings
    (finding,) = (each for each in findings if each.kind == "amazon_link")
    assert finding.decision == "suggest"
    assert finding.title
    assert "carries the tag x-20, which is not yours" in finding.why
    assert publisher.waiting().count == 1

    desk.rule_on_title(publisher, Ruling(finding.title, "link"))
    publisher.run()

    assert "tag=shelf-20" in dropped(publisher)
    assert publisher.waiting().count == 0


@on_sqlite
def test_what_still_breaks_a_rule_is_held_and_says_which(publisher: Rig, blog: Blog) -> None:
    letter, *others = publisher.blog.channels
    never = RuleConfirmation("post_link", "not in my letters")
    publisher.set_up(channels=(replace(letter, rule=never), *others), expand_short_links=False)
    publisher.run()
    blog.add("desk", html='<p>The one on the desk is <a href="https://amzn.to/3x">it</a>.</p>')
    publisher.run()

    delivery = publisher.delivery("letter")
    assert delivery.state == "held"
    assert "https://amzn.to/3x is a short link and may carry a tag" in delivery.reason
    assert publisher.scripted["letter"].calls == []
