"""The only place where the parts of this service meet."""

from pathlib import Path
from typing import Final

from service_notifications.adapters.mail_bytes import Sender
from service_notifications.adapters.mail_outbox import OutboxMail
from service_notifications.adapters.mail_smtp import Server, SmtpMail
from service_notifications.adapters.outgoing import Outgoing
from service_notifications.adapters.publishing import publish
from service_notifications.adapters.queries import SqlDue, SqlQueries
from service_notifications.adapters.tables import common, metadata
from service_notifications.adapters.unit_of_work import NotificationsUnits
from service_notifications.adapters.words_templates import Signature, TemplateWords
from service_notifications.application.ports import Mail
from service_notifications.entrypoints import contacts, messages
from service_notifications.entrypoints.consumers import consumers
from service_notifications.entrypoints.jobs import Deliver
from service_notifications.settings import Settings
from shared.contracts.operations import Service as Name
from shared.database.database import Database
from shared.database.repository import OutboxWriter
from shared.messaging.bus import Bus
from shared.messaging.inbox import Inbox
from shared.runtime.clock import Clock, new_id, now
from shared.web.service import Recipe, RunningService, assemble

VERSION: Final = "0.1.0"


def build(
    settings: Settings, database: Database, bus: Bus, clock: Clock = now, mail: Mail | None = None
) -> RunningService:
    """The service over a database and a bus that somebody else has chosen; the settings choose the mail."""
    words = TemplateWords(
        Signature(settings.merchant, settings.service_email, settings.service_phone, settings.clock_zone)
    )
    post = mail or mail_of(settings)
    outgoing = Outgoing(post.at_once, database.signals.when("contacts"))
    units = NotificationsUnits(database.reader, OutboxWriter("notifications", publish, clock, new_id), outgoing)
    inbox = Inbox(database, units, consumers(clock, new_id, words), clock, bus.patience)
    queries = SqlQueries(database.reader, words)
    deliver = Deliver(
        database, units, due=SqlDue(database.reader), words=words, mail=post, outgoing=outgoing, clock=clock
    )
    return assemble(
        Name.NOTIFICATIONS,
        version=VERSION,
        secret=settings.internal_key,
        database=database,
        bus=bus,
        units=units,
        inbox=inbox,
        routers=(contacts.routes(queries), messages.routes(queries)),
        jobs={"carry": deliver.carry, "deliver": deliver.run},
        closers=(post.close,),
    )


def mail_of(settings: Settings) -> Mail:
    """The way for letters to leave that `NOTIFICATIONS_MAIL_URL` names."""
    sender = Sender(settings.merchant, settings.service_email)
    if settings.mail_url.startswith("file://"):
        return OutboxMail(Path(settings.mail_url.removeprefix("file://")), sender)
    return SmtpMail(Server.of(settings.mail_url), sender)


RECIPE: Final = Recipe(Name.NOTIFICATIONS, Settings, common, metadata, Path(__file__).parent / "migrations", build)
