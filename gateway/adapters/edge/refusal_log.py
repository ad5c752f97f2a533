"""Records refused requests for auditors: noted in memory, written in batches, with a bound on disk space.

Equal refusals within a second are one row with a count. Refusals beyond the size of a batch are one row as well.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select

from gateway.adapters.tables import refusals
from shared.database.database import Database
from shared.database.work import Add, Remove, Work
from shared.kernel.errors import Unavailable
from shared.runtime.clock import Clock, NewId
from shared.runtime.loops import Heartbeat

DIFFERENT: Final = 200
WRITE_SECONDS: Final = 1.0
KEPT: Final = timedelta(days=90)
SWEEP: Final = 500

_OLD = select(refusals.c.id).where(refusals.c.refused_at < bindparam("before")).order_by(refusals.c.id).limit(SWEEP)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRequest:
    """Who asked for what, and the answer. `path` is the operation's, without ids."""

    status: int
    code: str
    method: str
    path: str
    actor: str | None
    address: str


MORE: Final = RefusedRequest(status=0, code="more_than_could_be_noted", method="", path="", actor=None, address="")


@dataclass(slots=True)
class _Count:
    """How often, and the first of them."""

    request: str
    at: datetime
    times: int = 0


class RefusalLog:
    """`note` costs a dictionary entry; `run` writes."""

    def __init__(self, database: Database, clock: Clock, new_id: NewId) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._noted: dict[RefusedRequest, _Count] = {}

    def note(self, refused: RefusedRequest, request: str) -> None:
        """Remember a refusal for the next batch."""
        noted = self._noted
        if refused not in noted:
            if len(noted) >= DIFFERENT:
                refused = MORE
            noted.setdefault(refused, _Count(request, self._clock()))
        noted[refused].times += 1

    async def run(self, heartbeat: Heartbeat) -> None:
        """Write noted refusals once a second, and remove old rows."""
        rounds = 0
        while True:
            heartbeat.beat()
            await self.write()
            if rounds % 600 == 0:
                await self._sweep()
            rounds += 1
            await asyncio.sleep(WRITE_SECONDS)

    async def write(self) -> None:
        """Write the refusals noted so far."""
        noted, self._noted = self._noted, {}
        if noted:
            rows = [
                Add(
                    refusals,
                    {
                        "id": self._new_id("rfs"),
                        "refused_at": count.at,
                        "status": refused.status,
                        "code": refused.code,
                        "method": refused.method,
                        "path": refused.path,
                        "actor": refused.actor,
                        "address": refused.address,
                        "request": count.request,
                        "times": count.times,
                    },
                )
                for refused, count in noted.items()
            ]
            try:
                await self._database.committer.commit(Work(writes=[*rows]))
            except Unavailable:
                self._keep(noted)
                raise

    def _keep(self, unwritten: dict[RefusedRequest, _Count]) -> None:
        """Put refusals that could not be written into the next batch."""
        for refused, count in self._noted.items():
            if refused in unwritten:
                unwritten[refused].times += count.times
            else:
                unwritten[refused] = count
        self._noted = unwritten

    async def _sweep(self) -> None:
        old = await self._database.reader.rows(_OLD, before=self._clock() - KEPT)
        await self._database.committer.commit(Work(writes=[Remove(refusals, {"id": row["id"]}) for row in old]))
