"""A post from the blog to real servers, through its edits, to its end."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.blog import Blog, prose
from tests.end_to_end.conftest import FEED, READERS, letter
from tests.real.servers.mastodon import MastodonFake
from tests.real.servers.mastodon_faults import Fault
from tests.real.servers.smtp import SmtpServer
from tests.workplace import DROP, Workplace, until

TAG = "tag=shelf-20"


def republished(place: Workplace) -> str:
    return (place.folder / "feed/tagged.xml").read_text("utf-8")


def test_a_post_goes_out_is_edited_and_ends(
    everywhere: Workplace, blog: Blog, smtp: SmtpServer, strict_mastodon: MastodonFake
) -> None:
    blog.add("post", html=prose("post", "And The Housekeeper and the Professor by Yōko Ogawa."))
    everywhere("run")

    # the folder and the feed carry tagged links, and the book named without a link got one
    page = everywhere.page("post")
    assert page.count(TAG) == 2
    assert "0312427808" in page
    assert "<title>About post</title>" in republished(everywhere)
    assert TAG in republished(everywhere)
    # one letter for each reader, who can unsubscribe
    messages = smtp.messages()
    assert sorted(each.rcpt_tos for each in messages) == [(reader,) for reader in READERS]
    for message in messages:
        assert message.message["Subject"] == "About post"
        assert message.message["List-Unsubscribe"]
    # one status, which leads to the post
    (status,) = strict_mastodon.statuses()
    assert blog.address("post") in status["content"]

    everywhere("run")
    assert len(smtp.messages()) == 2
    assert len(strict_mastodon.statuses()) == 1

    blog.edit("post", prose("post", "A second thought."), title="About post, again")
    everywhere("run")
    assert "A second thought." in everywhere.page("post")
    assert "A second thought." in unescape(republished(everywhere))
    (edited,) = strict_mastodon.statuses()
    assert edited["id"] == status["id"]
    assert "About post, again" in edited["content"]
    assert len(smtp.messages()) == 2
    (said,) = everywhere.jsonl("deliveries", "--jsonl", "--channel", "letter")
    assert "can't edit" in said["reason"]

    blog.delete("post", 410)
    everywhere("run")
    assert everywhere.page("post") == ""
    assert "About post" not in republished(everywhere)
    assert strict_mastodon.statuses() == []
    assert everywhere.states() == {
        "drop": "withdrawn",
        "tagged": "withdrawn",
        "social": "withdrawn",
        "letter": "delivered",
    }
    assert everywhere.done() == [("publish", "post"), ("update", "post"), ("withdraw", "post")]


def test_a_status_whose_answer_was_lost_is_not_doubled(
    everywhere: Workplace, blog: Blog, strict_mastodon: MastodonFake
) -> None:
    strict_mastodon.fail_next(Fault(status=500, after_effect=True))
    blog.add("post")

    everywhere("run", expect=3)
    everywhere("run")

    assert len(strict_mastodon.statuses()) == 1
    assert everywhere.states()["social"] == "delivered"


def test_a_network_that_asks_to_wait_is_waited_for(
    everywhere: Workplace, blog: Blog, strict_mastodon: MastodonFake
) -> None:
    strict_mastodon.fail_next(Fault(status=429, headers={"retry-after": "3600"}))
    blog.add("post")

    everywhere("run", expect=3)
    asked = len(strict_mastodon.requests())
    said = everywhere("run")

    assert len(strict_mastodon.requests()) == asked
    assert "1 delivery still to be sent" in said.stdout
    assert everywhere.done() == [("publish", "post")]


def test_a_refused_token_is_mended_and_retried(
    everywhere: Workplace, blog: Blog, strict_mastodon: MastodonFake
) -> None:
    everywhere.env["MASTODON_TOKEN"] = "not-a-token"
    blog.add("post")
    said = everywhere("run", expect=3)
    assert "bookplate channels verify" in " ".join(said.stdout.split())
    assert "not-a-token" not in said.stdout + said.stderr

    everywhere.env["MASTODON_TOKEN"] = strict_mastodon.token
    (held,) = everywhere.jsonl("deliveries", "--jsonl", "--state", "held")
    everywhere("deliveries", "retry", str(held["id"]))
    everywhere("run")

    assert len(strict_mastodon.statuses()) == 1


def test_a_reader_that_is_refused_keeps_nobody_else(
    bookplate: Workplace, blog: Blog, smtp: SmtpServer
) -> None:
    bookplate.configure(blog.feed, letter(smtp))
    bookplate("run")
    smtp.configure(rejected_recipients=[READERS[0]])
    blog.add("post")

    said = bookplate("run", expect=3)
    assert READERS[0] in " ".join(said.stdout.split())
    assert [each.rcpt_tos for each in smtp.messages()] == [(READERS[1],)]

    smtp.configure(rejected_recipients=[])
    (held,) = bookplate.jsonl("deliveries", "--jsonl", "--state", "held")
    bookplate("deliveries", "retry", str(held["id"]))
    bookplate("run")
    assert [each.rcpt_tos for each in smtp.messages()] == [(READERS[1],), (READERS[0],)]


@pytest.mark.xdist_group("postgresql")
def test_everything_may_be_kept_in_postgresql(
    bookplate: Workplace, blog: Blog, smtp: SmtpServer, postgres_url: str
) -> None:
    bookplate.configure(
        blog.feed, DROP, FEED, letter(smtp), more=f'database_url = "{postgres_url}"\n'
    )
    blog.add("post")

    bookplate("run", "--since", "2026-11-01")
    blog.edit("post", title="About post, again")
    bookplate("run")

    assert bookplate.done() == [("publish", "post"), ("update", "post")]
    assert len(smtp.messages()) == 2
    assert not list(bookplate.folder.glob("*.db"))


def test_serve_publishes_what_comes(bookplate: Workplace, blog: Blog, smtp: SmtpServer) -> None:
    bookplate.configure(blog.feed, DROP, letter(smtp))
    bookplate.env["BOOKPLATE_BLOG__EVERY"] = "1s"
    blog.add("old")
    bookplate("run")
    serving = bookplate.start("serve", "--port", "0")
    try:
        blog.add("post")
        until(lambda: bookplate.done() and len(smtp.messages()) == 2, "the post is out")
        assert bookplate.done() == [("publish", "post")]
        blog.edit("post", title="About post, again")
        until(lambda: len(bookplate.done()) == 2, "the edit is out")
    finally:
        serving.terminate()
        assert serving.wait(30) == 0
    assert len(smtp.messages()) == 2
    assert re.search("About post, again", bookplate.page("post"))
