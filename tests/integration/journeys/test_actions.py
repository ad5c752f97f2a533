"""Every object says what its reader may do with it now, and everything else is refused (N09)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from service_inspection.entrypoints.inspection.bench_actions import DISCREPANCY_ACTIONS, INSPECTION_ACTIONS
from service_inspection.entrypoints.receiving.receipt_actions import RECEIPT_ACTIONS
from service_notifications.entrypoints.messages.message_actions import MESSAGE_ACTIONS
from service_refunds.entrypoints.settlement.refund_actions import ACTIONS as REFUND_ACTIONS
from service_requests.entrypoints.returns.return_actions import RETURN_ACTIONS
from shared.web.actions import Actions
from tests.contract.clients.documented import DOCUMENT
from tests.support.waiting import eventually
from tests.support.world import Caller, Json, World, days_ago, good

TABLES: Final[Mapping[str, Actions[Any]]] = {
    "returns": RETURN_ACTIONS,
    "inspections": INSPECTION_ACTIONS,
    "discrepancies": DISCREPANCY_ACTIONS,
    "receipts": RECEIPT_ACTIONS,
    "messages": MESSAGE_ACTIONS,
    "refunds": REFUND_ACTIONS,
}
TOMORROW: Final = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
BODIES: Final[Mapping[str, Json]] = {
    "approve": {"note": "fine"},
    "refuse": {"reason": {"en": "No.", "zh-CN": "不可。"}, "alternatives": []},
    "cancel": {},
    "announce": {"carrier": "DHL", "tracking_number": "JD 0001 7"},
    "extend": {"deadline": "ship", "day": TOMORROW, "reason": {"en": "Ill.", "zh-CN": "生病。"}},
    "put_metadata": {"metadata": {}},
    "put_tags": {"tags": []},
    "add_note": {"text": "seen"},
    "decide": {"units": [{"unit_id": "unit", "decision": "accept"}], "reason": "fine"},
    "reconsider": {"unit_ids": ["unit"], "reason": "wrong"},
    "extend_inspection": {"inspect_by": f"{TOMORROW}T12:00:00Z", "reason": "The maker tests it."},
    "resolve": {"outcome": "disposed", "note": "nobody's"},
    "reopen": {"reason": "wrong"},
    "assign": {"rma": "R7K2-MX4Q"},
    "open_case": {"notes": "a blue coat"},
    "end": {"outcome": "disposed", "note": "nobody's"},
    "take_back": {"reason": "wrong"},
    "send_again": {},
    "tell_otherwise": {"channel": "telephone", "note": "told"},
    "discard_message": {"reason": "a test"},
    "retry_refund": {},
    "inquire_refund": {},
    "resolve_refund": {"outcome": "paid_otherwise", "reason": "by hand"},
    "confirm_resolution": {},
    "withdraw_resolution": {},
    "close_remainder": {"outcome": "paid_otherwise", "reason": "by hand"},
}
"""A body for each operation. Units and numbers in them need not exist: what is not possible is refused before."""
STAFF: Final = ["put_metadata", "put_tags", "add_note"]
REFUSED: Final = {403, 404, 409, 422}


def test_n09_the_names_of_actions_are_those_of_the_operations() -> None:
    """A client finds each name as `operationId` in the OpenAPI document."""
    for table in TABLES.values():
        for name, action in table.table.items():
            assert DOCUMENT["paths"][action.path][action.method.lower()]["operationId"] == name
    assert set(BODIES) == {name for table in TABLES.values() for name in table.table}


async def shown(caller: Caller, kind: str, key: str) -> list[str]:
    """What the object names. Everything else is tried, and must be refused without an effect."""
    found = await caller.get(f"/v1/{kind}/{key}")
    named: list[str] = found["actions"]
    for name, action in TABLES[kind].table.items():
        if name not in named:
            path = action.path.replace(action.path.split("/")[3], key)
            answer = await caller.call(action.method, path, BODIES[name])
            assert answer.status_code in REFUSED, (name, answer.status_code, answer.text)
    assert (await caller.get(f"/v1/{kind}/{key}"))["actions"] == named
    return named


async def auditor(world: World) -> Caller:
    """Somebody who may read everything and change nothing."""
    account = {"email": f"{days_ago(0)}@staff.example".replace(":", "-").replace("+", "-"), "name": "Wu"}
    word = "Pass-for-an-auditor-1"
    await world.admin.post("/v1/accounts", {**account, "password": word, "roles": ["auditor"]})
    signed = await world.http.post("/v1/auth/sessions", json={"email": account["email"], "password": word})
    return Caller(world.http, good(signed)["token"])


async def test_n09_a_return_names_what_its_reader_may_do_at_each_state(world: World) -> None:
    """From the request to the refund; the customer reads other acts than the agent, the auditor none."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id)
    reads = await auditor(world)
    asked = await world.request(customer, order)
    return_id = asked["id"]
    assert asked["actions"] == ["cancel", "announce"]
    assert await shown(world.agent, "returns", return_id) == ["cancel", "announce", "extend", *STAFF]
    assert await shown(reads, "returns", return_id) == []
    listed = (await customer.get("/v1/returns"))["items"]
    assert [each["actions"] for each in listed] == [["cancel", "announce"]]
    await customer.post(f"/v1/returns/{return_id}/shipments", {"carrier": "DHL", "tracking_number": "JD 0002"})
    assert await shown(customer, "returns", return_id) == ["cancel", "announce"]
    await world.scan(asked["rma"], "COAT-M")
    await world.until(return_id, "received")
    assert await shown(customer, "returns", return_id) == []
    assert await shown(world.agent, "returns", return_id) == STAFF
    assert await shown(world.agent, "inspections", return_id) == ["extend_inspection"]
    await world.inspect(asked["rma"], "COAT-M", passed=False)
    (unit,) = (await world.inspection(return_id, units="failed"))["units"]
    assert await shown(world.supervisor, "inspections", return_id) == ["decide"]
    assert await shown(reads, "inspections", return_id) == []
    body = {"units": [{"unit_id": unit["id"], "decision": "accept"}], "reason": "The seal was ours."}
    decided = await world.supervisor.post(f"/v1/inspections/{return_id}/decision", body)
    assert decided["actions"] == ["reconsider"]
    await world.until(return_id, "closed")
    assert await shown(world.agent, "returns", return_id) == STAFF
    (refund,) = await world.refunds(return_id)
    assert await shown(world.finance, "refunds", refund["id"]) == []
    for message in await world.messages(return_id):
        assert await shown(world.agent, "messages", message["id"]) == []
        assert "actions" not in await customer.get(f"/v1/messages/{message['id']}")


async def test_n09_a_request_that_a_person_decides_names_the_decision(world: World) -> None:
    """B09: who gave the goodwill does not read that he may approve it."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id, ordered_at=days_ago(27), delivered_at=days_ago(22))
    line = {"line_id": "L2", "quantity": 1, "reason": "changed_mind", "condition": "unopened"}
    body = {"order_id": order["id"], "lines": [line], "goodwill": {"reason": "bereavement"}}
    asked = await world.agent.post("/v1/returns", body)
    assert asked["status"] == "in_review", asked
    assert asked["actions"] == ["refuse", "cancel", "extend", *STAFF]
    assert await shown(world.supervisor, "returns", asked["id"]) == ["approve", "refuse", "cancel", "extend", *STAFF]
    assert await shown(customer, "returns", asked["id"]) == ["cancel"]


async def test_n09_goods_without_an_owner_name_what_a_person_does_with_them(world: World) -> None:
    """Receipts and discrepancies, each at its states, and in lists."""
    goods = {"items": [{"sku": "COAT-M", "quantity": 1}], "scanned_at": "2026-11-20T16:00:00+08:00"}
    customer_id, customer = await world.customer()
    asked = await world.request(customer, await world.order(customer_id))
    posted = await world.scanner.post(
        "/v1/receipts", {**goods, "client_event_id": f"n-{asked['id']}", "rma": "no label"}
    )
    assert posted["actions"] == []
    receipt = posted["id"]
    assert await shown(world.agent, "receipts", receipt) == ["assign", "open_case", "end"]
    listed = (await world.agent.get("/v1/receipts?state=unidentified"))["items"]
    assert next(each["actions"] for each in listed if each["id"] == receipt) == ["assign", "open_case", "end"]
    await world.inspection(asked["id"])
    assigned = await world.agent.post(f"/v1/receipts/{receipt}/assignment", {"rma": asked["rma"]})
    assert assigned["actions"] == ["take_back"]
    assert await shown(world.agent, "receipts", receipt) == ["take_back"]
    scanned = await world.scan(asked["rma"], "COAT-M")
    assert await shown(world.agent, "receipts", scanned["id"]) == []

    async def question() -> Json | None:
        found = (await world.agent.get(f"/v1/discrepancies?return_id={asked['id']}"))["items"]
        return found[0] if found else None

    asking = await eventually(question)
    assert asking["actions"] == ["resolve"]
    answer = {"outcome": "disposed", "note": "nobody's"}
    answered = await world.agent.post(f"/v1/discrepancies/{asking['id']}/resolution", answer)
    assert answered["actions"] == ["reopen"]
    inspection = await world.inspection(asked["id"])
    assert [each["actions"] for each in inspection["discrepancies"]] == [["reopen"]]


async def test_n09_a_letter_that_did_not_leave_names_what_a_person_does_with_it(world: World) -> None:
    """The customer has no address: the letter waits, and is told by telephone or dropped."""
    customer_id = f"nobody-{days_ago(0)}"[:40].replace(":", "-").replace("+", "-")
    token = await world.shop.post("/v1/auth/customer-tokens", {"customer_id": customer_id})
    customer = Caller(world.http, token["token"])
    asked = await world.request(customer, await world.order(customer_id))

    async def waiting() -> Json | None:
        found = [each for each in await world.messages(asked["id"]) if each["status"] == "waiting_for_contact"]
        return found[0] if found else None

    letter = await eventually(waiting)
    assert letter["actions"] == ["tell_otherwise", "discard_message"]
    assert await shown(world.agent, "messages", letter["id"]) == ["tell_otherwise", "discard_message"]
    told = await world.agent.post(
        f"/v1/messages/{letter['id']}/told-otherwise", {"channel": "telephone", "note": "told"}
    )
    assert told["actions"] == []


@pytest.mark.parametrize("kind", TABLES)
def test_n09_an_action_of_no_operation_is_an_error_at_the_start(kind: str) -> None:
    """A table cannot name what does not exist."""
    (name, action), *_ = TABLES[kind].table.items()
    with pytest.raises(KeyError):
        Actions({name: type(action)("PATCH", action.path, action.possible)})
