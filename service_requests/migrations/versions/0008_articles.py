"""articles."""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "articles",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("goods", shared.database.types.JsonDocument(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("articles")
