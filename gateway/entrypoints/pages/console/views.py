"""What the console reads of the documents of services; fields that no page shows are left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import TypeAdapter

from gateway.entrypoints.pages.page_values import PageAmount, Sentence


@dataclass(frozen=True, slots=True)
class NextView:
    """The next step: what, who, and by when."""

    what: Sentence
    who: str
    by: str | None = None
    day: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line of a return."""

    line_id: str
    sku: str
    name: str
    quantity: int
    reason: str
    condition: str
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class UnitView:
    """One physical unit of a return, or a lot of so many alike pieces."""

    line_id: str
    whereabouts: str
    decision: str
    remedy: str
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class ReasonView:
    """A reason of a decision, with its clause."""

    says: Sentence
    clause: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """Why a request was decided so."""

    reasons: list[ReasonView]


@dataclass(frozen=True, slots=True)
class InstructionsView:
    """By when the goods are to be sent."""

    ship_by: str


@dataclass(frozen=True, slots=True)
class ParcelView:
    """An announced parcel."""

    carrier: str
    tracking_number: str
    announced_at: str


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund of the return."""

    id: str
    state: str
    amount: PageAmount
    pay_by: str
    pay_by_day: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnView:
    """A return, as staff see it."""

    id: str
    rma: str | None
    status: str
    order_number: str
    customer_id: str
    lines: list[LineView]
    units: list[UnitView]
    decision: DecisionView | None
    instructions: InstructionsView | None
    shipments: list[ParcelView]
    refunds: list[RefundView]
    next: NextView | None
    created_at: str
    referral: list[ReasonView] = field(default_factory=list)
    note: str | None = None
    overdue: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReturnsView:
    """One page of the list of returns."""

    items: list[ReturnView]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class StepView:
    """A step in a return's timeline."""

    says: Sentence
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class TimelineView:
    """A return's timeline and its next step."""

    steps: list[StepView]
    next: NextView | None = None


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message to the customer."""

    kind: str
    channel: str
    status: str
    created_at: str
    sent_at: str | None = None


@dataclass(frozen=True, slots=True)
class MessagesView:
    """Messages to the customer, or why they cannot be shown."""

    items: list[MessageView] = field(default_factory=list)
    missing: str | None = None


RETURN: Final = TypeAdapter(ReturnView)
RETURNS: Final = TypeAdapter(ReturnsView)
TIMELINE: Final = TypeAdapter(TimelineView)
MESSAGES: Final = TypeAdapter(MessagesView)


def sentences_by_code(items: Sequence[Mapping[str, Any]]) -> Mapping[str, Sentence]:
    """The sentence of each reason or condition of the policy, by its code."""
    return {item["code"]: item["says"] for item in items}
