"""The open and answered questions of one return, as its inspection remembers them (F03, Z01)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from service_inspection.domain.inspection.discrepancy import DiscrepancyKind, DiscrepancyState, Resolution
from service_inspection.domain.inspection.unit import Unit, UnitState
from shared.kernel.piece_range import MOST_PIECES

LOOKS, MONEY = DiscrepancyKind.LOOKS, DiscrepancyKind.MONEY
CHANGES_THE_COUNT: Final = frozenset(
    {
        Resolution.MONEY_RECOVERED,
        Resolution.REFUND_STOPPED,
        Resolution.ARRIVED,
        Resolution.ACCEPTED_AS_RETURN,
    }
)
MONEY_IS_BACK: Final = frozenset({Resolution.MONEY_RECOVERED, Resolution.REFUND_STOPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A discrepancy in short. `units` are the units whose money an answer has settled."""

    id: str
    kind: DiscrepancyKind
    sku: str
    quantity: int
    scan_id: str
    state: DiscrepancyState = DiscrepancyState.OPEN
    outcome: Resolution | None = None
    units: tuple[str, ...] = ()

    @property
    def group(self) -> DiscrepancyKind:
        """Questions about goods count together, whatever their kind."""
        return self.kind if self.kind in (LOOKS, MONEY) else DiscrepancyKind.OVER

    @property
    def explains(self) -> int:
        """How many pieces the question accounts for. An answer that changes the count accounts for itself."""
        if self.state is DiscrepancyState.WITHDRAWN:
            return 0
        return 0 if self.outcome in CHANGES_THE_COUNT else self.quantity

    def answered(self, outcome: Resolution | None, units: tuple[str, ...]) -> "Question":
        """The question with its answer."""
        return replace(self, state=DiscrepancyState.RESOLVED, outcome=outcome, units=units)

    def reopened(self) -> "Question":
        """The question without its answer."""
        return replace(self, state=DiscrepancyState.OPEN, outcome=None, units=())


@dataclass(frozen=True, slots=True)
class Changed:
    """Questions to ask, and questions that nobody has to answer any more."""

    asked: Sequence[tuple[DiscrepancyKind, str, int]]
    """Group, article and quantity."""
    withdrawn: Sequence[Question]


def compare(questions: Sequence[Question], wanted: Mapping[tuple[DiscrepancyKind, str], int]) -> Changed:
    """What changes so that for each group and article as many pieces are asked about as there are doubtful ones.

    One question is about at most `MOST_PIECES` (Z13).
    """
    asked: list[tuple[DiscrepancyKind, str, int]] = []
    withdrawn: list[Question] = []
    keys = dict.fromkeys([*wanted, *((each.group, each.sku) for each in questions)])
    for group, sku in keys:
        mine = [each for each in questions if (each.group, each.sku) == (group, sku)]
        missing = wanted.get((group, sku), 0) - sum(each.explains for each in mine)
        for each in _open(mine):
            if missing >= 0:
                break
            withdrawn.append(each)
            missing += each.quantity
        while missing > 0:
            asked.append((group, sku, min(missing, MOST_PIECES)))
            missing -= MOST_PIECES
    return Changed(asked, withdrawn)


def kind_of_surplus(units: Iterable[Unit], sku: str) -> DiscrepancyKind:
    """What is wrong with pieces of this article that have no unit."""
    states = {unit.state for unit in units if unit.sku == sku}
    if not states:
        return DiscrepancyKind.UNEXPECTED
    return DiscrepancyKind.CANCELLED if UnitState.CANCELLED in states else DiscrepancyKind.OVER


def changed(questions: Sequence[Question], question: Question) -> list[Question]:
    """The questions with this one in place of its former state."""
    return [question if each.id == question.id else each for each in questions]


def _open(questions: Sequence[Question]) -> Iterator[Question]:
    """The questions that wait for an answer, the newest first."""
    return (each for each in reversed(questions) if each.state is DiscrepancyState.OPEN)
