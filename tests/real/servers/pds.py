"""A real Personal Data Server of the AT Protocol (@atproto/pds on Node) with one account.

`tests/real/install.sh` must have run. The identity directory (PLC) that a PDS needs is a small
stand-in inside the same process; it checks operations with the official library. There is no
AppView: anything that the PDS would forward to one (app.bsky.feed.* and the like) fails.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.real.servers.http import Answer, answers, request
from tests.real.servers.processes import (
    LOOPBACK,
    REPO_ROOT,
    ServerError,
    ServerProcess,
    free_port,
)

NODE_FOLDER = Path(__file__).resolve().parents[1] / "node"
HANDLE = "bookplate.test"
PAGE_SIZE = "100"


def modules_folder() -> Path:
    """Where install.sh put the Node packages."""
    cache = Path(os.environ.get("BOOKPLATE_REAL_DIR", REPO_ROOT / ".cache" / "real")).resolve()
    folder = cache / "node"
    if not (folder / "node_modules" / "@atproto" / "pds").is_dir():
        raise ServerError(f"no PDS in {folder}; run tests/real/install.sh first")
    return folder


@dataclass
class PdsServer:
    """A running PDS and the account that was created on it."""

    port: int
    process: ServerProcess
    handle: str = HANDLE
    password: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    did: str = ""

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def records(self, collection: str) -> list[dict[str, Any]]:
        """All records of a collection: each a dict of uri, cid and value, oldest key first."""
        found: list[dict[str, Any]] = []
        query = {"repo": self.did, "collection": collection, "limit": PAGE_SIZE, "reverse": "true"}
        while True:
            page = self._ok(self._get("com.atproto.repo.listRecords", query)).json()
            found.extend(page["records"])
            if not page.get("cursor"):
                return found
            query["cursor"] = page["cursor"]

    def blob(self, cid: str) -> bytes:
        """A blob's bytes; the PDS serves it only once a record refers to it."""
        query = {"did": self.did, "cid": cid}
        return self._ok(self._get("com.atproto.sync.getBlob", query)).body

    def session(self) -> str:
        """An access token of the account, from a login with its password."""
        login = {"identifier": self.handle, "password": self.password}
        token: str = self.call("com.atproto.server.createSession", login)["accessJwt"]
        return token

    def call(self, method: str, data: object, token: str | None = None) -> dict[str, Any]:
        """Call an XRPC procedure and return its answer; raise ServerError on any refusal."""
        address = f"{self.url}/xrpc/{method}"
        answer: dict[str, Any] = self._ok(
            request("POST", address, json_body=data, token=token)
        ).json()
        return answer

    def create_account(self, handle: str, password: str) -> str:
        """Create an account and return its DID."""
        account = {
            "handle": handle,
            "password": password,
            "email": f"{handle.partition('.')[0]}@example.org",
        }
        did: str = self.call("com.atproto.server.createAccount", account)["did"]
        return did

    def with_new_account(self) -> PdsServer:
        """The same running server, seen by a new account that has no records yet."""
        handle, password = f"reader-{secrets.token_hex(4)}.test", secrets.token_urlsafe(16)
        did = self.create_account(handle, password)
        return replace(self, handle=handle, password=password, did=did)

    def start(self) -> None:
        self.process.start(lambda: answers(f"{self.url}/xrpc/_health"))

    def stop(self) -> None:
        """Make it unreachable; its data stay."""
        self.process.stop()

    def kill(self) -> None:
        """Crash it; its data stay."""
        self.process.kill()

    def restart(self) -> None:
        """Stop and start again, on the same port and with the same data."""
        self.stop()
        self.start()

    def _get(self, method: str, query: dict[str, str]) -> Answer:
        return request("GET", f"{self.url}/xrpc/{method}", query=query)

    def _ok(self, answer: Answer) -> Answer:
        if answer.status != 200:
            text = answer.body.decode(errors="replace")
            raise ServerError(f"PDS: {answer.status} {text}\n{self.process.log_tail()}")
        return answer


@contextmanager
def pds(*, rate_limits: bool = False) -> Iterator[PdsServer]:
    """Start a PDS with one account; `rate_limits` turns on its own limits (429)."""
    folder = Path(tempfile.mkdtemp(prefix="bookplate-pds-"))
    try:
        server = _server(folder, rate_limits)
        try:
            server.start()
            server.did = server.create_account(server.handle, server.password)
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _server(folder: Path, rate_limits: bool) -> PdsServer:
    port = free_port()
    data = folder / "data"
    data.mkdir()
    settings = {
        "port": port,
        "data": str(data),
        "modules": str(modules_folder()),
        "secret": secrets.token_hex(16),
        "rotationKey": secrets.token_hex(32),
        "rateLimits": rate_limits,
    }
    settings_file = folder / "settings.json"
    settings_file.write_text(json.dumps(settings), encoding="utf-8")
    process = ServerProcess(
        name="PDS",
        command=["node", str(NODE_FOLDER / "start-pds.mjs"), str(settings_file)],
        log_file=folder / "pds.log",
        cwd=folder,
        env={**os.environ, "LOG_ENABLED": "true", "LOG_LEVEL": "warn"},
    )
    return PdsServer(port, process)
