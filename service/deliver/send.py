"""One try at one delivery: claimed, handed to its channel, its outcome written down.

Each of the three may be repeated after a crash: claiming again is the same workflow's right, the
channel sees the same idempotency key, and an outcome is written only by who has the claim.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

from service.deliver import steps
from service.deliver.plan import digest_of
from service.deliver.receipts import StoredReceipts
from service.errors import (
    BookplateError,
    ChannelUnreachable,
    FetchError,
    RateLimited,
    RemoteGone,
    RenditionRejected,
    SettingsError,
    TokenRejected,
    Unsure,
)
from service.model import Published
from service.store import deliveries as stored
from service.store.nouns import rendition_from
from service.store.tables import PostRow

if TYPE_CHECKING:
    from typing import Any

    from service.deliver.publisher import Publisher
    from service.ports import Channel
    from service.store.tables import DeliveryRow

log = logging.getLogger("bookplate.deliver")


class Job(TypedDict):
    """What is to be done, as it was when it was claimed: plain values, for the workflow's log."""

    delivery_id: int
    channel: str
    action: str
    key: str
    rendition: dict[str, Any]
    digest: str
    remote_id: str | None
    remote_url: str | None


class Ending(TypedDict):
    """How a try ended. `outcome`: delivered, limited, unreachable, rejected, token, unsure,
    remote_gone or broken."""

    outcome: str
    detail: str
    remote_id: str | None
    remote_url: str | None
    retry_after: float | None


def claim(publisher: Publisher, delivery_id: int, workflow: str) -> Job | None:
    """Take the delivery in hand; None where it is no longer to be sent, or another has it."""
    with publisher.store.session() as session:
        row = stored.lock(session, delivery_id)
        if row is None or row.workflow != workflow:
            return None
        if row.state in ("due", "failed"):
            row.state = "sending"
            row.tries += 1
            row.updated_at = publisher.now()
        elif row.state != "sending":
            return None
        return Job(
            delivery_id=row.id,
            channel=row.channel,
            action=row.action,
            key=row.key,
            rendition=row.rendition,
            digest=digest_of(row.rendition),
            remote_id=row.remote_id,
            remote_url=row.remote_url,
        )


def hand_over(publisher: Publisher, job: Job) -> Ending:
    """Ask the channel. Never raises: what went wrong is in the ending."""
    try:
        published = _ask(publisher, publisher.channel(job["channel"]), job)
    except RateLimited as error:
        return _ending("limited", error, retry_after=error.retry_after)
    except (ChannelUnreachable, FetchError) as error:
        return _ending("unreachable", error)
    except RemoteGone as error:
        return _ending("remote_gone", error)
    except Unsure as error:
        return _ending("unsure", error)
    except (TokenRejected, SettingsError) as error:
        return _ending("token", error)
    except RenditionRejected as error:
        return _ending("rejected", error)
    except BookplateError as error:
        return _ending("unreachable", error)
    except Exception as error:
        log.exception("channel %s failed unexpectedly", job["channel"])
        return _ending("broken", error)
    return Ending(
        outcome="delivered",
        detail="",
        remote_id=published.remote_id if published else job["remote_id"],
        remote_url=published.url if published else job["remote_url"],
        retry_after=None,
    )


def _ask(publisher: Publisher, channel: Channel, job: Job) -> Published | None:
    receipts = StoredReceipts(publisher, job["key"])
    rendition = rendition_from(job["rendition"])
    if job["action"] == "publish":
        return channel.publish(rendition, job["key"], receipts)
    copy = Published(job["remote_id"] or "", job["remote_url"])
    if job["action"] == "update":
        return channel.update(copy, rendition, job["key"], receipts)
    channel.withdraw(copy, job["key"], receipts)
    return None


def _ending(outcome: str, error: Exception, *, retry_after: float | None = None) -> Ending:
    return Ending(
        outcome=outcome,
        detail=str(error) or type(error).__name__,
        remote_id=None,
        remote_url=None,
        retry_after=retry_after,
    )


def record(publisher: Publisher, job: Job, ending: Ending, workflow: str) -> None:
    """Write down how the try ended. Repeated after a crash, it changes nothing."""
    with publisher.store.session() as session:
        row = stored.lock(session, job["delivery_id"])
        if row is None or row.state != "sending" or row.workflow != workflow:
            return
        row.updated_at, row.workflow = publisher.now(), None
        stored.note_attempt(session, row, ending["outcome"], ending["detail"], publisher.now())
        if ending["outcome"] == "delivered":
            _delivered(publisher, row, job, ending)
        else:
            _not_delivered(publisher, row, ending)
        post = session.get(PostRow, row.post_id)
        if post is not None:
            _look_again(publisher, row, post)


def _delivered(publisher: Publisher, row: DeliveryRow, job: Job, ending: Ending) -> None:
    now = publisher.now()
    row.version += 1
    row.failing_since, row.due_at = None, None
    row.delivered_at = now
    if job["action"] == "withdraw":
        row.state, row.sent_digest = "withdrawn", None
        row.reason = "It was taken back."
        return
    row.state = "delivered" if job["action"] == "publish" else "updated"
    row.reason = "It is out." if job["action"] == "publish" else "The copy was brought up to date."
    row.remote_id, row.remote_url = ending["remote_id"], ending["remote_url"]
    row.sent_digest = job["digest"]


def _not_delivered(publisher: Publisher, row: DeliveryRow, ending: Ending) -> None:
    now = publisher.now()
    outcome = ending["outcome"]
    row.reason = ending["detail"]
    if outcome == "remote_gone":
        row.state, row.sent_digest = "withdrawn", None
        return
    if outcome not in ("limited", "unreachable"):
        row.state = "held"
        return
    row.failing_since = row.failing_since or now
    if now - row.failing_since > steps.GIVE_UP_AFTER:
        row.state = "dead"
        return
    wait = ending["retry_after"]
    row.state = "failed"
    row.due_at = now + (timedelta(seconds=wait) if wait else steps.pause(row.tries))


def _look_again(publisher: Publisher, row: DeliveryRow, post: PostRow) -> None:
    """The post may have been edited or deleted while its rendition was on its way."""
    if row.state not in steps.STANDING:
        return
    if post.state in ("gone", "skipped") or row.digest != row.sent_digest:
        post.settles_at = post.settles_at or publisher.now()
