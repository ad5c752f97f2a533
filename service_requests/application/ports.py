"""What the use cases of this service need from outside, in their own words."""

from collections.abc import Mapping
from typing import Protocol

from service_requests.domain.order import Order
from service_requests.domain.return_ import Return


class Orders(Protocol):
    """Orders by id."""

    async def get(self, key: str) -> Order: ...
    async def find(self, key: str) -> Order | None: ...
    def add(self, aggregate: Order) -> None: ...


class Returns(Protocol):
    """Returns by id."""

    async def get(self, key: str) -> Return: ...
    def add(self, aggregate: Return) -> None: ...


class UnitOfWork(Protocol):
    """What one use case loads and changes; leaving it saves what has recorded events."""

    @property
    def orders(self) -> Orders: ...
    @property
    def returns(self) -> Returns: ...

    async def order_named(self, storefront: str, number: str) -> Order | None:
        """The order a storefront calls by this number."""
        ...

    async def units_held(self, order_id: str) -> Mapping[str, frozenset[int]]:
        """By order line: the numbers of the units that have a live remedy (B14)."""
        ...
