"""How messages are shown: to the customer, and to those inside."""

from datetime import datetime
from typing import Final

from pydantic import ConfigDict, JsonValue

from service_notifications.domain.messages.content import MessageKind
from service_notifications.domain.messages.message import Channel, OtherChannel, Result, Status
from service_notifications.entrypoints.messages.message_actions import MESSAGE_ACTIONS
from shared.kernel.errors import Language
from shared.web.actions import WithActions
from shared.web.fields import Output, Page

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
    "ending": None,
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


class EndingOut(Output):
    """How a message ended that was not sent: when, who says so, and why.

    `channel` is how the customer was told; `overtaken_by` is the message that tells the later fact.
    """

    at: datetime
    by: str
    why: str | None
    channel: OtherChannel | None
    overtaken_by: str | None


class Inside(WithActions):
    """What only those inside see of a message. `code` says why the last attempt did not succeed."""

    offers = MESSAGE_ACTIONS

    customer_id: str
    tells: str
    code: str | None
    due_at: datetime | None
    ending: EndingOut | None


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


class MessageActed(MessageListedInside):
    """A message after what a person did about it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_LISTED,
                    **_INSIDE,
                    "status": "told_otherwise",
                    "sent_at": None,
                    "ending": {
                        "at": "2026-03-12T09:30:00Z",
                        "by": "staff:agent-1",
                        "why": "She asked for the amount and wrote it down.",
                        "channel": "telephone",
                        "overtaken_by": None,
                    },
                }
            ]
        }
    )


class SentAgainOut(Output):
    """How many messages are tried again, which ones, and whether more fit the filter."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"count": 1, "message_ids": ["msg_06DMGZ2X8W1V3T5R7P9M1K3H5F"], "more": False}]}
    )

    count: int
    message_ids: list[str]
    more: bool


class MessageCountOut(Output):
    """How many messages of a kind are in a status, and when the oldest of them was made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"status": "failed", "kind": "refund_settled", "count": 3, "since": "2026-03-11T07:04:00Z"}]
        }
    )

    status: Status
    kind: MessageKind
    count: int
    since: datetime


class MessageCountsOut(Output):
    """Every status and kind of messages that were not sent."""

    items: list[MessageCountOut]


class MessagesOut(Page):
    """A page of messages, the newest first."""

    items: list[MessageListed]


class MessagesInside(Page):
    """A page of messages, the newest first, as an agent sees them."""

    items: list[MessageListedInside]
