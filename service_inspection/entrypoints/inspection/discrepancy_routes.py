"""Routes of discrepancies: goods in quarantine, and a person's decisions about them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field

from service_inspection.application.inspection import decision
from service_inspection.application.inspection.scan_count import CountingRules
from service_inspection.application.queries import Queries
from service_inspection.domain.inspection.discrepancy import DiscrepancyKind, DiscrepancyState, Resolution
from service_inspection.entrypoints.receiving.receipt_routes import Limit
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import NEXT_PAGE, Input, Note, Output, Page, last_seen

Cursor = Annotated[str | None, NEXT_PAGE, last_seen("dsc")]


class ResolutionIn(Input):
    """What becomes of the goods, or what the answer is, and why.

    Goods: `returned_to_customer`, `kept_for_match`, `disposed`. Kind `looks`: `looked_again`, `arrived`. Kind `money`:
    `refund_stopped`, `money_recovered`, `money_waived`.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"outcome": "returned_to_customer", "note": "Sent back with the customer's consent."}]
        }
    )

    outcome: Annotated[Resolution, Field(strict=False)]
    note: Note


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


class DiscrepancyOut(Output):
    """What a count does not explain. Goods that nobody announced lie in quarantine; money is not touched by them.

    `looks`: more pieces were inspected than the dock has counted. `money`: a unit was accepted, and a correction says
    that it is not.
    """

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
    former: list[FormerAnswerOut]


class DiscrepanciesOut(Page):
    """Discrepancies, newest first."""

    items: list[DiscrepancyOut]


def routes(queries: Queries, counting: CountingRules, clock: Clock) -> APIRouter:
    """The routes of discrepancies."""
    router = APIRouter(prefix="/v1/discrepancies", tags=["discrepancies"])

    @router.get("", response_model=DiscrepanciesOut, summary="Goods that nobody announced")
    async def see_discrepancies(
        call: AnyCall,
        state: DiscrepancyState | None = None,
        return_id: Annotated[str | None, Query(max_length=64)] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        return await call.read(queries.discrepancies(state, return_id, cursor, limit), DiscrepanciesOut)

    @router.post("/{discrepancy_id}/resolution", response_model=DiscrepancyOut, summary="Say what becomes of the goods")
    async def resolve(call: AnyCall, discrepancy_id: str, body: ResolutionIn) -> Response:
        return await call.execute(
            lambda uow: decision.resolve(
                uow,
                discrepancy_id,
                body.outcome,
                body.note,
                by=call.principal.actor,
                at=clock(),
                rules=counting,
            ),
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
