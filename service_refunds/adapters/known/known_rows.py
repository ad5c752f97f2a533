"""The mapping of known orders and known returns to rows."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from service_refunds.adapters.ledger.balance_rows import add_balance
from service_refunds.adapters.tables import known_orders, known_returns
from service_refunds.domain.calculation.imported_order import ImportedOrder
from service_refunds.domain.events import OrderRecorded
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn
from shared.database.reader import Reader
from shared.database.work import Root, Write

_IMPORTED: Final = TypeAdapter(ImportedOrder)
_RETURN: Final = TypeAdapter(KnownReturn)
_APART: Final = {"version", "sequence", "events"}


class OrderRows:
    thing = "order"

    async def load(self, reader: Reader, key: str) -> KnownOrder | None:
        rows = await reader.load(known_orders, "id", key)
        if not rows:
            return None
        row = rows[0]
        return KnownOrder(
            id=row["id"],
            imported=_IMPORTED.validate_python(row["snapshot"]),
            snapshot=row["snapshot"],
            refunds=row["refunds"],
            version=row["version"],
            sequence=row["sequence"],
        )

    def save(self, aggregate: KnownOrder) -> tuple[Root, Sequence[Write]]:
        values: dict[str, Any] = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "sequence": aggregate.sequence,
            "refunds": aggregate.refunds,
        }
        if aggregate.version == 0:
            values |= {
                "regime": aggregate.imported.regime,
                "currency": aggregate.imported.currency,
                "snapshot": aggregate.snapshot,
            }
        opened = [
            add_balance(aggregate.id, balance)
            for event in aggregate.events
            if isinstance(event, OrderRecorded)
            for balance in event.balances
        ]
        return Root(known_orders, aggregate.id, aggregate.version, values), opened


class ReturnRows:
    thing = "return"

    async def load(self, reader: Reader, key: str) -> KnownReturn | None:
        rows = await reader.load(known_returns, "id", key)
        if not rows:
            return None
        row = rows[0]
        return _RETURN.validate_python({**row["facts"], "version": row["version"], "sequence": row["sequence"]})

    def save(self, aggregate: KnownReturn) -> tuple[Root, Sequence[Write]]:
        values = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "sequence": aggregate.sequence,
            "order_id": aggregate.order_id,
            "facts": _RETURN.dump_python(aggregate, mode="json", exclude=_APART),
        }
        return Root(known_returns, aggregate.id, aggregate.version, values), ()
