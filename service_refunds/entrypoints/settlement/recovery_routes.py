"""Routes for people in finance about refunds that the provider did not pay: try again, ask, resolve in twos (I07)."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, JsonValue

from service_refunds.application.settlement import recovery
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.resolution import (
    Consent,
    ConsentChannel,
    NotOwedReason,
    OtherMeans,
    Proof,
    Resolution,
    ResolutionOutcome,
)
from service_refunds.entrypoints.settlement.refund_actions import ACTIONS
from service_refunds.entrypoints.settlement.refund_routes import RefundId
from service_refunds.entrypoints.settlement.refund_views import RefundOut, refund_view
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import Input, Moment

Reason = Annotated[
    str, Field(min_length=1, max_length=500, pattern=r"\S", description="Why, for the record. Customers do not see it.")
]
Reference = Annotated[str, Field(min_length=1, max_length=64, pattern=r"\S")]

_BY_TRANSFER: Final[dict[str, JsonValue]] = {
    "outcome": "paid_by_other_means",
    "reason": "The card was closed by the bank",
    "means": "bank_transfer",
    "consent": {
        "given_by": "The customer",
        "given_at": "2026-11-25T09:00:00Z",
        "channel": "email",
        "evidence": "Ticket 4711, mail of 25 November",
    },
    "proof": {"reference": "SEPA-2026-11-25-4711", "paid_on": "2026-11-25"},
}


class RefundAttemptIn(Input):
    """Why the refund is tried again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The bank says that the card works again"}]})

    reason: Reason


class ConsentIn(Input):
    """The customer's express consent to another method than the original one (CRD 13(1)). It costs her nothing."""

    given_by: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S", description="Who agreed.")]
    given_at: Annotated[Moment, Field(description="When.")]
    channel: Annotated[ConsentChannel, Field(strict=False, description="How.")]
    evidence: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S", description="Where it is on record.")]


class ProofIn(Input):
    """What proves the payment."""

    reference: Annotated[Reference, Field(description="The number that the bank or the provider gave.")]
    paid_on: Annotated[date, Field(strict=False, description="The day of the payment.")]


class RefundResolutionIn(Input):
    """What has become of all that is not paid of the refund. A second person confirms it.

    `paid_by_other_means` needs `means`, `consent` and `proof`; `paid_by_hand` and `found_paid` need `proof`;
    `not_owed` needs `because`; `found_unpaid` needs nothing else.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                _BY_TRANSFER,
                {"outcome": "not_owed", "reason": "Dispute 88 was lost", "because": "charged_back"},
            ]
        }
    )

    outcome: Annotated[ResolutionOutcome, Field(strict=False, description="What has become of the money.")]
    reason: Reason
    means: Annotated[
        Annotated[OtherMeans, Field(strict=False)] | None, Field(description="How it was paid instead.")
    ] = None
    consent: Annotated[ConsentIn | None, Field(description="The customer's consent to the other method.")] = None
    proof: Annotated[ProofIn | None, Field(description="What proves the payment.")] = None
    because: Annotated[
        Annotated[NotOwedReason, Field(strict=False)] | None, Field(description="Why it is not owed.")
    ] = None

    payouts: Annotated[
        list[Annotated[str, Field(max_length=100)]],
        Field(max_length=50, description="For what was found: the keys of these payouts only. Without it: all."),
    ] = []  # noqa: RUF012  pydantic copies it

    def resolution(self, by: str, clock: Clock) -> Resolution:
        """As the domain knows it."""
        given, proof = self.consent, self.proof
        return Resolution(
            outcome=self.outcome,
            reason=self.reason,
            by=by,
            at=clock(),
            means=self.means,
            consent=None if given is None else Consent(given.given_by, given.given_at, given.channel, given.evidence),
            proof=None if proof is None else Proof(proof.reference, proof.paid_on),
            because=self.because,
            payouts=tuple(self.payouts),
        )


def routes(clock: Clock) -> APIRouter:
    """The routes over a clock."""
    router = APIRouter(prefix="/v1/refunds/{refund_id}", tags=["refunds"])

    async def act(call: AnyCall, use_case: Callable[[Any], Awaitable[Refund]]) -> Response:
        async def shown(uow: Any) -> Mapping[str, Any]:
            refund = await use_case(uow)
            return refund_view(refund, as_customer=False, actions=ACTIONS.of(refund, call.principal))

        return await call.execute(shown, RefundOut)

    @router.post("/attempts", response_model=RefundOut, summary="Try a refund again that has failed")
    async def retry_refund(call: AnyCall, refund_id: RefundId, body: RefundAttemptIn) -> Response:
        by, at = call.principal.id, clock()
        return await act(call, lambda uow: recovery.retry(uow, refund_id, reason=body.reason, by=by, at=at))

    @router.post("/inquiry", response_model=RefundOut, summary="Ask the provider again about a refund in review")
    async def inquire_refund(call: AnyCall, refund_id: RefundId) -> Response:
        return await act(call, lambda uow: recovery.inquire(uow, refund_id, clock()))

    @router.post("/resolution", response_model=RefundOut, summary="Say what has become of money that is not paid")
    async def resolve_refund(call: AnyCall, refund_id: RefundId, body: RefundResolutionIn) -> Response:
        said = body.resolution(call.principal.id, clock)
        return await act(call, lambda uow: recovery.propose(uow, refund_id, said))

    @router.post("/resolution/confirmation", response_model=RefundOut, summary="Confirm it, as a second person")
    async def confirm_resolution(call: AnyCall, refund_id: RefundId) -> Response:
        by, at = call.principal.id, clock()
        return await act(call, lambda uow: recovery.confirm(uow, refund_id, by=by, at=at))

    @router.post("/resolution/withdrawal", response_model=RefundOut, summary="Take back what waits for a second person")
    async def withdraw_resolution(call: AnyCall, refund_id: RefundId) -> Response:
        by, at = call.principal.id, clock()
        return await act(call, lambda uow: recovery.withdraw(uow, refund_id, by=by, at=at))

    return router
