"""The queries of this service over the database."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from service_requests.adapters.lists import SORTED, orders_listing, return_event_filters, returns_listing
from service_requests.adapters.orders.article_rows import ArticleRows
from service_requests.adapters.orders.order_fact_rows import OrderFactRows
from service_requests.adapters.orders.order_rows import OrderRows, read
from service_requests.adapters.orders.shop_rows import ShopRows, read_shop
from service_requests.adapters.returns import return_rows
from service_requests.adapters.returns.return_rows import ReturnRows
from service_requests.adapters.tables import return_feed, return_notes, return_steps, returns, shops
from service_requests.application.lists import (
    FoundPlace,
    ListOrder,
    OrderFilter,
    OrderPage,
    ReturnEventFilter,
    ReturnFilter,
    ReturnPage,
)
from service_requests.application.orders.article import ArticleView
from service_requests.application.orders.order_reading import may_use
from service_requests.domain.eligibility.case_of_order import PastRequest
from service_requests.domain.orders.later_facts import OrderNow
from service_requests.domain.orders.shops.shop_connection import ShopConnection
from service_requests.domain.returns.annotations import StaffNote
from service_requests.domain.returns.requested_lines import requested_lines
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.timeline import Step, in_order
from shared.contracts.feed_page import FeedPage
from shared.database.reader import Reader
from shared.kernel.errors import NotFound, Said
from shared.kernel.principal import Kind, Principal
from shared.kernel.written import same_code
from shared.messaging.event_feed import FeedReader

_SHOPS = select(shops).order_by(shops.c.id).limit(500)

_DUE = (
    select(returns.c.id).where(returns.c.due_at <= bindparam("at")).order_by(returns.c.due_at).limit(bindparam("limit"))
)

_NEWEST = select(returns).order_by(returns.c.created_at.desc(), returns.c.id.desc()).limit(bindparam("limit"))


def may_see(principal: Principal, customer_id: str) -> bool:
    """A customer sees only her own rows. The gateway decides which other callers may ask."""
    return principal.kind is not Kind.CUSTOMER or principal.id == customer_id


def _step(row: Mapping[str, Any]) -> Step:
    staff = None if row["staff"] is None else Said(**row["staff"])
    return Step(
        number=row["number"],
        code=row["code"],
        says=Said(**row["says"]),
        by=row["actor"],
        at=row["at"],
        staff=staff,
    )


@dataclass(frozen=True, slots=True)
class SqlQueries:
    reader: Reader

    async def order(self, order_id: str, by: Principal) -> OrderNow:
        snapshot, facts = await asyncio.gather(
            OrderRows().load(self.reader, order_id), OrderFactRows().load(self.reader, order_id)
        )
        if snapshot is None or not may_use(by, (now := OrderNow.of(snapshot, facts)).order):
            raise NotFound("order")
        return now

    async def article(self, sku: str) -> ArticleView:
        article = await ArticleRows().load(self.reader, same_code(sku))
        if article is None:
            raise NotFound("article")
        return ArticleView.of(article)

    async def orders(self, chosen: OrderFilter, order: ListOrder, by: Principal, *, limit: int) -> OrderPage:
        statement, values = orders_listing(chosen, order, by, limit)
        rows = await self.reader.search(statement, **values)
        snapshots = [read(row) for row in rows[:limit]]
        facts = await asyncio.gather(*(OrderFactRows().load(self.reader, each.id) for each in snapshots))
        listed = [OrderNow.of(snapshot, later) for snapshot, later in zip(snapshots, facts, strict=True)]
        found = [now for now in listed if may_use(by, now.order)]
        last = FoundPlace(rows[limit - 1]["created_at"], rows[limit - 1]["id"]) if len(rows) > limit else None
        return OrderPage(found, last)

    async def shop(self, shop_id: str) -> ShopConnection | None:
        return await ShopRows().load(self.reader, shop_id)

    async def shops(self) -> Sequence[ShopConnection]:
        return [read_shop(row) for row in await self.reader.rows(_SHOPS)]

    async def return_(self, return_id: str, by: Principal) -> Return:
        return_ = await ReturnRows(by.actor).load(self.reader, return_id)
        if return_ is None or not may_see(by, return_.order.customer_id):
            raise NotFound("return")
        if by.storefront is not None and by.storefront != return_.order.storefront:
            order = await OrderRows().load(self.reader, return_.order.id)
            if order is None or not may_use(by, order):
                raise NotFound("return")
        return return_

    async def returns(self, chosen: ReturnFilter, order: ListOrder, by: Principal, *, limit: int) -> ReturnPage:
        statement, values = returns_listing(chosen, order, by, limit)
        rows = await self.reader.search(statement, **values)
        found = [return_rows.read(row) for row in rows[:limit]]
        last = FoundPlace(rows[limit - 1][SORTED[order.by]], rows[limit - 1]["id"]) if len(rows) > limit else None
        return ReturnPage(found, last)

    async def return_events(self, after: str | None, limit: int, chosen: ReturnEventFilter, by: Principal) -> FeedPage:
        feed = FeedReader(self.reader, return_feed, expires=True)
        return await feed.page(after, limit, *return_event_filters(chosen, by))

    async def timeline(self, return_id: str, by: Principal) -> tuple[Return, Sequence[Step]]:
        found = await self.return_(return_id, by)
        return found, await self.steps(found)

    async def steps(self, of: Return) -> Sequence[Step]:
        rows = await self.reader.load(return_steps, "return_id", of.id)
        return in_order(_step(row) for row in rows)

    async def notes(self, of: Return) -> Sequence[StaffNote]:
        rows = await self.reader.load(return_notes, "return_id", of.id)
        notes = [StaffNote(row["number"], row["text"], row["by"], row["at"]) for row in rows]
        return sorted(notes, key=lambda note: note.number)

    async def requests_since(self, since: datetime, *, limit: int) -> Sequence[PastRequest]:
        rows = await self.reader.rows(_NEWEST, limit=limit)
        found = [return_rows.read(row) for row in rows if row["created_at"] >= since]
        snapshots = await asyncio.gather(*(OrderRows().load(self.reader, each.order.id) for each in found))
        facts = await asyncio.gather(*(OrderFactRows().load(self.reader, each.order.id) for each in found))
        return [
            PastRequest(
                each.id,
                OrderNow.of(snapshot, later).as_of(each.order.known_facts),
                requested_lines(each),
                each.created_at,
                each.review.goodwill,
            )
            for each, snapshot, later in zip(found, snapshots, facts, strict=True)
            if snapshot is not None
        ]

    async def due(self, at: datetime, *, limit: int) -> Sequence[str]:
        return [row["id"] for row in await self.reader.rows(_DUE, at=at, limit=limit)]
