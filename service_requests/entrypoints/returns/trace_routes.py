"""Route of the trace of a decision: the result of every rule and every date, replayed from the inputs (B10)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, Self

from fastapi import APIRouter, Response

from service_requests.application.ports import RulebookSource
from service_requests.application.queries import Queries
from service_requests.application.returns.replay import ReplayedDecision, replay_decision
from service_requests.domain.eligibility.decision import Deadline, UnitDecision
from service_requests.domain.eligibility.explanation import explain
from service_requests.entrypoints.eligibility.assessment_views import AlternativeOut, ProofOut, Sentence
from shared.kernel.errors import Said
from shared.web.call import AnyCall
from shared.web.fields import Output

VerdictName = Literal["accept", "proofs_missing", "look", "refuse", "partly"]
LayerName = Literal["law", "policy", "later_policy", "promise", "goodwill"]


class FindingOut(Output):
    """What one rule said on one ground."""

    rule: str
    layer: LayerName
    ground: str
    result: Literal["yes", "missing", "look", "no"]
    clause: str
    says: Sentence
    facts: dict[str, str]


class DeadlineOut(Output):
    """A day that matters, to its end; `provisional` while it rests on something that is not known yet."""

    name: str
    day: date | None
    ends_at: datetime | None
    warns_at: list[datetime]
    provisional: bool
    clause: str
    says: Sentence

    @classmethod
    def of(cls, deadline: Deadline) -> Self:
        """The view of a deadline."""
        return cls(
            name=deadline.name,
            day=deadline.day,
            ends_at=deadline.ends_at,
            warns_at=list(deadline.warns_at),
            provisional=deadline.provisional,
            clause=deadline.clause,
            says=Sentence.of(deadline.says),
        )


class TracedLineOut(Output):
    """The answer for one line; `stands_on` is the strongest ground that accepts it."""

    line_id: str
    verdict: VerdictName
    cause: Literal["change_of_mind", "defect"]
    stands_on: LayerName | None
    remedy: str | None
    findings: list[FindingOut]
    missing: list[ProofOut]
    alternatives: list[AlternativeOut]
    deadlines: list[DeadlineOut]

    @classmethod
    def of(cls, unit: UnitDecision) -> Self:
        """The view of a line."""
        return cls(
            line_id=unit.line_id,
            verdict=unit.verdict.value,
            cause=unit.cause.value,
            stands_on=unit.stands_on.value if unit.stands_on is not None else None,
            remedy=unit.consequences.remedy.value if unit.consequences is not None else None,
            findings=[
                FindingOut(
                    rule=result.rule,
                    layer=result.layer.value,
                    ground=result.ground,
                    result=result.result.value,
                    clause=result.clause,
                    says=Sentence.of(result.says),
                    facts=dict(result.facts),
                )
                for result in unit.findings
            ],
            missing=ProofOut.all([proof.value for proof in unit.missing]),
            alternatives=[
                AlternativeOut(code=each.offer.value, says=Sentence.of(each.says)) for each in unit.alternatives
            ],
            deadlines=[DeadlineOut.of(each) for each in unit.deadlines],
        )


class TraceOut(Output):
    """The first answer to a request as it comes out now, from the facts and by the versions of that day.

    `same` says whether it is that answer to the byte; null for returns from before digests were kept.
    """

    return_id: str
    made_at: datetime
    same: bool | None
    verdict: VerdictName
    policies: list[str]
    law: str
    inputs_sha256: str
    decision_sha256: str
    explanation: list[Sentence]
    lines: list[TracedLineOut]
    deadlines: list[DeadlineOut]

    @classmethod
    def of(cls, return_id: str, again: ReplayedDecision) -> Self:
        """The view of a replayed decision."""
        decision, basis = again.decision, again.basis
        return cls(
            return_id=return_id,
            made_at=again.made_at,
            same=again.same,
            verdict=decision.verdict.value,
            policies=list(basis.policies),
            law=basis.law,
            inputs_sha256=basis.inputs,
            decision_sha256=basis.decision,
            explanation=_both(explain(decision, "en"), explain(decision, "zh-CN")),
            lines=[TracedLineOut.of(unit) for unit in decision.units],
            deadlines=[DeadlineOut.of(each) for each in decision.deadlines],
        )


def _both(english: Sequence[str], chinese: Sequence[str]) -> list[Sentence]:
    return [Sentence.of(Said(en, zh)) for en, zh in zip(english, chinese, strict=True)]


def routes(queries: Queries, rulebooks: RulebookSource) -> APIRouter:
    """The one route."""
    router = APIRouter(prefix="/v1/returns/{return_id}", tags=["returns"])

    @router.get("/decision", response_model=TraceOut, summary="Why: every rule of the first answer, made again")
    async def see_decision(call: AnyCall, return_id: str) -> Response:
        async def replayed() -> TraceOut:
            return_ = await queries.return_(return_id, call.principal)
            now = await queries.order(return_.order.id, call.principal)
            order = now.as_of(return_.order.known_facts)
            return TraceOut.of(return_.id, replay_decision(await rulebooks.rules(), return_, order))

        return await call.read(replayed(), TraceOut)

    return router
