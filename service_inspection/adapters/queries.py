"""Queries that read rows straight into views. Pages are by key, the newest first."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, TextClause, bindparam, exists, select, text

from service_inspection.adapters.inspection import discrepancy_rows, inspection_rows
from service_inspection.adapters.receiving import scan_rows
from service_inspection.adapters.tables import (
    HELD,
    IN_CASE,
    OF_NOBODY,
    OPEN_QUESTION,
    TO_ANSWER,
    UNIDENTIFIED,
    WAITING,
    announced_parcels,
    benches,
    discrepancies,
    scans,
)
from service_inspection.application.queries import (
    FoundPage,
    InspectionDetail,
    PossibleReturn,
    ReceiptDetail,
    ReceiptFilter,
    Waits,
    shown_right,
)
from service_inspection.domain.inspection.discrepancy import DiscrepancyState
from service_inspection.domain.receiving.handling import UNKNOWN, ScanState
from service_inspection.domain.receiving.rma import rma_key, tracking_key
from shared.database.reader import Reader, Row
from shared.kernel.errors import NotFound

MOST_POSSIBLE: Final = 20
_DUE: Final = (
    select(benches.c.id)
    .where(benches.c.inspect_by < bindparam("now"), benches.c.overdue_at.is_(None))
    .order_by(benches.c.inspect_by)
    .limit(bindparam("most"))
)
_MATCHABLE: Final = (
    select(benches.c.id)
    .where(benches.c.rma_key.in_(select(scans.c.rma_key).where(text(f"scans.{OF_NOBODY}"))))
    .limit(bindparam("most"))
)
_OTHERS: Final = announced_parcels.alias("others")
_PARCELS_OF_NOBODY: Final = select(announced_parcels.c.return_id).where(
    announced_parcels.c.tracking_key.in_(select(scans.c.match_key).where(text(f"scans.{OF_NOBODY}"))),
    ~exists(
        select(_OTHERS.c.id).where(
            _OTHERS.c.tracking_key == announced_parcels.c.tracking_key,
            _OTHERS.c.return_id != announced_parcels.c.return_id,
        )
    ),
)
_MATCHABLE_BY_PARCEL: Final = select(benches.c.id).where(benches.c.id.in_(_PARCELS_OF_NOBODY)).limit(bindparam("most"))
"""Both begin with the posts of nobody, which are few, and not with returns and parcels, of which there are many."""
_BY_STATE: Final = {ScanState.UNIDENTIFIED: text(UNIDENTIFIED), ScanState.IN_CASE: text(IN_CASE)}
"""Conditions whose text is that of a partial index."""
_WAITS: Final[Mapping[Waits, Sequence[ColumnElement[bool] | TextClause]]] = {
    Waits.EXPECTED: (benches.c.expected > 0,),
    Waits.WAITING: (text(WAITING),),
    Waits.HELD: (text(HELD),),
    Waits.FINISHED: (benches.c.expected == 0, benches.c.waiting == 0, benches.c.held == 0),
}


@dataclass(frozen=True, slots=True)
class SqlQueries:
    reader: Reader

    async def receipt(self, receipt_id: str) -> ReceiptDetail:
        rows = await self.reader.load(scans, "id", receipt_id)
        if not rows:
            raise NotFound("receipt")
        scan = scan_rows.read(rows[0])
        open_to = scan.state in UNKNOWN and scan.tracking_key is not None
        return ReceiptDetail(scan, await self._announcing(scan.tracking_key or "") if open_to else ())

    async def _announcing(self, key: str) -> Sequence[PossibleReturn]:
        """The returns that have announced a parcel with this number."""
        rows = await self.reader.rows(
            select(benches.c.id, benches.c.rma)
            .join(announced_parcels, announced_parcels.c.return_id == benches.c.id)
            .where(announced_parcels.c.tracking_key == key)
            .distinct()
            .order_by(benches.c.id)
            .limit(MOST_POSSIBLE)
        )
        return [PossibleReturn(row["id"], row["rma"]) for row in rows]

    async def receipts(self, wanted: ReceiptFilter, cursor: str | None, limit: int) -> FoundPage:
        where: list[ColumnElement[bool] | TextClause] = [
            *_equal((scans.c.kind, wanted.kind), (scans.c.warehouse, wanted.warehouse))
        ]
        if wanted.state is not None:
            where.append(_BY_STATE.get(wanted.state, scans.c.state == wanted.state.value))
        if wanted.tracking_number is not None:
            where.append(scans.c.tracking_key == (tracking_key(wanted.tracking_number) or ""))
        if wanted.rma is not None:
            where.append(scans.c.rma_key == (rma_key(wanted.rma) or ""))
        if wanted.posted_since is not None:
            where.append(scans.c.posted_at >= wanted.posted_since)
        if wanted.posted_before is not None:
            where.append(scans.c.posted_at < wanted.posted_before)
        if wanted.overdue_at is not None:
            where += [text(TO_ANSWER), scans.c.answer_by < wanted.overdue_at]
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
            rights=[shown_right(right) for right in inspection.rights],
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
        self,
        state: DiscrepancyState | None,
        return_id: str | None,
        overdue_at: datetime | None,
        cursor: str | None,
        limit: int,
    ) -> FoundPage:
        where: list[ColumnElement[bool] | TextClause] = [
            *_equal((discrepancies.c.state, state), (discrepancies.c.return_id, return_id))
        ]
        if overdue_at is not None:
            where += [text(OPEN_QUESTION), discrepancies.c.answer_by < overdue_at]
        return await self._page(discrepancies, where, cursor, limit, discrepancy_rows.read)

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        return [row["id"] for row in await self.reader.rows(_DUE, now=now, most=limit)]

    async def with_waiting_scans(self, limit: int) -> Sequence[str]:
        by_rma, by_parcel = await asyncio.gather(
            self.reader.rows(_MATCHABLE, most=limit), self.reader.rows(_MATCHABLE_BY_PARCEL, most=limit)
        )
        return list(dict.fromkeys(row["id"] for row in (*by_rma, *by_parcel)))

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
