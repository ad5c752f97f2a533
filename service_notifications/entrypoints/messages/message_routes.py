"""Routes of messages, for the customer and for agents."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response
from pydantic import ConfigDict, JsonValue

from service_notifications.application.queries import Queries
from service_notifications.domain.messages.content import MessageKind
from service_notifications.domain.messages.message import Channel, Result, Status
from shared.kernel.errors import Language
from shared.kernel.principal import Kind
from shared.web.call import AnyCall
from shared.web.fields import ID_FORM, NEXT_PAGE, Output, Page, last_seen

MessageId = Annotated[str, Path(max_length=64, pattern=ID_FORM, examples=["msg_06DMGZ2X8W1V3T5R7P9M1K3H5F"])]
ReturnId = Annotated[str | None, Query(max_length=64, pattern=ID_FORM, description="Only messages about this return.")]
Cursor = Annotated[str | None, NEXT_PAGE, last_seen("msg")]
Limit = Annotated[int, Query(ge=1, le=200)]

_LISTED: Final[dict[str, JsonValue]] = {
    "id": "msg_06DMGZ2X8W1V3T5R7P9M1K3H5F",
    "return_id": "ret_06DMGZ0A1B2C3D4E5F6G7H8J9K",
    "kind": "refund_settled",
    "channel": "email",
    "language": "en",
    "status": "sent",
    "created_at": "2026-03-11T07:04:00Z",
    "sent_at": "2026-03-11T07:04:01Z",
}
_SAID: Final[dict[str, JsonValue]] = {
    "subject": "Your refund of CN¥199.00: return number (RMA) R7K2-MX4Q",
    "text": "Dear Ms Li,\n\nWe have refunded CN¥199.00 for the return number (RMA) R7K2-MX4Q.\n",
    "html": '<!doctype html><html lang="en"><body><p>Dear Ms Li,</p></body></html>',
}
_INSIDE: Final[dict[str, JsonValue]] = {
    "customer_id": "cus_1001",
    "tells": "rfd_06DMGZ1Q2W3E4R5T6Y7V8P9A1S",
    "code": None,
    "due_at": None,
}


class MessageListed(Output):
    """A message to a customer."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LISTED]})

    id: str
    return_id: str
    kind: MessageKind
    channel: Channel
    language: Language
    status: Status
    created_at: datetime
    sent_at: datetime | None


class MessageOut(MessageListed):
    """A message with its words, as the customer sees it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_LISTED, **_SAID}]})

    subject: str
    text: str
    html: str


class AttemptOut(Output):
    """One try to deliver; `code` says why it did not succeed."""

    number: int
    began_at: datetime
    ended_at: datetime | None
    result: Result | None
    code: str | None


class Inside(Output):
    """What only those inside see of a message."""

    customer_id: str
    tells: str
    code: str | None
    due_at: datetime | None


class MessageListedInside(MessageListed, Inside):
    """A message, as an agent sees it in a list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_LISTED, **_INSIDE}]})


class MessageInside(MessageOut, Inside):
    """A message with its words and its way, as an agent sees it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_LISTED,
                    **_SAID,
                    **_INSIDE,
                    "to_address": "li.na@example.com",
                    "template": "refund_settled/en/3f2a9c01d7be",
                    "said_at": "2026-03-11T07:04:00Z",
                    "attempts": [
                        {
                            "number": 1,
                            "began_at": "2026-03-11T07:04:00Z",
                            "ended_at": "2026-03-11T07:04:01Z",
                            "result": "sent",
                            "code": None,
                        }
                    ],
                }
            ]
        }
    )

    to_address: str | None
    template: str
    said_at: datetime | None
    attempts: list[AttemptOut]


class MessagesOut(Page):
    """A page of messages, the newest first."""

    items: list[MessageListed]


class MessagesInside(Page):
    """A page of messages, the newest first, as an agent sees them."""

    items: list[MessageListedInside]


def routes(queries: Queries) -> APIRouter:
    """The routes of messages."""
    router = APIRouter(prefix="/v1/messages", tags=["messages"])

    @router.get("", response_model=MessagesInside | MessagesOut, summary="Messages, of one return or of all")
    async def see_messages(
        call: AnyCall, return_id: ReturnId = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        page = queries.messages(call.principal, return_id=return_id, cursor=cursor, limit=limit)
        return await call.read(page, MessagesOut if _is_customer(call) else MessagesInside)

    @router.get("/{message_id}", response_model=MessageInside | MessageOut, summary="One message, word for word")
    async def see_message(call: AnyCall, message_id: MessageId) -> Response:
        found = queries.message(message_id, call.principal)
        return await call.read(found, MessageOut if _is_customer(call) else MessageInside)

    return router


def _is_customer(call: AnyCall) -> bool:
    return call.principal.kind is Kind.CUSTOMER
