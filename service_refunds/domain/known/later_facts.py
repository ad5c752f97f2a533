"""What happened to an order after it was imported, as far as refunds depend on it (A16, Z07)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from service_refunds.domain.calculation.imported_order import OUTBOUND, ImportedOrder, ImportedPayment, order_of
from service_refunds.domain.calculation.inputs.charge import Charge
from service_refunds.domain.calculation.inputs.component import Component, ComponentName, components_of
from service_refunds.domain.calculation.inputs.history import Elsewhere, LineElsewhere, TenderUse
from service_refunds.domain.calculation.inputs.order import Order
from shared.kernel.money import Money


@dataclass(frozen=True, slots=True)
class CancelledUnits:
    """Units of one line that were cancelled before they were sent."""

    cancellation_id: str
    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PaidBack:
    """An amount that was paid back elsewhere, for units of a line where `quantity` is given."""

    id: str
    amount_minor: int
    quantity: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundElsewhere:
    """A refund that somebody else has paid: to which tenders, and for what where that is known."""

    refund_id: str
    tenders: tuple[PaidBack, ...]
    lines: tuple[PaidBack, ...] = ()
    freight_minor: int = 0
    charges: tuple[PaidBack, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterFacts:
    """Every later fact of one order, in the order in which the facts came."""

    cancelled: tuple[CancelledUnits, ...] = ()
    payments: tuple[ImportedPayment, ...] = ()
    refunds: tuple[RefundElsewhere, ...] = ()

    def order(self, imported: ImportedOrder) -> ImportedOrder:
        """The imported order with the payments that were captured later."""
        tenders = {tender.tender_id: tender for tender in imported.tenders}
        for each in self.payments:
            before = tenders.get(each.tender_id)
            captured = each.captured_minor + (0 if before is None else before.captured_minor)
            tenders[each.tender_id] = replace(each, captured_minor=captured)
        return replace(imported, tenders=tuple(tenders.values())) if self.payments else imported

    def tenders(self) -> Mapping[str, int]:
        """By tender: what went back elsewhere."""
        return _sums(part for refund in self.refunds for part in refund.tenders)

    def freight(self) -> int:
        """What went back elsewhere of the outbound freight."""
        return sum(refund.freight_minor for refund in self.refunds)

    def elsewhere(self, order: Order) -> Elsewhere | None:
        """What the calculation needs of these facts."""
        if not self.cancelled and not self.refunds:
            return None
        cancelled = _counts(self.cancelled)
        paid = _sums(part for refund in self.refunds for part in refund.lines)
        units = _sums(PaidBack(part.id, part.quantity) for refund in self.refunds for part in refund.lines)
        lines = tuple(
            LineElsewhere(
                line.id,
                min(cancelled.get(line.id, 0), line.quantity),
                min(units.get(line.id, 0), line.quantity),
                Money(paid.get(line.id, 0), order.currency),
            )
            for line in order.lines
            if line.id in cancelled or line.id in paid
        )
        parts = Money(sum(part.amount.minor for part in self.components(order)), order.currency)
        return Elsewhere(lines, Money(sum(self.tenders().values()), order.currency), parts)

    def uses(self, order: Order) -> Mapping[str, TenderUse]:
        """What refunds elsewhere took from each tender."""
        known = {tender.id for tender in order.tenders}
        paid = self.tenders().items()
        return {tender: TenderUse(tender, Money(minor, order.currency)) for tender, minor in paid if tender in known}

    def components(self, order: Order) -> tuple[Component, ...]:
        """Freight and charges that went back elsewhere, as parts of the history."""
        parts: list[Component] = []
        for shipment in order.shipments:
            if shipment.id == OUTBOUND and self.freight():
                charge = _part(shipment.charge, self.freight(), order)
                parts += components_of(ComponentName.FREIGHT_NET, charge, order.mode, shipment.id)
        charges = _sums(part for refund in self.refunds for part in refund.charges)
        for fee in order.fees:
            if charges.get(fee.id):
                charge = _part(fee.charge, charges[fee.id], order)
                parts += components_of(ComponentName.ORDER_FEE_NET, charge, order.mode, fee.id)
        return tuple(parts)

    def outside(self, imported: ImportedOrder) -> Mapping[tuple[str, str], int]:
        """By kind and key of a balance: what is paid outside, or never paid because it was cancelled.

        Tax is rounded down, so that what we pay ourselves never finds too little left.
        """
        order = order_of(imported)
        elsewhere = self.elsewhere(order)
        amounts: dict[tuple[str, str], int] = {("tender", tender): minor for tender, minor in self.tenders().items()}
        taxes: dict[str, int] = {}
        by_id = {line.id: line for line in order.lines}
        for each in () if elsewhere is None else elsewhere.lines:
            charge = by_id[each.line].charge
            whole = charge.gross(order.mode)
            minor = min(
                whole, max(each.refunded_minor, each.cancelled_value(charge, by_id[each.line].quantity, order.mode))
            )
            amounts["line", each.line] = minor
            for rate, tax in charge.taxes:
                taxes[rate] = taxes.get(rate, 0) + (tax * minor // whole if whole else 0)
        freight = imported.freight
        if freight.paid_minor and self.freight():
            minor = min(self.freight(), freight.paid_minor)
            amounts["component", f"outbound_freight:{OUTBOUND}"] = minor
            for charged in freight.taxes:
                part = charged.amount_minor * minor // freight.paid_minor
                taxes[charged.rate] = taxes.get(charged.rate, 0) + part
        told = _sums(part for refund in self.refunds for part in refund.charges)
        for fee in imported.charges:
            minor = min(told.get(fee.charge_id, 0), fee.paid_minor)
            amounts["component", f"order_fee:{fee.charge_id}"] = minor
            for charged in fee.taxes if minor else ():
                taxes[charged.rate] = taxes.get(charged.rate, 0) + charged.amount_minor * minor // fee.paid_minor
        amounts |= {("component", f"tax:{rate}"): minor for rate, minor in taxes.items()}
        return {key: minor for key, minor in amounts.items() if minor}


def _part(charge: Charge, minor: int, order: Order) -> Charge:
    """The part of a charge that `minor` gross pays for, at most all of it."""
    whole = charge.gross(order.mode)
    return charge.fraction(min(minor, whole), whole)


def _sums(parts: Iterable[PaidBack]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for part in parts:
        sums[part.id] = sums.get(part.id, 0) + part.amount_minor
    return sums


def _counts(cancelled: tuple[CancelledUnits, ...]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for each in cancelled:
        counts[each.line_id] = counts.get(each.line_id, 0) + each.quantity
    return counts
