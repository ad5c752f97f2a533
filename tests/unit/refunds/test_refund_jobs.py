"""The rounds of executor and janitor: bounded, one at a time for each refund, no neighbour taken along."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from service_refunds.domain.refund import State
from service_refunds.entrypoints.jobs import TO_ASK, TO_PAY, Rounds
from shared.kernel.errors import Unavailable
from shared.runtime.loops import Heart
from tests.support.waiting import eventually


@dataclass
class Desk:
    """Refunds that wait, and a step that a test decides about."""

    waiting: list[str]
    step: Callable[[str], Awaitable[None]]
    led: int = 0
    started: Counter[str] = field(default_factory=Counter)
    busy: int = 0
    most_busy: int = 0

    async def due(self, states: Sequence[State], now: datetime, limit: int) -> Sequence[str]:
        assert states == TO_PAY
        return self.waiting[:limit]

    async def take(self, refund: str) -> None:
        self.started[refund] += 1
        self.busy += 1
        self.most_busy = max(self.busy, self.most_busy)
        try:
            await self.step(refund)
            self.waiting.remove(refund)
        finally:
            self.busy -= 1

    @asynccontextmanager
    async def lead(self, name: str, beat: Callable[[], None]) -> AsyncIterator[Any]:
        assert name == "executor"
        self.led += 1
        yield self

    async def confirm(self) -> None:
        """Still leading."""

    def rounds(self, slots: int) -> Rounds:
        def clock() -> datetime:
            return datetime(2026, 11, 24, tzinfo=UTC)

        queries: Any = self
        return Rounds("executor", TO_PAY, self.take, queries, self.lead, clock, asyncio.Event(), slots)


async def until(condition: Callable[[], bool]) -> None:
    async def look() -> bool:
        return condition()

    await eventually(look, seconds=5, every=0.001)


@asynccontextmanager
async def going_round(desk: Desk, slots: int = 4) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(desk.rounds(slots).run(Heart("executor")))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_everything_is_taken_once_and_never_more_than_there_are_slots() -> None:
    async def step(refund: str) -> None:
        await asyncio.sleep(0.002)

    desk = Desk([f"rfd_{number}" for number in range(30)], step)
    async with going_round(desk):
        await until(lambda: not desk.waiting)
    assert desk.most_busy == 4
    assert set(desk.started.values()) == {1}


@pytest.mark.parametrize("error", [Unavailable("database"), ValueError("defect"), asyncio.CancelledError()])
async def test_a_refund_that_cannot_be_brought_forward_rests_and_its_neighbours_go_on(error: BaseException) -> None:
    async def step(refund: str) -> None:
        if refund == "bad":
            raise error

    desk = Desk(["bad", *(f"rfd_{number}" for number in range(20))], step)
    async with going_round(desk, slots=1) as task:
        await until(lambda: desk.waiting == ["bad"])
        assert not task.done()
    assert desk.started["bad"] == 1


async def test_a_slow_one_does_not_hold_up_the_others() -> None:
    async def step(refund: str) -> None:
        await asyncio.sleep(60 if refund == "slow" else 0)

    desk = Desk(["slow", *(f"rfd_{number}" for number in range(20))], step)
    async with going_round(desk, slots=2):
        await until(lambda: desk.waiting == ["slow"])


async def test_what_is_in_hand_is_let_go_of_when_the_job_stops() -> None:
    async def step(refund: str) -> None:
        await asyncio.Event().wait()

    desk = Desk(["rfd_1", "rfd_2"], step)
    async with going_round(desk):
        await until(lambda: desk.busy == 2)
    assert desk.busy == 0


def test_every_open_state_is_somebodys_work() -> None:
    assert set(TO_PAY) | set(TO_ASK) == {State.RESERVED, State.SUBMITTING, State.PENDING, State.UNKNOWN}
