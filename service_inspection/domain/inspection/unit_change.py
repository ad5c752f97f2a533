"""What a new count changes about units, and how it is told: arrivals, first results, and corrections (Z01)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from service_inspection.domain.inspection.counting import Aim
from service_inspection.domain.inspection.events import Corrected, CorrectedUnit, Inspected, InspectedUnit, Received
from service_inspection.domain.inspection.unit import Unit, UnitState
from service_inspection.domain.receiving.scan import Outcome
from shared.kernel.piece_range import PieceRange, joined_names

NewId = Callable[[str], str]

_S = UnitState
VERBS: Final[Mapping[tuple[UnitState, UnitState], tuple[str, ...]]] = {
    (_S.EXPECTED, _S.RECEIVED): ("receive",),
    (_S.EXPECTED, _S.PASSED): ("receive", "pass"),
    (_S.EXPECTED, _S.FAILED): ("receive", "fail"),
    (_S.RECEIVED, _S.PASSED): ("pass",),
    (_S.RECEIVED, _S.FAILED): ("fail",),
    (_S.RECEIVED, _S.EXPECTED): ("recall",),
    (_S.PASSED, _S.EXPECTED): ("recall",),
    (_S.FAILED, _S.EXPECTED): ("recall",),
    (_S.PASSED, _S.RECEIVED): ("reinspect",),
    (_S.FAILED, _S.RECEIVED): ("reinspect",),
    (_S.PASSED, _S.FAILED): ("reinspect", "fail"),
    (_S.FAILED, _S.PASSED): ("reinspect", "pass"),
}
"""From the state that a unit has to the state that the posts say."""

OUTCOMES: Final = {_S.PASSED: Outcome.PASSED, _S.FAILED: Outcome.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why the return is counted anew: a post, or a person's answer. New questions and arrivals name it."""

    scan_id: str
    warehouse: str
    at: datetime
    inspect_by: datetime
    new_id: NewId
    arrived_at: datetime | None = None
    """When the goods came, where that was before the cause."""

    @property
    def came_at(self) -> datetime:
        """When the goods came."""
        return self.arrived_at or self.at


@dataclass(slots=True)
class UnitChanges:
    """The units that one count has changed, by how the change is told."""

    arrived: list[Unit] = field(default_factory=list)
    looked: list[Unit] = field(default_factory=list)
    corrected: list[Unit] = field(default_factory=list)

    def reach(self, unit: Unit, aim: Aim, cause: Cause) -> None:
        """Bring a unit to the state that the posts say."""
        before, grade = unit.state, unit.grade
        verbs = VERBS.get((before, aim.state), ())
        for verb in verbs:
            unit.move(verb)
        if verbs and aim.state is _S.EXPECTED:
            unit.received_by = unit.received_at = unit.inspect_by = None
        if verbs and before is _S.EXPECTED:
            unit.received_by, unit.received_at, unit.inspect_by = cause.scan_id, cause.came_at, cause.inspect_by
            self.arrived.append(unit)
        _set_result(unit, aim)
        if before in (_S.EXPECTED, _S.RECEIVED) and aim.state in OUTCOMES:
            self.looked.append(unit)
        elif before is not _S.EXPECTED and (verbs or unit.grade is not grade) and unit not in self.corrected:
            self.corrected.append(unit)

    def told(self, cause: Cause, *, missing: bool, waiting: bool) -> Iterator[Corrected | Received | Inspected]:
        """The events. `missing`: a unit is still to arrive; `waiting`: a unit waits for its inspection."""
        for unit in (*self.looked, *self.corrected):
            unit.promised = unit.promised or unit.state is _S.PASSED
        complete = not (missing or waiting)
        if self.corrected:
            yield Corrected(tuple(map(_corrected, self.corrected)), complete, cause.scan_id, cause.at)
        if self.arrived:
            yield Received(
                scan_id=cause.scan_id,
                warehouse=cause.warehouse,
                units=tuple(_arrived(self.arrived)),
                complete=not missing,
                inspect_by=cause.inspect_by,
                received_at=cause.came_at,
            )
        if self.looked:
            yield Inspected(tuple(_inspected(self.looked)), complete, cause.at)


def _set_result(unit: Unit, aim: Aim) -> None:
    if aim.look is not None:
        pieces, post = aim.look.pieces, aim.look.post
        unit.inspected_by, unit.inspector, unit.inspected_at = post.id, post.by, post.at
        unit.grade, unit.findings = pieces.grade, pieces.findings
    elif aim.state not in OUTCOMES:
        unit.inspected_by = unit.inspector = unit.inspected_at = unit.grade = None
        unit.findings = ()


def _arrived(units: Sequence[Unit]) -> Iterator[tuple[str, str]]:
    lines = {PieceRange.of(unit.id).base: unit.line_id for unit in units}
    for name in joined_names(unit.id for unit in units):
        yield name, lines[PieceRange.of(name).base]


def _corrected(unit: Unit) -> CorrectedUnit:
    return CorrectedUnit(unit.id, unit.line_id, unit.state, unit.grade, unit.inspect_by)


def _inspected(units: Sequence[Unit]) -> Iterator[InspectedUnit]:
    for unit in units:
        assert unit.grade is not None, "a result has a grade"  # noqa: S101
        yield InspectedUnit(unit.id, unit.line_id, OUTCOMES[unit.state], unit.grade)
