"""The pages of sources without a feed, as they were when last read."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from service.store.tables import SourcePageRow


def pages_of(session: Session, source_ids: Iterable[int]) -> dict[int, list[SourcePageRow]]:
    """Each source's pages, in the order in which it lists them."""
    found: dict[int, list[SourcePageRow]] = {source_id: [] for source_id in source_ids}
    query = select(SourcePageRow).where(SourcePageRow.source_id.in_(found))
    for row in session.scalars(query.order_by(SourcePageRow.position)):
        found[row.source_id].append(row)
    return found


def keep_pages(session: Session, source_id: int, pages: Sequence[dict[str, object]]) -> None:
    """Let these be the source's pages, in this order: url, etag, last_modified, body_hash, post_id,
    stamp, within of each."""
    forget_pages(session, source_id)
    rows = [
        {"source_id": source_id, "position": position, **page}
        for position, page in enumerate(pages)
    ]
    if rows:
        session.execute(insert(SourcePageRow), rows)


def forget_pages(session: Session, source_id: int) -> None:
    """What they were like is known no more: they are read anew."""
    session.execute(delete(SourcePageRow).where(SourcePageRow.source_id == source_id))
