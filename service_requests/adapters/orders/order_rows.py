"""The row of an order: the columns of the searches, and the snapshot as one document."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from service_requests.adapters.tables import orders
from service_requests.domain.orders.order import Order
from shared.database.reader import Reader
from shared.database.work import Root, Write
from shared.kernel.ids import is_id

_ORDER = TypeAdapter(Order)
_APART = {"version", "sequence", "events"}


class OrderRows:
    thing = "order"

    async def load(self, reader: Reader, key: str) -> Order | None:
        rows = await reader.load(orders, "id", key) if is_id(key, "order") else ()
        return read(rows[0]) if rows else None

    def save(self, aggregate: Order) -> tuple[Root, Sequence[Write]]:
        values = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "sequence": aggregate.sequence,
            "storefront": aggregate.storefront,
            "number": aggregate.number,
            "customer_id": aggregate.customer_id,
            "snapshot": _ORDER.dump_python(aggregate, mode="json", exclude=_APART),
            "created_at": aggregate.created_at,
        }
        return Root(orders, aggregate.id, aggregate.version, values), ()


def read(row: Mapping[str, Any]) -> Order:
    """The order of a row."""
    return _ORDER.validate_python({**row["snapshot"], "version": row["version"], "sequence": row["sequence"]})
