"""The metrics of one service for Prometheus: waiting events, parked events, loops, commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import Select, bindparam, func, select

from shared.database.database import Database
from shared.kernel.errors import Unavailable
from shared.runtime.loops import Loops


class Followers(Protocol):
    """The queues that follow a service, and those that were missing at the last look."""

    @property
    def followers(self) -> Sequence[str]: ...
    @property
    def missing(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of a service's own rows, once for each of `words`. `count` has a parameter with the name of the label
    and answers one row with `n`.
    """

    name: str
    text: str
    label: str
    words: Sequence[str]
    count: Select[Any]


class Metrics:
    """Gauges that are read when somebody asks."""

    def __init__(
        self,
        service: str,
        loops: Loops,
        database: Database,
        numbers: Sequence[Number] = (),
        followers: Followers | None = None,
    ) -> None:
        self._followers = followers
        self._loops = loops
        self._database = database
        self._registry = CollectorRegistry()
        self._outbox = self._gauge("retour_outbox_rows", "Events that wait for the relay", "service")
        self._parked = self._gauge("retour_parked_events", "Events parked in the inbox", "service", "state")
        self._age = self._gauge("retour_loop_age_seconds", "Since a loop's last beat", "service", "loop")
        self._restarts = self._gauge("retour_loop_restarts", "How often a loop was restarted", "service", "loop")
        self._commits = self._gauge("retour_committed_units", "Units of work committed by this process", "service")
        self._batches = self._gauge("retour_commit_batches", "Transactions they shared", "service")
        self._missing = self._gauge("retour_follower_queue_missing", "Whether a queue is missing", "service", "queue")
        self._lost = self._gauge("retour_queue_lost", "Whether a loss is not healed yet", "service", "queue")
        self._losses = self._gauge("retour_queue_losses", "How often a queue was lost", "service", "queue")
        self._queues = select(database.tables.queues)
        self._service = service
        self._numbers = [(self._gauge(each.name, each.text, "service", each.label), each) for each in numbers]
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
            for row in await self._database.reader.rows(self._queues):
                self._lost.labels(self._service, row["queue"]).set(row["lost_at"] is not None)
                self._losses.labels(self._service, row["queue"]).set(row["losses"])
            for gauge, number in self._numbers:
                for word in number.words:
                    found = await self._count(number.count, **{number.label: word})
                    gauge.labels(self._service, word).set(found)
        except Unavailable:
            self._outbox.labels(self._service).set(-1)
        if self._followers is not None:
            for queue in self._followers.followers:
                self._missing.labels(self._service, queue).set(queue in self._followers.missing)
        for heartbeat in self._loops.heartbeats.values():
            self._age.labels(self._service, heartbeat.name).set(heartbeat.age)
            self._restarts.labels(self._service, heartbeat.name).set(heartbeat.restarts)
        self._commits.labels(self._service).set(self._database.committer.committed)
        self._batches.labels(self._service).set(self._database.committer.batches)
        return generate_latest(self._registry)

    async def _count(self, query: Any, **parameters: Any) -> int:
        return int((await self._database.reader.rows(query, **parameters))[0]["n"])
