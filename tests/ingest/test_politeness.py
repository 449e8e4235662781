"""Turns at a host: how many at once, how closely one after the other."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from service.errors import Unreachable
from service.ingest import transport
from service.ingest.fetch import Fetcher
from service.ingest.politeness import HostGate
from service.model import Manners
from tests.ingest.loopback import Loopback


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def gate(time: Time, per_host: int = 2, gap: float = 1.0) -> HostGate:
    return HostGate(per_host, gap, clock=time.clock, sleep=time.sleep)


def test_requests_to_one_host_keep_their_distance() -> None:
    time = Time()
    one = gate(time)
    begun = []
    for _ in range(3):
        with one.turn("a.example"):
            begun.append(time.now)
    assert begun == [100.0, 101.0, 102.0]


def test_other_hosts_do_not_wait() -> None:
    time = Time()
    one = gate(time)
    for host in ("a.example", "b.example", "c.example"):
        with one.turn(host):
            assert time.now == 100.0


def test_a_host_may_ask_for_more_distance() -> None:
    time = Time()
    one = gate(time)
    with one.turn("a.example", 5.0):
        pass
    with one.turn("a.example", 5.0):
        assert time.now == 105.0


def test_no_more_than_so_many_are_at_a_host_at_once() -> None:
    one = HostGate(2, 0.0)
    inside, most = [], []
    lock = threading.Lock()
    both = threading.Barrier(2, timeout=5)

    def visit() -> None:
        with one.turn("a.example"):
            with lock:
                inside.append(1)
                most.append(len(inside))
            both.wait()
            with lock:
                inside.pop()

    threads = [threading.Thread(target=visit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert max(most) == 2


def test_a_host_that_asked_to_be_left_alone_is_closed_so_long() -> None:
    time = Time()
    one = gate(time)
    one.ask_not_before("a.example", 60.0)
    assert one.closed_for("a.example") == 60.0
    assert one.closed_for("b.example") == 0.0
    time.sleep(61)
    assert one.closed_for("a.example") == 0.0


def test_hosts_do_not_pile_up() -> None:
    time = Time()
    one = gate(time)
    for number in range(10_000):
        with one.turn(f"{number}.example"):
            time.sleep(1)
    assert len(one._hosts) < 5_000


@pytest.fixture
def elsewhere(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    """The server, as if it stood on the public web under the name "blog.example"."""
    monkeypatch.setattr(transport, "special", lambda _: None)
    monkeypatch.setattr(transport, "resolve", lambda host, port: ["127.0.0.1"])
    server.url = f"http://blog.example:{server.port}"
    return server


def test_after_429_a_host_is_not_asked_before_its_time(elsewhere: Loopback) -> None:
    busy = elsewhere.serve("/busy", b"", status=429, retry_after="120")
    other = elsewhere.serve("/other", b"x")
    manners = Manners(gap=timedelta(0))
    with Fetcher(version="1", manners=manners) as fetcher:
        with pytest.raises(Unreachable, match="429"):
            fetcher.get(busy)
        with pytest.raises(Unreachable, match="left alone") as caught:
            fetcher.get(other)
    assert [path for path, _ in elsewhere.requests] == ["/busy"]
    assert 110 < (caught.value.retry_after or 0) <= 120


def test_a_bare_429_asks_for_a_minute(elsewhere: Loopback) -> None:
    url = elsewhere.serve("/busy", b"", status=429)
    with Fetcher(version="1") as fetcher, pytest.raises(Unreachable) as caught:
        fetcher.get(url)
    assert caught.value.retry_after == 60.0


def test_a_users_own_hosts_need_no_distance(
    server: Loopback, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HostGate, "turn", None)
    url = server.serve("/", b"x")
    assert fetcher.get(url).body == b"x"
