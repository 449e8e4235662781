"""Newsletters through any mail server: one message a reader, each handed over once."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as ASCII_HEADERS
from email.policy import SMTPUTF8 as UTF8_HEADERS
from email.utils import format_datetime, formataddr, parseaddr
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar, Literal
from urllib.parse import quote

from service.errors import (
    ChannelError,
    ChannelUnreachable,
    RateLimited,
    RenditionRejected,
    SettingsError,
    TokenRejected,
    Unsure,
)
from service.model import UNSUBSCRIBE, Abilities, Letter, Published
from service.ports import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.model import Rendition
    from service.ports import ChannelContext, Receipts

_ADDRESS = re.compile(r"[^\s@<>\",;:\\]+@[^\s@<>\",;:\\/]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_TOO_MUCH = re.compile(r"\b4\.(?:7\.\d+|5\.3|2\.1)\b")
_LIST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,250}")
_WAY_OUT = re.compile(r"(?:mailto:|https?://)[!-;=?-~]{1,900}")
_CLOSING = 421


class Smtp(Channel):
    """A mail server that takes submissions. SMTP: RFC 5321; submission: RFC 6409; one-click
    unsubscribing: RFC 8058; List headers: RFC 2369 and RFC 2919.

    SMTP knows no idempotency key: a message whose 250 never came may have got through, and is not
    sent again by itself. Its Message-ID is the same each time, so that mailboxes can tell.
    """

    kind: ClassVar[str] = "smtp"
    abilities = Abilities(form="letter", network="email")

    @dataclass(frozen=True, slots=True)
    class Options:
        """`sender` and `to` are "Name <address>" or bare addresses; `security` is how the line is
        encrypted; `ca_file` a PEM file to trust instead of the system's (relative: beside
        bookplate.toml); `unsubscribe` a mailto: or https: URL, where {recipient} stands for the
        reader's address; `timeout` seconds.
        """

        host: str
        sender: str
        to: tuple[str, ...]
        port: int = 587
        username: str | None = None
        password: str | None = field(default=None, repr=False)
        security: Literal["starttls", "tls", "none"] = "starttls"
        ca_file: str | None = None
        unsubscribe: str | None = None
        reply_to: str | None = None
        list_id: str | None = None
        timeout: float = 30.0

    def __init__(self, name: str, options: object, context: ChannelContext) -> None:
        """Raises SettingsError for an address or URL that is none."""
        assert isinstance(options, Smtp.Options)
        self.name = name
        self.options = options
        self._sender = _Mailbox.read(options.sender, "sender")
        readers = [_Mailbox.read(each, "to") for each in options.to]
        self._readers = list({reader.address: reader for reader in readers}.values())
        self._reply_to = _Mailbox.read(options.reply_to, "reply_to") if options.reply_to else None
        self._ca_file = context.directory / options.ca_file if options.ca_file else None
        _check(options)

    def verify(self) -> str:
        with self._connected() as server:
            _expect(server.noop(), "NOOP")
        count = f"{len(self._readers)} reader{'' if len(self._readers) == 1 else 's'}"
        return f"writes as {self._sender.address} to {count} through {self.options.host}"

    def publish(self, rendition: Rendition, key: str, receipts: Receipts) -> Published:
        if not isinstance(rendition.body, Letter):
            raise RenditionRejected(f"{self.name} takes letters, not a {rendition.body.form}.")
        missing = [each for each in self._readers if receipts.finished(each.address) is None]
        unsure = [each.address for each in missing if receipts.cut_off(each.address)]
        due = [each for each in missing if each.address not in unsure]
        if due:
            self._send(rendition.body, key, due, receipts)
        if unsure:
            raise Unsure(
                f"{self.options.host} may or may not have taken the letter to "
                f"{_listed(unsure)}: the line broke before its answer."
            )
        return Published(self._message_id(key, ""))

    def update(
        self, published: Published, rendition: Rendition, key: str, receipts: Receipts
    ) -> Published:
        raise RenditionRejected("A letter that was sent can't be changed.")

    def withdraw(self, published: Published, key: str, receipts: Receipts) -> None:
        raise RenditionRejected("A letter that was sent can't be taken back.")

    def _send(self, letter: Letter, key: str, due: list[_Mailbox], receipts: Receipts) -> None:
        """One message to each reader; all are tried before the first refusal is raised."""
        refusals: list[_Refusal] = []
        with self._connected() as server:
            for reader in due:
                message = self._message(letter, key, reader)
                refusal = self._hand_over(server, reader, message, receipts)
                if refusal is not None:
                    refusals.append(refusal)
                    if refusal.code == _CLOSING:
                        break
                    server.rset()
        if refusals:
            raise _error(refusals, self.options.host)

    def _hand_over(
        self, server: smtplib.SMTP, reader: _Mailbox, message: bytes, receipts: Receipts
    ) -> _Refusal | None:
        """One transaction: None once the server took the message, else its refusal.

        A broken line raises, and leaves the part begun if the text was on its way.
        """
        if reader.needs_utf8 or self._sender.needs_utf8:
            if not server.has_extn("smtputf8"):
                return _Refusal(reader.address, 553, "it can't carry such an address (SMTPUTF8)")
            options: tuple[str, ...] = ("SMTPUTF8", "BODY=8BITMIME")
        else:
            options = ()
        if server.has_extn("size"):
            options = (*options, f"SIZE={len(message)}")
        answer = server.mail(self._sender.address, options)
        if answer[0] != 250:
            refusal = _Refusal(self._sender.address, *_said(answer))
            raise _sender_error(refusal, self.options.host)
        answer = server.rcpt(reader.address)
        if answer[0] not in (250, 251):
            return _Refusal(reader.address, *_said(answer))
        receipts.begin(reader.address)
        try:
            answer = server.data(message)
        except smtplib.SMTPDataError as error:
            answer = (error.smtp_code, _bytes(error.smtp_error))
        if answer[0] == 250:
            receipts.finish(reader.address, _said(answer)[1])
            return None
        receipts.drop(reader.address)
        return _Refusal(reader.address, *_said(answer))

    # ── the line ─────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A line, encrypted and logged in as asked. Raises ChannelErrors for all that goes wrong
        on it while the block runs."""
        host = self.options.host
        try:
            server = self._line()
            try:
                self._log_in(server)
                yield server
            finally:
                # After the answers are in, how the line is closed says nothing.
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
                server.close()
        except ssl.SSLCertVerificationError as error:
            raise ChannelUnreachable(
                f"{host} shows a certificate that can't be trusted: {error.verify_message}.",
                mend="Check host; for a server with a certificate of your own, set ca_file.",
            ) from error
        except smtplib.SMTPResponseException as error:
            said = _said((error.smtp_code, _bytes(error.smtp_error)))
            raise _line_error(_Refusal("the line", *said), host) from error
        except (smtplib.SMTPException, OSError) as error:
            raise ChannelUnreachable(
                f"{host}, port {self.options.port}: {_reason(error)}."
            ) from error

    def _line(self) -> smtplib.SMTP:
        options = self.options
        # Named after the sender, so that nobody waits for a look-up of this machine's own name.
        own_name = self._sender.domain
        if options.security == "tls":
            return smtplib.SMTP_SSL(
                options.host,
                options.port,
                own_name,
                timeout=options.timeout,
                context=self._trust(),
            )
        server = smtplib.SMTP(options.host, options.port, own_name, timeout=options.timeout)
        if options.security == "starttls":
            try:
                server.ehlo_or_helo_if_needed()
                server.starttls(context=self._trust())
            except smtplib.SMTPNotSupportedError as error:
                server.close()
                raise TokenRejected(
                    f"{options.host}, port {options.port}, offers no STARTTLS.",
                    mend='Set security to "tls" (mostly port 465), or "none" on your own machine.',
                ) from error
            except BaseException:
                server.close()
                raise
        return server

    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._ca_file)
        except OSError as error:
            raise SettingsError(f"ca_file {self._ca_file} can't be read: {error}.") from error

    def _log_in(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self.options.username is None:
            return
        try:
            server.login(self.options.username, self.options.password or "")
        except smtplib.SMTPAuthenticationError as error:
            code, words = _said((error.smtp_code, _bytes(error.smtp_error)))
            if 400 <= code < 500:
                raise
            raise TokenRejected(
                f"{self.options.host} refuses the login of {self.options.username}: {code} {words}",
                mend="Check username and password, then run: bookplate channels verify",
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise TokenRejected(
                f"{self.options.host}, port {self.options.port}, offers no login"
                f"{' on an unencrypted line' if self.options.security == 'none' else ''}.",
                mend='Set security to "starttls" or "tls", or leave username out.',
            ) from error

    # ── the message ──────────────────────────────────────────────────────────────────────

    def _message(self, letter: Letter, key: str, reader: _Mailbox) -> bytes:
        utf8 = reader.needs_utf8 or self._sender.needs_utf8
        way_out = self._way_out(reader)
        message = EmailMessage(UTF8_HEADERS if utf8 else ASCII_HEADERS)
        message["Subject"] = _one_line(letter.subject)
        message["From"] = self._sender.spelled
        message["To"] = reader.spelled
        if self._reply_to:
            message["Reply-To"] = self._reply_to.spelled
        if letter.language and letter.language.isascii():
            message["Content-Language"] = _one_line(letter.language)
        text = _with_way_out(letter.text, way_out)
        # Quoted-printable passes every server, whatever it does to long lines and eight bits.
        message.set_content(_encodable(text), cte="quoted-printable")
        html = _with_way_out(letter.html, way_out)
        message.add_alternative(_encodable(html), subtype="html", cte="quoted-printable")
        return self._bare_headers(key, reader, way_out) + message.as_bytes()

    def _bare_headers(self, key: str, reader: _Mailbox, way_out: str | None) -> bytes:
        """Headers that the email package would fold or encode, which breaks their long URLs."""
        headers = {
            "Date": format_datetime(datetime.now(UTC)),
            "Message-ID": self._message_id(key, reader.address),
        }
        if self.options.list_id:
            headers["List-Id"] = f"<{self.options.list_id}>"
        if way_out:
            headers["List-Unsubscribe"] = f"<{way_out}>"
            if way_out.startswith("https:"):
                headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("ascii")

    def _way_out(self, reader: _Mailbox) -> str | None:
        if self.options.unsubscribe is None:
            return None
        return self.options.unsubscribe.replace("{recipient}", quote(reader.address, safe=""))

    def _message_id(self, key: str, address: str) -> str:
        digest = sha256(f"{key}\x1f{address}".encode()).hexdigest()[:40]
        return f"<{digest}@{self._sender.domain}>"


@dataclass(frozen=True, slots=True)
class _Mailbox:
    """A name and an address, its domain in ASCII."""

    name: str
    address: str

    @classmethod
    def read(cls, spelling: str, option: str) -> _Mailbox:
        name, address = parseaddr(spelling)
        if _CONTROL.search(spelling) or not _ADDRESS.fullmatch(address):
            raise SettingsError(
                f'{option}: "{_one_line(spelling)}" is no mail address.',
                mend="Write it as name@example.com or Name <name@example.com>.",
            )
        local, _, domain = address.rpartition("@")
        try:
            return cls(name, f"{local}@{domain.encode('idna').decode('ascii')}")
        except UnicodeError:
            raise SettingsError(f'{option}: "{domain}" is no domain.') from None

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @property
    def needs_utf8(self) -> bool:
        return not self.address.isascii()

    @property
    def spelled(self) -> str:
        if self.name.isascii():
            return formataddr((self.name, self.address))
        quoted = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{self.address}>'


def _check(options: Smtp.Options) -> None:
    if not options.to:
        raise SettingsError("to: names nobody.", mend='For example to = ["me@example.com"].')
    if options.security not in ("starttls", "tls", "none"):
        raise SettingsError(
            f'security: "{options.security}" is unknown.', mend='Use "starttls", "tls" or "none".'
        )
    if options.list_id is not None and not _LIST_ID.fullmatch(options.list_id):
        raise SettingsError(
            f'list_id: "{_one_line(options.list_id)}" is no list identifier.',
            mend='Write it like a host name, for example "letter.example.com".',
        )
    if options.unsubscribe is not None and not _WAY_OUT.fullmatch(options.unsubscribe):
        raise SettingsError(
            f'unsubscribe: "{_one_line(options.unsubscribe)}" is neither a mailto: nor a web URL.',
            mend='For example "mailto:me@example.com?subject=unsubscribe".',
        )


def _with_way_out(part: str, way_out: str | None) -> str:
    """The part with the address for unsubscribing, or without the lines that would hold it."""
    if way_out is not None:
        spelled = way_out.replace("&", "&amp;") if part.lstrip().startswith("<") else way_out
        return part.replace(UNSUBSCRIBE, spelled)
    return "".join(line for line in part.splitlines(keepends=True) if UNSUBSCRIBE not in line)


def _one_line(text: str) -> str:
    return " ".join(_encodable(_CONTROL.sub(" ", text)).split())


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


# ── what the server says ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Who was refused, the reply code, and the server's words."""

    address: str
    code: int
    words: str

    @property
    def temporary(self) -> bool:
        return 400 <= self.code < 500 or self.code < 0

    def __str__(self) -> str:
        return f"{self.address} ({self.code} {self.words})"


def _error(refusals: list[_Refusal], host: str) -> ChannelError:
    """The error for what was refused: what can still get through by itself comes first."""
    later = [each for each in refusals if each.temporary]
    for_ever = [each for each in refusals if not each.temporary]
    if later:
        what = f"{host} does not take it now: {_listed(later)}."
        if any(_TOO_MUCH.search(each.words) for each in later):
            return RateLimited(what)
        return ChannelUnreachable(what)
    if any(each.code in (530, 534, 535) for each in for_ever):
        return TokenRejected(f"{host} wants a login: {_listed(for_ever)}.")
    return RenditionRejected(
        f"{host} refuses {_listed(for_ever)}. Everyone else got it.",
        mend="Mend or remove the address in `to`, then: bookplate deliveries retry ID",
    )


def _line_error(refusal: _Refusal, host: str) -> ChannelError:
    if refusal.code in (530, 534, 535) or _TOO_MUCH.search(refusal.words):
        return _error([refusal], host)
    return ChannelUnreachable(f"{host} answers {refusal.code} {refusal.words}.")


def _sender_error(refusal: _Refusal, host: str) -> ChannelError:
    if refusal.temporary or refusal.code in (530, 534, 535):
        return _error([refusal], host)
    return RenditionRejected(
        f"{host} refuses letters from {refusal}.",
        mend="Set sender to an address that this login may write as, or shorten the post.",
    )


def _expect(answer: tuple[int, bytes], command: str) -> None:
    if not 200 <= answer[0] < 300:
        raise smtplib.SMTPResponseException(answer[0], f"{command}: {_said(answer)[1]}")


def _said(answer: tuple[int, bytes]) -> tuple[int, str]:
    return answer[0], _one_line(answer[1].decode("utf-8", "replace"))[:200]


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode("utf-8", "replace")


def _listed(items: list[_Refusal] | list[str]) -> str:
    shown = ", ".join(map(str, items[:5]))
    return f"{shown} and {len(items) - 5} more" if len(items) > 5 else shown


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return _one_line(getattr(error, "strerror", None) or str(error)) or type(error).__name__
