"""What a merchant writes on a return: a reference, tags, and notes to which rows are only added."""

import sqlalchemy as sa
from alembic import op

import shared.database.types
from shared.database import append_only

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("returns", sa.Column("external_reference", sa.Text(), nullable=True))
    op.create_index("ix_returns_external_reference", "returns", ["external_reference", "id"], unique=False)
    op.create_table(
        "return_tags",
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tag", "return_id", name=op.f("pk_return_tags")),
    )
    op.create_table(
        "return_notes",
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", shared.database.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("return_id", "number", name=op.f("pk_return_notes")),
    )
    append_only.guard("return_notes")


def downgrade() -> None:
    """Back."""
    append_only.release("return_notes")
    op.drop_table("return_notes")
    op.drop_table("return_tags")
    op.drop_index("ix_returns_external_reference", table_name="returns")
    op.drop_column("returns", "external_reference")
