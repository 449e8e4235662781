"""Settled posts become deliveries: one for each channel, with the rendition it would carry."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from service.deliver import steps
from service.deliver.drafts import TAKEN_BACK, Draft, draft
from service.errors import BookplateError
from service.store import books as stored_books
from service.store import deliveries as stored
from service.store import posts as stored_posts
from service.store.decisions import decide
from service.store.nouns import findings_from, findings_json, rendition_json
from service.store.tables import DeliveryRow, PostRow, RevisionRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from service.deliver.publisher import Publisher
    from service.model import Abilities, ChannelSettings, Finding, Rendition

#: how long a post that could not be planned is left alone
_PAUSE = timedelta(minutes=1)
_WAITS = "It waits: "

log = logging.getLogger("bookplate.deliver")


@dataclass(frozen=True, slots=True)
class Planned:
    """A post that was planned, and for each channel what will happen and why.

    `announced` tells whether it goes out for the first time.
    """

    post_id: int
    title: str
    announced: bool
    findings: tuple[Finding, ...]
    deliveries: tuple[tuple[str, str, str], ...]


def has_settled(publisher: Publisher) -> bool:
    """Whether there is anything to plan."""
    with publisher.store.reading() as session:
        return bool(stored_posts.settled(session, publisher.owner, publisher.now(), most=1))


def plan(publisher: Publisher, *, limit: int | None = None) -> tuple[list[Planned], list[str]]:
    """Plan every post that has settled. Gives what was planned, and errors in words.

    At most `limit` posts are announced; the others stay for the next round. Copies of posts that
    are out are brought up to date and taken back all the same. A post that our own code fails on
    is told like any other trouble, and the rest goes on.
    """
    with publisher.store.session() as session:
        settled = stored_posts.settled(session, publisher.owner, publisher.now())
        new = [post.id for post in settled if post.state == "settling"]
        put_off = set() if limit is None else set(new[max(limit, 0) :])
        ids = [post.id for post in settled if post.id not in put_off]
    planned: list[Planned] = []
    errors: list[str] = []
    if ids:
        publisher.forget_own_books()
    for post_id in ids:
        try:
            one = _plan_post(publisher, post_id)
        except BookplateError as error:
            errors.append(_note_error(publisher, post_id, str(error)))
            continue
        except Exception as error:
            log.exception("post %d could not be planned", post_id)
            what = f"{type(error).__name__}: {error}"
            errors.append(_note_error(publisher, post_id, what))
            continue
        if one is not None:
            planned.append(one)
    return planned, errors


def _note_error(publisher: Publisher, post_id: int, error: str) -> str:
    with publisher.store.session() as session:
        post = session.get(PostRow, post_id)
        assert post is not None
        if post.reason != f"{_WAITS}{error}":
            decide(post, post.state, f"{_WAITS}{error}", publisher.now())
        post.settles_at = publisher.now() + _PAUSE
        return f"{post.title or post.url} waits: {error}"


def _plan_post(publisher: Publisher, post_id: int) -> Planned | None:
    """Plan one post. What takes long is done before the transaction: others write meanwhile."""
    drafted = draft(publisher, post_id)
    now = publisher.now()
    with publisher.store.session() as session:
        post = session.get(PostRow, post_id, with_for_update=True)
        assert post is not None
        if post.settles_at is None or post.settles_at > now:
            return None  # another process planned it, or it was edited again
        if post.state in TAKEN_BACK:
            post.settles_at = None
            return _plan_withdrawal(session, publisher, post)
        if drafted is None or not drafted.is_of(post):
            return None  # it changed since it was drafted: the next round drafts it anew
        post.settles_at = None
        announced = post.state == "settling"
        waited = post.reason.startswith(_WAITS)
        if waited or post.state != "announced":
            reason = "What it waited for is there." if waited else post.reason
            decide(post, "announced", reason, now)
        return _plan_renditions(session, publisher, post, drafted, announced)


def _plan_renditions(
    session: Session, publisher: Publisher, post: PostRow, drafted: Draft, announced: bool
) -> Planned:
    row = stored_posts.newest_revision(session, post)
    row.findings = findings_json(drafted.findings)
    stored_books.record(session, post, row, drafted.places, publisher.now())
    existing = stored.of_post(session, post.id)
    outcome = []
    for settings, rendition in drafted.renditions:
        delivery = existing.get(settings.name)
        if delivery is None:
            delivery = _first(session, publisher, post, settings, rendition)
        elif announced and steps.is_out_no_more(step_of(delivery)):
            _again(publisher, delivery, rendition)
        else:
            _edited(publisher, delivery, rendition, publisher.abilities(settings))
        outcome.append((settings.name, delivery.state, delivery.reason))
    return Planned(post.id, post.title or post.url, announced, drafted.findings, tuple(outcome))


def _plan_withdrawal(session: Session, publisher: Publisher, post: PostRow) -> Planned:
    outcome = []
    for settings in publisher.blog.channels:
        delivery = stored.of_post(session, post.id).get(settings.name)
        if delivery is None:
            continue
        step = steps.withdrawn(
            step_of(delivery), delivery.publish_key, publisher.abilities(settings)
        )
        put(publisher, delivery, step)
        outcome.append((settings.name, delivery.state, delivery.reason))
    return Planned(post.id, post.title or post.url, False, (), tuple(outcome))


def _first(
    session: Session,
    publisher: Publisher,
    post: PostRow,
    settings: ChannelSettings,
    rendition: Rendition,
) -> DeliveryRow:
    key = steps.publish_key(publisher.blog.url, post.url, settings.name)
    kept = rendition_json(rendition)
    step = steps.first(key, digest_of(kept), rendition.held)
    now = publisher.now()
    row = DeliveryRow(
        blog_id=publisher.owner,
        post_id=post.id,
        channel=settings.name,
        kind=settings.kind,
        publish_key=key,
        rendition=kept,
        version=0,
        tries=0,
        created_at=now,
        updated_at=now,
        state=step.state,
        action=step.action,
        key=step.key,
        reason=step.reason,
        digest=step.digest,
        due_at=now if step.state == "due" else None,
    )
    session.add(row)
    session.flush()
    return row


def _again(publisher: Publisher, delivery: DeliveryRow, rendition: Rendition) -> None:
    kept = rendition_json(rendition)
    step = steps.again(step_of(delivery), delivery.publish_key, digest_of(kept), rendition.held)
    delivery.rendition = kept
    delivery.remote_id = delivery.remote_url = None
    put(publisher, delivery, step)


def _edited(
    publisher: Publisher, delivery: DeliveryRow, rendition: Rendition, abilities: Abilities
) -> None:
    kept = rendition_json(rendition)
    step = steps.edited(
        step_of(delivery), delivery.publish_key, digest_of(kept), rendition.held, abilities
    )
    if delivery.state != "sending":
        # what is on its way stays as it is, also for who takes it over after a crash
        delivery.rendition = kept
    put(publisher, delivery, step)


def step_of(row: DeliveryRow) -> steps.Step:
    """The delivery as the pure decisions see it."""
    return steps.Step(
        row.state,
        row.action,  # type: ignore[arg-type]
        row.key,
        row.reason,
        row.digest,
        row.sent_digest,
        row.version,
    )


def put(publisher: Publisher, row: DeliveryRow, step: steps.Step) -> None:
    """Let the delivery stand as the step says; what becomes due is due now."""
    now = publisher.now()
    if step.state == "due" and (row.state != "due" or row.key != step.key):
        row.due_at, row.tries, row.failing_since, row.workflow = now, 0, None, None
    row.state, row.action, row.key = step.state, step.action, step.key
    row.reason, row.digest = step.reason, step.digest
    row.updated_at = now


def digest_of(rendition: dict[str, object]) -> str:
    """One value for what a rendition would show: changes and notes are not part of it."""
    shown = {key: rendition[key] for key in ("body", "title", "post_url")}
    text = json.dumps(shown, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def findings_of(row: RevisionRow) -> tuple[Finding, ...]:
    """What was found in a revision when it was last planned."""
    return findings_from(row.findings)
