"""The rounds of executor and janitor: bounded, one at a time for each refund, no neighbour taken along."""

import asyncio
from collections import Counter as Tally
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from service_refunds.application.settlement.reserved_refunds import MOST_REMEMBERED, ReservedRefunds
from service_refunds.domain.settlement.state import State
from service_refunds.entrypoints.settlement.refund_jobs import (
    STATES_TO_INQUIRE,
    STATES_TO_PAY,
    due_refunds_job,
)
from shared.kernel.errors import Unavailable
from shared.runtime.due_work import DueWork
from tests.support.running_jobs import going_on, some_turns, until


@dataclass
class Desk:
    """Refunds that wait, and a step that a test decides about."""

    waiting: list[str]
    step: Callable[[str], Awaitable[None]]
    led: int = 0
    started: Tally[str] = field(default_factory=Tally)
    busy: int = 0
    most_busy: int = 0
    asked: int = 0
    reserved: ReservedRefunds = field(default_factory=ReservedRefunds)

    async def due(self, states: Sequence[State], now: datetime, limit: int) -> Sequence[str]:
        assert states == STATES_TO_PAY
        self.asked += 1
        return self.waiting[:limit]

    async def take(self, refund: str) -> None:
        self.started[refund] += 1
        self.busy += 1
        self.most_busy = max(self.busy, self.most_busy)
        try:
            await self.step(refund)
            if refund in self.waiting:
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

    def rounds(self, slots: int = 4) -> DueWork[str]:
        def clock() -> datetime:
            return datetime(2026, 11, 24, tzinfo=UTC)

        queries: Any = self
        return due_refunds_job(
            name="executor",
            states=STATES_TO_PAY,
            step=self.take,
            queries=queries,
            lead=self.lead,
            clock=clock,
            reserved=self.reserved,
            slots=slots,
        )


async def test_everything_is_taken_once_and_never_more_than_there_are_slots() -> None:
    async def step(refund: str) -> None:
        await asyncio.sleep(0.002)

    desk = Desk([f"rfd_{number}" for number in range(30)], step)
    async with going_on(desk.rounds().run):
        await until(lambda: not desk.waiting)
    assert desk.most_busy == 4
    assert set(desk.started.values()) == {1}


@pytest.mark.parametrize("error", [Unavailable("database"), ValueError("defect"), asyncio.CancelledError()])
async def test_a_refund_that_cannot_be_brought_forward_rests_and_its_neighbours_go_on(error: BaseException) -> None:
    async def step(refund: str) -> None:
        if refund == "bad":
            raise error

    desk = Desk(["bad", *(f"rfd_{number}" for number in range(20))], step)
    async with going_on(desk.rounds(1).run) as task:
        await until(lambda: desk.waiting == ["bad"])
        assert not task.done()
        await some_turns()
    assert desk.started["bad"] == 1


async def test_a_slow_one_does_not_hold_up_the_others() -> None:
    async def step(refund: str) -> None:
        await asyncio.sleep(60 if refund == "slow" else 0)

    desk = Desk(["slow", *(f"rfd_{number}" for number in range(20))], step)
    async with going_on(desk.rounds(2).run):
        await until(lambda: desk.waiting == ["slow"])


async def test_what_is_in_hand_is_let_go_of_when_the_job_stops() -> None:
    async def step(refund: str) -> None:
        await asyncio.Event().wait()

    desk = Desk(["rfd_1", "rfd_2"], step)
    async with going_on(desk.rounds().run):
        await until(lambda: desk.busy == 2)
    assert desk.busy == 0


async def test_what_this_process_has_left_is_paid_without_asking_the_database_for_it() -> None:
    async def step(refund: str) -> None:
        await asyncio.sleep(0.001)

    desk = Desk([], step)
    async with going_on(desk.rounds(2).run):
        await until(lambda: desk.asked == 1)
        for number in range(5):
            desk.reserved.put(f"rfd_{number}")
        await until(lambda: len(desk.started) == 5)
        assert desk.most_busy == 2
    assert (desk.asked, set(desk.started.values())) == (1, {1})


async def test_the_database_is_asked_now_and_then_however_much_is_left_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """I03: another process's refund, or one whose executor died, waits behind nobody."""
    monkeypatch.setattr("service_refunds.entrypoints.settlement.refund_jobs.POLL_SECONDS", 0.05)

    async def step(refund: str) -> None:
        if refund.startswith("own"):
            desk.waiting.append(f"own_{len(desk.started)}")
            desk.reserved.put(desk.waiting[-1])

    desk = Desk(["own"], step)
    async with going_on(desk.rounds().run):
        await until(lambda: len(desk.started) > 10)
        desk.waiting.append("another's")
        await until(lambda: "another's" in desk.started)


async def test_who_begins_to_lead_asks_first() -> None:
    """What was left here while another led is known to the database as it is now."""
    desk = Desk(["rfd_2"], lambda _: asyncio.sleep(0))
    desk.reserved.put("rfd_1")
    async with going_on(desk.rounds().run):
        await until(lambda: not desk.waiting)
    assert set(desk.started) == {"rfd_2"}


def test_what_nobody_takes_makes_room() -> None:
    counter = ReservedRefunds()
    for number in range(MOST_REMEMBERED + 10):
        counter.put(f"rfd_{number}")
    assert counter.take(2) == ["rfd_10", "rfd_11"]
    assert len(counter.take(2 * MOST_REMEMBERED)) == MOST_REMEMBERED - 2
    assert not counter.has_items


def test_every_open_state_is_somebodys_work() -> None:
    assert set(STATES_TO_PAY) | set(STATES_TO_INQUIRE) == {
        State.RESERVED,
        State.SUBMITTING,
        State.PENDING,
        State.UNKNOWN,
    }
