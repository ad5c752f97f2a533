"""Routes of messages: for the customer, and for those who care that each message arrives (Z20)."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BeforeValidator, ConfigDict, Field

from service_notifications.application.messages import handling
from service_notifications.application.messages.handling import MOST_AT_ONCE
from service_notifications.application.messages.message_filter import MessageFilter
from service_notifications.application.messages.message_renderer import MessageRenderer
from service_notifications.application.queries import Queries
from service_notifications.domain.messages.content import MessageKind
from service_notifications.domain.messages.message import OtherChannel, Status
from service_notifications.entrypoints.messages.message_views import (
    MessageActed,
    MessageCountsOut,
    MessageInside,
    MessageOut,
    MessagesInside,
    MessagesOut,
    SentAgainOut,
)
from shared.kernel.principal import Kind
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import ID_FORM, Input, Moment, Note, Token, last_seen
from shared.web.version_headers import SHOWN

MessageId = Annotated[str, Path(max_length=64, pattern=ID_FORM, examples=["msg_06DMGZ2X8W1V3T5R7P9M1K3H5F"])]
AnyStatus = Annotated[Status, Field(strict=False)]
AnyKind = Annotated[MessageKind, Field(strict=False, description="Which fact the messages tell.")]
Code = Annotated[
    str, Field(max_length=64, pattern=ID_FORM, description="Why an attempt did not succeed, such as `smtp_550`.")
]


def _apart(values: object) -> object:
    """Several values, each of which may be a list with commas."""
    if not isinstance(values, list):
        return values
    return [part.strip() for value in values for part in (value.split(",") if isinstance(value, str) else [value])]


class SoughtMessages(Input):
    """Which messages: every parameter that is given must fit; of several statuses one."""

    kind: AnyKind | None = None
    customer_id: Annotated[Token | None, Field(description="Only messages to this customer.")] = None
    return_id: Annotated[
        str | None, Field(max_length=64, pattern=ID_FORM, description="Only messages about this return.")
    ] = None
    code: Code | None = None
    created_since: Annotated[Moment | None, Field(description="Only messages made at this moment or later.")] = None
    created_before: Annotated[Moment | None, Field(description="Only messages made before this moment.")] = None

    def filter(self, status: list[Status]) -> MessageFilter:
        """The filter for the query."""
        return MessageFilter(
            status=tuple(status),
            kind=self.kind,
            customer_id=self.customer_id,
            return_id=self.return_id,
            code=self.code,
            created_since=self.created_since,
            created_before=self.created_before,
        )


class ListingIn(SoughtMessages):
    """Which messages, and which page of them."""

    status: Annotated[
        list[AnyStatus],
        BeforeValidator(_apart),
        Field(default_factory=list, max_length=len(Status), description="One of these; several with commas."),
    ]
    cursor: Annotated[str | None, Field(max_length=64, description="`next` of the page before."), last_seen("msg")] = (
        None
    )
    limit: Annotated[int, Field(ge=1, le=200, strict=False)] = 50


def _failed_only() -> list[Literal["failed", "queued"]]:
    return ["failed"]


class SendManyAgainIn(SoughtMessages):
    """Which messages are tried again now: those that have failed, or those that wait for their next attempt too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": ["failed"], "kind": "refund_settled"}]})

    status: Annotated[
        list[Literal["failed", "queued"]],
        Field(
            default_factory=_failed_only, min_length=1, max_length=2, description="Without it, those that have failed."
        ),
    ]
    limit: Annotated[int, Field(ge=1, le=MOST_AT_ONCE, description="How many at most; the oldest first.")] = (
        MOST_AT_ONCE
    )


class ToldOtherwiseIn(Input):
    """How a person has told the customer what the message says, and when, if not just now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "channel": "telephone",
                    "told_at": "2026-03-12T09:30:00Z",
                    "note": "She asked for the amount and wrote it down.",
                }
            ]
        }
    )

    channel: Annotated[OtherChannel, Field(strict=False, description="How the customer was told.")]
    told_at: Annotated[Moment | None, Field(description="When, if not just now.")] = None
    note: Annotated[Note, Field(description="What was said, for colleagues. The customer does not see it.")]


class DiscardIn(Input):
    """Why nobody needs the message any more; it stays on record."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "This was a test order."}]})

    reason: Annotated[Note, Field(description="For colleagues. The customer does not see it.")]


def routes(queries: Queries, clock: Clock, renderer: MessageRenderer) -> APIRouter:
    """The routes of messages."""
    router = APIRouter(tags=["messages"])
    _reading(router, queries)
    _acting(router, queries, clock, renderer)
    return router


def _reading(router: APIRouter, queries: Queries) -> None:
    @router.get("/v1/messages", response_model=MessagesInside | MessagesOut, summary="Messages, the newest first")
    async def see_messages(call: AnyCall, asked: Annotated[ListingIn, Query()]) -> Response:
        page = queries.messages(call.principal, asked.filter(asked.status), cursor=asked.cursor, limit=asked.limit)
        return await call.read(page, MessagesOut if _is_customer(call) else MessagesInside)

    @router.get(
        "/v1/messages/{message_id}",
        response_model=MessageInside | MessageOut,
        summary="One message, word for word",
        **SHOWN,
    )
    async def see_message(call: AnyCall, message_id: MessageId) -> Response:
        found = queries.message(message_id, call.principal)
        return await call.read(found, MessageOut if _is_customer(call) else MessageInside)

    @router.get("/v1/message-counts", response_model=MessageCountsOut, summary="How many messages were not sent")
    async def see_message_counts(call: AnyCall) -> Response:
        async def counted() -> dict[str, Any]:
            return {"items": await queries.message_counts()}

        return await call.read(counted(), MessageCountsOut)


def _acting(router: APIRouter, queries: Queries, clock: Clock, renderer: MessageRenderer) -> None:
    @router.post("/v1/messages/sending-again", response_model=SentAgainOut, summary="Send many messages again")
    async def send_many_again(call: AnyCall, body: SendManyAgainIn) -> Response:
        wanted = body.filter([Status(each) for each in body.status])
        ids = await queries.message_ids(wanted, count=body.limit + 1)
        chosen, more = ids[: body.limit], len(ids) > body.limit
        return await call.execute(
            lambda uow: handling.send_many_again(uow, chosen, more=more, at=clock()), SentAgainOut
        )

    @router.post("/v1/messages/{message_id}/sending-again", response_model=MessageActed, summary="Send a message again")
    async def send_again(call: AnyCall, message_id: MessageId) -> Response:
        return await call.execute(lambda uow: handling.send_again(uow, message_id, renderer, at=clock()), MessageActed)

    @router.post(
        "/v1/messages/{message_id}/told-otherwise",
        response_model=MessageActed,
        summary="Say that the customer was told by telephone or in another way",
    )
    async def tell_otherwise(call: AnyCall, message_id: MessageId, body: ToldOtherwiseIn) -> Response:
        return await call.execute(
            lambda uow: handling.tell_otherwise(
                uow,
                message_id,
                renderer,
                channel=body.channel,
                told_at=body.told_at,
                note=body.note,
                by=call.principal.actor,
                at=clock(),
            ),
            MessageActed,
        )

    @router.post(
        "/v1/messages/{message_id}/discard", response_model=MessageActed, summary="Drop a message that nobody needs"
    )
    async def discard_message(call: AnyCall, message_id: MessageId, body: DiscardIn) -> Response:
        return await call.execute(
            lambda uow: handling.discard(
                uow, message_id, renderer, reason=body.reason, by=call.principal.actor, at=clock()
            ),
            MessageActed,
        )


def _is_customer(call: AnyCall) -> bool:
    return call.principal.kind is Kind.CUSTOMER
