"""Others' facts as they come: orders, what approvals promised, goods that are in."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from service_refunds.application.ledger.order_balances import opening_balances
from service_refunds.application.ports import UnitOfWork
from service_refunds.domain.known.known_order import KnownOrder, KnownTerm
from service_refunds.domain.known.known_return import KnownReturn, KnownUnit
from shared.contracts.events import Fault, FreightPayer, OrderImported, RefundClock, ReturnApproved
from shared.kernel.calendar import WorkingCalendar, calendar_named
from shared.kernel.errors import NotYet
from shared.kernel.period import Period
from shared.kernel.refund_term import Milestone, RefundTerm


async def record_order(uow: UnitOfWork, imported: OrderImported) -> None:
    """Keep the snapshot verbatim and open its balances, once."""
    if await uow.orders.find(imported.order_id) is None:
        order = KnownOrder(
            id=imported.order_id,
            regime=imported.regime.value,
            currency=imported.currency,
            snapshot=imported.model_dump(mode="json"),
        )
        order.open_balances(opening_balances(imported))
        uow.orders.add(order)


async def record_return(uow: UnitOfWork, approved: ReturnApproved, calendars: Mapping[str, WorkingCalendar]) -> None:
    """Keep what the customer was told, for it binds the refund. `UnknownCalendar`."""
    if approved.legal_calendar is not None:
        calendar_named(calendars, approved.legal_calendar)
    if await uow.returns.find(approved.return_id) is None:
        # whoever pays the carrier himself has paid; only a label that we have bought is taken off the refund (H06)
        charged = approved.freight_prepaid and approved.freight_payer is FreightPayer.CUSTOMER
        label = approved.freight_amount if charged else None
        known = KnownReturn(
            id=approved.return_id,
            order_id=approved.order_id,
            customer_id=approved.customer_id,
            language=approved.language,
            units=tuple(
                KnownUnit(unit.unit_id, unit.line_id, unit.fault is not Fault.CUSTOMER, unit.reason)
                for unit in approved.units
            ),
            statutory_withdrawal=approved.statutory_withdrawal,
            whole_order=approved.whole_order,
            label_minor=label.amount_minor if label is not None else None,
            stated_at=approved.stated_at,
            calendar=approved.legal_calendar,
            terms=tuple(map(_term, approved.refund_clocks)),
        )
        known.keep()
        uow.returns.add(known)


async def cancel_return(uow: UnitOfWork, return_id: str) -> None:
    """The customer keeps the goods. A return that was never approved has nothing to pay."""
    known = await uow.returns.find(return_id)
    if known is not None:
        known.cancel()


async def note_sent(uow: UnitOfWork, return_id: str, units: Sequence[str], at: datetime) -> None:
    """The customer has announced a parcel, after the approval (CRD 13(3), CCR 34(5)). Nothing is due before that."""
    known = await uow.returns.find(return_id)
    if known is not None:
        known.send(units, at)


async def record_goods_in(uow: UnitOfWork, return_id: str, units: Sequence[str], at: datetime) -> None:
    """Goods are at the dock; the legal clock runs (I06). `NotYet` before the approval is known."""
    known = await uow.returns.find(return_id)
    if known is None:
        raise NotYet(f"the approval of {return_id}")
    known.receive(units, at)


def _term(clock: RefundClock) -> KnownTerm:
    starts, waits = (tuple(Milestone(each.value) for each in some) for some in (clock.starts, clock.may_wait_for))
    period = Period(clock.count, clock.unit)
    return KnownTerm(clock.line_id, clock.reason, RefundTerm(period, starts, waits))
