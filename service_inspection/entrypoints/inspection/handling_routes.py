"""Routes of goods that came without a number: a person finds their return, keeps them, sends them back, or disposes."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final, Self

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, model_validator

from service_inspection.application.inspection import assignment
from service_inspection.application.inspection.assignment import By, Owner
from service_inspection.application.inspection.scan_count import CountingRules
from service_inspection.domain.receiving.handling import OwnCase, Verb
from service_inspection.entrypoints.receiving.receipt_routes import ScanOut, WrittenRma
from shared.kernel.errors import Said
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import Input, Name, Note, Token, TrackingNumber
from shared.web.version_headers import CHANGED


class ReceiptEnd(StrEnum):
    """How goods whose return nobody knows come to their end."""

    RETURNED_TO_SENDER = "returned_to_sender"
    DISPOSED = "disposed"
    WITHDRAWN = "withdrawn"


ENDS: Final[Mapping[ReceiptEnd, Verb]] = {
    ReceiptEnd.RETURNED_TO_SENDER: Verb.SEND_BACK,
    ReceiptEnd.DISPOSED: Verb.DISPOSE,
    ReceiptEnd.WITHDRAWN: Verb.WITHDRAW,
}

ONE_OWNER: Final = Said(
    "Name the return by `return_id` or by `rma`, not by both.", "请用 `return_id` 或 `rma` 之一指明退货单。"
)
ONLY_SENT_BACK: Final = Said(
    "Only goods that go back to the sender have a `tracking_number`.", "仅退回寄件人的商品可填写 `tracking_number`。"
)


class AssignmentIn(Input):
    """The return that the goods belong to, and how that was found out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"rma": "RT-4F7K-92QX-C", "note": "The customer named the order on the telephone."}]
        }
    )

    return_id: Token | None = None
    rma: WrittenRma | None = None
    note: Note | None = Field(default=None, description="For colleagues.")

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.return_id is None) == (self.rma is None):
            raise ValueError(ONE_OWNER)
        return self


class OwnCaseIn(Input):
    """What is known of the sender. The case can be written anew while it is open."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "sender": "A. Smith, Leeds",
                    "notes": "Blue mug in a shoe box. No letter inside.",
                    "photos": ["file_01KAG7Z3M0F8R2W6T4Y1Q5N9BC"],
                }
            ]
        }
    )

    sender: Name | None = Field(default=None, description="The name on the parcel, as far as it can be read.")
    notes: Note
    photos: list[Annotated[str, Field(min_length=1, max_length=500)]] = Field(
        default=[], max_length=20, description="Ids or addresses of photos."
    )


class ReceiptEndIn(Input):
    """What becomes of the goods, and why. `withdrawn`: the post says nothing, for example because it was made twice."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "outcome": "returned_to_sender",
                    "note": "No customer of ours; sent back unopened.",
                    "tracking_number": "SF1234567890",
                }
            ]
        }
    )

    outcome: Annotated[ReceiptEnd, Field(strict=False)]
    note: Note
    tracking_number: TrackingNumber | None = Field(default=None, description="The parcel in which the goods go back.")

    @model_validator(mode="after")
    def _parcel_goes_back(self) -> Self:
        if self.tracking_number is not None and self.outcome is not ReceiptEnd.RETURNED_TO_SENDER:
            raise ValueError(ONLY_SENT_BACK)
        return self


class TakingBackIn(Input):
    """Take the last act back, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The mug belongs to another customer."}]})

    reason: Note


def routes(counting: CountingRules, clock: Clock, case_days: int) -> APIRouter:
    """The routes of goods without a number; a case of its own is open for `case_days`."""
    router = APIRouter(prefix="/v1/receipts/{receipt_id}", tags=["receipts"])

    def by(call: AnyCall, note: str | None) -> By:
        return By(actor=call.principal.actor, at=clock(), note=note)

    @router.post(
        "/assignment", response_model=ScanOut, summary="Say which return goods without a number belong to", **CHANGED
    )
    async def assign(call: AnyCall, receipt_id: str, body: AssignmentIn) -> Response:
        owner = Owner(return_id=body.return_id, rma=body.rma)
        acting = by(call, body.note)
        return await call.execute(lambda uow: assignment.assign(uow, receipt_id, owner, acting, counting), ScanOut)

    @router.post(
        "/case",
        response_model=ScanOut,
        summary="Keep goods in a case of their own while the sender is found",
        **CHANGED,
    )
    async def open_case(call: AnyCall, receipt_id: str, body: OwnCaseIn) -> Response:
        case = OwnCase(sender=body.sender, notes=body.notes, photos=tuple(body.photos))
        acting = by(call, None)
        until = acting.at + timedelta(days=case_days)
        return await call.execute(lambda uow: assignment.open_case(uow, receipt_id, case, acting, until), ScanOut)

    @router.post(
        "/resolution", response_model=ScanOut, summary="Send goods without a number back, or dispose of them", **CHANGED
    )
    async def end(call: AnyCall, receipt_id: str, body: ReceiptEndIn) -> Response:
        acting = by(call, body.note)
        return await call.execute(
            lambda uow: assignment.end(uow, receipt_id, ENDS[body.outcome], acting, body.tracking_number), ScanOut
        )

    @router.post(
        "/reopening", response_model=ScanOut, summary="Take an assignment or an end of a receipt back", **CHANGED
    )
    async def take_back(call: AnyCall, receipt_id: str, body: TakingBackIn) -> Response:
        acting = by(call, body.reason)
        return await call.execute(lambda uow: assignment.take_back(uow, receipt_id, acting, counting), ScanOut)

    return router
