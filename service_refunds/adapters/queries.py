"""Queries that read rows straight into views."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pydantic_core import from_json
from sqlalchemy import Select, bindparam, func, or_, select

from service_refunds.adapters.settlement.refund_rows import RefundRows, refund_of_row
from service_refunds.adapters.tables import (
    balances,
    finance_feed,
    known_orders,
    ledger_entries,
    paid_twice,
    refunds,
    simulated_transfers,
)
from service_refunds.application.queries import FeedPage
from service_refunds.domain.settlement.refund import Refund, State
from shared.database.reader import Reader
from shared.kernel.errors import Malformed, NotFound, Said
from shared.kernel.principal import Kind, Principal
from shared.runtime.clock import Clock

NO_POSITION: Final = Said(
    "`after` takes the `next` of an answer, unchanged, or the id of a published event.",
    "`after` 须为上次响应中的 `next`（原样），或某个已发布事件的 id。",
)
_FEED: Final = (
    select(finance_feed)
    .where(finance_feed.c.position > bindparam("after"))
    .order_by(finance_feed.c.position)
    .limit(bindparam("limit"))
)
_ENTRIES: Final = (
    select(ledger_entries)
    .where(ledger_entries.c.order_id == bindparam("order_id"))
    .order_by(ledger_entries.c.at, ledger_entries.c.posting_id, ledger_entries.c.line)
)
_LAST: Final = select(func.coalesce(func.max(finance_feed.c.position), 0).label("position"))


def _due(states: Sequence[State]) -> Select[Any]:
    return (
        select(refunds.c.id)
        .where(or_(*(refunds.c.state == state.value for state in states)), refunds.c.due_at <= bindparam("now"))
        .order_by(refunds.c.due_at, refunds.c.id)
        .limit(bindparam("limit"))
    )


class SqlQueries:
    def __init__(self, reader: Reader, clock: Clock) -> None:
        self._reader = reader
        self._rows = RefundRows(clock)
        self._by_states: dict[tuple[State, ...], Select[Any]] = {}

    async def refund(self, refund_id: str, by: Principal) -> Refund:
        found = await self._rows.load(self._reader, refund_id)
        if found is None or (by.kind is Kind.CUSTOMER and not _is_shown(found, by)):
            raise NotFound("refund")
        return found

    async def refunds(
        self,
        by: Principal,
        *,
        return_id: str | None,
        states: Sequence[State],
        remainder_open: bool = False,
        cursor: str | None,
        limit: int,
    ) -> Mapping[str, Any]:
        query = select(refunds).order_by(refunds.c.id.desc()).limit(limit + 1)
        if by.kind is Kind.CUSTOMER:
            query = query.where(refunds.c.customer_id == by.id, refunds.c.state != State.STOPPED.value)
        if remainder_open:
            query = query.where(refunds.c.remainder_open == 1)
        if return_id is not None:
            query = query.where(refunds.c.return_id == return_id)
        if states:
            query = query.where(refunds.c.state.in_([state.value for state in states]))
        if cursor is not None:
            query = query.where(refunds.c.id < cursor)
        rows = await self._reader.rows(query)
        return _page([refund_of_row(row) for row in rows[:limit]], rows[limit - 1]["id"] if len(rows) > limit else None)

    async def ledger(self, order_id: str) -> Mapping[str, Any]:
        order = await self._reader.load(known_orders, "id", order_id)
        if not order:
            raise NotFound("order")
        guards = await self._reader.load(balances, "order_id", order_id)
        entries = await self._reader.rows(_ENTRIES, order_id=order_id)
        accounts: dict[str, int] = {}
        for entry in entries:
            accounts[entry["account"]] = accounts.get(entry["account"], 0) + entry["amount_minor"]
        return {
            "order_id": order_id,
            "currency": order[0]["currency"],
            "balances": [
                {**row, "available_minor": row["cap_minor"] - row["reserved_minor"] - row["settled_minor"]}
                for row in guards
            ],
            "accounts": [{"account": account, "balance_minor": minor} for account, minor in sorted(accounts.items())],
            "entries": [dict(entry) for entry in entries],
            "sum_minor": sum(accounts.values()),
        }

    async def paid_twice(self, cursor: str | None, limit: int, *, closed: bool | None = None) -> Mapping[str, Any]:
        query = select(paid_twice).order_by(paid_twice.c.id.desc()).limit(limit + 1)
        if closed is not None:
            query = query.where(paid_twice.c.closed.is_not(None) if closed else paid_twice.c.closed.is_(None))
        if cursor is not None:
            query = query.where(paid_twice.c.id < cursor)
        rows = await self._reader.rows(query)
        return _page([dict(row) for row in rows[:limit]], rows[limit - 1]["id"] if len(rows) > limit else None)

    async def feed(self, after: str | None, limit: int, by: Principal) -> FeedPage:
        position = await self._position(after)
        rows = await self._reader.rows(_FEED, after=position, limit=limit)
        last = rows[-1]["position"] if rows else position
        bodies = [row["body"] for row in rows]
        if by.storefront is not None:
            bodies = await self._of_storefront(bodies, by.storefront)
        return FeedPage(bodies, str(last), more=len(rows) == limit)

    async def _of_storefront(self, bodies: Sequence[str], storefront: str) -> list[str]:
        named = [from_json(body)["data"].get("order_id") for body in bodies]
        known = await self._reader.rows(
            select(known_orders.c.id, known_orders.c.snapshot).where(
                known_orders.c.id.in_({each for each in named if each})
            )
        )
        own = {row["id"] for row in known if row["snapshot"].get("storefront") == storefront}
        return [body for body, order in zip(bodies, named, strict=True) if order in own]

    async def _position(self, after: str | None) -> int:
        if after is None:
            return 0
        if after.isascii() and after.isdigit():
            position = int(after)
            if position <= (await self._reader.rows(_LAST))[0]["position"]:
                return position
        else:
            rows = await self._reader.load(finance_feed, "event_id", after)
            if rows:
                return int(rows[0]["position"])
        raise Malformed(pointer="/query/after", reason=NO_POSITION)

    async def transfers(self, cursor: str | None, limit: int) -> Mapping[str, Any]:
        query = select(simulated_transfers).order_by(simulated_transfers.c.key.desc()).limit(limit + 1)
        if cursor is not None:
            query = query.where(simulated_transfers.c.key < cursor)
        rows = await self._reader.rows(query)
        return _page([dict(row) for row in rows[:limit]], rows[limit - 1]["key"] if len(rows) > limit else None)

    async def due(self, states: Sequence[State], now: datetime, limit: int) -> Sequence[str]:
        query = self._by_states.setdefault(tuple(states), _due(states))
        return [row["id"] for row in await self._reader.rows(query, now=now, limit=limit)]


def _is_shown(refund: Refund, customer: Principal) -> bool:
    """Whether the customer sees this refund. A stopped refund never was (Z01)."""
    return refund.terms.customer_id == customer.id and refund.state is not State.STOPPED


def _page(items: Sequence[Any], after: str | None) -> Mapping[str, Any]:
    return {"items": items, "next": after}
