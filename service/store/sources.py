"""Blogs and their sources: made on first use, found by name."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.model import Blog, Source
from service.store.tables import BlogRow, SourceRow

Row = TypeVar("Row", BlogRow, SourceRow)


def blog_id(session: Session, blog: Blog, now: datetime) -> int:
    """The blog's id; it is remembered if it is new."""
    query = select(BlogRow).where(BlogRow.url == blog.url)
    row = session.scalar(query)
    if row is None:
        row = _made(session, BlogRow(url=blog.url, created_at=now), query)
    return row.id


def _made(session: Session, row: Row, query: Select[Row]) -> Row:
    """The new row; or another's, where another process was quicker."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.scalars(query).one()
    return row


def told_of_itself(session: Session, owner: int) -> tuple[str | None, str | None]:
    """The blog's (title, address) as its feed told them."""
    row = session.get(BlogRow, owner)
    return (None, None) if row is None else (row.title, row.site_url)


def learn(session: Session, owner: int, title: str | None, site_url: str | None) -> None:
    """Remember what the blog's feed tells of the blog."""
    row = session.get(BlogRow, owner)
    assert row is not None
    row.title, row.site_url = title or row.title, site_url or row.site_url


def source_row(session: Session, owner: int, source: Source) -> SourceRow:
    """The source's row, locked for this transaction. A new address starts its polls anew,
    but never the baseline: what was new stays known."""
    query = (
        select(SourceRow)
        .where(SourceRow.blog_id == owner, SourceRow.name == source.name)
        .with_for_update()
    )
    row = session.scalar(query)
    if row is None:
        new = SourceRow(
            blog_id=owner, name=source.name, kind=source.kind, url=source.url, failures=0
        )
        row = _made(session, new, query)
    elif row.url != source.url or row.kind != source.kind:
        row.url, row.kind = source.url, source.kind
        row.feed_url = row.feed_kind = row.etag = row.last_modified = row.body_hash = None
    return row


def address(session: Session, owner: int, name: str) -> tuple[str | None, str | None]:
    """Where a source of this name really stands, and its kind, as the last poll found them."""
    query = select(SourceRow).where(SourceRow.blog_id == owner, SourceRow.name == name)
    row = session.scalar(query)
    return (None, None) if row is None else (row.feed_url, row.feed_kind)


def sources(session: Session, owner: int) -> list[SourceRow]:
    return list(
        session.scalars(select(SourceRow).where(SourceRow.blog_id == owner).order_by(SourceRow.id))
    )
