"""The numbers for Prometheus are those of the database and of the loops, when they are asked for."""

import pytest

from shared.database.work import OutboxRow, Put, Work
from shared.kernel.errors import Unavailable
from shared.runtime.clock import now
from shared.runtime.loops import Heartbeat, Loops
from shared.telemetry.metrics import Metrics
from tests.conftest import Engines
from tests.support.things import common, metadata


async def numbers(metrics: Metrics) -> dict[str, float]:
    lines = [line for line in (await metrics.text()).decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


async def test_what_waits_and_what_is_parked_is_counted_and_a_database_that_is_away_is_said(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await engines.fresh(metadata, common)
    loops = Loops()

    async def work(_: Heartbeat) -> None:
        """Never started."""

    loops.add("relay", work)
    loops.heartbeats["relay"].restarts = 3
    loops.heartbeats["relay"].last_beat -= 100
    outbox = [OutboxRow(f"evt_{n}", "thing.made.v1", f"t{n}", 1, "{}") for n in range(3)]
    await database.committer.commit(Work(outbox=outbox))
    for number, state in enumerate(("waiting", "dead", "dead")):
        row = {
            "consumer": "c", "id": str(number), "type": "", "subject": "", "sequence": 1, "state": state,
            "reason": "", "detail": "", "attempts": 1, "body": "", "parked_at": now(), "due_at": now(),
        }  # fmt: skip
        await database.committer.commit(Work(writes=[Put(common.parked, row)]))
    metrics = Metrics("refunds", loops, database)
    found = await numbers(metrics)
    assert 100 <= found.pop('retour_loop_age_seconds{loop="relay",service="refunds"}') < 200
    assert found == {
        'retour_outbox_rows{service="refunds"}': 3,
        'retour_parked_events{service="refunds",state="waiting"}': 1,
        'retour_parked_events{service="refunds",state="dead"}': 2,
        'retour_loop_restarts{loop="relay",service="refunds"}': 3,
        'retour_committed_units{service="refunds"}': 4,
        'retour_commit_batches{service="refunds"}': 4,
    }

    async def away(*_: object, **__: object) -> None:
        raise Unavailable("database")

    monkeypatch.setattr(database.reader, "rows", away)
    found = await numbers(metrics)
    assert found['retour_outbox_rows{service="refunds"}'] == -1
    assert found['retour_loop_restarts{loop="relay",service="refunds"}'] == 3
