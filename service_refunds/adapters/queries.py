"""Queries that read rows straight into views."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pydantic_core import from_json
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
)

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
from service_refunds.application.queries import LedgerPeriod, RefundFilter
from service_refunds.domain.settlement.recovery import ACT_WITHIN
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.state import ENDS, State
from shared.contracts.feed_page import FeedPage
from shared.database.reader import Reader
from shared.kernel.errors import NO_CURSOR, Malformed, NotFound
from shared.kernel.principal import Kind, Principal
from shared.messaging.event_feed import FeedReader
from shared.runtime.clock import Clock

_ENTRIES: Final = (
    select(ledger_entries)
    .where(ledger_entries.c.order_id == bindparam("order_id"))
    .order_by(ledger_entries.c.at, ledger_entries.c.posting_id, ledger_entries.c.line)
)
_PLACE: Final = re.compile(r"([0-9T:.+-]{10,40})_(\d{1,4})_([A-Za-z0-9_:-]{1,120})", re.ASCII)
_RECOVER: Final = (
    select(refunds.c.id)
    .where(
        or_(
            and_(refunds.c.state == State.WAITING.value, refunds.c.due_at <= bindparam("now")),
            refunds.c.look_at <= bindparam("now"),
        )
    )
    .limit(bindparam("limit"))
)


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
        self._clock = clock
        self._rows = RefundRows(clock)
        self._feed = FeedReader(reader, finance_feed)
        self._by_states: dict[tuple[State, ...], Select[Any]] = {}

    async def refund(self, refund_id: str, by: Principal) -> Refund:
        found = await self._rows.load(self._reader, refund_id)
        if found is None or (by.kind is Kind.CUSTOMER and not _is_shown(found, by)):
            raise NotFound("refund")
        return found

    async def refunds(
        self, wanted: RefundFilter, by: Principal, *, cursor: str | None, limit: int
    ) -> Mapping[str, Any]:
        query = select(refunds).order_by(refunds.c.id.desc()).limit(limit + 1)
        if by.kind is Kind.CUSTOMER:
            query = query.where(refunds.c.customer_id == by.id, refunds.c.state != State.STOPPED.value)
        for condition in _conditions(wanted, self._clock()):
            query = query.where(condition)
        if cursor is not None:
            query = query.where(refunds.c.id < cursor)
        rows = await self._reader.rows(query)
        return _page([refund_of_row(row) for row in rows[:limit]], rows[limit - 1]["id"] if len(rows) > limit else None)

    async def ledger_sums(self, period: LedgerPeriod) -> Mapping[str, Any]:
        each = ledger_entries.c
        debit = func.sum(case((each.amount_minor > 0, each.amount_minor), else_=0))
        credit = func.sum(case((each.amount_minor < 0, -each.amount_minor), else_=0))
        query = (
            _of_period(select(each.currency, each.account, debit.label("debit"), credit.label("credit")), period)
            .group_by(each.currency, each.account)
            .order_by(each.currency, each.account)
        )
        currencies: dict[str, list[Mapping[str, Any]]] = {}
        for row in await self._reader.rows(query):
            moved = {"account": row["account"], "debit_minor": int(row["debit"]), "credit_minor": int(row["credit"])}
            currencies.setdefault(row["currency"], []).append(
                {**moved, "balance_minor": moved["debit_minor"] - moved["credit_minor"]}
            )
        return {
            "begins_at": period.begin,
            "ends_at": period.end,
            "currencies": [
                {
                    "currency": currency,
                    "accounts": accounts,
                    "sum_minor": sum(account["balance_minor"] for account in accounts),
                }
                for currency, accounts in currencies.items()
            ],
        }

    async def ledger_entries(self, period: LedgerPeriod, cursor: str | None, limit: int) -> Mapping[str, Any]:
        each, named = ledger_entries.c, refunds.c
        place = tuple_(each.at, each.posting_id, each.line)
        query = (
            _of_period(select(ledger_entries, named.order_number, named.storefront, named.return_id), period)
            .order_by(each.at, each.posting_id, each.line)
            .limit(limit + 1)
        )
        if cursor is not None:
            at, posting, line = _place_of(cursor)
            query = query.where(place > tuple_(literal(at, each.at.type), literal(posting), literal(line)))
        rows = await self._reader.rows(query)
        last = rows[limit - 1] if len(rows) > limit else None
        after = None if last is None else f"{last['at'].isoformat()}_{last['line']}_{last['posting_id']}"
        return _page([dict(row) for row in rows[:limit]], after)

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

    async def paid_twice(
        self,
        cursor: str | None,
        limit: int,
        *,
        closed: bool | None = None,
        order_id: str | None = None,
        noted_since: datetime | None = None,
        noted_before: datetime | None = None,
    ) -> Mapping[str, Any]:
        query = select(paid_twice).order_by(paid_twice.c.id.desc()).limit(limit + 1)
        if closed is not None:
            query = query.where(paid_twice.c.closed.is_not(None) if closed else paid_twice.c.closed.is_(None))
        if order_id is not None:
            query = query.where(paid_twice.c.order_id == order_id)
        if noted_since is not None:
            query = query.where(paid_twice.c.noted_at >= noted_since)
        if noted_before is not None:
            query = query.where(paid_twice.c.noted_at < noted_before)
        if cursor is not None:
            query = query.where(paid_twice.c.id < cursor)
        rows = await self._reader.rows(query)
        return _page([dict(row) for row in rows[:limit]], rows[limit - 1]["id"] if len(rows) > limit else None)

    async def feed(self, after: str | None, limit: int, by: Principal) -> FeedPage:
        page = await self._feed.page(after, limit)
        if by.storefront is None:
            return page
        return replace(page, bodies=await self._of_storefront(page.bodies, by.storefront))

    async def _of_storefront(self, bodies: Sequence[str], storefront: str) -> list[str]:
        named = [from_json(body)["data"].get("order_id") for body in bodies]
        known = await self._reader.rows(
            select(known_orders.c.id, known_orders.c.snapshot).where(
                known_orders.c.id.in_({each for each in named if each})
            )
        )
        own = {row["id"] for row in known if row["snapshot"].get("storefront") == storefront}
        return [body for body, order in zip(bodies, named, strict=True) if order in own]

    async def transfers(self, cursor: str | None, limit: int) -> Mapping[str, Any]:
        query = select(simulated_transfers).order_by(simulated_transfers.c.key.desc()).limit(limit + 1)
        if cursor is not None:
            query = query.where(simulated_transfers.c.key < cursor)
        rows = await self._reader.rows(query)
        return _page([dict(row) for row in rows[:limit]], rows[limit - 1]["key"] if len(rows) > limit else None)

    async def due(self, states: Sequence[State], now: datetime, limit: int) -> Sequence[str]:
        query = self._by_states.setdefault(tuple(states), _due(states))
        return [row["id"] for row in await self._reader.rows(query, now=now, limit=limit)]

    async def to_recover(self, now: datetime, limit: int) -> Sequence[str]:
        return [row["id"] for row in await self._reader.rows(_RECOVER, now=now, limit=limit)]


def _conditions(wanted: RefundFilter, now: datetime) -> Iterator[ColumnElement[bool]]:
    each = refunds.c
    for column, value in (
        (each.return_id, wanted.return_id),
        (each.order_id, wanted.order_id),
        (each.order_number, wanted.order_number),
        (each.storefront, wanted.storefront),
    ):
        if value is not None:
            yield column == value
    if wanted.states:
        yield each.state.in_([state.value for state in wanted.states])
    if wanted.remainder_open:
        yield each.remainder_open == 1
    yield from _moments(wanted, now)


def _moments(wanted: RefundFilter, now: datetime) -> Iterator[ColumnElement[bool]]:
    each = refunds.c
    if wanted.opened_since is not None:
        yield each.opened_at >= wanted.opened_since
    if wanted.opened_before is not None:
        yield each.opened_at < wanted.opened_before
    if wanted.updated_since is not None:
        yield each.updated_at >= wanted.updated_since
    if wanted.overdue or wanted.without_act:
        yield each.state.not_in([state.value for state in ENDS])
    if wanted.overdue:
        yield each.pay_by < now
    if wanted.without_act:
        yield each.waits_since <= now - ACT_WITHIN


def _of_period(query: Select[Any], period: LedgerPeriod) -> Select[Any]:
    """The entries of a period. A refund of which the storefront is not known belongs to none."""
    each = ledger_entries.c
    query = query.join_from(ledger_entries, refunds, refunds.c.id == each.refund_id)
    query = query.where(each.at >= period.begin, each.at < period.end)
    if period.currency is not None:
        query = query.where(each.currency == period.currency)
    return query if period.storefront is None else query.where(refunds.c.storefront == period.storefront)


def _place_of(cursor: str) -> tuple[datetime, str, int]:
    """The entry that a cursor of `ledger_entries` names. `Malformed`."""
    found = _PLACE.fullmatch(cursor)
    try:
        at = datetime.fromisoformat(found[1]) if found is not None else None
    except ValueError:
        at = None
    if found is None or at is None or at.tzinfo is None:
        raise Malformed(pointer="/query/cursor", reason=NO_CURSOR)
    return at, found[3], int(found[2])


def _is_shown(refund: Refund, customer: Principal) -> bool:
    """Whether the customer sees this refund. A stopped refund never was (Z01)."""
    return refund.terms.customer_id == customer.id and refund.state is not State.STOPPED


def _page(items: Sequence[Any], after: str | None) -> Mapping[str, Any]:
    return {"items": items, "next": after}
