"""The unit of work of this service: its repositories over the shared data structure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import partial

from service_notifications.adapters.contacts.contact_rows import ContactRows
from service_notifications.adapters.messages.message_rows import MessageRows, message_of_row
from service_notifications.adapters.messages.outgoing_mail import OutgoingMailQueue
from service_notifications.adapters.tables import letters, messages, returns
from service_notifications.domain.messages.known_return import KnownReturn
from service_notifications.domain.messages.message import Message
from service_notifications.domain.messages.outgoing_mail import OutgoingMail
from shared.contracts.envelope import Origin
from shared.database.reader import Reader
from shared.database.repository import AggregateCache, OutboxWriter, Repository
from shared.database.unit_of_work.after_commit import AfterCommit
from shared.database.work import Put, Work


class NotificationsUnitOfWork:
    """The repositories and queries that the use cases of notifications share in one commit."""

    def __init__(
        self,
        reader: Reader,
        outbox_writer: OutboxWriter,
        origin: Origin,
        cache: AggregateCache[Message],
        outgoing: OutgoingMailQueue,
    ) -> None:
        self._reader = reader
        self._outbox_writer = outbox_writer
        self.origin = origin
        self.work = Work()
        self.contacts = Repository(reader, ContactRows())
        self.messages = Repository(reader, MessageRows(), cache)
        self.after_commit = AfterCommit()
        self._outgoing = outgoing
        self.parts = (self.contacts, self.messages, self.after_commit)

    async def messages_of_return(self, return_id: str) -> Sequence[Message]:
        kept = [message_of_row(row) for row in await self._reader.load(messages, "return_id", return_id)]
        known = {each.id for each in kept}
        return [*kept, *(each for each in self.messages.seen if each.return_id == return_id and each.id not in known)]

    async def known_return(self, return_id: str) -> KnownReturn | None:
        rows = await self._reader.load(returns, "id", return_id)
        return KnownReturn(**rows[0]) if rows else None

    def keep_known_return(self, known: KnownReturn) -> None:
        self.work.writes.append(Put(returns, {each.name: getattr(known, each.name) for each in fields(known)}))

    def may_hand_over_now(self) -> bool:
        """Whether a mail that begins now is handed over at once; if not, the due-message job is woken."""
        if self._outgoing.open:
            return True
        self.after_commit(self._outgoing.due.set)
        return False

    def wake_job(self) -> None:
        self.after_commit(self._outgoing.due.set)

    def keep_words(self, letter: OutgoingMail, at: datetime) -> None:
        values = {
            "message_id": letter.message_id,
            "to_address": letter.to_address,
            "subject": letter.rendered.subject,
            "text": letter.rendered.text,
            "html": letter.rendered.html,
            "template": letter.rendered.template,
            "said_at": at,
        }
        self.work.writes.append(Put(letters, values))
        self.after_commit(partial(self._outgoing.put, letter))

    def collect(self) -> Work:
        """See `FilledUnitOfWork.collect`. Messages may have waited for a contact that changed."""
        if any(contact.events for contact in self.contacts.seen):
            self.after_commit(self._outgoing.contacts_changed.set)
            self.after_commit(self._outgoing.due.set)
        return self._outbox_writer.collect(self.work, self.origin, (self.contacts, self.messages))


@dataclass(frozen=True, slots=True)
class NotificationsUnits:
    """Begins units of work."""

    reader: Reader
    outbox_writer: OutboxWriter
    outgoing: OutgoingMailQueue
    cache: AggregateCache[Message] = field(default_factory=AggregateCache)

    def begin(self, origin: Origin) -> NotificationsUnitOfWork:
        """Begin a new unit of work."""
        return NotificationsUnitOfWork(self.reader, self.outbox_writer, origin, self.cache, self.outgoing)
