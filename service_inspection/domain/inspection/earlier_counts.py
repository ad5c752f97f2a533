"""Counts of an inspection from before 0.2, which kept sums in place of posts, as posts that say the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from service_inspection.domain.inspection.counting import CountedPost
from service_inspection.domain.inspection.discrepancy import DiscrepancyKind, DiscrepancyState
from service_inspection.domain.inspection.question import Question
from service_inspection.domain.inspection.tally import Tally
from service_inspection.domain.inspection.unit import Unit, UnitState
from service_inspection.domain.receiving.scan import InspectedPieces, Kind, Outcome

BEFORE: Final = "before"
FAILED: Final = frozenset({UnitState.FAILED, UnitState.ACCEPTED, UnitState.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What counting needs of the past of one return."""

    posts: list[CountedPost] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    missed: dict[str, int] = field(default_factory=dict)


def counts_before(units: Sequence[Unit], tallies: Mapping[str, Tally]) -> Counts:
    """The same counts as posts. Then the larger of both sums had arrived; what the dock had missed is `missed`."""
    counts = Counts()
    for sku, tally in tallies.items():
        mine = [unit for unit in units if unit.sku == sku]
        counts.posts.extend(_posts(sku, tally, mine))
        if not tally.dock:
            continue
        counts.missed[sku] = max(0, tally.bench - tally.dock)
        surplus = tally.dock + counts.missed[sku] - sum(unit.state is not UnitState.CANCELLED for unit in mine)
        if surplus > 0:
            counts.questions.append(
                Question(
                    id=f"{BEFORE}:{sku}",
                    kind=DiscrepancyKind.OVER,
                    sku=sku,
                    quantity=surplus,
                    scan_id=BEFORE,
                    state=DiscrepancyState.RESOLVED,
                )
            )
    return counts


def _posts(sku: str, tally: Tally, units: Sequence[Unit]) -> Iterator[CountedPost]:
    for unit in units:
        if unit.inspected_by is None or unit.inspected_at is None or unit.grade is None:
            continue
        outcome = Outcome.FAILED if unit.state in FAILED else Outcome.PASSED
        yield CountedPost(
            id=unit.inspected_by,
            kind=Kind.INSPECTION,
            event=f"{BEFORE}:{unit.id}",
            sender=BEFORE,
            by=unit.inspector or BEFORE,
            at=unit.inspected_at,
            looks=(
                InspectedPieces(
                    sku=sku,
                    quantity=1,
                    outcome=outcome,
                    grade=unit.grade,
                    findings=unit.findings,
                    unit_id=unit.id,
                ),
            ),
        )
    seen = [unit.received_at for unit in units if unit.received_at is not None]
    if tally.dock and seen:
        yield CountedPost(
            id=f"{BEFORE}:{sku}",
            kind=Kind.RECEIPT,
            event=f"{BEFORE}:{sku}",
            sender=BEFORE,
            by=BEFORE,
            at=min(seen),
            pieces=((sku, tally.dock),),
        )
