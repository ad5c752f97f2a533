"""Three jobs: `executor` pays reserved refunds; `janitor` inquires about refunds whose end is unknown (I03, I04);
`recovery` tries again what failed for a reason that passes, and asks whether what failed was paid after all (Z22).

Each job leads in its service, so one process at a time runs it. A stopped job cancels its running steps: a reserved
refund was not sent, and a submitted refund is looked up later.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from service_refunds.application.queries import Queries
from service_refunds.application.settlement.execution import RefundExecution
from service_refunds.application.settlement.reserved_refunds import ReservedRefunds
from service_refunds.domain.settlement.state import STATES_AT_PROVIDER, State
from shared.runtime.clock import Clock
from shared.runtime.due_work import DueWork, Lead
from shared.runtime.loops import Work

POLL_SECONDS: Final = 1.0
RECOVERY_POLL_SECONDS: Final = 5.0
"""Its pauses are hours and days, so it asks the database less often."""
PAUSE_AFTER_FAILURE_SECONDS: Final = 2.0
LOOK_UPS: Final = 8
"""Refunds that the janitor asks about at the same time."""
STATES_TO_PAY: Final = (State.RESERVED,)
STATES_TO_INQUIRE: Final = tuple(sorted(STATES_AT_PROVIDER))


def jobs(
    execution: RefundExecution,
    queries: Queries,
    reserved: ReservedRefunds,
    *,
    lead: Lead,
    clock: Clock,
    payments_at_once: int,
) -> Mapping[str, Work]:
    """The loops of this service beside relay and inbox."""
    executor = due_refunds_job(
        name="executor",
        states=STATES_TO_PAY,
        step=execution.pay,
        queries=queries,
        lead=lead,
        clock=clock,
        reserved=reserved,
        slots=payments_at_once,
    )
    janitor = due_refunds_job(
        name="janitor",
        states=STATES_TO_INQUIRE,
        step=execution.ask,
        queries=queries,
        lead=lead,
        clock=clock,
        reserved=ReservedRefunds(),
        slots=LOOK_UPS,
    )
    recovery = DueWork(
        name="recovery",
        do=execution.recover,
        find=lambda limit: queries.to_recover(clock(), limit),
        first=ReservedRefunds(),
        wake=asyncio.Event(),
        lead=lead,
        pause_seconds=RECOVERY_POLL_SECONDS,
        slots=LOOK_UPS,
        rest_seconds=PAUSE_AFTER_FAILURE_SECONDS,
        stops_loop=(),
        failure="refund_step_failed",
        label="refund",
    )
    return {executor.name: executor.run, janitor.name: janitor.run, recovery.name: recovery.run}


def due_refunds_job(
    *,
    name: str,
    states: Sequence[State],
    step: Callable[[str], Awaitable[None]],
    queries: Queries,
    lead: Lead,
    clock: Clock,
    reserved: ReservedRefunds,
    slots: int,
) -> DueWork[str]:
    """Brings every refund in these states, whose time has come, one step forward.

    An outage in one step does not end the loop, because the steps beside it are talking to the provider.
    """

    async def find(limit: int) -> Sequence[str]:
        reserved.clear()
        return await queries.due(states, clock(), limit)

    return DueWork(
        name=name,
        do=step,
        find=find,
        first=reserved,
        wake=reserved.arrived,
        lead=lead,
        pause_seconds=POLL_SECONDS,
        slots=slots,
        rest_seconds=PAUSE_AFTER_FAILURE_SECONDS,
        stops_loop=(),
        failure="refund_step_failed",
        label="refund",
    )
