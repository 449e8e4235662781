"""Room for large bodies: what is held at once is bounded, and nobody waits for ever."""

from __future__ import annotations

import gzip
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from service.errors import FetchError, TooLarge, Unreachable
from service.ingest import bodies, time_limit
from service.ingest.bodies import Body, read_body
from service.ingest.room import SMALL, Room

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

    from tests.ingest.loopback import Loopback

CHUNK = b"x" * 65_536
#: what 32 threads do that fetch an address, all at once, and keep the errors, as a poll does
FETCHING = """
import re, sys
from concurrent.futures import ThreadPoolExecutor
from service.errors import FetchError
from service.ingest.fetch import Fetcher

def get(url):
    try:
        return len(fetcher.get(url).body)
    except FetchError as error:
        return error

with Fetcher(allow_private=["127.0.0.1"], version="1") as fetcher:
    with ThreadPoolExecutor(32) as pool:
        kept = list(pool.map(get, sys.argv[1:] * 32))
names = sorted({type(each).__name__ for each in kept})
# not ru_maxrss: that is at least what the process had that started this one
print(names, re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def elsewhere(work: Callable[[], object]) -> object:
    """What another thread makes of it."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def body(size: int, room: Room, *, max_bytes: int = 8 * SMALL, **headers: str) -> Body:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    chunks = (CHUNK for _ in range(size // len(CHUNK)))
    return read_body(chunks, told, address="https://a.example/", max_bytes=max_bytes, room=room)


def test_a_share_is_had_again_when_it_is_given_back() -> None:
    room = Room(10)
    held = room.take(6, 0)
    assert held is not None
    assert elsewhere(lambda: room.take(5, 0)) is None
    held.shrink(5)
    assert elsewhere(lambda: room.take(5, 0)) is not None
    held.release()
    held.release()
    other = room.take(10, 0)
    assert other is not None
    del other
    assert elsewhere(lambda: room.take(10, 0)) is not None


def test_one_that_is_too_large_for_the_room_is_given_alone() -> None:
    room = Room(10)
    held = room.take(11, 0)
    assert held is not None
    assert elsewhere(lambda: room.take(1, 0)) is None


def test_who_holds_a_share_does_not_wait_for_himself() -> None:
    room = Room(10)
    shares = [room.take(10, 0), room.take(10, 0)]
    assert None not in shares


def test_a_share_is_waited_for() -> None:
    room = Room(10)
    held = room.take(10, 0)
    assert held is not None
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: room.take(10, 60))
        held.release()
        assert waiting.result() is not None


def test_only_large_bodies_need_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "_LONGEST_WAIT", 0.0)
    room = Room(2 * SMALL)
    large = body(2 * SMALL, room)
    assert len(large.data) == 2 * SMALL
    assert len(elsewhere(lambda: body(SMALL, room).data)) == SMALL  # type: ignore[arg-type]
    with pytest.raises(Unreachable, match="is large, and others"):
        elsewhere(lambda: body(2 * SMALL, room))
    del large
    assert elsewhere(lambda: len(body(2 * SMALL, room).data)) == 2 * SMALL


def test_a_large_body_holds_no_more_than_it_is() -> None:
    room = Room(4 * SMALL)
    large = body(2 * SMALL, room, max_bytes=4 * SMALL)
    assert large.share is not None
    assert elsewhere(lambda: room.take(2 * SMALL, 0)) is not None


def test_waiting_for_room_costs_a_request_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time_limit, "time", SimpleNamespace(monotonic=lambda: now))
    with time_limit.time_limit(10):
        with time_limit.clock_stopped():
            now = 60.0
        assert time_limit.time_left() == 10
        now = 64.0
        assert time_limit.time_left() == 6


@pytest.mark.parametrize("endless", [True, False])
def test_what_is_too_large_holds_nothing(endless: bool) -> None:
    room = Room(4 * SMALL)
    bomb = gzip.compress(bytes(5 * SMALL))
    with pytest.raises(TooLarge) as caught:
        if endless:
            body(5 * SMALL, room, max_bytes=4 * SMALL)
        else:
            read_body(
                [bomb],
                {"content-encoding": "gzip"},
                address="https://a.example/",
                max_bytes=4 * SMALL,
                room=room,
            )
    assert elsewhere(lambda: room.take(4 * SMALL, 0)) is not None
    assert isinstance(caught.value, FetchError)  # which is kept, as a poll keeps it


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells a process's peak")
@pytest.mark.parametrize("kind", ["endless", "bomb", "large"])
def test_many_at_once_stay_small(server: Loopback, kind: str) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not server.over.is_set():
            request.wfile.write(CHUNK)

    size = 16 * SMALL - 1
    server.routes["/endless"] = endless
    server.serve("/bomb", gzip.compress(bytes(2 * size)), content_encoding="gzip")
    server.serve("/large", gzip.compress(bytes(size)), content_encoding="gzip")
    done = subprocess.run(
        [sys.executable, "-c", FETCHING, f"{server.url}/{kind}"],
        capture_output=True,
        text=True,
        check=True,
    )
    names, _, kilobytes = done.stdout.rpartition(" ")
    assert names == ("['int']" if kind == "large" else "['TooLarge']")
    assert int(kilobytes) < 400_000
