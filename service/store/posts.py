"""Posts, the keys that identify them, and their revisions."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.model import Revision
from service.store.nouns import revision_json
from service.store.tables import PostKeyRow, PostRow, RevisionRow

_CHUNK = 500


def post_ids_by_key(session: Session, owner: int, keys: Iterable[str]) -> dict[str, int]:
    """Which of these keys are known, and the post that each identifies."""
    wanted = sorted(set(keys))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = session.execute(
            select(PostKeyRow.key, PostKeyRow.post_id).where(
                PostKeyRow.blog_id == owner, PostKeyRow.key.in_(wanted[start : start + _CHUNK])
            )
        )
        found.update((key, post_id) for key, post_id in rows)
    return found


def with_keys(session: Session, post_ids: Iterable[int]) -> list[tuple[PostRow, frozenset[str]]]:
    """These posts, each with all its keys."""
    wanted = sorted(set(post_ids))
    found: list[tuple[PostRow, frozenset[str]]] = []
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        keys: dict[int, set[str]] = {post_id: set() for post_id in chunk}
        for key, post_id in session.execute(
            select(PostKeyRow.key, PostKeyRow.post_id).where(PostKeyRow.post_id.in_(chunk))
        ):
            keys[post_id].add(key)
        posts = session.scalars(select(PostRow).where(PostRow.id.in_(chunk)))
        found.extend((post, frozenset(keys[post.id])) for post in posts)
    return found


def add_keys(session: Session, post: PostRow, keys: Iterable[str]) -> None:
    """Let these keys identify the post too; one that is another post's already stays so."""
    known = post_ids_by_key(session, post.blog_id, keys)
    for key in dict.fromkeys(keys):
        if key not in known:
            session.add(PostKeyRow(blog_id=post.blog_id, key=key, post_id=post.id))
    session.flush()


def add_revision(
    session: Session, post: PostRow, revision: Revision, *, complete: bool, now: datetime
) -> RevisionRow:
    """Make this the post's newest content; one that it had before is that revision again."""
    row = session.scalar(
        select(RevisionRow).where(
            RevisionRow.post_id == post.id, RevisionRow.fingerprint == revision.fingerprint
        )
    )
    if row is None:
        row = RevisionRow(
            post_id=post.id,
            fingerprint=revision.fingerprint,
            content=revision_json(revision),
            complete=complete,
            seen_at=now,
        )
        session.add(row)
        session.flush()
    else:
        row.complete = row.complete or complete
        row.content = revision_json(revision)
    post.revision_id, post.title, post.url = row.id, revision.title, revision.url
    post.published_at = post.published_at or revision.published
    return row


def newest_revision(session: Session, post: PostRow) -> RevisionRow:
    row = session.get(RevisionRow, post.revision_id)
    assert row is not None
    return row


def settled(session: Session, owner: int, now: datetime) -> Sequence[PostRow]:
    """The posts that have something to be planned by now, the oldest first."""
    return session.scalars(
        select(PostRow)
        .where(PostRow.blog_id == owner, PostRow.settles_at <= now)
        .order_by(PostRow.published_at, PostRow.id)
    ).all()


def listed_ids(session: Session, source_id: int) -> Sequence[int]:
    """The posts that the source's latest listing had, and those missing from it so far."""
    return session.scalars(
        select(PostRow.id).where(PostRow.source_id == source_id, PostRow.listed_at.is_not(None))
    ).all()


def listed_before(session: Session, source_id: int, post_ids: Sequence[int]) -> list[PostRow]:
    """Of these posts, those that the source's latest listing had, the oldest first."""
    rows = session.scalars(
        select(PostRow)
        .where(PostRow.source_id == source_id, PostRow.listed_at.is_not(None))
        .order_by(PostRow.published_at)
    )
    wanted = set(post_ids)
    return [row for row in rows if row.id in wanted]


def unlisted(session: Session, source_id: int, listed_at: datetime | None) -> Sequence[PostRow]:
    """Live posts that may be deleted: missing before, or not in what was listed at `listed_at`
    though an earlier listing had them. A post found to have only rolled off is in neither."""
    missing = PostRow.missing_since.is_not(None)
    return session.scalars(
        select(PostRow)
        .where(
            PostRow.source_id == source_id,
            PostRow.state.in_(("baseline", "settling", "announced", "held")),
            missing if listed_at is None else or_(missing, PostRow.listed_at < listed_at),
        )
        .order_by(PostRow.id)
    ).all()
