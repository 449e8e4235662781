"""What is announced, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.deliver import desk
from service.errors import UsageError
from tests.blog import Blog, prose
from tests.deliver.rig import Rig
from tests.ingest.histories import entry, rss


@pytest.fixture
def begun(publisher: Rig, blog: Blog) -> Rig:
    """A publisher that knows the blog's two old posts."""
    blog.add("first")
    blog.add("second")
    publisher.run()
    return publisher


def sent(publisher: Rig, channel: str = "social") -> list[str]:
    """The slugs that the channel was asked to publish, in order."""
    calls = publisher.scripted[channel].calls
    urls = [each.rendition.post_url for each in calls if each.rendition]
    return [url.rstrip("/").rpartition("/")[2] for url in urls]


def test_the_first_poll_announces_nothing_and_says_so(publisher: Rig, blog: Blog) -> None:
    blog.add("first")
    blog.add("second")

    done = publisher.run()

    assert done.polls[0].baseline == ["About second", "About first"]
    assert not done.planned
    assert not sent(publisher)
    assert {each.state for each in publisher.posts().values()} == {"baseline"}


def test_a_new_post_goes_to_every_channel_once(begun: Rig, blog: Blog) -> None:
    blog.add("third")

    begun.run()
    again = begun.run()

    assert sent(begun, "letter") == sent(begun, "social") == ["third"]
    events = (begun.directory / "drop/events.jsonl").read_text().splitlines()
    assert len(events) == 1
    assert not again.planned
    assert not again.delivered
    assert begun.delivery("letter").state == "delivered"
    assert begun.delivery("social").remote_url


def test_links_are_tagged_where_the_channel_may_carry_them(begun: Rig, blog: Blog) -> None:
    blog.add("third")

    begun.run()

    (page,) = (begun.directory / "drop").glob("*.html")
    assert "tag=shelf-20" in page.read_text()


def test_since_announces_old_posts_from_that_day_on(begun: Rig) -> None:
    begun.run(since=datetime(2026, 11, 2, tzinfo=UTC))

    assert sent(begun) == ["second"]


def test_since_works_on_the_very_first_run(publisher: Rig, blog: Blog) -> None:
    blog.add("first")
    blog.add("second")

    publisher.run(since=datetime(2026, 11, 1, tzinfo=UTC))

    assert sent(publisher) == ["first", "second"]


def test_since_leaves_alone_what_a_person_skipped(begun: Rig) -> None:
    desk.skip_post(begun, begun.posts()["first"].id)

    begun.run(since=datetime(2026, 11, 1, tzinfo=UTC))

    assert sent(begun) == ["second"]


def test_post_announces_an_old_post_by_its_address(begun: Rig, blog: Blog) -> None:
    begun.run(blog.address("first"))

    assert sent(begun) == ["first"]


def test_post_fetches_a_post_that_no_feed_lists(begun: Rig, blog: Blog) -> None:
    url = blog.add("secret", listed=False)

    begun.run(url)

    assert sent(begun) == ["secret"]
    assert blog.asked("/secret/") == [200]


def test_post_of_an_address_without_a_post_is_told(begun: Rig, blog: Blog) -> None:
    done = begun.run(blog.address("nowhere"))

    assert len(done.errors) == 1
    assert "/nowhere/" in done.errors[0]
    assert not sent(begun)


def test_post_that_is_out_already_does_nothing(begun: Rig, blog: Blog) -> None:
    begun.run(blog.address("first"))
    begun.run(blog.address("first"))

    assert sent(begun) == ["first"]


def test_an_address_never_means_a_post_that_has_no_words(begun: Rig, blog: Blog) -> None:
    blog.add("wordless", title=" ", html=" ")
    begun.run()
    blog.add("gone", listed=False)

    begun.run(blog.address("gone"))

    assert sent(begun)[-1] == "gone"


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_limit_bounds_the_posts_of_one_run(begun: Rig, blog: Blog, limit: int) -> None:
    for slug in ("third", "fourth", "fifth"):
        blog.add(slug)

    begun.run(limit=limit)

    assert sent(begun) == ["third", "fourth", "fifth"][:limit]
    begun.run()
    assert sent(begun) == ["third", "fourth", "fifth"]


def test_limit_lets_edits_through(begun: Rig, blog: Blog) -> None:
    blog.add("third")
    begun.run()
    blog.edit("third", title="About third, mended")

    begun.run(limit=0)

    assert begun.scripted["social"].actions == ["publish", "update"]


def test_a_post_settles_before_it_goes_out(begun: Rig, blog: Blog) -> None:
    begun.settle(timedelta(minutes=10))
    blog.add("third")

    begun.run()
    begun.clock.forward(minutes=9)
    begun.run()
    assert not sent(begun)

    begun.clock.forward(minutes=1)
    begun.run()
    assert sent(begun) == ["third"]


def test_an_edit_while_it_settles_starts_the_wait_anew(begun: Rig, blog: Blog) -> None:
    begun.settle(timedelta(minutes=10))
    blog.add("third")
    begun.run()
    begun.clock.forward(minutes=9)
    blog.edit("third", prose("third", "A second thought."))
    begun.run()

    begun.clock.forward(minutes=9)
    begun.run()
    assert not sent(begun)

    begun.clock.forward(minutes=1)
    begun.run()
    (call,) = begun.scripted["letter"].calls
    assert "A second thought." in call.shown


def test_a_person_need_not_wait_for_a_post_to_settle(begun: Rig, blog: Blog) -> None:
    begun.settle(timedelta(minutes=10))
    url = blog.add("third")
    begun.run()

    begun.run(url)

    assert sent(begun) == ["third"]


def test_more_posts_than_hold_above_wait_for_a_person(begun: Rig, blog: Blog) -> None:
    slugs = [f"import-{number}" for number in range(6)]
    for slug in slugs:
        blog.add(slug)

    done = begun.run()

    assert len(done.polls[0].held) == 6
    assert not sent(begun)
    assert len(begun.waiting().posts) == 6
    desk.approve_post(begun, begun.posts()["import-3"].id)
    begun.run()
    assert sent(begun) == ["import-3"]


def test_as_many_posts_as_hold_above_just_go_out(begun: Rig, blog: Blog) -> None:
    for number in range(5):
        blog.add(f"new-{number}")

    begun.run()

    assert len(sent(begun)) == 5


def test_an_old_post_that_slides_into_the_feed_is_not_announced(publisher: Rig, blog: Blog) -> None:
    blog.add("oldest", listed=False)
    for slug in ("first", "second", "third"):
        blog.add(slug)
    publisher.run()

    blog.delete("third")
    blog.restore("oldest")
    publisher.run()

    assert not sent(publisher)
    assert publisher.posts()["oldest"].state == "baseline"


def test_a_post_that_moved_and_was_edited_is_the_same_post(begun: Rig, blog: Blog) -> None:
    blog.add("third")
    begun.run()
    old = blog.posts.pop("third")

    blog.add("third-mended", title=old.title, html=old.html + "<p>Mended.</p>", day=2)
    begun.run()

    assert begun.scripted["social"].actions == ["publish", "update"]


def test_a_skipped_post_stays_unannounced_when_it_is_edited(begun: Rig, blog: Blog) -> None:
    begun.settle(timedelta(hours=1))
    blog.add("third")
    begun.run()
    desk.skip_post(begun, begun.posts()["third"].id)
    blog.edit("third", title="About third, mended")
    begun.run()
    begun.clock.forward(hours=2)
    begun.run()

    assert not sent(begun)


def test_only_what_waits_can_be_approved_or_skipped(begun: Rig, blog: Blog) -> None:
    begun.run(blog.address("first"))
    post_id = begun.posts()["first"].id

    with pytest.raises(UsageError, match="nothing to approve"):
        desk.approve_post(begun, post_id)
    with pytest.raises(UsageError, match="too late"):
        desk.skip_post(begun, post_id)
    with pytest.raises(UsageError, match="no post 4711"):
        desk.approve_post(begun, 4711)


def test_a_post_that_our_own_code_fails_on_does_not_stop_the_others(
    begun: Rig, blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service import pipeline

    scan = pipeline.scan

    def failing(document, **rest):  # type: ignore[no-untyped-def]
        if "third" in document.url:
            raise RecursionError("too deep")
        return scan(document, **rest)

    monkeypatch.setattr(pipeline, "scan", failing)
    blog.add("third")
    blog.add("fourth")

    done = begun.run()

    assert sent(begun) == ["fourth"]
    assert "About third" in done.errors[0]
    assert "too deep" in done.errors[0]


def test_a_feed_that_fails_is_told_and_asked_again(begun: Rig, blog: Blog) -> None:
    blog.add("third")
    blog.failing = 503

    done = begun.run()
    assert "503" in done.errors[0]

    blog.failing = None
    begun.run()
    assert sent(begun) == ["third"]


def test_an_unchanged_feed_is_asked_conditionally(begun: Rig, blog: Blog) -> None:
    begun.run()
    begun.run()

    assert blog.asked("/feed.xml")[-2:] == [304, 304]


def test_a_feed_without_validators_is_read_once_while_it_stays_the_same(
    publisher: Rig, blog: Blog
) -> None:
    blog.conditional = False
    blog.add("first")

    publisher.run()
    done = publisher.run()

    assert blog.asked("/feed.xml")[-1] == 200
    assert done.polls[0].unchanged


def test_a_copy_that_stands_at_the_old_address_is_no_post_of_its_own(
    publisher: Rig, blog: Blog
) -> None:
    moved = {"e": "a", "url": "https://blog.example/moved/"}
    copy = {"e": "a", "id": None}
    announced = []
    polls: list[list[Any]] = [
        ["old"],
        ["a", "old"],
        [moved, "old", copy],
        [moved, "old", copy, "late"],
    ]
    for specs in polls:
        blog.raw_feed = rss([entry(spec) for spec in specs])
        announced += [each.title for each in publisher.run().planned if each.announced]
    assert announced == ["About a", "About late"]


def test_every_decision_on_a_post_is_kept_with_its_reason(publisher: Rig, blog: Blog) -> None:
    publisher.settle(timedelta(minutes=10))
    publisher.run()
    blog.add("new")
    publisher.run()
    publisher.clock.forward(minutes=1)
    blog.edit("new", prose("other words"))
    publisher.run()
    publisher.clock.forward(minutes=30)
    publisher.run()
    publisher.clock.forward(minutes=1)
    desk.withdraw_post(publisher, publisher.posts()["new"].id)

    told = publisher.posts()["new"].decisions

    assert [(each.state, each.reason) for each in told] == [
        ("settling", "No known post has its id, address, text."),
        ("settling", "Known by its id and address; its content changed."),
        ("announced", "Known by its id and address; its content changed."),
        ("skipped", "Withdrawn by you."),
    ]
    assert [each.at for each in told] == sorted({each.at for each in told})


def test_an_edit_of_an_old_post_is_noted_with_it(publisher: Rig, blog: Blog) -> None:
    blog.add("old")
    publisher.run()
    blog.edit("old", prose("other words"))
    publisher.run()

    post = publisher.posts()["old"]

    assert post.state == "baseline"
    assert "not announced" in post.reason
    assert [each.reason for each in post.decisions][1:] == [
        "Known by its id and address; its content changed."
    ]
