"""The documented example orders of the shops come out to the cent (N14, A17). The figures are worked out by hand."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from service_requests.domain.orders.shops.conversion import ShopKind, convert
from service_requests.domain.orders.shops.shop_document import UnclearOrder
from service_requests.domain.orders.shops.snapshot import ConvertedOrder, ShopOptions
from tests.unit.requests.orders.shop_checks import reconciles

DATA = Path(__file__).parents[3] / "data" / "shops"
OPTIONS = ShopOptions(storefront="main")


def document(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def converted(kind: str, found: Any, **but: Any) -> ConvertedOrder:
    return convert(ShopKind(kind), found, ShopOptions(**{"storefront": "main", **but}))


def lines(of: ConvertedOrder) -> list[tuple[Any, ...]]:
    names = ("line_id", "sku", "quantity", "unit_price_minor", "discount_minor", "paid_minor")
    return [(*(line.get(name) for name in names), taxes(line)) for line in of.order["lines"]]


def taxes(of: Any) -> list[tuple[str, int]]:
    return [(tax["rate"], tax["amount_minor"]) for tax in of["taxes"]]


EXAMPLES = [
    ("shopify", "shopify_rest_order"),
    ("shopify", "shopify_graphql_order"),
    ("woocommerce", "woocommerce_order"),
    ("medusa", "medusa_order"),
    ("medusa", "medusa_order_adjustments"),
    ("medusa", "medusa_order_mixed_tax"),
]


@pytest.mark.parametrize(("kind", "name"), EXAMPLES)
def test_every_example_adds_up_to_its_own_total(kind: str, name: str) -> None:
    found = converted(kind, document(name))
    reconciles(found.order)
    reconciles(found.placed)
    assert found.order["tenders"], "the examples are paid"
    assert sum(each["captured_minor"] for each in found.payments) == found.order["total_minor"]
    assert json.loads(json.dumps(found.order)) == found.order


def test_shopify_s_rest_order() -> None:
    """Three iPods at 199.00, 10.00 off as 3.34 + 3.33 + 3.33, 3.98 tax each: 597.00 - 10.00 + 11.94 = 598.94."""
    found = converted("shopify", document("shopify_rest_order"))
    assert lines(found) == [
        ("466157049", "IPOD2008GREEN", 1, 19900, 334, 19964, [("0.06", 398)]),
        ("518995019", "IPOD2008RED", 1, 19900, 333, 19965, [("0.06", 398)]),
        ("703073504", "IPOD2008BLACK", 1, 19900, 333, 19965, [("0.06", 398)]),
    ]
    assert found.order["total_minor"] == 59894
    assert found.order["freight"] == {"paid_minor": 0, "taxes": []}
    assert (found.order["number"], found.order["customer_id"]) == ("#1001", "207119551")
    assert (found.order["regime"], found.order["ship_to"]) == ("US", {"country": "US", "subdivision": "US-KY"})
    assert found.order["ordered_at"] == "2008-01-10T16:00:00Z"
    assert found.order["tenders"] == [
        {"tender_id": "payment-1", "kind": "card", "captured_minor": 59894, "reference": "450789469"}
    ]
    assert (found.parcels, found.cancellations) == ([], []), "its one fulfilment failed"


def test_shopify_s_refund_is_money_first() -> None:
    """209.00 went back for 199.64 and 199.65: each piece has its share, 104.4974 and 104.5026, so 104.50 each."""
    found = converted("shopify", document("shopify_rest_order"))
    assert found.refunds == [
        {
            "refund_id": "509562969",
            "at": "2024-10-02T13:59:11Z",
            "tenders": [{"tender_id": "payment-1", "amount_minor": 20900}],
            "lines": [
                {"line_id": "703073504", "quantity": 1, "amount_minor": 10450},
                {"line_id": "466157049", "quantity": 1, "amount_minor": 10450},
            ],
            "freight_minor": 0,
        }
    ]
    assert len(found.notes) == 1


def test_shopify_s_transactions_are_the_tenders() -> None:
    """598.94 was authorized, 250.94 captured, and 209.00 of the capture paid back."""
    beside = {**document("shopify_rest_order"), **document("shopify_rest_transactions")}
    found = converted("shopify", beside)
    assert [(each["tender_id"], each["captured_minor"]) for each in found.order["tenders"]] == [("801038806", 25094)]
    assert found.refunds[0]["tenders"] == [{"tender_id": "801038806", "amount_minor": 20900}]
    assert found.payments[0]["at"] == found.order["ordered_at"], "the page's payments are three years older"
    assert any("before the order" in note.en for note in found.notes)
    assert found.placed["tenders"] == []


def test_shopify_s_graphql_order() -> None:
    """3 x 74.99 = 224.97, and 13.50 tax: 238.47."""
    found = converted("shopify", document("shopify_graphql_order"))
    assert lines(found) == [("1071823189", "line-1071823189", 3, 7499, 0, 23847, [("0.06", 1350)])]
    assert found.order["total_minor"] == 23847
    assert (found.order["currency"], found.order["regime"]) == ("EUR", "EU")
    assert found.order["tenders"][0]["tender_id"] == "1068278601"


def test_shopify_s_table_of_properties_is_no_order() -> None:
    """Amounts in USD, CAD and EUR: the first that is not in the order's currency is named."""
    with pytest.raises(UnclearOrder) as refused:
        converted("shopify", document("shopify_rest_properties"))
    assert refused.value.pointer == "/line_items/0/price_set/presentment_money/currency_code"


def test_woocommerce_s_order() -> None:
    """2 x 3.00 + 0.45, 12.00 + 0.90, shipping 10.00: 29.35. The tax is 1.35 on 18.00, so 7.5 %."""
    found = converted("woocommerce", document("woocommerce_order"))
    assert lines(found) == [
        ("315", "product-93", 2, 300, 0, 645, [("0.075", 45)]),
        ("316", "Bar3", 1, 1200, 0, 1290, [("0.075", 90)]),
    ]
    assert found.order["lines"][1]["name"] == "Ship Your Idea – Color: Black, Size: M Test"
    assert found.order["freight"] == {"paid_minor": 1000, "taxes": []}
    assert found.order["total_minor"] == 2935
    assert found.order["tenders"][0]["kind"] == "bank_transfer"
    assert found.order["customer_id"] == "guest-727"
    assert found.parcels == [{"id": "completed-727", "dispatched_at": "2017-03-22T19:30:35Z"}]


def test_woocommerce_s_refund() -> None:
    """10.00 of the order without a word about goods, at the moment that the refund says."""
    order = {**document("woocommerce_order"), "refunds": [document("woocommerce_refund")]}
    found = converted("woocommerce", order)
    assert found.refunds == [
        {
            "refund_id": "726",
            "at": "2017-03-21T20:07:11Z",
            "tenders": [{"tender_id": "payment-1", "amount_minor": 1000}],
            "lines": [],
            "freight_minor": 0,
        }
    ]


def test_medusa_s_orders() -> None:
    """2 x 10 + 10 = 30; (100 - 20) x 1.1 + (25 - 2) x 1.1 = 88 + 25.30 = 113.30; 100 with tax + 100 x 1.1 = 210."""
    plain = converted("medusa", document("medusa_order"))
    assert lines(plain) == [("ordli_1", "line-ordli_1", 2, 1000, 0, 2000, [])]
    assert (plain.order["freight"]["paid_minor"], plain.order["total_minor"]) == (1000, 3000)
    reduced = converted("medusa", document("medusa_order_adjustments"))
    assert lines(reduced) == [("ordli_2", "line-ordli_2", 2, 5000, 2000, 8800, [("0.1", 800)])]
    assert reduced.order["freight"] == {"paid_minor": 2530, "taxes": [{"rate": "0.1", "amount_minor": 230}]}
    assert (reduced.order["total_minor"], reduced.order["prices_include_tax"]) == (11330, False)
    mixed = converted("medusa", document("medusa_order_mixed_tax"))
    assert lines(mixed) == [
        ("ordli_3", "line-ordli_3", 2, 5000, 0, 10000, [("0.1", 909)]),
        ("ordli_4", "line-ordli_4", 2, 5500, 0, 11000, [("0.1", 1000)]),
    ]
    assert (mixed.order["total_minor"], mixed.order["prices_include_tax"]) == (21000, True)


CUTS: list[tuple[str, str, tuple[Any, ...], Any, str]] = [
    ("shopify", "shopify_rest_order", ("order", "taxes_included"), None, "/order/taxes_included"),
    (
        "shopify",
        "shopify_rest_order",
        ("order", "total_price_set"),
        {"presentment_money": {"amount": "598.95", "currency_code": "USD"}},
        "/order/total_price",
    ),
    ("shopify", "shopify_rest_order", ("order", "financial_status"), "partially_paid", "/order/financial_status"),
    (
        "shopify",
        "shopify_rest_order",
        ("order", "payment_gateway_names"),
        ["gift_card", "bogus"],
        "/order/payment_gateway_names",
    ),
    ("shopify", "shopify_rest_order", ("order", "currency"), "XXQ", "/order/currency"),
    ("shopify", "shopify_rest_order", ("order", "line_items", 0, "quantity"), "1.5", "/order/line_items/0/quantity"),
    (
        "shopify",
        "shopify_rest_order",
        ("order", "line_items", 1, "price_set"),
        {"presentment_money": {"amount": "1e3", "currency_code": "USD"}},
        "/order/line_items/1/price_set/presentment_money/amount",
    ),
    ("shopify", "shopify_rest_order", ("order", "processed_at"), "yesterday", "/order/processed_at"),
    ("shopify", "shopify_rest_order", ("order", "shipping_address", "country_code"), "JP", "/shipping_address"),
    (
        "shopify",
        "shopify_graphql_order",
        ("data", "order", "lineItems", "pageInfo", "hasNextPage"),
        True,
        "/data/order/lineItems",
    ),
    (
        "shopify",
        "shopify_graphql_order",
        ("data", "order", "totalPriceSet", "presentmentMoney", "amount"),
        "238.46",
        "/data/order/totalPriceSet",
    ),
    ("woocommerce", "woocommerce_order", ("total",), "29.37", "/total"),
    ("woocommerce", "woocommerce_order", ("status",), "checkout-draft", "/status"),
    ("woocommerce", "woocommerce_order", ("line_items", 0, "taxes", 0, "id"), 76, "/line_items/0/taxes/0/id"),
    ("woocommerce", "woocommerce_order", ("line_items", 1, "taxes"), [], "/line_items/1/taxes"),
    ("woocommerce", "woocommerce_order", ("date_created_gmt",), None, "/date_created_gmt"),
    ("medusa", "medusa_order", ("order", "items", 0, "total"), 21, "/order/items/0/total"),
    ("medusa", "medusa_order", ("order", "total"), 31, "/order/total"),
    ("medusa", "medusa_order", ("order", "currency_code"), "usdt", "/order/currency_code"),
    ("medusa", "medusa_order", ("order", "status"), "draft", "/order/status"),
]


@pytest.mark.parametrize(("kind", "name", "path", "value", "pointer"), CUTS, ids=[f"{c[1]}{c[4]}" for c in CUTS])
def test_what_is_unclear_is_refused_with_its_place(
    kind: str, name: str, path: tuple[Any, ...], value: Any, pointer: str
) -> None:
    """Nothing is guessed: the pointer names the field, in both languages."""
    found = copy.deepcopy(document(name))
    inner = found
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    with pytest.raises(UnclearOrder) as refused:
        converted(kind, found)
    assert refused.value.pointer == pointer
    assert all(pointer in refused.value.say(language) for language in ("en", "zh-CN"))


@pytest.mark.parametrize("odd", [None, 5, "order", [], {}, {"order": 5}, {"orders": []}, {"order": {"id": 1}}])
@pytest.mark.parametrize("kind", list(ShopKind))
def test_a_document_that_is_no_order_is_refused(kind: str, odd: Any) -> None:
    with pytest.raises(UnclearOrder):
        converted(kind, odd)


def test_the_regime_and_the_language_come_from_the_document_or_the_options() -> None:
    found = document("shopify_rest_order")
    found["order"]["shipping_address"]["country_code"] = "JP"
    assert converted("shopify", found, regime="UK").order["regime"] == "UK"
    for country, regime in (("FR", "EU"), ("GB", "UK"), ("CN", "CN"), ("PR", "US")):
        found["order"]["shipping_address"]["country_code"] = country
        assert converted("shopify", found).order["regime"] == regime
    assert converted("shopify", found, language="zh-CN").order["language"] == "zh-CN"
    for locale, language in (("zh-Hans-CN", "zh-CN"), ("zh_TW", "zh-CN"), ("fr-CA", "en")):
        found["order"]["customer_locale"] = locale
        assert converted("shopify", found, language="zh-CN").order["language"] == language
