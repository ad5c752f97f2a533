"""The unit of work of this service: its repositories over the shared data structure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from service_refunds.adapters.finance.double_payment_rows import DoublePaymentRows
from service_refunds.adapters.known.known_rows import OrderRows, ReturnRows
from service_refunds.adapters.ledger.balance_rows import balance_of_row
from service_refunds.adapters.settlement.payments_simulator import behaviour_row
from service_refunds.adapters.settlement.refund_rows import RefundRows, refund_of_row
from service_refunds.adapters.tables import balances, refunds
from service_refunds.application.settlement.reserved_refunds import ReservedRefunds
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn
from service_refunds.domain.ledger.balance import Balance, BalanceKey
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.state import State
from shared.contracts.envelope import Origin
from shared.database.reader import Reader
from shared.database.repository import AggregateCache, OutboxWriter, Repository
from shared.database.unit_of_work.after_commit import AfterCommit
from shared.database.work import Work


@dataclass(frozen=True, slots=True)
class AggregateCaches:
    """Aggregates that this process has just committed."""

    orders: AggregateCache[KnownOrder] = field(default_factory=AggregateCache)
    returns: AggregateCache[KnownReturn] = field(default_factory=AggregateCache)
    refunds: AggregateCache[Refund] = field(default_factory=AggregateCache)


class RefundsUnitOfWork:
    """The repositories and queries that the use cases of refunds share in one commit."""

    def __init__(
        self,
        reader: Reader,
        outbox_writer: OutboxWriter,
        origin: Origin,
        caches: AggregateCaches,
        reserved: ReservedRefunds,
    ) -> None:
        self._reader = reader
        self._outbox_writer = outbox_writer
        self.origin = origin
        self.work = Work()
        self.orders = Repository(reader, OrderRows(outbox_writer.clock), caches.orders)
        self.returns = Repository(reader, ReturnRows(), caches.returns)
        self.refunds = Repository(reader, RefundRows(outbox_writer.clock), caches.refunds)
        self.double_payments = Repository(reader, DoublePaymentRows())
        self.after_commit = AfterCommit()
        self._reserved = reserved
        self._repositories = (self.refunds, self.orders, self.returns, self.double_payments)
        self.parts = (*self._repositories, self.after_commit)

    async def refunds_of(self, order_id: str) -> Sequence[Refund]:
        rows = await self._reader.load(refunds, "order_id", order_id)
        return [refund_of_row(row) for row in rows]

    async def balances_of(self, order_id: str) -> Mapping[BalanceKey, Balance]:
        found = [balance_of_row(row) for row in await self._reader.load(balances, "order_id", order_id)]
        return {(balance.kind, balance.key): balance for balance in found}

    def set_behaviour(self, mode: str, times: int) -> None:
        self.work.writes.append(behaviour_row(mode, times))

    def collect(self) -> Work:
        """See `FilledUnitOfWork.collect`. A refund that was reserved wakes the executor after the commit."""
        for refund in self.refunds.seen:
            due = refund.due_at is None or refund.due_at <= self._outbox_writer.clock()
            if refund.state is State.RESERVED and refund.events and due:
                self.after_commit(partial(self._reserved.put, refund.id))
        return self._outbox_writer.collect(self.work, self.origin, self._in_order_of_writing())

    def _in_order_of_writing(self) -> Sequence[Repository[Any]]:
        """A balance never has less than nothing left, not even within a commit.

        A stopped refund frees the balances from which a fact of the order takes, so refunds are written first. A refund
        takes from balances that a payment has just raised, so such an order is written before its refunds.
        """
        raised = any(order.raises_balances for order in self.orders.seen)
        first = (self.orders, self.refunds) if raised else (self.refunds, self.orders)
        return (*first, self.returns, self.double_payments)


@dataclass(frozen=True, slots=True)
class RefundsUnits:
    """Begins units of work. Refunds that they reserve are put into `reserved`."""

    reader: Reader
    outbox_writer: OutboxWriter
    reserved: ReservedRefunds = field(default_factory=ReservedRefunds)
    caches: AggregateCaches = field(default_factory=AggregateCaches)

    def begin(self, origin: Origin) -> RefundsUnitOfWork:
        """Begin a new unit of work."""
        return RefundsUnitOfWork(self.reader, self.outbox_writer, origin, self.caches, self.reserved)
