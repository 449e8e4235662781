"""Polling: how lively a source is, when it may be asked, what its pages were like."""

import sqlalchemy as sa
from alembic import op

from service.store.tables import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("sources") as table:
        table.add_column(sa.Column("changed_at", Moment(), nullable=True))
        table.add_column(sa.Column("wait_until", Moment(), nullable=True))
        table.add_column(sa.Column("stopped", sa.Text(), nullable=True))
    op.create_table(
        "source_pages",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.Text(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sources.id"],
            name=op.f("fk_source_pages_source_id_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_id", "url", name=op.f("pk_source_pages")),
    )
    op.create_index(op.f("ix_posts_source_id_listed_at"), "posts", ["source_id", "listed_at"])
    op.create_index(
        "ix_posts_missing",
        "posts",
        ["blog_id"],
        sqlite_where=sa.text("missing_since IS NOT NULL"),
        postgresql_where=sa.text("missing_since IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_posts_missing", "posts")
    op.drop_index(op.f("ix_posts_source_id_listed_at"), "posts")
    op.drop_table("source_pages")
    with op.batch_alter_table("sources") as table:
        for name in ("stopped", "wait_until", "changed_at"):
            table.drop_column(name)
