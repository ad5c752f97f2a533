"""The only place where the parts of this service meet."""

from pathlib import Path
from typing import Final

from service_notifications.adapters.messages.mail_folder import FolderTransport
from service_notifications.adapters.messages.mail_format import MailSender
from service_notifications.adapters.messages.mail_smtp import SmtpServer, SmtpTransport
from service_notifications.adapters.messages.message_lists import MESSAGES_NOT_SENT
from service_notifications.adapters.messages.outgoing_mail import OutgoingMailQueue
from service_notifications.adapters.messages.renderer_jinja import JinjaRenderer, Signature
from service_notifications.adapters.owed import FACTS, OWED
from service_notifications.adapters.publishing import publish
from service_notifications.adapters.queries import SqlDueMessages, SqlQueries
from service_notifications.adapters.tables import common, metadata
from service_notifications.adapters.unit_of_work import NotificationsUnits
from service_notifications.application.messages.mail_transport import MailTransport
from service_notifications.entrypoints.consumers import consumers
from service_notifications.entrypoints.contacts import contact_routes
from service_notifications.entrypoints.messages import message_routes
from service_notifications.entrypoints.messages.delivery_job import DeliveryJobs
from service_notifications.settings import Settings
from shared.contracts.operations import Service as Name
from shared.database.database import Database
from shared.database.repository import OutboxWriter
from shared.database.unit_of_work.transactions import Transactions
from shared.messaging.bus import Bus
from shared.messaging.inbox import Inbox
from shared.runtime.clock import Clock, new_id, now
from shared.web.service import Recipe, RunningService, assemble

VERSION: Final = "0.1.0"


def build(
    settings: Settings, database: Database, bus: Bus, clock: Clock = now, mail: MailTransport | None = None
) -> RunningService:
    """The service over a database and a bus that the caller has chosen. The settings choose the mail transport."""
    words = JinjaRenderer(
        Signature(settings.merchant, settings.service_email, settings.service_phone, settings.clock_zone)
    )
    post = mail or mail_of(settings)
    outgoing = OutgoingMailQueue(post.at_once)
    units = NotificationsUnits(database.reader, OutboxWriter("notifications", publish, clock, new_id), outgoing)
    inbox = Inbox(database, units, consumers(clock, new_id, words, settings.collecting), clock, bus.patience)
    queries = SqlQueries(database.reader, words)
    jobs = DeliveryJobs(
        transactions=Transactions(units, database.committer),
        due=SqlDueMessages(database.reader),
        words=words,
        mail=post,
        outgoing=outgoing,
        lead=database.engine.lead,
        clock=clock,
    )
    return assemble(
        Name.NOTIFICATIONS,
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
        routers=(contact_routes.routes(queries), message_routes.routes(queries, clock, words)),
        jobs=jobs.loops(),
        closers=(post.close,),
        numbers=(MESSAGES_NOT_SENT,),
    )


def mail_of(settings: Settings) -> MailTransport:
    """The mail transport that `NOTIFICATIONS_MAIL_URL` names."""
    sender = MailSender(settings.merchant, settings.service_email)
    if settings.mail_url.startswith("file://"):
        return FolderTransport(Path(settings.mail_url.removeprefix("file://")), sender)
    return SmtpTransport(SmtpServer.of(settings.mail_url), sender)


RECIPE: Final = Recipe(
    name=Name.NOTIFICATIONS,
    settings=Settings,
    tables=common,
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    build=build,
)
