"""No dead end: what is open is shown with who and by when, and the clocks of units run apart (R08, Z23, Z24)."""

from datetime import timedelta
from typing import Any

from shared.kernel.principal import Kind, Principal, Role
from tests.integration.requests.conftest import AGENT, ANNA, BERT, Others, RequestsService
from tests.support.waiting import eventually

SHOP_READER = Principal(Kind.SYSTEM, "shop", frozenset({Role.STOREFRONT}), frozenset({"returns:read"}))
PARCEL = {"carrier": "dhl", "tracking_number": "JD0146000"}
WHY = {"en": "You are in hospital.", "zh-CN": "您正在住院。"}


async def two_coats(service: RequestsService) -> tuple[dict[str, Any], Others, str, str]:
    """An approved return of two coats: its document, the other services, and both units."""
    asked = await service.request(await service.order(), quantity=2)
    others = Others(service, asked)
    first, second = others.units
    return asked, others, first, second


async def until_step(service: RequestsService, path: str, code: str) -> dict[str, Any]:
    """The story, once it has a step of this kind."""

    async def told() -> dict[str, Any] | None:
        story = await service.see(f"{path}/timeline", AGENT)
        return story if any(step["code"] == code for step in story["steps"]) else None

    return await eventually(told)


async def test_z24_one_unit_is_cancelled_while_the_other_is_at_the_bench(requests_service: RequestsService) -> None:
    """Z24: by the customer, by name; others may not; what has arrived is refused with what can be done instead."""
    asked, others, first, second = await two_coats(requests_service)
    path = f"/v1/returns/{asked['id']}"
    await others.receive(first)
    await others.inspect(first, passed=False)
    body = {"unit_ids": [second]}
    assert (await requests_service.post(f"{path}/cancellation", body, BERT)).status_code == 404
    key = "key-cancel-one"
    kept = await requests_service.good(f"{path}/cancellation", body, ANNA, key=key)
    again = await requests_service.good(f"{path}/cancellation", body, ANNA, key=key)
    assert kept == again
    assert [unit["decision"] for unit in kept["units"]] == ["none", "withdrawn"]
    assert (kept["status"], kept["next"]["matter"], len(kept["open"])) == ("awaiting_person", "judge", 1)
    refused = await requests_service.post(f"{path}/cancellation", {"unit_ids": [first]}, ANNA)
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_move")
    assert "write to us" in refused.json()["detail"]
    both = await requests_service.post(f"{path}/cancellation", {**body, "quantity": 1}, ANNA)
    assert both.status_code == 422
    told = (await requests_service.events(asked["id"], 3))[-1]
    assert told.type == "return.withdrawn.v1"
    assert (told.data["units"], told.data["cause"], told.data["complete"]) == ([second], "cancelled", True)


async def test_z24_every_clock_runs_while_another_unit_waits(requests_service: RequestsService) -> None:
    """Z24, R08: late inspection, overdue decision and lapse are found by the job, each for its own unit."""
    asked, others, first, _ = await two_coats(requests_service)
    path = f"/v1/returns/{asked['id']}"
    await others.receive(first)
    seen = await requests_service.see(path, ANNA)
    assert [(step["matter"], step["who"], step["overdue"]) for step in seen["open"]] == [
        ("ship", "customer", False), ("inspect", "warehouse", False)
    ]  # fmt: skip
    requests_service.clock.move(days=2)
    await until_step(requests_service, path, "overdue")
    late = await requests_service.see(path, ANNA)
    assert (late["next"]["matter"], late["next"]["overdue"], late["next"]["units"]) == ("inspect", True, [first])
    await others.inspect(first, passed=False)
    requests_service.clock.move(days=20)
    await until_step(requests_service, path, "lapsed")

    async def judged_late() -> dict[str, Any] | None:
        found = await requests_service.see(path, AGENT)
        return found if found["next"]["overdue"] else None

    found = await eventually(judged_late)
    assert [unit["decision"] for unit in found["units"]] == ["none", "withdrawn"]
    assert [(step["matter"], step["overdue"]) for step in found["open"]] == [("judge", True)]
    types = [event.type for event in await requests_service.events(asked["id"], 5)]
    assert types.count("return.overdue.v1") == 2
    assert types.count("return.withdrawn.v1") == 1


async def test_z23_goods_of_a_cancelled_return_arrive_and_have_their_end(requests_service: RequestsService) -> None:
    """Z23: `next` names the person and the day; the outcome and its reason stand in the story; then nothing is open."""
    asked = await requests_service.request(await requests_service.order())
    path = f"/v1/returns/{asked['id']}"
    await requests_service.good(f"{path}/shipments", PARCEL, ANNA)
    cancelled = await requests_service.good(f"{path}/cancellation", {}, ANNA)
    assert (cancelled["status"], cancelled["next"]["matter"]) == ("cancelled", "stray")
    assert cancelled["shipments"][0]["state"] == "not_expected"
    others = Others(requests_service, asked)
    await others.question("dsc_1", "cancelled")
    asking = await requests_service.see(path, ANNA)
    due = requests_service.clock() + timedelta(days=1)
    assert (asking["status"], asking["next"]["matter"], asking["next"]["who"]) == ("cancelled", "answer", "agent")
    assert asking["next"]["by"] == f"{due:%Y-%m-%dT%H:%M:%SZ}"
    await others.clear("dsc_1", "cancelled", "returned_to_customer", reason="You asked to keep it.")
    ended = await requests_service.see(path, ANNA)
    assert (ended["next"], ended["open"]) == (None, [])
    story = await requests_service.see(f"{path}/timeline", ANNA)
    assert [step["code"] for step in story["steps"]][-2:] == ["kept_goods_arrived", "cleared"]
    assert "You asked to keep it." in story["steps"][-1]["says"]["en"]
    assert await requests_service.parked() == []


async def test_z23_accepted_goods_of_a_cancelled_return_are_refunded(requests_service: RequestsService) -> None:
    """Z23: a person accepts them; the return lives again and reaches its end like any other."""
    asked = await requests_service.request(await requests_service.order())
    path = f"/v1/returns/{asked['id']}"
    await requests_service.good(f"{path}/shipments", PARCEL, ANNA)
    await requests_service.good(f"{path}/cancellation", {}, ANNA)
    others = Others(requests_service, asked)
    (unit,) = others.units
    await others.question("dsc_1", "cancelled")
    await others.clear("dsc_1", "cancelled", "accepted_as_return")
    await others.receive(unit)
    await others.inspect(unit)
    await others.pay("rfd_1", unit)
    closed = await requests_service.see(path, ANNA)
    assert (closed["status"], closed["outcome"], closed["next"]) == ("closed", "refunded", None)
    assert await requests_service.parked() == []


async def test_z24_an_agent_extends_the_time_for_sending(requests_service: RequestsService) -> None:
    """Z24: with a reason, within bounds, told to others; not by the customer, and not for money."""
    asked, *_ = await two_coats(requests_service)
    path = f"/v1/returns/{asked['id']}"
    body = {"deadline": "ship", "day": "2026-12-20", "reason": WHY}
    assert (await requests_service.post(f"{path}/extension", body, ANNA)).status_code == 403
    extended = await requests_service.good(f"{path}/extension", body, AGENT)
    assert (extended["instructions"]["ship_by"], extended["next"]["day"]) == ("2026-12-20", "2026-12-20")
    for wrong, status in (({"day": "2026-12-01"}, 422), ({"day": "2027-06-01"}, 422), ({"deadline": "judge"}, 409)):
        assert (await requests_service.post(f"{path}/extension", {**body, **wrong}, AGENT)).status_code == status
    assert (await requests_service.post(f"{path}/extension", {**body, "deadline": "pay"}, AGENT)).status_code == 422
    told = (await requests_service.events(asked["id"], 3))[-1]
    assert told.type == "return.deadline_extended.v1"
    assert told.data["reason"] == {"en": "You are in hospital.", "zh": "您正在住院。"}
    requests_service.clock.move(days=16)
    story = await requests_service.see(f"{path}/timeline", ANNA)
    assert story["status"] == "approved"
    assert 'Reason: "You are in hospital."' in story["steps"][-1]["says"]["en"]


async def test_the_story_is_in_the_order_of_what_happened(requests_service: RequestsService) -> None:
    """A fact that is learned of late stands where it happened; of the same moment, the one learned of first."""
    asked, others, first, second = await two_coats(requests_service)
    path = f"/v1/returns/{asked['id']}"
    requests_service.clock.move(hours=5)
    happened = requests_service.clock() - timedelta(hours=2)
    await others.receive(second)
    await others.tell("goods_received", asked["id"])
    await others.receive(first, received_at=happened)
    story = await requests_service.see(f"{path}/timeline", ANNA)
    assert [step["code"] for step in story["steps"]] == ["requested", "approved", "received", "received", "told"]
    assert [step["number"] for step in story["steps"]] == [1, 2, 5, 3, 4]
    assert [step["at"] for step in story["steps"]] == sorted(step["at"] for step in story["steps"])
    found = await requests_service.see(path, ANNA)
    assert found["updated_at"] == f"{requests_service.clock():%Y-%m-%dT%H:%M:%SZ}"


async def test_customers_and_staff_read_their_own_words(requests_service: RequestsService) -> None:
    """Internals of a question, and reminders, are for staff; a shop reads what its customer reads."""
    asked, others, first, _ = await two_coats(requests_service)
    path = f"/v1/returns/{asked['id']}"
    await others.receive(first)
    await others.question("dsc_1", "looks")
    customer, shop, staff = [await requests_service.see(f"{path}/timeline", who) for who in (ANNA, SHOP_READER, AGENT)]
    assert customer["steps"][-1]["says"] == shop["steps"][-1]["says"]
    assert "COAT-M" not in customer["steps"][-1]["says"]["en"]
    assert "more pieces were inspected than counted" in staff["steps"][-1]["says"]["en"]
    assert (await requests_service.see(path, ANNA))["open"][-1]["matter"] == "answer"
