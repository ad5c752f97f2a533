"""What callers see of a return: a list of allowed fields for customers, and more fields for staff."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any, Literal, Self

from fastapi import Response
from pydantic import Field

from service_requests.application.ports import UnitOfWork
from service_requests.domain.eligibility.assessment import (
    Instructions,
    RecordedReason,
)
from service_requests.domain.policy.vocabulary import Result
from service_requests.domain.returns.known_refund import Refund
from service_requests.domain.returns.recorded_decision import RecordedDecision
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.shipment import Shipment, parcel_state
from service_requests.domain.returns.timeline import FOR_STAFF_ONLY, Step
from service_requests.entrypoints.eligibility.assessment_views import (
    AddressOut,
    AlternativeOut,
    ProofOut,
    ReasonOut,
    Sentence,
)
from service_requests.entrypoints.orders.order_views import OrderOut
from service_requests.entrypoints.returns.next_views import NextOut
from service_requests.entrypoints.returns.return_actions import RETURN_ACTIONS
from shared.kernel.errors import Language
from shared.kernel.language_tag import spoken
from shared.kernel.principal import Kind, Principal
from shared.web.actions import ActionNames
from shared.web.call import Call
from shared.web.fields import MoneyOut, Output


class DecisionOut(Output):
    """The decision with its grounds; a refusal says until when one can object (R2.5)."""

    outcome: Literal["approved", "refused"]
    automatic: bool
    policy: str
    reasons: list[ReasonOut]
    alternatives: list[AlternativeOut]
    object_by: date | None

    @classmethod
    def of(cls, ruling: RecordedDecision) -> Self:
        """The view of a decision."""
        refused = ruling.object_by is not None
        return cls(
            outcome="refused" if refused else "approved",
            automatic=ruling.by_policy,
            policy=ruling.policy,
            reasons=[ReasonOut.of(f) for f in ruling.reasons if not refused or f.answer is Result.NO],
            alternatives=[AlternativeOut.of(one) for one in ruling.alternatives],
            object_by=ruling.object_by,
        )


class ReturnLineOut(Output):
    """What comes back of one order line."""

    line_id: str
    sku: str
    name: str
    quantity: int
    reason: str
    condition: str
    comment: str | None


class UnitOut(Output):
    """One physical unit: where it is, what was decided, what the customer gets.

    A unit of more than one piece is a lot: alike pieces of one line. Its id names the pieces (`…~1-1000`), and it is
    cut when something happens to a part of them.
    """

    id: str
    line_id: str
    quantity: int
    whereabouts: Literal["with_customer", "in_transit", "at_dock", "in_inspection", "in_stock", "back_to_customer"]
    decision: Literal["none", "accepted", "refused", "withdrawn"]
    remedy: Literal["none", "refund"]
    by: datetime | None = None
    """Until when the present step of this unit takes, where the step has a deadline of its own."""


class FreightOut(Output):
    """Who pays the way back, and about how much it is (R2.4)."""

    payer: Literal["merchant", "customer"]
    amount: MoneyOut | None


class InstructionsOut(Output):
    """How to send it (R2.3)."""

    address: AddressOut
    contact: str
    phone: str
    carriers: list[str]
    freight: FreightOut
    ship_by: date
    money: list[ReasonOut] = Field(default_factory=list)
    """What the policy says about the refund: fees, outbound freight, discounts, order of payments; with clauses."""

    @classmethod
    def of(cls, instructions: Instructions, told: Sequence[RecordedReason] = ()) -> Self:
        """The view of the instructions."""
        amount = (
            None
            if instructions.freight_minor is None
            else MoneyOut(amount_minor=instructions.freight_minor, currency=instructions.freight_currency)
        )
        return cls(
            address=AddressOut.model_validate(instructions.address),
            contact=instructions.address.contact,
            phone=instructions.address.phone,
            carriers=list(instructions.carriers),
            freight=FreightOut(payer=instructions.freight_payer.value, amount=amount),
            ship_by=instructions.ship_by,
            money=[ReasonOut.of(each) for each in told],
        )


class ShipmentOut(Output):
    """An announced parcel, and where it is as far as its units tell."""

    id: str
    carrier: str
    tracking_number: str
    announced_at: datetime
    state: Literal["on_the_way", "not_expected", "arrived", "never_arrived"]
    units: list[str]

    @classmethod
    def of(cls, parcel: Shipment, return_: Return) -> Self:
        """The view of a parcel."""
        return cls(
            id=parcel.id,
            carrier=parcel.carrier,
            tracking_number=parcel.tracking_number,
            announced_at=parcel.announced_at,
            state=parcel_state(parcel, return_.units).value,
            units=list(parcel.units),
        )


class RefundOut(Output):
    """What is known of a refund."""

    id: str
    state: Literal["opened", "doubted", "settled", "failed", "closed"]
    amount: MoneyOut
    units: list[str]
    pay_by: datetime
    pay_by_day: date | None

    @classmethod
    def of(cls, refund: Refund) -> Self:
        """The view of a refund."""
        return cls(
            id=refund.id,
            state=refund.state.value,
            amount=MoneyOut(amount_minor=refund.amount_minor, currency=refund.currency),
            units=list(refund.units),
            pay_by=refund.pay_by,
            pay_by_day=refund.pay_by_day,
        )


StatusName = Literal[
    "in_review",
    "approved",
    "shipped",
    "received",
    "awaiting_person",
    "inspected",
    "refunding",
    "refunded",
    "closed",
    "refused",
    "cancelled",
    "lapsed",
]


class StepOut(Output):
    """One step of the story: what, who, when."""

    number: int
    code: str
    says: Sentence
    by: str
    at: datetime


class NoteOut(Output):
    """A note of a colleague: who wrote it, and when."""

    number: int
    text: str
    by: str
    at: datetime


class ReturnOut(Output):
    """A return as its customer sees it. `refund` is the newest of `refunds`.

    `open` are the next steps of everything that is not finished, also after the end of the return; `next` is the first.
    `timeline` and `order` are there when `expand` asks for them.
    """

    id: str
    rma: str | None
    status: StatusName
    outcome: str | None
    order_id: str
    order_number: str
    customer_id: str
    language: str
    channel: str
    lines: list[ReturnLineOut]
    units: list[UnitOut]
    decision: DecisionOut | None
    missing: list[ProofOut]
    instructions: InstructionsOut | None
    shipments: list[ShipmentOut]
    refund: RefundOut | None
    refunds: list[RefundOut]
    next: NextOut | None
    open: list[NextOut]
    metadata: dict[str, str]
    external_reference: str | None
    created_at: datetime
    updated_at: datetime
    version: int
    storefront: str | None = None
    timeline: list[StepOut] | None = None
    order: OrderOut | None = None
    actions: ActionNames

    @classmethod
    def of(cls, return_: Return, by: Principal) -> Self:
        """The view of a return for this caller, with the version that it has after saving."""
        return cls(**cls._values(return_, by))

    @classmethod
    def _values(cls, return_: Return, by: Principal) -> dict[str, Any]:
        ruling, instructions = return_.review.ruling, return_.shipments.instructions
        refunds = [RefundOut.of(refund) for refund in return_.refunds.known]
        steps = NextOut.all(return_)
        return {
            "id": return_.id,
            "rma": return_.rma,
            "status": return_.status.value,
            "outcome": return_.ending.value if return_.ending is not None else None,
            "order_id": return_.order.id,
            "order_number": return_.order.number,
            "customer_id": return_.order.customer_id,
            "language": return_.order.language,
            "channel": return_.channel,
            "lines": [ReturnLineOut.model_validate(line) for line in return_.lines],
            "units": [UnitOut.model_validate(unit) for unit in return_.units],
            "decision": DecisionOut.of(ruling) if ruling is not None else None,
            "missing": ProofOut.all(return_.review.missing if ruling is None else ()),
            "instructions": InstructionsOut.of(instructions, return_.promises.told)
            if instructions is not None
            else None,
            "shipments": [ShipmentOut.of(parcel, return_) for parcel in return_.shipments.announced],
            "refund": refunds[-1] if refunds else None,
            "refunds": refunds,
            "next": steps[0] if steps else None,
            "open": steps,
            "metadata": dict(return_.annotations.metadata),
            "external_reference": return_.annotations.external_reference,
            "created_at": return_.created_at,
            "updated_at": return_.updated_at,
            "version": return_.version + bool(return_.events),
            "storefront": return_.order.storefront or None,
            "actions": RETURN_ACTIONS.of(return_, by),
        }


class StaffReturnOut(ReturnOut):
    """A return as staff see it: why it was put before a person, what colleagues noted, what is late."""

    referral: list[ReasonOut]
    note: str | None
    overdue: list[str]
    tags: list[str]
    note_count: int
    """How many notes colleagues have written; `GET /v1/returns/{id}/notes` shows them."""
    customer_reads: Language
    """The language of the messages to the customer, unless her contact names another. A reason that was written in
    another language is sent as it was written, and the message says so.
    """
    notes: list[NoteOut] | None = None

    @classmethod
    def _values(cls, return_: Return, by: Principal) -> dict[str, Any]:
        return super()._values(return_, by) | {
            "referral": [ReasonOut.of(f) for f in return_.review.referral if f.answer is not Result.YES],
            "note": return_.review.ruling.note if return_.review.ruling is not None else None,
            "overdue": list(return_.promises.overdue),
            "tags": list(return_.annotations.tags),
            "note_count": return_.annotations.note_count,
            "customer_reads": spoken(return_.order.language),
        }


class ReturnsOut(Output):
    """Returns, newest first; `next` is the cursor of the next page."""

    items: list[ReturnOut]
    next: str | None = None


class StaffReturnsOut(Output):
    """The same for staff."""

    items: list[StaffReturnOut]
    next: str | None = None


class TimelineOut(Output):
    """The story of a return in the order in which things happened, and what is next."""

    return_id: str
    status: StatusName
    steps: list[StepOut]
    next: NextOut | None

    @classmethod
    def of(cls, return_: Return, steps: Sequence[Step], by: Principal) -> Self:
        """The view of a timeline. A customer reads which side acted; staff also reads which colleague.

        Staff reads the words for staff. What concerns only staff is no step for anybody else.
        """
        of_staff = by.kind is Kind.STAFF
        seen = [step for step in steps if of_staff or step.code not in FOR_STAFF_ONLY]
        following = NextOut.all(return_)
        return cls(
            return_id=return_.id,
            status=return_.status.value,
            steps=[
                StepOut(
                    number=step.number,
                    code=step.code,
                    says=Sentence.of((step.staff or step.says) if of_staff else step.says),
                    by=_who(step.by, by),
                    at=step.at,
                )
                for step in seen
            ],
            next=following[0] if following else None,
        )


def _who(actor: str, by: Principal) -> str:
    if by.kind is not Kind.CUSTOMER or actor == by.actor:
        return actor
    kind, _, name = actor.partition(":")
    return name if kind == "service" else kind


def view_for(by: Principal) -> type[ReturnOut]:
    """The view of a return for this caller."""
    return StaffReturnOut if by.kind is Kind.STAFF else ReturnOut


async def answer_with_return(
    call: Call[Any], verb: Callable[[Any], Awaitable[Return]], *, status: int = 200
) -> Response:
    """Execute the use case, and answer with the view of the return for this caller."""
    shape = view_for(call.principal)

    async def shown(uow: UnitOfWork) -> ReturnOut:
        return shape.of(await verb(uow), call.principal)

    return await call.execute(shown, shape, status=status)
