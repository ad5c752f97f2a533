"""What the watch and the trial of a policy are given, and how a return comes back from its row."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service_requests.adapters.orders.order_rows import OrderRows
from service_requests.adapters.queries import SqlQueries
from service_requests.adapters.returns.return_rows import ReturnRows, after_save
from service_requests.adapters.tables import common, metadata
from service_requests.domain.orders.order import Order
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.unit import ReturnUnit
from shared.database.database import Database
from shared.database.work import Work
from shared.runtime.clock import new_id
from tests.conftest import Engines
from tests.unit.requests.builders import (
    NOON,
    RMA,
    a_parcel,
    a_refund,
    a_requested_line,
    a_return,
    an_approved_return,
    an_assessment,
    an_order,
)


@pytest.fixture
async def database(engines: Engines) -> Database:
    return await engines.fresh(metadata, common, word="requests")


async def save(database: Database, *things: Return | Order) -> None:
    for thing in things:
        mapper = ReturnRows("staff:li") if isinstance(thing, Return) else OrderRows()
        root, writes = mapper.save(thing)  # type: ignore[arg-type]  # each has its own mapper
        await database.committer.commit(Work(roots=[root], writes=list(writes)))


def named(made: Return, order: str) -> Return:
    """The same under ids of its own, for an order of its own."""
    units = [
        ReturnUnit(id=new_id("unit"), line_id=unit.line_id, place=unit.place, unit_no=unit.unit_no)
        for unit in made.units
    ]
    rma = None if made.rma is None else f"RT-{order}"
    return replace(
        made,
        id=new_id("ret"),
        order=replace(made.order, id=order),
        units=units,
        rma=rma,
        events=list(made.events),
    )


def in_review(days: int, order: str) -> Return:
    """Put before a person so many days after noon."""
    made = a_return()
    at = NOON + timedelta(days=days)
    made.request(an_assessment(a_requested_line(reason="unsafe"), at=at), at=at, rma=RMA)
    return named(made, order)


async def test_what_is_due_is_found_the_longest_first_and_what_was_said_never_again(database: Database) -> None:
    """D06, R2.1: a hundred that are known to be late do not hide one that is not."""
    said = in_review(0, "order_1")
    assert said.promises.decide_by is not None
    said.fall_due(at=said.promises.decide_by)
    late, later = in_review(9, "order_2"), in_review(1, "order_3")
    never_sent = named(an_approved_return(), "order_4")
    await save(database, said, late, later, never_sent)
    queries = SqlQueries(database.reader)
    assert await queries.due(NOON + timedelta(days=40), limit=9) == [later.id, late.id, never_sent.id]
    assert await queries.due(NOON + timedelta(days=40), limit=1) == [later.id]
    assert await queries.due(NOON + timedelta(days=5), limit=9) == [later.id]
    assert await queries.due(NOON, limit=9) == []


async def test_a_return_comes_back_as_it_was_kept(database: Database) -> None:
    """Parcels, refunds, reminders, notes: every moment and amount another one."""
    found = named(an_approved_return(), "order_1")
    one, two = (unit.id for unit in found.units)
    found.ship(a_parcel("P1-1"), [one])
    found.receive([one], inspect_by=NOON + timedelta(days=2), at=NOON + timedelta(days=1))
    found.record_inspection([(one, True)], at=NOON + timedelta(days=3))
    found.record_refund_opened(a_refund("rfd_1", one, pay_in=15), at=NOON + timedelta(days=4))
    found.record_refund_settled("rfd_1", at=NOON + timedelta(days=5))
    found.message_sent("refund_settled", "email", "rfd_1", at=NOON + timedelta(days=6))
    found.message_failed("goods_received", "email", at=NOON + timedelta(days=7))
    review = in_review(2, "order_2")
    await save(database, found, review)
    for kept in (found, review):
        after_save(kept)
        kept.version = 1
        assert await ReturnRows("staff:li").load(database.reader, kept.id) == kept
    assert two in found.held


async def test_a_policy_is_tried_on_what_was_asked_since_a_day_and_no_earlier(database: Database) -> None:
    """B16: each return with its own order, the newest first."""
    orders = [an_order(id=new_id("order"), number=f"N-{n}", customer_id=f"cus-{n}") for n in (1, 2, 3)]
    returns = [
        named(replace(an_approved_return(), created_at=NOON - timedelta(days=30 * (2 - n))), order.id)
        for n, order in enumerate(orders)
    ]
    await save(database, *orders, *returns)
    queries = SqlQueries(database.reader)
    since = NOON - timedelta(days=31)
    found = await queries.requests_since(since, limit=9)
    told = [(each.name, each.order.customer_id) for each in found]
    assert told == [(returns[2].id, "cus-3"), (returns[1].id, "cus-2")]
    assert [each.name for each in await queries.requests_since(since, limit=1)] == [returns[2].id]
