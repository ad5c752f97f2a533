"""What the jobs and the lists of the bench are given: nothing that is done, the longest waiting first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from service_inspection.adapters.inspection.discrepancy_rows import DiscrepancyRows
from service_inspection.adapters.inspection.inspection_rows import InspectionRows
from service_inspection.adapters.queries import SqlQueries
from service_inspection.adapters.receiving.scan_rows import ScanRows
from service_inspection.adapters.tables import common, metadata
from service_inspection.application.queries import ReceiptFilter
from service_inspection.domain.inspection.discrepancy import Discrepancy, DiscrepancyKind, DiscrepancyState
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.receiving.scan import Kind, Outcome, Scan
from shared.database.database import Database
from shared.database.work import Work
from tests.conftest import Engines
from tests.unit.inspection.builders import (
    AT,
    DUE,
    SCANNED,
    a_receipt,
    an_inspection,
    inspected_pieces,
    take,
)


@pytest.fixture
async def database(engines: Engines) -> Database:
    return await engines.fresh(metadata, common, word="inspection")


async def save(database: Database, *things: ReturnInspection | Discrepancy | Scan) -> None:
    """Keep these in their tables, each in a commit of its own."""
    for thing in things:
        work = Work()
        if isinstance(thing, Scan):
            ScanRows(database.reader, work).keep(thing)
        else:
            mapper: Any = InspectionRows() if isinstance(thing, ReturnInspection) else DiscrepancyRows()
            root, writes = mapper.save(thing)
            work.roots.append(root)
            work.writes += writes
        await database.committer.commit(work)


def a_waiting_inspection(key: str, *, due_in: int, number: int) -> ReturnInspection:
    """One piece lies on it since some day; its result is due so many days after `DUE`."""
    inspection = an_inspection("X", id=key, rma=f"R000-000{number}")
    take(inspection, a_receipt("X"), due=DUE + timedelta(days=due_in))
    return inspection


async def test_what_is_overdue_is_found_the_longest_first_and_what_was_noticed_never_again(database: Database) -> None:
    """G06: so many that were noticed do not hide one that was not."""
    noticed = [a_waiting_inspection(f"ret_{n}", due_in=0, number=n) for n in (1, 2)]
    for inspection in noticed:
        assert inspection.notice_overdue(DUE + timedelta(hours=1))
    later = a_waiting_inspection("ret_3", due_in=3, number=3)
    sooner = a_waiting_inspection("ret_4", due_in=1, number=4)
    between = a_waiting_inspection("ret_7", due_in=2, number=7)
    not_yet = a_waiting_inspection("ret_5", due_in=8, number=5)
    await save(database, *noticed, later, sooner, between, not_yet, an_inspection("X", id="ret_6", rma="R000-0006"))
    queries = SqlQueries(database.reader)
    now = DUE + timedelta(days=4)
    assert await queries.due(now, 10) == ["ret_4", "ret_7", "ret_3"]
    assert await queries.due(now, 1) == ["ret_4"]


async def test_a_noticed_inspection_is_read_as_noticed(database: Database) -> None:
    """The deadline was missed on one day and noticed on another."""
    inspection = a_waiting_inspection("ret_1", due_in=0, number=1)
    noticed_at = DUE + timedelta(days=2)
    inspection.notice_overdue(noticed_at)
    await save(database, inspection)
    found = await InspectionRows().load(database.reader, "ret_1")
    assert found is not None
    assert (found.overdue_at, found.inspect_by, found.created_at) == (noticed_at, DUE, inspection.created_at)
    assert not found.notice_overdue(noticed_at + timedelta(days=1))
    queries = SqlQueries(database.reader)
    await save(database, a_waiting_inspection("ret_2", due_in=5, number=2))
    for overdue, keys in ((True, ["ret_1"]), (False, ["ret_2"]), (None, ["ret_2", "ret_1"])):
        page = await queries.inspections(waits=None, overdue=overdue, rma=None, cursor=None, limit=9)
        assert [row["id"] for row in page["items"]] == keys


async def test_only_a_return_with_a_waiting_post_is_matched_and_once_a_round(database: Database) -> None:
    """I-21: posts that were matched long ago, and posts of nobody, take nobody's place."""
    matched = [
        replace(a_receipt("X", rma=f"R000-000{n}"), id=f"rcp_{n}").matched(f"ret_{n}", (), ()) for n in (1, 2, 3)
    ]
    waiting = [a_receipt("X", rma="r000 0004") for _ in range(2)]
    await save(database, *(a_waiting_inspection(f"ret_{n}", due_in=0, number=n) for n in (1, 2, 3, 4)))
    await save(database, *matched, *waiting, a_receipt("X", rma="R000-0009"), a_receipt("X", rma="???"))
    queries = SqlQueries(database.reader)
    assert await queries.with_waiting_scans(10) == ["ret_4"]
    assert await queries.with_waiting_scans(1) == ["ret_4"]


async def test_posts_that_wait_are_counted_in_the_order_in_which_they_came_and_never_again(database: Database) -> None:
    """F06: by our own time; the devices' clocks say the opposite."""
    late, early, done = (
        replace(
            a_receipt("X", rma="R000-0001"),
            id=f"rcp_{number}",
            posted_at=AT + timedelta(minutes=minutes),
            scanned_at=SCANNED - timedelta(minutes=minutes),
        )
        for number, minutes in ((1, 9), (2, 3), (3, 1))
    )
    await save(database, late, early, done.matched("ret_1", ("A",), ()))
    found = await ScanRows(database.reader, Work()).unidentified("R0000001")
    assert [scan.id for scan in found] == ["rcp_2", "rcp_1"]
    assert found[1] == late


async def test_lists_hold_what_was_asked_for_and_nothing_else(database: Database) -> None:
    """Posts by kind, goods in quarantine by return and by state."""
    receipt, look = a_receipt("X"), inspected_pieces(("X", Outcome.PASSED))
    await save(database, receipt, look)
    queries = SqlQueries(database.reader)

    async def posts(kind: Kind | None) -> set[str]:
        return {scan.id for scan in (await queries.receipts(ReceiptFilter(kind=kind), None, 9))["items"]}

    assert await posts(Kind.RECEIPT) == {receipt.id}
    assert await posts(Kind.INSPECTION) == {look.id}
    assert await posts(None) == {receipt.id, look.id}
    apart = [
        Discrepancy(
            id=f"dsc_{n}",
            return_id=return_id,
            scan_id=f"rcp_{n}",
            warehouse="SHA1",
            kind=DiscrepancyKind.OVER,
            sku="X",
            quantity=n,
            opened_at=AT + timedelta(hours=n),
            state=state,
        )
        for n, return_id, state in (
            (1, "ret_1", DiscrepancyState.OPEN),
            (2, "ret_2", DiscrepancyState.OPEN),
            (3, "ret_1", DiscrepancyState.RESOLVED),
        )
    ]
    await save(database, *apart)

    async def goods(state: DiscrepancyState | None, return_id: str | None) -> Sequence[str]:
        return [each.id for each in (await queries.discrepancies(state, return_id, None, None, 9))["items"]]

    assert await goods(None, "ret_1") == ["dsc_3", "dsc_1"]
    assert await goods(DiscrepancyState.OPEN, "ret_1") == ["dsc_1"]
    assert await goods(DiscrepancyState.OPEN, None) == ["dsc_2", "dsc_1"]
