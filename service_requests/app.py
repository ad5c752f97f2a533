"""Builds the service: the only place that connects its parts."""

import secrets
from functools import partial
from pathlib import Path
from typing import Final

from service_requests.adapters.orders.secret_seal_jwe import JweSeal
from service_requests.adapters.owed import FACTS, OWED
from service_requests.adapters.policy.rulebook_source import SqlRulebookSource, read_draft
from service_requests.adapters.publishing import publish
from service_requests.adapters.queries import SqlQueries
from service_requests.adapters.tables import common, metadata, return_feed
from service_requests.adapters.unit_of_work import RequestsUnits
from service_requests.application.orders.shop_delivery import ShopDeliveries
from service_requests.domain.returns import rma
from service_requests.domain.returns.progress.service_norms import ServiceNorms
from service_requests.entrypoints.consumers import consumers
from service_requests.entrypoints.eligibility import assessment_routes, policy_routes, trial_routes
from service_requests.entrypoints.jobs import jobs
from service_requests.entrypoints.logistics import shipment_routes
from service_requests.entrypoints.orders import (
    article_routes,
    fact_routes,
    order_routes,
    parcel_routes,
    shop_routes,
    shop_snapshot,
)
from service_requests.entrypoints.policy import publication_routes
from service_requests.entrypoints.returns import (
    annotation_routes,
    cancellation_routes,
    feed_routes,
    request_routes,
    return_routes,
    trace_routes,
)
from service_requests.entrypoints.review import extension_routes, review_routes
from service_requests.settings import Settings
from shared.contracts.operations import Service as Name
from shared.database.database import Database
from shared.database.repository import OutboxWriter
from shared.database.unit_of_work.transactions import Transactions
from shared.documents.calendars import load_calendars
from shared.messaging.bus import Bus
from shared.messaging.event_feed import EventFeed, FeedCleaning
from shared.messaging.inbox import Inbox
from shared.runtime.clock import Clock, new_id, now
from shared.web import strict_json
from shared.web.service import Recipe, RunningService, assemble

VERSION: Final = "0.1.0"


def build(settings: Settings, database: Database, bus: Bus, clock: Clock = now) -> RunningService:
    """The service over a database and a bus that the caller has chosen."""
    rulebooks = SqlRulebookSource(database.reader)
    norms = ServiceNorms(
        calendars=load_calendars(),
        transit_days=settings.transit_days,
        judge_days=settings.judge_days,
        calculate_days=settings.calculate_days,
        tell_days=settings.tell_days,
        answer_days=settings.answer_days,
        extension_days=settings.extension_days,
    )
    units = RequestsUnits(database.reader, OutboxWriter("requests", publish, clock, new_id), rulebooks, norms)
    queries = SqlQueries(database.reader)
    cleaning = FeedCleaning(database.reader, database.committer, return_feed, clock, settings.archive_days)
    new_rma = partial(rma.draw, secrets.randbelow)
    seal = JweSeal(settings.internal_key)
    deliveries = ShopDeliveries(
        transactions=Transactions(units, database.committer),
        find=queries.shop,
        seal=seal,
        clock=clock,
        read_json=strict_json.parse,
        snapshot=lambda document, at: shop_snapshot.read_order(document, new_id("order"), at),
        facts=shop_snapshot.read_facts,
    )
    return assemble(
        Name.REQUESTS,
        version=VERSION,
        secret=settings.internal_key,
        database=database,
        bus=bus,
        archive_days=settings.archive_days,
        clock=clock,
        owed=OWED,
        facts=FACTS,
        units=units,
        inbox=Inbox(database, units, consumers(clock), clock, bus.patience),
        routers=(
            order_routes.routes(queries, clock, new_id),
            shop_routes.routes(queries, seal, deliveries, clock),
            article_routes.routes(queries),
            fact_routes.routes(clock),
            parcel_routes.routes(clock),
            assessment_routes.routes(clock),
            request_routes.routes(clock, new_id, new_rma),
            review_routes.routes(clock, new_rma),
            extension_routes.routes(clock),
            cancellation_routes.routes(clock),
            shipment_routes.routes(clock, new_id),
            return_routes.routes(queries, clock),
            feed_routes.routes(queries),
            annotation_routes.routes(queries, clock),
            trace_routes.routes(queries, rulebooks),
            policy_routes.routes(rulebooks, clock),
            publication_routes.routes(rulebooks, read_draft, clock),
            trial_routes.routes(queries, rulebooks, read_draft, clock),
        ),
        jobs={**jobs(database, units, queries, clock), "feed": cleaning.run},
        feed=EventFeed(database.reader, return_feed, nouns=("return",), clock=clock),
    )


RECIPE: Final = Recipe(
    name=Name.REQUESTS,
    settings=Settings,
    tables=common,
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    build=build,
)
