"""The only place where the parts of this service meet."""

from pathlib import Path
from typing import Final

from service_refunds.adapters.owed import FACTS, OWED
from service_refunds.adapters.publishing import publish
from service_refunds.adapters.queries import SqlQueries
from service_refunds.adapters.settlement.payments_simulator import PaymentsSimulator
from service_refunds.adapters.tables import common, finance_feed, metadata
from service_refunds.adapters.unit_of_work import RefundsUnits
from service_refunds.application.settlement.execution import RefundExecution
from service_refunds.application.settlement.opening import Opening
from service_refunds.domain.settlement.provider import PaymentProvider
from service_refunds.entrypoints.consumers import consumers
from service_refunds.entrypoints.finance import finance_routes, ledger_routes
from service_refunds.entrypoints.settlement import recovery_routes, refund_jobs, refund_routes, simulator_routes
from service_refunds.settings import Settings
from shared.contracts.operations import Service as Name
from shared.database.database import Database
from shared.database.repository import OutboxWriter
from shared.database.unit_of_work.transactions import Transactions
from shared.documents.calendars import load_calendars
from shared.messaging.bus import Bus
from shared.messaging.event_feed import EventFeed
from shared.messaging.inbox import Inbox
from shared.runtime.clock import Clock, NewId, new_id, now
from shared.web.service import Recipe, RunningService, assemble

VERSION: Final = "0.1.0"


def build(
    settings: Settings,
    database: Database,
    bus: Bus,
    clock: Clock = now,
    *,
    ids: NewId = new_id,
    provider: PaymentProvider | None = None,
) -> RunningService:
    """The service over a database and a bus that the caller has chosen. Without a provider the simulator pays."""
    units = RefundsUnits(database.reader, OutboxWriter("refunds", publish, clock, ids))
    inbox = Inbox(database, units, consumers(clock, Opening(ids, load_calendars())), clock, bus.patience)
    queries = SqlQueries(database.reader, clock)
    paying = provider or PaymentsSimulator(database.reader, database.committer, clock)
    execution = RefundExecution(paying, Transactions(units, database.committer), clock)
    return assemble(
        Name.REFUNDS,
        version=VERSION,
        secret=settings.internal_key,
        database=database,
        bus=bus,
        archive_days=settings.archive_days,
        clock=clock,
        owed=OWED,
        facts=FACTS,
        units=units,
        inbox=inbox,
        routers=(
            refund_routes.routes(queries, clock),
            recovery_routes.routes(clock),
            finance_routes.routes(queries, clock),
            ledger_routes.routes(queries),
            simulator_routes.routes(queries),
        ),
        jobs=refund_jobs.jobs(
            execution,
            queries,
            units.reserved,
            lead=database.engine.lead,
            clock=clock,
            payments_at_once=settings.provider_calls,
        ),
        feed=EventFeed(database.reader, finance_feed),
    )


RECIPE: Final = Recipe(
    name=Name.REFUNDS,
    settings=Settings,
    tables=common,
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    build=build,
)
