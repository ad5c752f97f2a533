"""Lists and searches of returns and orders: columns for filters, indexes for every order of a list (N09, N13).

Rows that are there are filled. A release from before runs on: the new columns may be empty.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

import shared.database.types
from shared.kernel.written import same_number

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BATCH: Final = 500
PROMISES: Final = {"in_review": "decide_by", "approved": "ship_until", "received": "inspect_by"}
"""By status: where the state keeps the end of the running promise."""

RETURNS: Final = sa.table(
    "returns",
    sa.column("id", sa.Text),
    sa.column("status", sa.Text),
    sa.column("order_id", sa.Text),
    sa.column("storefront", sa.Text),
    sa.column("state", shared.database.types.JsonDocument),
    sa.column("promised_at", shared.database.types.UtcDateTime(timezone=True)),
)
ORDERS: Final = sa.table("orders", sa.column("id", sa.Text), sa.column("storefront", sa.Text))
PARCELS: Final = sa.table("return_parcels", sa.column("tracking_number", sa.Text), sa.column("return_id", sa.Text))
CREATED_ORDER: Final = ["created_at", "id", "status", "storefront", "updated_at", "promised_at"]
UPDATED_ORDER: Final = ["updated_at", "id", "status", "storefront", "created_at", "promised_at"]
PROMISED_ORDER: Final = ["promised_at", "id", "status", "storefront", "created_at", "updated_at"]
REFERENCED: Final = sa.text("external_reference IS NOT NULL")
PROMISED: Final = sa.text("promised_at IS NOT NULL")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "return_parcels",
        sa.Column("tracking_number", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tracking_number", "return_id", name=op.f("pk_return_parcels")),
    )
    op.add_column("returns", sa.Column("storefront", sa.Text(), nullable=True))
    op.add_column("returns", sa.Column("promised_at", shared.database.types.UtcDateTime(timezone=True), nullable=True))
    _fill()
    op.create_index("ix_returns_created_at", "returns", CREATED_ORDER, unique=False)
    op.create_index("ix_returns_updated_at", "returns", UPDATED_ORDER, unique=False)
    op.create_index(
        "ix_returns_promised_at",
        "returns",
        PROMISED_ORDER,
        unique=False,
        postgresql_where=PROMISED,
        sqlite_where=PROMISED,
    )
    op.drop_index("ix_returns_status", table_name="returns")
    op.drop_index("ix_returns_external_reference", table_name="returns")
    op.create_index(
        "ix_returns_external_reference",
        "returns",
        ["external_reference", "id"],
        unique=False,
        postgresql_where=REFERENCED,
        sqlite_where=REFERENCED,
    )
    op.create_index("ix_orders_number", "orders", ["number", "id"], unique=False)
    op.create_index("ix_orders_created_at", "orders", ["created_at", "id"], unique=False)
    op.create_index("ix_orders_storefront", "orders", ["storefront", "created_at", "id"], unique=False)


def _fill() -> None:
    """Fill the new columns and the new table from what the rows say."""
    connection = op.get_bind()
    of_order = sa.select(ORDERS.c.storefront).where(ORDERS.c.id == RETURNS.c.order_id).scalar_subquery()
    connection.execute(sa.update(RETURNS).values(storefront=of_order))
    last = ""
    while rows := _batch(connection, last):
        last = rows[-1].id
        promised = [{"key": row.id, "at": at} for row in rows if (at := _promise(row.status, _state(row))) is not None]
        if promised:
            wanted = sa.update(RETURNS).where(RETURNS.c.id == sa.bindparam("key"))
            connection.execute(wanted.values(promised_at=sa.bindparam("at")), promised)
        parcels = {
            (same_number(parcel["tracking_number"]), row.id)
            for row in rows
            for parcel in _state(row).get("shipments", ())
        }
        if parcels:
            connection.execute(
                sa.insert(PARCELS), [{"tracking_number": number, "return_id": key} for number, key in sorted(parcels)]
            )


def _batch(connection: sa.Connection, last: str) -> Sequence[Any]:
    wanted = sa.select(RETURNS.c.id, RETURNS.c.status, RETURNS.c.state).where(RETURNS.c.id > last)
    return connection.execute(wanted.order_by(RETURNS.c.id).limit(BATCH)).all()


def _state(row: Any) -> Mapping[str, Any]:
    state: Mapping[str, Any] = (
        shared.database.types.JsonDocument.from_text(row.state) if isinstance(row.state, str) else row.state
    )
    return state


def _promise(status: str, state: Mapping[str, Any]) -> datetime | None:
    """When the promise of this status ends; of a refund, when the first one that is not settled is to be paid."""
    if status == "refunding":
        owed = [refund["pay_by"] for refund in state.get("refunds", ()) if refund["state"] != "settled"]
        ends = min(owed, default=None)
    else:
        ends = state.get(PROMISES.get(status, ""))
    return None if ends is None else datetime.fromisoformat(ends)


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_orders_storefront", table_name="orders")
    op.drop_index("ix_orders_created_at", table_name="orders")
    op.drop_index("ix_orders_number", table_name="orders")
    op.drop_index("ix_returns_external_reference", table_name="returns")
    op.create_index("ix_returns_external_reference", "returns", ["external_reference", "id"], unique=False)
    op.create_index("ix_returns_status", "returns", ["status", "id"], unique=False)
    op.drop_index("ix_returns_promised_at", table_name="returns")
    op.drop_index("ix_returns_updated_at", table_name="returns")
    op.drop_index("ix_returns_created_at", table_name="returns")
    op.drop_column("returns", "promised_at")
    op.drop_column("returns", "storefront")
    op.drop_table("return_parcels")
