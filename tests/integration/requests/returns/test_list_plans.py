"""Lists are read in the order of an index on both engines: no list sorts or reads the rows of all returns (N13)."""

import asyncio
import itertools
import re
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from benchmarks import lists
from service_requests.adapters.lists import orders_listing, returns_listing
from service_requests.adapters.tables import metadata
from service_requests.application.lists import FoundPlace, ListOrder, OrderFilter, ReturnFilter, SortedBy
from service_requests.application.returns.search import Search
from shared.database.row_storage import PAGE
from shared.kernel.principal import Kind, Principal, Role
from tests.integration.plans import Plans
from tests.integration.requests.conftest import AGENT, RequestsService

NOW: Final = datetime(2026, 11, 24, tzinfo=UTC)
BOUND: Final = Principal(Kind.SYSTEM, "key", frozenset({Role.STOREFRONT}), frozenset({"storefront:outlet"}))
AFTER: Final = FoundPlace(NOW, "ret_01JD0000000000000000000000")
INDEX: Final = {
    SortedBy.CREATED: "ix_returns_created_at",
    SortedBy.UPDATED: "ix_returns_updated_at",
    SortedBy.DUE: "ix_returns_promised_at",
}
IN_THE_INDEX: Final = {
    "nothing": ReturnFilter(),
    "status": ReturnFilter(status=("approved",)),
    "statuses": ReturnFilter(status=("approved", "shipped", "in_review")),
    "storefront": ReturnFilter(storefront="shop"),
    "in time": ReturnFilter(overdue=False, now=NOW),
    "created": ReturnFilter(created_since=NOW, created_before=NOW),
    "updated": ReturnFilter(updated_since=NOW, updated_before=NOW),
    "tag": ReturnFilter(tag="vip"),
    "together": ReturnFilter(tag="vip", storefront="outlet", status=("closed",), overdue=True, now=NOW),
}
"""What is answered from the index of the order, whatever it is."""

SORTED_BY_THE_INDEX: Final = ("nothing",)
"""Where no other index would do."""

BY_NAME: Final = {
    "ix_returns_customer_id": ReturnFilter(customer_id="anna"),
    "ix_returns_order_id": ReturnFilter(order_id="order_1"),
    "ix_orders_number": ReturnFilter(order_number="1001"),
    "ix_returns_external_reference": ReturnFilter(external_reference="ERP-1"),
    "uq_returns_rma": ReturnFilter(rma="RT-0000-0000-0"),
    "return_parcels": ReturnFilter(search=Search.of("JD0146")),
}
"""What is found by an index of its own: a few rows, which are sorted."""

ORDERS: Final = {
    "ix_orders_created_at": OrderFilter(),
    "ix_orders_number": OrderFilter(number="#1001"),
    "ix_orders_customer_id": OrderFilter(customer_id="anna"),
    "ix_orders_storefront": OrderFilter(storefront="tiny"),
}


@pytest.fixture
async def filled(requests_service: RequestsService, mode: str) -> Plans:
    """A service with some thousand returns of several kB, and an engine that knows that."""
    order = await requests_service.order()
    asked = await requests_service.request(order)
    reader: Any = requests_service.service.database.reader
    tables = metadata.tables
    (order_row,) = await reader.load(tables["orders"], "id", order["id"])
    (return_row,) = await reader.load(tables["returns"], "id", asked["id"])
    rows = lists.Rows(order_row, return_row, 3000)
    engine: Any = requests_service.service.database.engine
    if mode == "embedded":
        await asyncio.to_thread(lists.fill_sqlite, engine.path, rows)
    else:
        # as the migrations store a return: not moved out of the table
        await reader.ask(f"ALTER TABLE returns SET (toast_tuple_target = {PAGE})")
        await asyncio.to_thread(lists.fill_postgres, engine.url, rows)
    return Plans(reader, mode)


async def test_a_list_is_read_in_the_order_of_an_index(filled: Plans, mode: str) -> None:
    """N13: 100,000 returns have rows of several kB; an index has a hundredth of that. First page and deep page.

    Where a filter bounds another moment, that index may be read and its keys sorted.
    """
    only = "USING COVERING INDEX" if mode == "embedded" else "Index Only Scan"
    for by, after, newest_first, caller in itertools.product(SortedBy, (None, AFTER), (True, False), (AGENT, BOUND)):
        order = ListOrder(by=by, newest_first=newest_first, after=after)
        for name, chosen in IN_THE_INDEX.items():
            told = await filled.of(*returns_listing(chosen, order, caller, 50))
            read = re.search(rf"{only}.* (ix_returns_\w+)", told)
            assert read is not None, (name, order, told)
            assert read[1] in ({INDEX[by]} if name in SORTED_BY_THE_INDEX else INDEX.values()), (name, order, told)


async def test_a_name_is_looked_up_in_an_index(filled: Plans) -> None:
    """N13: nothing is searched by reading everything."""
    for index, by in itertools.product(BY_NAME, SortedBy):
        told = await filled.of(*returns_listing(BY_NAME[index], ListOrder(by=by), AGENT, 50))
        assert index in told, (by, told)
        assert "Seq Scan" not in told, (index, by, told)
        assert not re.search("SCAN (returns|orders)$", told, re.MULTILINE), (index, by, told)


async def test_a_list_of_orders_is_read_by_an_index(filled: Plans) -> None:
    """N13: the same for orders."""
    for index, chosen in ORDERS.items():
        assert index in await filled.of(*orders_listing(chosen, ListOrder(), AGENT, 50)), index
