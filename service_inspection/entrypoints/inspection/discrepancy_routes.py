"""Routes of discrepancies: goods in quarantine, and a person's decisions about them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field

from service_inspection.application.inspection import decision
from service_inspection.application.queries import Queries
from service_inspection.domain.inspection.discrepancy import DiscrepancyKind, DiscrepancyState, Resolution
from service_inspection.entrypoints.receiving.receipt_routes import Limit
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import NEXT_PAGE, Input, Note, Output, Page, last_seen

Cursor = Annotated[str | None, NEXT_PAGE, last_seen("dsc")]


class ResolutionIn(Input):
    """What becomes of the goods, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"outcome": "returned_to_customer", "note": "Sent back with the customer's consent."}]
        }
    )

    outcome: Annotated[Resolution, Field(strict=False)]
    note: Note


class DiscrepancyOut(Output):
    """Goods that nobody announced. They lie in quarantine; money is not touched by them."""

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


class DiscrepanciesOut(Page):
    """Discrepancies, newest first."""

    items: list[DiscrepancyOut]


def routes(queries: Queries, clock: Clock) -> APIRouter:
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
                uow, discrepancy_id, body.outcome, body.note, by=call.principal.actor, at=clock()
            ),
            DiscrepancyOut,
        )

    return router
