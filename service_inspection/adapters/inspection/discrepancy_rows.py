"""The mapping of a discrepancy to its row, one column for each field."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from service_inspection.adapters.tables import discrepancies
from service_inspection.domain.inspection.discrepancy import Discrepancy, FormerAnswer
from shared.database.reader import Reader
from shared.database.work import Root, Write

_DISCREPANCY: Final = TypeAdapter(Discrepancy)
_FORMER: Final = TypeAdapter(tuple[FormerAnswer, ...])


class DiscrepancyRows:
    thing = "discrepancy"

    async def load(self, reader: Reader, key: str) -> Discrepancy | None:
        rows = await reader.load(discrepancies, "id", key)
        return read(rows[0]) if rows else None

    def save(self, aggregate: Discrepancy) -> tuple[Root, Sequence[Write]]:
        values = _DISCREPANCY.dump_python(aggregate, exclude={"events"})
        values["version"] = aggregate.version + 1
        values["former"] = _FORMER.dump_python(aggregate.former, mode="json")
        return Root(discrepancies, aggregate.id, aggregate.version, values), ()


def read(row: Mapping[str, Any]) -> Discrepancy:
    """The discrepancy in a row."""
    return _DISCREPANCY.validate_python({**row, "former": row["former"] or ()})
