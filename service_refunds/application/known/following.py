"""Others' facts as they come: orders, what approvals promised, goods that are in."""

from datetime import datetime

from service_refunds.application.ledger.order_balances import opening_balances
from service_refunds.application.ports import UnitOfWork
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn, KnownUnit
from shared.contracts.events import Fault, FreightPayer, OrderImported, ReturnApproved
from shared.kernel.errors import NotYet


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


async def record_return(uow: UnitOfWork, approved: ReturnApproved) -> None:
    """Keep what the customer was told, for it binds the refund."""
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
                KnownUnit(unit.unit_id, unit.line_id, unit.fault is not Fault.CUSTOMER) for unit in approved.units
            ),
            statutory_withdrawal=approved.statutory_withdrawal,
            whole_order=approved.whole_order,
            label_minor=label.amount_minor if label is not None else None,
        )
        known.keep()
        uow.returns.add(known)


async def cancel_return(uow: UnitOfWork, return_id: str) -> None:
    """The customer keeps the goods. A return that was never approved has nothing to pay."""
    known = await uow.returns.find(return_id)
    if known is not None:
        known.cancel()


async def record_goods_in(uow: UnitOfWork, return_id: str, at: datetime) -> None:
    """Goods are at the dock; the legal clock runs (I06). `NotYet` before the approval is known."""
    known = await uow.returns.find(return_id)
    if known is None:
        raise NotYet(f"the approval of {return_id}")
    known.receive(at)
