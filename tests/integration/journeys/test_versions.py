"""Versions: the documents name an `ETag` where one is sent, and an `If-Match` where one is heeded."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx2

from tests.support.waiting import eventually
from tests.support.world import Caller, World, an_order, good

PATHS: Final = json.loads((Path(__file__).parents[3] / "docs/openapi.json").read_text())["paths"]
STALE: Final = '"999"'


def described(answer: httpx2.Response) -> tuple[str, str, Mapping[str, Any]]:
    """The method, the path as documented, and what the documents say of this operation."""
    method, asked = answer.request.method, answer.request.url.path
    for path, operations in PATHS.items():
        if method.lower() in operations and re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), asked):
            return method, path, operations[method.lower()]
    raise AssertionError(f"{method} {asked} is not documented")


def as_documented(answer: httpx2.Response) -> Any:
    """What a good answer holds; it has an `ETag` exactly where the documents say so."""
    found = good(answer)
    method, path, operation = described(answer)
    told = "ETag" in operation["responses"][str(answer.status_code)].get("headers", {})
    assert told is ("etag" in answer.headers), f"{method} {path} {answer.status_code}"
    return found


async def changed(caller: Caller, method: str, path: str, body: Any, *, of: str) -> tuple[str, str]:
    """An operation that heeds `If-Match`: a version that is gone changes nothing, the present one of `of` does.

    What is heard meanwhile, a message that has left, makes a new version: then it is loaded and tried again.
    """
    stale = await caller.call(method, path, body, **{"If-Match": STALE})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed"), stale.text

    async def tried() -> httpx2.Response | None:
        answer = await caller.call(method, path, body, **{"If-Match": await tag_of(caller, of)})
        return None if answer.status_code == 412 else answer

    answer = await eventually(tried)
    as_documented(answer)
    return described(answer)[:2]


async def tag_of(caller: Caller, path: str) -> str:
    """The version that is shown now."""
    answer = await caller.call("GET", path)
    as_documented(answer)
    return str(answer.headers["etag"])


async def without_a_number(world: World, rma: str) -> set[tuple[str, str]]:
    """The operations about goods whose return nobody knew at first."""
    stray = {"client_event_id": rma, "rma": "torn off", "items": [{"sku": "COAT-M", "quantity": 1}]}
    posted = good(await world.scanner.call("POST", "/v1/receipts", stray | {"scanned_at": "2026-11-24T09:30:00Z"}))
    path = f"/v1/receipts/{posted['id']}"
    acts: list[tuple[str, dict[str, Any]]] = [
        ("case", {"notes": "A coat in a shoe box."}),
        ("resolution", {"outcome": "disposed", "note": "mouldy"}),
        ("reopening", {"reason": "The customer has called."}),
        ("assignment", {"rma": rma}),
    ]
    return {await changed(world.agent, "POST", f"{path}/{act}", body, of=path) for act, body in acts}


async def at_the_bench(world: World, path: str, approved: dict[str, Any]) -> set[tuple[str, str]]:
    """The operations about a return that is sent and inspected."""
    heeded: list[tuple[str, str]] = []
    later = (datetime.now(UTC) + timedelta(days=20)).date()
    longer = {
        "deadline": "arrive",
        "day": later.isoformat(),
        "reason": {"en": "You are in hospital.", "zh-CN": "您住院。"},
    }
    heeded.append(await changed(world.agent, "POST", f"{path}/extension", longer, of=path))
    await world.scan(approved["rma"], "COAT-M")
    bench = f"/v1/inspections/{(await world.inspection(approved['id']))['return_id']}"
    more_time = {"inspect_by": f"{later}T18:00:00Z", "reason": "The maker has to test it."}
    heeded.append(await changed(world.agent, "POST", f"{bench}/extension", more_time, of=bench))
    await world.inspect(approved["rma"], "COAT-M", passed=False)
    await world.until(approved["id"], "awaiting_person")
    [unit] = (await world.agent.get(bench))["units"]
    verdict = {"units": [{"unit_id": unit["id"], "decision": "accept"}], "reason": "Damaged on the way."}
    heeded.append(await changed(world.supervisor, "POST", f"{bench}/decision", verdict, of=bench))
    doubt = {"unit_ids": [unit["id"]], "reason": "The photographs were of another parcel."}
    heeded.append(await changed(world.supervisor, "POST", f"{bench}/reconsideration", doubt, of=bench))
    return set(heeded)


async def test_a_version_is_named_and_heeded_where_the_documents_say_so(world: World) -> None:
    """N09, RFC 9110 13.1.1: over everything that has a version, in the order of a return's life."""
    heeded = set()
    customer_id, customer = await world.customer()
    contact = f"/v1/contacts/{customer_id}"
    body = {"name": "Ming", "email": f"{customer_id}@customers.example", "language": "en"}
    heeded.add(await changed(customer, "PUT", contact, body, of=contact))
    article = f"/v1/articles/{customer_id}"
    told = {"name": "Mug", "category": "mugs", "goods": []}
    assert (await world.shop.call("PUT", article, {"name": "Mug"})).status_code == 200
    heeded.add(await changed(world.shop, "PUT", article, told, of=article))
    pushed = an_order(customer_id)
    first, again = [await world.shop.call("POST", "/v1/orders", pushed) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    order = as_documented(first)
    as_documented(again)
    await tag_of(world.shop, f"/v1/orders/{order['id']}")
    as_documented(await world.shop.call("GET", f"/v1/orders?number={order['number']}"))

    async def asked(line: str, reason: str) -> tuple[str, dict[str, Any]]:
        wish = {"line_id": line, "quantity": 1, "reason": reason, "condition": "unopened"}
        found = as_documented(await customer.call("POST", "/v1/returns", {"order_id": order["id"], "lines": [wish]}))
        return f"/v1/returns/{found['id']}", found

    referred, _ = await asked("L1", "unsafe")
    heeded.add(await changed(world.agent, "POST", f"{referred}/approval", {}, of=referred))
    heeded.add(await changed(customer, "POST", f"{referred}/cancellation", {}, of=referred))
    referred, _ = await asked("L2", "unsafe")
    words = {"reason": {"en": "It is not from this order.", "zh-CN": "不属于该订单。"}}
    heeded.add(await changed(world.agent, "POST", f"{referred}/refusal", words, of=referred))
    path, approved = await asked("L1", "changed_mind")
    parcel = {"carrier": "dhl", "tracking_number": "JD0146000001"}
    heeded.add(await changed(customer, "POST", f"{path}/shipments", parcel, of=path))
    labels = {"metadata": {"batch": "2026-47"}, "external_reference": "ERP-4711"}
    heeded.add(await changed(world.agent, "PUT", f"{path}/metadata", labels, of=path))
    heeded.add(await changed(world.agent, "PUT", f"{path}/tags", {"tags": ["fragile"]}, of=path))
    for more in ("/timeline", "/decision", ""):
        as_documented(await world.agent.call("GET", f"{path}{more}"))
    heeded |= await at_the_bench(world, path, approved)
    heeded |= await without_a_number(world, approved["rma"])
    for path in ("/v1/policy", "/v1/policy/machine-form", "/v1/policies/standard@2026-01"):
        await tag_of(world.agent, path)
    for path in ("/v1/returns", "/v1/inspections", "/v1/receipts", "/v1/discrepancies", "/v1/messages", "/v1/refunds"):
        as_documented(await world.agent.call("GET", path))
    documented = {
        (method.upper(), path)
        for path, operations in PATHS.items()
        for method, operation in operations.items()
        if any(each["name"] == "If-Match" for each in operation.get("parameters", ()))
    }
    assert heeded == documented
    required = {
        (method.upper(), path)
        for path, operations in PATHS.items()
        for method, operation in operations.items()
        if any(each["name"] == "If-Match" and each["required"] for each in operation.get("parameters", ()))
    }
    answered = {
        (method.upper(), path)
        for path, operations in PATHS.items()
        for method, operation in operations.items()
        if "428" in operation["responses"]
    }
    assert required == {("PUT", "/v1/returns/{return_id}/metadata"), ("PUT", "/v1/returns/{return_id}/tags")}
    assert answered == required | {("PUT", "/v1/contacts/{customer_id}")}


async def test_what_may_be_cached_is_not_sent_again_to_whom_has_it(world: World) -> None:
    """RFC 9110 13.1.2: 304 with the same tag, and the documents name both headers."""
    for path in ("/v1/policy", "/v1/policy/machine-form"):
        tag = await tag_of(world.agent, path)
        answer = await world.agent.call("GET", path, **{"If-None-Match": tag})
        assert (answer.status_code, answer.headers["etag"]) == (304, tag)
        _, _, operation = described(answer)
        assert "ETag" in operation["responses"]["304"]["headers"]
        assert "If-None-Match" in [each["name"] for each in operation["parameters"]]


async def test_a_header_of_versions_that_is_too_long_is_refused_before_anything_is_looked_up(world: World) -> None:
    """Z34: the documents give a bound; one character less is only a version that nobody has."""
    path, body = "/v1/receipts/rcp_01KAG7Z3M0F8R2W6T4Y1Q5N9BC/resolution", {"outcome": "disposed", "note": "mouldy"}
    for length, status, code in ((201, 400, "bad_request"), (200, 412, "precondition_failed")):
        answer = await world.agent.call("POST", path, body, **{"If-Match": f'"{"9" * (length - 2)}"'})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    for length, status in ((201, 400), (200, 200)):
        answer = await world.agent.call("GET", "/v1/policy", **{"If-None-Match": f'"{"9" * (length - 2)}"'})
        assert answer.status_code == status
