"""What hubs send us (WebSub): their questions answered, their pushes kept and taken in.

A push is a feed, or the new part of one. It goes the way of a poll, so that what both tell is one
post. Polling goes on all the same: a hub that falls silent costs nothing but time.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from service import archives, pipeline
from service.deliver import intake
from service.errors import HookRefused
from service.store import hooks as kept_hooks
from service.store import subscriptions as stored

if TYPE_CHECKING:
    from service.deliver.publisher import Publisher
    from service.model import Source
    from service.store.tables import SourceRow, SubscriptionRow

#: where a hub does not say how long it keeps us, in seconds
_USUAL_LEASE = 10 * 24 * 3600
_LONGEST_LEASE = 365 * 24 * 3600
#: a subscription is renewed after this part of its lease
_RENEW_AFTER = 0.8
#: how long a hub that denied us is not asked
_DENIED_FOR = timedelta(days=1)
#: how often an unsigned push may hasten a poll
_LEAST_BETWEEN_POLLS = timedelta(minutes=1)


def confirm(
    publisher: Publisher,
    token: str,
    *,
    mode: str,
    topic: str,
    challenge: str,
    lease: str | None,
    reason: str = "",
) -> str:
    """What a hub that comes back hears (WebSub, sections 5.2 and 5.3): its challenge, where it
    asks of what we asked for.

    Raises HookRefused 404 for everything else.
    """
    with publisher.store.session() as session:
        found = stored.by_token(session, publisher.owner, token)
        if found is None or found[0].topic != topic:
            raise _unknown()
        row = found[0]
        if mode == "denied":
            row.state, row.reason = "denied", f"The hub denied it: {reason[:200]}".rstrip(": ")
            row.next_at = publisher.now() + _DENIED_FOR
            return ""
        if mode == "subscribe" and row.state in ("asked", "active") and challenge:
            _activate(publisher, row, lease)
            return challenge
        if mode == "unsubscribe" and row.state == "leaving" and challenge:
            session.delete(row)
            return challenge
    raise _unknown()


def _unknown() -> HookRefused:
    return HookRefused("We did not ask for this subscription.", status=404)


def _activate(publisher: Publisher, row: SubscriptionRow, lease: str | None) -> None:
    given = int(lease[:12]) if lease and lease.isascii() and lease.isdigit() else 0
    seconds = min(given or _USUAL_LEASE, _LONGEST_LEASE)
    now = publisher.now()
    row.state, row.failures = "active", 0
    row.reason = f"{row.hub} pushes new posts."
    row.expires_at = now + timedelta(seconds=seconds)
    row.next_at = now + timedelta(seconds=seconds * _RENEW_AFTER)


def receive(
    publisher: Publisher, token: str, *, signature: str | None, content_type: str, body: bytes
) -> bool:
    """Durably keep what a hub pushes; False where it is to be ignored: not signed with our secret
    (WebSub, section 8: ignored, though the hub need not hear of it).

    Raises HookRefused 410 where we are no longer subscribed.
    """
    with publisher.store.session() as session:
        found = stored.by_token(session, publisher.owner, token)
        if found is None or found[0].state == "leaving":
            raise HookRefused("This subscription has ended.", status=410)
        row, source = found
        if row.secret is None:
            _poll_soon(source, publisher.now())
            return True
        if not archives.is_signed(row.secret, signature, body):
            row.reason = "A push came that was not signed with our secret; it was ignored."
            return False
        name, topic = source.name, row.topic
    feed = {"url": topic, "type": content_type, "body": base64.b64encode(body).decode("ascii")}
    kept_hooks.keep(
        publisher.store, publisher.owner, name, uuid4().hex, {"feed": feed}, publisher.now()
    )
    return True


def _poll_soon(source: SourceRow, now: datetime) -> None:
    """What anybody may have sent is not believed: the source itself is asked."""
    if source.polled_at is None or now - source.polled_at >= _LEAST_BETWEEN_POLLS:
        source.next_poll_at = now


def take_in(publisher: Publisher, source: Source, feed: dict[str, Any]) -> str:
    """The posts of a kept push; what became of them, in words. Raises UnreadableInput."""
    body = base64.b64decode(feed["body"])
    read = pipeline.read_feed(body, url=feed["url"], content_type=feed["type"])
    report = intake.take_pushed(publisher, source, read)
    counts = {name: len(getattr(report, name)) for name in ("new", "changed", "held")}
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return f"Pushed by the hub: {told or 'nothing new'}."
