"""The input of a reply check: the draft, the conversation so far, and the facts of the case, all plain values.

Every fact may be unknown (`None`). A check that needs an unknown fact says so instead of guessing. Moments carry their
zone.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from service_notifications.domain.care.text.folded_text import Span
from shared.kernel.errors import Language
from shared.kernel.money import Money


class ReplyChannel(StrEnum):
    """How the reply goes out."""

    CHAT = "chat"
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    APP = "app"
    PHONE = "phone"


DURABLE: Final = frozenset({ReplyChannel.EMAIL, ReplyChannel.SMS, ReplyChannel.LETTER, ReplyChannel.APP})
"""Channels whose messages the customer can keep (P3)."""


class Purpose(StrEnum):
    """What the reply is for."""

    ANSWER = "answer"
    RECEIPT = "receipt"
    EVIDENCE = "evidence"
    APPROVAL = "approval"
    REFUSAL = "refusal"
    INSPECTION = "inspection"
    REFUND = "refund"
    DELAY = "delay"
    COMPLAINT_RECEIPT = "complaint_receipt"
    COMPLAINT_DECISION = "complaint_decision"
    SURVEY = "survey"
    CLOSING = "closing"


class Speaker(StrEnum):
    """Who speaks."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SYSTEM = "system"


class Feeling(StrEnum):
    """What a detector finds in a turn of the customer."""

    ANGER = "anger"
    DISTRESS = "distress"
    COMPLAINT = "complaint"
    SAFETY = "safety"


class RefundState(StrEnum):
    """How far the money is; only `SUCCEEDED` is "refunded" (H4)."""

    NONE = "none"
    PLANNED = "planned"
    RESERVED = "reserved"
    APPROVED = "approved"
    SENT = "sent"
    ACCEPTED = "accepted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REVERSED = "reversed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Fault(StrEnum):
    """Who is answerable, by the fault code of the reason."""

    MERCHANT = "merchant"
    CARRIER = "carrier"
    CUSTOMER = "customer"
    NOBODY = "nobody"


class Evidence(StrEnum):
    """Kinds of proof that may be asked for (P2)."""

    PHOTO = "photo"
    VIDEO = "video"
    INVOICE = "invoice"
    SERIAL = "serial"
    PACKAGING = "packaging"
    IDENTITY = "identity"
    STATEMENT = "statement"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation."""

    by: Speaker
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class ReplySender:
    """The agent who signs. `scopes` are the decisions that valid certificates cover, None when unknown (Q1)."""

    name: str | None = None
    role: str = "agent"
    scopes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDraft:
    """The reply as it would be sent; `now` is when. `from_template` are parts that no agent wrote (not scored)."""

    text: str
    language: Language
    now: datetime
    channel: ReplyChannel = ReplyChannel.CHAT
    purpose: Purpose = Purpose.ANSWER
    sender: ReplySender = ReplySender()
    from_template: tuple[Span, ...] = ()
    for_review: bool = False
    customer_is_typing: bool = False


@dataclass(frozen=True, slots=True)
class DetectedPromise:
    """A promise in the draft: its place, its due moment (None without one), and the action as a code."""

    span: Span
    due: datetime | None
    what: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedPromise:
    """A row of the promise ledger (K04). `at_risk` when it will probably be broken."""

    id: str
    owner: str | None
    due: datetime | None
    proof: str | None
    what: str | None = None
    at_risk: bool = False


@dataclass(frozen=True, slots=True)
class DetectedFeeling:
    """A feeling that a detector found, and its turn (the place in the conversation, from 0)."""

    feeling: Feeling
    turn: int


@dataclass(frozen=True, slots=True)
class QuoteFacts:
    """What the ledger gives back: the total, its parts, and the words for the payment route."""

    total: Money
    parts: tuple[Money, ...] = ()
    routes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """Goods by their names. Any of the names will do."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """The order's policy: its version, its clauses, and the names of laws that may be cited."""

    version: str
    clauses: frozenset[str]
    laws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFacts:
    """The six facts of an approval (R2.3, E6). The text must contain one of the words in `shipping`."""

    address: str | None = None
    contact: str | None = None
    phone: str | None = None
    shipping: tuple[str, ...] = ()
    rma: str | None = None
    customer_pays: bool | None = None


@dataclass(frozen=True, slots=True)
class RefusalFacts:
    """The facts of a refusal (R2.5, E7). `alternatives` is empty only when none is feasible and that is on record."""

    reasons: tuple[str, ...] = ()
    evidence_links: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    none_feasible: bool = False
    appeal_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class ComplaintAssessment:
    """The first look at a complaint (K2, ISO 10002 7.5)."""

    severity: str | None = None
    safety: bool | None = None
    complexity: str | None = None
    impact: str | None = None
    immediate: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintFacts:
    """A complaint of the case (K1 to K4)."""

    number: str | None = None
    remedy_wanted: str | None = None
    assessment: ComplaintAssessment = ComplaintAssessment()
    accepted: bool = False
    exhausted: bool = False
    improvement: str | None = None


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """The conditions for closing a case (X1 to X3)."""

    reminded_at: datetime | None = None
    wait: timedelta | None = None
    reopen_link: str | None = None
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class SurveyFacts:
    """The conditions for a survey (Q3)."""

    closed: bool
    disputed: bool = False
    invited: int = 0


@dataclass(frozen=True, slots=True)
class SenderLimits:
    """What the sender may give without a second person."""

    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """A decision, and the decision for the same facts without the customer's segment (R4)."""

    outcome: str
    without_segment: str


class DeadlineKind(StrEnum):
    """Clocks of a case by what they wait for (T1, T3)."""

    RECEIPT = "receipt"
    FIRST_ANSWER = "first_answer"
    REVIEW = "review"
    INSPECTION = "inspection"
    REFUND = "refund"
    DELAYED = "delayed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFacts:
    """The known facts of the case. `dues` are the ends of deadlines; `dates` are other days that may be named."""

    address_as: str | None = None
    brand_names: tuple[str, ...] = ()
    order: str | None = None
    items: tuple[ItemFacts, ...] = ()
    problem: tuple[str, ...] = ()
    remedy_wanted: str | None = None
    quote: QuoteFacts | None = None
    amounts: tuple[Money, ...] = ()
    refund_state: RefundState | None = None
    accepted_units: int | None = None
    arrives_not_before: datetime | None = None
    dues: dict[DeadlineKind, datetime] = field(default_factory=dict)
    dates: tuple[datetime, ...] = ()
    received_at: datetime | None = None
    holding: bool = False
    policy: PolicyFacts | None = None
    approval: ApprovalFacts = ApprovalFacts()
    refusal: RefusalFacts = RefusalFacts()
    fault: Fault | None = None
    inconvenience: bool = False
    limits: SenderLimits = SenderLimits()
    evidence_allowed: frozenset[Evidence] | None = None
    chosen_at: datetime | None = None
    decided: DecisionFacts | None = None
    safety_flow_open: bool = False
    complaint: ComplaintFacts | None = None
    closing: ClosingFacts = ClosingFacts()
    survey: SurveyFacts | None = None
    statutory_notice: bool = False
    promises: tuple[LoggedPromise, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyCase:
    """The whole input of a reply check. `promises` and `signals` come from detectors; None when no detector ran."""

    draft: ReplyDraft
    turns: tuple[Turn, ...] = ()
    facts: ReplyFacts = ReplyFacts()
    promises: tuple[DetectedPromise, ...] | None = None
    signals: tuple[DetectedFeeling, ...] | None = None
