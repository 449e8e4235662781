"""How long an answer stays fresh, and how long its server asks to be left alone. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIRECTIVE = re.compile(r"""\s*([A-Za-z-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,]*)))?\s*(?:,|$)""")


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header, in either form (RFC 9110, 10.2.3)."""
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    moment = _moment(value)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def fresh_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds for which there is no need to ask again; None where the answer does not say.

    `headers` has lower-case names. Cache-Control wins over Expires; what caches on the way held
    it for (Age) is over already (RFC 9111, 4.2 and 5.3).
    """
    told = _directives(headers.get("cache-control", ""))
    if "no-cache" in told or "no-store" in told:
        return None
    seconds = _seconds(told["max-age"]) if "max-age" in told else _until_expiry(headers, now)
    if seconds is None:
        return None
    return max(0.0, seconds - (_seconds(headers.get("age", "")) or 0.0)) or None


def _until_expiry(headers: Mapping[str, str], now: datetime) -> float | None:
    expires = _moment(headers.get("expires", ""))
    if expires is None:
        return None
    return (expires - (_moment(headers.get("date", "")) or now)).total_seconds()


def _directives(value: str) -> dict[str, str]:
    return {
        match[1].lower(): match[2] if match[2] is not None else match[3] or ""
        for match in _DIRECTIVE.finditer(value[:2000])
    }


def _seconds(value: str) -> float | None:
    value = value.strip()
    return float(value[:9]) if value.isascii() and value.isdigit() else None


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
