"""Blogs and their sources: made on first use, found by name."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.model import Blog, Source
from service.store.tables import BlogRow, SourceRow


def blog_id(session: Session, blog: Blog, now: datetime) -> int:
    """The blog's id; it is remembered if it is new."""
    row = session.scalar(select(BlogRow).where(BlogRow.url == blog.url))
    if row is None:
        row = BlogRow(url=blog.url, title=blog.title, created_at=now)
        session.add(row)
        session.flush()
    return row.id


def source_row(session: Session, owner: int, source: Source) -> SourceRow:
    """The source's row, locked for this transaction. A new address starts its polls anew,
    but never the baseline: what was new stays known."""
    row = session.scalar(
        select(SourceRow)
        .where(SourceRow.blog_id == owner, SourceRow.name == source.name)
        .with_for_update()
    )
    if row is None:
        row = SourceRow(
            blog_id=owner, name=source.name, kind=source.kind, url=source.url, failures=0
        )
        session.add(row)
        session.flush()
    elif row.url != source.url or row.kind != source.kind:
        row.url, row.kind = source.url, source.kind
        row.feed_url = row.feed_kind = row.etag = row.last_modified = row.body_hash = None
    return row


def sources(session: Session, owner: int) -> list[SourceRow]:
    return list(
        session.scalars(select(SourceRow).where(SourceRow.blog_id == owner).order_by(SourceRow.id))
    )
