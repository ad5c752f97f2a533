"""The row of the facts of one order that came after its push. The row of the snapshot is never written again."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from service_requests.adapters.tables import order_facts
from service_requests.domain.orders.later_fact import (
    DeliveryTold,
    Fact,
    ParcelTold,
    PaymentCaptured,
    RefundedElsewhere,
    SnapshotCorrected,
    UnitsCancelled,
)
from service_requests.domain.orders.later_facts import LaterFacts
from shared.database.reader import Reader
from shared.database.work import Root, Write

_KINDS: Final[Mapping[str, TypeAdapter[Any]]] = {
    kind.kind: TypeAdapter(kind)
    for kind in (ParcelTold, DeliveryTold, UnitsCancelled, PaymentCaptured, RefundedElsewhere, SnapshotCorrected)
}
"""How a fact of each kind is stored. The words are those of stored rows."""


class OrderFactRows:
    thing = "order"

    async def load(self, reader: Reader, key: str) -> LaterFacts | None:
        rows = await reader.load(order_facts, "id", key)
        return read_facts(rows[0]) if rows else None

    def save(self, aggregate: LaterFacts) -> tuple[Root, Sequence[Write]]:
        # the snapshot is version 1 of what callers see, so the first row of facts is version 2
        values = {
            "id": aggregate.id,
            "version": max(1, aggregate.version) + 1,
            "sequence": aggregate.sequence,
            "facts": [_stored(fact) for fact in aggregate.facts],
        }
        return Root(order_facts, aggregate.id, aggregate.version, values), ()


def read_facts(row: Mapping[str, Any]) -> LaterFacts:
    """The facts of a row."""
    return LaterFacts(
        id=row["id"],
        facts=tuple(_KINDS[each["kind"]].validate_python(each["fact"]) for each in row["facts"]),
        version=row["version"],
        sequence=row["sequence"],
    )


def _stored(fact: Fact) -> Mapping[str, Any]:
    return {"kind": fact.kind, "fact": _KINDS[fact.kind].dump_python(fact, mode="json")}
