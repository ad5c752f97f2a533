"""The queries of this service over the database."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, combinations
from typing import Any, Final

from sqlalchemy import Select, bindparam, select

from service_requests.adapters.orders.article_rows import ArticleRows
from service_requests.adapters.orders.order_fact_rows import OrderFactRows
from service_requests.adapters.orders.order_rows import OrderRows, read
from service_requests.adapters.orders.shop_rows import ShopRows, read_shop
from service_requests.adapters.returns import return_rows
from service_requests.adapters.returns.return_rows import ReturnRows
from service_requests.adapters.tables import orders, return_notes, return_steps, return_tags, returns, shops
from service_requests.application.orders.article import ArticleView
from service_requests.application.orders.order_reading import may_use
from service_requests.application.queries import ReturnFilter, ReturnPage
from service_requests.domain.eligibility.case_of_order import PastRequest
from service_requests.domain.orders.later_facts import OrderNow
from service_requests.domain.orders.shops.shop_connection import ShopConnection
from service_requests.domain.returns.annotations import StaffNote
from service_requests.domain.returns.requested_lines import requested_lines
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.timeline import Step
from shared.database.reader import Reader
from shared.kernel.errors import NotFound, Said
from shared.kernel.principal import Kind, Principal
from shared.kernel.written import same_code

_BY_NUMBER = select(orders).where(orders.c.number == bindparam("number")).order_by(orders.c.id).limit(50)

_SHOPS = select(shops).order_by(shops.c.id).limit(500)

_DUE = (
    select(returns.c.id).where(returns.c.due_at <= bindparam("at")).order_by(returns.c.due_at).limit(bindparam("limit"))
)

_CONDITIONS: Final = {
    "status": returns.c.status == bindparam("status"),
    "rma": returns.c.rma == bindparam("rma"),
    "order_id": returns.c.order_id == bindparam("order_id"),
    "customer_id": returns.c.customer_id == bindparam("customer_id"),
    "external_reference": returns.c.external_reference == bindparam("external_reference"),
    "tag": returns.c.id.in_(select(return_tags.c.return_id).where(return_tags.c.tag == bindparam("tag"))),
    "storefront": returns.c.order_id.in_(select(orders.c.id).where(orders.c.storefront == bindparam("storefront"))),
    "before": returns.c.id < bindparam("before"),
}


def _listing(names: Sequence[str]) -> Select[Any]:
    listing = select(returns).where(*(_CONDITIONS[name] for name in names))
    return listing.order_by(returns.c.id.desc()).limit(bindparam("limit"))


_LISTINGS: Final[Mapping[frozenset[str], Select[Any]]] = {
    frozenset(names): _listing(names)
    for names in chain.from_iterable(combinations(_CONDITIONS, size) for size in range(len(_CONDITIONS) + 1))
}
"""One prepared statement for each set of conditions."""


def may_see(principal: Principal, customer_id: str) -> bool:
    """A customer sees only her own rows. The gateway decides which other callers may ask."""
    return principal.kind is not Kind.CUSTOMER or principal.id == customer_id


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

    async def orders_by_number(self, number: str, by: Principal) -> Sequence[OrderNow]:
        snapshots = [read(row) for row in await self.reader.rows(_BY_NUMBER, number=number)]
        facts = await asyncio.gather(*(OrderFactRows().load(self.reader, each.id) for each in snapshots))
        found = [OrderNow.of(snapshot, later) for snapshot, later in zip(snapshots, facts, strict=True)]
        return [now for now in found if may_use(by, now.order)]

    async def shop(self, shop_id: str) -> ShopConnection | None:
        return await ShopRows().load(self.reader, shop_id)

    async def shops(self) -> Sequence[ShopConnection]:
        return [read_shop(row) for row in await self.reader.rows(_SHOPS)]

    async def return_(self, return_id: str, by: Principal) -> Return:
        return_ = await ReturnRows(by.actor).load(self.reader, return_id)
        if return_ is None or not may_see(by, return_.order.customer_id):
            raise NotFound("return")
        if by.storefront is not None:
            order = await OrderRows().load(self.reader, return_.order.id)
            if order is None or not may_use(by, order):
                raise NotFound("return")
        return return_

    async def returns(self, chosen: ReturnFilter, by: Principal, *, limit: int) -> ReturnPage:
        given = {name: value for name, value in chosen.conditions() if value is not None}
        if by.kind is Kind.CUSTOMER:
            given["customer_id"] = by.id
        if by.storefront is not None:
            given["storefront"] = by.storefront
        rows = await self.reader.rows(_LISTINGS[frozenset(given)], **given, limit=limit + 1)
        found = [return_rows.read(row) for row in rows[:limit]]
        return ReturnPage(found, found[-1].id if len(rows) > limit else None)

    async def timeline(self, return_id: str, by: Principal) -> tuple[Return, Sequence[Step]]:
        found = await self.return_(return_id, by)
        rows = await self.reader.load(return_steps, "return_id", return_id)
        steps = [Step(row["number"], row["code"], Said(**row["says"]), row["actor"], row["at"]) for row in rows]
        return found, steps

    async def notes(self, return_id: str, by: Principal) -> Sequence[StaffNote]:
        found = await self.return_(return_id, by)
        rows = await self.reader.load(return_notes, "return_id", found.id)
        notes = [StaffNote(row["number"], row["text"], row["by"], row["at"]) for row in rows]
        return sorted(notes, key=lambda note: note.number)

    async def requests_since(self, since: datetime, *, limit: int) -> Sequence[PastRequest]:
        rows = await self.reader.rows(_LISTINGS[frozenset()], limit=limit)
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
