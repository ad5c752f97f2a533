"""The row of a connected shop."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from service_requests.adapters.tables import shops
from service_requests.domain.orders.shops.shop_connection import ShopConnection
from shared.database.reader import Reader
from shared.database.work import Root, Write

_SHOP = TypeAdapter(ShopConnection)
_APART = {"version", "sequence", "events"}


class ShopRows:
    thing = "shop"

    async def load(self, reader: Reader, key: str) -> ShopConnection | None:
        rows = await reader.load(shops, "id", key)
        return read_shop(rows[0]) if rows else None

    def save(self, aggregate: ShopConnection) -> tuple[Root, Sequence[Write]]:
        values = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "sequence": aggregate.sequence,
            "state": _SHOP.dump_python(aggregate, mode="json", exclude=_APART),
        }
        return Root(shops, aggregate.id, aggregate.version, values), ()


def read_shop(row: Mapping[str, Any]) -> ShopConnection:
    """The connection of a row."""
    return _SHOP.validate_python({**row["state"], "version": row["version"], "sequence": row["sequence"]})
