"""What we remember, as tables. Times are UTC; everything belongs to one blog."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A point in time, UTC, also where the database keeps no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: Moment(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        str: Text(),
    }


class BlogRow(Base):
    __tablename__ = "blogs"
    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str | None]
    site_url: Mapped[str | None]
    created_at: Mapped[datetime]


class SourceRow(Base):
    """A source's poll state. `baseline_at` is when its first poll made old posts old.

    `changed_at` is when it last had something to tell; `wait_until` is until when its server asked
    to be left alone; `stopped` says why it is not asked any more. `imprints` say how its entries
    came last, and which posts they are.
    """

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("blog_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    blog_id: Mapped[int] = mapped_column(ForeignKey("blogs.id", ondelete="CASCADE"))
    name: Mapped[str]
    kind: Mapped[str]
    url: Mapped[str | None]
    #: what discovery found at `url`, or where a permanent redirect led
    feed_url: Mapped[str | None]
    feed_kind: Mapped[str | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[str | None]
    baseline_at: Mapped[datetime | None]
    polled_at: Mapped[datetime | None]
    next_poll_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    changed_at: Mapped[datetime | None]
    wait_until: Mapped[datetime | None]
    stopped: Mapped[str | None]
    imprints: Mapped[str | None]


class SourcePageRow(Base):
    """A page that a source without a feed lists, in its place, and what it was like when last
    read; `post_id` is what it held, None where it held none or could not be read.

    `stamp` is what the source's list says of it, another one when it changes, and `within` the
    list; lists themselves have a row too, within none.
    """

    __tablename__ = "source_pages"
    source_id: Mapped[int] = mapped_column(
        ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True
    )
    url: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[str | None]
    post_id: Mapped[int | None] = mapped_column(Integer)
    stamp: Mapped[str | None]
    within: Mapped[str | None]


class PostRow(Base):
    """A permalink. `state`: baseline, settling, announced, held, skipped or gone; `reason` why,
    since `decided_at` (None: since it was first seen); `earlier` what was decided before.

    `listed_at` is since when its source lists it; None where it does not any more.
    """

    __tablename__ = "posts"
    __table_args__ = (
        Index(None, "blog_id", "state"),
        Index(None, "blog_id", "first_seen_at"),
        Index(None, "source_id", "listed_at"),
        Index(
            "ix_posts_missing",
            "blog_id",
            sqlite_where=text("missing_since IS NOT NULL"),
            postgresql_where=text("missing_since IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    blog_id: Mapped[int] = mapped_column(ForeignKey("blogs.id", ondelete="CASCADE"))
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    url: Mapped[str]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str]
    decided_at: Mapped[datetime | None]
    earlier: Mapped[list[Any] | None]
    published_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    settles_at: Mapped[datetime | None]
    listed_at: Mapped[datetime | None]
    missing_since: Mapped[datetime | None]
    revision_id: Mapped[int | None] = mapped_column(Integer)
    #: what the source last said of it: unlike a revision's, that of a mere summary counts too
    entry_fingerprint: Mapped[str] = mapped_column(String(64))


class PostKeyRow(Base):
    """What identifies a post: guids, permalinks, fingerprints. Unique within a blog."""

    __tablename__ = "post_keys"
    blog_id: Mapped[int] = mapped_column(
        ForeignKey("blogs.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)


class RevisionRow(Base):
    """A distinct content of a post as it came, and what was found in it (None: not looked yet).

    `complete` is False while only the feed's summary is known.
    """

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("post_id", "fingerprint"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]]
    complete: Mapped[bool]
    findings: Mapped[list[Any] | None]
    seen_at: Mapped[datetime]
    #: when its books were written down in the ledger
    booked_at: Mapped[datetime | None] = mapped_column(index=True)


class RulingRow(Base):
    """What the blogger decided of a title, for all posts."""

    __tablename__ = "rulings"
    __table_args__ = (UniqueConstraint("blog_id", "title_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    blog_id: Mapped[int] = mapped_column(ForeignKey("blogs.id", ondelete="CASCADE"))
    title_key: Mapped[str]
    ruling: Mapped[dict[str, Any]]
    decided_at: Mapped[datetime]


class BookRow(Base):
    """A book of the blog's ledger, as its posts tell of it.

    `corrections` are what the blogger said it is, the last one holds; each with its day.
    """

    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    blog_id: Mapped[int] = mapped_column(ForeignKey("blogs.id", ondelete="CASCADE"), index=True)
    book: Mapped[dict[str, Any]]
    surnames: Mapped[list[Any]]
    alternatives: Mapped[list[Any]]
    corrections: Mapped[list[Any]]
    since: Mapped[datetime]


class BookPlaceRow(Base):
    """Where a revision names a book, or links it (`url`): the title's key, the number there."""

    __tablename__ = "book_places"
    __table_args__ = (Index(None, "blog_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    blog_id: Mapped[int] = mapped_column(ForeignKey("blogs.id", ondelete="CASCADE"))
    book_id: Mapped[int] = mapped_column(ForeignKey("books.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revisions.id", ondelete="CASCADE"), index=True
    )
    key: Mapped[str]
    words: Mapped[str]
    book: Mapped[dict[str, Any]]
    isbn13: Mapped[str | None] = mapped_column(String(13))
    asin: Mapped[str | None] = mapped_column(String(10))
    url: Mapped[str | None]
    decision: Mapped[str] = mapped_column(String(16))
    confidence: Mapped[float] = mapped_column(Float())
    since: Mapped[datetime]


class DeliveryRow(Base):
    """A rendition's life at one channel.

    `action` is what is to be done, or was done last; `key` its idempotency key; `version` how
    often something got through. `digest` is the rendition's, `sent_digest` that of the copy at
    the channel. `workflow` is the durable workflow that has it in hand.
    """

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("post_id", "channel"), Index(None, "blog_id", "state"))
    id: Mapped[int] = mapped_column(primary_key=True)
    blog_id: Mapped[int] = mapped_column(ForeignKey("blogs.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    channel: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(64))
    publish_key: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=0)
    rendition: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    sent_digest: Mapped[str | None] = mapped_column(String(64))
    remote_id: Mapped[str | None]
    remote_url: Mapped[str | None]
    reason: Mapped[str]
    due_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    workflow: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]


class AttemptRow(Base):
    """Every try at a delivery, and how it ended."""

    __tablename__ = "attempts"
    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("deliveries.id", ondelete="CASCADE"), index=True
    )
    action: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(16))
    detail: Mapped[str]
    at: Mapped[datetime]


class ReceiptRow(Base):
    """A part of an action (a recipient, a post of a thread): begun, or finished with its id."""

    __tablename__ = "receipts"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    remote_id: Mapped[str | None]
    at: Mapped[datetime]


class ShortLinkRow(Base):
    """Where a shop's short link leads, for good; `target` is None where it leads elsewhere."""

    __tablename__ = "short_links"
    url: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str | None]
    at: Mapped[datetime]


class LookupRow(Base):
    """What an online catalogue answered to a question: books, or none. Kept until `until`.

    The row of the empty question says until when the catalogue is left alone, and why.
    """

    __tablename__ = "lookups"
    catalogue: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[list[Any]]
    at: Mapped[datetime]
    until: Mapped[datetime]


class HookEventRow(Base):
    """A webhook that came in: stored before it is answered. `state`: pending, done, failed."""

    __tablename__ = "hook_events"
    __table_args__ = (
        UniqueConstraint("blog_id", "source", "webhook_id"),
        Index(None, "blog_id", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    blog_id: Mapped[int] = mapped_column(ForeignKey("blogs.id", ondelete="CASCADE"))
    source: Mapped[str]
    webhook_id: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    received_at: Mapped[datetime]


class BackfillRow(Base):
    """A back catalogue on its way in. `cursor` is where to go on, `until` the moment from which
    the polls tell what is new. `state`: open or done."""

    __tablename__ = "backfills"
    __table_args__ = (UniqueConstraint("source_id", "way"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    way: Mapped[str] = mapped_column(String(16))
    entrance: Mapped[str]
    since: Mapped[datetime | None]
    until: Mapped[datetime]
    cursor: Mapped[dict[str, Any] | None]
    taken: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16))
    updated_at: Mapped[datetime]


class BackfillAddressRow(Base):
    """An address that a backfill looked at. `outcome`: taken, passed (no post) or failed."""

    __tablename__ = "backfill_addresses"
    backfill_id: Mapped[int] = mapped_column(
        ForeignKey("backfills.id", ondelete="CASCADE"), primary_key=True
    )
    url: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16))
    why: Mapped[str]
    at: Mapped[datetime]


class SubscriptionRow(Base):
    """A feed that a hub pushes to us (WebSub). `state`: asked, active, denied or leaving.

    `token` is the callback's unguessable part, `next_at` when something is to be done about it.
    `secret` is None where the hub can't be told one safely: its word then only hastens a poll.
    """

    __tablename__ = "subscriptions"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    feed_url: Mapped[str]
    hub: Mapped[str]
    topic: Mapped[str]
    callback: Mapped[str]
    token: Mapped[str] = mapped_column(String(64), unique=True)
    secret: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str]
    failures: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
