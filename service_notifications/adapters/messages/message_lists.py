"""Lists and counts of messages, read from rows: one statement for each combination of filters, made once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select

from service_notifications.adapters.messages.message_rows import message_of_row
from service_notifications.adapters.tables import messages
from service_notifications.application.messages.message_filter import MessageFilter
from service_notifications.application.queries import MessageCount, MessagePage
from service_notifications.domain.messages.message import Status
from shared.database.reader import Reader
from shared.database.types import UtcDateTime
from shared.telemetry.metrics import Number

_END: Final = "msg_~"
"""A cursor that sorts behind every message's id."""
NOT_SENT: Final = messages.c.status != literal_column("'sent'")
"""Written out in every query of messages that were not sent, so that both engines use the index of those rows."""
_C: Final = messages.c
_EQUAL: Final[dict[str, ColumnElement[bool]]] = {
    "return_id": _C.return_id == bindparam("return_id"),
    "customer_id": _C.customer_id == bindparam("customer_id"),
    "kind": _C.kind == bindparam("kind"),
    "code": _C.code == bindparam("code"),
    "created_since": _C.created_at >= bindparam("created_since", type_=UtcDateTime()),
    "created_before": _C.created_at < bindparam("created_before", type_=UtcDateTime()),
}
"""One condition for each filter that has one value."""
_COUNTS: Final = (
    select(_C.status, _C.kind, func.count().label("n"), func.min(_C.created_at, type_=UtcDateTime()).label("since"))
    .where(NOT_SENT, _C.status.in_([each.value for each in Status if each is not Status.SENT]))
    .group_by(_C.status, _C.kind)
    .order_by(_C.status, _C.kind)
)

MESSAGES_NOT_SENT: Final = Number(
    name="retour_messages",
    text="Messages without an end: those that failed or wait for a contact need a person",
    label="status",
    words=[Status.QUEUED.value, Status.WAITING_FOR_CONTACT.value, Status.SENDING.value, Status.FAILED.value],
    count=select(func.count().label("n")).select_from(messages).where(NOT_SENT, _C.status == bindparam("status")),
)
"""What an alarm watches (Z20)."""


@cache
def _listing(names: frozenset[str], statuses: int, *, sent: bool, newest: bool) -> Select[Any]:
    """The statement for these filters. `sent`: messages that were sent are among those that are wanted."""
    conditions = [_EQUAL[name] for name in sorted(names)]
    if statuses:
        conditions.append(_C.status.in_([bindparam(f"wanted_{n}") for n in range(statuses)]))
        if not sent:
            conditions.append(NOT_SENT)
    if newest:
        query = select(messages).where(_C.id < bindparam("before"), *conditions).order_by(_C.id.desc())
    else:
        query = select(messages.c.id).where(*conditions).order_by(_C.id)
    return query.limit(bindparam("count"))


@dataclass(frozen=True, slots=True)
class MessageLists:
    """Finds messages by a filter."""

    reader: Reader

    async def page(self, wanted: MessageFilter, *, cursor: str | None, limit: int) -> MessagePage:
        """The newest first."""
        statement, values = _filled(wanted, newest=True)
        rows = await self.reader.rows(statement, **values, before=cursor or _END, count=limit + 1)
        found = [message_of_row(row) for row in rows[:limit]]
        return MessagePage(found, found[-1].id if len(rows) > limit else None)

    async def ids(self, wanted: MessageFilter, *, count: int) -> Sequence[str]:
        """The ids of the oldest messages of a filter."""
        statement, values = _filled(wanted, newest=False)
        return [row["id"] for row in await self.reader.rows(statement, **values, count=count)]

    async def counts(self) -> Sequence[MessageCount]:
        """How many messages there are that were not sent, by status and kind, and since when."""
        return [
            MessageCount(status=Status(row["status"]), kind=row["kind"], count=row["n"], since=row["since"])
            for row in await self.reader.rows(_COUNTS)
        ]


def _filled(wanted: MessageFilter, *, newest: bool) -> tuple[Select[Any], dict[str, Any]]:
    values = {name: value for name in _EQUAL if (value := getattr(wanted, name)) is not None}
    statuses = sorted(status.value for status in wanted.status)
    statement = _listing(frozenset(values), len(statuses), sent=Status.SENT.value in statuses, newest=newest)
    return statement, values | {f"wanted_{n}": status for n, status in enumerate(statuses)}
