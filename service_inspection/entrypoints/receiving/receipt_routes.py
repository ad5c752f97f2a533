"""Routes of receipts: posts of scanners at the dock, and all posts so far."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from service_inspection.application.ports import PostScan
from service_inspection.application.queries import Queries, ReceiptFilter
from service_inspection.domain.receiving.handling import ScanState, Verb
from service_inspection.domain.receiving.rma import LONGEST_CODE
from service_inspection.domain.receiving.scan import (
    Grade,
    Kind,
    Outcome,
    ReceivedPieces,
    Scan,
    warehouse_for,
)
from service_inspection.entrypoints.receiving.receipt_actions import RECEIPT_ACTIONS
from shared.kernel.errors import Said
from shared.kernel.principal import Principal
from shared.runtime.clock import Clock, NewId
from shared.web.actions import CALLER, WithActions
from shared.web.call import AnyCall
from shared.web.fields import NEXT_PAGE, Input, Moment, Output, Page, Token, last_seen
from shared.web.version_headers import SHOWN

ClientEventId = Annotated[
    Token, Field(description="The scanner's own name for this post; repeating it is harmless, for ever.")
]
SCANNED: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1c\x1e\x1f\x7f]*$"
"""What a scanner may send: the group separator (1D) is a part of GS1 codes."""

WrittenRma = Annotated[
    str,
    StringConstraints(max_length=LONGEST_CODE, pattern=SCANNED),
    Field(
        description="As scanned or read: the number, `RMA:` and the number, an address or a label that holds it, "
        "or a tracking number. Prefixes of scanners, case, blanks, dashes, O/0 and I/L/1 do not matter. Empty when "
        "there is none."
    ),
]
TrackingCode = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_CODE, pattern=SCANNED, strip_whitespace=True),
    Field(description="As scanned from the label of the carrier; prefixes of scanners, case and blanks do not matter."),
]
Corrects = Annotated[
    Token | None,
    Field(
        description="The earlier post that this one replaces: its id, or the `client_event_id` that the same scanner "
        "gave it. Both posts stay on record. Supervisors may correct every post, by its id."
    ),
]
Pieces = Annotated[int, Field(ge=1, le=1_000)]
Cursor = Annotated[str | None, NEXT_PAGE, last_seen("rcp")]
Limit = Annotated[int, Query(ge=1, le=200)]


NOTHING_POSTED: Final = Said(
    "Only a post that corrects another one can be without pieces.", "只有更正性提交可以不含任何商品。"
)


class ItemIn(Input):
    """Pieces of one article."""

    sku: Token
    quantity: Pieces


class ReceiptIn(Input):
    """What came out of a parcel. `scanned_at` is the device's clock: kept, shown, never used for order.

    A post that corrects another one replaces all of it. Without items: nothing of it was there.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "client_event_id": "dock1-000042",
                    "rma": "R7KX-2M4Q",
                    "tracking_number": "SF1234567890",
                    "items": [{"sku": "MUG-BLUE", "quantity": 2}],
                    "scanned_at": "2026-11-20T16:00:00+08:00",
                }
            ]
        }
    )

    client_event_id: ClientEventId
    rma: WrittenRma
    tracking_number: TrackingCode | None = None
    warehouse: Token | None = None
    items: Annotated[list[ItemIn], Field(max_length=200)]
    scanned_at: Moment
    corrects: Corrects = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.items and self.corrects is None:
            raise ValueError(NOTHING_POSTED)
        return self


class ItemOut(Output):
    """Pieces of one article."""

    sku: str
    quantity: int


class FindingOut(Output):
    """One line of the checklist."""

    check: str
    passed: bool
    note: str | None


class LookOut(Output):
    """Pieces that were looked at, with one verdict."""

    sku: str
    quantity: int
    outcome: Outcome
    grade: Grade
    findings: list[FindingOut]
    unit_id: str | None
    again: bool


class OwnCaseOut(Output):
    """What is known of a sender whom nobody knows."""

    sender: str | None
    notes: str
    photos: list[str]


class HandlingActOut(Output):
    """What a person did with a receipt whose return nobody knew. `parcel`: the one in which the goods went back."""

    verb: Verb
    by: str
    at: datetime
    note: str | None
    return_id: str | None
    parcel: str | None


class ScanOut(WithActions):
    """A scanner's post. `units` were on their way until this post; `discrepancies` lie in quarantine because of it.

    `answer_by`: by when a person says whose goods these are, or ends the case of its own.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "rcp_01KAG7Z3M0F8R2W6T4Y1Q5N9BC",
                    "kind": "receipt",
                    "state": "matched",
                    "posted_by": "device:key_01KAG7Z3M0F8R2W6T4Y1Q5N9BD",
                    "client_event_id": "dock1-000042",
                    "rma": "R7KX-2M4Q",
                    "return_id": "ret_01KAG7Z3M0F8R2W6T4Y1Q5N9BE",
                    "warehouse": "SHA1",
                    "tracking_number": "SF1234567890",
                    "items": [{"sku": "MUG-BLUE", "quantity": 2}],
                    "looks": [],
                    "units": ["unit_01KAG7Z3M0F8R2W6T4Y1Q5N9BF"],
                    "discrepancies": ["dsc_01KAG7Z3M0F8R2W6T4Y1Q5N9BG"],
                    "scanned_at": "2026-11-20T08:00:00Z",
                    "posted_at": "2026-11-20T08:00:02Z",
                    "corrects": None,
                    "corrected_by": None,
                    "answer_by": None,
                    "own_case": None,
                    "history": [],
                }
            ]
        }
    )

    offers = RECEIPT_ACTIONS

    id: str
    kind: Kind
    state: ScanState
    posted_by: str
    client_event_id: str
    rma: str
    return_id: str | None
    warehouse: str | None
    tracking_number: str | None
    items: list[ItemOut]
    looks: list[LookOut]
    units: list[str]
    discrepancies: list[str]
    scanned_at: datetime
    posted_at: datetime
    corrects: str | None
    corrected_by: str | None
    answer_by: datetime | None
    own_case: OwnCaseOut | None
    history: list[HandlingActOut]


class PossibleReturnOut(Output):
    """A return that has announced a parcel with this tracking number."""

    return_id: str
    rma: str


class ReceiptOut(ScanOut):
    """One post, with the returns that it may belong to while nobody knows whose goods these are."""

    possible_returns: list[PossibleReturnOut]
    version: int


class ScansOut(Page):
    """Posts, newest first."""

    items: list[ScanOut]


KEPT: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "model": ScanOut,
        "description": "The same post again, when its first answer is no longer kept; nothing has changed",
    },
    202: {
        "model": ScanOut,
        "description": "Kept: nobody knows or can read this RMA yet, or the post corrects one that has not come",
    },
}
"""The other successful answers to a scanner's post."""


_NEW_FIELDS: Final[Any] = {"corrects": True, "units": {"__all__": {"unit_id", "again"}}}


def with_fingerprint(scan: Scan) -> Scan:
    """The post with the digest of its contents, independent of the order of rows and of the device's clock (Z02)."""
    return replace(scan, fingerprint=sha256(repr(scan.contents).encode()).hexdigest())


def fingerprints(scan: Scan, body: BaseModel) -> Sequence[str]:
    """The digest of the contents, and the one that was stored before 0.2, which depended on clock and order."""
    before = body.model_dump_json(exclude=_NEW_FIELDS)
    is_new = scan.corrects is not None or any(look.again or look.unit_id for look in scan.looks)
    return (scan.fingerprint, *(() if is_new else (sha256(f"{scan.kind}\n{before}".encode()).hexdigest(),)))


def status_for(posted: Scan, kept: Scan) -> int:
    """201 for a counted post, 202 for a post that waits, 200 for a repeated post."""
    if kept.id != posted.id:
        return 200
    return 201 if kept.state is ScanState.MATCHED else 202


def routes(queries: Queries, post_scan: PostScan, clock: Clock, new_id: NewId) -> APIRouter:
    """The routes of receipts."""
    router = APIRouter(prefix="/v1/receipts", tags=["receipts"])

    @router.post("", response_model=ScanOut, status_code=201, responses=KEPT, summary="Say what came out of a parcel")
    async def post_receipt(call: AnyCall, body: ReceiptIn) -> Response:
        posted = Scan(
            id=new_id("rcp"),
            kind=Kind.RECEIPT,
            posted_by=call.principal.actor,
            sender=call.principal.sender,
            corrects=body.corrects,
            client_event_id=body.client_event_id,
            fingerprint="",
            rma=body.rma,
            warehouse=warehouse_for(call.principal, body.warehouse),
            tracking_number=body.tracking_number,
            items=tuple(ReceivedPieces(item.sku, item.quantity) for item in body.items),
            looks=(),
            scanned_at=body.scanned_at,
            posted_at=clock(),
        )
        scan = with_fingerprint(posted)
        return await call.execute(
            lambda uow: post_scan(uow, scan, call.principal),
            ScanOut,
            key=body.client_event_id,
            contents=fingerprints(scan, body),
            reused=scan.reused,
            status_of=lambda kept: status_for(scan, kept),
        )

    @router.get(
        "",
        response_model=ScansOut,
        summary="What scanners have posted",
        description="Posts from the bench are listed too: they prove arrival, and wait here when their RMA is unknown.",
    )
    async def see_receipts(
        call: AnyCall,
        *,
        state: ScanState | None = None,
        kind: Kind | None = None,
        warehouse: Annotated[str | None, Query(max_length=64, description="The warehouse that posted.")] = None,
        tracking_number: Annotated[str | None, Query(max_length=64, description="As people write it.")] = None,
        rma: Annotated[str | None, Query(max_length=64, description="As people write it.")] = None,
        posted_since: Annotated[Moment | None, Query(description="Posted at this moment or later.")] = None,
        posted_before: Annotated[Moment | None, Query(description="Posted before this moment.")] = None,
        overdue: Annotated[bool, Query(description="Only those whose `answer_by` has passed.")] = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        wanted = ReceiptFilter(
            state=state,
            kind=kind,
            warehouse=warehouse,
            tracking_number=tracking_number,
            rma=rma,
            posted_since=posted_since,
            posted_before=posted_before,
            overdue_at=clock() if overdue else None,
        )
        return await call.read(queries.receipts(wanted, cursor, limit), ScansOut)

    @router.get("/{receipt_id}", response_model=ReceiptOut, summary="One post of a scanner", **SHOWN)
    async def see_receipt(call: AnyCall, receipt_id: str) -> Response:
        return await call.read(_detail(queries, receipt_id, call.principal), ReceiptOut)

    return router


async def _detail(queries: Queries, receipt_id: str, caller: Principal) -> ReceiptOut:
    found = await queries.receipt(receipt_id)
    shown = ScanOut.model_validate(found.scan, context={CALLER: caller})
    possible = [PossibleReturnOut(return_id=each.return_id, rma=each.rma) for each in found.possible]
    return ReceiptOut(
        **{name: getattr(shown, name) for name in ScanOut.model_fields},
        possible_returns=possible,
        version=found.scan.version,
    )
