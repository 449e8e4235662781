"""Dates as feeds and pages write them, as moments of UTC."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import struct_time

_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b")
_MONTHS = {
    name: f"{number:02}"
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}
#: RFC 822 and RFC 3339 as nearly every feed writes them
_MAIL_FORM = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?"
    r"([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) (GMT|[+-][0-9]{4})"
)
_ISO_FORM = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
#: unambiguous forms that people write; 3/4/2024 is none
_FORMS = (
    "%B %d %Y",
    "%b %d %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d. %B %Y",
    "%A %B %d %Y",
    "%A %d %B %Y",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S UTC",
    "%B %d %Y %I:%M %p",
    "%B %d %Y at %I:%M %p",
)


def moment(value: str | None) -> datetime | None:
    """An ISO 8601 or RFC 3339 date, an e-mail date, or one spelled out in English, in UTC.

    A date without a zone is taken as UTC. None for what is no date.
    """
    value = (value or "").strip()
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return _loosely(value)
    return _plausible(found if found.tzinfo else found.replace(tzinfo=UTC))


def moment_of(parsed: struct_time | datetime | None) -> datetime | None:
    """A time tuple of UTC, as feedparser gives it, or what `feed_moment` gives."""
    if parsed is None:
        return None
    if isinstance(parsed, datetime):
        return _plausible(parsed)
    try:
        return _plausible(datetime(*parsed[:5], min(parsed[5], 59), tzinfo=UTC))
    except (ValueError, TypeError):
        return None


def feed_moment(value: str) -> datetime | struct_time | None:
    """A date as feedparser reads it: its two usual forms here, all others by feedparser."""
    try:
        if mail := _MAIL_FORM.fullmatch(value):
            day, month, year, time, zone = mail.groups()
            zone = "Z" if zone == "GMT" else zone
            return datetime.fromisoformat(f"{year}-{_MONTHS[month]}-{day:0>2}T{time}{zone}")
        if iso := _ISO_FORM.fullmatch(value):
            return datetime.fromisoformat("".join(iso.groups()))
    except (KeyError, ValueError):
        pass
    return _feedparsers(value)


def _feedparsers(value: str) -> struct_time | None:
    if not value:
        return None
    from feedparser.datetimes import _parse_date

    parsed: struct_time | None = _parse_date(value)
    return parsed


def _loosely(value: str) -> datetime | None:
    try:
        found: datetime | None = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        found = _spelled_out(value)
    if found is None:
        return None
    return _plausible(found if found.tzinfo else found.replace(tzinfo=UTC))


def _spelled_out(value: str) -> datetime | None:
    words = _ORDINAL.sub(r"\1", " ".join(value.replace(",", " ").split()))
    for form in _FORMS:
        try:
            return datetime.strptime(words[:60], form)  # noqa: DTZ007 - the caller sets the zone
        except ValueError:
            continue
    return None


def _plausible(found: datetime) -> datetime | None:
    """Zero dates (Go's year 1, Unix's epoch) are how programs write that there is no date."""
    try:
        found = found.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return found if found.year > 1 and found.timestamp() != 0 else None
