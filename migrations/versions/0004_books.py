"""The ledger of books: which there are, and where each is named or linked."""

import sqlalchemy as sa
from alembic import op

from service.store.tables import Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("revisions") as revisions:
        revisions.add_column(sa.Column("booked_at", Moment(), nullable=True))
    op.create_table(
        "books",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("blog_id", sa.Integer(), nullable=False),
        sa.Column("book", sa.JSON(), nullable=False),
        sa.Column("surnames", sa.JSON(), nullable=False),
        sa.Column("alternatives", sa.JSON(), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["blog_id"], ["blogs.id"], name=op.f("fk_books_blog_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books")),
    )
    op.create_index(op.f("ix_books_blog_id"), "books", ["blog_id"])
    op.create_table(
        "book_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("blog_id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("book", sa.JSON(), nullable=False),
        sa.Column("isbn13", sa.String(length=13), nullable=True),
        sa.Column("asin", sa.String(length=10), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{table}.id"],
                name=op.f(f"fk_book_places_{column}"),
                ondelete="CASCADE",
            )
            for column, table in (
                ("blog_id", "blogs"),
                ("book_id", "books"),
                ("post_id", "posts"),
                ("revision_id", "revisions"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_places")),
    )
    op.create_index(op.f("ix_book_places_blog_id_key"), "book_places", ["blog_id", "key"])
    for column in ("book_id", "post_id", "revision_id"):
        op.create_index(op.f(f"ix_book_places_{column}"), "book_places", [column])


def downgrade() -> None:
    op.drop_table("book_places")
    op.drop_table("books")
    with op.batch_alter_table("revisions") as revisions:
        revisions.drop_column("booked_at")
