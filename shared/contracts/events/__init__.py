"""Every event that crosses between services, newest version last. An edit in place is a breaking change: add a version.

A noun is one kind of aggregate of one service; `subject` is that aggregate's id and `correlationid` the return (for
`order.*` the order). Ids and what a consumer needs to act; never personal data, never free text of a person.
"""

from typing import Final

from shared.contracts.envelope import Event
from shared.contracts.events.inspection import (
    DecidedUnit,
    InspectedUnit,
    InspectionCompleted,
    InspectionDecided,
    InspectionQuestioned,
    InspectionReceived,
    ReceivedUnit,
    UnitDecision,
    UnitResult,
)
from shared.contracts.events.messages import (
    MessageFailed,
    MessageSent,
)
from shared.contracts.events.orders import (
    Freight,
    OrderImported,
    OrderLine,
    TaxCharged,
    Tender,
)
from shared.contracts.events.refunds import (
    Component,
    RefundDoubted,
    RefundFailed,
    RefundOpened,
    RefundSettled,
    TenderShare,
)
from shared.contracts.events.returns import (
    ApprovedUnit,
    FreightPayer,
    ReasonGiven,
    RefundClock,
    RefundMilestone,
    RequestedLine,
    ReturnAddress,
    ReturnApproved,
    ReturnCancelled,
    ReturnClosed,
    ReturnReferred,
    ReturnRefused,
    ReturnRequested,
    ReturnShipped,
)
from shared.contracts.events.values import (
    Amount,
    Code,
    Count,
    Currency,
    EventPart,
    Fault,
    Id,
    Minor,
    Regime,
    TenderKind,
    Text,
    Wording,
)

__all__ = [
    "CATALOGUE",
    "PUBLISHERS",
    "Amount",
    "ApprovedUnit",
    "Code",
    "Component",
    "Count",
    "Currency",
    "DecidedUnit",
    "EventPart",
    "Fault",
    "Freight",
    "FreightPayer",
    "Id",
    "InspectedUnit",
    "InspectionCompleted",
    "InspectionDecided",
    "InspectionQuestioned",
    "InspectionReceived",
    "MessageFailed",
    "MessageSent",
    "Minor",
    "OrderImported",
    "OrderLine",
    "ReasonGiven",
    "ReceivedUnit",
    "RefundClock",
    "RefundDoubted",
    "RefundFailed",
    "RefundMilestone",
    "RefundOpened",
    "RefundSettled",
    "Regime",
    "RequestedLine",
    "ReturnAddress",
    "ReturnApproved",
    "ReturnCancelled",
    "ReturnClosed",
    "ReturnReferred",
    "ReturnRefused",
    "ReturnRequested",
    "ReturnShipped",
    "TaxCharged",
    "Tender",
    "TenderKind",
    "TenderShare",
    "Text",
    "UnitDecision",
    "UnitResult",
    "Wording",
]

CATALOGUE: Final[tuple[type[Event], ...]] = (
    OrderImported,
    ReturnRequested,
    ReturnReferred,
    ReturnApproved,
    ReturnRefused,
    ReturnShipped,
    ReturnCancelled,
    ReturnClosed,
    InspectionReceived,
    InspectionQuestioned,
    InspectionCompleted,
    InspectionDecided,
    RefundOpened,
    RefundDoubted,
    RefundSettled,
    RefundFailed,
    MessageSent,
    MessageFailed,
)
"""Every version of every event there is; documents, samples and the breaking-change check are made from it."""

PUBLISHERS: Final = {
    "order": "requests",
    "return": "requests",
    "inspection": "inspection",
    "refund": "refunds",
    "message": "notifications",
}
"""The one service that publishes about each noun."""
