"""A decision as a value: every rule that spoke, what follows, by when, who pays, what it was computed from (B10)."""

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
"""The rule that says only that a ground gives nothing here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """What one rule said on one ground; `facts` are the inputs it was judged by."""

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
    """What can be done instead (R1.4)."""

    offer: Offer
    says: Said


@dataclass(frozen=True, slots=True)
class ReviewReason:
    """Why a person looks."""

    written_as: ClassVar = "Look"

    code: str
    says: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A day, to its end at `ends_at`; without a day it starts with the first of `waits_for`.

    `provisional`: it rests on an assumed delivery or on a calendar that is not published yet.
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
    """Who pays for sending back. It may be deducted only once the approval has said so (R2.4, D07)."""

    written_as: ClassVar = "Freight"

    payer: Payer
    amount: Money | None
    deductible: bool
    clause: str
    says: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What follows from an acceptance, each the kindest of the grounds that accept."""

    remedy: Remedy
    freight: FreightDecision
    restocking_basis_points: int
    value_loss_possible: bool
    promotion_mode: Mode
    outbound_whole: OutboundFreight
    outbound_part: OutboundFreight


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDecision:
    """The answer for one unit. `stands_on` is the strongest ground that accepts it (B15)."""

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
    def against(self) -> tuple[RuleResult, ...]:
        """What stood in the way, strongest ground first; grounds that give no such right are silent if others speak."""
        said = tuple(finding for finding in self.findings if finding.result is Result.NO)
        return tuple(finding for finding in said if finding.rule != NO_RIGHT) or said


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer to the whole request. `inputs_sha256` is over everything it was computed from."""

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
        """The same bytes for the same decision, for ever."""
        return canonical(self)
