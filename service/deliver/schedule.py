"""When a source is asked again: by its own words, by how lively it is, by how it failed. Pure."""

from datetime import datetime, timedelta

#: a source is asked again after this part of the time for which it has been quiet
_PART_OF_QUIET = 48
#: the longest that a source is left alone because it fails, or says it stays fresh
LONGEST_PAUSE = timedelta(hours=24)
#: the longest that a server may ask us to stay away
LONGEST_WAIT = timedelta(days=7)


def next_poll(
    now: datetime,
    *,
    every: timedelta,
    slowest: timedelta,
    quiet_since: datetime | None,
    fresh: timedelta | None,
) -> datetime:
    """When `serve` asks a source again that has just answered.

    A source that had something new lately is asked each `every`; one that is quiet less often, but
    each `slowest` at least, or `every` where that is longer. One that says how long its answer
    stays fresh is not asked sooner, but each day.
    """
    quiet = now - quiet_since if quiet_since else timedelta(0)
    pause = min(max(every, quiet / _PART_OF_QUIET), max(every, slowest))
    return now + max(pause, min(fresh or timedelta(0), LONGEST_PAUSE))


def after_failure(now: datetime, *, every: timedelta, failures: int) -> datetime:
    """When a source is asked again that failed so often in a row: doubling, a day at most."""
    doubled: timedelta = every * 2 ** min(failures, 10)
    return now + min(doubled, max(every, LONGEST_PAUSE))


def not_before(now: datetime, retry_after: float | None) -> datetime | None:
    """Until when a server asked to be left alone; None where it did not."""
    if not retry_after:
        return None
    return now + min(timedelta(seconds=retry_after), LONGEST_WAIT)
