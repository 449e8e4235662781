"""Posts that are edited, deleted, brought back: what becomes of their copies."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.deliver import desk
from service.deliver.meant import book_meant
from service.errors import ChannelUnreachable, RemoteGone, RenditionRejected
from service.model import Ruling
from tests.blog import Blog, prose
from tests.deliver.rig import Rig


@pytest.fixture
def out(publisher: Rig, blog: Blog) -> Rig:
    """A publisher whose blog has one post, "post", which is out everywhere."""
    blog.add("old")
    publisher.run()
    blog.add("post")
    publisher.run()
    return publisher


def drop(publisher: Rig) -> list[str]:
    """The pages that lie in the file channel's folder."""
    return [each.read_text() for each in (publisher.directory / "drop").glob("*.html")]


# ── edits ────────────────────────────────────────────────────────────────────────────────


def test_an_edit_reaches_the_copies_that_can_be_edited(out: Rig, blog: Blog) -> None:
    blog.edit("post", prose("post", "A second thought."), title="About post, again")

    out.run()

    (page,) = drop(out)
    assert "A second thought." in page
    assert out.scripted["social"].actions == ["publish", "update"]
    assert "About post, again" in out.scripted["social"].calls[1].shown
    assert out.delivery("social").state == "updated"


def test_an_edit_is_shown_where_the_copy_cannot_follow(out: Rig, blog: Blog) -> None:
    blog.edit("post", title="About post, again")

    out.run()

    letter = out.delivery("letter")
    assert letter.state == "delivered"
    assert "can't edit" in letter.reason
    assert out.scripted["letter"].actions == ["publish"]


def test_an_edit_updates_the_copy_by_its_own_id(out: Rig, blog: Blog) -> None:
    remote_id = out.delivery("social").remote_id
    blog.edit("post", title="About post, again")

    out.run()

    assert out.scripted["social"].calls[1].remote_id == remote_id
    assert out.delivery("social").remote_id == remote_id


def test_white_space_is_no_edit(out: Rig, blog: Blog) -> None:
    blog.edit("post", blog.posts["post"].html.replace("</p>", "</p>\n\n"))

    out.run()

    assert out.scripted["social"].actions == ["publish"]
    assert len(drop(out)) == 1


def test_going_back_and_forth_sends_each_turn(out: Rig, blog: Blog) -> None:
    for title in ("B", "About post", "B", "About post"):
        blog.edit("post", title=title)
        out.run()

    calls = out.scripted["social"].calls
    assert [("B\n" in each.shown or each.shown.startswith("B")) for each in calls] == [
        False,
        True,
        False,
        True,
        False,
    ]
    assert len({each.key for each in calls}) == 5


def test_an_edit_taken_back_before_it_settles_sends_nothing(out: Rig, blog: Blog) -> None:
    out.settle(timedelta(minutes=10))
    blog.edit("post", title="B")
    out.run()
    blog.edit("post", title="About post")
    out.run()
    out.clock.forward(minutes=20)
    out.run()

    assert out.scripted["social"].actions == ["publish"]
    assert out.delivery("social").state == "delivered"


def test_an_edit_that_may_have_got_through_is_set_right_when_taken_back(
    out: Rig, blog: Blog
) -> None:
    out.scripted["social"].troubles.append(ChannelUnreachable("no answer"))
    blog.edit("post", title="B")
    out.run()
    blog.edit("post", title="About post")
    out.run()

    assert out.scripted["social"].actions == ["publish", "update"]
    assert "About post" in out.scripted["social"].calls[-1].shown


def test_a_post_edited_while_its_first_delivery_failed_goes_out_once_as_it_is_now(
    publisher: Rig, blog: Blog
) -> None:
    publisher.run()
    publisher.scripted["letter"].troubles.append(ChannelUnreachable("no answer"))
    blog.add("post")
    publisher.run()
    blog.edit("post", prose("post", "A second thought."))

    publisher.run()
    publisher.run()

    (call,) = publisher.scripted["letter"].calls
    assert "A second thought." in call.shown


def test_an_edit_while_the_post_is_on_its_way_follows_it(publisher: Rig, blog: Blog) -> None:
    publisher.run()
    blog.add("post")

    def edit_meanwhile() -> None:
        from service.deliver.plan import plan
        from service.deliver.polling import poll_all

        blog.edit("post", title="About post, again")
        poll_all(publisher, publisher.blog.sources[:1])
        plan(publisher)

    publisher.scripted["social"].meanwhile = edit_meanwhile
    publisher.run()

    calls = publisher.scripted["social"].calls
    assert [each.action for each in calls] == ["publish", "update"]
    assert "again" not in calls[0].shown
    assert "again" in calls[1].shown
    (page,) = drop(publisher)
    assert "About post, again" in page


def test_an_edit_waits_as_long_as_the_channel_asked(out: Rig, blog: Blog) -> None:
    from service.errors import RateLimited

    out.scripted["social"].troubles.append(RateLimited("slowly", retry_after=600))
    blog.edit("post", title="B")
    out.run()
    blog.edit("post", title="C")
    out.run()
    assert out.scripted["social"].actions == ["publish"]

    out.clock.forward(seconds=601)
    out.run()
    assert out.scripted["social"].actions == ["publish", "update"]
    assert out.scripted["social"].calls[-1].shown.startswith("C")


def test_an_edit_does_not_release_what_a_person_holds(out: Rig, blog: Blog) -> None:
    out.scripted["social"].troubles.append(ChannelUnreachable("no answer"))
    blog.edit("post", title="B")
    out.run()
    desk.hold(out, out.delivery("social").id)
    blog.edit("post", title="C")
    out.run()
    assert out.delivery("social").state == "held"

    desk.approve(out, out.delivery("social").id)
    out.run()
    assert out.scripted["social"].calls[-1].shown.startswith("C")


def test_a_copy_that_somebody_deleted_at_the_channel_is_let_go(out: Rig, blog: Blog) -> None:
    out.scripted["social"].troubles.append(RemoteGone("It is not there."))
    blog.edit("post", title="B")

    out.run()
    blog.edit("post", title="C")
    out.run()

    assert out.delivery("social").state == "withdrawn"
    assert out.scripted["social"].actions == ["publish"]


def test_a_ruling_brings_the_copies_up_to_date(out: Rig, blog: Blog) -> None:
    blog.edit("post", prose("post", "I also read The Housekeeper and the Professor by Yōko Ogawa."))
    out.run()
    before = drop(out)[0].count("tag=shelf-20")

    desk.rule_on_title(out, Ruling("The Housekeeper and the Professor", "ignore"))
    out.run()

    assert before == 2
    assert drop(out)[0].count("tag=shelf-20") == 1


def test_a_title_that_means_another_book_leads_there_until_that_is_forgotten(
    out: Rig, blog: Blog
) -> None:
    named = "I also read The Housekeeper and the <b>Professor</b> by Yōko Ogawa."
    blog.edit("post", prose("post", named))
    out.run()
    title = "The Housekeeper and the Professor"
    book = book_meant(out, title, "978-1-4555-8669-1", None, ())

    desk.rule_on_title(out, Ruling("the housekeeper and the professor", "link", book))
    out.run()
    assert "/dp/1455586692" in drop(out)[0]

    desk.forget_ruling(out, title)
    out.run()
    assert "/dp/0312427808" in drop(out)[0]


# ── deletions ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [404, 410])
def test_a_deleted_post_is_withdrawn_where_that_can_be(out: Rig, blog: Blog, status: int) -> None:
    blog.delete("post", status)

    out.run()

    assert out.posts()["post"].state == "gone"
    assert not drop(out)
    assert out.scripted["social"].actions == ["publish", "withdraw"]
    assert out.delivery("social").state == "withdrawn"
    assert out.delivery("letter").state == "delivered"
    assert "can't be taken back" in out.delivery("letter").reason


def test_a_missing_page_must_stay_missing_before_anything_is_withdrawn(
    out: Rig, blog: Blog
) -> None:
    out.settle(timedelta(hours=1))
    blog.delete("post", 404)
    out.run()
    out.clock.forward(minutes=59)
    out.run()
    assert out.scripted["social"].actions == ["publish"]

    out.clock.forward(minutes=1)
    out.run()
    assert out.scripted["social"].actions == ["publish", "withdraw"]


def test_a_page_that_is_gone_for_good_is_believed_at_once(out: Rig, blog: Blog) -> None:
    out.settle(timedelta(hours=1))
    blog.delete("post", 410)

    out.run()

    assert out.scripted["social"].actions == ["publish", "withdraw"]


def test_a_page_that_comes_back_in_time_was_never_gone(out: Rig, blog: Blog) -> None:
    out.settle(timedelta(hours=1))
    blog.delete("post", 404)
    out.run()
    blog.restore("post")
    out.run()
    out.clock.forward(hours=2)
    out.run()

    assert out.posts()["post"].state == "announced"
    assert out.scripted["social"].actions == ["publish"]


def test_a_site_that_fails_loses_nothing(out: Rig, blog: Blog) -> None:
    blog.delete("post", 503)

    out.run()
    out.clock.forward(days=2)
    out.run()

    assert out.posts()["post"].state == "announced"


def test_a_post_that_rolled_off_the_feed_stays_out(out: Rig, blog: Blog) -> None:
    blog.unlist("post")

    out.run()
    out.run()

    assert out.posts()["post"].state == "announced"
    assert out.scripted["social"].actions == ["publish"]
    assert blog.asked("/post/") == [200]


def test_a_post_deleted_before_it_was_sent_never_goes_out(publisher: Rig, blog: Blog) -> None:
    publisher.run()
    publisher.scripted["letter"].troubles.append(ChannelUnreachable("no answer"))
    blog.add("post")
    publisher.run()
    blog.delete("post", 410)

    publisher.run()
    publisher.run()

    assert not publisher.scripted["letter"].calls
    assert publisher.delivery("letter").state == "cancelled"


def test_a_copy_whose_update_was_given_up_is_withdrawn_too(out: Rig, blog: Blog) -> None:
    out.scripted["social"].troubles.append(RenditionRejected("too long"))
    blog.edit("post", title="B")
    out.run()
    desk.cancel(out, out.delivery("social").id)
    blog.delete("post", 410)

    out.run()

    assert out.scripted["social"].actions == ["publish", "withdraw"]


def test_a_withdrawal_that_fails_is_tried_again(out: Rig, blog: Blog) -> None:
    out.scripted["social"].troubles.append(ChannelUnreachable("no answer"))
    blog.delete("post", 410)
    out.run()
    assert out.delivery("social").state == "failed"

    out.run()

    assert out.delivery("social").state == "withdrawn"


# ── posts that come back ─────────────────────────────────────────────────────────────────


def test_a_post_that_comes_back_is_held_until_a_person_approves_it(out: Rig, blog: Blog) -> None:
    blog.delete("post", 410)
    out.run()
    blog.restore("post")
    out.run()
    assert out.posts()["post"].state == "held"
    assert "came back" in out.posts()["post"].reason
    assert out.scripted["social"].actions == ["publish", "withdraw"]

    desk.approve_post(out, out.posts()["post"].id)
    out.run()
    out.run()

    calls = out.scripted["social"].calls
    assert [each.action for each in calls] == ["publish", "withdraw", "publish"]
    assert calls[0].key != calls[2].key
    assert len(drop(out)) == 1
    assert out.scripted["letter"].actions == ["publish"]


def test_a_post_that_comes_back_edited_is_held_too(out: Rig, blog: Blog) -> None:
    blog.delete("post", 410)
    out.run()
    blog.restore("post")
    blog.edit("post", title="B")

    out.run()

    assert out.posts()["post"].state == "held"


def test_a_post_that_came_back_can_be_edited_and_deleted_like_any_other(
    out: Rig, blog: Blog
) -> None:
    blog.delete("post", 410)
    out.run()
    blog.restore("post")
    out.run()
    desk.approve_post(out, out.posts()["post"].id)
    out.run()
    blog.edit("post", title="B")
    out.run()
    blog.delete("post", 410)
    out.run()

    calls = out.scripted["social"].calls
    assert [each.action for each in calls] == [
        "publish",
        "withdraw",
        "publish",
        "update",
        "withdraw",
    ]
    assert len({each.key for each in calls}) == 5


# ── what a person takes back ─────────────────────────────────────────────────────────────


def test_a_post_that_a_person_withdraws_stays_withdrawn(out: Rig, blog: Blog) -> None:
    desk.withdraw_post(out, out.posts()["post"].id)
    blog.add("next")  # the feed is read anew, and still lists the post
    out.run()
    blog.edit("post", title="B")
    out.run()

    assert out.delivery("social", "post").state == "withdrawn"
    assert out.posts()["post"].state == "skipped"
    assert not out.waiting().posts
    assert len(drop(out)) == 1


def test_a_withdrawn_post_can_be_announced_again(out: Rig, blog: Blog) -> None:
    desk.withdraw_post(out, out.posts()["post"].id)
    out.run()

    desk.approve_post(out, out.posts()["post"].id)
    out.run()

    assert out.scripted["social"].actions == ["publish", "withdraw", "publish"]
    assert out.scripted["letter"].actions == ["publish"]


def test_one_copy_can_be_taken_back_alone(out: Rig) -> None:
    desk.withdraw(out, out.delivery("social").id)

    out.run()

    assert out.delivery("social").state == "withdrawn"
    assert out.delivery("drop").state == "delivered"


def test_a_letter_cannot_be_taken_back(out: Rig) -> None:
    from service.errors import UsageError

    with pytest.raises(UsageError, match="can't take anything back"):
        desk.withdraw(out, out.delivery("letter").id)
