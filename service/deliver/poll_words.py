"""What people are told of a poll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.deliver.listing import PAGES_A_POLL
from service.errors import Gone
from service.weblink import without_credentials

if TYPE_CHECKING:
    from datetime import datetime

    from service.model import Source
    from service.store.tables import SourceRow


def why_not(row: SourceRow, now: datetime) -> str | None:
    """Why this source is not asked now; None where it is."""
    where = f"{row.name} ({without_credentials(row.url or '')})"
    if row.stopped:
        return (
            f"{where} is not asked any more: {row.stopped} Set its new address, or ask once more: "
            f"bookplate run --again {row.name}"
        )
    if row.wait_until and row.wait_until > now:
        until = f"{row.wait_until.astimezone():%Y-%m-%d %H:%M}"
        return (
            f"{where} is not asked now: its server wants to be left alone until {until}. "
            f"Ask all the same: bookplate run --again {row.name}"
        )
    return None


def unreadable(source: Source, error: Exception) -> str:
    """Our own code failed on it."""
    address = without_credentials(source.url or source.name)
    return f"{address} could not be read: {type(error).__name__}: {error}."


def farewell(error: Exception, at: datetime) -> str | None:
    """Why the source is not to be asked any more: it answered 410 itself."""
    if isinstance(error, Gone) and error.permanent:
        return f"it answered 410 Gone on {at:%Y-%m-%d}."
    return None


def beyond(more: int) -> str:
    """An index page lists so many more posts than are looked at."""
    return (
        f"The page lists {PAGES_A_POLL + more} posts; the first {PAGES_A_POLL} are "
        "looked at. Older ones: bookplate backfill"
    )


def moved(source: Source, to: str) -> str:
    """The source has moved for good."""
    return (
        f"{source.name} has moved for good to {without_credentials(to)}: it is asked there from "
        "now on. Set that address in bookplate.toml too."
    )
