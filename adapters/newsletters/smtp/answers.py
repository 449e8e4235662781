"""What a mail server says, and which error that is (RFC 5321, section 4.2; RFC 3463)."""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass

from adapters.newsletters.smtp.message import one_line
from service.errors import (
    ChannelError,
    ChannelUnreachable,
    RateLimited,
    RenditionRejected,
    TokenRejected,
)

_TOO_MUCH = re.compile(r"\b4\.(?:7\.\d+|5\.3|2\.1)\b")
_WANTS_LOGIN = (530, 534, 535)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Who was refused, the reply code, and the server's words."""

    address: str
    code: int
    words: str

    @property
    def temporary(self) -> bool:
        return 400 <= self.code < 500 or self.code < 0

    def __str__(self) -> str:
        return f"{self.address} ({self.code} {self.words})"


def refused(refusals: list[Refusal], host: str) -> ChannelError:
    """The error for what was refused: what can still get through by itself comes first."""
    later = [each for each in refusals if each.temporary]
    for_ever = [each for each in refusals if not each.temporary]
    if later:
        what = f"{host} does not take it now: {listed(later)}."
        if any(_TOO_MUCH.search(each.words) for each in later):
            return RateLimited(what)
        return ChannelUnreachable(what)
    if any(each.code in _WANTS_LOGIN for each in for_ever):
        return TokenRejected(f"{host} wants a login: {listed(for_ever)}.")
    return RenditionRejected(
        f"{host} refuses {listed(for_ever)}. Everyone else got it.",
        mend="Mend or remove the address in `to`, then: bookplate deliveries retry ID",
    )


def line_refused(refusal: Refusal, host: str) -> ChannelError:
    """The error for an answer before any letter."""
    if refusal.code in _WANTS_LOGIN or _TOO_MUCH.search(refusal.words):
        return refused([refusal], host)
    return ChannelUnreachable(f"{host} answers {refusal.code} {refusal.words}.")


def sender_refused(refusal: Refusal, host: str) -> ChannelError:
    """The error where the sender is refused, and with it every letter."""
    if refusal.temporary or refusal.code in _WANTS_LOGIN:
        return refused([refusal], host)
    return RenditionRejected(
        f"{host} refuses letters from {refusal}.",
        mend="Set sender to an address that this login may write as, or shorten the post.",
    )


def expect(answer: tuple[int, bytes], command: str) -> None:
    """Raises SMTPResponseException for an answer that is no yes."""
    if not 200 <= answer[0] < 300:
        raise smtplib.SMTPResponseException(answer[0], f"{command}: {said(answer)[1]}")


def said(answer: tuple[int, bytes]) -> tuple[int, str]:
    """(reply code, the server's words in one line)."""
    return answer[0], one_line(answer[1].decode("utf-8", "replace"))[:200]


def bytes_of(words: bytes | str) -> bytes:
    """The server's words, which smtplib gives as the one or the other."""
    return words if isinstance(words, bytes) else words.encode("utf-8", "replace")


def listed(items: list[Refusal] | list[str]) -> str:
    """The first few of them, and how many more there are."""
    shown = ", ".join(map(str, items[:5]))
    return f"{shown} and {len(items) - 5} more" if len(items) > 5 else shown


def reason(error: Exception) -> str:
    """What broke the line, in words."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return one_line(getattr(error, "strerror", None) or str(error)) or type(error).__name__
