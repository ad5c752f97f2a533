"""What the jobs ask every few seconds is answered by an index, however many posts, parcels and returns there are (Z21,
MEASURED).
"""

import asyncio
import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
import pytest
from sqlalchemy import Table

from service_inspection.adapters import queries
from service_inspection.adapters.tables import announced_parcels, benches, scans
from shared.contracts import events
from tests.integration.inspection.conftest import InspectionService
from tests.integration.plans import Plans

MANY: Final = 3000
COPIES: Final = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {many})
INSERT INTO {table} ({columns}) SELECT {values} FROM (SELECT * FROM {table} LIMIT 1) AS one, numbers
"""
WHOLE: Final = re.compile(r"Seq Scan on|SCAN (?!scans USING (COVERING )?INDEX ix_scans_of_nobody)")
"""A plan that reads every row of a table, or of an index that grows with the work that is done."""
OTHERS: Final[Mapping[Table, Mapping[str, str]]] = {
    scans: {
        "id": "id || '-' || n", "client_key": "client_key || '-' || n", "state": "'matched'",
        "match_key": "match_key || n",
    },
    benches: {"id": "id || '-' || n", "rma": "rma || n", "rma_key": "rma_key || n"},
    announced_parcels: {
        "id": "id || '-' || n", "return_id": "return_id || '-' || n", "tracking_key": "tracking_key || n",
    },
}  # fmt: skip
"""How the columns of a copy differ: posts that have found their return, other returns, other parcels."""
NOW: Final = datetime(2026, 12, 1, tzinfo=UTC)
ASKED: Final[Mapping[str, tuple[Any, Mapping[str, Any], Sequence[str]]]] = {
    "posts by number": (queries._MATCHABLE, {"most": 100}, ("ix_scans_of_nobody", "uq_benches_rma_key")),
    "posts by parcel": (
        queries._MATCHABLE_BY_PARCEL,
        {"most": 100},
        ("ix_scans_of_nobody", "ix_announced_parcels_tracking_key"),
    ),
    "late inspections": (queries._DUE, {"now": NOW, "most": 100}, ("ix_benches_inspect_by",)),
}


@pytest.fixture
async def plans(inspection_service: InspectionService, mode: str) -> Plans:
    """A service with thousands of posts that have found their return, and one that has not."""
    return_id = await inspection_service.approve("COAT-M")
    parcel = events.ReturnShipped(
        return_id=return_id, shipment_id="shp_1", carrier="sf", tracking_number="SF100", units=(f"{return_id}_0",)
    )
    await inspection_service.happen(parcel, return_id)
    posted = await inspection_service.scan("p-1", "COAT-M", rma="SF200")
    assert posted.status_code == 202, posted.text
    database: Any = inspection_service.service.database
    filling = [
        COPIES.format(
            many=MANY,
            table=table.name,
            columns=", ".join(column.name for column in table.columns),
            values=", ".join(others.get(column.name, column.name) for column in table.columns),
        )
        for table, others in OTHERS.items()
    ]

    def fill() -> None:
        connection: Any
        if mode == "embedded":
            connection = sqlite3.connect(database.engine.path)
        else:
            connection = psycopg.connect(database.engine.url, autocommit=True)
        with connection:
            for statement in (*filling, "ANALYZE"):
                assert connection.execute(statement).rowcount in (MANY, -1)

    await asyncio.to_thread(fill)
    return Plans(database.reader, mode)


@pytest.mark.parametrize("name", ASKED)
async def test_z21_what_a_job_asks_again_and_again_reads_only_what_waits(plans: Plans, name: str) -> None:
    """Posts that found their return, and returns and parcels that no post asks for, are not read."""
    statement, values, indexes = ASKED[name]
    told = await plans.of(statement, values)
    assert all(index in told for index in indexes), told
    assert not WHOLE.search(told), told
