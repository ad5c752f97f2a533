"""The mapping of known orders and known returns to rows."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from service_refunds.adapters.ledger.balance_rows import add_balance, adjust_balance, remove_balance
from service_refunds.adapters.tables import known_orders, known_returns, paid_twice
from service_refunds.domain.calculation.imported_order import ImportedOrder
from service_refunds.domain.events import LaterFactKnown, OrderCorrected, OrderRecorded, PaidTwice
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn
from service_refunds.domain.known.later_facts import LaterFacts
from shared.database.reader import Reader
from shared.database.work import Add, Root, Write
from shared.runtime.clock import Clock, now

_IMPORTED: Final = TypeAdapter(ImportedOrder)
_RETURN: Final = TypeAdapter(KnownReturn)
_LATER: Final = TypeAdapter(LaterFacts)
_APART: Final = {"version", "sequence", "events"}


class OrderRows:
    """The rows of known orders. Saving one also writes its balances and what a person must look at."""

    thing = "order"

    def __init__(self, clock: Clock = now) -> None:
        self._clock = clock

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
            later=LaterFacts() if row.get("later") is None else _LATER.validate_python(row["later"]),
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
        if any(isinstance(event, LaterFactKnown) for event in aggregate.events):
            values["later"] = _LATER.dump_python(aggregate.later, mode="json")
        if aggregate.version == 0 or any(isinstance(event, OrderCorrected) for event in aggregate.events):
            values |= {
                "regime": aggregate.imported.regime,
                "currency": aggregate.imported.currency,
                "snapshot": aggregate.snapshot,
            }
        return Root(known_orders, aggregate.id, aggregate.version, values), list(self._balances(aggregate))

    def _balances(self, order: KnownOrder) -> Iterator[Write]:
        for event in order.events:
            match event:
                case OrderRecorded(opened):
                    yield from (add_balance(order.id, balance) for balance in opened)
                case OrderCorrected(gone, opened):
                    yield from (remove_balance(order.id, balance) for balance in gone)
                    yield from (add_balance(order.id, balance) for balance in opened)
                case LaterFactKnown(fresh, shifts, excess):
                    yield from (add_balance(order.id, balance) for balance in fresh)
                    yield from (adjust_balance(order.id, shift) for shift in shifts)
                    yield from (self._to_look_at(order, each) for each in excess)

    def _to_look_at(self, order: KnownOrder, each: PaidTwice) -> Write:
        return Add(
            paid_twice,
            {
                "id": each.id,
                "order_id": order.id,
                "refund_id": each.refund_id,
                "code": each.code,
                "currency": order.imported.currency,
                "amount_minor": each.minor,
                "noted_at": self._clock(),
                "version": 1,
                "sequence": 0,
            },
        )


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
            "facts": _RETURN.dump_python(aggregate, mode="json", exclude=_APART | _unsaid(aggregate)),
        }
        return Root(known_returns, aggregate.id, aggregate.version, values), ()


def _unsaid(returned: KnownReturn) -> set[str]:
    """Fields that are stored only where there is something to say."""
    said = {
        "rules": bool(returned.rules),
        "tender_order": returned.tender_order is not None,
        "rma": returned.rma is not None,
        "deductions": bool(returned.deductions),
    }
    return {name for name, there in said.items() if not there}
