"""Between contracts and the pure core: the imported order in the core's words, and its answer as terms of a refund.

What the contracts do not say is taken as the law's default in the customer's favour.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from service_refunds.domain import calculation as core
from service_refunds.domain.balance import Balance, Demand, Kind
from service_refunds.domain.calculation import Calculation
from service_refunds.domain.case import AcceptedUnit, Facts, RefundRequest, Regime
from service_refunds.domain.charge import PriceMode, Tax
from service_refunds.domain.component import Component
from service_refunds.domain.guards import Guard, GuardRow
from service_refunds.domain.history import History, LineHistory, TenderUse
from service_refunds.domain.known_order import KnownOrder, KnownReturn, KnownUnit
from service_refunds.domain.order import Line, Order, Shipment, Tender, TenderKind
from service_refunds.domain.policy import FreightRule, Policy
from service_refunds.domain.refund import Refund, State
from shared.contracts import events as contracts
from shared.kernel.money import Money

SHIPMENT: Final = "outbound"
FREIGHT: Final = f"outbound_freight:{SHIPMENT}"
CAPTURED: Final = "captured"
ACCEPTED_GOODS: Final = "accepted_goods"
KINDS: Final[Mapping[Guard, Kind]] = {
    Guard.UNIT: Kind.UNIT,
    Guard.LINE: Kind.LINE,
    Guard.COMPONENT: Kind.COMPONENT,
    Guard.TENDER: Kind.TENDER,
    Guard.ORDER: Kind.ORDER,
}
TENDER_KINDS: Final[Mapping[contracts.TenderKind, TenderKind]] = {
    contracts.TenderKind.CARD: TenderKind.CARD,
    contracts.TenderKind.WALLET: TenderKind.WALLET,
    contracts.TenderKind.BANK_TRANSFER: TenderKind.BANK,
    contracts.TenderKind.GIFT_CARD: TenderKind.GIFT_CARD,
    contracts.TenderKind.STORE_CREDIT: TenderKind.STORE_CREDIT,
}


def read(snapshot: Mapping[str, Any]) -> contracts.OrderImported:
    """The contract that a known order keeps verbatim."""
    return contracts.OrderImported.model_validate(snapshot, strict=False)


def order_of(imported: contracts.OrderImported) -> Order:
    """The order in the core's words: amounts gross in inclusive shops, net in exclusive ones."""
    inclusive, currency = imported.prices_include_tax, imported.currency

    def canonical(paid: int, taxes: tuple[contracts.TaxCharged, ...]) -> Money:
        return Money(paid - (0 if inclusive else sum(tax.amount_minor for tax in taxes)), currency)

    freight = imported.freight
    carried = canonical(freight.paid_minor, freight.taxes)
    standard = freight.standard_minor
    shipment = Shipment(
        SHIPMENT,
        carried,
        _taxes(freight.taxes, currency),
        standard=None if standard is None else carried.fraction(standard, freight.paid_minor),
    )
    return Order(
        currency=currency,
        lines=tuple(
            Line(
                line.line_id,
                line.quantity,
                canonical(line.paid_minor, line.taxes),
                _taxes(line.taxes, currency),
                unit_price=Money(line.unit_price_minor, currency),
                discounts=(Money(line.discount_minor, currency),),
            )
            for line in imported.lines
        ),
        tenders=tuple(
            Tender(
                tender.tender_id,
                TENDER_KINDS[tender.kind],
                Money(tender.captured_minor, currency),
            )
            for tender in imported.tenders
        ),
        mode=PriceMode.INCLUSIVE if inclusive else PriceMode.EXCLUSIVE,
        shipments=(shipment,) if freight.paid_minor else (),
        total=Money(imported.total_minor, currency),
    )


def opening_balances(imported: contracts.OrderImported) -> Iterator[Balance]:
    """What may go back at most, by line, component, tender and in all, in the core's keys."""
    for line in imported.lines:
        yield Balance(Kind.LINE, line.line_id, line.paid_minor)
    rates: dict[str, int] = {}
    for tax in (*(tax for line in imported.lines for tax in line.taxes), *imported.freight.taxes):
        rates[tax.rate] = rates.get(tax.rate, 0) + tax.amount_minor
    for rate, minor in rates.items():
        yield Balance(Kind.COMPONENT, f"tax:{rate}", minor)
    if imported.freight.paid_minor:
        yield Balance(Kind.COMPONENT, FREIGHT, imported.freight.paid_minor)
    for tender in imported.tenders:
        yield Balance(Kind.TENDER, tender.tender_id, tender.captured_minor)
    yield Balance(Kind.ORDER, CAPTURED, sum(tender.captured_minor for tender in imported.tenders))
    yield Balance(Kind.ORDER, ACCEPTED_GOODS, 0)


def calculate(
    order: Order,
    history: History,
    known: KnownOrder,
    returned: KnownReturn,
    units: Sequence[KnownUnit],
) -> Calculation:
    """What is owed for these units, which all share one fault. Raises the core's refusals."""
    at_fault = units[0].seller_at_fault
    label = None if at_fault or returned.charged_by else returned.label_minor
    return core.calculate(
        RefundRequest(
            order,
            Facts(
                Regime(known.regime),
                seller_at_fault=at_fault,
                statutory_withdrawal=returned.statutory_withdrawal,
                freight_disclosed=returned.label_minor is not None,
            ),
            tuple(AcceptedUnit(unit.unit_id, unit.line_id) for unit in units),
            history,
            Policy(part_withdrawal_freight=FreightRule.LAST_ITEM),
            return_label=None if label is None else Money(label, order.currency),
        )
    )


def history_of(order: Order, refunds: Iterable[Refund]) -> History:
    """What earlier refunds did. A failed one gave no money, so it took nothing; its units keep their shares for it."""
    lines: dict[str, LineHistory] = {}
    taken: dict[str, int] = {}
    components: list[Component] = []
    ended: set[str] = set()
    for refund in refunds:
        for unit, line in refund.terms.units.items():
            before = lines.get(line, LineHistory(line))
            lines[line] = LineHistory(line, (*before.units, unit), before.restated)
        lines |= {entry.line: entry for entry in refund.terms.restated}
        ended |= set(refund.terms.ended_coupons)
        alive = [payout for payout in refund.payouts if payout.state is not State.FAILED]
        for payout in alive:
            taken[payout.tender] = taken.get(payout.tender, 0) + payout.amount.minor
        if alive or not refund.payouts:
            components += refund.terms.components
    return History(
        tuple(lines.values()),
        tuple(components),
        tuple(TenderUse(tender, Money(minor, order.currency)) for tender, minor in taken.items()),
        frozenset(ended),
    )


def demands_of(calculation: Calculation) -> tuple[Demand, ...]:
    """What it takes of the balances; a row that holds within one calculation (a fee against its base) has none."""
    return tuple(_demand(row) for row in calculation.guards if _is_kept(row))


def _is_kept(row: GuardRow) -> bool:
    if row.guard is Guard.COMPONENT:
        return row.key.startswith("tax:") or row.key == FREIGHT
    return row.guard in KINDS


def _demand(row: GuardRow) -> Demand:
    this = row.this.minor
    if row.guard is Guard.UNIT or row.key == ACCEPTED_GOODS:
        return Demand(KINDS[row.guard], row.key, takes=this, raises=row.cap.minor)
    return Demand(KINDS[row.guard], row.key, takes=max(0, this), raises=max(0, -this))


def _taxes(taxes: tuple[contracts.TaxCharged, ...], currency: str) -> tuple[Tax, ...]:
    rates: dict[str, int] = {}
    for tax in taxes:
        rates[tax.rate] = rates.get(tax.rate, 0) + tax.amount_minor
    return tuple(Tax(rate, Money(minor, currency)) for rate, minor in rates.items())
