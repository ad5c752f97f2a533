"""The watch of returns: one that refuses holds up nobody, and an outage is no refusal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
import structlog.testing

from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_status import ReturnStatus
from service_requests.entrypoints.jobs import DEADLINE_BATCH, deadline_job
from shared.contracts.envelope import Origin
from shared.database.unit_of_work.transactions import Transactions
from shared.database.work import Work
from shared.kernel.errors import IllegalMove, RetourError, StaleVersion, Unavailable
from shared.runtime.due_work import DueWork
from shared.runtime.loops import Heartbeat
from tests.support.keeping import Committer, Kept
from tests.support.running_jobs import going_on, until
from tests.unit.requests.builders import NOON, an_approved_return

LATE = NOON + timedelta(days=40)


@dataclass
class House:
    """The returns that are due, and everything else a watch needs."""

    returns: Kept[Return]
    committer: Committer = field(default_factory=Committer)
    parts: Sequence[Any] = ()
    asked: list[int] = field(default_factory=list)

    def begin(self, _: Origin) -> "House":
        return self

    def collect(self) -> Work:
        return Work()

    async def due(self, at: datetime, *, limit: int) -> Sequence[str]:
        assert at == LATE
        self.asked.append(limit)
        return sorted({*self.returns.known, *self.returns.refusals})[:limit]

    @property
    def watch(self) -> DueWork[str]:
        house = cast("Any", self)
        return deadline_job(Transactions(house, house.committer), house, lambda: LATE)

    @property
    def found(self) -> dict[str, ReturnStatus]:
        return {key: each.status for key, each in self.returns.known.items()}


def three_late_ones(refusal: RetourError | None = None) -> House:
    """Three returns that were never sent; the first one refuses."""
    late = {key: an_approved_return(id=key) for key in ("ret_1", "ret_2", "ret_3")}
    return House(Kept(late, {} if refusal is None else {"ret_1": refusal}))


@pytest.mark.parametrize("refusal", [IllegalMove("lapse", "closed", frozenset()), StaleVersion()])
async def test_one_return_that_refuses_does_not_keep_the_others_waiting(refusal: RetourError) -> None:
    """D06."""
    house = three_late_ones(refusal)
    late = {"ret_1": ReturnStatus.APPROVED, "ret_2": ReturnStatus.LAPSED, "ret_3": ReturnStatus.LAPSED}
    with structlog.testing.capture_logs() as logged:
        async with going_on(house.watch.run) as task:
            await until(lambda: house.found == late)
            assert not task.done()
    assert [(entry["event"], entry["return_id"]) for entry in logged] == [("deadline_not_kept", "ret_1")]
    assert house.asked == [DEADLINE_BATCH]


async def test_a_database_that_is_away_is_no_refusal_and_the_round_is_begun_again() -> None:
    """The loop is told, waits, and finds every return still due."""
    house = three_late_ones()
    house.committer.outages = 1
    with pytest.raises(Unavailable):
        await house.watch.run(Heartbeat(name="watch"))
    assert house.committer.committed == 0
    async with going_on(house.watch.run):
        await until(lambda: set(house.found.values()) == {ReturnStatus.LAPSED})
