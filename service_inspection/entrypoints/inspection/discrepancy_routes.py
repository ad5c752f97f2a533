"""Routes of discrepancies: goods in quarantine, and a person's decisions about them."""

from datetime import datetime, timedelta
from typing import Annotated, Final, Self

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field, model_validator

from service_inspection.application.inspection import decision
from service_inspection.application.inspection.scan_count import CountingRules
from service_inspection.application.queries import Queries
from service_inspection.domain.inspection.discrepancy import Answer, DiscrepancyKind, DiscrepancyState, Resolution
from service_inspection.entrypoints.inspection.bench_actions import DISCREPANCY_ACTIONS
from service_inspection.entrypoints.receiving.receipt_routes import Limit
from shared.kernel.errors import Said
from shared.runtime.clock import Clock
from shared.web.actions import WithActions
from shared.web.call import AnyCall
from shared.web.fields import NEXT_PAGE, Input, Note, Output, Page, Token, TrackingNumber, last_seen

Cursor = Annotated[str | None, NEXT_PAGE, last_seen("dsc")]


NAMES_ITS_RETURN: Final = Said(
    "`matched_to_return`, and no other outcome, needs a `return_id`.",
    "仅 `matched_to_return` 须填写 `return_id`，其他结果不得填写。",
)
ONLY_SENT_BACK: Final = Said(
    "Only goods that go back to the customer have a `tracking_number`.", "仅退回消费者的商品可填写 `tracking_number`。"
)


class ResolutionIn(Input):
    """What becomes of the goods, or what the answer is, and why.

    Goods: `returned_to_customer`, `kept_for_match`, `matched_to_return`, `disposed`; of a cancelled return also
    `accepted_as_return`. Kind `looks`: `looked_again`, `arrived`. Kind `money`: `refund_stopped`, `money_recovered`,
    `money_waived`.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"outcome": "returned_to_customer", "note": "Sent back with the customer's consent."}]
        }
    )

    outcome: Annotated[Resolution, Field(strict=False)]
    note: Note = Field(description="For colleagues.")
    reason: Note | None = Field(default=None, description="Why, for the customer to read.")
    return_id: Token | None = Field(
        default=None, description="With `matched_to_return`: the return that the pieces belong to; they count there."
    )
    tracking_number: TrackingNumber | None = Field(
        default=None, description="With `returned_to_customer`: the parcel in which the goods go back."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.outcome is Resolution.MATCHED_TO_RETURN) != (self.return_id is not None):
            raise ValueError(NAMES_ITS_RETURN)
        if self.tracking_number is not None and self.outcome is not Resolution.RETURNED_TO_CUSTOMER:
            raise ValueError(ONLY_SENT_BACK)
        return self


class ReopeningIn(Input):
    """Take the answer back, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The pieces were found on another shelf."}]})

    reason: Note


class FormerAnswerOut(Output):
    """An answer that was taken back, with both reasons."""

    outcome: Resolution
    note: str
    resolved_by: str
    resolved_at: datetime
    taken_back_by: str
    taken_back_at: datetime
    reason: str


class DiscrepancyOut(WithActions):
    """What a count does not explain. Goods that nobody announced lie in quarantine; money is not touched by them.

    `looks`: more pieces were inspected than the dock has counted. `money`: a unit was accepted, and a correction says
    that it is not. `answer_by`: by when a person answers, or finds the owner of goods that are `kept`.
    """

    offers = DISCREPANCY_ACTIONS

    id: str
    return_id: str
    scan_id: str
    warehouse: str
    kind: DiscrepancyKind
    sku: str
    quantity: int
    state: DiscrepancyState
    opened_at: datetime
    outcome: Resolution | None
    note: str | None
    resolved_by: str | None
    resolved_at: datetime | None
    answer_by: datetime | None
    reason: str | None
    tracking_number: str | None
    matched_return: str | None
    matched_receipt: str | None
    former: list[FormerAnswerOut]


class DiscrepanciesOut(Page):
    """Discrepancies, newest first."""

    items: list[DiscrepancyOut]


def routes(queries: Queries, counting: CountingRules, clock: Clock, case_days: int) -> APIRouter:
    """The routes of discrepancies; goods for a match are kept for `case_days`."""
    router = APIRouter(prefix="/v1/discrepancies", tags=["discrepancies"])

    @router.get("", response_model=DiscrepanciesOut, summary="Goods that nobody announced")
    async def see_discrepancies(
        call: AnyCall,
        *,
        state: DiscrepancyState | None = None,
        return_id: Annotated[str | None, Query(max_length=64)] = None,
        overdue: Annotated[bool, Query(description="Only those whose `answer_by` has passed.")] = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        late = clock() if overdue else None
        return await call.read(queries.discrepancies(state, return_id, late, cursor, limit), DiscrepanciesOut)

    @router.post("/{discrepancy_id}/resolution", response_model=DiscrepancyOut, summary="Say what becomes of the goods")
    async def resolve(call: AnyCall, discrepancy_id: str, body: ResolutionIn) -> Response:
        at = clock()
        answer = Answer(
            outcome=body.outcome,
            note=body.note,
            keep_until=at + timedelta(days=case_days),
            reason=body.reason,
            tracking_number=body.tracking_number,
            return_id=body.return_id,
        )
        return await call.execute(
            lambda uow: decision.resolve(uow, discrepancy_id, answer, by=call.principal.actor, at=at, rules=counting),
            DiscrepancyOut,
        )

    @router.post("/{discrepancy_id}/reopening", response_model=DiscrepancyOut, summary="Take an answer back")
    async def reopen(call: AnyCall, discrepancy_id: str, body: ReopeningIn) -> Response:
        return await call.execute(
            lambda uow: decision.reopen(
                uow, discrepancy_id, body.reason, by=call.principal.actor, at=clock(), rules=counting
            ),
            DiscrepancyOut,
        )

    return router
