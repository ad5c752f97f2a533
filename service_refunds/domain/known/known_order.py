"""What this service keeps of an imported order, and values that known returns are made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from service_refunds.domain.calculation.imported_order import ImportedOrder
from service_refunds.domain.events import LaterFactKnown, OrderCorrected, OrderRecorded, PaidTwice, RefundCounted
from service_refunds.domain.known.later_facts import LaterFacts
from service_refunds.domain.ledger.balance import Balance, BalanceChange
from shared.kernel.refund_term import RefundTerm

WITHOUT_TERMS: Final = timedelta(days=1)
"""How soon money is paid for an approval from before 0.2, which names no terms. No law demands a shorter time."""

NOTHING_LATER: Final = LaterFacts()


@dataclass(slots=True, kw_only=True)
class KnownOrder:
    """An imported order. `snapshot` is the document that is stored, `imported` what refunds read of it.

    The version grows with every refund: of two refunds that were calculated at the same time only one is saved.
    """

    id: str
    imported: ImportedOrder
    snapshot: Mapping[str, Any]
    refunds: int = 0
    later: LaterFacts = NOTHING_LATER
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    @property
    def current(self) -> ImportedOrder:
        """The imported order with the payments that were captured later."""
        return self.later.order(self.imported)

    @property
    def raises_balances(self) -> bool:
        """Whether a fact that is not saved yet raises a balance of this order."""
        facts = (event for event in self.events if isinstance(event, LaterFactKnown))
        return any(fact.fresh or any(shift.cap > 0 for shift in fact.shifts) for fact in facts)

    def learn(
        self,
        later: LaterFacts,
        shifts: Iterable[BalanceChange],
        *,
        fresh: Iterable[Balance] = (),
        excess: Iterable[PaidTwice] = (),
    ) -> None:
        """Something happened to the order; a refund that is calculated at the same time is calculated again."""
        self.later = later
        self.events.append(LaterFactKnown(tuple(fresh), tuple(shifts), tuple(excess)))

    def correct(
        self, imported: ImportedOrder, snapshot: Mapping[str, Any], gone: Iterable[Balance], balances: Iterable[Balance]
    ) -> None:
        """The snapshot was wrong, and nothing rested on it."""
        self.imported, self.snapshot = imported, snapshot
        self.events.append(OrderCorrected(tuple(gone), tuple(balances)))

    def open_balances(self, balances: Iterable[Balance]) -> None:
        """Open the balances, which bound all refunds of this order."""
        self.events.append(OrderRecorded(tuple(balances)))

    def count(self, refunds: int) -> None:
        """Count refunds that were opened."""
        self.refunds += refunds
        self.events.append(RefundCounted())


@dataclass(frozen=True, slots=True)
class KnownTerm:
    """The terms of law and policy for the day of the refund. They hold for units of this line with this reason."""

    line_id: str
    reason: str
    term: RefundTerm


@dataclass(frozen=True, slots=True)
class Seen:
    """The units of one parcel, with the moment when they were sent or arrived."""

    at: datetime
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PayBy:
    """The last second at which the money may be paid, and its day. Without terms no day is known."""

    at: datetime
    day: date | None


def _first(seen: Iterable[Seen]) -> Mapping[str, datetime]:
    """For each unit the first moment at which the unit was seen."""
    return {unit: each.at for each in sorted(seen, key=attrgetter("at"), reverse=True) for unit in each.units}
