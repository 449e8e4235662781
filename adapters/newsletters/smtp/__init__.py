"""Newsletters through any mail server: one message a reader, each handed over once."""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from adapters.newsletters.smtp.answers import (
    Refusal,
    bytes_of,
    expect,
    listed,
    refused,
    said,
    sender_refused,
)
from adapters.newsletters.smtp.line import Line
from adapters.newsletters.smtp.message import Mailbox, Writer, one_line
from service.errors import RenditionRejected, SettingsError, Unsure
from service.model import Abilities, Letter, Published
from service.ports import Channel

if TYPE_CHECKING:
    from service.model import Rendition
    from service.ports import ChannelContext, Receipts

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
        self._sender = Mailbox.read(options.sender, "sender")
        readers = [Mailbox.read(each, "to") for each in options.to]
        self._readers = list({reader.address: reader for reader in readers}.values())
        reply_to = Mailbox.read(options.reply_to, "reply_to") if options.reply_to else None
        self._writer = Writer(self._sender, reply_to, options.list_id, options.unsubscribe)
        ca_file = context.directory / options.ca_file if options.ca_file else None
        # named after the sender, so that nobody waits for a look-up of this machine's own name
        self._line = Line(options, self._sender.domain, ca_file)
        _check(options)

    def verify(self) -> str:
        with self._line.connected() as server:
            expect(server.noop(), "NOOP")
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
                f"{listed(unsure)}: the line broke before its answer."
            )
        return Published(self._writer.message_id(key, ""))

    def update(
        self, published: Published, rendition: Rendition, key: str, receipts: Receipts
    ) -> Published:
        raise RenditionRejected("A letter that was sent can't be changed.")

    def withdraw(self, published: Published, key: str, receipts: Receipts) -> None:
        raise RenditionRejected("A letter that was sent can't be taken back.")

    def _send(self, letter: Letter, key: str, due: list[Mailbox], receipts: Receipts) -> None:
        """One message to each reader; all are tried before the first refusal is raised."""
        refusals: list[Refusal] = []
        with self._line.connected() as server:
            for reader in due:
                message = self._writer.message(letter, key, reader)
                refusal = self._hand_over(server, reader, message, receipts)
                if refusal is not None:
                    refusals.append(refusal)
                    if refusal.code == _CLOSING:
                        break
                    server.rset()
        if refusals:
            raise refused(refusals, self.options.host)

    def _hand_over(
        self, server: smtplib.SMTP, reader: Mailbox, message: bytes, receipts: Receipts
    ) -> Refusal | None:
        """One transaction: None once the server took the message, else its refusal.

        A broken line raises, and leaves the part begun if the text was on its way.
        """
        if reader.needs_utf8 or self._sender.needs_utf8:
            if not server.has_extn("smtputf8"):
                return Refusal(reader.address, 553, "it can't carry such an address (SMTPUTF8)")
            options: tuple[str, ...] = ("SMTPUTF8", "BODY=8BITMIME")
        else:
            options = ()
        if server.has_extn("size"):
            options = (*options, f"SIZE={len(message)}")
        answer = server.mail(self._sender.address, options)
        if answer[0] != 250:
            refusal = Refusal(self._sender.address, *said(answer))
            raise sender_refused(refusal, self.options.host)
        answer = server.rcpt(reader.address)
        if answer[0] not in (250, 251):
            return Refusal(reader.address, *said(answer))
        receipts.begin(reader.address)
        try:
            answer = server.data(message)
        except smtplib.SMTPDataError as error:
            answer = (error.smtp_code, bytes_of(error.smtp_error))
        if answer[0] == 250:
            receipts.finish(reader.address, said(answer)[1])
            return None
        receipts.drop(reader.address)
        return Refusal(reader.address, *said(answer))


def _check(options: Smtp.Options) -> None:
    if not options.to:
        raise SettingsError("to: names nobody.", mend='For example to = ["me@example.com"].')
    if options.security not in ("starttls", "tls", "none"):
        raise SettingsError(
            f'security: "{options.security}" is unknown.', mend='Use "starttls", "tls" or "none".'
        )
    if options.list_id is not None and not _LIST_ID.fullmatch(options.list_id):
        raise SettingsError(
            f'list_id: "{one_line(options.list_id)}" is no list identifier.',
            mend='Write it like a host name, for example "letter.example.com".',
        )
    if options.unsubscribe is not None and not _WAY_OUT.fullmatch(options.unsubscribe):
        raise SettingsError(
            f'unsubscribe: "{one_line(options.unsubscribe)}" is neither a mailto: nor a web URL.',
            mend='For example "mailto:me@example.com?subject=unsubscribe".',
        )
