"""Builders: a bench, its posts, and a state that does not depend on which of two equal pieces is which."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

from service_inspection.domain.inspection.bench_decision import BenchDecision, Decision, UnitVerdict
from service_inspection.domain.inspection.discrepancy import Discrepancy
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.inspection.unit import Unit, UnitState
from service_inspection.domain.receiving.scan import (
    ChecklistFinding,
    Grade,
    InspectedPieces,
    Kind,
    Outcome,
    ReceivedPieces,
    Scan,
)

AT: Final = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
SCANNED: Final = datetime(2026, 11, 12, 9, 30, tzinfo=UTC)
"""What a device's clock says that is four days behind ours."""
MADE: Final = datetime(2026, 11, 9, 6, 0, tzinfo=UTC)
"""When the return was approved."""
DUE: Final = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
_NUMBERS: Final = count()


def an_inspection(*skus: str, **but: Any) -> ReturnInspection:
    """A return of these articles, one unit each, named A, B, C … in their order."""
    units = [
        Unit(id=chr(65 + n), line_id=f"line_{sku}", sku=sku, name=sku, reason="broken") for n, sku in enumerate(skus)
    ]
    fields: dict[str, Any] = {
        "id": "ret_1",
        "rma": "R7KX-2M4Q",
        "order_id": "order_1",
        "customer_id": "cust_1",
        "language": "en",
        "warehouse": "WUX2",
        "units": units,
        "created_at": MADE,
    }
    return ReturnInspection(**(fields | but))


def a_decision(verdicts: Iterable[tuple[str, Decision]], reason: str, **more: Any) -> BenchDecision:
    """A person decides about these units."""
    found = [UnitVerdict(unit_id=unit_id, decision=decision) for unit_id, decision in verdicts]
    return BenchDecision(verdicts=found, reason=reason, **more)


def a_receipt(*skus: str, **but: Any) -> Scan:
    """The dock scans pieces."""
    return _scan(Kind.RECEIPT, items=tuple(ReceivedPieces(sku, 1) for sku in skus), **but)


def inspected_pieces(*verdicts: tuple[str, Outcome], grade: Grade | None = None, **but: Any) -> Scan:
    """The bench gives verdicts."""
    looks = tuple(
        InspectedPieces(
            sku=sku,
            quantity=1,
            outcome=outcome,
            grade=grade or (Grade.A if outcome is Outcome.PASSED else Grade.D),
            findings=(ChecklistFinding("undamaged", outcome is Outcome.PASSED),),
        )
        for sku, outcome in verdicts
    )
    return _scan(Kind.INSPECTION, looks=looks, **but)


def _scan(kind: Kind, **but: Any) -> Scan:
    number = next(_NUMBERS)
    fields: dict[str, Any] = {
        "id": f"scan_{number}",
        "kind": kind,
        "posted_by": "device:dock1",
        "client_event_id": f"e{number}",
        "fingerprint": str(number),
        "rma": "R7KX-2M4Q",
        "warehouse": "SHA1",
        "tracking_number": None,
        "items": (),
        "looks": (),
        "scanned_at": SCANNED,
        "posted_at": AT,
    }
    return Scan(**(fields | but))


def take(inspection: ReturnInspection, *scans: Scan, due: datetime = DUE) -> list[Discrepancy]:
    """The bench takes these posts, one after the other; what is in quarantine because of them."""
    found: list[Discrepancy] = []
    for scan in scans:
        _, more = inspection.count_scan(scan, inspect_by=due, new_id=lambda kind: f"{kind}_{next(_NUMBERS)}")
        found += more.opened
        found[:] = [each for each in found if each.id not in more.withdrawn]
    return found


def states(inspection: ReturnInspection) -> list[UnitState]:
    """Where each unit is, in order."""
    return [unit.state for unit in inspection.units]


def outcome(inspection: ReturnInspection, discrepancies: list[Discrepancy]) -> tuple[Counter[Any], Counter[Any]]:
    """What there is in the end: equal pieces are not told apart, as nobody at a bench can."""
    units = Counter((unit.sku, unit.state, unit.grade) for unit in inspection.units)
    surplus: Counter[Any] = Counter()
    for each in discrepancies:
        surplus[each.kind, each.sku] += each.quantity
    return units, surplus
