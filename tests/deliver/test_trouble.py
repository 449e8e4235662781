"""Channels that don't do what they are asked: what is tried again, what waits for a person."""

from __future__ import annotations

import pytest

from service.deliver import desk, steps
from service.errors import (
    ChannelError,
    ChannelUnreachable,
    RateLimited,
    RemoteGone,
    RenditionRejected,
    SettingsError,
    TokenRejected,
    Unsure,
    UsageError,
)
from tests.blog import Blog
from tests.deliver.rig import Rig, Scripted


@pytest.fixture
def begun(publisher: Rig, blog: Blog) -> Rig:
    """A publisher that knows the blog, to which a post has just come."""
    publisher.run()
    blog.add("post")
    return publisher


@pytest.fixture
def social(begun: Rig) -> Scripted:
    return begun.scripted["social"]


def test_one_channel_in_trouble_keeps_no_other(begun: Rig, social: Scripted) -> None:
    social.troubles.append(ChannelUnreachable("no answer"))

    begun.run()

    assert begun.delivery("social").state == "failed"
    assert begun.delivery("letter").state == "delivered"
    assert begun.delivery("drop").state == "delivered"


def test_what_failed_is_tried_by_the_next_run(begun: Rig, social: Scripted) -> None:
    social.troubles.append(ChannelUnreachable("no answer"))
    begun.run()

    begun.run()

    assert social.actions == ["publish"]
    assert begun.delivery("social").state == "delivered"
    assert begun.outcomes(begun.delivery("social").id) == ["unreachable", "delivered"]


def test_a_run_tries_a_channel_once(begun: Rig, social: Scripted) -> None:
    social.troubles.extend([ChannelUnreachable("no answer")] * 5)

    begun.run()

    assert len(social.troubles) == 4


def test_a_channel_that_asks_to_wait_is_waited_for(begun: Rig, social: Scripted) -> None:
    social.troubles.append(RateLimited("slowly", retry_after=120))
    begun.run()
    begun.clock.forward(seconds=118)
    begun.run()
    assert not social.calls

    begun.clock.forward(seconds=2)
    begun.run()
    assert social.actions == ["publish"]


def test_a_channel_that_asks_to_wait_without_saying_how_long_gets_our_own_pause(
    begun: Rig, social: Scripted
) -> None:
    social.troubles.append(RateLimited("slowly"))
    begun.run()
    begun.run()
    assert not social.calls

    begun.clock.forward(seconds=31)
    begun.run()
    assert social.actions == ["publish"]


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        (TokenRejected("The token is refused."), "token"),
        (RenditionRejected("Too long."), "rejected"),
        (Unsure("It may have got through."), "unsure"),
        (SettingsError("The file is not there."), "token"),
        (ZeroDivisionError("division by zero"), "broken"),
    ],
)
def test_what_a_person_must_mend_is_held_and_told(
    begun: Rig, social: Scripted, trouble: Exception, outcome: str
) -> None:
    social.troubles.append(trouble)

    done = begun.run()
    begun.run()

    held = begun.delivery("social")
    assert held.id in done.delivered
    assert held.state == "held"
    assert str(trouble) in held.reason
    assert begun.outcomes(held.id) == [outcome]
    assert [each.id for each in begun.waiting().deliveries] == [held.id]
    assert not social.calls


@pytest.mark.parametrize("decide", [desk.approve, desk.retry])
def test_what_is_held_goes_out_when_a_person_says_so(
    begun: Rig, social: Scripted, decide: object
) -> None:
    social.troubles.append(TokenRejected("The token is refused."))
    begun.run()

    decide(begun, begun.delivery("social").id)  # type: ignore[operator]
    begun.run()

    assert social.actions == ["publish"]
    assert begun.delivery("social").state == "delivered"
    assert not begun.waiting().deliveries


def test_a_held_delivery_may_be_retried_again_and_again(begun: Rig, social: Scripted) -> None:
    social.troubles.extend([TokenRejected("The token is refused.")] * 4)
    begun.run()

    for _ in range(3):
        desk.retry(begun, begun.delivery("social").id)
        begun.run()
    desk.retry(begun, begun.delivery("social").id)
    begun.run()

    assert begun.delivery("social").state == "delivered"


def test_retry_forgets_that_a_part_was_cut_off(begun: Rig) -> None:
    from service.deliver.receipts import StoredReceipts

    begun.scripted["social"].troubles.append(Unsure("It may have got through."))
    begun.run()
    delivery = begun.delivery("social")
    receipts = StoredReceipts(begun, delivery.key)
    receipts.begin("one")
    receipts.begin("two")
    receipts.finish("two", "7")

    desk.retry(begun, delivery.id)

    assert not receipts.cut_off("one")
    assert receipts.finished("two") == "7"


def test_approve_remembers_that_a_part_was_cut_off(begun: Rig) -> None:
    from service.deliver.receipts import StoredReceipts

    begun.scripted["social"].troubles.append(Unsure("It may have got through."))
    begun.run()
    delivery = begun.delivery("social")
    receipts = StoredReceipts(begun, delivery.key)
    receipts.begin("one")

    desk.approve(begun, delivery.id)

    assert receipts.cut_off("one")


def test_a_cancelled_delivery_is_never_sent(begun: Rig, social: Scripted) -> None:
    social.troubles.append(ChannelUnreachable("no answer"))
    begun.run()

    desk.cancel(begun, begun.delivery("social").id)
    begun.run()

    assert not social.calls
    assert begun.delivery("social").state == "cancelled"


def test_an_edit_does_not_revive_what_was_cancelled(
    begun: Rig, blog: Blog, social: Scripted
) -> None:
    social.troubles.append(ChannelUnreachable("no answer"))
    begun.run()
    desk.cancel(begun, begun.delivery("social").id)
    blog.edit("post", title="B")

    begun.run()

    assert not social.calls


def test_a_held_delivery_waits_for_approval(begun: Rig, social: Scripted) -> None:
    social.troubles.append(ChannelUnreachable("no answer"))
    begun.run()
    desk.hold(begun, begun.delivery("social").id)
    begun.run()
    assert not social.calls

    desk.approve(begun, begun.delivery("social").id)
    begun.run()
    assert social.actions == ["publish"]


def test_a_channel_that_is_down_for_a_week_waits_for_a_person(begun: Rig, social: Scripted) -> None:
    social.troubles.extend([ChannelUnreachable("no answer")] * 2)
    begun.run()
    begun.clock.forward(days=7, seconds=1)
    begun.run()

    assert begun.delivery("social").state == "dead"
    begun.run()
    assert not social.calls

    desk.retry(begun, begun.delivery("social").id)
    begun.run()
    assert social.actions == ["publish"]


def test_a_channel_that_left_the_configuration_holds_its_deliveries(
    begun: Rig, social: Scripted
) -> None:
    social.troubles.append(ChannelUnreachable("no answer"))
    begun.run()
    begun.set_up(channels=tuple(each for each in begun.blog.channels if each.name != "social"))

    begun.run()

    assert begun.delivery("social").state == "held"
    assert 'no channel "social" any more' in begun.delivery("social").reason


def test_a_channel_added_later_gets_new_posts_only(begun: Rig, blog: Blog) -> None:
    channels = begun.blog.channels
    begun.set_up(channels=channels[1:])
    begun.run()
    begun.set_up(channels=channels)
    blog.add("next")
    begun.run()

    (call,) = begun.scripted["letter"].calls
    assert call.rendition
    assert call.rendition.post_url == blog.address("next")


@pytest.mark.parametrize(
    ("decide", "needs"),
    [
        (desk.approve, "held"),
        (desk.retry, "held, failed, dead, cancelled"),
        (desk.hold, "due, failed, planned"),
        (desk.cancel, "held, due, failed, planned, dead"),
    ],
)
def test_what_is_out_cannot_be_decided_any_more(begun: Rig, decide: object, needs: str) -> None:
    begun.run()

    with pytest.raises(UsageError, match=f'"delivered"; this needs one of: {needs}'):
        decide(begun, begun.delivery("social").id)  # type: ignore[operator]


def test_an_unknown_delivery_is_told(begun: Rig) -> None:
    with pytest.raises(UsageError, match="no delivery 4711"):
        desk.retry(begun, 4711)


@pytest.mark.parametrize(
    ("tries", "seconds"), [(1, 30), (2, 60), (3, 120), (9, 7680), (11, 21600), (1000, 21600)]
)
def test_pauses_double_up_to_six_hours(tries: int, seconds: float) -> None:
    assert steps.pause(tries).total_seconds() == seconds


def test_no_channel_error_is_forgotten() -> None:
    """Each kind of channel error has a test above, or here."""
    known = {
        TokenRejected,
        RateLimited,
        ChannelUnreachable,
        RenditionRejected,
        Unsure,
        RemoteGone,
    }
    assert set(ChannelError.__subclasses__()) == known
