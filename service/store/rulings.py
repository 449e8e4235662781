"""What the blogger decided of titles, for all posts of the blog."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.model import Ruling
from service.store.nouns import ruling_from, ruling_json
from service.store.tables import RulingRow


def title_key(title: str) -> str:
    """A title as rulings compare it: case and punctuation don't matter."""
    return " ".join(re.sub(r"[\W_]+", " ", title.casefold()).split())


def of_blog(session: Session, owner: int) -> tuple[Ruling, ...]:
    rows = session.scalars(
        select(RulingRow).where(RulingRow.blog_id == owner).order_by(RulingRow.id)
    )
    return tuple(ruling_from(row.ruling) for row in rows)


def decide(session: Session, owner: int, ruling: Ruling, now: datetime) -> None:
    """Remember the ruling; an earlier one of the same title gives way."""
    key = title_key(ruling.title)
    row = session.scalar(
        select(RulingRow).where(RulingRow.blog_id == owner, RulingRow.title_key == key)
    )
    if row is None:
        row = RulingRow(blog_id=owner, title_key=key)
        session.add(row)
    row.ruling, row.decided_at = ruling_json(ruling), now


def forget(session: Session, owner: int, title: str) -> bool:
    """Take back what was decided of a title; whether anything was."""
    key = title_key(title)
    row = session.scalar(
        select(RulingRow).where(RulingRow.blog_id == owner, RulingRow.title_key == key)
    )
    if row is not None:
        session.delete(row)
    return row is not None


def decided(session: Session, owner: int) -> list[tuple[Ruling, datetime]]:
    """Every ruling of the blog and when it was made, the newest first."""
    rows = session.scalars(
        select(RulingRow)
        .where(RulingRow.blog_id == owner)
        .order_by(RulingRow.decided_at.desc(), RulingRow.id.desc())
    )
    return [(ruling_from(row.ruling), row.decided_at) for row in rows]
