"""How long a request may take, from its first byte to its last."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Everything read or written on guarded connections within ends after so many seconds.

    Phase timeouts start anew with every byte received; this one does not.
    """
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def time_left() -> float:
    """Seconds until the time limit around us; at most 0 when it has passed."""
    end = _deadline.get()
    return math.inf if end is None else end - time.monotonic()


@contextmanager
def clock_stopped() -> Iterator[None]:
    """What is waited for within costs no time of the limit around us."""
    begun = time.monotonic()
    try:
        yield
    finally:
        end = _deadline.get()
        if end is not None:
            _deadline.set(end + time.monotonic() - begun)


def within_limit(timeout: float | None, error: type[Exception]) -> float | None:
    """The timeout of one phase, cut to what is left. Raises `error` where nothing is."""
    end = _deadline.get()
    if end is None:
        return timeout
    left = end - time.monotonic()
    if left <= 0:
        raise error("the time for this request is over")
    return left if timeout is None else min(timeout, left)
