"""The contents of our own messages: one class for each kind. A content without a required fact cannot be built (C06,
L06, K02).

`required_content` says which facts each kind needs. Every field of the parts of a content (items, reasons, shares) must
be filled unless `may_lack` lists it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from service_notifications.domain.messages.required_content import (
    REQUIRED_FACTS,
    NoticeKind,
    is_empty,
    missing_facts,
    missing_sentence,
)
from shared.kernel.errors import Language, Refused, Said
from shared.kernel.money import Money


class MessageKind(StrEnum):
    """Which fact a message tells."""

    RETURN_REFERRED = "return_referred"
    RETURN_APPROVED = "return_approved"
    RETURN_REFUSED = "return_refused"
    RETURN_CANCELLED = "return_cancelled"
    RETURN_LAPSED = "return_lapsed"
    UNITS_KEPT = "units_kept"
    DEADLINE_EXTENDED = "deadline_extended"
    GOODS_RECEIVED = "goods_received"
    INSPECTION_HELD = "inspection_held"
    INSPECTION_DECIDED = "inspection_decided"
    INSPECTION_CORRECTED = "inspection_corrected"
    INSPECTION_EXTENDED = "inspection_extended"
    DISCREPANCY_CLEARED = "discrepancy_cleared"
    REFUND_SETTLED = "refund_settled"
    REMAINDER_CLOSED = "remainder_closed"


class FactMissing(Refused):
    """A message without one of its facts is not written. A dead letter is better than half a message."""

    code = "fact_missing"
    title = Said("The message lacks a fact", "消息缺少必要内容")
    detail = Said("A message {kind} cannot be made without {fact}.", "缺少 {fact}，无法生成消息 {kind}。")

    def say(self, language: Language) -> str:
        """The missing fact by its common name, with the clause that requires it."""
        kind = self.facts["kind"]
        slots = REQUIRED_FACTS[NoticeKind(kind)] if kind in set(NoticeKind) else ()
        lack = next((missing_sentence(slot) for slot in slots if slot.name == self.facts["fact"]), None)
        text = self.detail.to(language, **self.facts)
        return f"{text} {lack.to(language)}" if lack else text


class Content:
    """The base of all contents: a content is complete or cannot be built. The slots are the facts."""

    __slots__: tuple[str, ...] = ()
    kind: ClassVar[str]
    may_lack: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        for fact in self.__slots__:
            if fact not in self.may_lack and is_empty(getattr(self, fact)):
                raise FactMissing(kind=self.kind, fact=fact)


class MessageContent(Content):
    """A complete content with every fact that its kind requires."""

    __slots__: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lacks = missing_facts(NoticeKind(self.kind), self.required_facts())
        if lacks:
            raise FactMissing(kind=self.kind, fact=lacks[0].slot.name)

    def required_facts(self) -> dict[str, Any]:
        """The facts by the names of the schema. These are the fields unless a kind adds more."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Wording(Content):
    """A sentence of ours in both languages."""

    kind: ClassVar[str] = "wording"
    en: str
    zh: str

    def to(self, language: Language) -> str:
        """The sentence in one language."""
        return self.zh if language == "zh-CN" else self.en


@dataclass(frozen=True, slots=True)
class RefusalReason(Content):
    """A reason for a refusal in plain words, and the clause it follows from."""

    kind: ClassVar[str] = "reason"
    says: Wording
    clause: str


@dataclass(frozen=True, slots=True)
class WrittenText(Content):
    """What a member of staff has written for the customer. It stays in the language in which it was written (Z32)."""

    kind: ClassVar[str] = "written"
    may_lack: ClassVar[frozenset[str]] = frozenset({"language"})
    text: str
    language: Language | None = None
    """The language, where the characters show it."""


@dataclass(frozen=True, slots=True)
class MessageItem(Content):
    """Goods as the customer knows them."""

    kind: ClassVar[str] = "item"
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ReducedItem(Content):
    """Goods whose refund is less than was paid for them, by so many hundredths of a percent."""

    kind: ClassVar[str] = "reduced_item"
    name: str
    quantity: int
    basis_points: int


@dataclass(frozen=True, slots=True)
class RefundShare(Content):
    """The amount that goes back by one means of payment. `trace` is the number for questions to the bank (I14)."""

    kind: ClassVar[str] = "share"
    may_lack: ClassVar[frozenset[str]] = frozenset({"trace"})
    method: str
    amount: Money
    trace: str | None


@dataclass(frozen=True, slots=True)
class ReturnReferred(MessageContent):
    """A person is looking, and the date of the decision (R2.2)."""

    kind: ClassVar[str] = MessageKind.RETURN_REFERRED
    reasons: tuple[Wording, ...]
    decide_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnApproved(MessageContent):
    """The six facts of R2.3 and R2.4: address, contact, phone, how to send, return number, who pays and how much."""

    kind: ClassVar[str] = MessageKind.RETURN_APPROVED
    rma: str
    items: tuple[MessageItem, ...]
    recipient: str
    address: tuple[str, ...]
    contact: str
    phone: str
    carriers: tuple[str, ...]
    customer_pays: bool
    freight_amount: Money | None
    ship_by: date
    money: tuple[Wording, ...] = ()
    """What the policy says about fees, freight, discounts and payments (Z12)."""


@dataclass(frozen=True, slots=True)
class ReturnRefused(MessageContent):
    """Each reason with its clause, the alternatives, and the deadline for an objection (R1.4, R2.5, E7)."""

    kind: ClassVar[str] = MessageKind.RETURN_REFUSED
    reasons: tuple[RefusalReason, ...]
    alternatives: tuple[Wording, ...]
    object_by: date

    def required_facts(self) -> dict[str, Any]:
        """The policy decides by dates and order, and names every alternative it has."""
        clauses = tuple(reason.clause for reason in self.reasons)
        return {
            **MessageContent.required_facts(self),
            "clauses": clauses,
            "on_record": True,
            "no_alternative": not self.alternatives,
        }


@dataclass(frozen=True, slots=True)
class ReturnCancelled(MessageContent):
    """The customer keeps the goods. There is a return number only if the return was approved."""

    kind: ClassVar[str] = MessageKind.RETURN_CANCELLED
    rma: str | None


@dataclass(frozen=True, slots=True)
class ReturnLapsed(MessageContent):
    """The time for sending is over; the customer keeps the goods (D06). She can ask to go on all the same."""

    kind: ClassVar[str] = MessageKind.RETURN_LAPSED
    rma: str


@dataclass(frozen=True, slots=True)
class UnitsKept(MessageContent):
    """Some goods stay with the customer, cancelled or not sent in time; the return goes on with the others (Z24)."""

    kind: ClassVar[str] = MessageKind.UNITS_KEPT
    rma: str
    items: tuple[MessageItem, ...]
    lapsed: bool


class ExtendedStep(StrEnum):
    """What there is more time for."""

    DECIDE = "decide"
    SHIP = "ship"
    ARRIVE = "arrive"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class DeadlineExtended(MessageContent):
    """There is more time, until which day and why. There is a return number only after the approval (T3, Z24)."""

    kind: ClassVar[str] = MessageKind.DEADLINE_EXTENDED
    may_lack: ClassVar[frozenset[str]] = frozenset({"rma"})
    rma: str | None
    step: ExtendedStep
    day: date
    reason: WrittenText


@dataclass(frozen=True, slots=True)
class GoodsReceived(MessageContent):
    """The arrived goods, whether all have arrived, and the deadline of the inspection (R4.3)."""

    kind: ClassVar[str] = MessageKind.GOODS_RECEIVED
    rma: str
    items: tuple[MessageItem, ...]
    complete: bool
    inspect_by: datetime


@dataclass(frozen=True, slots=True)
class InspectionHeld(MessageContent):
    """Goods that did not pass. A person is looking, and nothing is decided meanwhile (R4.5)."""

    kind: ClassVar[str] = MessageKind.INSPECTION_HELD
    rma: str
    items: tuple[MessageItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionDecided(MessageContent):
    """A person's decision about goods that had not passed: paid, or sent back. With its reason, clause and evidence.

    `reduced` are accepted goods whose refund is reduced, as the customer has agreed.
    """

    kind: ClassVar[str] = MessageKind.INSPECTION_DECIDED
    rma: str
    accepted: tuple[MessageItem, ...]
    refused: tuple[MessageItem, ...]
    reason: WrittenText | None = None
    clause: str | None = None
    evidence: tuple[str, ...] = ()
    reduced: tuple[ReducedItem, ...] = ()

    def required_facts(self) -> dict[str, Any]:
        """At least one unit was accepted or refused."""
        return {**MessageContent.required_facts(self), "units": self.accepted + self.refused}


@dataclass(frozen=True, slots=True)
class InspectionCorrected(MessageContent):
    """What was told about these goods does not hold any more: they are not here, or they are checked again (Z01)."""

    kind: ClassVar[str] = MessageKind.INSPECTION_CORRECTED
    rma: str
    not_here: tuple[MessageItem, ...]
    checked_again: tuple[MessageItem, ...]

    def required_facts(self) -> dict[str, Any]:
        """At least one unit stands otherwise now."""
        return {**MessageContent.required_facts(self), "units": self.not_here + self.checked_again}


@dataclass(frozen=True, slots=True)
class InspectionExtended(MessageContent):
    """The check takes longer than was promised, with the reason and the new date (T3, Z24)."""

    kind: ClassVar[str] = MessageKind.INSPECTION_EXTENDED
    rma: str
    items: tuple[MessageItem, ...]
    inspect_by: datetime
    reason: WrittenText


class DiscrepancyEnd(StrEnum):
    """What became of goods that nobody had announced. Other ends are told by other messages, or are none."""

    RETURNED_TO_CUSTOMER = "returned_to_customer"
    DISPOSED = "disposed"
    MATCHED_TO_RETURN = "matched_to_return"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyCleared(MessageContent):
    """What became of goods that arrived and were not announced (Z32)."""

    kind: ClassVar[str] = MessageKind.DISCREPANCY_CLEARED
    rma: str
    items: tuple[MessageItem, ...]
    outcome: DiscrepancyEnd
    reason: WrittenText | None = None
    tracking_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSettled(MessageContent):
    """Amount, method, date, reference (R5.1), for a refund that the provider has paid (L03).

    A refund of zero has no method. It is told all the same (H15).
    """

    kind: ClassVar[str] = MessageKind.REFUND_SETTLED
    rma: str
    refund_id: str
    amount: Money
    shares: tuple[RefundShare, ...]
    settled_at: datetime
    remainder: Money | None = None
    """What is owed besides and is still being looked at (Z09)."""

    def __post_init__(self) -> None:
        MessageContent.__post_init__(self)
        if sum(share.amount.minor for share in self.shares) != self.amount.minor:
            raise FactMissing(kind=self.kind, fact="shares that add up to the amount")

    def required_facts(self) -> dict[str, Any]:
        """A refund of zero has no means of payment."""
        return {**MessageContent.required_facts(self), "nothing_to_pay": not self.amount}


class RemainderOutcome(StrEnum):
    """What became of an amount that no payment of the order could give back."""

    PAID_OTHERWISE = "paid_otherwise"
    NOT_OWED = "not_owed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemainderClosed(MessageContent):
    """What became of the part of a refund that a person still looked at (Z09, Z32)."""

    kind: ClassVar[str] = MessageKind.REMAINDER_CLOSED
    rma: str
    refund_id: str
    amount: Money
    outcome: RemainderOutcome
    closed_at: datetime


CONTENTS: Final[dict[MessageKind, type[Content]]] = {
    MessageKind.RETURN_REFERRED: ReturnReferred,
    MessageKind.RETURN_APPROVED: ReturnApproved,
    MessageKind.RETURN_REFUSED: ReturnRefused,
    MessageKind.RETURN_CANCELLED: ReturnCancelled,
    MessageKind.RETURN_LAPSED: ReturnLapsed,
    MessageKind.UNITS_KEPT: UnitsKept,
    MessageKind.DEADLINE_EXTENDED: DeadlineExtended,
    MessageKind.GOODS_RECEIVED: GoodsReceived,
    MessageKind.INSPECTION_HELD: InspectionHeld,
    MessageKind.INSPECTION_DECIDED: InspectionDecided,
    MessageKind.INSPECTION_CORRECTED: InspectionCorrected,
    MessageKind.INSPECTION_EXTENDED: InspectionExtended,
    MessageKind.DISCREPANCY_CLEARED: DiscrepancyCleared,
    MessageKind.REFUND_SETTLED: RefundSettled,
    MessageKind.REMAINDER_CLOSED: RemainderClosed,
}
"""The content class of each kind."""
