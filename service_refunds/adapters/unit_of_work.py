"""The unit of work of this service: its repositories over the shared data structure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from service_refunds.adapters.known.known_rows import OrderRows, ReturnRows
from service_refunds.adapters.ledger.balance_rows import balance_of_row
from service_refunds.adapters.settlement.payments_simulator import behaviour_row
from service_refunds.adapters.settlement.refund_rows import RefundRows, refund_of_row
from service_refunds.adapters.tables import balances, refunds
from service_refunds.application.settlement.reserved_refunds import ReservedRefunds
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn
from service_refunds.domain.ledger.balance import Balance, BalanceKey
from service_refunds.domain.settlement.refund import Refund, State
from shared.contracts.envelope import Origin
from shared.database.reader import Reader
from shared.database.repository import AggregateCache, OutboxWriter, Repository
from shared.database.work import Work


@dataclass(frozen=True, slots=True)
class AggregateCaches:
    """What this process has just committed."""

    orders: AggregateCache[KnownOrder] = field(default_factory=AggregateCache)
    returns: AggregateCache[KnownReturn] = field(default_factory=AggregateCache)
    refunds: AggregateCache[Refund] = field(default_factory=AggregateCache)


@dataclass(frozen=True, slots=True)
class ReservedRefundsHook:
    """After a commit that reserved a refund, wakes the job that pays; other changes of a refund do not."""

    copied: ClassVar[bool] = False
    unsure: ClassVar[bool] = False

    refunds: Repository[Refund]
    counter: ReservedRefunds

    def settle(self) -> None:
        """Reserved refunds are announced to the job that pays."""
        for refund in self.refunds.seen:
            if refund.state is State.RESERVED:
                self.counter.put(refund.id)

    def release(self) -> None:
        """This hook holds no resource."""


class RefundsUnitOfWork:
    """See `ports.UnitOfWork`."""

    def __init__(
        self, reader: Reader, press: OutboxWriter, origin: Origin, shelves: AggregateCaches, counter: ReservedRefunds
    ) -> None:
        self._reader = reader
        self._press = press
        self.origin = origin
        self.work = Work()
        self.orders = Repository(reader, OrderRows(), shelves.orders)
        self.returns = Repository(reader, ReturnRows(), shelves.returns)
        self.refunds = Repository(reader, RefundRows(press.clock), shelves.refunds)
        self._repositories = (self.orders, self.returns, self.refunds)
        self.parts = (*self._repositories, ReservedRefundsHook(self.refunds, counter))

    async def refunds_of(self, order_id: str) -> Sequence[Refund]:
        """See `ports.UnitOfWork.refunds_of`."""
        rows = await self._reader.load(refunds, "order_id", order_id)
        return [refund_of_row(row) for row in rows]

    async def balances_of(self, order_id: str) -> Mapping[BalanceKey, Balance]:
        """See `ports.UnitOfWork.balances_of`."""
        found = [balance_of_row(row) for row in await self._reader.load(balances, "order_id", order_id)]
        return {(balance.kind, balance.key): balance for balance in found}

    def set_behaviour(self, mode: str, times: int) -> None:
        """See `ports.UnitOfWork.set_behaviour`."""
        self.work.writes.append(behaviour_row(mode, times))

    def collect(self) -> Work:
        """See `Unit.collect`."""
        return self._press.collect(self.work, self.origin, self._repositories)


@dataclass(frozen=True, slots=True)
class RefundsUnits:
    """Opens units of work. Refunds that they reserve are put into `counter`."""

    reader: Reader
    press: OutboxWriter
    counter: ReservedRefunds = field(default_factory=ReservedRefunds)
    shelves: AggregateCaches = field(default_factory=AggregateCaches)

    def begin(self, origin: Origin) -> RefundsUnitOfWork:
        """A fresh one."""
        return RefundsUnitOfWork(self.reader, self.press, origin, self.shelves, self.counter)
