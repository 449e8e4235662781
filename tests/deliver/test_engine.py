"""The workflow engine, on both databases: what is submitted is done once, after a death too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from service.deliver import desk, send
from service.deliver.engine import Engine
from service.deliver.slots import take_any_slot, take_slot
from service.errors import TokenRejected
from service.store import deliveries as stored
from service.store.engine import Store
from tests.blog import Blog
from tests.deliver.conftest import SECRET
from tests.deliver.rig import Rig, rig

# the engine is one for a process, so these tests keep together
pytestmark = pytest.mark.xdist_group("postgresql")


@pytest.fixture
def working(fresh_store: Store, blog: Blog, tmp_path: Path) -> Iterator[Rig]:
    """A publisher with the real engine, to whose blog a post has just come."""
    with rig(blog.feed, fresh_store, tmp_path, SECRET) as made:
        made.run()
        blog.add("post")
        yield made


def due(publisher: Rig) -> list[int]:
    from service.deliver.rounds import Wishes, take_in

    publisher.clock.forward(seconds=1)
    take_in(publisher, Wishes(), lambda _: None)
    with publisher.store.session() as session:
        return [row.id for row in stored.due(session, publisher.owner, publisher.now())]


def test_what_is_due_is_done_once(working: Rig) -> None:
    done = working.run()
    again = working.run()

    assert len(done.delivered) == 3
    assert not again.delivered
    assert working.scripted["letter"].actions == ["publish"]
    assert working.scripted["social"].actions == ["publish"]


def test_what_is_held_can_be_retried_any_number_of_times(working: Rig) -> None:
    social = working.scripted["social"]
    social.troubles.extend([TokenRejected("The token is refused.")] * 4)
    working.run()

    for _ in range(4):
        desk.retry(working, working.delivery("social").id)
        working.run()

    assert working.delivery("social").state == "delivered"
    assert working.outcomes(working.delivery("social").id) == ["token"] * 4 + ["delivered"]


def test_what_a_dead_process_had_in_hand_is_taken_over_under_the_same_key(working: Rig) -> None:
    (first, *_) = due(working)
    with working.store.session() as session:
        row = stored.lock(session, first)
        assert row is not None
        row.workflow = workflow = f"{row.key}:1"
    job = send.claim(working, first, workflow)
    assert job is not None

    working.run()

    keys = [call.key for each in working.scripted.values() for call in each.calls]
    assert keys.count(job["key"]) == 1
    assert working.delivery("letter").state == "delivered"


def test_a_post_edited_after_such_a_death_goes_out_as_it_was_and_is_then_updated(
    working: Rig, blog: Blog
) -> None:
    """What a dead process handed over under a key is what is recorded as sent under it."""
    ids = due(working)
    for delivery_id in ids:
        with working.store.session() as session:
            row = stored.lock(session, delivery_id)
            assert row is not None
            row.workflow = workflow = f"{row.key}:1"
        job = send.claim(working, delivery_id, workflow)
        assert job is not None
        if job["channel"] == "drop":
            send.hand_over(working, job)
    blog.edit("post", title="About post, again")

    working.run()
    working.run()

    events = (working.directory / "drop/events.jsonl").read_text().splitlines()
    assert ['"action": "update"' in each for each in events] == [False, True]
    (page,) = (working.directory / "drop").glob("*.html")
    assert "About post, again" in page.read_text()
    calls = working.scripted["social"].calls
    assert [each.action for each in calls] == ["publish", "update"]
    assert "again" not in calls[0].shown


def test_an_outcome_that_could_not_be_written_is_found_out_by_the_next_run(
    working: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.deliver import rounds
    from service.errors import StoreError

    record = send.record

    def failing(publisher: Rig, job: send.Job, ending: send.Ending, workflow: str) -> None:
        if job["channel"] == "drop":
            raise StoreError("The disk is full.")
        record(publisher, job, ending, workflow)

    monkeypatch.setattr(rounds, "_STUCK_SECONDS", 0.3)
    monkeypatch.setattr(send, "record", failing)
    with pytest.raises(StoreError, match="could not be written"):
        working.run()
    assert working.delivery("drop").state == "sending"
    assert working.delivery("social").state == "delivered"

    monkeypatch.setattr(send, "record", record)
    working.run()

    assert working.delivery("drop").state == "delivered"
    events = (working.directory / "drop/events.jsonl").read_text().splitlines()
    assert len(events) == 1
    assert working.scripted["social"].actions == ["publish"]


def test_what_ends_while_it_is_asked_about_is_no_trouble(
    working: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.deliver import rounds
    from service.store.tables import DeliveryRow

    delivery_id = due(working)[0]
    monkeypatch.setattr(rounds, "_STUCK_SECONDS", 0.0)
    with working.store.session() as session:
        row = session.get_one(DeliveryRow, delivery_id)
        row.state, row.workflow = "sending", "w"

    class Ending(Engine):
        """An engine whose workflow ends just when it is asked about."""

        def recover_the_dead(self) -> None:
            """Nobody died."""

        def works_on(self, rows: Sequence[DeliveryRow]) -> bool:
            with working.store.session() as session:
                session.get_one(DeliveryRow, delivery_id).state = "delivered"
            return False

    slot = take_any_slot(working.store)
    assert slot is not None
    try:
        rounds._wait(working, {delivery_id: "w"}, Ending(working, slot))
    finally:
        slot.release()


def test_submitting_twice_is_submitting_once(working: Rig) -> None:
    from service.deliver.rounds import _wait

    due(working)
    slot = take_any_slot(working.store)
    assert slot is not None
    try:
        with Engine(working, slot) as engine:
            first = engine.submit()
            engine.submit()
            _wait(working, first, engine)
    finally:
        slot.release()

    assert working.scripted["social"].actions == ["publish"]


def test_a_slot_has_one_holder(store: Store) -> None:
    first = take_slot(store, 0)
    assert first is not None

    assert take_slot(store, 0) is None
    second = take_any_slot(store)
    if store.is_sqlite:
        assert second is None
    else:
        assert second is not None
        assert second.name == "slot-1"
        second.release()

    first.release()
    again = take_slot(store, 0)
    assert again is not None
    again.release()
