"""The jobs of the bench: one return that refuses holds up nobody, and an outage is no refusal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
import structlog.testing

from service_inspection.application.inspection.scan_count import CountingRules
from service_inspection.application.receiving.late_match import OVERLAP_SECONDS, LateMatch
from service_inspection.domain.inspection.discrepancy import Discrepancy
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.receiving.handling import ScanState
from service_inspection.domain.receiving.parcel import AnnouncedParcel
from service_inspection.domain.receiving.scan import Scan
from service_inspection.entrypoints import jobs as subject
from service_inspection.entrypoints.jobs import BATCH, Jobs
from shared.contracts.envelope import Origin
from shared.database.unit_of_work.transactions import Transactions
from shared.database.work import Work
from shared.documents.calendars import load_calendars
from shared.kernel.errors import NotFound, RetourError, StaleVersion, Unavailable
from shared.runtime.due_work import DueWork
from shared.runtime.loops import Heartbeat
from tests.support.keeping import Committer, Kept
from tests.support.running_jobs import going_on, until
from tests.unit.inspection.builders import AT, DUE, a_receipt, an_inspection, take

LATER = DUE + timedelta(hours=1)


@dataclass
class House:
    """Benches, posts that wait for them, and everything else the jobs need."""

    inspections: Kept[ReturnInspection]
    posts: dict[str, Scan] = field(default_factory=dict)
    committer: Committer = field(default_factory=Committer)
    discrepancies: Kept[Discrepancy] = field(default_factory=Kept)
    parts: Sequence[Any] = ()
    asked: list[int] = field(default_factory=list)

    @property
    def scans(self) -> "House":
        return self

    @property
    def parcels(self) -> "House":
        return self

    async def of_return(self, return_id: str) -> Sequence[AnnouncedParcel]:
        return ()

    async def unidentified(self, rma_key: str) -> Sequence[Scan]:
        return [
            scan for scan in self.posts.values() if scan.rma_key == rma_key and scan.state is ScanState.UNIDENTIFIED
        ]

    def change(self, scan: Scan) -> None:
        self.posts[scan.id] = scan

    def begin(self, _: Origin) -> "House":
        return self

    def collect(self) -> Work:
        return Work()

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        assert now == LATER
        return await self.with_waiting_scans(limit)

    async def with_waiting_scans(self, limit: int) -> Sequence[str]:
        self.asked.append(limit)
        return sorted({*self.inspections.known, *self.inspections.refusals})

    @property
    def jobs(self) -> Jobs:
        house = cast("Any", self)
        numbers = iter(range(100))
        counting = CountingRules(load_calendars(), "CN", lambda kind: f"{kind}_{next(numbers)}")
        return Jobs(
            transactions=Transactions(house, house.committer),
            queries=house,
            counting=counting,
            clock=lambda: LATER,
            late_match=LateMatch(),
        )


def three_benches(refusal: RetourError | None = None) -> House:
    """Three returns of two pieces each: one lies on the bench, one is posted and waits; the first return refuses."""
    inspections = {}
    posts = {}
    for number in (1, 2, 3):
        inspection = an_inspection("X", "X", id=f"ret_{number}", rma=f"R000-000{number}")
        take(inspection, a_receipt("X", rma=inspection.rma))
        inspections[inspection.id] = inspection
        late = a_receipt("X", rma=inspection.rma, posted_at=AT + timedelta(minutes=number))
        posts[late.id] = late
    return House(Kept(inspections, {} if refusal is None else {"ret_1": refusal}), posts)


JOBS: dict[str, Callable[[Jobs], DueWork[str]]] = {
    "notice": lambda jobs: jobs.overdue_job(),
    "match": lambda jobs: jobs.match_job(),
}


def dealt_with(house: House, job: str) -> set[str]:
    """The returns for which this job has done its work."""
    if job == "match":
        return {scan.return_id or "" for scan in house.posts.values() if scan.state is ScanState.MATCHED}
    return {inspection.id for inspection in house.inspections.known.values() if inspection.overdue_at == LATER}


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("refusal", [NotFound("inspection"), StaleVersion()])
async def test_one_return_that_refuses_does_not_keep_the_others_waiting(job: str, refusal: RetourError) -> None:
    """R4.3, I-21."""
    house = three_benches(refusal)
    with structlog.testing.capture_logs() as logged:
        async with going_on(JOBS[job](house.jobs).run) as task:
            await until(lambda: dealt_with(house, job) == {"ret_2", "ret_3"})
            assert not task.done()
    assert [entry["return_id"] for entry in logged if entry["event"] == f"{job}_failed"] == ["ret_1"]
    assert house.asked == [BATCH]


@pytest.mark.parametrize("job", JOBS)
async def test_a_database_that_is_away_is_no_refusal_and_the_round_is_begun_again(job: str) -> None:
    """The loop is told and waits; nothing is taken for done."""
    house = three_benches()
    house.committer.outages = 1
    with pytest.raises(Unavailable):
        await JOBS[job](house.jobs).run(Heartbeat(name=job))
    assert house.committer.committed == 0
    async with going_on(JOBS[job](house.jobs).run):
        await until(lambda: dealt_with(house, job) == {"ret_1", "ret_2", "ret_3"})


async def test_what_may_have_crossed_wakes_the_match_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """W4: nobody waits for the end of its pause."""
    monkeypatch.setattr(subject, "MATCH_SECONDS", 3600)
    house = three_benches()
    benches, house.inspections.known = house.inspections.known, {}
    jobs = house.jobs
    async with going_on(jobs.match_job().run):
        await until(lambda: house.asked)
        house.inspections.known = benches
        jobs.late_match.scan_found_nothing(1.0)
        await until(lambda: len(dealt_with(house, "match")) == 3)


@pytest.mark.parametrize(("after", "wakes"), [(0.0, True), (OVERLAP_SECONDS / 2, True), (OVERLAP_SECONDS, False)])
def test_an_approval_wakes_the_match_job_only_shortly_after_a_scan_that_found_nothing(
    after: float, wakes: bool
) -> None:
    late_match = LateMatch()
    late_match.return_is_expected(100.0)
    assert not late_match.wake.is_set()
    late_match.scan_found_nothing(200.0)
    assert late_match.wake.is_set()
    late_match.wake.clear()
    late_match.return_is_expected(200.0 + after)
    assert late_match.wake.is_set() is wakes
