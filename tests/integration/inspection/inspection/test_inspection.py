"""Verdicts, decisions, quarantine and deadlines by HTTP."""

from shared.kernel.principal import Kind, Principal, Role
from tests.integration.inspection.conftest import AGENT, PERSON, InspectionService


async def test_the_intact_one_is_accepted_at_once_and_the_torn_one_waits_for_a_person(
    inspection_service: InspectionService,
) -> None:
    """W7, R4.5, G03."""
    return_id = await inspection_service.approve("X", "X")
    await inspection_service.scan("e1", "X", "X")
    answer = await inspection_service.look("e2", ("X", "passed"), ("X", "failed"))
    assert answer.status_code == 201, answer.text
    told = await inspection_service.events(return_id, 2)
    kind, data = told[1]
    assert kind == "inspection.completed.v1"
    assert data == {
        "return_id": return_id,
        "units": [
            {"unit_id": f"{return_id}_0", "line_id": "line_X", "result": "accepted", "grade": "A"},
            {"unit_id": f"{return_id}_1", "line_id": "line_X", "result": "failed", "grade": "D"},
        ],
        "complete": True,
        "inspected_at": "2026-11-16T02:00:00Z",
    }
    held = await inspection_service.get("/v1/inspections", state="held")
    assert [(item["id"], item["held"]) for item in held["items"]] == [(return_id, 1)]

    inspection_service.clock.move(hours=1)
    decided = await inspection_service.decide(return_id, {f"{return_id}_1": "refuse"})
    assert decided.json()["customer_reads"] == "zh-CN"  # Z32: whoever writes the reason is told
    assert decided.status_code == 200, decided.text
    assert decided.json()["state"] == "finished"
    kind, data = (await inspection_service.events(return_id, 3))[2]
    assert kind == "inspection.decided.v1"
    assert data == {
        "return_id": return_id,
        "customer_id": "cust_1",
        "language": "zh-CN",
        "units": [
            {
                "unit_id": f"{return_id}_1",
                "line_id": "line_X",
                "decision": "refuse",
                "evidence": [answer.json()["id"]],
            }
        ],
        "complete": True,
        "decided_at": "2026-11-16T03:00:00Z",
        "reason": "looked at the photographs",
        "evidence": [answer.json()["id"]],
    }
    assert (await inspection_service.get("/v1/inspections", state="held"))["items"] == []
    assert [item["id"] for item in (await inspection_service.get("/v1/inspections", state="finished"))["items"]] == [
        return_id
    ]


async def test_a_piece_that_the_dock_did_not_scan_is_received_by_its_verdict(
    inspection_service: InspectionService,
) -> None:
    """Goods on the bench have arrived; a dock scan that comes late is not another piece (I-21)."""
    return_id = await inspection_service.approve("X", "X")
    looked = await inspection_service.look("e1", ("X", "passed"))
    assert looked.json()["units"] == [f"{return_id}_0"]
    late = await inspection_service.scan("e2", "X")
    assert (late.status_code, late.json()["units"], late.json()["discrepancies"]) == (201, [], [])
    told = await inspection_service.events(return_id, 2)
    assert [kind for kind, _ in told] == ["inspection.received.v1", "inspection.completed.v1"]
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    assert [unit["state"] for unit in seen["units"]] == ["passed", "expected"]


async def test_who_found_it_faulty_does_not_decide_about_it(inspection_service: InspectionService) -> None:
    """G10."""
    return_id = await inspection_service.approve("X")
    await inspection_service.look("e1", ("X", "failed"), by=PERSON)
    own = await inspection_service.decide(return_id, {f"{return_id}_0": "accept"}, by=PERSON)
    assert (own.status_code, own.json()["code"]) == (403, "inspector_may_not_decide")
    assert (await inspection_service.decide(return_id, {f"{return_id}_0": "accept"})).status_code == 200


async def test_a_decision_is_told_in_the_language_of_its_return(inspection_service: InspectionService) -> None:
    return_id = await inspection_service.approve("X", language="en")
    await inspection_service.look("e1", ("X", "failed"))
    await inspection_service.decide(return_id, {f"{return_id}_0": "accept"})
    kind, data = (await inspection_service.events(return_id, 3))[2]
    assert (kind, data["language"], data["units"][0]["decision"]) == ("inspection.decided.v1", "en", "accept")


async def test_a_decision_is_made_once(inspection_service: InspectionService) -> None:
    return_id = await inspection_service.approve("X")
    await inspection_service.look("e1", ("X", "failed"))
    unit = f"{return_id}_0"
    first = await inspection_service.decide(return_id, {unit: "accept"}, key="k1")
    again = await inspection_service.decide(return_id, {unit: "accept"}, key="k1")
    assert (first.status_code, again.content) == (200, first.content)
    late = await inspection_service.decide(return_id, {unit: "refuse"}, key="k2")
    assert (late.status_code, late.json()["code"]) == (409, "illegal_move")
    told = await inspection_service.events(return_id, 3)
    assert len(told) == 3


async def test_a_decision_about_something_else_is_refused_whole(inspection_service: InspectionService) -> None:
    return_id = await inspection_service.approve("X")
    await inspection_service.look("e1", ("X", "failed"))
    wrong = await inspection_service.decide(return_id, {f"{return_id}_0": "accept", "unit_of_another": "accept"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "no_such_unit")
    assert wrong.json()["errors"][0]["pointer"] == "/units/1/unit_id"
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    assert seen["units"][0]["state"] == "failed"
    assert (await inspection_service.decide("ret_none", {"u": "accept"})).status_code == 404


async def test_a_decision_on_a_version_that_is_gone_is_refused(inspection_service: InspectionService) -> None:
    return_id = await inspection_service.approve("X", "X")
    await inspection_service.look("e1", ("X", "failed"))
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    await inspection_service.look("e2", ("X", "failed"))
    stale = await inspection_service.post(
        f"/v1/inspections/{return_id}/decision",
        {"units": [{"unit_id": f"{return_id}_0", "decision": "accept"}], "reason": "seen the photographs"},
        AGENT,
        {"Idempotency-Key": "k1", "If-Match": f'"{seen["version"]}"'},
    )
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")


async def test_a_failed_verdict_says_why(inspection_service: InspectionService) -> None:
    """R4.5: evidence before blame."""
    await inspection_service.approve("X")
    body = {
        "client_event_id": "e1",
        "rma": "R7KX-2M4Q",
        "units": [{"sku": "X", "quantity": 1, "outcome": "failed", "grade": "D"}],
        "scanned_at": "2026-11-16T11:00:00+08:00",
    }
    answer = await inspection_service.post("/v1/inspections", body, PERSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


async def test_quarantined_goods_are_seen_to_by_a_person_once(inspection_service: InspectionService) -> None:
    """F03."""
    return_id = await inspection_service.approve("X")
    await inspection_service.scan("e1", "X", "Z")
    told = await inspection_service.events(return_id, 2)
    assert told[1][1]["kind"] == "unexpected"
    [found] = (await inspection_service.get("/v1/discrepancies", state="open", return_id=return_id))["items"]
    path = f"/v1/discrepancies/{found['id']}/resolution"
    body = {"outcome": "returned_to_customer", "note": "sent back"}
    done = await inspection_service.post(path, body, AGENT, {"Idempotency-Key": "k1"})
    assert (done.status_code, done.json()["state"], done.json()["resolved_by"]) == (200, "resolved", "staff:li")
    again = await inspection_service.post(path, body, AGENT, {"Idempotency-Key": "k2"})
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")
    assert (await inspection_service.get("/v1/discrepancies", state="open"))["items"] == []
    assert len((await inspection_service.get("/v1/discrepancies", state="resolved"))["items"]) == 1
    dock = Principal(Kind.DEVICE, "dock1", frozenset({Role.DEVICE}))
    assert (await inspection_service.post(path, body, dock, {"Idempotency-Key": "k3"})).status_code == 403


async def test_an_inspection_that_is_late_shows_in_the_list_until_it_is_done(
    inspection_service: InspectionService,
) -> None:
    """R4.3, G06."""
    return_id = await inspection_service.approve("X")
    await inspection_service.scan("e1", "X")
    assert (await inspection_service.get("/v1/inspections", overdue=True))["items"] == []
    inspection_service.clock.move(days=2)
    await inspection_service.notice_overdue()
    [late] = (await inspection_service.get("/v1/inspections", overdue=True, state="waiting"))["items"]
    assert (late["id"], late["overdue_at"]) == (return_id, "2026-11-18T02:00:00Z")
    inspection_service.clock.move(days=1)
    await inspection_service.notice_overdue()
    assert (await inspection_service.get(f"/v1/inspections/{return_id}"))["overdue_at"] == "2026-11-18T02:00:00Z"
    await inspection_service.look("e2", ("X", "passed"))
    assert (await inspection_service.get("/v1/inspections", overdue=True))["items"] == []


async def test_inspections_are_found_by_number(inspection_service: InspectionService) -> None:
    """F01."""
    return_id = await inspection_service.approve("X", rma="R10Z-0011")
    await inspection_service.approve("X", rma="R20Z-0011")
    assert [i["id"] for i in (await inspection_service.get("/v1/inspections", rma="rioz ooil"))["items"]] == [return_id]
    waiting = await inspection_service.get("/v1/inspections", state="expected")
    assert len(waiting["items"]) == 2
