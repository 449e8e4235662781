"""Webhooks become posts. An event is kept before it is answered (store.hooks), then worked on here.

Signatures after Standard Webhooks 1.0: HMAC-SHA256 over "id.timestamp.body", five minutes' leeway.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from service.deliver import intake, push, steps
from service.errors import (
    BookplateError,
    FetchError,
    Gone,
    HookRefused,
    SettingsError,
    UnreadableInput,
)
from service.model import Entry
from service.store import hooks as stored
from service.store.tables import HookEventRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.deliver.publisher import Publisher
    from service.model import Source

#: an event whose post could not be had for this long has failed
_GIVE_UP_AFTER = timedelta(hours=24)
#: an escape of NUL in JSON, which PostgreSQL keeps in no text
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_TEXT_FIELDS = ("url", "title", "html", "summary", "image", "language", "id")


def receive(
    publisher: Publisher, source_name: str, headers: Mapping[str, str], body: bytes
) -> bool:
    """Check a webhook and keep it durably; False where its id was kept before.

    Raises HookRefused: 404 unknown source, 401 signature or timestamp, 400 no post in it.
    """
    source = _webhook_source(publisher, source_name)
    _verify(source, headers, body)
    payload = _payload(body)
    return stored.keep(
        publisher.store,
        publisher.owner,
        source.name,
        headers["webhook-id"],
        payload,
        publisher.now(),
    )


def _webhook_source(publisher: Publisher, name: str) -> Source:
    try:
        source = publisher.source(name)
    except SettingsError as error:
        raise HookRefused(f'There is no source "{name}".', status=404) from error
    if source.kind != "webhook" or source.secret is None:
        raise HookRefused(f'The source "{name}" takes no webhooks.', status=404)
    return source


def _verify(source: Source, headers: Mapping[str, str], body: bytes) -> None:
    from standardwebhooks import Webhook, WebhookVerificationError
    from standardwebhooks.webhooks import EmptyWebhookSecretError

    assert source.secret is not None
    try:
        verifier = Webhook(source.secret)
    except (ValueError, EmptyWebhookSecretError) as error:
        raise HookRefused(
            f"The secret of source {source.name} is no whsec_… secret.",
            status=500,
            mend="Make one: whsec_ and the base64 of 24 to 64 random bytes.",
        ) from error
    try:
        verifier.verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError, KeyError) as error:
        raise HookRefused(
            f"The webhook is not signed as it must be: {error}.",
            status=401,
            mend="Sign with the source's secret (Standard Webhooks), with the time of now.",
        ) from error


def _payload(body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body, parse_constant=_no_number)
        text = json.dumps(payload, ensure_ascii=False)
        text.encode()  # a lone surrogate fits into no database and no page
        if _NUL.search(text):
            raise ValueError("a text holds the character NUL")
    except (ValueError, RecursionError) as error:
        raise HookRefused(f"The body is no JSON that we take: {error}.", status=400) from error
    post = payload.get("post") if isinstance(payload, dict) else None
    url = payload.get("url") if isinstance(payload, dict) else None
    if isinstance(post, dict) and _is_web_address(post.get("url")) and "html" in post:
        _entry(post)
    elif not _is_web_address(url):
        raise HookRefused(
            "The body names no post.",
            status=400,
            mend='Send {"url": PERMALINK} or {"post": {"url", "title", "html", …}}.',
        )
    return dict(payload)


def _is_web_address(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _entry(post: dict[str, Any]) -> Entry:
    """The post of a payload. Raises HookRefused for fields of another type."""
    for name in _TEXT_FIELDS:
        if post.get(name) is not None and not isinstance(post[name], str):
            raise HookRefused(f'"{name}" of the post is no text.', status=400)
    return Entry(
        url=post["url"],
        title=post.get("title") or "",
        html=post["html"] or "",
        id=post.get("id"),
        authors=_texts(post, "authors"),
        published=_moment(post, "published"),
        updated=_moment(post, "updated"),
        tags=_texts(post, "tags"),
        summary=post.get("summary"),
        image=post.get("image"),
        language=post.get("language"),
    )


def _texts(post: dict[str, Any], name: str) -> tuple[str, ...]:
    value = post.get(name) or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise HookRefused(f'"{name}" of the post is no list of texts.', status=400)
    return tuple(value)


def _moment(post: dict[str, Any], name: str) -> datetime | None:
    value = post.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise HookRefused(
            f'"{name}" of the post is no time as in RFC 3339: {value!r}.', status=400
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def work_off(publisher: Publisher) -> list[str]:
    """Make posts of all kept events that are due; what went wrong, in words."""
    with publisher.store.session() as session:
        waiting = [
            (event.id, event.source, event.payload)
            for event in stored.pending(session, publisher.owner, publisher.now())
        ]
    errors = []
    for event_id, source_name, payload in waiting:
        error = _work_on(publisher, event_id, source_name, payload)
        if error is not None:
            errors.append(f"webhook {source_name}: {error}")
    return errors


def _work_on(
    publisher: Publisher, event_id: int, source_name: str, payload: dict[str, Any]
) -> str | None:
    try:
        source = publisher.source(source_name)
        if "feed" in payload:
            reason = push.take_in(publisher, source, payload["feed"])
        elif "post" in payload:
            _, reason = intake.take(publisher, source, _entry(payload["post"]), "Pushed by hook.")
        else:
            _, reason = intake.take_url(publisher, source, payload["url"], "Pushed by hook.")
    except Gone as error:
        _finish(publisher, event_id, "failed", str(error))
        return str(error)
    except FetchError as error:
        _postpone(publisher, event_id, error)
        return str(error)
    except (UnreadableInput, HookRefused, SettingsError, ValueError) as error:
        # ValueError: an address or text that nothing can read; it must not stop what comes after
        _finish(publisher, event_id, "failed", str(error))
        return str(error)
    _finish(publisher, event_id, "done", reason)
    return None


def _finish(publisher: Publisher, event_id: int, state: str, reason: str) -> None:
    with publisher.store.session() as session:
        event = session.get(HookEventRow, event_id)
        assert event is not None
        event.state, event.reason = state, reason
        if "feed" in event.payload:
            # a whole feed need not be kept once its posts are
            event.payload = {"feed": {"url": event.payload["feed"]["url"]}}


def _postpone(publisher: Publisher, event_id: int, error: BookplateError) -> None:
    now = publisher.now()
    with publisher.store.session() as session:
        event = session.get(HookEventRow, event_id)
        assert event is not None
        event.tries += 1
        event.reason = str(error)
        event.due_at = now + steps.pause(event.tries)
        if now - event.received_at > _GIVE_UP_AFTER:
            event.state = "failed"
