"""What online catalogues answered; revisions not read for their books are found at once."""

import sqlalchemy as sa
from alembic import op

from service.store.tables import Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "lookups",
        sa.Column("catalogue", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("catalogue", "question", name=op.f("pk_lookups")),
    )
    op.create_index(op.f("ix_revisions_booked_at"), "revisions", ["booked_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_revisions_booked_at"), "revisions")
    op.drop_table("lookups")
