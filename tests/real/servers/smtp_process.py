"""The SMTP server process: `python -m tests.real.servers.smtp_process FOLDER`.

Each accepted message becomes FOLDER/messages/NNNN.eml, its envelope NNNN.json beside it. The
settings are read anew for every command, so that a test can make a running server refuse.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.real.servers.processes import LOOPBACK
from tests.real.servers.smtp_settings import MESSAGES_FOLDER, REFUSALS_FILE, SmtpSettings

OK = "250 OK"
UNKNOWN_USER = "550 5.1.1 No such user here"
TRY_LATER = "451 4.3.0 Local error in processing, try again later"


class StoringHandler:
    """Refuses what the settings say and stores the rest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._messages = folder / MESSAGES_FOLDER
        self._messages.mkdir(exist_ok=True)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._behave()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return OK

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        settings = await self._behave()
        if address in settings.rejected_recipients:
            self._note_refusal("RCPT", UNKNOWN_USER, envelope, address)
            return UNKNOWN_USER
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        settings = await self._behave()
        if settings.reject_data:
            self._note_refusal("DATA", TRY_LATER, envelope, None)
            return TRY_LATER
        number = self._store(session, envelope, settings)
        return f"{OK}, queued as {number}"

    async def _behave(self) -> SmtpSettings:
        settings = SmtpSettings.read(self._folder)
        await asyncio.sleep(settings.delay)
        return settings

    def _store(self, session: Session, envelope: Envelope, settings: SmtpSettings) -> str:
        number = f"{len(list(self._messages.glob('*.eml'))) + 1:04d}"
        details = {
            "mail_from": envelope.mail_from,
            "rcpt_tos": envelope.rcpt_tos,
            "tls": settings.tls == "implicit" or session.ssl is not None,
            "user": session.auth_data,
        }
        # The message comes last and in one step: who sees it finds its envelope too.
        (self._messages / f"{number}.json").write_text(json.dumps(details), encoding="utf-8")
        temporary = self._messages / f".{number}"
        temporary.write_bytes(envelope.original_content or b"")
        temporary.replace(self._messages / f"{number}.eml")
        return number

    def _note_refusal(
        self, command: str, answer: str, envelope: Envelope, recipient: str | None
    ) -> None:
        recipients = [recipient] if recipient is not None else envelope.rcpt_tos
        line = {"command": command, "answer": answer, "recipients": recipients}
        with (self._folder / REFUSALS_FILE).open("a", encoding="utf-8") as refusals:
            refusals.write(json.dumps(line) + "\n")


class Authenticator:
    """Accepts exactly one user with one password; the session remembers the user's name."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    def __call__(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        user, password = data.login.decode(), data.password.decode()
        if (user, password) != (self._settings.user, self._settings.password):
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=user)


def tls_context(settings: SmtpSettings) -> ssl.SSLContext | None:
    if settings.certificate is None or settings.key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.certificate, settings.key)
    return context


async def serve(folder: Path) -> None:
    settings = SmtpSettings.read(folder)
    context = tls_context(settings)
    starttls = context if settings.tls == "starttls" else None
    handler = StoringHandler(folder)

    def connection() -> SMTP:
        return SMTP(
            handler,
            hostname="localhost",
            enable_SMTPUTF8=True,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=Authenticator(settings),
            auth_required=settings.user is not None,
            auth_require_tls=starttls is not None,
        )

    server = await asyncio.get_running_loop().create_server(
        connection, LOOPBACK, settings.port, ssl=context if settings.tls == "implicit" else None
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
