"""What Mastodon accepts: counting, text rules and media rules, as its documentation gives them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import regex

from tests.real.servers.mastodon_store import MediaItem

CHARACTERS_PER_URL = 23
MAX_MEDIA = 4
MAX_DESCRIPTION = 1500
IMAGE_SIZE_LIMIT = 16 * 1024 * 1024
VIDEO_SIZE_LIMIT = 99 * 1024 * 1024
VISIBILITIES = ("public", "unlisted", "private", "direct")
SCHEDULE_AHEAD = timedelta(minutes=5)

# A link counts as 23 characters only if Mastodon would link it: a scheme and a real top-level
# domain. A loopback address has none, so its whole length counts there too.
URL = regex.compile(
    r"(?<![\w@/])https?://(?:[\w-]+\.)+\p{L}{2,}(?::\d+)?(?:[/?#](?:[^\s<>\"]*[\w/=&#+~%-])?)?"
)
REMOTE_MENTION = regex.compile(r"(?<![\w/])@(\w[\w.-]*)@[\w.-]+\w")

MAGIC = {
    "image/png": (b"\x89PNG\r\n\x1a\n", 0),
    "image/jpeg": (b"\xff\xd8\xff", 0),
    "image/gif": (b"GIF8", 0),
    "image/webp": (b"WEBP", 8),
    "video/mp4": (b"ftyp", 4),
}


class RefusedError(Exception):
    """An answer with an error status."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


def unprocessable(error: str) -> RefusedError:
    return RefusedError(422, error)


def invalid(error: str) -> RefusedError:
    return RefusedError(422, f"Validation failed: {error}")


def not_found() -> RefusedError:
    return RefusedError(404, "Record not found")


def countable_length(text: str, spoiler_text: str) -> int:
    """The length that counts against the limit: graphemes, links as 23, mentions local."""
    shortened = URL.sub("x" * CHARACTERS_PER_URL, text)
    shortened = REMOTE_MENTION.sub(r"@\1", shortened)
    return len(regex.findall(r"\X", spoiler_text + shortened))


def check_text(text: str, spoiler_text: str, *, has_media: bool, limit: int) -> None:
    if not text.strip() and not has_media:
        raise invalid("Text can't be blank")
    if countable_length(text, spoiler_text) > limit:
        raise invalid(f"Text character limit of {limit} exceeded")


def check_visibility(visibility: str) -> None:
    if visibility not in VISIBILITIES:
        raise invalid("Visibility is not included in the list")


def check_schedule(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise invalid("Scheduled at is invalid") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if moment < datetime.now(UTC) + SCHEDULE_AHEAD:
        raise invalid("Scheduled at The scheduled date must be in the future")
    return moment


def check_attached(items: Sequence[MediaItem]) -> None:
    if len(items) > 1 and any(item.kind != "image" for item in items):
        raise unprocessable("Cannot attach a video to a post that already contains images")
    if any(item.processing for item in items):
        raise unprocessable(
            "Cannot attach files that have not finished processing. Try again in a moment!"
        )


def check_description(description: str | None) -> None:
    if description is not None and len(description) > MAX_DESCRIPTION:
        raise invalid(f"Description is too long (maximum is {MAX_DESCRIPTION} characters)")


def check_file(content: bytes, declared: str | None) -> str:
    """The kind of an uploaded file; its bytes must be what its declared type says."""
    expected = MAGIC.get(declared or "")
    if expected is None:
        raise invalid("File content type is invalid, File is invalid")
    magic, offset = expected
    if content[offset : offset + len(magic)] != magic:
        raise invalid("File content type is invalid, File is invalid")
    kind = "video" if declared == "video/mp4" else "image"
    if len(content) > (IMAGE_SIZE_LIMIT if kind == "image" else VIDEO_SIZE_LIMIT):
        raise invalid("File size is too large")
    return kind


def focus_of(value: str | None) -> tuple[float, float] | None:
    if not value:
        return None
    try:
        x, y = (float(part) for part in value.split(","))
    except ValueError:
        raise invalid("Focus is invalid") from None
    if not (-1 <= x <= 1 and -1 <= y <= 1):
        raise invalid("Focus is invalid")
    return x, y
