"""`bookplate serve` subscribes to a hub and announces what it pushes, long before the next poll."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

from tests.blog import FEED, Blog
from tests.hub import Hub
from tests.workplace import PATIENCE, Workplace


def until(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def test_what_a_hub_pushes_goes_out_and_a_poll_adds_nothing(tmp_path: Path, blog: Blog) -> None:
    blog.add("first")
    place, port = Workplace(tmp_path), free_port()
    with Hub() as hub:
        link = f'<{hub.url}>; rel="hub", <{blog.feed}>; rel="self"'
        blog.more_headers = lambda path: {"Link": link} if path == FEED else {}  # type: ignore[method-assign]
        place.configure(blog.feed)
        place.append(f'[serve]\npublic_url = "http://127.0.0.1:{port}"\n')
        place.env["BOOKPLATE_BLOG__EVERY"] = "1h"
        process = place.start("serve", "--port", str(port))
        try:
            until(lambda: bool(hub.subscribers))
            blog.add("second", day=20)
            body = blog.answer(FEED, {})[2]

            assert hub.distribute(body) == [202]
            until(lambda: place.done() == [("publish", "second")])
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    place("run")
    assert place.done() == [("publish", "second")]
    signs = {each["what"]: each["state"] for each in place.json("doctor", expect=None)}
    assert signs["push blog"] == "ok"
