"""Short links: where they lead, for good."""

import sqlalchemy as sa
from alembic import op

from service.store.tables import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "short_links",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_short_links")),
    )


def downgrade() -> None:
    op.drop_table("short_links")
