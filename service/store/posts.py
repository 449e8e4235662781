"""Posts, the keys that identify them, and their revisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.orm import Session

from service.model import Revision
from service.store.nouns import revision_json
from service.store.tables import PostKeyRow, PostRow, RevisionRow

_CHUNK = 500
#: states of posts that stand on the blog, as far as we know
LIVE = ("baseline", "settling", "announced", "held")


class Glance(NamedTuple):
    """A post as polls look at it: enough to know it again, and to see how it stands."""

    id: int
    source_id: int
    url: str
    state: str
    fingerprint: str
    published: datetime | None
    listed_at: datetime | None
    missing_since: datetime | None
    settles_at: datetime | None


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


def listed(session: Session, source_ids: Iterable[int]) -> dict[int, dict[int, bool]]:
    """Source → the posts that its latest listing had, and those missing since; of each whether it
    is restless: gone, missing, or waiting to come back."""
    restless = or_(
        PostRow.state == "gone",
        PostRow.missing_since.is_not(None),
        and_(PostRow.state == "settling", PostRow.settles_at.is_(None)),
    )
    wanted = sorted(set(source_ids))
    found: dict[int, dict[int, bool]] = {source_id: {} for source_id in wanted}
    for start in range(0, len(wanted), _CHUNK):
        query = select(PostRow.source_id, PostRow.id, restless).where(
            PostRow.source_id.in_(wanted[start : start + _CHUNK]), PostRow.listed_at.is_not(None)
        )
        for source_id, post_id, moves in session.execute(query):
            found[source_id][post_id] = moves
    return found


def glances(session: Session, post_ids: Iterable[int]) -> dict[int, Glance]:
    """What identifies each of these posts and tells how it stands."""
    found: dict[int, Glance] = {}
    wanted = sorted(set(post_ids))
    for start in range(0, len(wanted), _CHUNK):
        query = select(
            PostRow.id,
            PostRow.source_id,
            PostRow.url,
            PostRow.state,
            PostRow.entry_fingerprint,
            PostRow.published_at,
            PostRow.listed_at,
            PostRow.missing_since,
            PostRow.settles_at,
        ).where(PostRow.id.in_(wanted[start : start + _CHUNK]))
        found.update((row.id, Glance(*row)) for row in session.execute(query))
    return found


def keys_of(session: Session, post_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """All the keys of each of these posts."""
    wanted = sorted(set(post_ids))
    found: dict[int, list[str]] = {post_id: [] for post_id in wanted}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        query = select(PostKeyRow.post_id, PostKeyRow.key).where(PostKeyRow.post_id.in_(chunk))
        for post_id, key in session.execute(query):
            found[post_id].append(key)
    return {post_id: frozenset(keys) for post_id, keys in found.items()}


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post to be remembered, with its first content; `complete` is False for a summary."""

    blog_id: int
    source_id: int
    state: str
    reason: str
    revision: Revision
    complete: bool
    listed_at: datetime | None = None
    settles_at: datetime | None = None


def insert_posts(session: Session, new: Sequence[NewPost], now: datetime) -> list[int]:
    """Remember these posts; the id of each, in order."""
    prints = [each.revision.fingerprint for each in new]
    posts = [
        {
            "blog_id": each.blog_id,
            "source_id": each.source_id,
            "url": each.revision.url,
            "title": each.revision.title,
            "state": each.state,
            "reason": each.reason,
            "published_at": each.revision.published,
            "first_seen_at": now,
            "settles_at": each.settles_at,
            "listed_at": each.listed_at,
            "entry_fingerprint": fingerprint,
        }
        for each, fingerprint in zip(new, prints, strict=True)
    ]
    if not posts:
        return []
    connection, table = session.connection(), PostRow.__table__
    query = insert(table).returning(table.c.id, sort_by_parameter_order=True)  # type: ignore[arg-type]
    ids = list(connection.execute(query, posts).scalars())
    revisions = [
        {
            "post_id": post_id,
            "fingerprint": fingerprint,
            "content": revision_json(each.revision),
            "complete": each.complete,
            "seen_at": now,
        }
        for post_id, each, fingerprint in zip(ids, new, prints, strict=True)
    ]
    connection.execute(insert(RevisionRow.__table__), revisions)  # type: ignore[arg-type]
    only = select(RevisionRow.id).where(RevisionRow.post_id == table.c.id).scalar_subquery()
    for start in range(0, len(ids), _CHUNK):
        wanted = table.c.id.in_(ids[start : start + _CHUNK])
        connection.execute(update(table).where(wanted).values(revision_id=only))  # type: ignore[arg-type]
    return ids


def insert_keys(session: Session, owner: int, keys: Mapping[str, int]) -> None:
    """Let each of these keys, which nobody has, identify its post."""
    # in order, so that no two processes wait for each other
    rows = [{"blog_id": owner, "key": key, "post_id": post} for key, post in sorted(keys.items())]
    if rows:
        session.connection().execute(insert(PostKeyRow.__table__), rows)  # type: ignore[arg-type]


def claim_keys(session: Session, owner: int, keys: Mapping[str, int]) -> None:
    """Let each of these keys identify its post; one that is another post's already stays so."""
    held = post_ids_by_key(session, owner, keys)
    insert_keys(session, owner, {key: post for key, post in keys.items() if key not in held})


def note_listed(session: Session, post_ids: Iterable[int], at: datetime | None) -> None:
    """The source lists these posts since then; None: not any more, and that is no matter."""
    wanted = sorted(set(post_ids))
    for start in range(0, len(wanted), _CHUNK):
        session.execute(
            update(PostRow)
            .where(PostRow.id.in_(wanted[start : start + _CHUNK]))
            .values(listed_at=at, missing_since=None)
            .execution_options(synchronize_session=False)
        )


def missing(session: Session, owner: int) -> dict[int, list[tuple[int, str]]]:
    """Source → (id, address) of its live posts that may be deleted: not there when last looked."""
    found: dict[int, list[tuple[int, str]]] = {}
    query = select(PostRow.source_id, PostRow.id, PostRow.url).where(
        PostRow.blog_id == owner, PostRow.missing_since.is_not(None), PostRow.state.in_(LIVE)
    )
    for source_id, post_id, url in session.execute(query.order_by(PostRow.id)):
        found.setdefault(source_id, []).append((post_id, url))
    return found


def add_keys(session: Session, post: PostRow, keys: Iterable[str]) -> None:
    """Let these keys identify the post too; one that is another post's already stays so."""
    claim_keys(session, post.blog_id, dict.fromkeys(keys, post.id))


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


def settled(
    session: Session, owner: int, now: datetime, most: int | None = None
) -> Sequence[PostRow]:
    """The posts that have something to be planned by now, the oldest first, `most` of them."""
    return session.scalars(
        select(PostRow)
        .where(PostRow.blog_id == owner, PostRow.settles_at <= now)
        .order_by(PostRow.published_at, PostRow.id)
        .limit(most)
    ).all()
