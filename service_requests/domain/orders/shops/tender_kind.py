"""Which means of payment a shop's name of a gateway stands for."""

from collections.abc import Mapping
from typing import Final

OTHER: Final = "other"
TENDER_KINDS: Final[Mapping[str, str]] = {
    "shopify_payments": "card",
    "authorize_net": "card",
    "bogus": "card",
    "stripe": "card",
    "stripe_cc": "card",
    "woocommerce_payments": "card",
    "pp_stripe_stripe": "card",
    "pp_card_stripe": "card",
    "braintree": "card",
    "adyen": "card",
    "paypal": "wallet",
    "paypal_express": "wallet",
    "ppcp-gateway": "wallet",
    "apple_pay": "wallet",
    "google_pay": "wallet",
    "alipay": "wallet",
    "wechat_pay": "wallet",
    "bank deposit": "bank_transfer",
    "bank_deposit": "bank_transfer",
    "bacs": "bank_transfer",
    "pp_stripe-ideal_stripe": "bank_transfer",
    "cash": "cash",
    "cash on delivery (cod)": "cash_on_delivery",
    "cash_on_delivery": "cash_on_delivery",
    "cod": "cash_on_delivery",
    "gift_card": "gift_card",
    "shopify_store_credit": "store_credit",
    "store_credit": "store_credit",
}
"""By the documented names; a name that is not here is `other`, which no automatic choice of a tender relies on."""


def tender_kind(gateway: str | None) -> str:
    """The kind of tender of a gateway."""
    return TENDER_KINDS.get((gateway or "").lower(), OTHER)
