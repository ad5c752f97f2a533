"""Queries that read rows straight into views. Pages are by key, the newest first."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, TextClause, bindparam, literal_column, select, text

from service_inspection.adapters.inspection import discrepancy_rows, inspection_rows
from service_inspection.adapters.receiving import scan_rows
from service_inspection.adapters.tables import HELD, UNIDENTIFIED, WAITING, benches, discrepancies, scans
from service_inspection.application.queries import FoundPage, InspectionDetail, Waits
from service_inspection.domain.inspection.discrepancy import DiscrepancyState
from service_inspection.domain.receiving.rma import rma_key
from service_inspection.domain.receiving.scan import Kind, Scan, ScanState
from shared.database.reader import Reader, Row
from shared.kernel.errors import NotFound

_DUE: Final = (
    select(benches.c.id)
    .where(benches.c.inspect_by < bindparam("now"), benches.c.overdue_at.is_(None))
    .order_by(benches.c.inspect_by)
    .limit(bindparam("most"))
)
_MATCHABLE: Final = (
    select(benches.c.id)
    .join(scans, scans.c.rma_key == benches.c.rma_key)
    .where(scans.c.state == literal_column("'unidentified'"))
    .distinct()
    .limit(bindparam("most"))
)
_WAITS: Final[Mapping[Waits, Sequence[ColumnElement[bool] | TextClause]]] = {
    Waits.EXPECTED: (benches.c.expected > 0,),
    Waits.WAITING: (text(WAITING),),
    Waits.HELD: (text(HELD),),
    Waits.FINISHED: (benches.c.expected == 0, benches.c.waiting == 0, benches.c.held == 0),
}


@dataclass(frozen=True, slots=True)
class SqlQueries:
    reader: Reader

    async def receipt(self, receipt_id: str) -> Scan:
        rows = await self.reader.load(scans, "id", receipt_id)
        if not rows:
            raise NotFound("receipt")
        return scan_rows.read(rows[0])

    async def receipts(self, state: ScanState | None, kind: Kind | None, cursor: str | None, limit: int) -> FoundPage:
        where: list[ColumnElement[bool] | TextClause] = [*_equal((scans.c.kind, kind))]
        if state is not None:
            where.append(text(UNIDENTIFIED) if state is ScanState.UNIDENTIFIED else scans.c.state == state.value)
        return await self._page(scans, where, cursor, limit, scan_rows.read)

    async def inspection(self, return_id: str) -> InspectionDetail:
        rows, posts, questions = await asyncio.gather(
            self.reader.load(benches, "id", return_id),
            self.reader.load(scans, "return_id", return_id),
            self.reader.load(discrepancies, "return_id", return_id),
        )
        if not rows:
            raise NotFound("inspection")
        inspection = inspection_rows.read(rows[0])
        return InspectionDetail(
            return_id=inspection.id,
            rma=inspection.rma,
            order_id=inspection.order_id,
            state=inspection.state,
            warehouse=inspection.warehouse,
            units=inspection.units,
            scans=[scan_rows.read(row) for row in posts],
            discrepancies=[discrepancy_rows.read(row) for row in questions],
            inspect_by=inspection.inspect_by,
            overdue_at=inspection.overdue_at,
            created_at=inspection.created_at,
            version=inspection.version,
        )

    async def inspections(
        self, *, waits: Waits | None, overdue: bool | None, rma: str | None, cursor: str | None, limit: int
    ) -> FoundPage:
        where = list(_WAITS[waits]) if waits is not None else []
        if overdue is not None:
            where.append(benches.c.overdue_at.is_not(None) if overdue else benches.c.overdue_at.is_(None))
        if rma is not None:
            where.append(benches.c.rma_key == (rma_key(rma) or ""))
        return await self._page(benches, where, cursor, limit, dict)

    async def discrepancies(
        self, state: DiscrepancyState | None, return_id: str | None, cursor: str | None, limit: int
    ) -> FoundPage:
        where = _equal((discrepancies.c.state, state), (discrepancies.c.return_id, return_id))
        return await self._page(discrepancies, where, cursor, limit, discrepancy_rows.read)

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        return [row["id"] for row in await self.reader.rows(_DUE, now=now, most=limit)]

    async def with_waiting_scans(self, limit: int) -> Sequence[str]:
        rows = await self.reader.rows(_MATCHABLE, most=limit)
        return [row["id"] for row in rows]

    async def _page(
        self,
        table: Table,
        where: Sequence[ColumnElement[bool] | TextClause],
        cursor: str | None,
        limit: int,
        read: Callable[[Row], Any],
    ) -> FoundPage:
        """One page. Ids sort by age, so the last id is the cursor. One more row says whether there is a next page."""
        query = select(table).where(*where).order_by(table.c.id.desc()).limit(limit + 1)
        rows = await self.reader.rows(query if cursor is None else query.where(table.c.id < cursor))
        shown = rows[:limit]
        return {
            "items": [read(row) for row in shown],
            "next": shown[-1]["id"] if len(rows) > limit else None,
        }


def _equal(*pairs: tuple[ColumnElement[Any], str | None]) -> list[ColumnElement[bool]]:
    return [column == str(value) for column, value in pairs if value is not None]
