"""What passes without anybody asking: deadlines (D06, R2.1)."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import structlog

from service_requests.application.queries import Queries
from service_requests.application.returns.deadline import fall_due
from shared.contracts.envelope import Origin
from shared.database.database import Database
from shared.database.retrying import attempt
from shared.kernel.errors import RetourError, Unavailable
from shared.messaging.inbox import UnitOfWorkFactory
from shared.runtime.clock import Clock
from shared.runtime.loops import Heartbeat, Work, wait_for

log = structlog.get_logger(__name__)

DEADLINE_SECONDS: Final = 5.0
DEADLINE_BATCH: Final = 100
ACTOR: Final = "service:requests"


class DeadlineJob:
    """Looks for promises whose time has passed: late senders lapse, our own lateness is written down once."""

    def __init__(self, database: Database, units: UnitOfWorkFactory[Any], queries: Queries, clock: Clock) -> None:
        self._database = database
        self._units = units
        self._queries = queries
        self._clock = clock

    async def run(self, heartbeat: Heartbeat) -> None:
        """Watch for ever."""
        signal = self._database.signals.when()
        while True:
            heartbeat.beat()
            if await self.look(heartbeat) < DEADLINE_BATCH:
                await wait_for(signal, DEADLINE_SECONDS)

    async def look(self, heartbeat: Heartbeat) -> int:
        """One round: how many returns were due."""
        at = self._clock()
        due = await self._queries.due(at, limit=DEADLINE_BATCH)
        for return_id in due:
            heartbeat.beat()
            try:
                await attempt(
                    partial(self._units.begin, Origin(ACTOR, return_id)),
                    partial(fall_due, return_id=return_id, at=at),
                    self._database.committer,
                )
            except Unavailable:
                raise
            except RetourError as refusal:
                log.warning("deadline_not_kept", return_id=return_id, reason=str(refusal))
        return len(due)


def jobs(database: Database, units: UnitOfWorkFactory[Any], queries: Queries, clock: Clock) -> Mapping[str, Work]:
    """The loops of this service beside relay and inbox."""
    return {"watch": DeadlineJob(database, units, queries, clock).run}
