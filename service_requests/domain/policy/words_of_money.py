"""How a policy shares discounts and in which order it gives payments back, as sentences (H02, I02)."""

from collections.abc import Mapping
from typing import Final

from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.vocabulary import Mode, TenderOrder
from shared.kernel.errors import Said

TENDER_ORDERS: Final[Mapping[TenderOrder, Said]] = {
    TenderOrder.PROPORTIONAL: Said(
        "If you paid in several ways, each way gets its share back.", "以多种方式支付的，按各自实付比例原路退回。"
    ),
    TenderOrder.CARD_FIRST: Said(
        "If you paid in several ways, we refund cards and other money first, gift cards and credit last.",
        "以多种方式支付的，先退回银行卡等现金类支付，最后退回礼品卡与余额。",
    ),
    TenderOrder.CREDIT_FIRST: Said(
        "If you paid in several ways, we refund gift cards and credit first, cards and other money last.",
        "以多种方式支付的，先退回礼品卡与余额，最后退回银行卡等现金类支付。",
    ),
    TenderOrder.LIFO: Said(
        "If you paid in several ways, we refund the last payment first.", "以多种方式支付的，先退回最后一笔付款。"
    ),
    TenderOrder.FIFO: Said(
        "If you paid in several ways, we refund the first payment first.", "以多种方式支付的，先退回第一笔付款。"
    ),
}
PROMOTIONS: Final[Mapping[Mode, Said]] = {
    Mode.KEEP_SHARE: Said(
        "When a part of an order comes back, every article keeps its share of a discount.",
        "部分退货时，各商品仍按原分摊的优惠计算。",
    ),
    Mode.RE_RATE: Said(
        "When a part of an order comes back, the discount is counted again for what you keep.",
        "部分退货时，按留下的商品重新计算优惠。",
    ),
}
BY_SHARE: Final = frozenset({"CN"})
"""Regimes whose law gives each way of payment its own share back, whatever a policy says (暂行办法 14)."""


def effective_tender_order(policy: Policy, regime: str) -> TenderOrder:
    """In which order the payments are given back there (I02)."""
    return TenderOrder.PROPORTIONAL if regime in BY_SHARE else policy.tender_order
