"""A decision as a value: the result of every rule, consequences, deadlines, payers and inputs (B10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final

from service_requests.domain.policy.canonical import canonical
from service_requests.domain.policy.vocabulary import (
    Cause,
    Layer,
    Mode,
    Offer,
    OutboundFreight,
    Payer,
    Proof,
    Remedy,
    Result,
    Verdict,
)
from shared.kernel.errors import Said
from shared.kernel.money import Money
from shared.kernel.refund_term import Milestone

NO_RIGHT: Final = "has_right"
"""The name of the rule that says that a ground gives no right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """The result of one rule on one ground; `facts` are the facts that the rule used."""

    written_as: ClassVar = "Finding"

    rule: str
    layer: Layer
    ground: str
    result: Result
    clause: str
    says: Said
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Alternative:
    """An alternative to a refused return (R1.4)."""

    offer: Offer
    says: Said


@dataclass(frozen=True, slots=True)
class ReviewReason:
    """Why a person must look."""

    written_as: ClassVar = "Look"

    code: str
    says: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A last day with its end at `ends_at`. A deadline without a day starts with the first of `waits_for`.

    `provisional`: the day depends on an assumed delivery or on holidays that are not published yet.
    """

    name: str
    day: date | None
    ends_at: datetime | None
    clause: str
    says: Said
    provisional: bool = False
    waits_for: tuple[Milestone, ...] = ()
    may_wait_for: tuple[Milestone, ...] = ()
    warns_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class FreightDecision:
    """Who pays for sending back. The amount is deducted only if the approval has said so (R2.4, D07)."""

    written_as: ClassVar = "Freight"

    payer: Payer
    amount: Money | None
    deductible: bool
    clause: str
    says: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What follows from an acceptance. Each value is the best for the customer among the grounds that accept."""

    remedy: Remedy
    freight: FreightDecision
    restocking_basis_points: int
    value_loss_possible: bool
    promotion_mode: Mode
    outbound_whole: OutboundFreight
    outbound_part: OutboundFreight


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDecision:
    """The decision about one unit. `stands_on` is the layer of the strongest ground that accepts (B15)."""

    line_id: str
    unit_id: str
    verdict: Verdict
    cause: Cause
    stands_on: Layer | None
    ground: str | None
    findings: tuple[RuleResult, ...]
    missing: tuple[Proof, ...]
    looks: tuple[ReviewReason, ...]
    alternatives: tuple[Alternative, ...]
    consequences: Consequences | None
    deadlines: tuple[Deadline, ...]

    @property
    def by_right(self) -> bool:
        """Whether this is a withdrawal by law; a doubt about the date counts for the customer."""
        by_law = [finding.result for finding in self.findings if finding.layer is Layer.LAW]
        return self.cause is Cause.CHANGE_OF_MIND and bool(by_law) and Result.NO not in by_law

    @property
    def payer(self) -> Payer:
        """Who pays for sending back: the customer only if the amount is known (R2.4, D07)."""
        if self.consequences is None:
            return Payer.CUSTOMER if self.cause is Cause.CHANGE_OF_MIND else Payer.MERCHANT
        freight = self.consequences.freight
        return Payer.CUSTOMER if freight.payer is Payer.CUSTOMER and freight.amount is not None else Payer.MERCHANT

    @property
    def reasons_against(self) -> tuple[RuleResult, ...]:
        """The results against the return, strongest ground first; `NO_RIGHT` only when there is no other result."""
        said = tuple(finding for finding in self.findings if finding.result is Result.NO)
        return tuple(finding for finding in said if finding.rule != NO_RIGHT) or said


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The decision about the whole request. `inputs_sha256` covers everything that the decision was computed from."""

    verdict: Verdict
    units: tuple[UnitDecision, ...]
    deadlines: tuple[Deadline, ...]
    provisional: bool
    decided_at: datetime
    policies: tuple[str, ...]
    law: str
    policy_sha256: str
    inputs_sha256: str

    def to_bytes(self) -> bytes:
        """The canonical bytes: the same decision always has the same bytes."""
        return canonical(self)
