"""A policy for storefronts and agents: entries of the type `dev.ucp.shopping.policy.return` (B11, N10).

Each entry states the guaranteed minimum for goods of one kind in one regime: the longest of law and policy, who pays,
and the remedies. An entry is an element of `policies[]` in the Universal Commerce Protocol.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from service_requests.domain.policy.condition import Fact, FactValues
from service_requests.domain.policy.law import Law, Regime
from service_requests.domain.policy.policy import FreightRow, Policy, first_matching
from service_requests.domain.policy.sentences import OR, fill, listed, name
from service_requests.domain.policy.term import ReturnFreight, Window
from service_requests.domain.policy.vocabulary import Cause, Payer, Remedy, TenderOrder
from service_requests.domain.policy.words_of_money import effective_tender_order
from shared.kernel.errors import Said

TYPE: Final = "dev.ucp.shopping.policy.return"
RESOLUTIONS: Final = {
    Remedy.REFUND: "original_payment_method",
    Remedy.STORE_CREDIT: "store_credit",
    Remedy.EXCHANGE: "exchange",
}
ANY_CATEGORY: Final = "*"


def machine_form(policy: Policy, regimes: Mapping[str, Regime], on: date) -> dict[str, Any]:
    """The entries for every kind of goods in every regime that the policy serves, for an order of that day."""
    served = [regimes[code] for code in policy.regimes if code in regimes]
    kinds = (None, *policy.categories)
    return {
        "policy": policy.name,
        "policy_sha256": policy.sha256,
        "on": on.isoformat(),
        "policies": [_entry(policy, regime, kind, on) for regime in served for kind in kinds],
    }


def _entry(policy: Policy, regime: Regime, category: str | None, on: date) -> dict[str, Any]:
    values = _fact_values(policy, regime, category, on)
    law = regime.on(on)
    windows = list(_windows(policy, law, values))
    head = {
        "type": TYPE,
        "regime": regime.code,
        "category": category or ANY_CATEGORY,
        "policy_version": policy.name,
    }
    if not windows:
        said = Said("Goods cannot be returned without a reason.", "不支持无理由退货。")
        return {**head, "description": _plain(said), "final_sale": True}
    longest = max(windows, key=lambda window: window.period.least_days)
    said = Said("Return within {period} of delivery for {remedies}.", "自签收次日起{period}内可以{remedies}。")
    return {
        **head,
        "description": _plain(
            fill(said, period=longest.period.say(), remedies=listed([name(each) for each in longest.remedies], last=OR))
        ),
        "final_sale": False,
        "window": {"days": longest.period.least_days, "anchor": "delivered"},
        "supported_resolutions": [RESOLUTIONS[remedy] for remedy in longest.remedies if remedy in RESOLUTIONS],
        "methods": [{"type": "by_mail", "fee": _fee(policy, law, values)}],
        "restocking_fee": {"percentage_bps": _restocking(policy, values)},
        **_outbound(policy, values),
        **_tender_order(policy, regime.code),
    }


def _outbound(policy: Policy, values: FactValues) -> dict[str, Any]:
    """What the policy says about the freight of the way out; nothing where the law decides."""
    row = first_matching([row for row in policy.outbound if row.cause is Cause.CHANGE_OF_MIND], values)
    return {} if row is None else {"outbound_freight": {"whole": row.whole.value, "part": row.part.value}}


def _tender_order(policy: Policy, regime: str) -> dict[str, Any]:
    order = effective_tender_order(policy, regime)
    return {} if order is TenderOrder.PROPORTIONAL else {"tender_order": order.value}


def _fact_values(policy: Policy, regime: Regime, category: str | None, on: date) -> FactValues:
    return {
        Fact.REGIME: frozenset({regime.code}),
        Fact.CATEGORY: policy.category_and_parents(category),
        Fact.CHANNEL: frozenset({policy.channels[0]}),
        Fact.SEGMENT: frozenset({policy.segments[0]}),
        Fact.CURRENCY: frozenset({regime.currency}),
        Fact.ORDERED_ON: on,
    }


def _windows(policy: Policy, law: Law, values: FactValues) -> Iterator[Window]:
    yield from (each.term for each in law.cited(Window) if each.term.cause is Cause.CHANGE_OF_MIND)
    row = first_matching([row for row in policy.windows if row.window.cause is Cause.CHANGE_OF_MIND], values)
    left_out = any(each.goods is None and each.when.holds(values) for each in policy.exclusions)
    if row is not None and not left_out:
        yield row.window


def _fee(policy: Policy, law: Law, values: FactValues) -> dict[str, Any]:
    row = first_matching([row for row in policy.freight if row.cause is Cause.CHANGE_OF_MIND], values)
    free = any(
        each.term.cause is Cause.CHANGE_OF_MIND and each.term.payer is Payer.MERCHANT
        for each in law.cited(ReturnFreight)
    )
    if free or (row is not None and row.payer is Payer.MERCHANT):
        return {"type": "free", "display_text": "Free return / 免费退货"}
    return _customers(row)


def _customers(row: FreightRow | None) -> dict[str, Any]:
    text = "You pay for sending back / 退货运费由您承担"
    if row is None or row.amount is None:
        return {"type": "customer_responsibility", "display_text": text}
    return {
        "type": "fixed_fee",
        "amount": row.amount.minor,
        "currency": row.amount.currency,
        "display_text": text,
    }


def _restocking(policy: Policy, values: FactValues) -> int:
    """The highest restocking fee. The check against the law was made when the policy was published."""
    row = first_matching([row for row in policy.fees if row.cause is Cause.CHANGE_OF_MIND], values)
    return row.basis_points if row is not None else 0


def _plain(said: Said) -> dict[str, str]:
    return {"plain": said.en, "plain_zh_cn": said.zh}
