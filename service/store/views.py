"""What people and programs look at: posts, deliveries and what waits, read only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from service.model import Change, Finding, Rendition, Revision
from service.store import rulings
from service.store.decisions import Decision, decisions
from service.store.deliveries import attempts
from service.store.nouns import findings_from, rendition_from, revision_from
from service.store.tables import (
    DeliveryRow,
    HookEventRow,
    PostRow,
    RevisionRow,
    RulingRow,
    SourceRow,
)
from service.weblink import without_credentials

#: posts that are read at once where all are wanted
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery, as `bookplate deliveries` and /api/v1/deliveries show it.

    `changes` are those made to the post for this channel, `notes` what was left alone and why.
    """

    id: int
    post_id: int
    post_url: str
    post_title: str
    channel: str
    kind: str
    state: str
    action: str
    reason: str
    key: str
    remote_id: str | None
    remote_url: str | None
    tries: int
    due_at: datetime | None
    created_at: datetime
    updated_at: datetime
    delivered_at: datetime | None
    changes: tuple[Change, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostView:
    """A post, as `bookplate posts` and /api/v1/posts show it. `decisions` say how it came to stand
    as it does, the oldest first."""

    id: int
    url: str
    title: str
    state: str
    reason: str
    source: str
    published: datetime | None
    first_seen: datetime
    settles_at: datetime | None
    findings: tuple[Finding, ...]
    deliveries: tuple[DeliveryView, ...]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One try at a delivery, and how it ended."""

    action: str
    outcome: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source and how its last poll went. `posts` counts what is known from it."""

    name: str
    kind: str
    url: str | None
    polled_at: datetime | None
    next_poll_at: datetime | None
    failures: int
    error: str | None
    posts: int


@dataclass(frozen=True, slots=True)
class HookView:
    """A webhook that waits, or that failed."""

    id: int
    source: str
    webhook_id: str
    state: str
    reason: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A book we are not sure of, in one post: the blogger accepts or rejects its title."""

    post_id: int
    post_title: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for the blogger, and what is under way."""

    posts: tuple[PostView, ...]
    suggestions: tuple[Suggestion, ...]
    deliveries: tuple[DeliveryView, ...]
    due: int
    settling: int

    @property
    def count(self) -> int:
        return len(self.posts) + len(self.suggestions) + len(self.deliveries)


def posts(
    session: Session,
    owner: int,
    *,
    state: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[PostView]:
    """The newest posts first, by their own date, one without by when we saw it first; `before` is
    the id of the last one of the page before."""
    day = func.coalesce(PostRow.published_at, PostRow.first_seen_at)
    query = select(PostRow).where(PostRow.blog_id == owner)
    if state is not None:
        query = query.where(PostRow.state == state)
    if before is not None:
        last = select(day).where(PostRow.id == before).scalar_subquery()
        query = query.where(or_(day < last, and_(day == last, PostRow.id < before)))
    rows = session.scalars(query.order_by(day.desc(), PostRow.id.desc()).limit(limit)).all()
    return _post_views(session, rows)


def count_posts(session: Session, owner: int, state: str | None = None) -> int:
    """How many posts there are, of this state."""
    query = select(func.count()).select_from(PostRow).where(PostRow.blog_id == owner)
    if state is not None:
        query = query.where(PostRow.state == state)
    return session.scalar(query) or 0


def every_post(
    session: Session, owner: int, *, state: str | None = None, limit: int | None = None
) -> Iterator[PostView]:
    """All posts, or at most so many, in the order of `posts`, some at a time."""
    left, before = limit, None
    while left is None or left > 0:
        size = _AT_ONCE if left is None else min(left, _AT_ONCE)
        found = posts(session, owner, state=state, before=before, limit=size)
        yield from found
        if len(found) < size:
            return
        left, before = None if left is None else left - size, found[-1].id


def post(session: Session, owner: int, post_id: int) -> PostView | None:
    row = session.get(PostRow, post_id)
    if row is None or row.blog_id != owner:
        return None
    return _post_views(session, [row])[0]


def revision(session: Session, owner: int, post_id: int) -> Revision | None:
    """The post's newest content, as it came: not sanitised."""
    row = session.get(PostRow, post_id)
    if row is None or row.blog_id != owner or row.revision_id is None:
        return None
    kept = session.get(RevisionRow, row.revision_id)
    return None if kept is None else revision_from(kept.content)


def deliveries(
    session: Session,
    owner: int,
    *,
    state: str | None = None,
    channel: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[DeliveryView]:
    """The newest deliveries first."""
    query = (
        select(DeliveryRow, PostRow)
        .join(PostRow, PostRow.id == DeliveryRow.post_id)
        .where(DeliveryRow.blog_id == owner)
    )
    if state is not None:
        query = query.where(DeliveryRow.state == state)
    if channel is not None:
        query = query.where(DeliveryRow.channel == channel)
    if before is not None:
        query = query.where(DeliveryRow.id < before)
    rows = session.execute(query.order_by(DeliveryRow.id.desc()).limit(limit)).all()
    return [_delivery_view(row, of) for row, of in rows]


def delivery(
    session: Session, owner: int, delivery_id: int
) -> tuple[DeliveryView, Rendition, tuple[AttemptView, ...]] | None:
    """A delivery with its rendition and every try."""
    row = session.get(DeliveryRow, delivery_id)
    if row is None or row.blog_id != owner:
        return None
    of = session.get(PostRow, row.post_id)
    assert of is not None
    tries = tuple(
        AttemptView(each.action, each.outcome, each.detail, each.at)
        for each in attempts(session, row.id)
    )
    return _delivery_view(row, of), rendition_from(row.rendition), tries


def sources(session: Session, owner: int) -> list[SourceView]:
    counted = (
        select(PostRow.source_id, func.count().label("posts"))
        .group_by(PostRow.source_id)
        .subquery()
    )
    rows = session.execute(
        select(SourceRow, counted.c.posts)
        .outerjoin(counted, counted.c.source_id == SourceRow.id)
        .where(SourceRow.blog_id == owner)
        .order_by(SourceRow.id)
    )
    return [
        SourceView(
            row.name,
            row.kind,
            without_credentials(row.feed_url or row.url or "") or None,
            row.polled_at,
            row.next_poll_at,
            row.failures,
            row.error,
            count or 0,
        )
        for row, count in rows
    ]


def hooks(session: Session, owner: int, *, limit: int = 50) -> list[HookView]:
    """The webhooks that wait or failed, the newest first."""
    rows = session.scalars(
        select(HookEventRow)
        .where(HookEventRow.blog_id == owner, HookEventRow.state != "done")
        .order_by(HookEventRow.id.desc())
        .limit(limit)
    )
    return [
        HookView(row.id, row.source, row.webhook_id, row.state, row.reason, row.received_at)
        for row in rows
    ]


def waiting(session: Session, owner: int) -> Waiting:
    """What a person has to decide: held posts, suggested books, deliveries that are stuck."""
    stuck = [
        _delivery_view(row, of)
        for row, of in session.execute(
            select(DeliveryRow, PostRow)
            .join(PostRow, PostRow.id == DeliveryRow.post_id)
            .where(DeliveryRow.blog_id == owner, DeliveryRow.state.in_(("held", "dead")))
            .order_by(DeliveryRow.id)
        )
    ]
    held = posts(session, owner, state="held", limit=200)
    return Waiting(
        posts=tuple(held),
        suggestions=tuple(_suggestions(session, owner)),
        deliveries=tuple(stuck),
        due=_count(session, owner, DeliveryRow, ("due", "failed", "sending")),
        settling=_count(session, owner, PostRow, ("settling",)),
    )


def _count(
    session: Session, owner: int, table: type[DeliveryRow | PostRow], states: Sequence[str]
) -> int:
    query = select(func.count()).where(table.blog_id == owner, table.state.in_(states))
    return session.scalar(query) or 0


def _suggestions(session: Session, owner: int) -> list[Suggestion]:
    """Books we are not sure of, in posts that went out; each title of a post once."""
    ruled = set(session.scalars(select(RulingRow.title_key).where(RulingRow.blog_id == owner)))
    found = []
    for row, of in session.execute(
        select(RevisionRow, PostRow)
        .join(PostRow, PostRow.revision_id == RevisionRow.id)
        .where(
            PostRow.blog_id == owner,
            PostRow.state == "announced",
            RevisionRow.findings.is_not(None),
        )
        .order_by(PostRow.id.desc())
        .limit(200)
    ):
        seen = set(ruled)
        for finding in findings_from(row.findings):
            key = rulings.title_key(finding.title or "")
            if finding.decision == "suggest" and key and key not in seen:
                seen.add(key)
                found.append(Suggestion(of.id, of.title or of.url, finding))
    return found


def _post_views(session: Session, rows: Sequence[PostRow]) -> list[PostView]:
    ids = [row.id for row in rows]
    names = {
        row.id: row.name
        for row in session.scalars(
            select(SourceRow).where(SourceRow.id.in_({row.source_id for row in rows}))
        )
    }
    kept = {
        row.id: row
        for row in session.scalars(
            select(RevisionRow).where(RevisionRow.id.in_([row.revision_id for row in rows]))
        )
    }
    sent: dict[int, list[DeliveryRow]] = {post_id: [] for post_id in ids}
    for delivery_row in session.scalars(
        select(DeliveryRow).where(DeliveryRow.post_id.in_(ids)).order_by(DeliveryRow.id)
    ):
        sent[delivery_row.post_id].append(delivery_row)
    return [
        PostView(
            row.id,
            row.url,
            row.title,
            row.state,
            row.reason,
            names.get(row.source_id, ""),
            row.published_at,
            row.first_seen_at,
            row.settles_at,
            findings_from(kept[row.revision_id].findings) if row.revision_id in kept else (),
            tuple(_delivery_view(each, row) for each in sent[row.id]),
            decisions(row),
        )
        for row in rows
    ]


def _delivery_view(row: DeliveryRow, of: PostRow) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        post_id=row.post_id,
        post_url=of.url,
        post_title=of.title or of.url,
        channel=row.channel,
        kind=row.kind,
        state=row.state,
        action=row.action,
        reason=row.reason,
        key=row.key,
        remote_id=row.remote_id,
        remote_url=row.remote_url,
        tries=row.tries,
        due_at=row.due_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        delivered_at=row.delivered_at,
        changes=tuple(Change(**change) for change in row.rendition.get("changes", ())),
        notes=tuple(row.rendition.get("notes", ())),
    )
