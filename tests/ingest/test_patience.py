"""Many requests to one site: with pauses, waiting where it asks for it, and not for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.errors import FetchError, Unreachable
from service.ingest.fetch import Fetcher
from service.ingest.patience import Patient
from tests.ingest.loopback import Loopback


class Waiting:
    """A patient fetcher whose waits are noted instead of waited; `meanwhile` happens in them."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.slept: list[float] = []
        self.told: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.gets = Patient(fetcher, pause=1.5, sleep=self._sleep, tell=self.told.append)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.meanwhile()


@pytest.fixture
def waiting(fetcher: Fetcher) -> Waiting:
    return Waiting(fetcher)


def test_a_pause_lies_between_two_requests(server: Loopback, waiting: Waiting) -> None:
    url = server.serve("/", b"here")
    for _ in range(3):
        assert waiting.gets.get(url).body == b"here"
    assert waiting.slept == [1.5, 1.5]


def test_it_waits_as_long_as_the_site_asks(server: Loopback, waiting: Waiting) -> None:
    url = server.serve("/", b"", status=429, retry_after="42")
    waiting.meanwhile = lambda: server.serve("/", b"here")
    assert waiting.gets.get(url).body == b"here"
    assert waiting.slept[0] == 42
    assert "42 s" in waiting.told[0]


def test_a_site_that_stays_away_is_given_up(server: Loopback, waiting: Waiting) -> None:
    url = server.serve("/", b"", status=503)
    with pytest.raises(Unreachable):
        waiting.gets.get(url)
    assert waiting.gets.asked == 3
    assert waiting.slept == [5, 1.5, 10, 1.5]


def test_a_wait_of_an_hour_is_left_to_the_user(server: Loopback, waiting: Waiting) -> None:
    url = server.serve("/", b"", status=429, retry_after="3600")
    with pytest.raises(Unreachable) as told:
        waiting.gets.get(url)
    assert told.value.retry_after == 3600
    assert waiting.gets.asked == 1


def test_what_a_site_refuses_is_not_asked_again(server: Loopback, waiting: Waiting) -> None:
    url = server.serve("/", b"", status=403)
    with pytest.raises(FetchError):
        waiting.gets.get(url)
    assert waiting.gets.asked == 1
