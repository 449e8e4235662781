"""When sources are asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.deliver.schedule import LONGEST_PAUSE, after_failure, next_poll, not_before

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
QUARTER, TWO_HOURS = timedelta(minutes=15), timedelta(hours=2)

spans = st.timedeltas(timedelta(0), timedelta(days=400))


@pytest.mark.parametrize(
    ("quiet", "fresh", "expected"),
    [
        (None, None, QUARTER),
        (timedelta(0), None, QUARTER),
        (timedelta(hours=12), None, QUARTER),
        (timedelta(days=1), None, timedelta(minutes=30)),
        (timedelta(days=2), None, timedelta(hours=1)),
        (timedelta(days=365), None, TWO_HOURS),
        (timedelta(0), timedelta(minutes=5), QUARTER),
        (timedelta(0), timedelta(hours=6), timedelta(hours=6)),
        (timedelta(0), timedelta(days=365), LONGEST_PAUSE),
        (timedelta(days=365), timedelta(hours=1), TWO_HOURS),
    ],
)
def test_quiet_and_fresh_sources_are_left_alone_within_bounds(
    quiet: timedelta | None, fresh: timedelta | None, expected: timedelta
) -> None:
    since = None if quiet is None else NOON - quiet
    found = next_poll(NOON, every=QUARTER, slowest=TWO_HOURS, quiet_since=since, fresh=fresh)
    assert found - NOON == expected


@given(every=spans, slowest=spans, quiet=spans, fresh=st.none() | spans)
def test_never_sooner_than_every_and_never_much_later(
    every: timedelta, slowest: timedelta, quiet: timedelta, fresh: timedelta | None
) -> None:
    found = next_poll(NOON, every=every, slowest=slowest, quiet_since=NOON - quiet, fresh=fresh)
    assert every <= found - NOON <= max(every, slowest, LONGEST_PAUSE)


@given(every=spans, failures=st.integers(1, 10_000))
def test_failures_are_met_with_patience_within_a_day(every: timedelta, failures: int) -> None:
    pause = after_failure(NOON, every=every, failures=failures) - NOON
    assert every <= pause <= max(every, LONGEST_PAUSE)
    assert pause <= after_failure(NOON, every=every, failures=failures + 1) - NOON


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(None, None), (0.0, None), (90.0, timedelta(seconds=90)), (1e9, timedelta(days=7))],
)
def test_a_server_is_left_alone_as_long_as_it_asks(
    seconds: float | None, expected: timedelta | None
) -> None:
    found = not_before(NOON, seconds)
    assert found == (None if expected is None else NOON + expected)
