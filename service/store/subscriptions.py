"""Feeds that hubs push to us: asked for, verified, renewed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.tables import SourceRow, SubscriptionRow


def of_blog(session: Session, owner: int) -> Sequence[tuple[SubscriptionRow, SourceRow]]:
    """All subscriptions of the blog, each with its source."""
    query = (
        select(SubscriptionRow, SourceRow)
        .join(SourceRow, SourceRow.id == SubscriptionRow.source_id)
        .where(SourceRow.blog_id == owner)
        .order_by(SubscriptionRow.id)
    )
    return [(row, source) for row, source in session.execute(query)]


def by_token(session: Session, owner: int, token: str) -> tuple[SubscriptionRow, SourceRow] | None:
    """The blog's subscription whose callback ends with this, locked, with its source."""
    query = (
        select(SubscriptionRow, SourceRow)
        .join(SourceRow, SourceRow.id == SubscriptionRow.source_id)
        .where(SourceRow.blog_id == owner, SubscriptionRow.token == token)
        .with_for_update()
    )
    found = session.execute(query).one_or_none()
    return None if found is None else (found[0], found[1])
