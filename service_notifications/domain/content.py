"""What each kind of message must say: one class a kind, which cannot be made with a fact missing (C06, L06, K02).

A class is the required-content schema of its kind: every field must be filled unless it is listed in `may_lack`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from shared.kernel.errors import Language, Refused, Said
from shared.kernel.money import Money


class Kind(StrEnum):
    """Which fact a message tells."""

    RETURN_REFERRED = "return_referred"
    RETURN_APPROVED = "return_approved"
    RETURN_REFUSED = "return_refused"
    RETURN_CANCELLED = "return_cancelled"
    GOODS_RECEIVED = "goods_received"
    INSPECTION_HELD = "inspection_held"
    INSPECTION_DECIDED = "inspection_decided"
    REFUND_SETTLED = "refund_settled"


class FactMissing(Refused):
    """A message without one of its facts is not written: better none and a dead letter than half of one."""

    code = "fact_missing"
    title = Said("The message lacks a fact", "消息缺少必要内容")
    detail = Said("A message {kind} cannot be made without {fact}.", "缺少 {fact}，无法生成消息 {kind}。")


class Content:
    """What all kinds have in common: they are whole or they are not. Their slots are their facts."""

    __slots__: tuple[str, ...] = ()
    kind: ClassVar[str]
    may_lack: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        for fact in self.__slots__:
            if fact not in self.may_lack and _empty(getattr(self, fact)):
                raise FactMissing(kind=self.kind, fact=fact)


def _empty(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or value == ()


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
class Reason(Content):
    """Why not, in plain words, and the clause it rests on."""

    kind: ClassVar[str] = "reason"
    says: Wording
    clause: str


@dataclass(frozen=True, slots=True)
class Item(Content):
    """Goods as the customer knows them."""

    kind: ClassVar[str] = "item"
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Share(Content):
    """What goes back by one means of payment; `trace` is the number a customer can ask her bank about (I14)."""

    kind: ClassVar[str] = "share"
    may_lack: ClassVar[frozenset[str]] = frozenset({"trace"})
    method: str
    amount: Money
    trace: str | None


@dataclass(frozen=True, slots=True)
class ReturnReferred(Content):
    """A person is looking, and by when she will have decided (R2.2)."""

    kind: ClassVar[str] = Kind.RETURN_REFERRED
    reasons: tuple[Wording, ...]
    decide_by: datetime


@dataclass(frozen=True, slots=True)
class ReturnApproved(Content):
    """The six facts of R2.3 and R2.4: address, contact, phone, how to send, return number, who pays and how much."""

    kind: ClassVar[str] = Kind.RETURN_APPROVED
    may_lack: ClassVar[frozenset[str]] = frozenset({"freight_amount"})
    rma: str
    items: tuple[Item, ...]
    recipient: str
    address: tuple[str, ...]
    contact: str
    phone: str
    carriers: tuple[str, ...]
    customer_pays: bool
    freight_amount: Money | None
    ship_by: date

    def __post_init__(self) -> None:
        Content.__post_init__(self)
        if self.customer_pays and self.freight_amount is None:
            raise FactMissing(kind=self.kind, fact="freight_amount")


@dataclass(frozen=True, slots=True)
class ReturnRefused(Content):
    """Each reason with its clause, what can be done instead, until when to object (R1.4, R2.5, E7)."""

    kind: ClassVar[str] = Kind.RETURN_REFUSED
    may_lack: ClassVar[frozenset[str]] = frozenset({"alternatives"})
    reasons: tuple[Reason, ...]
    alternatives: tuple[Wording, ...]
    object_by: date


@dataclass(frozen=True, slots=True)
class ReturnCancelled(Content):
    """The customer keeps the goods. There is a return number only if it had been approved."""

    kind: ClassVar[str] = Kind.RETURN_CANCELLED
    may_lack: ClassVar[frozenset[str]] = frozenset({"rma"})
    rma: str | None


@dataclass(frozen=True, slots=True)
class GoodsReceived(Content):
    """What has arrived, whether that is all, and by when it is looked at (R4.3)."""

    kind: ClassVar[str] = Kind.GOODS_RECEIVED
    rma: str
    items: tuple[Item, ...]
    complete: bool
    inspect_by: datetime


@dataclass(frozen=True, slots=True)
class InspectionHeld(Content):
    """What did not pass; a person is looking and nothing is lost meanwhile (R4.5)."""

    kind: ClassVar[str] = Kind.INSPECTION_HELD
    rma: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class InspectionDecided(Content):
    """What a person decided about goods that had not passed: paid, or sent back."""

    kind: ClassVar[str] = Kind.INSPECTION_DECIDED
    may_lack: ClassVar[frozenset[str]] = frozenset({"accepted", "refused"})
    rma: str
    accepted: tuple[Item, ...]
    refused: tuple[Item, ...]

    def __post_init__(self) -> None:
        Content.__post_init__(self)
        if not (self.accepted or self.refused):
            raise FactMissing(kind=self.kind, fact="units")


@dataclass(frozen=True, slots=True)
class RefundSettled(Content):
    """Amount, method, date, reference (R5.1); made only of a refund that the provider has paid (L03)."""

    kind: ClassVar[str] = Kind.REFUND_SETTLED
    rma: str
    refund_id: str
    amount: Money
    shares: tuple[Share, ...]
    settled_at: datetime

    def __post_init__(self) -> None:
        Content.__post_init__(self)
        if sum(share.amount.minor for share in self.shares) != self.amount.minor:
            raise FactMissing(kind=self.kind, fact="shares that add up to the amount")


CONTENTS: Final[dict[Kind, type[Content]]] = {
    Kind.RETURN_REFERRED: ReturnReferred,
    Kind.RETURN_APPROVED: ReturnApproved,
    Kind.RETURN_REFUSED: ReturnRefused,
    Kind.RETURN_CANCELLED: ReturnCancelled,
    Kind.GOODS_RECEIVED: GoodsReceived,
    Kind.INSPECTION_HELD: InspectionHeld,
    Kind.INSPECTION_DECIDED: InspectionDecided,
    Kind.REFUND_SETTLED: RefundSettled,
}
"""Every kind and what it must say."""
