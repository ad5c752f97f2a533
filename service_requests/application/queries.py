"""The queries of this service; a customer sees only her own data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from service_requests.application.orders.article import ArticleView
from service_requests.domain.eligibility.case_of_order import PastRequest
from service_requests.domain.orders.later_facts import OrderNow
from service_requests.domain.orders.shops.shop_connection import ShopConnection
from service_requests.domain.returns.annotations import StaffNote
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.timeline import Step
from shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFilter:
    """The filter of a list of returns; the list is newest first and begins after the id `before`."""

    status: str | None = None
    rma: str | None = None
    order_id: str | None = None
    before: str | None = None
    external_reference: str | None = None
    tag: str | None = None

    def conditions(self) -> Iterable[tuple[str, str | None]]:
        """The conditions by name."""
        return (
            ("status", self.status),
            ("rma", self.rma),
            ("order_id", self.order_id),
            ("before", self.before),
            ("external_reference", self.external_reference),
            ("tag", self.tag),
        )


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """Some returns, newest first, and the id after which the next page begins."""

    items: Sequence[Return]
    last: str | None


class Queries(Protocol):
    """Reads rows, without a unit of work."""

    async def order(self, order_id: str, by: Principal) -> OrderNow:
        """One order as it stands; `NotFound`, also for another customer's."""
        ...

    async def article(self, sku: str) -> ArticleView:
        """An article, by its SKU in any case. `NotFound`."""
        ...

    async def orders_by_number(self, number: str, by: Principal) -> Sequence[OrderNow]:
        """The orders with this number: at most one for each storefront."""
        ...

    async def shop(self, shop_id: str) -> ShopConnection | None:
        """The connection of a shop."""
        ...

    async def shops(self) -> Sequence[ShopConnection]:
        """Every connection, by name."""
        ...

    async def return_(self, return_id: str, by: Principal) -> Return:
        """One return; `NotFound`, also for another customer's."""
        ...

    async def returns(self, chosen: ReturnFilter, by: Principal, *, limit: int) -> ReturnPage:
        """Returns, newest first; a customer's own only."""
        ...

    async def timeline(self, return_id: str, by: Principal) -> tuple[Return, Sequence[Step]]:
        """A return and every step of it, in order. `NotFound`."""
        ...

    async def notes(self, return_id: str, by: Principal) -> Sequence[StaffNote]:
        """The notes of staff on a return, the oldest first. `NotFound`."""
        ...

    async def requests_since(self, since: datetime, *, limit: int) -> Sequence[PastRequest]:
        """The requests since that moment, the newest first."""
        ...

    async def due(self, at: datetime, *, limit: int) -> Sequence[str]:
        """Ids of returns with a deadline that has passed, the longest first."""
        ...
