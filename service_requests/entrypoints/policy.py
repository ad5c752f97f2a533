"""The policy as anybody may read it: the rules in machine form and as prose, from one source (B11, R1.2)."""

from typing import Literal

from fastapi import APIRouter, Response

from service_requests.domain import policy as policies
from service_requests.domain.policy import Policy
from service_requests.domain.prose import prose
from service_requests.entrypoints.shown import AddressOut, Sentence
from shared.runtime.clock import Clock
from shared.web.desk import AnyDesk
from shared.web.fields import Money, Output


class PolicyReasonOut(Output):
    """A reason a customer can choose, and what follows from it."""

    code: str
    says: Sentence
    fault: Literal["merchant", "carrier", "customer"]
    freight_payer: Literal["merchant", "customer"]
    person_looks: bool


class PolicyConditionOut(Output):
    """A condition a customer can choose, and what it means for a change of mind in each regime."""

    code: str
    says: Sentence
    change_of_mind: dict[str, Literal["yes", "no", "look"]]


class RegimeOut(Output):
    """What holds under one law."""

    code: str
    time_zone: str
    window_days: int
    statutory: bool
    rolls_over: bool
    window_clause: str
    fault_days: int
    fault_look_days: int
    fault_clause: str
    ship_days: int
    return_freight: Money
    high_value: Money


class PolicyOut(Output):
    """The policy in force for orders placed now."""

    version: str
    transit_buffer_days: int
    object_days: int
    regimes: list[RegimeOut]
    reasons: list[PolicyReasonOut]
    conditions: list[PolicyConditionOut]
    address: AddressOut
    carriers: list[str]
    prose: list[Sentence]


def shown(policy: Policy) -> PolicyOut:
    """One version, complete."""
    return PolicyOut(
        version=policy.version,
        transit_buffer_days=policy.transit_buffer_days,
        object_days=policy.object_days,
        regimes=[
            RegimeOut(
                code=regime.code,
                time_zone=regime.calendar.zone,
                window_days=regime.window_days,
                statutory=regime.statutory,
                rolls_over=regime.rolls_over,
                window_clause=regime.window_clause,
                fault_days=regime.fault_days,
                fault_look_days=regime.fault_look_days,
                fault_clause=regime.fault_clause,
                ship_days=regime.ship_days,
                return_freight=Money(amount_minor=regime.freight_minor, currency=regime.currency),
                high_value=Money(amount_minor=regime.high_value_minor, currency=regime.currency),
            )
            for regime in policy.regimes.values()
        ],
        reasons=[
            PolicyReasonOut(
                code=reason.code,
                says=Sentence.of(reason.says),
                fault=reason.fault.value,
                freight_payer=reason.payer.value,
                person_looks=reason.look,
            )
            for reason in policy.reasons.values()
        ],
        conditions=[
            PolicyConditionOut(
                code=condition.code,
                says=Sentence.of(condition.says),
                change_of_mind={regime: answer.value for regime, answer in condition.answers.items()},
            )
            for condition in policy.conditions.values()
        ],
        address=AddressOut.model_validate(policy.address),
        carriers=list(policy.carriers),
        prose=[Sentence.of(said) for said in prose(policy)],
    )


def routes(clock: Clock) -> APIRouter:
    """The one route."""
    router = APIRouter(prefix="/v1", tags=["policy"])

    @router.get("/policy", response_model=PolicyOut, summary="The returns policy, for people and machines")
    async def see_policy(desk: AnyDesk) -> Response:
        async def policy() -> PolicyOut:
            return shown(policies.in_force(clock()))

        return await desk.see(policy(), PolicyOut)

    return router
