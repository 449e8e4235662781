"""Sources that list posts with the time of their last change: WordPress's API and sitemaps."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("source_pages") as table:
        table.add_column(sa.Column("stamp", sa.Text(), nullable=True))
        table.add_column(sa.Column("within", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("source_pages") as table:
        for name in ("within", "stamp"):
            table.drop_column(name)
