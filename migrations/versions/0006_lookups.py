"""What online catalogues answered."""

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


def downgrade() -> None:
    op.drop_table("lookups")
