"""Routes of what a person decides at the bench: units that failed, decisions taken back, and later deadlines."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, StringConstraints

from service_inspection.application.inspection import decision as decisions
from service_inspection.application.inspection.scan_count import CountingRules
from service_inspection.domain.inspection.bench_decision import BenchDecision, Decision, ReasonCode, UnitVerdict
from service_inspection.entrypoints.inspection.inspection_views import DecidedOut
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import CLEAN, Input, Moment, Name, Note, Token
from shared.web.version_headers import CHANGED

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000, pattern=CLEAN)]


class UnitDecisionIn(Input):
    """What is decided about one unit."""

    unit_id: Token
    decision: Annotated[Decision, Field(strict=False)]
    deduction_basis_points: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        description="With `accept`: the part of the unit's paid amount, in hundredths of a percent, by which the "
        "refund is reduced for its lower value. Needs `reason_code` and `agreement`.",
    )


class DecisionIn(Input):
    """Accept or refuse units that failed, with the reason, which the customer reads.

    Where units come back by a right of law, `rights` of the inspection says which findings refuse them and which may
    only reduce the refund; without a `reason_code` the finding is `other`. The clause of the law is added by itself,
    and so is the look that found the unit faulty.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "units": [{"unit_id": "unit_01KAG7Z3M0F8R2W6T4Y1Q5N9BF", "decision": "accept"}],
                    "reason": "The parcel was damaged on the way; the customer is not at fault.",
                }
            ]
        }
    )

    units: Annotated[list[UnitDecisionIn], Field(min_length=1, max_length=1_000)]
    reason: Annotated[Reason, Field(description="Why, for the customer to read.")]
    reason_code: Annotated[ReasonCode | None, Field(strict=False, description="The finding.")] = None
    clause: Name | None = Field(default=None, description="The clause of law or policy on which the decision rests.")
    evidence: list[Token] = Field(default=[], max_length=50, description="Ids of posts of the bench, and of files.")
    agreement: Note | None = Field(default=None, description="How the customer has agreed to a deduction.")


class ExtensionIn(Input):
    """A later deadline for the inspection of units that wait, with the reason, which the customer reads.

    Without units: of all that wait.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"inspect_by": "2026-11-27T18:00:00+08:00", "reason": "The maker has to test the battery."}]
        }
    )

    unit_ids: list[Token] = Field(default=[], max_length=1_000)
    inspect_by: Moment
    reason: Reason


class ReconsiderationIn(Input):
    """Take decisions about units back, with the reason."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"unit_ids": ["unit_01KAG7Z3M0F8R2W6T4Y1Q5N9BF"], "reason": "The photographs were of another parcel."}
            ]
        }
    )

    unit_ids: Annotated[list[Token], Field(min_length=1, max_length=1_000)]
    reason: Reason


def routes(counting: CountingRules, clock: Clock) -> APIRouter:
    """The routes of decisions."""
    router = APIRouter(prefix="/v1/inspections/{return_id}", tags=["inspections"])

    @router.post(
        "/decision",
        response_model=DecidedOut,
        summary="Decide about units that failed inspection",
        **CHANGED,
    )
    async def decide(call: AnyCall, return_id: str, body: DecisionIn) -> Response:
        decision = BenchDecision(
            verdicts=[
                UnitVerdict(
                    unit_id=each.unit_id, decision=each.decision, deduction_basis_points=each.deduction_basis_points
                )
                for each in body.units
            ],
            reason=body.reason,
            code=body.reason_code,
            clause=body.clause,
            evidence=tuple(body.evidence),
            agreement=body.agreement,
        )
        return await call.execute(
            lambda uow: decisions.decide(uow, return_id, decision, by=call.principal.actor, at=clock()), DecidedOut
        )

    @router.post("/extension", response_model=DecidedOut, summary="Give an inspection longer", **CHANGED)
    async def extend_inspection(call: AnyCall, return_id: str, body: ExtensionIn) -> Response:
        return await call.execute(
            lambda uow: decisions.extend(
                uow, return_id, body.unit_ids, inspect_by=body.inspect_by, reason=body.reason, at=clock()
            ),
            DecidedOut,
        )

    @router.post(
        "/reconsideration",
        response_model=DecidedOut,
        summary="Take decisions about units back",
        description="The units are held for a person again; the decision stays on record. A refund that was not sent "
        "yet is stopped; where money is on its way, a discrepancy of kind `money` asks a person.",
        **CHANGED,
    )
    async def reconsider(call: AnyCall, return_id: str, body: ReconsiderationIn) -> Response:
        return await call.execute(
            lambda uow: decisions.reconsider(
                uow,
                return_id,
                body.unit_ids,
                reason=body.reason,
                by=call.principal.actor,
                at=clock(),
                rules=counting,
            ),
            DecidedOut,
        )

    return router
