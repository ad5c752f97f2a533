"""The messages of a return have their places, and an end without being sent has its reason.

Old code goes on: every new column may be empty. Rows that old code adds have no place and come first in their return.
"""

import sqlalchemy as sa
from alembic import op

import shared.database.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("messages", sa.Column("place", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("units", shared.database.types.JsonDocument(), nullable=True))
    op.add_column("messages", sa.Column("collected", shared.database.types.JsonDocument(), nullable=True))
    op.add_column("messages", sa.Column("tries", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("followed", sa.Boolean(), nullable=True))
    op.add_column("messages", sa.Column("ending", shared.database.types.JsonDocument(), nullable=True))
    op.execute(
        "UPDATE messages SET place = numbered.place FROM "
        "(SELECT id, row_number() OVER (PARTITION BY return_id ORDER BY id) AS place FROM messages) AS numbered "
        "WHERE numbered.id = messages.id"
    )
    op.create_index("uq_messages_return_id_place", "messages", ["return_id", "place"], unique=True)
    op.create_index("ix_messages_kind", "messages", ["kind", "id"], unique=False)
    op.create_index(
        "ix_messages_not_sent",
        "messages",
        ["status", "id"],
        unique=False,
        postgresql_where=sa.text("status <> 'sent'"),
        sqlite_where=sa.text("status <> 'sent'"),
    )
    op.drop_index("ix_messages_return_id", table_name="messages")


def downgrade() -> None:
    """Back."""
    op.create_index("ix_messages_return_id", "messages", ["return_id", "id"], unique=False)
    op.drop_index(
        "ix_messages_not_sent",
        table_name="messages",
        postgresql_where=sa.text("status <> 'sent'"),
        sqlite_where=sa.text("status <> 'sent'"),
    )
    op.drop_index("ix_messages_kind", table_name="messages")
    op.drop_index("uq_messages_return_id_place", table_name="messages")
    for column in ("ending", "followed", "tries", "collected", "units", "place"):
        op.drop_column("messages", column)
