"""The inspection of one return: expected units, arrived units, results, and decisions of a person.

A post says "so many pieces of this article", never which unit. Posts come late, twice and in any order. So the
inspection counts the pieces of each article at two places: at the dock and at the bench where pieces are inspected. A
piece at the bench has arrived even if the dock did not scan it, which happens in real warehouses. A later scan at the
dock is the same piece and not another one:

    arrived = max(pieces scanned at the dock, pieces inspected at the bench)

Only an increase of `arrived` is new. New pieces fill expected units in their order; further pieces are a discrepancy.
Both counts are sums, so the order of posts does not matter (I-21). Never do more units arrive than were announced (W1,
I-24).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from service_inspection.domain.inspection.discrepancy import Discrepancy, DiscrepancyKind, Opened
from service_inspection.domain.inspection.events import (
    BecameOverdue,
    Decided,
    DecidedUnit,
    Expected,
    Inspected,
    InspectedUnit,
    NoLongerExpected,
    Questioned,
    Received,
    ScanCounted,
)
from service_inspection.domain.inspection.unit import OPEN, Unit, UnitState
from service_inspection.domain.receiving.scan import InspectedPieces, Kind, Outcome, Scan
from shared.kernel.errors import Forbidden, Malformed, Said

NewId = Callable[[str], str]


class BenchState(StrEnum):
    """What the return waits for, made from its units: a person first, then the inspector, then the carrier."""

    HELD = "held"
    WAITING = "waiting"
    EXPECTED = "expected"
    CANCELLED = "cancelled"
    FINISHED = "finished"


class Decision(StrEnum):
    """What a person can say about a unit that failed; the verb of its move."""

    ACCEPT = "accept"
    REFUSE = "refuse"


VERB_OF_OUTCOME: Final = {Outcome.PASSED: "pass", Outcome.FAILED: "fail"}


class NoSuchUnit(Malformed):
    """The decision names a unit that is not part of this return."""

    code = "no_such_unit"
    title = Said("No such unit", "没有该件商品")
    detail = Said("{unit_id} is not a unit of this return.", "{unit_id} 不属于该退货单。")


class InspectorMayNotDecide(Forbidden):
    """The inspector who found the unit faulty may not decide about it (G10)."""

    code = "inspector_may_not_decide"
    title = Said("Somebody else must decide", "须由他人决定")
    detail = Said(
        "You have inspected unit {unit_id} yourself; another person must decide about it.",
        "商品 {unit_id} 由您本人检验，须由其他人员作出决定。",
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """Pieces of one article, as counted at the dock and at the inspection bench."""

    dock: int = 0
    bench: int = 0

    @property
    def arrived(self) -> int:
        """The number of arrived pieces. Each place may have seen pieces that the other has not posted yet."""
        return max(self.dock, self.bench)


@dataclass(slots=True, kw_only=True)
class ReturnInspection:
    """The inspection of one return. `id` is the return's id, so that the return is the subject of every `inspection.*`
    event.
    """

    id: str
    rma: str
    order_id: str
    customer_id: str
    language: str
    warehouse: str
    units: list[Unit]
    created_at: datetime
    calendar: str | None = None
    """The calendar whose working days count for the deadline; None where the approval named none."""
    tallies: dict[str, Tally] = field(default_factory=dict)
    overdue_at: datetime | None = None
    """When it was noticed that the present deadline has passed."""
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def expect(self) -> None:
        """The units may arrive from now on."""
        self.events.append(Expected())

    def count_scan(self, scan: Scan, *, inspect_by: datetime, new_id: NewId) -> tuple[Scan, Sequence[Discrepancy]]:
        """Count one post of this return: first the arrived pieces, then the results.

        Returns the post after the count, and the new discrepancies. Each post is counted once; `Scan.repeats` ensures
        that.
        """
        arrived, discrepancies = self._receive(scan, inspect_by, new_id)
        if scan.kind is Kind.INSPECTION:
            self._inspect(scan)
        self.events.append(ScanCounted(scan.id))
        units = tuple(unit.id for unit in arrived)
        return scan.matched(self.id, units, tuple(each.id for each in discrepancies)), discrepancies

    def decide(self, decisions: Sequence[tuple[str, Decision]], *, reason: str, by: str, at: datetime) -> None:
        """Accept or refuse units that failed. `NoSuchUnit`, `InspectorMayNotDecide`, `IllegalMove`."""
        known = {unit.id: unit for unit in self.units}
        judged: list[DecidedUnit] = []
        for place, (unit_id, decision) in enumerate(decisions):
            unit = known.get(unit_id)
            if unit is None:
                raise NoSuchUnit(pointer=f"/units/{place}/unit_id", unit_id=unit_id)
            if unit.inspector == by:
                raise InspectorMayNotDecide(pointer=f"/units/{place}/unit_id", unit_id=unit_id)
            unit.move(decision)
            unit.decided_by, unit.decided_at, unit.decision_reason = by, at, reason
            judged.append(DecidedUnit(unit.id, unit.line_id, decision is Decision.ACCEPT))
        self.events.append(Decided(tuple(judged), not self._any(*OPEN), at))

    def stop_expecting(self) -> None:
        """The customer keeps the goods: units that have not arrived are cancelled. Arrived units stay unchanged."""
        awaited = [unit for unit in self.units if unit.state is UnitState.EXPECTED]
        for unit in awaited:
            unit.move("cancel")
        if awaited:
            self.events.append(NoLongerExpected())

    def notice_overdue(self, at: datetime) -> bool:
        """Notice that the deadline has passed, once for each deadline. Whether that was not noticed before."""
        due = self.inspect_by
        if due is None or at <= due or self.overdue_at is not None:
            return False
        self.overdue_at = at
        self.events.append(BecameOverdue(due))
        return True

    @property
    def inspect_by(self) -> datetime | None:
        """The deadline of the unit that has waited longest; None when no unit waits."""
        return min((u.inspect_by for u in self.units if u.state is UnitState.RECEIVED and u.inspect_by), default=None)

    @property
    def state(self) -> BenchState:
        """The state of the return, made from the states of its units."""
        for unit_state, state in (
            (UnitState.FAILED, BenchState.HELD),
            (UnitState.RECEIVED, BenchState.WAITING),
            (UnitState.EXPECTED, BenchState.EXPECTED),
        ):
            if self._any(unit_state):
                return state
        if all(unit.state is UnitState.CANCELLED for unit in self.units):
            return BenchState.CANCELLED
        return BenchState.FINISHED

    def count(self, *states: UnitState) -> int:
        """The number of units in one of these states."""
        return sum(unit.state in states for unit in self.units)

    def _any(self, *states: UnitState) -> bool:
        return any(unit.state in states for unit in self.units)

    def _receive(self, scan: Scan, inspect_by: datetime, new_id: NewId) -> tuple[Sequence[Unit], Sequence[Discrepancy]]:
        warehouse = scan.warehouse or self.warehouse
        arrived: list[Unit] = []
        discrepancies: list[Discrepancy] = []
        for sku, quantity in scan.pieces:
            new = self._count(sku, quantity, scan.kind)
            units = self._in_state(UnitState.EXPECTED, sku)[:new]
            for unit in units:
                unit.move("receive")
                unit.received_by, unit.received_at, unit.inspect_by = scan.id, scan.posted_at, inspect_by
            arrived += units
            if new > len(units):
                discrepancies.append(
                    Discrepancy(
                        id=new_id("dsc"),
                        return_id=self.id,
                        scan_id=scan.id,
                        warehouse=warehouse,
                        kind=self._kind_of_surplus(sku),
                        sku=sku,
                        quantity=new - len(units),
                        opened_at=scan.posted_at,
                        events=[Opened()],
                    )
                )
        if arrived:
            told = tuple((unit.id, unit.line_id) for unit in arrived)
            complete = not self._any(UnitState.EXPECTED)
            self.events.append(
                Received(
                    scan_id=scan.id,
                    warehouse=warehouse,
                    units=told,
                    complete=complete,
                    inspect_by=inspect_by,
                    received_at=scan.posted_at,
                )
            )
        self.events += [Questioned(each.id, each.kind, each.sku, each.quantity) for each in discrepancies]
        return arrived, discrepancies

    def _count(self, sku: str, quantity: int, kind: Kind) -> int:
        """Add to the tally. The number of pieces that were not counted before."""
        before = self.tallies.get(sku, Tally())
        after = (
            Tally(before.dock + quantity, before.bench)
            if kind is Kind.RECEIPT
            else Tally(before.dock, before.bench + quantity)
        )
        self.tallies[sku] = after
        return after.arrived - before.arrived

    def _kind_of_surplus(self, sku: str) -> DiscrepancyKind:
        known = [unit for unit in self.units if unit.sku == sku]
        if not known:
            return DiscrepancyKind.UNEXPECTED
        if any(unit.state is UnitState.CANCELLED for unit in known):
            return DiscrepancyKind.CANCELLED
        return DiscrepancyKind.OVER

    def _inspect(self, scan: Scan) -> None:
        """Give each result to units that wait for one. Further pieces are in quarantine and get none."""
        due = self.inspect_by
        looked = [
            InspectedUnit(u.id, u.line_id, look.outcome, look.grade)
            for look in scan.looks
            for u in self._inspect_pieces(look, scan)
        ]
        if looked:
            complete = not self._any(UnitState.EXPECTED, UnitState.RECEIVED)
            self.events.append(Inspected(tuple(looked), complete, scan.posted_at))
        if self.inspect_by != due:
            self.overdue_at = None

    def _inspect_pieces(self, look: InspectedPieces, scan: Scan) -> Sequence[Unit]:
        units = self._in_state(UnitState.RECEIVED, look.sku)[: look.quantity]
        for unit in units:
            unit.move(VERB_OF_OUTCOME[look.outcome])
            unit.inspected_by, unit.inspector, unit.inspected_at = scan.id, scan.posted_by, scan.posted_at
            unit.grade, unit.findings = look.grade, look.findings
        return units

    def _in_state(self, state: UnitState, sku: str) -> list[Unit]:
        return [unit for unit in self.units if unit.sku == sku and unit.state is state]
