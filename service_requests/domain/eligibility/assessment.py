"""The answer to a request as the return keeps it: every ground in words, what follows, what it was computed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from service_requests.domain.policy.vocabulary import Payer
from shared.kernel.errors import Said
from shared.kernel.refund_term import RefundTerm


class Outcome(StrEnum):
    """What becomes of the request as a whole."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    REFER = "refer"


class RecordedResult(StrEnum):
    """What one rule says."""

    YES = "yes"
    NO = "no"
    LOOK = "look"
    """A person must look."""
    MISSING = "missing"
    """Something has still to be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedReason:
    """What one rule said about one line; `says` is the sentence itself, `facts` what it was judged by."""

    rule: str
    answer: RecordedResult
    clause: str
    says: Said
    facts: Mapping[str, str]
    line_id: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedAlternative:
    """What can be done instead (R1.4)."""

    code: str
    says: Said


@dataclass(frozen=True, slots=True)
class Address:
    """Where the goods go, whom to ask (R2.3)."""

    warehouse: str
    recipient: str
    lines: tuple[str, ...]
    contact: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions:
    """The six facts of an approval with the return number (R2.3, R2.4, C06).

    `freight_minor` is what the way back will cost whoever pays the carrier: told, not taken. Where a policy names no
    amount it is None, and then the customer never pays.
    """

    address: Address
    carriers: tuple[str, ...]
    freight_payer: Payer
    freight_minor: int | None
    freight_currency: str
    ship_by: date


@dataclass(frozen=True, slots=True)
class Basis:
    """What a decision was computed from, so that it can be computed again (B10): versions by name, digests as SHA-256.

    `inputs` covers facts, policies, law and calendars; `decision` the bytes of the answer.
    """

    policies: tuple[str, ...]
    law: str
    inputs: str
    decision: str


@dataclass(frozen=True, slots=True)
class Times:
    """By which calendars and terms others count what follows: legal days, working hours, the refund of each line."""

    legal_calendar: str
    working_calendar: str
    refund_terms: tuple[tuple[RefundTerm, ...], ...]
    """By line, in the order asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The answer to a request, with all its grounds.

    By line, in the order asked: `by_right`, whether it goes back by the law's right of withdrawal, and `payers`, who
    pays its way. `decide_by` is the promise when a person must decide, `warn_at` the moments to be reminded of it,
    `object_by` the last day for an objection to a refusal of today.
    """

    outcome: Outcome
    policy: str
    findings: tuple[RecordedReason, ...]
    alternatives: tuple[RecordedAlternative, ...]
    missing: tuple[str, ...]
    by_right: tuple[bool, ...]
    payers: tuple[Payer, ...]
    how: Instructions
    ship_until: datetime
    decide_by: datetime
    warn_at: tuple[datetime, ...]
    object_by: date
    basis: Basis
    times: Times
