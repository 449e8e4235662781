"""Whether work grows in proportion to its input: a ratio of the same run, no seconds."""

import gc
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: eight times the input may take so many times the CPU: 8 if linear, 64 if quadratic
_MOST = 32
_TIMES = 8
#: shorter than this, in seconds, a measurement says nothing
_LEAST = 0.004


def assert_linear(work: Callable[[T], object], of: Callable[[int], T], size: int) -> None:
    """Fail where `work` on the input of `size` units grows like a square of it."""
    small, large = of(size), of(size * _TIMES)
    base = max(_least_cpu(work, small), _LEAST)
    assert _least_cpu(work, large) < base * _MOST


def _least_cpu(work: Callable[[T], object], given: T) -> float:
    taken = []
    gc.collect()
    gc.disable()  # its passes over all that the test run holds are none of the work's
    try:
        for _ in range(4):
            began = time.process_time()
            work(given)
            taken.append(time.process_time() - began)
    finally:
        gc.enable()
    return min(taken)
