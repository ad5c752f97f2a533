"""What a person says has become of money that the provider did not pay, and the second person who confirms (I07, Z22).

The original method comes first. Another method needs the customer's express consent, and costs the customer nothing
(CRD 13(1)). Nobody confirms what the same person has said.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from service_refunds.domain.settlement.state import State
from shared.kernel.errors import Malformed, Refused, Said


class ResolutionOutcome(StrEnum):
    """What became of the money that is not paid."""

    PAID_BY_OTHER_MEANS = "paid_by_other_means"
    """A person has paid in another way, to which the customer has agreed."""
    PAID_BY_HAND = "paid_by_hand"
    """A person has paid back to the original payment, by hand."""
    FOUND_PAID = "found_paid"
    """The provider's books show that an earlier attempt was paid."""
    FOUND_UNPAID = "found_unpaid"
    """The provider's books show that an unknown attempt was not paid and never will be."""
    NOT_OWED = "not_owed"
    """The money is not owed."""


class NotOwedReason(StrEnum):
    """Why money is not owed. The customer is told."""

    PAID_ELSEWHERE = "paid_elsewhere"
    CHARGED_BACK = "charged_back"
    GOODS_NOT_ACCEPTED = "goods_not_accepted"
    WAIVED_BY_CUSTOMER = "waived_by_customer"


class ConsentChannel(StrEnum):
    """How the customer agreed."""

    EMAIL = "email"
    TELEPHONE = "telephone"
    CHAT = "chat"
    LETTER = "letter"
    IN_PERSON = "in_person"
    WEB = "web"


class OtherMeans(StrEnum):
    """How a person pays."""

    BANK_TRANSFER = "bank_transfer"
    CARD = "card"
    WALLET = "wallet"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"
    CASH = "cash"


@dataclass(frozen=True, slots=True)
class Consent:
    """The customer's express consent to another method: who agreed, when, how, and where it is on record."""

    given_by: str
    given_at: datetime
    channel: ConsentChannel
    evidence: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves the payment: the reference that the bank or provider gave, and the day."""

    reference: str
    paid_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What a person has said, and what a second person did about it."""

    outcome: ResolutionOutcome
    reason: str
    by: str
    at: datetime
    means: OtherMeans | None = None
    consent: Consent | None = None
    proof: Proof | None = None
    because: NotOwedReason | None = None
    payouts: tuple[str, ...] = ()
    """The keys of the payouts that were found. None named: all that are not paid."""
    confirmed_by: str | None = None
    withdrawn_by: str | None = None
    ended_at: datetime | None = None
    overtaken: bool = False
    """The provider answered first, so the proposal has no effect."""

    def is_about(self, payout: str) -> bool:
        """Whether it is about the payout with this key."""
        return not self.payouts or payout in self.payouts


PAYS: Final = frozenset({ResolutionOutcome.PAID_BY_OTHER_MEANS, ResolutionOutcome.PAID_BY_HAND})
"""A person has paid."""
FINDS: Final = frozenset({ResolutionOutcome.FOUND_PAID, ResolutionOutcome.FOUND_UNPAID})
"""A person has read the provider's books. Only these can be about some payouts."""

POSSIBLE_IN: Final[Mapping[ResolutionOutcome, frozenset[State]]] = {
    ResolutionOutcome.PAID_BY_OTHER_MEANS: frozenset({State.FAILED, State.WAITING}),
    ResolutionOutcome.PAID_BY_HAND: frozenset({State.FAILED, State.WAITING}),
    ResolutionOutcome.FOUND_PAID: frozenset({State.FAILED, State.WAITING, State.MANUAL_REVIEW}),
    ResolutionOutcome.FOUND_UNPAID: frozenset({State.MANUAL_REVIEW}),
    ResolutionOutcome.NOT_OWED: frozenset({State.FAILED, State.WAITING}),
}
"""An attempt whose end is unknown may have been paid. So nobody pays or closes before its end is known."""

NEEDS: Final[Mapping[ResolutionOutcome, frozenset[str]]] = {
    ResolutionOutcome.PAID_BY_OTHER_MEANS: frozenset({"means", "consent", "proof"}),
    ResolutionOutcome.PAID_BY_HAND: frozenset({"proof"}),
    ResolutionOutcome.FOUND_PAID: frozenset({"proof"}),
    ResolutionOutcome.FOUND_UNPAID: frozenset(),
    ResolutionOutcome.NOT_OWED: frozenset({"because"}),
}
"""What each outcome must say besides its reason; it says nothing else."""

PARTS: Final = ("means", "consent", "proof", "because")

MISSING: Final = Said("`{outcome}` needs `{part}`.", "`{outcome}` 须填写 `{part}`。")
TOO_MUCH: Final = Said("`{outcome}` has no `{part}`.", "`{outcome}` 不应填写 `{part}`。")
NO_SUCH_PAYOUT: Final = Said(
    "Only `found_paid` and `found_unpaid` name payouts, by keys of payouts that are not paid.",
    "只有 `found_paid` 和 `found_unpaid` 可以指定付款，且须为未支付的付款单号。",
)
IN_THE_FUTURE: Final = Said("This is in the future.", "此时间尚未到来。")


class ResolutionIncomplete(Malformed):
    """A part that the outcome needs is missing, or there is a part that does not belong to it."""

    code = "resolution_incomplete"
    title = Said("Something is missing or too much", "填写内容缺少或多余")


class ResolutionWaits(Refused):
    """Another person has said what becomes of the money; it waits for a second person (Z25)."""

    code = "resolution_waits"
    title = Said("This waits for a second person", "正等待第二人确认")
    detail = Said(
        "{first} has asked for `{outcome}` of {amount} at {at}. A second person must confirm it, or it is taken back.",
        "{first} 已于 {at} 就 {amount} 提出 `{outcome}`，须由第二人确认，或撤回。",
    )


class SecondPersonNeeded(Refused):
    """The person who asks cannot be the one who confirms."""

    code = "second_person_needed"
    title = Said("A second person must confirm", "须由第二人确认")
    detail = Said(
        "{first} has asked for `{outcome}` of {amount}. Another person with the same right must confirm it.",
        "{first} 就 {amount} 提出了 `{outcome}`，须由另一位有同等权限的人员确认。",
    )


class NoOpenResolution(Refused):
    """Nothing waits for a second person."""

    code = "no_open_resolution"
    title = Said("Nothing waits for a second person", "没有待确认的处理")
    detail = Said(
        "Refund {refund} has nothing that waits for a second person; its state is {state}.",
        "退款 {refund} 没有待第二人确认的处理；当前状态为 {state}。",
    )


def check_complete(resolution: Resolution, payouts: Collection[str]) -> None:
    """Raises `ResolutionIncomplete` with the first part that is missing, too much, or in the future.

    `payouts` are the keys that the resolution can be about.
    """
    if resolution.payouts and (resolution.outcome not in FINDS or not set(resolution.payouts) <= set(payouts)):
        raise ResolutionIncomplete(pointer="/payouts", reason=NO_SUCH_PAYOUT)
    needed = NEEDS[resolution.outcome]
    for part in PARTS:
        given = getattr(resolution, part) is not None
        if given != (part in needed):
            sentence = MISSING if part in needed else TOO_MUCH
            reason = Said(*(text.format(outcome=resolution.outcome.value, part=part) for text in sentence))
            raise ResolutionIncomplete(pointer=f"/{part}", reason=reason)
    if resolution.consent is not None and resolution.consent.given_at > resolution.at:
        raise ResolutionIncomplete(pointer="/consent/given_at", reason=IN_THE_FUTURE)
    # a day begins up to 14 hours earlier in the east
    if resolution.proof is not None and (resolution.proof.paid_on - resolution.at.date()).days > 1:
        raise ResolutionIncomplete(pointer="/proof/paid_on", reason=IN_THE_FUTURE)
