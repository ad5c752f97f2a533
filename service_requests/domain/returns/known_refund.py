"""The refunds of a return, as far as the services of refunds and of notifications have told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from service_requests.domain.returns import events as return_events
from service_requests.domain.returns.return_status import RefundState
from service_requests.domain.returns.unit import ReturnUnit, UnitOutcome
from shared.kernel.errors import NotYet
from shared.kernel.money import Money
from shared.kernel.piece_range import PieceRange, by_lot

RefundMoved = (
    return_events.RefundDoubted | return_events.RefundFailed | return_events.RefundReopened | return_events.RefundClosed
)
"""What happens to a refund besides that it is paid or stopped."""

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
    tell_by: datetime | None = None
    """Until when the customer is told that the refund is paid."""

    @property
    def amount(self) -> str:
        """For a sentence: `199.00 CNY`."""
        return f"{Money(self.amount_minor, self.currency)}"

    def pays_for(self, unit: PieceRange) -> bool:
        """Whether this refund pays for the pieces of this range."""
        return any(unit.within(own) for own in by_lot(self.units).get(unit.base, ()))

    def shares_units(self, other: "Refund") -> bool:
        """Whether both are about a piece."""
        own = by_lot(self.units)
        return any(unit.overlaps(each) for unit in map(PieceRange.of, other.units) for each in own.get(unit.base, ()))

    @property
    def finished(self) -> bool:
        """The refund is paid and the customer was told, or nothing more is owed; and no remainder is open."""
        told = self.state is RefundState.SETTLED and self.told_at is not None
        return (told or self.state is RefundState.CLOSED) and not self.open_remainder

    @property
    def open_remainder(self) -> bool:
        """Whether a person still has to settle a remainder."""
        return bool(self.remainder_minor) and not self.remainder_closed


@dataclass(slots=True, kw_only=True)
class KnownRefunds:
    """Every refund of the return, the oldest first; `untold` names the messages that could not be delivered.

    `untold_by`: until when the customer is reached in another way.
    """

    known: list[Refund] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    untold_by: datetime | None = None

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

    def first_owed(self, refund: Refund) -> Refund:
        """The refund whose date counts: this one, or an earlier one that failed and that this one replaces.

        A new try gives no new time (I06).
        """
        failed = (each for each in self.known if each.state is RefundState.FAILED and each.shares_units(refund))
        return min((refund, *failed), key=lambda each: each.pay_by)

    @property
    def paying(self) -> bool:
        """Whether a refund is still to be paid, told or settled by a person.

        A failed refund is replaced by another one of its units. One without units has none that replaces it.
        """
        unfinished = (refund for refund in self.known if not refund.finished)
        return any(refund.state is not RefundState.FAILED or not refund.units for refund in unfinished)

    def needs_another(self, failed: Refund, units: Sequence[ReturnUnit]) -> bool:
        """Whether the money of a failed refund is still owed: without units, or of an accepted unit with no other."""
        if not failed.units:
            return True
        return any(
            unit.decision is UnitOutcome.ACCEPTED and self.of_unit(unit.id) is failed
            for unit in units
            if failed.pays_for(PieceRange.of(unit.id))
        )

    @property
    def is_any_closed(self) -> bool:
        """Whether something of a refund was found not to be owed."""
        return any(refund.state is RefundState.CLOSED for refund in self.known)

    @property
    def of_no_unit(self) -> list[Refund]:
        """Refunds of what became due later: they have no units (Z07)."""
        return [refund for refund in self.known if not refund.units]

    def message_sent(self, kind: str, about: str, at: datetime) -> None:
        """A message has left, or nobody waits for it any more.

        A message that says "refunded" finishes that refund; `NotYet` until it is paid.
        """
        if kind.startswith("refund") and kind not in MESSAGES_BEFORE_PAYMENT:
            refund = self.get(about)
            if refund.state is not RefundState.SETTLED:
                raise NotYet(f"the settlement of {about}")
            refund.told_at = refund.told_at or at
        if kind in self.untold:
            self.untold.remove(kind)
        if not self.untold:
            self.untold_by = None

    def message_failed(self, kind: str) -> None:
        """A message could not be delivered."""
        if kind not in self.untold:
            self.untold.append(kind)
