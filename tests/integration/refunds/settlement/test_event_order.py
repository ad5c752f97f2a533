"""Whatever comes twice, late, in another order, or dies in between: each accepted unit is paid once, in the end."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import create_engine

from service_refunds.adapters.tables import common, metadata
from service_refunds.domain.settlement.refund import LEASE
from service_refunds.entrypoints.settlement.refund_jobs import STATES_TO_INQUIRE, STATES_TO_PAY
from shared.contracts import events
from shared.contracts.envelope import Envelope
from tests.contract.fake_provider import FakeProvider
from tests.integration.refunds.running_refunds import (
    FakeClock,
    RunningRefunds,
    a_line,
    a_tender,
    an_approval,
    an_envelope,
    an_inspection,
    an_order,
    assert_books_balance,
    running_refunds,
)

UNITS: Final = ("u1", "u2", "u3", "u4")
EVENTS: Final = 6


def the_story() -> list[Envelope]:
    """An order, an approval, and what inspection said: u1 and u2 accepted (u1 twice), u3 by a person, u4 never."""
    order = an_order(lines=(a_line(paid=9_999, quantity=4),), tenders=(a_tender("T1", 3_333), a_tender("T2", 6_666)))
    approved = an_approval(order, *UNITS)
    subject = f"insp_{approved.return_id}"
    decided = events.InspectionDecided(
        return_id=approved.return_id,
        customer_id="cus-1",
        language="en",
        units=(events.DecidedUnit(unit_id="u3", line_id="L1", decision=events.UnitDecision.ACCEPT),),
        complete=False,
    )
    return [
        an_envelope(order, order.order_id, 1),
        an_envelope(approved, approved.return_id, 1),
        an_envelope(an_inspection(approved.return_id, "u1"), subject, 1),
        an_envelope(an_inspection(approved.return_id, "u1", "u2"), subject, 2),
        an_envelope(decided, subject, 3),
        an_envelope(an_inspection(approved.return_id, "u4", result="failed"), subject, 4),
    ]


class Anything(RuleBasedStateMachine):
    """The service on SQLite, its jobs moved by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.stack = AsyncExitStack()
        self.clock = FakeClock()
        self.provider = FakeProvider()
        self.story = the_story()
        self.url = f"sqlite:///{Path(self.folder.name) / 'refunds.db'}"
        engine = create_engine(self.url)
        metadata.create_all(engine)
        engine.dispose()
        self.house: RunningRefunds

    @initialize()
    def start(self) -> None:
        self.house = self.runner.run(self._open())

    @rule()
    def restart(self) -> None:
        self.runner.run(self.stack.aclose())
        self.house = self.runner.run(self._open())

    @rule(numbers=st.lists(st.integers(0, EVENTS - 1), min_size=1, max_size=8))
    def deliver(self, numbers: list[int]) -> None:
        self.runner.run(self.house.deliver(*(self.story[number] for number in numbers)))

    @rule(minutes=st.integers(1, 3))
    def wait(self, minutes: int) -> None:
        self.clock.pass_by(minutes=minutes)

    @rule(
        plan=st.lists(
            st.sampled_from(["pending", "silent", "time_out_after_success", "cut_before", "cut_after"]), max_size=2
        )
    )
    def pay(self, plan: list[str]) -> None:
        self.provider.plan = plan
        self.runner.run(self._step())
        self.provider.plan = []

    @rule()
    def finish(self) -> None:
        self.provider.finish()

    @invariant()
    def nothing_is_ever_too_much(self) -> None:
        self.runner.run(assert_books_balance(self.house))
        assert self.provider.total() <= 9_999
        keys = [key for key, _ in self.provider.booked]
        assert len(keys) == len(set(keys))

    def teardown(self) -> None:
        try:
            if hasattr(self, "house"):
                self.runner.run(self._end())
        finally:
            self.runner.run(self.stack.aclose())
            self.runner.close()
            self.folder.cleanup()

    async def _open(self) -> RunningRefunds:
        return await self.stack.enter_async_context(running_refunds(self.url, clock=self.clock, loops=()))

    async def _step(self) -> None:
        """One round of both jobs; a step that dies takes nobody along."""
        cashier, now = self.house.cashier(self.provider), self.clock()
        steps = [cashier.pay(refund) for refund in await self.house.queries.due(STATES_TO_PAY, now, 10)]
        steps += [cashier.ask(refund) for refund in await self.house.queries.due(STATES_TO_INQUIRE, now, 10)]
        await asyncio.gather(*map(asyncio.create_task, steps), return_exceptions=True)

    async def _end(self) -> None:
        """Everything has been delivered, time has passed, the provider answers: the same end, whatever came before."""

        async def done() -> bool:
            self.clock.moment += LEASE
            self.provider.finish()
            await self.house.deliver(*self.story)
            await self._step()
            paid = await self.house.refunds_in("settled")
            return len([unit for row in paid for unit in row["terms"]["units"]]) == 3

        await self.house.until(done)
        rows = await self.house.rows()
        assert sorted(unit for row in rows for unit in row["terms"]["units"]) == ["u1", "u2", "u3"]
        assert sum(row["amount_minor"] for row in rows) == self.provider.total()
        assert self.provider.total() == 7_499
        assert [row for row in await self.house.rows(common.parked) if row["state"] == "dead"] == []
        await assert_books_balance(self.house)


TestAnything = Anything.TestCase
TestAnything.settings = settings(
    max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
