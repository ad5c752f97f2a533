"""What a feed of published events answers over HTTP, and what one asks it with."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import to_json

from shared.contracts.envelope import SEQUENCE
from shared.contracts.feed_page import FeedPage
from shared.web.fields import Input, Output


class CloudEventOut(Output):
    """An event, to the byte as the broker carries it."""

    specversion: str
    id: str
    type: str
    source: str
    subject: str
    time: datetime
    datacontenttype: str
    sequence: int = Field(description=SEQUENCE)
    correlationid: str
    causationid: str | SkipJsonSchema[None] = None
    traceparent: str | SkipJsonSchema[None] = None
    actor: str
    data: dict[str, Any]


class FeedOut(Output):
    """Events in the order of publication. `next` is where to go on, also when there is nothing more right now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "specversion": "1.0",
                            "id": "evt_01M866AF2B3C4D5E6F7G8H9J0K",
                            "type": "refund.doubted.v1",
                            "source": "/retour/refunds",
                            "subject": "rfd_01M866AF1NE5RRA8F1E8V5HP0Q",
                            "time": "2026-11-24T10:30:11Z",
                            "datacontenttype": "application/json",
                            "sequence": 2,
                            "correlationid": "ret_01M862QVD3R2M1K4X5S6T7V8W9",
                            "actor": "service:refunds",
                            "data": {
                                "refund_id": "rfd_01M866AF1NE5RRA8F1E8V5HP0Q",
                                "return_id": "ret_01M862QVD3R2M1K4X5S6T7V8W9",
                                "order_id": "order_01M85ZZ0A1B2C3D4E5F6G7H8J9",
                            },
                        }
                    ],
                    "next": "42",
                    "more": False,
                }
            ]
        }
    )

    items: list[CloudEventOut]
    next: str
    more: bool


class FeedIn(Input):
    """From where on, and how many."""

    after: Annotated[str | None, Field(max_length=64, description="`next` of the answer before, or an event's id.")] = (
        None
    )
    limit: Annotated[int, Field(ge=1, le=1000, strict=False, description="The most events of an answer.")] = 100


def feed_bytes(feed: FeedPage) -> bytes:
    """The body of `FeedOut`, with each event in the bytes that the broker was given."""
    items = ",".join(feed.bodies).encode()
    return b'{"items":[%b],"next":%b,"more":%b}' % (items, to_json(feed.next), to_json(feed.more))
