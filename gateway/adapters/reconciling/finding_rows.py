"""The reconciler's tables: up to when each comparison was made, and the findings."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select

from gateway.adapters.tables import comparisons, findings
from gateway.domain.reconciling.finding import Finding, FindingState, finding_id
from shared.database.database import Database
from shared.database.reader import Row
from shared.database.work import Put, Work
from shared.kernel.errors import NotFound

MOST: Final = 1000
_COMPARED = select(comparisons)
_OPEN = findings.c.state == FindingState.OPEN.value
_EVERY_OPEN = select(findings).where(_OPEN).order_by(findings.c.found_at, findings.c.id).limit(MOST)
_OPEN_OF = (
    select(findings)
    .where(_OPEN, findings.c.name == bindparam("name"))
    .order_by(findings.c.found_at, findings.c.id)
    .limit(MOST)
)
_PAGE = select(findings).where(findings.c.id > bindparam("after")).order_by(findings.c.id).limit(bindparam("count"))
_PAGE_OF = _PAGE.where(findings.c.state == bindparam("state"))


class FindingRows:
    """See the module."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def agreed_until(self, name: str) -> datetime | None:
        rows = await self._database.reader.load(comparisons, "name", name)
        return rows[0]["agreed_until"] if rows else None

    async def agree_until(self, name: str, at: datetime) -> None:
        await self._commit([Put(comparisons, {"name": name, "agreed_until": at})])

    async def late(self, names: Collection[str], before: datetime) -> Sequence[str]:
        rows = await self._database.reader.rows(_COMPARED)
        agreed = {row["name"]: row["agreed_until"] for row in rows}
        return [name for name in names if name not in agreed or agreed[name] < before]

    async def open(self, name: str | None = None) -> Sequence[Finding]:
        reader = self._database.reader
        rows = await (reader.rows(_EVERY_OPEN) if name is None else reader.rows(_OPEN_OF, name=name))
        return [_finding(row) for row in rows]

    async def page(self, state: FindingState | None, after: str, limit: int) -> Sequence[Finding]:
        reader = self._database.reader
        if state is None:
            rows = await reader.rows(_PAGE, after=after, count=limit)
        else:
            rows = await reader.rows(_PAGE_OF, state=state.value, after=after, count=limit)
        return [_finding(row) for row in rows]

    async def find(self, name: str, about: Sequence[str], at: datetime) -> Sequence[str]:
        new: list[str] = []
        writes: list[Put] = []
        for each in about:
            known = await self._load(finding_id(name, each))
            if known is None or known.state is FindingState.ENDED:
                new.append(each)
                known = Finding(
                    id=finding_id(name, each),
                    name=name,
                    about=each,
                    state=FindingState.OPEN,
                    found_at=at,
                    seen_at=at,
                )
            writes.append(_put(replace(known, seen_at=at)))
        await self._commit(writes)
        return new

    async def end(self, findings_: Sequence[Finding], at: datetime) -> None:
        await self._commit([_put(replace(each, state=FindingState.ENDED, ended_at=at)) for each in findings_])

    async def dismiss(self, key: str, *, by: str, reason: str, at: datetime) -> Finding:
        known = await self._load(key)
        if known is None:
            raise NotFound("finding")
        if known.state is FindingState.OPEN:
            known = replace(known, state=FindingState.DISMISSED, ended_at=at, ended_by=by, reason=reason)
            await self._commit([_put(known)])
        return known

    async def _load(self, key: str) -> Finding | None:
        rows = await self._database.reader.load(findings, "id", key)
        return _finding(rows[0]) if rows else None

    async def _commit(self, writes: Sequence[Put]) -> None:
        await self._database.committer.commit(Work(writes=[*writes]))


def _finding(row: Row) -> Finding:
    values: dict[str, Any] = {**row, "state": FindingState(row["state"])}
    return Finding(**values)


def _put(finding: Finding) -> Put:
    return Put(findings, {**asdict(finding), "state": finding.state.value})
