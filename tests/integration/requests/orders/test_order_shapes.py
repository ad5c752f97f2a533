"""Orders as shops have them, and ids as people write them; on both engines."""

import unicodedata
from typing import Any

import pytest

from tests.integration.requests.conftest import AGENT, ANNA, BERT, BOUGHT, SHOP, RequestsService
from tests.support.world import an_order

Json = dict[str, Any]


def a_push(**but: Any) -> Json:
    """One mug of 40.00 in a shop that writes ids as it likes."""
    line = {"line_id": "Zeile 1", "sku": "Mug Blue", "name": "Mug", "quantity": 1, "paid_minor": 4000}
    facts: Json = {
        **BOUGHT,
        "number": "#1001",
        "lines": [line],
        "freight": {"paid_minor": 0, "standard_minor": 490},
        "tenders": [{"tender_id": "T 1", "kind": "cash", "captured_minor": 4000, "reference": "收据 7"}],
        "total_minor": 4000,
    }
    return {**an_order(ANNA.id), **facts, **but}


@pytest.mark.parametrize(
    "number", ["#1001", "订单 12", "🎁 7", "שקל-7", "A/B?c=d&e#f%20", "Café 9", "N'; DROP TABLE", "=1+1"]
)
async def test_an_order_is_found_by_any_number_that_people_write(
    requests_service: RequestsService, number: str
) -> None:
    """Z36: in the query string, in NFC whatever the caller's keyboard gives, with blanks at the ends."""
    pushed = await requests_service.good("/v1/orders", a_push(number=f" {number} "), SHOP)
    assert pushed["number"] == number
    for asked in (number, unicodedata.normalize("NFD", number), f"  {number}"):
        found = await requests_service.see("/v1/orders", number=asked)
        assert [each["id"] for each in found["items"]] == [pushed["id"]]
    again = await requests_service.post("/v1/orders", a_push(number=unicodedata.normalize("NFD", number)), SHOP)
    assert (again.status_code, again.json()["id"]) == (200, pushed["id"])
    asked_back = await requests_service.request(pushed, line="Zeile 1", reason="changed_mind")
    assert asked_back["lines"][0]["sku"] == "Mug Blue"


@pytest.mark.parametrize("field", ["number", "customer_id", "storefront"])
@pytest.mark.parametrize("text", ["a\u202eb", "a\nb", "\u200b", "a" * 65])
async def test_a_text_that_nobody_can_read_is_refused_with_its_field(
    requests_service: RequestsService, field: str, text: str
) -> None:
    """Z36: in both languages, and the text itself is never sent back."""
    for language in ("en", "zh-CN"):
        answer = await requests_service.post(
            "/v1/orders", a_push(**{field: text}), SHOP, **{"Accept-Language": language}
        )
        assert answer.status_code == 422
        [part] = answer.json()["errors"]
        assert part["pointer"] == f"/{field}"
        assert part["detail"].isascii() == (language == "en")
        assert text not in answer.text


@pytest.mark.parametrize(
    ("but", "pointer"),
    [
        (
            {"lines": [
                {"line_id": "L1", "sku": "A", "name": "A", "quantity": 1, "paid_minor": 4000},
                {"line_id": "L2", "sku": "B", "name": "B", "quantity": 1, "unit_price_minor": 1499,
                 "discount_minor": 1499, "paid_minor": 0, "taxes": [{"rate": "0.19", "amount_minor": 239}]},
            ]},
            "/lines/1/taxes",
        ),
        ({"freight": {"paid_minor": 0, "taxes": [{"rate": "0.19", "amount_minor": 1}]}}, "/freight/taxes"),
        ({"tenders": [{"tender_id": "T", "kind": "card", "captured_minor": 4001, "reference": "r"}]}, "/tenders"),
        ({"charges": [{"charge_id": "C", "kind": "wrap", "paid_minor": 1}]}, "/total_minor"),
    ],
)  # fmt: skip
async def test_what_refunds_would_refuse_is_refused_at_the_push(
    requests_service: RequestsService, but: Json, pointer: str
) -> None:
    """Z03: with the field; nothing is kept, so that the corrected order can be pushed."""
    for language in ("en", "zh-CN"):
        answer = await requests_service.post("/v1/orders", a_push(**but), SHOP, **{"Accept-Language": language})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "order_does_not_reconcile"), answer.text
        assert [part["pointer"] for part in problem["errors"]] == [pointer]
        assert problem["detail"].isascii() == (language == "en")
    assert (await requests_service.post("/v1/orders", a_push(), SHOP)).status_code == 201


async def test_an_order_of_every_shape_is_kept_and_told_with_its_shares(requests_service: RequestsService) -> None:
    """A17, Z05, Z36: bundle, discount line, order discount, charges, deposit, price that does not multiply."""
    tea = [{"line_id": name, "sku": name, "name": name, "quantity": 1} for name in ("CUP", "POT")]
    push = a_push(
        language="zh-Hans-CN",
        lines=[
            {"line_id": "NUT", "sku": "NUT", "name": "Nut", "quantity": 3, "unit_price_minor": 333, "paid_minor": 1000},
            {"line_id": "OFF", "sku": "OFF", "name": "Voucher", "quantity": 1, "paid_minor": -500},
            {"line_id": "GIFT", "sku": "GIFT", "name": "Gift", "quantity": 1, "paid_minor": 0},
            *tea,
        ],
        bundles=[
            {
                "bundle_id": "SET", "sku": "SET", "name": "Tea set", "paid_minor": 3000,
                "parts": [{"line_id": "CUP", "weight_minor": 1000}, {"line_id": "POT", "weight_minor": 3000}],
            }
        ],
        discounts=[{"discount_id": "SPRING", "name": "Spring", "amount_minor": 300, "line_ids": ["CUP", "POT"]}],
        charges=[{"charge_id": "w", "kind": "wrap", "name": "Gift wrap", "paid_minor": 350, "line_id": "CUP"}],
        tenders=[{"tender_id": "T", "kind": "cash_on_delivery", "captured_minor": 1000, "reference": "door"}],
        total_minor=3550,
    )  # fmt: skip
    kept = await requests_service.good("/v1/orders", push, SHOP)
    assert kept["language"] == "zh-Hans-CN"
    paid = {line["line_id"]: line["paid_minor"] for line in kept["lines"]}
    assert paid == {"NUT": 865, "GIFT": 0, "CUP": 584, "POT": 1751}
    assert sum(paid.values()) == 3000 + 1000 - 500 - 300
    assert [charge["kind"] for charge in kept["charges"]] == ["wrap"]
    again = await requests_service.post("/v1/orders", push, SHOP)
    assert (again.status_code, again.json()["id"]) == (200, kept["id"])
    [told] = await requests_service.events(kept["id"], 1)
    assert {share["discount_id"] for line in told.data["lines"] for share in line["shares"]} == {"OFF", "SPRING"}
    assert told.data["tenders"][0]["means"] == "cash_on_delivery"
    assert told.data["tenders"][0]["kind"] == "bank_transfer"


async def test_what_an_article_is_can_be_told_once(requests_service: RequestsService) -> None:
    """A17: a line that does not say it gets it; SKUs without case; a line that says it keeps its own."""
    said = {"name": "Mug, with your name", "category": "mugs", "goods": ["made_to_order"]}
    put = await requests_service.put("/v1/articles/Mug%20Blue", said, SHOP)
    assert put.status_code == 200, put.text
    assert put.json() == {"sku": "Mug Blue", **said, "version": 1}
    assert (await requests_service.put("/v1/articles/Mug%20Blue", said, SHOP)).json()["version"] == 1
    assert (await requests_service.see("/v1/articles/MUG BLUE"))["sku"] == "Mug Blue"
    assert (await requests_service.look("/v1/articles/unknown")).status_code == 404
    line = a_push()["lines"][0]
    order = await requests_service.good("/v1/orders", a_push(lines=[{**line, "sku": "MUG BLUE"}]), SHOP)
    assert order["lines"][0]["category"] == "mugs"
    wish = {"line_id": "Zeile 1", "quantity": 1, "reason": "changed_mind", "condition": "unopened"}
    asked = await requests_service.post("/v1/eligibility", {"order_id": order["id"], "lines": [wish]}, ANNA)
    assert "made_to_order" in asked.text
    # the article changes: the same push is still the same order, and a new order gets the new words
    await requests_service.put("/v1/articles/mug%20blue", {**said, "category": "cups"}, SHOP)
    again = await requests_service.post("/v1/orders", a_push(lines=[{**line, "sku": "MUG BLUE"}]), SHOP)
    assert (again.status_code, again.json()["lines"][0]["category"]) == (200, "mugs")
    own = await requests_service.good("/v1/orders", a_push(number="2", lines=[{**line, "category": "own"}]), SHOP)
    assert own["lines"][0]["category"] == "own"
    new = await requests_service.good("/v1/orders", a_push(number="3"), SHOP)
    assert new["lines"][0]["category"] == "cups"


async def test_a_parcel_is_announced_as_people_write_it(requests_service: RequestsService) -> None:
    """Z36: the carrier as our own instructions name it, the number with blanks; the same number twice is one parcel."""
    order = await requests_service.order()
    asked = await requests_service.request(order)
    sent = {"carrier": "顺丰速运", "tracking_number": "1Z 999 AA1 01 2345 6784"}
    found = await requests_service.good(f"/v1/returns/{asked['id']}/shipments", sent, ANNA)
    [parcel] = found["shipments"]
    assert (parcel["carrier"], parcel["tracking_number"]) == ("SF Express", "1Z999AA10123456784")
    twice = await requests_service.post(
        f"/v1/returns/{asked['id']}/shipments", {**sent, "tracking_number": "1z-999-aa1-01-2345-6784"}, ANNA
    )
    assert twice.status_code == 409
    assert (await requests_service.see(f"/v1/returns/{asked['id']}", AGENT))["status"] == "shipped"
    assert (await requests_service.look(f"/v1/returns/{asked['id']}", BERT)).status_code == 404
