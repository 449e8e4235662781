"""What was decided of a post before."""

import sqlalchemy as sa
from alembic import op

from service.store.tables import Moment

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("posts", sa.Column("decided_at", Moment(), nullable=True))
    op.add_column("posts", sa.Column("earlier", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("posts") as table:
        table.drop_column("earlier")
        table.drop_column("decided_at")
