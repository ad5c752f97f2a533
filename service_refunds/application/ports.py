"""What the use cases of this service need from the adapters."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from service_refunds.domain.finance.double_payment import DoublePayment
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn
from service_refunds.domain.ledger.balance import Balance, BalanceKey
from service_refunds.domain.settlement.refund import Refund


class Orders(Protocol):
    """Known orders by id."""

    async def find(self, key: str) -> KnownOrder | None: ...
    def add(self, aggregate: KnownOrder) -> None: ...


class Returns(Protocol):
    """Known returns by id."""

    async def find(self, key: str) -> KnownReturn | None: ...

    async def read(self, key: str) -> KnownReturn | None:
        """The return as the database has it. For a caller that reads it and does not change it."""
        ...

    def add(self, aggregate: KnownReturn) -> None: ...


class Refunds(Protocol):
    """Refunds by id."""

    async def get(self, key: str) -> Refund: ...
    def add(self, aggregate: Refund) -> None: ...


class DoublePayments(Protocol):
    """Money that may have gone back twice, by id."""

    async def get(self, key: str) -> DoublePayment: ...


class UnitOfWork(Protocol):
    """What one use case loads and changes. On leaving, aggregates that have recorded events are saved."""

    @property
    def orders(self) -> Orders: ...
    @property
    def returns(self) -> Returns: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def double_payments(self) -> DoublePayments: ...

    async def refunds_of(self, order_id: str) -> Sequence[Refund]:
        """An order's refunds, the oldest first."""
        ...

    async def balances_of(self, order_id: str) -> Mapping[BalanceKey, Balance]:
        """An order's balances by their keys."""
        ...

    def set_behaviour(self, mode: str, times: int) -> None:
        """Set how the payment simulator answers its next `times` payments."""
        ...
