"""What a merchant's policy says about the money of a return, as the approval told the customer (H04, H05, I02, Z12)."""

from dataclasses import dataclass
from typing import Final

from service_refunds.domain.calculation.inputs.policy import (
    FreightRule,
    PromotionMode,
    RefundPolicy,
    ShortfallRule,
    TenderOrder,
)

STANDARD_ONLY: Final = "standard_only"
NOTHING: Final = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRule:
    """How units of this line that come back for this reason are refunded; what is None is left to the law."""

    line_id: str
    reason: str
    restocking_bp: int = 0
    outbound_whole: str | None = None
    outbound_part: str | None = None
    discounts: str | None = None

    @property
    def choice(self) -> "RefundChoice":
        """The rule without its line: units of one choice share a refund."""
        return RefundChoice(self.restocking_bp, self.outbound_whole, self.outbound_part, self.discounts)


@dataclass(frozen=True, slots=True)
class RefundChoice:
    """The choices of a policy for some units."""

    restocking_bp: int = 0
    outbound_whole: str | None = None
    outbound_part: str | None = None
    discounts: str | None = None


UNSAID: Final = RefundChoice()


def refund_policy(choice: RefundChoice, tender_order: str | None) -> RefundPolicy:
    """The merchant's choices in the words of the calculation.

    Where the policy does not say what becomes of the outbound freight, it goes back with the last piece in a European
    withdrawal, and else not at all. No published policy speaks of charges of the order: they go back, which is the
    reading in the customer's favour (Z05).
    """
    return RefundPolicy(
        promotion_mode=None if choice.discounts is None else PromotionMode(choice.discounts),
        tender_order=TenderOrder.PROPORTIONAL if tender_order is None else TenderOrder(tender_order),
        contract_freight=_contract_freight(choice),
        contract_freight_standard_only=choice.outbound_whole == STANDARD_ONLY,
        part_withdrawal_freight=_part_freight(choice),
        restocking_bp=choice.restocking_bp,
        refund_order_fees=True,
        keep_surcharge=False,
        shortfall=ShortfallRule.PAY_WHAT_IS_LEFT,
    )


def _contract_freight(choice: RefundChoice) -> FreightRule:
    """When the freight goes back where no law decides: by the row for a part, if the whole order gives any back."""
    if choice.outbound_whole is None or choice.outbound_whole == NOTHING:
        return FreightRule.NONE
    if choice.outbound_part == NOTHING:
        return FreightRule.WHOLE_ORDER
    return _part_freight(choice)


def _part_freight(choice: RefundChoice) -> FreightRule:
    if choice.outbound_part is None:
        return FreightRule.LAST_ITEM
    return PART_RULES.get(choice.outbound_part, FreightRule.LAST_ITEM)


PART_RULES: Final = {
    "none": FreightRule.NONE,
    "proportional": FreightRule.PROPORTIONAL,
    "last_item": FreightRule.LAST_ITEM,
}
