"""A real SMTP server as a process of its own, which stores what it receives as files."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.real.servers.certificates import issue
from tests.real.servers.processes import (
    LOOPBACK,
    ServerProcess,
    accepts_connections,
    free_port,
    python_environment,
    python_module,
    wait_until,
)
from tests.real.servers.smtp_settings import (
    MESSAGES_FOLDER,
    REFUSALS_FILE,
    SmtpSettings,
    Tls,
)


@dataclass(frozen=True)
class ReceivedMessage:
    """One accepted message with the envelope that it came in."""

    number: int
    mail_from: str
    rcpt_tos: tuple[str, ...]
    tls: bool
    user: str | None
    raw: bytes
    message: EmailMessage


@dataclass
class SmtpServer:
    """A running SMTP server; `ca` is the authority to trust, if it speaks TLS."""

    folder: Path
    settings: SmtpSettings
    process: ServerProcess
    ca: Path | None
    host: str = LOOPBACK

    @property
    def port(self) -> int:
        return self.settings.port

    @property
    def user(self) -> str | None:
        return self.settings.user

    @property
    def password(self) -> str | None:
        return self.settings.password

    def messages(self) -> list[ReceivedMessage]:
        """The accepted messages in the order in which they came."""
        return [_read(path) for path in sorted((self.folder / MESSAGES_FOLDER).glob("*.eml"))]

    def wait_for_messages(self, count: int, timeout: float = 10.0) -> list[ReceivedMessage]:
        """Wait until at least so many messages came, and return all."""
        wait_until(lambda: len(self.messages()) >= count, timeout, f"{count} messages received")
        return self.messages()

    def refusals(self) -> list[dict[str, Any]]:
        """Every refused RCPT and DATA: its command, answer and recipients."""
        path = self.folder / REFUSALS_FILE
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def configure(
        self,
        *,
        rejected_recipients: Sequence[str] | None = None,
        reject_data: bool | None = None,
        delay: float | None = None,
    ) -> None:
        """Change what the running server refuses, from its next command on."""
        current = self.settings
        self.settings = replace(
            current,
            rejected_recipients=(
                current.rejected_recipients
                if rejected_recipients is None
                else tuple(rejected_recipients)
            ),
            reject_data=current.reject_data if reject_data is None else reject_data,
            delay=current.delay if delay is None else delay,
        )
        self.settings.write(self.folder)

    def start(self) -> None:
        self.process.start(lambda: accepts_connections(self.port))

    def stop(self) -> None:
        """Make it unreachable; what it received stays."""
        self.process.stop()

    def restart(self) -> None:
        """Stop and start again on the same port."""
        self.stop()
        self.start()


@contextmanager
def smtp_server(
    *,
    tls: Tls = "none",
    user: str | None = None,
    password: str | None = None,
    rejected_recipients: Sequence[str] = (),
    reject_data: bool = False,
    delay: float = 0.0,
) -> Iterator[SmtpServer]:
    """Start an SMTP server.

    With `user` it requires authentication. `rejected_recipients` are answered with 550 at RCPT,
    `reject_data` answers 451 after DATA, and `delay` is slept before each answer to MAIL, RCPT
    and DATA. `tls="starttls"` requires STARTTLS, `tls="implicit"` speaks TLS from the start.
    """
    folder = Path(tempfile.mkdtemp(prefix="bookplate-smtp-"))
    settings = SmtpSettings(
        port=free_port(),
        tls=tls,
        user=user,
        password=password,
        rejected_recipients=tuple(rejected_recipients),
        reject_data=reject_data,
        delay=delay,
    )
    server = _server(folder, settings)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _server(folder: Path, settings: SmtpSettings) -> SmtpServer:
    ca: Path | None = None
    if settings.tls != "none":
        pems = issue(folder)
        ca = pems.ca
        settings = replace(settings, certificate=str(pems.certificate), key=str(pems.key))
    settings.write(folder)
    process = ServerProcess(
        name="SMTP server",
        command=python_module("tests.real.servers.smtp_process", str(folder)),
        log_file=folder / "smtp.log",
        cwd=folder,
        env=python_environment(),
    )
    return SmtpServer(folder, settings, process, ca)


def _read(path: Path) -> ReceivedMessage:
    details = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    raw = path.read_bytes()
    return ReceivedMessage(
        number=int(path.stem),
        mail_from=details["mail_from"] or "",
        rcpt_tos=tuple(details["rcpt_tos"]),
        tls=details["tls"],
        user=details["user"],
        raw=raw,
        # As a mail program shows it: without the line ends of the wire.
        message=message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=policy.default),
    )
