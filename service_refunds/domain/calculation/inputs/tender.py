"""One payment of the order, and the checks of its fields."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service_refunds.domain.calculation.inputs.field_check import (
    check_choice,
    check_money,
    check_optional_money,
    check_text,
)
from service_refunds.domain.calculation.inputs.refusal import OrderDoesNotAddUp
from shared.kernel.errors import Said
from shared.kernel.money import Money


class TenderKind(StrEnum):
    CARD = "card"
    WALLET = "wallet"
    BANK = "bank"
    CASH = "cash"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"


CREDIT_KINDS: Final = frozenset({TenderKind.GIFT_CARD, TenderKind.STORE_CREDIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """One payment, in the order in which the payments were made. `bonus` is the part of store credit that nobody paid
    for, `waived_fee` the card fee that the seller paid for the customer.

    `refunded` (succeeded), `pending` and `disputed` are the provider's figures, apart from our own recorded refunds.
    """

    id: str
    kind: TenderKind
    captured: Money
    refunded: Money | None = None
    pending: Money | None = None
    disputed: Money | None = None
    bonus: Money | None = None
    provider: str = ""
    waived_fee: Money | None = None


_USED = Said("{found} is more than the {expected} that was captured", "{found} 超过实收金额 {expected}")


def check_tender(tender: Tender, pointer: str, currency: str) -> None:
    """Refuse a tender whose fields are not valid, or that gave back more than it captured."""
    check_choice(tender.kind, f"{pointer}/kind", TenderKind)
    check_money(tender.captured, f"{pointer}/captured", currency)
    for field in ("refunded", "pending", "disputed", "bonus", "waived_fee"):
        check_optional_money(getattr(tender, field), f"{pointer}/{field}", currency)
        amount = getattr(tender, field)
        if amount is not None and amount > tender.captured:
            raise OrderDoesNotAddUp(f"{pointer}/{field}", _USED, found=amount, expected=tender.captured)
    check_text(tender.provider, f"{pointer}/provider", empty=True)
