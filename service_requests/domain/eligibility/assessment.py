"""The assessment of a request: the decision applied to the request, and the parts that a return stores."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Self

from service_requests.domain.eligibility.decision import Alternative, Decision, RuleResult
from service_requests.domain.eligibility.money.right_limit import RightOfLine
from service_requests.domain.policy.vocabulary import Mode, OutboundFreight, Payer, Result, TenderOrder
from shared.kernel.errors import Said
from shared.kernel.refund_term import RefundTerm


class Outcome(StrEnum):
    """What becomes of the request as a whole."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    REFER = "refer"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedReason:
    """The stored result of one rule for one line; `facts` are the facts that the rule used."""

    rule: str
    answer: Result
    clause: str
    says: Said
    facts: Mapping[str, str]
    line_id: str | None = None

    @classmethod
    def of(cls, result: RuleResult, line_id: str) -> Self:
        """The stored form of a result for a line."""
        return cls(
            rule=result.rule,
            answer=result.result,
            clause=result.clause,
            says=result.says,
            facts=result.facts,
            line_id=line_id,
        )


@dataclass(frozen=True, slots=True)
class RecordedAlternative:
    """The stored form of an alternative (R1.4)."""

    code: str
    says: Said

    @classmethod
    def of(cls, alternative: Alternative) -> Self:
        """The stored form of this alternative."""
        return cls(alternative.offer.value, alternative.says)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the goods go, and the person to ask (R2.3)."""

    warehouse: str
    recipient: str
    lines: tuple[str, ...]
    contact: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions:
    """The six facts of an approval with the return number (R2.3, R2.4, C06).

    `freight_minor` is the price of sending back, as told to the customer. Where a policy names no amount,
    `freight_minor` is None, and the customer does not pay.
    """

    address: Address
    carriers: tuple[str, ...]
    freight_payer: Payer
    freight_minor: int | None
    freight_currency: str
    ship_by: date


@dataclass(frozen=True, slots=True)
class Basis:
    """What a decision was computed from, so that the decision can be replayed (B10): versions and SHA-256 digests.

    `inputs` covers facts, policies, law and calendars; `decision` covers the bytes of the decision.
    """

    policies: tuple[str, ...]
    law: str
    inputs: str
    decision: str

    @classmethod
    def of(cls, decision: Decision) -> Self:
        """The basis of a decision, with the digest of its bytes."""
        return cls(decision.policies, decision.law, decision.inputs_sha256, sha256(decision.to_bytes()).hexdigest())


@dataclass(frozen=True, slots=True)
class Times:
    """The calendars and terms by which other services count: legal days, working hours, the refund of each line."""

    legal_calendar: str
    working_calendar: str
    refund_terms: tuple[tuple[RefundTerm, ...], ...]
    """For each line, in the order of the request."""


@dataclass(frozen=True, slots=True)
class LineChoice:
    """How a policy refunds one line; what is None or zero is left to the law."""

    restocking_basis_points: int = 0
    outbound_whole: OutboundFreight | None = None
    outbound_part: OutboundFreight | None = None
    promotion: Mode | None = None


@dataclass(frozen=True, slots=True)
class RefundChoices:
    """How a policy refunds a return: for each line in the order of the request, and over the payments (Z12)."""

    tender_order: TenderOrder
    lines: tuple[LineChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The decision applied to a request: one outcome, reasons in words, and what follows from it.

    `decide_by` is the promise when a person must decide, `warn_at` are the reminders of that promise. `object_by` is
    the last day for an objection to a refusal of today.
    """

    outcome: Outcome
    decision: Decision
    policy: str
    reasons: tuple[RecordedReason, ...]
    alternatives: tuple[RecordedAlternative, ...]
    instructions: Instructions
    ship_until: datetime
    decide_by: datetime
    warn_at: tuple[datetime, ...]
    object_by: date
    times: Times
    choices: RefundChoices | None = None
    told: tuple[RecordedReason, ...] = ()
    """What the policy says about the money, beyond what the law says."""
    rights: tuple[RightOfLine | None, ...] = ()
    """For each line the law's right, which binds the inspection (Z31). Empty where no line comes back by right."""

    @property
    def basis(self) -> Basis:
        """What the decision was computed from."""
        return Basis.of(self.decision)

    @property
    def missing(self) -> tuple[str, ...]:
        """The proofs that have still to be shown, each once."""
        return tuple(dict.fromkeys(proof.value for unit in self.decision.units for proof in unit.missing))

    @property
    def by_right(self) -> tuple[bool, ...]:
        """For each line, in the order of the request: whether the line goes back by the law's right of withdrawal."""
        return tuple(unit.by_right for unit in self.decision.units)

    @property
    def payers(self) -> tuple[Payer, ...]:
        """For each line, in the order of the request: who pays for sending the line back."""
        return tuple(unit.payer for unit in self.decision.units)
