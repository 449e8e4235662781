"""A letter as the mail message that one reader gets (RFC 5322; List headers: RFC 2369, 2919;
one-click unsubscribing: RFC 8058)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as ASCII_HEADERS
from email.policy import SMTPUTF8 as UTF8_HEADERS
from email.utils import format_datetime, formataddr, parseaddr
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from service.errors import SettingsError
from service.model import UNSUBSCRIBE

if TYPE_CHECKING:
    from service.model import Letter

_ADDRESS = re.compile(r"[^\s@<>\",;:\\]+@[^\s@<>\",;:\\/]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and an address, its domain in ASCII."""

    name: str
    address: str

    @classmethod
    def read(cls, spelling: str, option: str) -> Mailbox:
        """The mailbox in this spelling, "Name <address>" or bare. Raises SettingsError."""
        name, address = parseaddr(spelling)
        if _CONTROL.search(spelling) or not _ADDRESS.fullmatch(address):
            raise SettingsError(
                f'{option}: "{one_line(spelling)}" is no mail address.',
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


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, and what stands in the head of every message: `unsubscribe` is a mailto: or
    https: URL, where {recipient} stands for the reader's address."""

    sender: Mailbox
    reply_to: Mailbox | None = None
    list_id: str | None = None
    unsubscribe: str | None = None

    def message(self, letter: Letter, key: str, reader: Mailbox) -> bytes:
        """The whole message, as it is handed over."""
        utf8 = reader.needs_utf8 or self.sender.needs_utf8
        way_out = self._way_out(reader)
        message = EmailMessage(UTF8_HEADERS if utf8 else ASCII_HEADERS)
        message["Subject"] = one_line(letter.subject)
        message["From"] = self.sender.spelled
        message["To"] = reader.spelled
        if self.reply_to:
            message["Reply-To"] = self.reply_to.spelled
        if letter.language and letter.language.isascii():
            message["Content-Language"] = one_line(letter.language)
        text = with_way_out(letter.text, way_out)
        # Quoted-printable passes every server, whatever it does to long lines and eight bits.
        message.set_content(encodable(text), cte="quoted-printable")
        html = with_way_out(letter.html, way_out)
        message.add_alternative(encodable(html), subtype="html", cte="quoted-printable")
        return self._bare_headers(key, reader, way_out) + message.as_bytes()

    def _bare_headers(self, key: str, reader: Mailbox, way_out: str | None) -> bytes:
        """Headers that the email package would fold or encode, which breaks their long URLs."""
        headers = {
            "Date": format_datetime(datetime.now(UTC)),
            "Message-ID": self.message_id(key, reader.address),
        }
        if self.list_id:
            headers["List-Id"] = f"<{self.list_id}>"
        if way_out:
            headers["List-Unsubscribe"] = f"<{way_out}>"
            if way_out.startswith("https:"):
                headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("ascii")

    def _way_out(self, reader: Mailbox) -> str | None:
        if self.unsubscribe is None:
            return None
        return self.unsubscribe.replace("{recipient}", quote(reader.address, safe=""))

    def message_id(self, key: str, address: str) -> str:
        """The same each time that the same letter goes to the same reader."""
        digest = sha256(f"{key}\x1f{address}".encode()).hexdigest()[:40]
        return f"<{digest}@{self.sender.domain}>"


def with_way_out(part: str, way_out: str | None) -> str:
    """The part with the address for unsubscribing, or without the lines that would hold it."""
    if way_out is not None:
        spelled = way_out.replace("&", "&amp;") if part.lstrip().startswith("<") else way_out
        return part.replace(UNSUBSCRIBE, spelled)
    return "".join(line for line in part.splitlines(keepends=True) if UNSUBSCRIBE not in line)


def one_line(text: str) -> str:
    """The text without control characters and line ends."""
    return " ".join(encodable(_CONTROL.sub(" ", text)).split())


def encodable(text: str) -> str:
    """The text without what UTF-8 can't spell."""
    return text.encode("utf-8", "replace").decode("utf-8")
