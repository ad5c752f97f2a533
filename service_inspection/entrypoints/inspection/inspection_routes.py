"""Routes of inspections: results of the inspectors, lists of waiting goods, and decisions about units that failed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Self

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field, model_validator

from service_inspection.application.inspection import scan_count
from service_inspection.application.inspection.scan_count import CountingRules
from service_inspection.application.queries import Queries, Waits
from service_inspection.domain.receiving import scan as domain
from service_inspection.domain.receiving.scan import Grade, Kind, Outcome, Scan, warehouse_for
from service_inspection.entrypoints.inspection.inspection_views import InspectionOut, InspectionsOut
from service_inspection.entrypoints.receiving.receipt_routes import (
    KEPT,
    NOTHING_POSTED,
    ClientEventId,
    Corrects,
    Limit,
    Pieces,
    ScanOut,
    WrittenRma,
    fingerprints,
    status_for,
    with_fingerprint,
)
from shared.kernel.errors import Said
from shared.kernel.piece_range import pieces_in
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import NEXT_PAGE, Input, Moment, Name, Note, Token, last_seen
from shared.web.version_headers import SHOWN

Cursor = Annotated[str | None, NEXT_PAGE, last_seen("ret")]


class FindingIn(Input):
    """One line of the checklist."""

    check: Name
    passed: bool
    note: Note | None = None


FAILED_WITHOUT_FINDING: Final[Mapping[Outcome, Said]] = {
    Outcome.FAILED: Said(
        "The outcome `failed` needs a finding with `passed` false.",
        "结果为 `failed` 时，须写明 `passed` 为 false 的检查项。",
    ),
    Outcome.PASSED: Said(
        "The outcome `passed` contradicts a finding with `passed` false. Pieces that failed stand by themselves.",
        "结果为 `passed` 时，检查项的 `passed` 不得为 false。不合格的商品请另列一项。",
    ),
}
"""The error when the findings contradict the outcome."""


ITS_PIECES: Final = Said(
    "A look that names a unit has the quantity of the unit: 1, or the pieces of the lot.",
    "指明商品件时，数量须与该件一致：单件为 1，批次为其件数。",
)


class LookIn(Input):
    """Pieces of one article with one verdict. A failed one, and no other, has a failed finding that says why (R4.5)."""

    sku: Token
    quantity: Pieces = 1
    outcome: Annotated[Outcome, Field(strict=False)]
    grade: Annotated[Grade, Field(strict=False, description="A as new, B opened, C used, D damaged.")]
    findings: list[FindingIn] = Field(default=[], max_length=50)
    unit_id: Token | None = Field(
        default=None,
        description="The unit that was looked at. With a result already, the look is a second look at the unit. "
        "Pieces 1 to 50 of a lot are named by `~1-50` after the name of the lot.",
    )
    again: bool = Field(
        default=False,
        description="A second look at pieces that were inspected before. It brings no goods. Where looks differ, the "
        "piece is held for a person.",
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        found = Outcome.PASSED if all(finding.passed for finding in self.findings) else Outcome.FAILED
        if self.outcome is not found:
            raise ValueError(FAILED_WITHOUT_FINDING[self.outcome])
        if self.unit_id is not None and self.quantity != pieces_in([self.unit_id]):
            raise ValueError(ITS_PIECES)
        return self


class InspectionIn(Input):
    """What the bench has found.

    Where the dock has scanned nothing of an article, the pieces are received by this very post. Where it has, more
    looks than pieces are a question for a person, unless a look names its unit, says `again`, or the post corrects
    another one.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "client_event_id": "bench2-000007",
                    "rma": "R7KX-2M4Q",
                    "units": [
                        {
                            "sku": "MUG-BLUE",
                            "quantity": 1,
                            "outcome": "passed",
                            "grade": "A",
                            "findings": [{"check": "complete", "passed": True}],
                        },
                        {
                            "sku": "MUG-BLUE",
                            "quantity": 1,
                            "outcome": "failed",
                            "grade": "D",
                            "findings": [{"check": "undamaged", "passed": False, "note": "handle broken"}],
                        },
                    ],
                    "scanned_at": "2026-11-23T09:30:00+08:00",
                }
            ]
        }
    )

    client_event_id: ClientEventId
    rma: WrittenRma
    warehouse: Token | None = None
    units: Annotated[list[LookIn], Field(max_length=200)]
    scanned_at: Moment
    corrects: Corrects = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.units and self.corrects is None:
            raise ValueError(NOTHING_POSTED)
        return self


def routes(queries: Queries, counting: CountingRules, clock: Clock) -> APIRouter:
    """The routes of inspections."""
    router = APIRouter(prefix="/v1/inspections", tags=["inspections"])

    @router.post("", response_model=ScanOut, status_code=201, responses=KEPT, summary="Say what the bench has found")
    async def post_inspection(call: AnyCall, body: InspectionIn) -> Response:
        scan = _scan(call, body, counting, clock())
        return await call.execute(
            lambda uow: scan_count.post_scan(uow, scan, call.principal, counting),
            ScanOut,
            key=body.client_event_id,
            contents=fingerprints(scan, body),
            reused=scan.reused,
            status_of=lambda kept: status_for(scan, kept),
        )

    @router.get("", response_model=InspectionsOut, summary="Inspections by what they wait for")
    async def see_inspections(
        call: AnyCall,
        *,
        state: Waits | None = None,
        overdue: bool | None = None,
        rma: Annotated[str | None, Query(max_length=64)] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        return await call.read(
            queries.inspections(waits=state, overdue=overdue, rma=rma, cursor=cursor, limit=limit), InspectionsOut
        )

    @router.get("/{return_id}", response_model=InspectionOut, summary="One inspection, whole", **SHOWN)
    async def see_inspection(call: AnyCall, return_id: str) -> Response:
        return await call.read(queries.inspection(return_id), InspectionOut)

    return router


def _inspected_pieces(look: LookIn) -> domain.InspectedPieces:
    findings = tuple(domain.ChecklistFinding(f.check, f.passed, f.note) for f in look.findings)
    return domain.InspectedPieces(
        sku=look.sku,
        quantity=look.quantity,
        outcome=look.outcome,
        grade=look.grade,
        findings=findings,
        unit_id=look.unit_id,
        again=look.again,
    )


def _scan(call: AnyCall, body: InspectionIn, counting: CountingRules, at: datetime) -> Scan:
    """The post of this body."""
    return with_fingerprint(
        Scan(
            id=counting.new_id("ins"),
            kind=Kind.INSPECTION,
            posted_by=call.principal.actor,
            sender=call.principal.sender,
            corrects=body.corrects,
            client_event_id=body.client_event_id,
            fingerprint="",
            rma=body.rma,
            warehouse=warehouse_for(call.principal, body.warehouse),
            tracking_number=None,
            items=(),
            looks=tuple(_inspected_pieces(look) for look in body.units),
            scanned_at=body.scanned_at,
            posted_at=at,
        )
    )
