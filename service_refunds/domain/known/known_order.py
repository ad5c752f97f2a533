"""What this service keeps of others' facts: the order as it was imported, and what was said when a
return was approved.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from service_refunds.domain.events import OrderRecorded, RefundCounted
from service_refunds.domain.ledger.balance import Balance
from shared.kernel.refund_term import RefundTerm

WITHOUT_TERMS: Final = timedelta(days=1)
"""How soon money leaves for an approval from before 0.2, which names no terms: sooner than any law asks for."""


@dataclass(slots=True, kw_only=True)
class KnownOrder:
    """The imported snapshot, verbatim; its version moves with every refund, so that refunds of one order
    never pass.
    """

    id: str
    regime: str
    currency: str
    snapshot: Mapping[str, Any]
    refunds: int = 0
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def open_balances(self, balances: Iterable[Balance]) -> None:
        """Begin with what may go back at most."""
        self.events.append(OrderRecorded(tuple(balances)))

    def count(self, refunds: int) -> None:
        """Refunds were opened."""
        self.refunds += refunds
        self.events.append(RefundCounted())


@dataclass(frozen=True, slots=True)
class KnownTerm:
    """What law and policy say about the day of the refund, for units of this line that come back for this reason."""

    line_id: str
    reason: str
    term: RefundTerm


@dataclass(frozen=True, slots=True)
class Seen:
    """At that moment these units were on their way, or at the dock."""

    at: datetime
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PayBy:
    """The last second at which the money may leave, and the day it belongs to; no day is known without terms."""

    at: datetime
    day: date | None


def _first(seen: Iterable[Seen]) -> Mapping[str, datetime]:
    """By unit: the first moment at which it was seen."""
    return {unit: each.at for each in sorted(seen, key=attrgetter("at"), reverse=True) for unit in each.units}
