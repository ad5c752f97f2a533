"""Queries that read rows straight into views, and the due messages for the delivery job."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select

from service_notifications.adapters.contacts.contact_rows import ContactRows
from service_notifications.adapters.messages.message_lists import NOT_SENT, MessageLists
from service_notifications.adapters.messages.message_rows import MessageRows
from service_notifications.adapters.tables import contacts, letters, messages
from service_notifications.application.contacts.contact import ContactView, require_own_contact
from service_notifications.application.messages.message_filter import MessageFilter
from service_notifications.application.messages.message_renderer import MessageRenderer
from service_notifications.application.queries import MessageCount, MessagePage, MessageView
from service_notifications.domain.messages.message import CANNOT_BE_SAID, Status
from service_notifications.domain.messages.outgoing_mail import RenderedMessage
from shared.database.reader import Reader
from shared.kernel.errors import NotFound
from shared.kernel.principal import Kind, Principal

_DUE: Final = (
    select(messages.c.id)
    .where(messages.c.due_at.is_not(None), messages.c.due_at <= bindparam("now"))
    .order_by(messages.c.due_at, messages.c.id)
    .limit(bindparam("count"))
)
_REACHABLE: Final = (
    select(messages.c.id)
    .join(contacts, contacts.c.id == messages.c.customer_id)
    .where(messages.c.status == Status.WAITING_FOR_CONTACT.value, contacts.c.email.is_not(None))
    .order_by(messages.c.id)
    .limit(bindparam("count"))
)
_READDRESSED: Final = (
    select(messages.c.id)
    .join(letters, letters.c.message_id == messages.c.id)
    .join(contacts, contacts.c.id == messages.c.customer_id)
    .where(
        NOT_SENT,
        messages.c.status == Status.FAILED.value,
        messages.c.code != CANNOT_BE_SAID,
        contacts.c.email.is_not(None),
        contacts.c.email != letters.c.to_address,
    )
    .order_by(messages.c.id)
    .limit(bindparam("count"))
)


@dataclass(frozen=True, slots=True)
class SqlQueries:
    reader: Reader
    renderer: MessageRenderer

    async def contact(self, customer_id: str, by: Principal) -> ContactView:
        require_own_contact(customer_id, by)
        found = await ContactRows().load(self.reader, customer_id)
        if found is None:
            raise NotFound("contact")
        return ContactView.of(found)

    async def message(self, message_id: str, by: Principal) -> MessageView:
        found = await MessageRows().load(self.reader, message_id)
        if found is None or (by.kind is Kind.CUSTOMER and by.id != found.customer_id):
            raise NotFound("message")
        rows = await self.reader.load(letters, "message_id", message_id)
        if rows:
            kept = rows[0]
            said = RenderedMessage(kept["subject"], kept["text"], kept["html"], kept["template"])
            return MessageView.of(found, said, to_address=kept["to_address"], said_at=kept["said_at"])
        contact = await ContactRows().load(self.reader, found.customer_id)
        return MessageView.of(found, self.renderer.render(found, contact), to_address=None, said_at=None)

    async def messages(self, by: Principal, wanted: MessageFilter, *, cursor: str | None, limit: int) -> MessagePage:
        own = wanted
        if by.kind is Kind.CUSTOMER:
            if wanted.customer_id not in (None, by.id):
                return MessagePage((), None)
            own = replace(wanted, customer_id=by.id)
        return await MessageLists(self.reader).page(own, cursor=cursor, limit=limit)

    async def message_ids(self, wanted: MessageFilter, *, count: int) -> Sequence[str]:
        return await MessageLists(self.reader).ids(wanted, count=count)

    async def message_counts(self) -> Sequence[MessageCount]:
        return await MessageLists(self.reader).counts()


@dataclass(frozen=True, slots=True)
class SqlDueMessages:
    """The messages that the delivery job has to begin."""

    reader: Reader

    async def due(self, now: datetime, count: int) -> Sequence[str]:
        """Due messages, lost attempts included; then messages whose contact has arrived."""
        ids = [row["id"] for row in await self.reader.rows(_DUE, now=now, count=count)]
        if len(ids) < count:
            ids += [row["id"] for row in await self.reader.rows(_REACHABLE, count=count - len(ids))]
        return ids

    async def readdressed(self, count: int) -> Sequence[str]:
        """Messages that have failed at another address than the one the customer has now (Z20)."""
        return [row["id"] for row in await self.reader.rows(_READDRESSED, count=count)]
