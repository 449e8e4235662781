"""Blogs and their sources: made on first use, found by name."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import Select, bindparam, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.model import Blog, Source
from service.store.pages import forget_pages
from service.store.tables import BlogRow, SourceRow

_CHUNK = 500
#: kinds of source that list their posts themselves: of the others each page is remembered
OF_FEEDS = (None, "feed")

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
        row = _made(session, _new_row(owner, source), query)
    elif row.url != source.url or row.kind != source.kind:
        _start_anew(session, row, source)
    return row


def address(session: Session, owner: int, name: str) -> tuple[str | None, str | None]:
    """Where a source of this name really stands, and its kind, as the last poll found them."""
    query = select(SourceRow).where(SourceRow.blog_id == owner, SourceRow.name == name)
    row = session.scalar(query)
    return (None, None) if row is None else (row.feed_url, row.feed_kind)


def source_rows(session: Session, owner: int, wanted: Sequence[Source]) -> dict[str, SourceRow]:
    """Name → row of each of these sources, made where it is new: `source_row` for many."""
    query = select(SourceRow).where(SourceRow.blog_id == owner)
    found = {row.name: row for row in session.scalars(query)}
    missing = [source for source in wanted if source.name not in found]
    if missing:
        try:
            with session.begin_nested():
                session.add_all([_new_row(owner, source) for source in missing])
        except IntegrityError:  # another process was quicker with some of them
            for source in missing:
                source_row(session, owner, source)
        found = {row.name: row for row in session.scalars(query)}
    for source in wanted:
        row = found[source.name]
        if row.url != source.url or row.kind != source.kind:
            source_row(session, owner, source)
    return {source.name: found[source.name] for source in wanted}


class Standing(NamedTuple):
    """How far the polls of a source have come."""

    id: int
    baseline_at: datetime | None
    polled_at: datetime | None
    changed_at: datetime | None


def locked(session: Session, source_ids: Collection[int]) -> dict[int, Standing]:
    """How these sources stand, locked for this transaction, in an order that keeps others from
    waiting for each other."""
    found: dict[int, Standing] = {}
    wanted = sorted(source_ids)
    for start in range(0, len(wanted), _CHUNK):
        query = (
            select(SourceRow.id, SourceRow.baseline_at, SourceRow.polled_at, SourceRow.changed_at)
            .where(SourceRow.id.in_(wanted[start : start + _CHUNK]))
            .order_by(SourceRow.id)
            .with_for_update()
        )
        found.update((row.id, Standing(*row)) for row in session.execute(query))
    return found


def note_told(session: Session, polls: Sequence[Mapping[str, object]]) -> None:
    """Remember the polls of sources that had something to tell: source_id, asked, next, changed,
    baseline, place, what, new_etag, new_modified, body, prints."""
    if not polls:
        return
    table = SourceRow.__table__
    session.connection().execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("source_id"))
        .values(
            polled_at=bindparam("asked"),
            next_poll_at=bindparam("next"),
            changed_at=bindparam("changed"),
            baseline_at=bindparam("baseline"),
            feed_url=bindparam("place"),
            feed_kind=bindparam("what"),
            etag=bindparam("new_etag"),
            last_modified=bindparam("new_modified"),
            body_hash=bindparam("body"),
            imprints=bindparam("prints"),
            failures=0,
            error=None,
            wait_until=None,
            stopped=None,
        ),
        list(polls),
    )


def note_answers(session: Session, answers: Sequence[Mapping[str, object]]) -> None:
    """Remember of many sources at once that they answered and had nothing to tell.

    Each is: id, asked (when it was), next_poll_at, etag, last_modified. A source that another
    process asked later stays as that one left it.
    """
    table = SourceRow.__table__
    session.connection().execute(
        update(table)  # type: ignore[arg-type]
        .where(
            table.c.id == bindparam("source_id"),
            or_(table.c.polled_at.is_(None), table.c.polled_at <= bindparam("asked")),
        )
        .values(
            polled_at=bindparam("asked"),
            next_poll_at=bindparam("next"),
            etag=bindparam("new_etag"),
            last_modified=bindparam("new_modified"),
            failures=0,
            error=None,
            wait_until=None,
            stopped=None,
        ),
        list(answers),
    )


def note_failures(session: Session, failures: Sequence[Mapping[str, object]]) -> None:
    """Remember of many sources at once that they failed: source_id, next, until, why, stop."""
    table = SourceRow.__table__
    session.connection().execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("source_id"))
        .values(
            failures=table.c.failures + 1,
            error=bindparam("why"),
            next_poll_at=bindparam("next"),
            wait_until=bindparam("until"),
            stopped=bindparam("stop"),
        ),
        list(failures),
    )


def not_due(session: Session, owner: int, now: datetime) -> set[str]:
    """The names of the sources whose time has not come, or that are asked no more."""
    return set(
        session.scalars(
            select(SourceRow.name).where(
                SourceRow.blog_id == owner,
                or_(SourceRow.next_poll_at > now, SourceRow.stopped.is_not(None)),
            )
        )
    )


def _new_row(owner: int, source: Source) -> SourceRow:
    return SourceRow(blog_id=owner, name=source.name, kind=source.kind, url=source.url, failures=0)


def _start_anew(session: Session, row: SourceRow, source: Source) -> None:
    row.url, row.kind = source.url, source.kind
    row.feed_url = row.feed_kind = row.etag = row.last_modified = row.body_hash = None
    row.wait_until = row.next_poll_at = row.stopped = row.imprints = None
    forget_pages(session, row.id)


def sources(session: Session, owner: int) -> list[SourceRow]:
    return list(
        session.scalars(select(SourceRow).where(SourceRow.blog_id == owner).order_by(SourceRow.id))
    )
