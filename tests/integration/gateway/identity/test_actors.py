"""Names for the ids of staff and machines in timelines and decisions (O06)."""

import pytest

from tests.support.gateway import RunningGateway

CUSTOMER = "customer:cust_1"


async def test_staff_of_any_role_learn_who_is_behind_an_id(gate: RunningGateway) -> None:
    """In the order of the question, each id once; what nobody knows has no name and is no error."""
    agent = await gate.staff("agent")
    me = (await gate.client.get("/v1/me", headers=agent)).json()["id"]
    shop, _ = await gate.key(kind="system", scopes=["orders:read"], name="Web shop")
    scanner, _ = await gate.key(kind="device", warehouse="SH-1", name="Scanner at dock 2")
    admin = await gate.sign_in()
    await gate.client.delete(f"/v1/keys/{scanner}", headers=admin)
    wanted = [f"staff:{me}", f"system:{shop}", f"device:{scanner}", f"system:{scanner}", "staff:acc_none"]
    wanted += [CUSTOMER, "gateway:start", me, f"staff:{me}"]
    answer = await gate.client.get("/v1/actors", params={"id": wanted}, headers=agent)
    assert answer.status_code == 200, answer.text
    assert [tuple(item.values()) for item in answer.json()["items"]] == [
        (f"staff:{me}", "staff", "Somebody", True),
        (f"system:{shop}", "system", "Web shop", True),
        (f"device:{scanner}", "device", "Scanner at dock 2", False),
        (f"system:{scanner}", "system", None, None),
        ("staff:acc_none", "staff", None, None),
        (CUSTOMER, "customer", None, None),
        ("gateway:start", None, None, None),
        (me, None, None, None),
    ]
    await gate.client.patch(f"/v1/accounts/{me}", json={"disabled": True}, headers=admin)
    closed = await gate.client.get("/v1/actors", params={"id": f"staff:{me}"}, headers=admin)
    assert closed.json()["items"][0]["active"] is False


@pytest.mark.parametrize(
    "query", ["", "id=", "id=" + "x" * 301, "id=a&name=b", "&".join(f"id=staff:{number}" for number in range(101))]
)
async def test_a_question_names_one_to_a_hundred_ids_and_nothing_else(gate: RunningGateway, query: str) -> None:
    agent = await gate.staff("agent")
    assert (await gate.client.get(f"/v1/actors?{query}", headers=agent)).status_code == 422
    hundred = "&".join(f"id=staff:{number}" for number in range(100))
    assert (await gate.client.get(f"/v1/actors?{hundred}", headers=agent)).status_code == 200


async def test_machines_and_customers_learn_no_names(gate: RunningGateway) -> None:
    for headers in (await gate.shop(), await gate.customer()):
        assert (await gate.client.get(f"/v1/actors?id={CUSTOMER}", headers=headers)).status_code == 403
    assert (await gate.client.get(f"/v1/actors?id={CUSTOMER}")).status_code == 401
