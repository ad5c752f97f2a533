"""The metrics of one service for Prometheus: waiting events, parked events, loops, commits."""

from typing import Any

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import bindparam, func, select

from shared.database.database import Database
from shared.kernel.errors import Unavailable
from shared.runtime.loops import Loops


class Metrics:
    """Gauges that are read when somebody asks."""

    def __init__(self, service: str, loops: Loops, database: Database) -> None:
        self._loops = loops
        self._database = database
        self._registry = CollectorRegistry()
        self._outbox = self._gauge("retour_outbox_rows", "Events that wait for the relay", "service")
        self._parked = self._gauge("retour_parked_events", "Events parked in the inbox", "service", "state")
        self._age = self._gauge("retour_loop_age_seconds", "Since a loop's last beat", "service", "loop")
        self._restarts = self._gauge("retour_loop_restarts", "How often a loop was restarted", "service", "loop")
        self._commits = self._gauge("retour_committed_units", "Units of work committed by this process", "service")
        self._batches = self._gauge("retour_commit_batches", "Transactions they shared", "service")
        self._service = service
        outbox, parked = database.tables.outbox, database.tables.parked
        self._waiting = select(func.count().label("n")).select_from(outbox)
        self._in_state = select(func.count().label("n")).select_from(parked).where(parked.c.state == bindparam("state"))

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self._registry)

    async def text(self) -> bytes:
        """The metrics in Prometheus' text format."""
        try:
            self._outbox.labels(self._service).set(await self._count(self._waiting))
            for state in ("waiting", "dead"):
                self._parked.labels(self._service, state).set(await self._count(self._in_state, state=state))
        except Unavailable:
            self._outbox.labels(self._service).set(-1)
        for heartbeat in self._loops.heartbeats.values():
            self._age.labels(self._service, heartbeat.name).set(heartbeat.age)
            self._restarts.labels(self._service, heartbeat.name).set(heartbeat.restarts)
        self._commits.labels(self._service).set(self._database.committer.committed)
        self._batches.labels(self._service).set(self._database.committer.batches)
        return generate_latest(self._registry)

    async def _count(self, query: Any, **parameters: Any) -> int:
        return int((await self._database.reader.rows(query, **parameters))[0]["n"])
