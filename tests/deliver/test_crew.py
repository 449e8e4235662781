"""Threads that wait, and the one that works."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from service.deliver.crew import Crew


def test_everything_given_is_done_once() -> None:
    done: list[int] = []
    with Crew[int](8, 4) as crew:
        for number in range(200):
            crew.give(partial(int, number))
        while crew.outstanding:
            done += crew.take(50, 0.01)
    assert sorted(done) == list(range(200))


def test_results_may_ask_for_more() -> None:
    done: list[int] = []
    with Crew[int](2, 2) as crew:
        crew.give(partial(int, 5))
        while crew.outstanding:
            for number in crew.take(10, 0.0):
                done.append(number)
                if number:
                    crew.give(partial(int, number - 1))
    assert done == [5, 4, 3, 2, 1, 0]


def test_they_run_so_far_ahead_and_no_further() -> None:
    begun = threading.Semaphore(0)

    def task() -> int:
        begun.release()
        return 1

    with Crew[int](4, 3) as crew:
        for _ in range(20):
            crew.give(task)
        assert [begun.acquire(timeout=5) for _ in range(3)] == [True] * 3
        assert not begun.acquire(timeout=0.05)
        crew.take(1, 0.0)
        assert begun.acquire(timeout=5)


def test_all_hands_are_taken_on_where_the_outside_lets_them_wait() -> None:
    together = threading.Barrier(30, timeout=20)
    with Crew[int](30, 30) as crew:
        for _ in range(30):
            crew.give(together.wait)
        done = [each for _ in range(30) for each in crew.take(1, 0.0)]
    assert sorted(done) == list(range(30))


def test_trouble_reaches_who_takes_the_result() -> None:
    with Crew[float](1, 1) as crew:
        crew.give(lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            crew.take(1, 0.0)


def test_leaving_early_drops_what_was_not_begun() -> None:
    done: list[int] = []
    hold = threading.Event()

    def task(number: int) -> int:
        hold.wait(5)
        done.append(number)
        return number

    with Crew[int](1, 1) as crew:
        for number in range(10):
            crew.give(partial(task, number))
    hold.set()
    for thread in threading.enumerate():
        if thread.name == "fetching":
            thread.join(5)
    assert len(done) <= 2
