"""Builds the gateway: the only place where its parts are put together."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request
from sqlalchemy import MetaData
from starlette.types import ASGIApp

from gateway.adapters.edge.cross_origin import CrossOrigin
from gateway.adapters.edge.forwarding import Forwarder, ServiceReads, Upstreams
from gateway.adapters.edge.operation_router import OperationRouter
from gateway.adapters.edge.rates import QuotaSpent, Rates, SignInAttempts
from gateway.adapters.edge.refusal_log import RefusalLog, RefusedRequest
from gateway.adapters.edge.security_headers import SecurityHeaders, WholeFiles
from gateway.adapters.edge.transport import Transport
from gateway.adapters.edge.transport_http import HttpTransport
from gateway.adapters.identity.passwords_argon2 import Argon2Passwords
from gateway.adapters.identity.recognition import Recogniser
from gateway.adapters.identity.secrets_hmac import HmacSecrets
from gateway.adapters.publishing import publish
from gateway.adapters.queries import SqlQueries
from gateway.adapters.reconciling.finding_rows import FindingRows
from gateway.adapters.reconciling.service_calls import ServiceCalls
from gateway.adapters.tables import common, metadata
from gateway.adapters.unit_of_work import GatewayUnitOfWork, GatewayUnits
from gateway.application.identity.accounts import open_first_account
from gateway.application.identity.key_uses import KeyUses
from gateway.application.identity.signing_in import SignIn
from gateway.application.ports import Recognised
from gateway.application.reconciling.disagreements import Disagreements
from gateway.application.reconciling.lost_events import LostEvents
from gateway.application.reconciling.ports import Follower
from gateway.domain.identity.gateway_operation import GATEWAY_OPERATIONS, GatewayOperation
from gateway.domain.identity.unknown_caller import UnknownCaller
from gateway.domain.reconciling.comparison import COMPARISONS
from gateway.entrypoints.edge import health, refusals
from gateway.entrypoints.identity import accounts, actors, auth, keys
from gateway.entrypoints.identity.admission import Admission, visit_of
from gateway.entrypoints.identity.key_use_job import KeyUseWriter
from gateway.entrypoints.pages import routes as pages
from gateway.entrypoints.pages.page_renderer import PageRenderer
from gateway.entrypoints.pages.public import documentation
from gateway.entrypoints.pages.site import Site
from gateway.entrypoints.pages.words import WORDS
from gateway.entrypoints.reconciling import finding_routes
from gateway.entrypoints.reconciling.reconciler_job import Reconciler
from gateway.settings import Settings
from shared.contracts.events import FOLLOWERS, PUBLISHERS
from shared.contracts.operations import OPERATIONS, Operation, Service
from shared.database.common_tables import CommonTables
from shared.database.database import Database
from shared.database.repository import OutboxWriter
from shared.database.unit_of_work.transactions import Transactions
from shared.kernel.errors import RetourError
from shared.runtime.clock import Clock, new_id, now
from shared.runtime.loops import Loops
from shared.telemetry.metrics import Metrics
from shared.web import problems
from shared.web.request_limits import RequestLimits
from shared.web.service import NO_TRACING
from shared.web.strict_json import read_strictly

VERSION: Final = "0.1.0"
NAME: Final = "gateway"


@dataclass(slots=True, kw_only=True)
class Gateway:
    """The gateway: it is started and stopped like a service."""

    api: FastAPI
    app: ASGIApp
    database: Database
    loops: Loops
    settings: Settings
    transactions: Transactions[GatewayUnitOfWork]
    passwords: Argon2Passwords
    queries: SqlQueries
    upstreams: Upstreams
    refusals: RefusalLog
    clock: Clock
    name: str = NAME

    async def start(self) -> None:
        """Start the loops, and open the first account where there is none."""
        self.loops.start()
        await asyncio.sleep(0)
        if self.settings.bootstrap_admin is not None:
            email, _, password = self.settings.bootstrap_admin.partition(":")
            await open_first_account(
                self.transactions,
                self.queries,
                self.passwords,
                key=new_id("acc"),
                email=email.lower(),
                password=password,
                at=self.clock(),
            )

    async def stop(self) -> None:
        """Commit what waits, write the last refusals, and close everything."""
        await self.loops.stop()
        last = asyncio.create_task(self.refusals.write())
        await asyncio.sleep(0)
        await self.database.close()
        await last
        await self.upstreams.close()
        await self.passwords.close()


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the composition root and the gateway's own process need to build the gateway."""

    name: str
    settings: type[Settings]
    tables: CommonTables
    metadata: MetaData
    migrations: Path


RECIPE: Final = Recipe(NAME, Settings, common, metadata, Path(__file__).parent / "migrations")


def transports(settings: Settings) -> Mapping[Service, Transport]:
    """An HTTP transport for each service."""
    return {
        service: HttpTransport(
            service,
            settings.url_of(service),
            connections=settings.upstream_connections,
            seconds=settings.upstream_seconds,
        )
        for service in Service
    }


def build(
    settings: Settings,
    database: Database,
    ways: Mapping[Service, Transport],
    clock: Clock = now,
    table: Iterable[Operation] = OPERATIONS,
) -> Gateway:
    """The gateway over a database and transports that the caller chooses."""
    secrets = HmacSecrets(settings.token_key)
    uses = KeyUses()
    recogniser = Recogniser(database.reader, secrets, clock, uses.note)
    units = GatewayUnits(database.reader, OutboxWriter(NAME, publish, clock, new_id), recogniser.forget)
    transactions = Transactions(units, database.committer)
    passwords = Argon2Passwords()
    queries = SqlQueries(database.reader)
    log = RefusalLog(database, clock, new_id)
    rates = _rates(settings)
    upstreams = Upstreams(ways, {service: settings.key_of(service) for service in Service})
    sign_in = SignIn(
        transactions=transactions,
        passwords=passwords,
        secrets=secrets,
        attempts=SignInAttempts(settings.sign_ins_per_address),
        memory=recogniser,
        clock=clock,
        new_id=new_id,
    )
    reconciler = _reconciler(settings, database, upstreams, found := FindingRows(database), clock)
    loops = _loops(database, recogniser, log, KeyUseWriter(uses, transactions, clock), reconciler)
    renderer = PageRenderer(WORDS, https=settings.https)
    api = _api(renderer)
    admission = api.state.admission = _admission(recogniser, rates, log)
    site = Site(
        renderer=renderer,
        recognition=recogniser,
        services=ServiceReads(upstreams),
        transactions=transactions,
        queries=queries,
        sign_in=sign_in,
        look=admission.look,
        count=admission.count,
        clock=clock,
        public_url=settings.public_url,
        demo_accounts=settings.demonstration,
    )
    routers = (
        health.routes(loops, database.engine.ping, _numbers(settings, loops, database)),
        auth.routes(transactions, queries, sign_in, clock),
        keys.routes(transactions, queries, secrets, clock, new_id),
        accounts.routes(transactions, queries, passwords, clock, new_id),
        actors.routes(queries, clock),
        refusals.routes(queries),
        finding_routes.routes(found, reconciler.late, clock),
        documentation.document_routes(),
        *pages.routes(site),
        *((documentation.page_routes(renderer),) if settings.expose_docs else ()),
    )
    for router in routers:
        api.include_router(read_strictly(router))
    api.mount("/static", WholeFiles(directory=documentation.STATIC))
    front = _forwarder(
        settings, api, router=OperationRouter(table), recogniser=recogniser, rates=rates, log=log, upstreams=upstreams
    )
    return Gateway(
        api=api,
        app=_open_to_origins(front, settings),
        database=database,
        loops=loops,
        settings=settings,
        transactions=transactions,
        passwords=passwords,
        queries=queries,
        upstreams=upstreams,
        refusals=log,
        clock=clock,
    )


def _forwarder(
    settings: Settings,
    api: FastAPI,
    *,
    router: OperationRouter[Operation],
    recogniser: Recogniser,
    rates: Rates,
    log: RefusalLog,
    upstreams: Upstreams,
) -> Forwarder:
    """The entry of every request: operations of services are forwarded, all others go to our own routes."""
    return Forwarder(
        inside=SecurityHeaders(
            RequestLimits(api, limit=settings.body_limit, seconds=settings.body_seconds), https=settings.https
        ),
        router=router,
        recogniser=recogniser,
        rates=rates,
        refusals=log,
        upstreams=upstreams,
        body_limit=settings.body_limit,
        body_seconds=settings.body_seconds,
        trusted_hops=settings.trusted_hops,
    )


def _open_to_origins(front: Forwarder, settings: Settings) -> ASGIApp:
    """The entry, open to pages of the listed origins; without any it is the forwarder itself."""
    if not settings.other_origins:
        return front
    return CrossOrigin(
        inside=front,
        origins=frozenset(origin.encode("ascii") for origin in settings.other_origins),
        routers=(front.router, OperationRouter(GATEWAY_OPERATIONS)),
        trusted_hops=settings.trusted_hops,
    )


def _rates(settings: Settings) -> Rates:
    return Rates(
        known=settings.rate_per_minute,
        customer=settings.customer_rate_per_minute,
        anonymous=settings.anonymous_rate_per_minute,
    )


def _numbers(settings: Settings, loops: Loops, database: Database) -> Callable[[], Awaitable[bytes]] | None:
    """The metrics, where the public address shows them."""
    return Metrics(NAME, loops, database).text if settings.expose_metrics else None


def _loops(
    database: Database, recogniser: Recogniser, log: RefusalLog, uses: KeyUseWriter, reconciler: Reconciler
) -> Loops:
    loops = Loops()
    loops.add("commit", database.committer.run)
    loops.add("revocations", recogniser.follow)
    loops.add("refusals", log.run)
    loops.add("key-uses", uses.run)
    loops.add("reconcile", reconciler.run, stale_after=120)
    return loops


def _reconciler(
    settings: Settings, database: Database, upstreams: Upstreams, found: FindingRows, clock: Clock
) -> Reconciler:
    services = ServiceCalls(upstreams)
    followers = [
        Follower(queue=queue, service=queue.partition(".")[0], publisher=PUBLISHERS[noun], noun=noun)
        for noun, queues in FOLLOWERS.items()
        for queue in queues
    ]
    return Reconciler(
        lost=LostEvents(services=services, findings=found, followers=followers, clock=clock),
        disagreements=Disagreements(services, found, clock),
        lead=database.engine.lead,
        seconds=settings.reconcile_seconds,
        clock=clock,
        names=[*(each.queue for each in followers), *(each.name for each in COMPARISONS)],
    )


def _api(renderer: PageRenderer) -> FastAPI:
    """The app of the gateway's own routes; an unknown path gets a page or a problem document."""
    api = FastAPI(
        title="Retour",
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=problems.DOCUMENTED,
        telemetry=NO_TRACING,
    )
    problems.install(api, renderer.lost)
    return api


@contextlib.contextmanager
def _told(request: Request) -> Iterator[None]:
    """A refusal for a spent quota says the quota too."""
    try:
        yield
    except QuotaSpent as spent:
        request.state.quota = spent.left
        raise


def _admission(recogniser: Recogniser, rates: Rates, log: RefusalLog) -> Admission:
    def look(request: Request, secret: str) -> None:
        if secret and recogniser.remembered(secret) is None and not recogniser.is_expected(secret):
            with _told(request):
                rates.look_unknown(visit_of(request).address)

    def count(request: Request, caller: Recognised | UnknownCaller) -> None:
        with _told(request):
            if isinstance(caller, UnknownCaller):
                request.state.quota = rates.take_unknown(visit_of(request).address, caller)
            else:
                request.state.quota = rates.take(caller.principal)

    def note(request: Request, operation: GatewayOperation, error: RetourError, caller: Recognised | None) -> None:
        refused = RefusedRequest(
            status=problems.status_of(error),
            code=error.code,
            method=operation.method,
            path=operation.path,
            actor=caller.principal.actor if caller else None,
            address=visit_of(request).address,
        )
        log.note(refused, problems.instance_of(request))

    return Admission(recogniser, look, count, note)
