"""What a person decides: announce, approve, reject, hold, retry, cancel, withdraw."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from service.deliver import intake, steps
from service.deliver.plan import findings_of, put, step_of
from service.errors import BookplateError, UsageError
from service.markup import unescaped
from service.store import deliveries as stored
from service.store import posts as stored_posts
from service.store import rulings
from service.store.decisions import decide
from service.store.tables import PostRow, RevisionRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from service.deliver.publisher import Publisher
    from service.model import Finding, Ruling
    from service.store.tables import DeliveryRow

_TAG = re.compile(r"<[^>]*>")
_OLD = ("baseline", "held", "skipped")


# ── posts ────────────────────────────────────────────────────────────────────────────────


def announce(
    publisher: Publisher, posts: Sequence[str], since: datetime | None, errors: list[str]
) -> None:
    """Let posts go out that were there before we began: named ones, and those since a date."""
    for url in posts:
        try:
            announce_url(publisher, url)
        except BookplateError as error:
            errors.append(f"{url}: {error}")
    if since is not None:
        with publisher.store.session() as session:
            for post in session.scalars(
                select(PostRow).where(
                    PostRow.blog_id == publisher.owner,
                    PostRow.state.in_(("baseline", "held")),
                    PostRow.published_at >= since,
                )
            ):
                _announce(publisher, post, f"Asked for: since {since.date()}.")


def announce_url(publisher: Publisher, url: str) -> None:
    """Announce the post at this address now; one that we never saw is fetched, one that is out
    already stays as it is.

    Raises FetchError or UnreadableInput; UsageError where there is no source to take it from.
    """
    with publisher.store.session() as session:
        post = intake.post_at(session, publisher, url)
        if post is not None:
            if post.state in (*_OLD, "settling"):
                _announce(publisher, post, "Asked for by its address.")
            return
    source = next((each for each in publisher.blog.sources if each.kind != "webhook"), None)
    if source is None:
        raise UsageError("There is no feed or page source to take it from.")
    post_id, _ = intake.take_url(publisher, source, url, "Asked for by its address.")
    approve_post(publisher, post_id)


def _announce(publisher: Publisher, post: PostRow, reason: str) -> None:
    decide(post, "settling", reason, publisher.now())
    post.settles_at = publisher.now()


def approve_post(publisher: Publisher, post_id: int) -> None:
    """Let a post that is held, old or still settling go out now."""
    with publisher.store.session() as session:
        post = _post(session, publisher, post_id)
        if post.state not in (*_OLD, "settling"):
            raise UsageError(f'Post {post_id} is "{post.state}": there is nothing to approve.')
        _announce(publisher, post, "Approved by you.")


def skip_post(publisher: Publisher, post_id: int) -> None:
    """Never announce this post."""
    with publisher.store.session() as session:
        post = _post(session, publisher, post_id)
        if post.state not in ("held", "settling", "baseline"):
            raise UsageError(f'Post {post_id} is "{post.state}": it is too late to skip it.')
        decide(post, "skipped", "Rejected by you.", publisher.now())
        post.settles_at = None


def withdraw_post(publisher: Publisher, post_id: int) -> None:
    """Take a post back from every channel that can."""
    with publisher.store.session() as session:
        post = _post(session, publisher, post_id)
        decide(post, "skipped", "Withdrawn by you.", publisher.now())
        post.settles_at = publisher.now()


def _post(session: Session, publisher: Publisher, post_id: int) -> PostRow:
    post = session.get(PostRow, post_id)
    if post is None or post.blog_id != publisher.owner:
        raise UsageError(f"There is no post {post_id}.", mend="List them: bookplate posts")
    return post


# ── findings ─────────────────────────────────────────────────────────────────────────────


def suggestions(row: RevisionRow) -> list[tuple[int, Finding]]:
    """The findings of a revision that a person should look at, by their place in it."""
    return [
        (place, finding)
        for place, finding in enumerate(findings_of(row))
        if finding.decision == "suggest" and finding.title
    ]


def rule_on_title(publisher: Publisher, ruling: Ruling) -> None:
    """Accept or reject a title for the whole blog; posts that name it are planned anew."""
    with publisher.store.session() as session:
        rulings.decide(session, publisher.owner, ruling, publisher.now())
        _plan_anew(session, publisher, ruling.title)


def forget_ruling(publisher: Publisher, title: str) -> None:
    """Take back what was decided of a title; posts that name it are planned anew.

    Raises UsageError where nothing was decided of it.
    """
    with publisher.store.session() as session:
        if not rulings.forget(session, publisher.owner, title):
            raise UsageError(
                f'Nothing was decided of "{title}".', mend="List them: bookplate review decisions"
            )
        _plan_anew(session, publisher, title)


def _plan_anew(session: Session, publisher: Publisher, title: str) -> None:
    """Let the announced posts that speak of a title be looked at again."""
    for post in session.scalars(
        select(PostRow).where(PostRow.blog_id == publisher.owner, PostRow.state == "announced")
    ):
        row = stored_posts.newest_revision(session, post)
        if _speaks_of(row, rulings.title_key(title)):
            post.settles_at = publisher.now()


def _speaks_of(row: RevisionRow, wanted: str) -> bool:
    """Whether a revision's words or findings hold a title (its key)."""
    named = (each.title for each in findings_of(row) if each.title)
    if wanted in {rulings.title_key(each) for each in named}:
        return True
    words = unescaped(_TAG.sub("", str(row.content.get("html", ""))))
    return f" {wanted} " in f" {rulings.title_key(words)} "


# ── deliveries ───────────────────────────────────────────────────────────────────────────


def approve(publisher: Publisher, delivery_id: int) -> None:
    """Send a delivery that is held."""
    _decide(publisher, delivery_id, ("held",), _make_due, "Approved by you.")


def retry(publisher: Publisher, delivery_id: int) -> None:
    """Send again what failed, was held or given up; you know that nothing got through."""
    _decide(
        publisher, delivery_id, ("held", "failed", "dead", "cancelled"), _afresh, "Tried again."
    )


def hold(publisher: Publisher, delivery_id: int) -> None:
    """Keep a delivery from being sent until it is approved."""
    _decide(publisher, delivery_id, ("due", "failed", "planned"), _state("held"), "Held by you.")


def cancel(publisher: Publisher, delivery_id: int) -> None:
    """Never send this delivery."""
    states = ("held", "due", "failed", "planned", "dead")
    _decide(publisher, delivery_id, states, _state("cancelled"), "Cancelled by you.")


def withdraw(publisher: Publisher, delivery_id: int) -> None:
    """Take the copy back from the channel."""
    _decide(publisher, delivery_id, tuple(steps.STANDING), _take_back, "Withdrawn by you.")


def _decide(
    publisher: Publisher,
    delivery_id: int,
    states: tuple[str, ...],
    act: Callable[[Session, Publisher, DeliveryRow], steps.Step],
    reason: str,
) -> None:
    with publisher.store.session() as session:
        row = stored.lock(session, delivery_id)
        if row is None or row.blog_id != publisher.owner:
            raise UsageError(
                f"There is no delivery {delivery_id}.", mend="List them: bookplate deliveries"
            )
        if row.state not in states:
            raise UsageError(
                f'Delivery {delivery_id} is "{row.state}"; this needs one of: {", ".join(states)}.'
            )
        step = act(session, publisher, row)
        put(publisher, row, step if step.reason != row.reason else replace(step, reason=reason))


def _make_due(_session: Session, _: Publisher, row: DeliveryRow) -> steps.Step:
    return replace(step_of(row), state="due")


def _afresh(session: Session, _: Publisher, row: DeliveryRow) -> steps.Step:
    """Due again; what was cut off before is forgotten: the person looked."""
    stored.forget_cut_off(session, row.key)
    return replace(step_of(row), state="due")


def _state(state: str) -> Callable[[Session, Publisher, DeliveryRow], steps.Step]:
    return lambda _session, _publisher, row: replace(step_of(row), state=state)


def _take_back(_session: Session, publisher: Publisher, row: DeliveryRow) -> steps.Step:
    abilities = publisher.abilities(publisher.settings_of(row.channel))
    if not abilities.delete:
        raise UsageError(f"The channel {row.channel} can't take anything back.")
    return steps.withdrawn(step_of(row), row.publish_key, abilities)
