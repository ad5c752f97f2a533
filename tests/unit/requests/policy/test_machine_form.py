"""What storefronts and agents read of a policy: whole entries of `dev.ucp.shopping.policy.return` (B11, N10)."""

from datetime import date
from typing import Any, Final

import pytest

from service_requests.domain.policy.machine_form import machine_form
from tests.unit.requests.policy_builders import a_policy, days_for, laws, said

TODAY: Final = date(2026, 11, 24)
FREE: Final = {"type": "free", "display_text": "Free return / 免费退货"}
CUSTOMERS: Final = {
    "type": "customer_responsibility",
    "display_text": "You pay for sending back / 退货运费由您承担",
}
TWELVE_YUAN: Final = {
    "type": "fixed_fee",
    "amount": 1_200,
    "currency": "CNY",
    "display_text": "You pay for sending back / 退货运费由您承担",
}

Row = dict[str, Any]


def freight(payer: str, cause: str = "change_of_mind", **but: Any) -> Row:
    return {"id": f"{cause}-{payer}".replace("_", "-"), "cause": cause, "payer": payer, **but}


def window(days: int, *remedies: str, **when: Any) -> Row:
    row = {"cause": "change_of_mind", "period": {"days": days}, "remedies": list(remedies)}
    return {"id": f"w{days}", "when": when, "window": row}


def returnable(regime: str, days: int, gives: tuple[str, str], *resolutions: str, fee: Row, **but: Any) -> Row:
    en, zh = gives
    return {
        "type": "dev.ucp.shopping.policy.return",
        "regime": regime,
        "category": "*",
        "policy_version": "shop@1",
        "description": {
            "plain": f"Return within {days} days of delivery for {en}.",
            "plain_zh_cn": f"自签收次日起{days}天内可以{zh}。",
        },
        "final_sale": False,
        "window": {"days": days, "anchor": "delivered"},
        "supported_resolutions": list(resolutions),
        "methods": [{"type": "by_mail", "fee": fee}],
        "restocking_fee": {"percentage_bps": 0},
        **but,
    }


FINAL: Final = {
    "type": "dev.ucp.shopping.policy.return",
    "regime": "US",
    "category": "*",
    "policy_version": "shop@1",
    "description": {"plain": "Goods cannot be returned without a reason.", "plain_zh_cn": "不支持无理由退货。"},
    "final_sale": True,
}
A_REFUND: Final = ("a refund", "退款")
CASH: Final = "original_payment_method"


@pytest.mark.parametrize(
    ("policy", "entry"),
    [
        ({"regimes": ["US"]}, FINAL),
        ({"regimes": ["US"], "windows": [days_for(90, "defect")]}, FINAL),
        ({"regimes": ["CN"]}, returnable("CN", 7, A_REFUND, CASH, fee=CUSTOMERS)),
        (
            {"regimes": ["CN"], "windows": [window(30, "exchange", "store_credit", "repair")]},
            returnable(
                "CN",
                30,
                ("an exchange, store credit or a repair", "换货、商店余额或维修"),
                "exchange",
                "store_credit",
                fee=CUSTOMERS,
            ),
        ),
        (
            {"regimes": ["EU"], "windows": [days_for(30), days_for(730, "defect")], "freight": [freight("merchant")]},
            returnable("EU", 30, A_REFUND, CASH, fee=FREE),
        ),
        (
            {"regimes": ["UK"], "freight": [freight("merchant", "defect"), freight("customer")]},
            returnable("UK", 14, A_REFUND, CASH, fee=CUSTOMERS),
        ),
        (
            {
                "regimes": ["US"],
                "windows": [days_for(15)],
                "freight": [freight("customer", amount={"amount_minor": 1_200, "currency": "CNY"})],
                "fees": [
                    {"id": "a", "cause": "defect", "basis_points": 1},
                    {"id": "b", "cause": "change_of_mind", "basis_points": 1_500},
                ],
            },
            returnable("US", 15, A_REFUND, CASH, fee=TWELVE_YUAN, restocking_fee={"percentage_bps": 1_500}),
        ),
        (
            {
                "regimes": ["US", "CN"],
                "channels": ["web", "app"],
                "segments": ["regular", "vip"],
                "windows": [
                    days_for(60, channel={"is": "app"}),
                    days_for(50, segment={"is": "vip"}),
                    days_for(45, currency={"is": "EUR"}),
                    days_for(42, regime={"is": "CN"}),
                    days_for(40, ordered_on={"until": "2026-11-23"}),
                    days_for(33, channel={"is": "web"}, segment={"is": "regular"}, currency={"is": "USD"}),
                ],
            },
            returnable("US", 33, A_REFUND, CASH, fee=CUSTOMERS),
        ),
    ],
)
def test_an_entry_says_all_that_a_storefront_must_know(policy: Row, entry: Row) -> None:
    """B11, N10: for the first channel and segment, who orders that day, in the regime's own currency."""
    form = machine_form(a_policy(**policy), laws(), TODAY)
    assert form["policies"][0] == entry


def test_a_policy_has_an_entry_for_each_kind_of_goods_in_each_regime() -> None:
    """B11: what holds for clothing holds for shoes; the whole is signed by the digest of the policy."""
    categories = {"clothing": {"says": said("clothing")}, "shoes": {"says": said("shoes"), "parent": "clothing"}}
    policy = a_policy(regimes=["CN", "US"], categories=categories, windows=[days_for(40, category={"is": "clothing"})])
    form = machine_form(policy, laws(), TODAY)
    assert {key: value for key, value in form.items() if key != "policies"} == {
        "policy": "shop@1",
        "policy_sha256": policy.sha256,
        "on": "2026-11-24",
    }
    found = [(each["regime"], each["category"], each.get("window", {}).get("days")) for each in form["policies"]]
    assert found == [
        ("CN", "*", 7),
        ("CN", "clothing", 40),
        ("CN", "shoes", 40),
        ("US", "*", None),
        ("US", "clothing", 40),
        ("US", "shoes", 40),
    ]


def test_a_regime_that_nobody_knows_has_no_entry() -> None:
    """B04."""
    policy = a_policy(regimes=["CN", "US"])
    known = {"US": laws()["US"]}
    assert {each["regime"] for each in machine_form(policy, known, TODAY)["policies"]} == {"US"}
