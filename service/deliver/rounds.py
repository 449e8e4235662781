"""Turning the crank: once for `bookplate run`, again and again for `bookplate serve`.

A round takes what was pushed, polls what is due, plans what has settled and submits what is to be
sent. Everything is remembered between any two of its steps.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.deliver import desk, hooks, ledger
from service.deliver.plan import Planned, has_settled, plan
from service.deliver.polling import poll_all
from service.deliver.slots import Slot, take_any_slot
from service.errors import BookplateError, StoreError
from service.store import deliveries as stored
from service.store import sources as stored_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from service.deliver.engine import Engine
    from service.deliver.publisher import Publisher
    from service.deliver.told import PollReport
    from service.model import Source
    from service.store.tables import DeliveryRow

#: how often a process looks whether another has finished a delivery, in seconds
_LOOK_SECONDS = 0.1
#: after this long without a move, the engine is asked whether it still works on them
_STUCK_SECONDS = 5.0
#: how long a run waits while another process that delivers does not move, in seconds
_PATIENCE_SECONDS = 900.0
#: how often `serve` looks for something to do when nothing wakes it, in seconds
_TICK_SECONDS = 1.0
#: how often `serve` takes over what other machines left unfinished, in seconds
_RECOVER_SECONDS = 60.0
#: how long `serve` keeps quiet about what it said already, in seconds
_QUIET_SECONDS = 600.0
#: posts that a run, or a turn of `serve`, reads for their books at most: about a second's work
_READ_AT_ONCE = 100

log = logging.getLogger("bookplate.rounds")


@dataclass(slots=True)
class Round:
    """What a run did, for people."""

    polls: list[PollReport] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)
    delivered: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person asks of a run: posts to announce though they were there before, and sources to
    ask `again` though their servers want to be left alone."""

    posts: Sequence[str] = ()
    since: datetime | None = None
    limit: int | None = None
    again: Sequence[str] = ()


def take_in(publisher: Publisher, wishes: Wishes, tell: Callable[[str], None]) -> Round:
    """The first half of a run: hooks, polls, plans. `tell` hears what is being done."""
    done = Round()
    done.errors.extend(hooks.work_off(publisher))
    for name in wishes.again:
        publisher.source(name)
    asked = [source for source in publisher.blog.sources if source.kind != "webhook"]
    done.polls = poll_all(publisher, asked, tell, again=wishes.again)
    for report in done.polls:
        done.errors.extend(report.errors)
    desk.announce(publisher, wishes.posts, wishes.since, done.errors)
    if any(report.baseline for report in done.polls) or has_settled(publisher):
        # what old posts link is known before a new one is looked into
        ledger.keep(publisher, tell, _READ_AT_ONCE)
    _plan(publisher, done, wishes.limit)
    return done


def _plan(publisher: Publisher, done: Round, limit: int | None = None) -> None:
    """Plan what has settled; of `limit` announcements a run may make, some may be made already."""
    if limit is not None:
        limit -= sum(each.announced for each in done.planned)
    planned, errors = plan(publisher, limit=limit)
    done.planned.extend(planned)
    done.errors.extend(errors)


def run_once(publisher: Publisher, wishes: Wishes, tell: Callable[[str], None]) -> Round:
    """Everything that can be done now. Safe beside any other process on the same database."""
    done = take_in(publisher, wishes, tell)
    with publisher.store.session() as session:
        stored.hasten(session, publisher.owner, publisher.now())
    tried: set[int] = set()
    while due := _due(publisher) - tried:
        tell(f"delivering {len(due)}")
        tried |= _deliver(publisher, tell)
        _plan(publisher, done, wishes.limit)
        tried -= _still_wanted(publisher, tried)
    done.delivered = sorted(tried)
    return done


def _due(publisher: Publisher) -> set[int]:
    with publisher.store.reading() as session:
        return {row.id for row in stored.due(session, publisher.owner, publisher.now())}


def _still_wanted(publisher: Publisher, tried: set[int]) -> set[int]:
    """Of those tried, what got through and has something new to say already."""
    with publisher.store.reading() as session:
        rows = stored.by_ids(session, tried)
        return {row.id for row in rows if row.state == "due" and row.tries == 0}


def _deliver(publisher: Publisher, tell: Callable[[str], None]) -> set[int]:
    """Deliver what is due; the ids that were tried. Another process may do the work for us.

    Raises StoreError where the other one holds on to it and nothing moves.
    """
    from service.deliver.engine import Engine

    tried: set[int] = set()
    seen, since = set[int](), time.monotonic()
    while due := _due(publisher) - tried:
        slot = take_any_slot(publisher.store)
        if slot is None:
            tell("another Bookplate is delivering this")
            if due != seen:
                seen, since = due, time.monotonic()
            elif time.monotonic() - since > _PATIENCE_SECONDS:
                raise StoreError(
                    f"Another Bookplate holds {len(due)} deliveries, and none of them moves.",
                    mend="See what it is at (bookplate serve?), or end it: the next run goes on.",
                )
            time.sleep(_LOOK_SECONDS)
            continue
        try:
            with Engine(publisher, slot) as engine:
                submitted = engine.submit()
                tried |= set(submitted) | due
                _wait(publisher, submitted, engine)
        finally:
            slot.release()
    return tried


def _wait(publisher: Publisher, submitted: Mapping[int, str], engine: Engine) -> None:
    """Until none of these deliveries is in the hands of its workflow any more.

    Raises StoreError where none of them can move.
    """
    moved = time.monotonic()
    before: object = None
    while left := _in_hand(publisher, submitted):
        now = {(row.id, row.state, row.tries) for row in left}
        if now != before:
            before, moved = now, time.monotonic()
        elif time.monotonic() - moved > _STUCK_SECONDS:
            moved = time.monotonic()
            # perhaps who had them in hand has died
            engine.recover_the_dead()
            # a workflow ends after its outcome is written: what is left after it ended stays
            if not engine.works_on(left) and (left := _in_hand(publisher, submitted)):
                raise StoreError(
                    f"{len(left)} deliveries can't go on: what became of them could not be "
                    "written.",
                    mend="See that the disk has space, then run again: nothing is lost.",
                )
        time.sleep(_LOOK_SECONDS)


def _in_hand(publisher: Publisher, submitted: Mapping[int, str]) -> list[DeliveryRow]:
    """Of the deliveries submitted, those that their workflow has still in hand."""
    with publisher.store.reading() as session:
        return [
            row
            for row in stored.by_ids(session, submitted)
            if row.state in stored.WAITING and row.workflow == submitted[row.id]
        ]


class Service:
    """`serve`: one thread polls, another turns rounds, woken by webhooks and people's decisions.

    So a slow feed keeps nothing from being delivered.
    """

    def __init__(self, publisher: Publisher, log: Callable[[str], None]) -> None:
        self._publisher = publisher
        self._log = log
        self._said: dict[str, float] = {}
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._turn_rounds, name="rounds", daemon=True),
            threading.Thread(target=self._poll_sources, name="polls", daemon=True),
        ]
        self.last_round: float | None = None

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Something is to be done: don't wait for the next tick."""
        self._wake.set()

    def stop(self, timeout: float) -> None:
        """End after what is being done now; what is left is done by the next process."""
        self._stopping.set()
        self._wake.set()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _poll_sources(self) -> None:
        while not self._stopping.is_set():
            with self._told():
                due = self._due_sources()
                if due:
                    for report in poll_all(self._publisher, due, stopped=self._stopping.is_set):
                        self._say([*report.errors, *report.notes])
                    self.wake()
            self._stopping.wait(_TICK_SECONDS)

    def _turn_rounds(self) -> None:
        with ExitStack() as holding:
            engine: Engine | None = None
            recovered = 0.0
            while not self._stopping.is_set():
                self._wake.clear()
                with self._told():
                    engine = engine or self._engine(holding)
                    if engine and time.monotonic() - recovered > _RECOVER_SECONDS:
                        engine.recover_the_dead()
                        recovered = time.monotonic()
                    self._turn(engine)
                    self.last_round = time.time()
                self._wake.wait(_TICK_SECONDS)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """One bad round must not end the service: it is told, and the next one tries."""
        try:
            yield
        except Exception as error:
            if not isinstance(error, BookplateError):
                log.exception("a round failed unexpectedly")
            self._say([f"round failed: {error}"])

    def _say(self, lines: list[str]) -> None:
        """Log each line, but the same one at most once in ten minutes."""
        now = time.monotonic()
        for line in lines:
            if now - self._said.get(line, -_QUIET_SECONDS) >= _QUIET_SECONDS:
                self._said[line] = now
                self._log(line)

    def _engine(self, holding: ExitStack) -> Engine | None:
        slot: Slot | None = take_any_slot(self._publisher.store)
        if slot is None:
            return None
        from service.deliver.engine import Engine

        with ExitStack() as attempt:
            attempt.callback(slot.release)
            engine = attempt.enter_context(Engine(self._publisher, slot))
            holding.push(attempt.pop_all())
        return engine

    def _turn(self, engine: Engine | None) -> None:
        done = Round()
        done.errors.extend(hooks.work_off(self._publisher))
        ledger.keep(self._publisher, most=_READ_AT_ONCE)
        _plan(self._publisher, done)
        if engine is not None:
            engine.submit()
        self._say(done.errors)
        for planned in done.planned:
            self._log(f"planned: {planned.title}")

    def _due_sources(self) -> list[Source]:
        publisher = self._publisher
        with publisher.store.reading() as session:
            others = stored_sources.not_due(session, publisher.owner, publisher.now())
        return [
            source
            for source in publisher.blog.sources
            if source.kind != "webhook" and source.name not in others
        ]
