"""Queries that read rows straight into views, and the due messages for the delivery job."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, select

from service_notifications.adapters.contacts.contact_rows import ContactRows
from service_notifications.adapters.messages.message_rows import MessageRows, message_of_row
from service_notifications.adapters.tables import contacts, letters, messages
from service_notifications.application.contacts.contact import ContactView, require_own_contact
from service_notifications.application.messages.message_renderer import MessageRenderer
from service_notifications.application.queries import MessagePage, MessageView
from service_notifications.domain.messages.message import Status
from service_notifications.domain.messages.outgoing_mail import RenderedMessage
from shared.database.reader import Reader
from shared.kernel.errors import NotFound
from shared.kernel.principal import Kind, Principal

_NEWEST_FIRST: Final = (
    select(messages).where(messages.c.id < bindparam("before")).order_by(messages.c.id.desc()).limit(bindparam("count"))
)
_LISTS: Final[dict[tuple[bool, bool], Select[Any]]] = {
    (of_return, of_customer): _NEWEST_FIRST.where(
        *([messages.c.return_id == bindparam("return_id")] if of_return else []),
        *([messages.c.customer_id == bindparam("customer_id")] if of_customer else []),
    )
    for of_return in (False, True)
    for of_customer in (False, True)
}
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
_END: Final = "msg_~"
"""A cursor that sorts behind every message's id."""


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

    async def messages(self, by: Principal, *, return_id: str | None, cursor: str | None, limit: int) -> MessagePage:
        values: dict[str, Any] = {"before": cursor or _END, "count": limit + 1}
        if return_id is not None:
            values["return_id"] = return_id
        if by.kind is Kind.CUSTOMER:
            values["customer_id"] = by.id
        rows = await self.reader.rows(_LISTS["return_id" in values, "customer_id" in values], **values)
        found = [message_of_row(row) for row in rows[:limit]]
        return MessagePage(found, found[-1].id if len(rows) > limit else None)


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
