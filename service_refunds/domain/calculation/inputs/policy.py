"""The choices that the refund rules leave to a merchant, each with a name and a default (3.9)."""

from dataclasses import dataclass
from enum import StrEnum

from service_refunds.domain.calculation.inputs.field_check import (
    check_choice,
    check_count,
    check_flag,
    check_keys,
    check_list,
    check_money,
    check_optional_money,
    check_share,
)
from service_refunds.domain.calculation.inputs.refusal import InvalidField
from shared.kernel.errors import Said
from shared.kernel.money import Money


class PromotionMode(StrEnum):
    """Keep every line's share of a discount, or price again what the customer keeps (暂行办法 17)."""

    KEEP_SHARE = "keep_share"
    RE_RATE = "re_rate"


class FreightRule(StrEnum):
    """When outbound freight goes back: never, with the whole order, with the last piece of it, or by share.

    The whole order is back with its last piece, so the two in the middle are the same (Z08).
    """

    NONE = "none"
    WHOLE_ORDER = "whole_order"
    LAST_ITEM = "last_item"
    PROPORTIONAL = "proportional"


class TenderOrder(StrEnum):
    """Which payment is given back first (I02)."""

    PROPORTIONAL = "proportional"
    CARD_FIRST = "card_first"
    CREDIT_FIRST = "credit_first"
    LIFO = "lifo"
    FIFO = "fifo"


class OpenOfferRule(StrEnum):
    """What happens to a unit while its owner has not agreed to a lower value."""

    HOLD = "hold"
    REFUND_IN_FULL = "refund_in_full"


class ShortfallRule(StrEnum):
    """What happens when the payments have less left than is owed: the refund is refused; what is left is paid where the
    whole order is back; or what is left is always paid. A person settles the remainder (Z09).
    """

    REFUSE = "refuse"
    PAY_LAST = "pay_last"
    PAY_WHAT_IS_LEFT = "pay_what_is_left"


@dataclass(frozen=True, slots=True)
class Grade:
    """How much of its value a unit of this grade has lost, in basis points."""

    name: str
    loss_bp: int


GRADES = (Grade("A", 0), Grade("B", 1_000), Grade("C", 3_000), Grade("D", 6_000), Grade("E", 10_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPolicy:
    """A merchant's choices. A fee that the law or the seller's fault forbids is never charged, whatever the policy
    says.

    `promotion_mode` None means the mode of the regime: RE_RATE in China, KEEP_SHARE elsewhere. `contract_freight` is
    the promise where no statute decides (US, a CN promise, returns out of goodwill). `part_withdrawal_freight` is the
    open question of EU and UK part withdrawals.

    `charge_lost_free_shipping` None means in China only (暂行办法 18). `charge_waived_card_fee` takes back a card fee
    that the seller paid (暂行办法 16). `cash_step` None means the smallest coin of the currency.
    """

    promotion_mode: PromotionMode | None = None
    tender_order: TenderOrder = TenderOrder.PROPORTIONAL
    contract_freight: FreightRule = FreightRule.NONE
    contract_freight_standard_only: bool = False
    part_withdrawal_freight: FreightRule = FreightRule.LAST_ITEM
    charge_lost_free_shipping: bool | None = None
    refund_order_fees: bool = False
    keep_surcharge: bool = True
    charge_waived_card_fee: bool = False
    restocking_bp: int = 0
    restocking_fixed: Money | None = None
    grades: tuple[Grade, ...] = GRADES
    open_offer: OpenOfferRule = OpenOfferRule.HOLD
    coupon_life_days: int = 0
    credit_bonus_bp: int = 0
    bonus_limit: Money | None = None
    goodwill_limit: Money | None = None
    adjustment_limit: Money | None = None
    freight_receipt_limit: Money | None = None
    cash_step: Money | None = None
    shortfall: ShortfallRule = ShortfallRule.PAY_LAST


_EITHER = Said("a restocking fee is a percentage or fixed, not both", "重新上架费只能按比例或固定金额二选一")


def check_policy(policy: RefundPolicy, pointer: str, currency: str) -> None:
    """Refuse a policy with a field that is no valid choice."""
    if policy.promotion_mode is not None:
        check_choice(policy.promotion_mode, f"{pointer}/promotion_mode", PromotionMode)
    check_choice(policy.tender_order, f"{pointer}/tender_order", TenderOrder)
    check_choice(policy.shortfall, f"{pointer}/shortfall", ShortfallRule)
    check_choice(policy.open_offer, f"{pointer}/open_offer", OpenOfferRule)
    if policy.charge_lost_free_shipping is not None:
        check_flag(policy.charge_lost_free_shipping, f"{pointer}/charge_lost_free_shipping")
    for field in ("contract_freight", "part_withdrawal_freight"):
        check_choice(getattr(policy, field), f"{pointer}/{field}", FreightRule)
    for field in ("contract_freight_standard_only", "refund_order_fees", "keep_surcharge", "charge_waived_card_fee"):
        check_flag(getattr(policy, field), f"{pointer}/{field}")
    for field in ("restocking_bp", "credit_bonus_bp"):
        check_share(getattr(policy, field), f"{pointer}/{field}")
    for field in (
        "restocking_fixed", "bonus_limit", "goodwill_limit", "adjustment_limit", "freight_receipt_limit",
    ):  # fmt: skip
        check_optional_money(getattr(policy, field), f"{pointer}/{field}", currency)
    if policy.cash_step is not None:
        check_money(policy.cash_step, f"{pointer}/cash_step", currency)
        check_count(policy.cash_step.minor, f"{pointer}/cash_step", 1)
    if policy.restocking_bp and policy.restocking_fixed:
        raise InvalidField(f"{pointer}/restocking_fixed", _EITHER)
    check_count(policy.coupon_life_days, f"{pointer}/coupon_life_days", 0, 36_500)
    check_list(policy.grades, f"{pointer}/grades", Grade, 100)
    check_keys((f"{pointer}/grades/{place}/name", grade.name) for place, grade in enumerate(policy.grades))
    for place, grade in enumerate(policy.grades):
        check_share(grade.loss_bp, f"{pointer}/grades/{place}/loss_bp")
