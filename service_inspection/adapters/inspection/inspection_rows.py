"""The mapping of an inspection to its row: columns for the fields that queries use, documents for units and tallies."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from service_inspection.adapters.tables import benches
from service_inspection.domain.inspection.bench_decision import LineRight
from service_inspection.domain.inspection.earlier_counts import Counts, counts_before
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.inspection.tally import Tally
from service_inspection.domain.inspection.unit import Unit, UnitState
from service_inspection.domain.receiving.rma import rma_key
from shared.database.reader import Reader
from shared.database.work import Root, Write

_UNITS: Final = TypeAdapter(list[Unit])
_TALLIES: Final = TypeAdapter(dict[str, Tally])
_COUNTS: Final = TypeAdapter(Counts)
_RIGHTS: Final = TypeAdapter(tuple[LineRight, ...])


class InspectionRows:
    thing = "inspection"

    async def load(self, reader: Reader, key: str) -> ReturnInspection | None:
        rows = await reader.load(benches, "id", key)
        return read(rows[0]) if rows else None

    def save(self, aggregate: ReturnInspection) -> tuple[Root, Sequence[Write]]:
        values = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "sequence": aggregate.sequence,
            "rma": aggregate.rma,
            "rma_key": rma_key(aggregate.rma) or aggregate.id,
            "order_id": aggregate.order_id,
            "customer_id": aggregate.customer_id,
            "language": aggregate.language,
            "warehouse": aggregate.warehouse,
            "calendar": aggregate.calendar,
            "state": aggregate.state.value,
            "units": _UNITS.dump_python(aggregate.units, mode="json"),
            "tallies": _TALLIES.dump_python(aggregate.tallies, mode="json"),
            "counts": _COUNTS.dump_python(
                Counts(posts=aggregate.posts, questions=aggregate.questions, missed=aggregate.missed), mode="json"
            ),
            "rights": _RIGHTS.dump_python(aggregate.rights, mode="json") if aggregate.rights else None,
            "expected": aggregate.count(UnitState.EXPECTED),
            "waiting": aggregate.count(UnitState.RECEIVED),
            "held": aggregate.count(UnitState.FAILED),
            "inspect_by": aggregate.inspect_by,
            "overdue_at": aggregate.overdue_at,
            "created_at": aggregate.created_at,
        }
        return Root(benches, aggregate.id, aggregate.version, values), ()


def read(row: Mapping[str, Any]) -> ReturnInspection:
    """The inspection in a row. A row from before 0.2 has no posts; they are made from what was counted."""
    units, tallies = _UNITS.validate_python(row["units"]), _TALLIES.validate_python(row["tallies"])
    kept = row["counts"]
    counts = counts_before(units, tallies) if kept is None else _COUNTS.validate_python(kept)
    return ReturnInspection(
        id=row["id"],
        rma=row["rma"],
        order_id=row["order_id"],
        customer_id=row["customer_id"],
        language=row["language"],
        warehouse=row["warehouse"],
        units=units,
        created_at=row["created_at"],
        calendar=row["calendar"],
        tallies=tallies,
        posts=counts.posts,
        questions=counts.questions,
        missed=counts.missed,
        rights=_RIGHTS.validate_python(row["rights"]) if row["rights"] else (),
        overdue_at=row["overdue_at"],
        version=row["version"],
        sequence=row["sequence"],
    )
