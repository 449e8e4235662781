"""Two Mastodon servers as processes: the package mastodon-mock, and our own strict fake.

mastodon-mock 0.6.1 (a third party's view of the API, on SQLite in memory) supports: statuses
with Idempotency-Key, edit (PUT), source, history, delete; media v1 and v2 with descriptions;
verify_credentials; account statuses with pages; /api/v1/instance and /api/v2/instance with
limits; OAuth. It answers 401 for an unknown token, and 422 for a blank status, for more than 500
code points and for more than 4 media.

What it lacks, and what Mastodon does:
- an edit is not checked at all: neither its length (422) nor blankness (422), and media_ids and
  media_attributes are ignored (Mastodon replaces the attached media);
- length is counted in code points: no 23 characters for each link, no graphemes, no mention
  without its domain, and the content warning does not count;
- unknown, foreign or attached media ids and an unknown in_reply_to_id are accepted; so is an
  unknown visibility; another's status is 403 instead of 404;
- uploads are never checked (any bytes, any type) and never asynchronous (202, then 206);
- scopes are not checked unless configured; an Idempotency-Key never expires.

Hence the strict fake (see mastodon_fake.py for its rules and gaps), which is meant to be the
judge; the mock guards against our fake merely agreeing with our own client.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.real.servers.http import answers, request
from tests.real.servers.mastodon_faults import Fault, fault_body
from tests.real.servers.processes import (
    LOOPBACK,
    ServerError,
    ServerProcess,
    free_port,
    python_environment,
    python_module,
)

USERNAME = "bookplate"
TOKEN = "test-token-read-write"
READ_ONLY_TOKEN = "test-token-read"
PAGE_SIZE = 40

Server = TypeVar("Server", bound="MastodonServer")


@dataclass
class MastodonServer:
    """A running server and the token of its one account; a restart begins empty."""

    port: int
    process: ServerProcess
    token: str = TOKEN
    username: str = USERNAME

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def statuses(self) -> list[dict[str, Any]]:
        """All statuses of the account, oldest first."""
        account = self.get("/api/v1/accounts/verify_credentials")["id"]
        found: list[dict[str, Any]] = []
        while True:
            query = {"limit": str(PAGE_SIZE)}
            if found:
                query["max_id"] = found[-1]["id"]
            page = self.get(f"/api/v1/accounts/{account}/statuses", query)
            if not page:
                return found[::-1]
            found.extend(page)

    def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        """The JSON answer to a GET with the account's token."""
        answer = request("GET", self.url + path, query=query, token=self.token)
        if answer.status != 200:
            text = answer.body.decode(errors="replace")
            raise ServerError(f"GET {path}: {answer.status} {text}\n{self.process.log_tail()}")
        return answer.json()

    def start(self) -> None:
        self.process.start(lambda: answers(f"{self.url}/api/v2/instance"))

    def stop(self) -> None:
        """Make it unreachable; what it held is lost."""
        self.process.stop()


@dataclass
class MastodonMock(MastodonServer):
    """mastodon-mock, which can forget everything faster than it starts."""

    def reset(self) -> None:
        """Go back to one empty account."""
        answer = request("POST", f"{self.url}/api/v1/_mock/reset")
        if answer.status != 200:
            raise ServerError(f"mastodon-mock was not reset: {answer.status}")


@dataclass
class MastodonFake(MastodonServer):
    """The strict fake, which can be told to fail and tells what it was asked."""

    read_only_token: str = READ_ONLY_TOKEN

    def fail_next(self, fault: Fault, times: int = 1) -> None:
        """Let the next matching requests fail."""
        for _ in range(times):
            request("POST", f"{self.url}/_test/faults", json_body=fault_body(fault))

    def requests(self) -> list[dict[str, Any]]:
        """Every API request: method, path, idempotency_key, user_agent and answer."""
        noted: list[dict[str, Any]] = request("GET", f"{self.url}/_test/requests").json()
        return noted


@contextmanager
def mastodon() -> Iterator[MastodonMock]:
    """Start mastodon-mock with one empty account."""
    with _folder() as folder:
        port = free_port()
        config = folder / "mastodon.toml"
        media = f'media_storage_path = "{folder / "media"}"'
        account = f'[[seed.accounts]]\nusername = "{USERNAME}"\naccess_token = "{TOKEN}"'
        config.write_text(f"{media}\n{account}\n", encoding="utf-8")
        command = python_module("mastodon_mock", "serve", "--config", str(config), "--in-memory")
        address = ["--host", LOOPBACK, "--port", str(port)]
        process = _process("mastodon-mock", [*command, *address], folder)
        yield from _running(MastodonMock(port, process))


@contextmanager
def mastodon_fake(*, max_characters: int = 500, media_polls: int = 0) -> Iterator[MastodonFake]:
    """Start the strict fake with one empty account.

    With `media_polls`, uploads are answered with 202 and are ready only at that many-th GET.
    """
    with _folder() as folder:
        port = free_port()
        settings = {
            "port": port,
            "username": USERNAME,
            "tokens": {TOKEN: "read write", READ_ONLY_TOKEN: "read"},
            "max_characters": max_characters,
            "media_polls": media_polls,
        }
        file = folder / "settings.json"
        file.write_text(json.dumps(settings), encoding="utf-8")
        command = python_module("tests.real.servers.mastodon_fake", str(file))
        yield from _running(MastodonFake(port, _process("Mastodon fake", command, folder)))


def _process(name: str, command: list[str], folder: Path) -> ServerProcess:
    return ServerProcess(
        name=name,
        command=command,
        log_file=folder / "server.log",
        cwd=folder,
        env=python_environment(),
    )


def _running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="bookplate-mastodon-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
