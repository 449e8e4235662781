"""Back catalogues on their way in: where each stands, and which addresses it has looked at."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.tables import BackfillAddressRow, BackfillRow, PostRow, RevisionRow


def newest(session: Session, source_id: int, way: str | None) -> BackfillRow | None:
    """The backfill of this source by this way; by any way the one that was worked on last."""
    query = select(BackfillRow).where(BackfillRow.source_id == source_id)
    if way is not None:
        query = query.where(BackfillRow.way == way)
    return session.scalars(query.order_by(BackfillRow.updated_at.desc())).first()


def begun(
    session: Session,
    source_id: int,
    way: str,
    *,
    entrance: str,
    since: datetime | None,
    until: datetime,
    now: datetime,
) -> BackfillRow:
    """The backfill of this source by this way, at its beginning; what it looked at stays known."""
    row = newest(session, source_id, way)
    if row is None:
        row = BackfillRow(source_id=source_id, way=way, taken=0)
        session.add(row)
    row.entrance, row.since, row.until = entrance, since, until
    row.cursor, row.state, row.updated_at = None, "open", now
    session.flush()
    return row


def note(
    session: Session, backfill_id: int, outcomes: Iterable[tuple[str, str, str]], now: datetime
) -> None:
    """Remember addresses that were looked at, each as (url, outcome, why)."""
    for url, outcome, why in outcomes:
        row = BackfillAddressRow(backfill_id=backfill_id, url=url, outcome=outcome, why=why, at=now)
        session.merge(row)


def is_looked_at(session: Session, backfill_id: int, url: str) -> bool:
    """Whether this backfill is done with this address; one that failed it is not."""
    row = session.get(BackfillAddressRow, (backfill_id, url))
    return row is not None and row.outcome != "failed"


def is_whole(session: Session, post_id: int) -> bool:
    """Whether the newest content that we have of this post is more than a summary."""
    query = select(RevisionRow.complete).join(PostRow, PostRow.revision_id == RevisionRow.id)
    return bool(session.scalar(query.where(PostRow.id == post_id)))


def addresses(session: Session, source_id: int, most: int = 500) -> list[str]:
    """The addresses of posts that the source itself listed."""
    query = select(PostRow.url).where(PostRow.source_id == source_id)
    return list(session.scalars(query.order_by(PostRow.id).limit(most)))
