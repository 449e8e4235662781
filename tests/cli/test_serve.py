"""`bookplate serve` as a process: it listens, it stops in time, and it loses nothing."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from standardwebhooks import Webhook

from service.store.engine import open_store
from service.store.tables import HookEventRow

SECRET = "whsec_Ym9va3BsYXRlLXRlc3Qtc2VjcmV0LTEyMzQ="
HOOK = f'[[source]]\nname = "cms"\nkind = "webhook"\nsecret = "{SECRET}"\n'
DROP = '[[channel]]\nname = "drop"\nkind = "file"\ndirectory = "drop"\n'
LIMIT = 50_000
SERVE = f"[serve]\nmax_body = {LIMIT}\n"
#: what is promised, and what a busy machine may take to start, in seconds
STOPS_WITHIN = 10.0
STARTS_WITHIN = 60.0


class Serving:
    """A running `bookplate serve`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "cli.main", "serve", "--port", "0"]
        self.log = (folder / "log").open("ab")
        self.process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=self.log
        )
        self.url = self._address()

    def _address(self) -> str:
        """The address that it prints once it listens."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        found = re.search(r"http://\S+/", line)
        assert found, (line, (self.folder / "log").read_text())
        return found[0]

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rpartition(":")[2])

    def stop(self, how: signal.Signals) -> tuple[int, float]:
        """The exit code, and the seconds that it took."""
        began = time.monotonic()
        self.process.send_signal(how)
        code = self.process.wait(STOPS_WITHIN + 20)
        return code, time.monotonic() - began

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.log.close()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def hook(self, event: str, payload: dict[str, Any]) -> httpx2.Response:
        body = json.dumps(payload)
        return httpx2.post(f"{self.url}hooks/cms", content=body, headers=signed(event, body))


def signed(event: str, body: str) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "webhook-id": event,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(event, now, body),
    }


@contextmanager
def serving(folder: Path) -> Iterator[Serving]:
    one = Serving(folder)
    try:
        yield one
    finally:
        one.kill()


def post(name: str) -> dict[str, Any]:
    return {"post": {"url": f"https://shelf.example/{name}/", "title": name, "html": "<p>Hi.</p>"}}


def eventually(what: Any, seconds: float = STARTS_WITHIN) -> Any:
    """What this gives once it gives something."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def dropped(folder: Path) -> list[str]:
    """The titles that the file channel has published, in order."""
    events = folder / "drop" / "events.jsonl"
    if not events.exists():
        return []
    return [json.loads(line)["title"] for line in events.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One service for all tests that leave it running."""
    folder = tmp_path_factory.mktemp("serve")
    (folder / "bookplate.toml").write_text(SERVE + HOOK + DROP, "utf-8")
    with serving(folder) as one:
        yield one


def test_it_says_where_it_listens_and_answers_there(shared: Serving) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", shared.url)
    assert httpx2.get(f"{shared.url}healthz").json() == {"status": "ok"}
    eventually(lambda: httpx2.get(f"{shared.url}readyz").status_code == 200)


def test_a_hook_becomes_a_copy_at_the_channel_within_seconds(shared: Serving) -> None:
    began = time.monotonic()
    assert shared.hook("quick", post("Quick")).status_code == 202
    assert shared.hook("quick", post("Quick")).status_code == 202
    eventually(lambda: "Quick" in dropped(shared.folder))
    assert time.monotonic() - began < 20
    assert dropped(shared.folder).count("Quick") == 1
    page = httpx2.get(shared.url).text
    assert "Quick" in page
    assert "delivered" in page


def test_a_body_without_end_is_cut_off_at_the_limit(shared: Serving) -> None:
    """Sent in chunks, without a length, and never finished: it is answered all the same."""
    with socket.create_connection(("127.0.0.1", shared.port), timeout=30) as connection:
        connection.sendall(
            b"POST /hooks/cms HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        sent = 0
        with suppress(OSError):
            while sent < 200 * LIMIT:
                connection.settimeout(0.001)
                with suppress(TimeoutError):
                    if connection.recv(1, socket.MSG_PEEK):
                        break
                connection.settimeout(10)
                connection.sendall(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
                sent += 0x2000
        connection.settimeout(10)
        answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert sent < 200 * LIMIT


def test_a_length_over_the_limit_is_answered_before_the_body(shared: Serving) -> None:
    with socket.create_connection(("127.0.0.1", shared.port), timeout=30) as connection:
        connection.sendall(
            b"POST /hooks/cms HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            b"Content-Length: 99999999999\r\n\r\n"
        )
        assert connection.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_sends_all_at_once_hears_why_it_was_refused(shared: Serving) -> None:
    answer = httpx2.post(f"{shared.url}hooks/cms", content=b"x" * (LIMIT + 20_000))
    assert answer.status_code == 413
    assert answer.json()["title"]


def test_a_port_in_use_is_told(shared: Serving, tmp_path: Path) -> None:
    (tmp_path / "bookplate.toml").write_text(HOOK, "utf-8")
    done = _run(tmp_path, "--port", str(shared.port))
    assert done.returncode == 1
    assert f"Port {shared.port}" in done.stderr
    assert "choose another port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_others_can_not_reach_it_without_a_password(tmp_path: Path, host: str) -> None:
    (tmp_path / "bookplate.toml").write_text(HOOK, "utf-8")
    done = _run(tmp_path, "--port", "0", "--host", host)
    assert done.returncode == 1
    assert "no password" in done.stderr


def test_without_a_configuration_it_says_how_to_begin(tmp_path: Path) -> None:
    done = _run(tmp_path)
    assert done.returncode == 1
    assert "bookplate init" in done.stderr


def _run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", "serve", *words]
    environment = {key: value for key, value in os.environ.items() if key != "BOOKPLATE_CONFIG"}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=STARTS_WITHIN,
        check=False,
    )


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_though_a_client_holds_a_connection(
    tmp_path: Path, how: signal.Signals
) -> None:
    (tmp_path / "bookplate.toml").write_text(SERVE + HOOK + DROP, "utf-8")
    with serving(tmp_path) as one, socket.create_connection(("127.0.0.1", one.port)) as held:
        held.sendall(
            b"POST /hooks/cms HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nxx"
        )
        eventually(lambda: httpx2.get(f"{one.url}readyz").status_code == 200)
        code, seconds = one.stop(how)
    assert code == 0
    assert seconds < STOPS_WITHIN


def test_it_stops_when_told_though_a_channel_hangs(tmp_path: Path) -> None:
    """A mail server that takes the connection and never says a word."""
    silent = socket.create_server(("127.0.0.1", 0))
    taken: list[socket.socket] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                taken.append(silent.accept()[0])

    Thread(target=accept, daemon=True).start()
    (tmp_path / "bookplate.toml").write_text(
        f"{HOOK}[[channel]]\nname = 'letter'\nkind = 'smtp'\nhost = '127.0.0.1'\n"
        f"port = {silent.getsockname()[1]}\nsecurity = 'none'\n"
        "sender = 'a@shelf.example'\nto = ['b@shelf.example']\n",
        "utf-8",
    )
    try:
        with serving(tmp_path) as one:
            assert one.hook("hang", post("Hang")).status_code == 202
            eventually(lambda: taken)
            code, seconds = one.stop(signal.SIGTERM)
    finally:
        silent.close()
        for each in taken:
            each.close()
    assert code == 0
    assert seconds < STOPS_WITHIN


def test_kill_right_after_the_answer_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    (tmp_path / "bookplate.toml").write_text(HOOK + DROP, "utf-8")
    with serving(tmp_path) as one:
        answer = one.hook("durable", post("Durable"))
        one.process.kill()
        assert answer.status_code == 202
    store = open_store(f"sqlite:///{tmp_path / 'bookplate.db'}")
    with store.session() as session:
        assert list(session.scalars(select(HookEventRow.webhook_id))) == ["durable"]
    store.close()
    with serving(tmp_path) as again:
        eventually(lambda: dropped(tmp_path))
        assert again.hook("durable", post("Durable")).json()["status"] == "known"
        assert again.stop(signal.SIGTERM)[0] == 0
    assert dropped(tmp_path) == ["Durable"]
