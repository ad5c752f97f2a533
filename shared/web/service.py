"""Puts one service together: its HTTP app, its loops, its start and stop.

Each service's `build` calls `assemble`; there is no base class.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, Protocol, TypeVar

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig
from sqlalchemy import MetaData
from starlette.types import ASGIApp

from shared.contracts import operations
from shared.contracts.events import CATALOGUE
from shared.database.common_tables import CommonTables
from shared.database.database import Database
from shared.database.retrying import FilledUnitOfWork
from shared.database.unit_of_work.transactions import UnitOfWorkFactory
from shared.messaging.bus import Bus, Subscription
from shared.messaging.event_archive import DAYS, EventArchive
from shared.messaging.inbox import Inbox
from shared.messaging.queue_watch import QueueWatch
from shared.messaging.relay import Feed, Relay
from shared.runtime.clock import Clock, now
from shared.runtime.loops import Loops, Work
from shared.telemetry.metrics import Metrics, Number
from shared.web import problems
from shared.web.fast_path import FastPath
from shared.web.health import health
from shared.web.internal_token import InternalTokens
from shared.web.operators.dead_letter_routes import dead_letter_routes
from shared.web.operators.delivery_routes import EventDelivery, delivery_routes
from shared.web.operators.owed import Fact, Facts, Ledger, Owed
from shared.web.operators.owed_routes import owed_routes
from shared.web.request_limits import RequestLimits
from shared.web.strict_json import read_strictly

log = structlog.get_logger(__name__)

U = TypeVar("U", bound=FilledUnitOfWork)

NO_TRACING: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False}
"""Otherwise FastAPI asks for OpenTelemetry's providers at every request; `shared.telemetry` has the metrics."""


@dataclass(slots=True, kw_only=True)
class RunningService:
    """A service that can be started and stopped."""

    name: str
    api: FastAPI
    app: ASGIApp
    database: Database
    loops: Loops
    closers: Sequence[Callable[[], Any]] = field(default_factory=tuple)

    async def start(self) -> None:
        """Start the loops; the HTTP app works from then on."""
        self.loops.start()
        await asyncio.sleep(0)

    async def stop(self) -> None:
        """Stop consuming and publishing, commit what waits, close everything."""
        await self.loops.stop()
        await self.database.close()
        for close in self.closers:
            await close()


class Settings(Protocol):
    """The settings that every service has; each service has its own class and environment prefix."""

    @property
    def database_url(self) -> str: ...
    @property
    def internal_key(self) -> str: ...


S = TypeVar("S", bound=Settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe(Generic[S]):
    """What the composition root and the service's own process need to build one service."""

    name: operations.Service
    settings: type[S]
    tables: CommonTables
    metadata: MetaData
    migrations: Path
    build: Callable[[S, Database, Bus], RunningService]


def assemble(
    name: operations.Service,
    *,
    version: str,
    secret: str,
    database: Database,
    bus: Bus,
    units: UnitOfWorkFactory[U],
    inbox: Inbox[U],
    routers: Sequence[APIRouter],
    jobs: Mapping[str, Work],
    feed: Feed | None = None,
    archive_days: int = DAYS,
    owed: Sequence[Owed] = (),
    facts: Sequence[Fact] = (),
    clock: Clock = now,
    closers: Sequence[Callable[[], Any]] = (),
    ready: Callable[[], Any] | None = None,
    numbers: Sequence[Number] = (),
    table: Iterable[operations.Operation] = operations.OPERATIONS,
) -> RunningService:
    """One service from its parts. Raises `ValueError` when routes and operations differ."""
    loops = Loops()
    loops.add("commit", database.committer.run)
    archive = EventArchive(database, clock, archive_days)
    relay = Relay(database, bus, feed, archive=archive)
    loops.add("relay", relay.run, stale_after=60)
    loops.add("archive", archive.clean, stale_after=60)
    watch = QueueWatch(name, bus)
    loops.add("followers", watch.run, stale_after=60)
    for subscription in inbox.subscriptions():
        _register(bus, subscription)
    if name is operations.Service.REQUESTS:
        bus.collect_unrouted([event.routing_key() for event in CATALOGUE], inbox.queues.note_unrouted)
    loops.add("sweep", inbox.sweep, stale_after=60)
    if bus.patience:
        loops.add("catch up", inbox.catch_up, stale_after=60)
    for job, work in jobs.items():
        loops.add(job, work, stale_after=90)

    api = FastAPI(
        title=f"Retour {name}",
        version=version,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=problems.DOCUMENTED,
        telemetry=NO_TRACING,
    )
    problems.install(api)
    metrics = Metrics(name, loops, database, numbers, watch)
    api.include_router(health(loops, database, bus, metrics, ready))
    api.state.tokens = InternalTokens(name, secret)
    own = api.state.operations = operations.operations_of(name, table)
    api.state.database = database
    api.state.units = units
    every = (
        *routers,
        dead_letter_routes(name, inbox.letters, loops),
        delivery_routes(name, EventDelivery(inbox, archive, watch)),
        owed_routes(name, Ledger(database.reader, clock, owed), Facts(database.reader, facts)),
    )
    for router in every:
        api.include_router(read_strictly(router))
    streamed = [place for place, operation in own.items() if operation.streamed_body]
    api.add_middleware(FastPath, routes=[route for router in every for route in router.routes], long=streamed)
    _every_route_is_an_operation(name, every, own)
    return RunningService(
        name=name,
        api=api,
        app=RequestLimits(api, operations=own.values()),
        database=database,
        loops=loops,
        closers=closers,
    )


def _register(bus: Bus, subscription: Subscription) -> None:
    bus.subscribe(subscription)


def _every_route_is_an_operation(
    name: operations.Service, routers: Sequence[APIRouter], wanted: Mapping[tuple[str, str], operations.Operation]
) -> None:
    routes = {
        (method, getattr(route, "path", ""))
        for router in routers
        for route in router.routes
        for method in getattr(route, "methods", None) or ()
    }
    missing = routes ^ set(wanted)
    if missing:
        raise ValueError(f"{name}: routes and operations differ: {sorted(missing)}")
