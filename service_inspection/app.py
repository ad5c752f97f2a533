"""The only place where the parts of this service meet."""

from functools import partial
from pathlib import Path
from typing import Final

from service_inspection.adapters.owed import FACTS, OWED
from service_inspection.adapters.publishing import publish
from service_inspection.adapters.queries import SqlQueries
from service_inspection.adapters.tables import common, metadata
from service_inspection.adapters.unit_of_work import InspectionUnits
from service_inspection.application.inspection.scan_count import CountingRules, post_scan
from service_inspection.entrypoints.consumers import consumers
from service_inspection.entrypoints.inspection import (
    decision_routes,
    discrepancy_routes,
    handling_routes,
    inspection_routes,
)
from service_inspection.entrypoints.jobs import Jobs
from service_inspection.entrypoints.receiving import receipt_routes
from service_inspection.settings import Settings
from shared.contracts.operations import Service as Name
from shared.database.database import Database
from shared.database.repository import OutboxWriter
from shared.database.unit_of_work.transactions import Transactions
from shared.documents.calendars import load_calendars
from shared.messaging.bus import Bus
from shared.messaging.inbox import Inbox
from shared.runtime.clock import Clock, new_id, now
from shared.web.service import Recipe, RunningService, assemble

VERSION: Final = "0.1.0"


def build(settings: Settings, database: Database, bus: Bus, clock: Clock = now) -> RunningService:
    """The service over a database and a bus that the caller has chosen."""
    units = InspectionUnits(database.reader, OutboxWriter("inspection", publish, clock, new_id))
    rules = CountingRules(load_calendars(), settings.calendar, new_id)
    queries = SqlQueries(database.reader)
    inbox = Inbox(database, units, consumers(rules, clock), clock, bus.patience)
    return assemble(
        Name.INSPECTION,
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
            receipt_routes.routes(queries, partial(post_scan, rules=rules), clock, new_id),
            inspection_routes.routes(queries, rules, clock),
            decision_routes.routes(rules, clock),
            handling_routes.routes(rules, clock, settings.case_days),
            discrepancy_routes.routes(queries, rules, clock, settings.case_days),
        ),
        jobs=Jobs(
            transactions=Transactions(units, database.committer),
            queries=queries,
            counting=rules,
            clock=clock,
            late_match=units.late_match,
        ).loops(),
    )


RECIPE: Final = Recipe(
    name=Name.INSPECTION,
    settings=Settings,
    tables=common,
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    build=build,
)
