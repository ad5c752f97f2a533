"""Balances of an order: opened when the order is recorded, demanded by a calculation, under the same keys."""

from collections.abc import Iterator, Mapping
from typing import Final

from service_refunds.domain.calculation.calculation import Calculation
from service_refunds.domain.calculation.guard import Guard, GuardRow
from service_refunds.domain.calculation.imported_order import OUTBOUND, ImportedOrder, ImportedTax
from service_refunds.domain.ledger.balance import Balance, BalanceDemand, Kind

OUTBOUND_FREIGHT: Final = f"outbound_freight:{OUTBOUND}"
CHARGE: Final = "order_fee:"
CAPTURED: Final = "captured"
ACCEPTED_GOODS: Final = "accepted_goods"

BALANCE_KINDS: Final[Mapping[Guard, Kind]] = {
    Guard.UNIT: Kind.UNIT,
    Guard.LINE: Kind.LINE,
    Guard.COMPONENT: Kind.COMPONENT,
    Guard.TENDER: Kind.TENDER,
    Guard.ORDER: Kind.ORDER,
}


def opening_balances(imported: ImportedOrder) -> Iterator[Balance]:
    """The most that may be refunded: by line, component, tender and in all, under the keys of the calculation."""
    for line in imported.lines:
        yield Balance(Kind.LINE, line.line_id, line.paid_minor)
    rates: dict[str, int] = {}
    for tax in (*(tax for line in imported.lines for tax in line.taxes), *imported.freight.taxes, *_charged(imported)):
        rates[tax.rate] = rates.get(tax.rate, 0) + tax.amount_minor
    for rate, minor in rates.items():
        yield Balance(Kind.COMPONENT, f"tax:{rate}", minor)
    if imported.freight.paid_minor:
        yield Balance(Kind.COMPONENT, OUTBOUND_FREIGHT, imported.freight.paid_minor)
    for charge in imported.charges:
        if charge.paid_minor:
            yield Balance(Kind.COMPONENT, f"{CHARGE}{charge.charge_id}", charge.paid_minor)
    for tender in imported.tenders:
        yield Balance(Kind.TENDER, tender.tender_id, tender.captured_minor)
    yield Balance(Kind.ORDER, CAPTURED, sum(tender.captured_minor for tender in imported.tenders))
    yield Balance(Kind.ORDER, ACCEPTED_GOODS, 0)


def _charged(imported: ImportedOrder) -> Iterator[ImportedTax]:
    return (tax for charge in imported.charges for tax in charge.taxes)


def demands_of(calculation: Calculation) -> tuple[BalanceDemand, ...]:
    """What the calculation takes of each balance. A guard within one calculation has no balance."""
    return tuple(_demand(row) for row in calculation.guards if _is_kept(row))


def _is_kept(row: GuardRow) -> bool:
    if row.guard is Guard.COMPONENT:
        return row.key.startswith(("tax:", CHARGE)) or row.key == OUTBOUND_FREIGHT
    return row.guard in BALANCE_KINDS


def _demand(row: GuardRow) -> BalanceDemand:
    this = row.this.minor
    if row.guard is Guard.UNIT or row.key == ACCEPTED_GOODS:
        takes, raises = max(0, this), max(0, row.cap.minor)
        return BalanceDemand(BALANCE_KINDS[row.guard], row.key, takes=takes, raises=max(takes, raises))
    return BalanceDemand(BALANCE_KINDS[row.guard], row.key, takes=max(0, this), raises=max(0, -this))
