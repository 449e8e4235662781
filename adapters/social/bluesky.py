"""Bluesky, and any other personal data server of the AT Protocol."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any, ClassVar

import httpx2

from service.errors import (
    ChannelError,
    ChannelUnreachable,
    FetchError,
    RateLimited,
    RenditionRejected,
    SettingsError,
    TokenRejected,
)
from service.model import Abilities, Published, ShortText
from service.ports import Channel

if TYPE_CHECKING:
    from service.model import Card, Rendition, TextLink
    from service.ports import ChannelContext, Receipts

COLLECTION = "app.bsky.feed.post"
#: app.bsky.embed.external takes a thumb of at most so many bytes
THUMB_BYTES = 1_000_000
THUMB_SIZE = (1200, 1200)
#: what we take from the blog for a thumb
PICTURE_BYTES = 20_000_000
PICTURE_PIXELS = 40_000_000
_TID_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
#: 2**46 µs from here end in March 2021, before the first repository of the network
_TID_EPOCH_MICROSECONDS = 1_546_300_800_000_000
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


class Bluesky(Channel):
    """Posts with rich text and a link card. API: https://docs.bsky.app/docs/api/at-protocol-xrpc-api

    The record's key is made of the idempotency key (https://atproto.com/specs/record-key), and it
    is put only where there is none: a retry finds the record and leaves it, time stamp and all.
    Records could be replaced, but the app shows no edit and may show the old text: so no update.
    Facets count UTF-8 bytes: https://docs.bsky.app/docs/advanced-guides/post-richtext
    """

    kind: ClassVar[str] = "bluesky"
    abilities = Abilities(
        form="short_text",
        network="bluesky",
        delete=True,
        idempotency="record",
        graphemes=300,
        max_bytes=3000,
        card=True,
    )

    @dataclass(frozen=True, slots=True)
    class Options:
        """`app_password` is made at Settings → Privacy and security → App passwords; `service` is
        the account's own server, where it is not Bluesky's."""

        handle: str
        app_password: str = field(repr=False)
        service: str = "https://bsky.social"

    def __init__(self, name: str, options: object, context: ChannelContext) -> None:
        assert isinstance(options, Bluesky.Options)
        if not options.service.startswith(("https://", "http://")):
            raise SettingsError(f'service: "{options.service}" is no web address.')
        self.name = name
        self.handle = options.handle.removeprefix("@")
        self._http = context.http
        self._xrpc = _Xrpc(context.http, options.service, self.handle, options.app_password)

    def verify(self) -> str:
        self._xrpc.log_in()
        return f"posts as @{self._xrpc.handle} through {self._xrpc.service}"

    def publish(self, rendition: Rendition, key: str, receipts: Receipts) -> Published:
        body = rendition.body
        if not isinstance(body, ShortText):
            raise RenditionRejected(f"{self.name} takes short texts, not a {body.form}.")
        did = self._xrpc.did()
        record_key = _record_key(key)
        record: dict[str, Any] = {
            "$type": COLLECTION,
            "text": body.text,
            "createdAt": datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "facets": _facets(body),
        }
        if body.language and _LANGUAGE.fullmatch(body.language.replace("_", "-")):
            record["langs"] = [body.language.replace("_", "-")]
        if body.card:
            record["embed"] = self._embed(body.card)
        put = {"repo": did, "collection": COLLECTION, "rkey": record_key, "record": record}
        with suppress(_AlreadyThere):
            self._xrpc.call("com.atproto.repo.putRecord", put | {"swapRecord": None})
        return Published(
            f"at://{did}/{COLLECTION}/{record_key}",
            f"https://bsky.app/profile/{did}/post/{record_key}",
        )

    def update(
        self, published: Published, rendition: Rendition, key: str, receipts: Receipts
    ) -> Published:
        raise RenditionRejected("Bluesky shows no edits.")

    def withdraw(self, published: Published, key: str, receipts: Receipts) -> None:
        did, collection, record_key = published.remote_id.removeprefix("at://").split("/")
        self._xrpc.call(
            "com.atproto.repo.deleteRecord",
            {"repo": did, "collection": collection, "rkey": record_key},
        )

    def _embed(self, card: Card) -> dict[str, Any]:
        external: dict[str, Any] = {
            "uri": card.url,
            "title": card.title,
            "description": card.description,
        }
        picture = _picture(self._http, card.image.url) if card.image else None
        if picture:
            uploaded = self._xrpc.upload(picture, "image/jpeg")
            external["thumb"] = uploaded["blob"]
        return {"$type": "app.bsky.embed.external", "external": external}


def _record_key(key: str) -> str:
    """A record key in TID form (https://atproto.com/specs/tid), the same for the same key.

    64 bits: a zero, 53 bits of microseconds, 10 bits of a clock's number. Of these, 56 come from
    the key's hash, within a time long past, so that no server takes the key for a future one.
    """
    bits = int.from_bytes(sha256(key.encode()).digest()[:7], "big")
    number = ((_TID_EPOCH_MICROSECONDS + (bits >> 10)) << 10) | (bits & 0x3FF)
    return "".join(_TID_LETTERS[number >> shift & 31] for shift in range(60, -1, -5))


def _facets(body: ShortText) -> list[dict[str, Any]]:
    return [
        {"index": _bytes_of(body.text, link), "features": [_feature(link)]} for link in body.links
    ]


def _bytes_of(text: str, link: TextLink) -> dict[str, int]:
    start = len(text[: link.start].encode())
    return {"byteStart": start, "byteEnd": start + len(text[link.start : link.end].encode())}


def _feature(link: TextLink) -> dict[str, str]:
    if link.kind == "tag":
        return {"$type": "app.bsky.richtext.facet#tag", "tag": link.target}
    return {"$type": "app.bsky.richtext.facet#link", "uri": link.target}


# ── the picture of the card ──────────────────────────────────────────────────────────────


def _picture(http: httpx2.Client, url: str) -> bytes | None:
    """The picture as a JPEG that fits a thumb; None where there is none to be had.

    A card without a picture is better than no post.
    """
    try:
        with http.stream("GET", url, follow_redirects=True) as response:
            if response.status_code != 200:
                return None
            data = bytearray()
            for piece in response.iter_bytes():
                data += piece
                if len(data) > PICTURE_BYTES:
                    return None
    except (httpx2.HTTPError, httpx2.InvalidURL, FetchError):
        return None
    return _thumb(bytes(data))


def _thumb(data: bytes) -> bytes | None:
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data)) as opened:
            if opened.width * opened.height > PICTURE_PIXELS:
                return None
            opened.draft("RGB", THUMB_SIZE)
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    # Pillow's plugins raise nearly anything for a broken file.
    except Exception:
        return None
    upright.thumbnail(THUMB_SIZE)
    # Transparent parts would turn black.
    flat = Image.new("RGB", upright.size, "white")
    flat.paste(upright, mask=upright.getchannel("A"))
    for quality in (85, 70, 50, 30):
        jpeg = BytesIO()
        flat.save(jpeg, "JPEG", quality=quality, optimize=True)
        if jpeg.tell() <= THUMB_BYTES:
            return jpeg.getvalue()
    return None


# ── the line ─────────────────────────────────────────────────────────────────────────────


class _AlreadyThere(Exception):
    """The record that should be new is there."""


class _Xrpc:
    """XRPC (https://atproto.com/specs/xrpc) with one account's session, renewed when it expires.

    A session is kept, for servers allow few logins: 30 in 5 minutes, 300 a day.
    """

    def __init__(self, http: httpx2.Client, service: str, handle: str, password: str) -> None:
        self._http = http
        self._password = password
        self._session: dict[str, Any] | None = None
        self.service = service.rstrip("/")
        self.handle = handle

    def did(self) -> str:
        """The account's identifier, which stays when its handle changes."""
        return str((self._session or self.log_in())["did"])

    def log_in(self) -> dict[str, Any]:
        login = {"identifier": self.handle, "password": self._password}
        answer = self._post("com.atproto.server.createSession", json=login)
        if answer.status_code in (400, 401):
            raise TokenRejected(
                f"{self.service} refuses the login of @{self.handle}: {_words(answer)}",
                mend="Check handle and app_password, then run: bookplate channels verify",
            )
        session = self._checked(answer)
        if not {"did", "accessJwt", "handle"} <= session.keys():
            raise self._stranger()
        self._session = session
        self.handle = session["handle"]
        return session

    def call(self, method: str, data: dict[str, Any]) -> dict[str, Any]:
        return self._authorised(method, json=data)

    def upload(self, data: bytes, media_type: str) -> dict[str, Any]:
        return self._authorised(
            "com.atproto.repo.uploadBlob", content=data, headers={"Content-Type": media_type}
        )

    def _authorised(self, method: str, **request: Any) -> dict[str, Any]:
        fresh = self._session is None
        session = self._session or self.log_in()
        answer = self._post(method, token=session["accessJwt"], **request)
        if not fresh and _error_name(answer) in ("ExpiredToken", "InvalidToken"):
            token = self.log_in()["accessJwt"]
            answer = self._post(method, token=token, **request)
        return self._checked(answer)

    def _post(
        self,
        method: str,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        **request: Any,
    ) -> httpx2.Response:
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        try:
            return self._http.post(f"{self.service}/xrpc/{method}", headers=sent, **request)
        except FetchError as error:
            raise ChannelUnreachable(error.what, mend=error.mend or None) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise ChannelUnreachable(f"{self.service} gives no answer: {error}") from error

    def _checked(self, answer: httpx2.Response) -> dict[str, Any]:
        if answer.is_success:
            try:
                data = answer.json()
            except ValueError:
                data = None
            if not isinstance(data, dict):
                raise self._stranger()
            return data
        if _error_name(answer) == "InvalidSwap":
            raise _AlreadyThere
        raise self._error(answer)

    def _error(self, answer: httpx2.Response) -> ChannelError:
        status, said = answer.status_code, f"{self.service} says: {_words(answer)}"
        if status == 429:
            return RateLimited(said, retry_after=_seconds_to_wait(answer))
        if status in (401, 403) or _error_name(answer) in ("ExpiredToken", "InvalidToken"):
            return TokenRejected(said)
        if status in (400, 413):
            return RenditionRejected(said)
        return ChannelUnreachable(said)

    def _stranger(self) -> ChannelUnreachable:
        return ChannelUnreachable(
            f"{self.service} does not answer like a server of the AT Protocol.",
            mend="Check service in bookplate.toml: the account's own server.",
        )


def _error_name(answer: httpx2.Response) -> str | None:
    if answer.is_success:
        return None
    try:
        data = answer.json()
    except ValueError:
        return None
    return str(data.get("error")) if isinstance(data, dict) else None


def _words(answer: httpx2.Response) -> str:
    try:
        data = answer.json()
    except ValueError:
        data = None
    said = data.get("message") or data.get("error") if isinstance(data, dict) else None
    return f"{answer.status_code} {said or answer.reason_phrase}"[:300]


def _seconds_to_wait(answer: httpx2.Response) -> float | None:
    """From RateLimit-Reset (a Unix time) or Retry-After (seconds)."""
    for header, since in (("ratelimit-reset", time.time()), ("retry-after", 0.0)):
        value = answer.headers.get(header, "")
        if value.isdecimal():
            return max(1.0, float(value) - since)
    return None
