"""The jobs of this service: deadlines of returns (D06, R2.1)."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from service_requests.application.queries import Queries
from service_requests.application.returns.deadline import fall_due
from shared.contracts.envelope import Origin
from shared.database.database import Database
from shared.database.unit_of_work.transactions import Transactions, UnitOfWorkFactory
from shared.runtime.clock import Clock
from shared.runtime.due_work import DueWork
from shared.runtime.loops import Work

DEADLINE_SECONDS: Final = 5.0
DEADLINE_BATCH: Final = 100
DEADLINE_REST_SECONDS: Final = 10.0
"""How long a return that refuses is left alone."""
ACTOR: Final = "service:requests"


def deadline_job(transactions: Transactions[Any], queries: Queries, clock: Clock) -> DueWork[str]:
    """Finds returns whose deadline has passed: unsent returns lapse, a broken promise of ours is recorded once."""

    async def find(limit: int) -> Sequence[str]:
        return await queries.due(clock(), limit=limit)

    async def keep_deadline(return_id: str) -> None:
        await transactions.run(partial(fall_due, return_id=return_id, at=clock()), Origin(ACTOR, return_id))

    return DueWork(
        name="watch",
        do=keep_deadline,
        find=find,
        pause_seconds=DEADLINE_SECONDS,
        batch=DEADLINE_BATCH,
        rest_seconds=DEADLINE_REST_SECONDS,
        failure="deadline_not_kept",
        label="return_id",
    )


def jobs(database: Database, units: UnitOfWorkFactory[Any], queries: Queries, clock: Clock) -> Mapping[str, Work]:
    """The loops of this service besides relay and inbox."""
    watch = deadline_job(Transactions(units, database.committer), queries, clock)
    return {watch.name: watch.run}
