"""Republished feeds: the files that a channel of kind "feed" writes, served as they are.

Conditional requests after RFC 9110, section 13: an unchanged feed costs its reader nothing.
"""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

from service.model import ChannelSettings
from service.web.context import Context, Here

MEDIA_TYPES = {
    "xml": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}

router = APIRouter(include_in_schema=False)


@router.api_route("/feeds/{channel}.{form}", methods=["GET", "HEAD"])
def feed(request: Request, here: Here, channel: str, form: str) -> Response:
    """The channel's feed: .xml is RSS, .atom is Atom, .json is JSON Feed."""
    settings = _feed_channel(here, channel)
    if settings is None or form not in MEDIA_TYPES:
        raise HTTPException(404, f"There is no feed {channel}.{form}.")
    path = _folder(here, settings) / f"{settings.name}.{form}"
    try:
        body, changed = path.read_bytes(), path.stat().st_mtime
    except FileNotFoundError:
        raise HTTPException(
            404, f"The feed {channel} is empty: it is there once the first post has gone out to it."
        ) from None
    except OSError as error:
        raise HTTPException(503, f"The feed can't be read: {error.strerror}.") from error
    return _answer(request, body, datetime.fromtimestamp(int(changed), UTC), MEDIA_TYPES[form])


def _feed_channel(here: Context, name: str) -> ChannelSettings | None:
    channels = here.publisher.blog.channels
    return next((each for each in channels if each.name == name and each.kind == "feed"), None)


def _folder(here: Context, settings: ChannelSettings) -> Path:
    named = settings.options.get("directory")
    folder = Path(named).expanduser() if isinstance(named, str) else Path()
    return here.publisher.directory / folder


def _answer(request: Request, body: bytes, changed: datetime, media_type: str) -> Response:
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Last-Modified": format_datetime(changed, usegmt=True),
        "Cache-Control": "public, max-age=60",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if _is_known(request, etag, changed):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _is_known(request: Request, etag: str, changed: datetime) -> bool:
    """Whether the reader has this very content. If-None-Match rules out If-Modified-Since."""
    known = request.headers.get("if-none-match")
    if known is not None:
        tags = [each.strip().removeprefix("W/") for each in known.split(",")]
        return etag in tags or "*" in tags
    since = request.headers.get("if-modified-since")
    try:
        moment = parsedate_to_datetime(since) if since else None
    except ValueError:
        return False
    return moment is not None and moment.tzinfo is not None and changed <= moment
