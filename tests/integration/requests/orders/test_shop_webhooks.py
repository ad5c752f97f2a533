"""Shops send their orders with their signatures; on both engines (N14)."""

import hmac
import json
from base64 import b64encode
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.domain.identity.gateway_operation import ANYBODY
from service_requests.adapters.tables import shops
from tests.integration.requests.conftest import ADMIN, AGENT, SHOP, Json, RequestsService

DATA: Final = Path(__file__).parents[3] / "data" / "shops"
SECRET: Final = "a-secret-of-the-shop-0123456789"
HEADERS: Final = {
    "shopify": ("X_Shopify_Hmac_Sha256", "X_Shopify_Topic", "orders/create"),
    "woocommerce": ("X_WC_Webhook_Signature", "X_WC_Webhook_Topic", "order.updated"),
    "medusa": ("X_Retour_Signature", "X_Retour_Topic", "order.placed"),
}
EXAMPLES: Final = {
    "shopify": "shopify_rest_order",
    "woocommerce": "woocommerce_order",
    "medusa": "medusa_order_adjustments",
}
PAID: Final = {"id": "p", "provider_id": "pp_stripe_stripe", "captured_at": "2025-01-10T12:00:02Z"}
TOTALS: Final = {"shopify": 59894, "woocommerce": 2935, "medusa": 11330}


def example(kind: str) -> Json:
    """The documented order of a shop, as its webhook sends it."""
    found: Json = json.loads((DATA / f"{EXAMPLES[kind]}.json").read_text(encoding="utf-8"))
    return found["order"] if kind == "shopify" else found


def signed(body: bytes, secret: str = SECRET) -> str:
    return b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


async def connect(service: RequestsService, kind: str, **but: Any) -> Json:
    """A connected shop named after its kind."""
    body = {"kind": kind, "storefront": "main", "secret": SECRET, **but}
    answer = await service.put(f"/v1/shops/{kind}", body, ADMIN)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def deliver(
    service: RequestsService, kind: str, document: Any, *, secret: str = SECRET, topic: str | None = None
) -> Any:
    """The answer to a delivery, signed with the secret."""
    body = json.dumps(document).encode()
    signature, about, usual = HEADERS[kind]
    headers = {signature: signed(body, secret), about: topic or usual}
    return await service.send(f"/v1/shops/{kind}/webhooks", body, ANYBODY, **headers)


@pytest.mark.parametrize("kind", HEADERS)
async def test_a_signed_order_comes_in_once_however_often_it_is_sent(
    requests_service: RequestsService, kind: str
) -> None:
    await connect(requests_service, kind)
    answers = [(await deliver(requests_service, kind, example(kind))).json() for _ in range(3)]
    assert [each["outcome"] for each in answers] == ["taken"] * 3, answers
    assert len({each["order_id"] for each in answers}) == 1
    order = await requests_service.see(f"/v1/orders/{answers[0]['order_id']}", AGENT)
    assert order["total_minor"] == TOTALS[kind]
    assert order["storefront"] == "main"
    later = sum(len(order[name]) for name in ("payments", "parcels", "cancellations", "refunds_elsewhere"))
    assert len(await requests_service.events(order["id"], 1 + later)) == 1 + later


@pytest.mark.parametrize("kind", HEADERS)
async def test_what_is_not_signed_with_the_secret_is_nobody_s(requests_service: RequestsService, kind: str) -> None:
    """S-21: the same answer for a wrong secret, other bytes, no signature, an unknown and a closed shop."""
    await connect(requests_service, kind)
    body = json.dumps(example(kind)).encode()
    signature, about, topic = HEADERS[kind]
    path = f"/v1/shops/{kind}/webhooks"
    tries = [
        (path, {about: topic}),
        (path, {signature: signed(body, "another secret of a shop"), about: topic}),
        (path, {signature: signed(body + b" "), about: topic}),
        (path, {signature: hmac.digest(SECRET.encode(), body, "sha256").hex(), about: topic}),
        (path, {signature: "", about: topic}),
        ("/v1/shops/nobody/webhooks", {signature: signed(body), about: topic}),
    ]
    answers = [await requests_service.send(where, body, ANYBODY, **headers) for where, headers in tries]
    assert (await requests_service.delete(f"/v1/shops/{kind}", ADMIN)).json()["active"] is False
    answers.append(await requests_service.send(path, body, ANYBODY, **{signature: signed(body), about: topic}))
    assert [each.status_code for each in answers] == [401] * len(answers)
    told = [{name: value for name, value in each.json().items() if name != "instance"} for each in answers]
    assert all(each == told[0] for each in told)
    assert {each.headers["www-authenticate"] for each in answers} == {'Signature realm="retour"'}
    found = await requests_service.see("/v1/orders", AGENT, number="727")
    assert found["items"] == []


async def test_a_new_secret_leaves_the_old_one_valid_for_a_day(requests_service: RequestsService) -> None:
    await connect(requests_service, "woocommerce")
    changed = await connect(requests_service, "woocommerce", secret="the-next-secret-0123456789")
    assert changed["old_secret_until"] == "2026-11-25T08:00:00Z"
    for secret in (SECRET, "the-next-secret-0123456789"):
        answer = await deliver(requests_service, "woocommerce", example("woocommerce"), secret=secret)
        assert answer.status_code == 200
    requests_service.clock.move(hours=24)
    answers = [
        (await deliver(requests_service, "woocommerce", example("woocommerce"), secret=secret)).status_code
        for secret in (SECRET, "the-next-secret-0123456789")
    ]
    assert answers == [401, 200]


async def test_a_secret_is_never_shown_nor_readable_in_rows(requests_service: RequestsService) -> None:
    """S-50: whoever reads the database cannot sign."""
    made = await connect(requests_service, "woocommerce")
    listed = await requests_service.see("/v1/shops", ADMIN)
    rows = await requests_service.service.database.reader.rows(shops.select())
    for seen in (made, listed, [dict(row) for row in rows]):
        assert SECRET not in str(seen)
    assert [shop["webhooks"] for shop in listed["items"]] == ["/v1/shops/woocommerce/webhooks"]
    again = await connect(requests_service, "woocommerce", secret=None)
    assert again == made


async def test_only_an_administrator_connects_shops_and_a_name_stays_with_its_shop(
    requests_service: RequestsService,
) -> None:
    body = {"kind": "medusa", "storefront": "main", "secret": SECRET}
    for by in (SHOP, AGENT, ANYBODY):
        assert (await requests_service.put("/v1/shops/one", body, by)).status_code == 403
    refused = await requests_service.put("/v1/shops/one", {**body, "secret": None}, ADMIN)
    assert (refused.status_code, refused.json()["code"]) == (422, "shop_secret_missing")
    assert (await requests_service.put("/v1/shops/one", body, ADMIN)).status_code == 200
    refused = await requests_service.put("/v1/shops/one", {**body, "storefront": "other"}, ADMIN)
    assert (refused.status_code, refused.json()["code"]) == (409, "shop_differs")
    for name in ("One", "-one", "a" * 41, "one%20two"):
        assert (await requests_service.put(f"/v1/shops/{name}", body, ADMIN)).status_code == 422


async def test_other_topics_and_the_ping_are_answered_and_change_nothing(requests_service: RequestsService) -> None:
    """A shop switches a webhook off that gets no 2xx."""
    await connect(requests_service, "woocommerce")
    for topic in ("order.deleted", "product.updated", "action.wc_anything", "x" * 300):
        answer = await deliver(requests_service, "woocommerce", example("woocommerce"), topic=topic)
        assert (answer.status_code, answer.json()["outcome"]) == (200, "ignored")
    ping = await requests_service.send("/v1/shops/woocommerce/webhooks", b"webhook_id=17", ANYBODY)
    assert (ping.status_code, ping.json()["outcome"]) == (200, "ignored")
    longer = await requests_service.send("/v1/shops/woocommerce/webhooks", b"webhook_id=17&more", ANYBODY)
    assert longer.status_code == 401
    assert (await requests_service.see("/v1/orders", AGENT, number="727"))["items"] == []


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"total": "31.00"}, "unclear_shop_order", "/total"),
        ({"currency": "USDT"}, "unclear_shop_order", "/currency"),
        ({"shipping": {"country": "JP"}, "billing": {}}, "unclear_shop_order", "/shipping_address"),
        ({"date_created_gmt": "2036-03-22T19:28:02"}, "impossible_time", "/ordered_at"),
    ],
)
async def test_an_order_that_cannot_come_in_is_recorded_and_not_sent_again(
    requests_service: RequestsService, change: Json, code: str, pointer: str
) -> None:
    """N06: nothing is guessed and nothing is lost: the administrator reads what and why, once, in both languages."""
    await connect(requests_service, "woocommerce")
    order = {**example("woocommerce"), **change}
    for _ in range(2):
        answer = await deliver(requests_service, "woocommerce", order)
        assert answer.status_code == 200, answer.text
        assert answer.json()["outcome"] == "refused"
    [shop] = (await requests_service.see("/v1/shops", ADMIN))["items"]
    [refused] = shop["refused"]
    assert (refused["code"], refused["pointer"], refused["part"]) == (code, pointer, "order")
    assert (await deliver(requests_service, "woocommerce", example("woocommerce"))).json()["outcome"] == "taken"


async def test_bytes_that_are_no_json_are_recorded(requests_service: RequestsService) -> None:
    await connect(requests_service, "medusa")
    for body in (b"", b"{", b'{"order": NaN}', b"[" * 5_000, "\u00e9".encode("latin-1")):
        headers = {"X_Retour_Signature": signed(body), "X_Retour_Topic": "order.placed"}
        answer = await requests_service.send("/v1/shops/medusa/webhooks", body, ANYBODY, **headers)
        assert (answer.status_code, answer.json()["outcome"]) == (200, "refused"), answer.text


async def test_an_order_that_was_edited_in_the_shop_is_not_overwritten(requests_service: RequestsService) -> None:
    await connect(requests_service, "medusa")
    first = (await deliver(requests_service, "medusa", example("medusa"))).json()
    edited = example("medusa")
    edited["order"]["items"][0] |= {"quantity": 1, "total": 33}
    edited["order"] |= {
        "total": 58.3,
        "payment_collections": [{"payments": [{**PAID, "amount": 58.3}]}],
    }
    second = (await deliver(requests_service, "medusa", edited)).json()
    assert [each["code"] for each in second["refused"]] == ["order_edited"]
    assert (await requests_service.see(f"/v1/orders/{first['order_id']}", AGENT))["total_minor"] == 11330
