"""The mapping of money that may have gone back twice to rows. Learning of the fact writes a row; closing changes it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from service_refunds.adapters.tables import paid_twice
from service_refunds.domain.finance.double_payment import DoublePayment, DoublePaymentClosure
from shared.database.reader import Reader
from shared.database.work import Root, Write

_CLOSURE: Final = TypeAdapter(DoublePaymentClosure | None)
_COLUMNS: Final = ("id", "order_id", "refund_id", "code", "currency", "amount_minor", "noted_at", "version", "sequence")


class DoublePaymentRows:
    """The rows of the list."""

    thing = "double payment"

    async def load(self, reader: Reader, key: str) -> DoublePayment | None:
        rows = await reader.load(paid_twice, "id", key)
        return double_payment_of_row(rows[0]) if rows else None

    def save(self, aggregate: DoublePayment) -> tuple[Root, Sequence[Write]]:
        values: dict[str, Any] = {name: getattr(aggregate, name) for name in _COLUMNS}
        values |= {"version": aggregate.version + 1, "closed": _CLOSURE.dump_python(aggregate.closed, mode="json")}
        return Root(paid_twice, aggregate.id, aggregate.version, values), ()


def double_payment_of_row(row: Mapping[str, Any]) -> DoublePayment:
    """The entry in a row."""
    facts = {name: row[name] for name in _COLUMNS}
    return DoublePayment(**facts, closed=_CLOSURE.validate_python(row["closed"]))
