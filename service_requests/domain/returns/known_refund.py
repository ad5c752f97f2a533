"""The refunds of a return, as far as the services of refunds and of notifications have told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from service_requests.domain.returns.return_status import RefundState
from service_requests.domain.returns.unit import ReturnUnit
from shared.kernel.errors import NotYet
from shared.kernel.money import Money
from shared.kernel.piece_range import PieceRange, borders, by_lot

MESSAGES_BEFORE_PAYMENT: Final = frozenset({"refund_opened", "refund_doubted", "refund_failed"})
"""Messages about a refund that do not say that the refund has been paid."""


@dataclass(slots=True, kw_only=True)
class Refund:
    """One refund of this return, as the service of refunds has reported it."""

    id: str
    amount_minor: int
    currency: str
    units: tuple[str, ...]
    pay_by: datetime
    pay_by_day: date | None = None
    state: RefundState = RefundState.OPENED
    told_at: datetime | None = None
    remainder_minor: int = 0
    """What is owed besides the amount, and no payment of the order could give back (Z09)."""
    remainder_closed: bool = False

    @property
    def amount(self) -> str:
        """For a sentence: `199.00 CNY`."""
        return f"{Money(self.amount_minor, self.currency)}"

    def pays_for(self, unit: PieceRange) -> bool:
        """Whether this refund pays for the pieces of this range."""
        return any(unit.within(own) for own in by_lot(self.units).get(unit.base, ()))

    @property
    def finished(self) -> bool:
        """The refund is paid, the customer has been told, and no person has to settle a remainder."""
        return self.state is RefundState.SETTLED and self.told_at is not None and not self.open_remainder

    @property
    def open_remainder(self) -> bool:
        """Whether a person still has to settle a remainder."""
        return bool(self.remainder_minor) and not self.remainder_closed


@dataclass(slots=True, kw_only=True)
class KnownRefunds:
    """Every refund of the return, the oldest first; `untold` names the messages that could not be delivered."""

    known: list[Refund] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)

    def get(self, refund_id: str) -> Refund:
        """The refund with this id. `NotYet` until its opening has been reported."""
        for refund in self.known:
            if refund.id == refund_id:
                return refund
        raise NotYet(f"the opening of {refund_id}")

    def of_unit(self, unit_id: str) -> Refund | None:
        """The refund that pays for this unit; after a failed refund, the next one.

        Of a lot, a refund pays for all pieces or for none: the return cuts its lots where a refund begins or ends.
        """
        unit = PieceRange.of(unit_id)
        if not unit.is_lot:
            return next((refund for refund in reversed(self.known) if unit_id in refund.units), None)
        return next((refund for refund in reversed(self.known) if refund.pays_for(unit)), None)

    def pay_alike(self, one: ReturnUnit, other: ReturnUnit) -> bool:
        """Whether the same refund pays for both units, or none."""
        return self.of_unit(one.id) is self.of_unit(other.id)

    @property
    def due_first(self) -> Refund | None:
        """The unpaid refund that must be paid first; None when every refund is paid.

        The date of a failed refund stands until another refund has paid for its units: a new try gives no new time.
        """
        unpaid = (refund for refund in self.known if not self._paid(refund))
        return min(unpaid, key=lambda refund: refund.pay_by, default=None)

    def _paid(self, refund: Refund) -> bool:
        """Whether this refund is paid, or failed and a later refund has paid for each of its units."""
        payers = [refund]
        if refund.state is RefundState.FAILED and refund.units:
            payers = [self.of_unit(unit) or refund for unit in self._parts(refund)]
        return all(payer.state is RefundState.SETTLED for payer in payers)

    def _parts(self, refund: Refund) -> Iterator[str]:
        """The units of a refund, cut where another refund begins or ends."""
        cuts = borders(unit for each in self.known for unit in each.units)
        for unit in map(PieceRange.of, refund.units):
            yield from map(str, unit.cut(cuts.get(unit.base, ())))

    @property
    def pay_by(self) -> datetime | None:
        """The first moment by which a refund must be paid; None when every refund is paid."""
        first = self.due_first
        return None if first is None else first.pay_by

    @property
    def paying(self) -> bool:
        """Whether a refund is still to be paid, told or settled by a person.

        A failed refund is replaced by another one of its units. One without units has none that replaces it.
        """
        unfinished = (refund for refund in self.known if not refund.finished)
        return any(refund.state is not RefundState.FAILED or not refund.units for refund in unfinished)

    @property
    def of_no_unit(self) -> list[Refund]:
        """Refunds of what became due later: they have no units (Z07)."""
        return [refund for refund in self.known if not refund.units]

    def message_sent(self, kind: str, about: str, at: datetime) -> None:
        """A message has left. A message that says "refunded" finishes that refund; `NotYet` until it is paid."""
        if kind.startswith("refund") and kind not in MESSAGES_BEFORE_PAYMENT:
            refund = self.get(about)
            if refund.state is not RefundState.SETTLED:
                raise NotYet(f"the settlement of {about}")
            refund.told_at = refund.told_at or at
        if kind in self.untold:
            self.untold.remove(kind)

    def message_failed(self, kind: str) -> None:
        """A message could not be delivered."""
        if kind not in self.untold:
            self.untold.append(kind)
