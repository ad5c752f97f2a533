"""What can be looked up, each caller seeing only what is his."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from service_requests.domain.eligibility.case_of_order import PastRequest
from service_requests.domain.orders.order import Order
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.timeline import Step
from shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class ReturnFilter:
    """Which returns; `before` is the id after which a page goes on, newest first."""

    status: str | None = None
    rma: str | None = None
    order_id: str | None = None
    before: str | None = None

    def conditions(self) -> Iterable[tuple[str, str | None]]:
        """By name."""
        return (
            ("status", self.status),
            ("rma", self.rma),
            ("order_id", self.order_id),
            ("before", self.before),
        )


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """Some returns, newest first, and the id where the next page goes on."""

    items: Sequence[Return]
    last: str | None


class Queries(Protocol):
    """Answered from rows, without aggregates where it can be."""

    async def order(self, order_id: str, by: Principal) -> Order:
        """One order; `NotFound`, also for another customer's."""
        ...

    async def orders_by_number(self, number: str, by: Principal) -> Mapping[str, Any]:
        """The orders with this number: one a storefront at the most."""
        ...

    async def return_(self, return_id: str, by: Principal) -> Return:
        """One return; `NotFound`, also for another customer's."""
        ...

    async def returns(self, wanted: ReturnFilter, by: Principal, *, limit: int) -> ReturnPage:
        """Returns, newest first; a customer's own only."""
        ...

    async def story(self, return_id: str, by: Principal) -> tuple[Return, Sequence[Step]]:
        """A return and every step of it, in order. `NotFound`."""
        ...

    async def asked_since(self, since: datetime, *, limit: int) -> Sequence[PastRequest]:
        """What was asked for since then, the newest first."""
        ...

    async def due(self, at: datetime, *, limit: int) -> Sequence[str]:
        """Ids of returns with a deadline that has passed, the longest first."""
        ...
