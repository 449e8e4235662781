"""A post's whole life at a real personal data server, beside the ways out of every test."""

from __future__ import annotations

import random

import pytest

from tests.blog import Blog, prose
from tests.chaos.stage import kill
from tests.real.servers.pds import PdsServer
from tests.workplace import DROP, Workplace

pytestmark = pytest.mark.real

COLLECTION = "app.bsky.feed.post"


def bluesky(server: PdsServer) -> str:
    return (
        f'\n[[channel]]\nname = "bluesky"\nkind = "bluesky"\nhandle = "{server.handle}"\n'
        f'service = "{server.url}"\napp_password = {{ env = "BLUESKY_PASSWORD" }}\n'
    )


@pytest.fixture
def abroad(bookplate: Workplace, blog: Blog, pds_account: PdsServer) -> Workplace:
    """A workplace that publishes to a folder and to a real server, and knows its blog."""
    bookplate.configure(blog.feed, DROP, bluesky(pds_account))
    bookplate.env["BLUESKY_PASSWORD"] = pds_account.password
    blog.add("old")
    bookplate("run")
    return bookplate


def links(server: PdsServer) -> list[str]:
    """Where the account's posts lead, oldest first."""
    values = [each["value"] for each in server.records(COLLECTION)]
    return [each["embed"]["external"]["uri"] for each in values]


def test_a_post_lives_and_ends_at_a_real_server(
    abroad: Workplace, blog: Blog, pds_account: PdsServer
) -> None:
    assert "bluesky: " in abroad("channels", "verify").stdout
    blog.add("post")

    abroad("run")
    abroad("run")
    assert links(pds_account) == [blog.address("post")]

    blog.edit("post", prose("post", "A second thought."), title="About post, again")
    abroad("run")
    assert links(pds_account) == [blog.address("post")]
    assert "A second thought." in abroad.page("post")

    blog.delete("post", 410)
    abroad("run")
    assert links(pds_account) == []
    assert abroad.states() == {"drop": "withdrawn", "bluesky": "withdrawn"}


def test_a_server_that_is_down_gets_it_later(
    bookplate: Workplace, blog: Blog, fresh_pds: PdsServer
) -> None:
    bookplate.configure(blog.feed, DROP, bluesky(fresh_pds))
    bookplate.env["BLUESKY_PASSWORD"] = fresh_pds.password
    bookplate("run")
    blog.add("post")
    fresh_pds.stop()
    bookplate("run", expect=3)
    assert bookplate.done() == [("publish", "post")]

    fresh_pds.start()
    bookplate("run")

    assert links(fresh_pds) == [blog.address("post")]
    assert bookplate.done() == [("publish", "post")]


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_run_leaves_one_post(
    abroad: Workplace, blog: Blog, pds_account: PdsServer, seed: int
) -> None:
    import time

    for number in range(3):
        blog.add(f"post-{number}")
    process = abroad.start("run")
    time.sleep(random.Random(seed).uniform(0.8, 2.5))  # a kill has no other clock to go by
    kill(process)

    abroad("run")

    assert sorted(links(pds_account)) == sorted(blog.address(f"post-{n}") for n in range(3))
    assert len(abroad.done()) == len(set(abroad.done())) == 3
