"""The queries of this service; a customer sees only her own data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from service_requests.application.lists import (
    ListOrder,
    OrderFilter,
    OrderPage,
    ReturnEventFilter,
    ReturnFilter,
    ReturnPage,
)
from service_requests.application.orders.article import ArticleView
from service_requests.domain.eligibility.case_of_order import PastRequest
from service_requests.domain.orders.later_facts import OrderNow
from service_requests.domain.orders.shops.shop_connection import ShopConnection
from service_requests.domain.returns.annotations import StaffNote
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.timeline import Step
from shared.contracts.feed_page import FeedPage
from shared.kernel.principal import Principal


class Queries(Protocol):
    """Reads rows, without a unit of work."""

    async def order(self, order_id: str, by: Principal) -> OrderNow:
        """One order as it stands; `NotFound`, also for another customer's."""
        ...

    async def article(self, sku: str) -> ArticleView:
        """An article, by its SKU in any case. `NotFound`."""
        ...

    async def orders(self, chosen: OrderFilter, order: ListOrder, by: Principal, *, limit: int) -> OrderPage:
        """A page of orders; a customer's own only, and of one storefront only for a system that is bound to it."""
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

    async def returns(self, chosen: ReturnFilter, order: ListOrder, by: Principal, *, limit: int) -> ReturnPage:
        """A page of returns; a customer's own only, and of one storefront only for a system that is bound to it."""
        ...

    async def return_events(self, after: str | None, limit: int, chosen: ReturnEventFilter, by: Principal) -> FeedPage:
        """Published events behind a position or an event id. `Malformed` for a cursor that is neither, `FeedExpired`.

        A system that is bound to a storefront gets only the events of that storefront's returns.
        """
        ...

    async def timeline(self, return_id: str, by: Principal) -> tuple[Return, Sequence[Step]]:
        """A return and every step of it, in order. `NotFound`."""
        ...

    async def steps(self, of: Return) -> Sequence[Step]:
        """Every step of a return that was read before, in order. Calls at the same time share one query."""
        ...

    async def notes(self, of: Return) -> Sequence[StaffNote]:
        """The notes of staff on a return that was read before, the oldest first. Calls share one query, too."""
        ...

    async def requests_since(self, since: datetime, *, limit: int) -> Sequence[PastRequest]:
        """The requests since that moment, the newest first."""
        ...

    async def due(self, at: datetime, *, limit: int) -> Sequence[str]:
        """Ids of returns with a deadline that has passed, the longest first."""
        ...
