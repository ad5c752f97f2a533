"""For operators: a service's queues, its sent events, and giving sent events again (Z38, R04)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field, StringConstraints

from shared.contracts.operations import Service
from shared.kernel.errors import NotFound
from shared.messaging.event_archive import MOST, EventArchive, Selection, give_again
from shared.messaging.inbox import Inbox
from shared.messaging.queue_watch import QueueWatch
from shared.web.call import AnyCall
from shared.web.fields import CLEAN, Input, Moment, Output

Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=CLEAN)]
QueueName = Annotated[str, Path(min_length=1, max_length=200, pattern=CLEAN, description="The name of the consumer.")]
EventType = Annotated[
    str,
    StringConstraints(max_length=100, pattern=r"^[a-z][a-z_]*(\.[a-z0-9_]+){0,2}$"),
    Field(description="A type with or without its version, or a noun.", examples=["refund.settled", "return"]),
]
Since = Annotated[Moment | None, Field(description="Events that were sent at this moment or later.")]
Until = Annotated[Moment | None, Field(description="Events that were sent before this moment.")]
After = Annotated[int, Field(ge=0, le=2**62, strict=False, description="`next` of the page before.")]
PageSize = Annotated[int, Field(ge=1, le=MOST, strict=False, description="How many events one page looks at.")]


class QueueOut(Output):
    """A queue of this service. `lost_at` is set from a loss until the lost events are given again."""

    queue: str
    made_at: datetime | None
    lost_at: datetime | None
    healed_at: datetime | None
    losses: int


class FollowerOut(Output):
    """A queue that follows this service's events, and whether the broker has it now."""

    queue: str
    exists: bool


class ArchiveOut(Output):
    """How far back the sent events of this service reach. `behind`: old events are not removed in time."""

    days: int
    oldest_at: datetime | None
    behind: bool


class QueuesOut(Output):
    """The queues of this service, those that follow it, and its archive."""

    items: list[QueueOut]
    followers: list[FollowerOut]
    archive: ArchiveOut


class HealingIn(Input):
    """Which loss is over: its moment, as the list of queues shows it."""

    lost_at: Moment


class HealingOut(Output):
    """Whether this ended the loss. False when the queue was lost once more, or does not exist yet."""

    queue: str
    healed: bool


class ComparisonIn(Input):
    """Subjects, each with the number of an event that was sent about it."""

    numbers: Annotated[dict[Text, Annotated[int, Field(ge=1, le=2**53)]], Field(max_length=MOST)]


class ComparisonOut(Output):
    """The subjects of which the next event has not arrived, each with the last number that was handled."""

    behind: dict[str, int]


class SoughtEvents(Input):
    """Which sent events to list."""

    after: After = 0
    since: Since = None
    until: Until = None
    event_type: EventType | None = None
    subject: Text | None = None
    limit: PageSize = 200


class SentOut(Output):
    """A sent event without its data."""

    position: int
    id: str
    type: str
    subject: str
    sequence: Annotated[int, Field(description="Counts the events of one source about one subject, from 1.")]
    sent_at: datetime


class SentPage(Output):
    """In the order in which they were sent. `next` is the `after` of the next page."""

    items: list[SentOut]
    next: int | None


class RepublicationIn(Input):
    """Which sent events to give again, a page at a time.

    Without `to` every follower gets them, those outside Retour too. They keep their ids, so a follower that had an
    event does nothing.
    """

    after: After = 0
    until_position: Annotated[int | None, Field(ge=0, le=2**62, description="Not beyond this position.")] = None
    since: Since = None
    until: Until = None
    event_type: EventType | None = None
    subject: Text | None = None
    to: Annotated[
        Literal["requests", "inspection", "refunds", "notifications"] | None,
        Field(description="The only service that gets the events."),
    ] = None
    beyond: Annotated[
        dict[Text, Annotated[int, Field(ge=0, le=2**53)]] | None,
        Field(max_length=MOST, description="Only these subjects, and of each only events with a higher number."),
    ] = None
    dry_run: Annotated[bool, Field(description="Count the events, and publish nothing.")] = False
    limit: PageSize = MOST


class RepublicationOut(Output):
    """How many events of this page were given again, and the `after` of the next page."""

    events: int
    next: int | None


@dataclass(frozen=True, slots=True)
class EventDelivery:
    """What a service knows about the delivery of events, its own and those of others."""

    inbox: Inbox[Any]
    archive: EventArchive
    watch: QueueWatch


def delivery_routes(service: Service, delivery: EventDelivery) -> APIRouter:
    """The routes of one service."""
    router = APIRouter(prefix=f"/v1/operations/{service}", tags=["operations"])
    _queues(router, delivery)
    _sent(router, delivery)
    return router


def _queues(router: APIRouter, delivery: EventDelivery) -> None:
    inbox = delivery.inbox

    @router.get("/queues", response_model=QueuesOut, summary="Queues, and whether one was lost")
    async def queues(call: AnyCall) -> Response:
        async def find() -> dict[str, Any]:
            missing = await delivery.watch.look()
            return {
                "items": await inbox.queues.known(),
                "followers": [{"queue": each, "exists": each not in missing} for each in delivery.watch.followers],
                "archive": await delivery.archive.state(),
            }

        return await call.read(find(), QueuesOut)

    @router.post("/queues/{queue}/healing", response_model=HealingOut, summary="A loss is over")
    async def heal_queue(call: AnyCall, queue: QueueName, body: HealingIn) -> Response:
        async def heal() -> dict[str, Any]:
            return {"queue": queue, "healed": await inbox.queues.heal(queue, body.lost_at)}

        return await call.read(heal(), HealingOut)

    @router.post("/queues/{queue}/comparison", response_model=ComparisonOut, summary="Which sent events are lacking")
    async def compare_queue(call: AnyCall, queue: QueueName, body: ComparisonIn) -> Response:
        async def compare() -> dict[str, Mapping[str, int]]:
            if queue not in inbox.names:
                raise NotFound("queue")
            return {"behind": await inbox.behind(queue, body.numbers)}

        return await call.read(compare(), ComparisonOut)


def _sent(router: APIRouter, delivery: EventDelivery) -> None:
    archive = delivery.archive

    @router.get("/sent-events", response_model=SentPage, summary="Sent events")
    async def sent_events(call: AnyCall, sought: Annotated[SoughtEvents, Query()]) -> Response:
        async def find() -> dict[str, Any]:
            rows = await archive.page(Selection(**dict(sought)))
            more = len(rows) == sought.limit
            return {"items": [dict(row) for row in rows], "next": rows[-1]["position"] if more else None}

        return await call.read(find(), SentPage)

    @router.post("/republications", response_model=RepublicationOut, summary="Give sent events again")
    async def republish(call: AnyCall, body: RepublicationIn) -> Response:
        selection = Selection(
            after=body.after,
            until_position=body.until_position,
            since=body.since,
            until=body.until,
            event_type=body.event_type,
            subject=body.subject,
            limit=body.limit,
        )
        giving = give_again(
            archive, delivery.watch.bus, selection, to=body.to, after_number=body.beyond, dry_run=body.dry_run
        )
        return await call.read(giving, RepublicationOut)
