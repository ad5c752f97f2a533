"""Z01, Z02, F11 by HTTP: corrections across returns and unread numbers, who may correct, rows from before."""

from typing import Any

from sqlalchemy import select

from service_inspection.adapters.tables import benches, scans
from shared.database.work import Put, Work
from shared.kernel.principal import Kind, MachineWithNewKey, Principal, Role
from tests.integration.inspection.conftest import AGENT, DOCK, PERSON, InspectionService

SUPERVISOR = Principal(Kind.STAFF, "zhao", frozenset({Role.SUPERVISOR}))
OTHER = Principal(Kind.DEVICE, "dock2", frozenset({Role.DEVICE}), warehouse="SHA1")


async def states(service: InspectionService, return_id: str) -> list[str]:
    return [unit["state"] for unit in (await service.get(f"/v1/inspections/{return_id}"))["units"]]


async def test_a_correction_is_told_with_the_standing_of_each_unit(inspection_service: InspectionService) -> None:
    """Z01: the dock counted two, there was one."""
    return_id = await inspection_service.approve("X", "X")
    await inspection_service.scan("e1", "X", "X")
    corrected = await inspection_service.scan("e2", "X", corrects="e1")
    assert (corrected.status_code, corrected.json()["corrects"]) == (201, "e1")
    told = await inspection_service.events(return_id, 2)
    kind, data = told[1]
    assert kind == "inspection.corrected.v1"
    assert (data["cause"], data["complete"]) == (corrected.json()["id"], False)
    assert [unit["standing"] for unit in data["units"]] == ["expected"]
    again = await inspection_service.scan("e2", "X", corrects="e1")
    assert again.content == corrected.content
    twice = await inspection_service.scan("e3", "X", corrects="e1")
    assert (twice.status_code, twice.json()["code"]) == (409, "already_corrected")


async def test_who_may_correct_what(inspection_service: InspectionService) -> None:
    """Z01, F11: a scanner its own posts, a supervisor any, and nothing else."""
    return_id = await inspection_service.approve("X", "X")
    first = (await inspection_service.scan("e1", "X", "X")).json()["id"]
    for by, code in ((OTHER, "not_your_post"), (PERSON, "not_your_post"), (AGENT, "forbidden")):
        answer = await inspection_service.scan(f"e-{by.id}", "X", by=by, corrects=first)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    plain = await inspection_service.scan("e2", "X", by=SUPERVISOR)
    assert (plain.status_code, plain.json()["code"]) == (403, "forbidden")
    assert (await inspection_service.scan("e3", "X", by=SUPERVISOR, corrects=first)).status_code == 201
    assert await states(inspection_service, return_id) == ["received", "expected"]


async def test_a_correction_that_comes_first_waits_for_its_post(inspection_service: InspectionService) -> None:
    """Z01, F06: 202 and listed; then both count as one."""
    return_id = await inspection_service.approve("X", "X")
    early = await inspection_service.scan("e2", "X", corrects="e1")
    assert (early.status_code, early.json()["state"]) == (202, "waiting")
    listed = await inspection_service.get("/v1/receipts", state="waiting")
    assert [item["id"] for item in listed["items"]] == [early.json()["id"]]
    late = (await inspection_service.scan("e1", "X", "X")).json()
    assert late["corrected_by"] == early.json()["id"]
    assert (await inspection_service.get("/v1/receipts", state="waiting"))["items"] == []
    assert await states(inspection_service, return_id) == ["received", "expected"]


async def test_a_post_with_a_wrong_number_is_corrected(inspection_service: InspectionService) -> None:
    """Z01: to the right return where nobody could read the number, and to nothing where it was another's."""
    return_id = await inspection_service.approve("X")
    other = await inspection_service.approve("X", rma="R7KX-2M4R")
    unread = (await inspection_service.scan("e1", "X", rma="???")).json()
    assert (await inspection_service.scan("e2", "X", corrects="e1")).status_code == 201
    seen = await inspection_service.get(f"/v1/receipts/{unread['id']}")
    assert (seen["state"], seen["return_id"]) == ("matched", return_id)
    assert (await inspection_service.get("/v1/receipts", state="unidentified"))["items"] == []
    assert await states(inspection_service, return_id) == ["received"]
    elsewhere = await inspection_service.scan("e3", "X", rma="R7KX-2M4R", corrects="e2")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "corrects_another_return")
    assert (await inspection_service.scan("e4", corrects="e2")).status_code == 201
    assert await states(inspection_service, return_id) == ["expected"]
    assert await states(inspection_service, other) == ["expected"]


async def test_posts_and_corrections_that_came_before_their_return_are_matched_together(
    inspection_service: InspectionService,
) -> None:
    """Z01, F04: also a correction that is refused then; it stays in the list."""
    await inspection_service.scan("e2", "X", corrects="e1")
    first = (await inspection_service.scan("e1", "X", "X")).json()
    await inspection_service.scan("e3", "X", by=OTHER, corrects=first["id"])
    return_id = await inspection_service.approve("X", "X")
    assert await states(inspection_service, return_id) == ["received", "expected"]
    assert (await inspection_service.get(f"/v1/receipts/{first['id']}"))["corrected_by"] is not None
    waiting = (await inspection_service.get("/v1/receipts", state="waiting"))["items"]
    assert [(item["client_event_id"], item["posted_by"]) for item in waiting] == [("e3", "device:dock2")]


async def test_an_empty_post_corrects_and_says_nothing_else(inspection_service: InspectionService) -> None:
    """Z01: without `corrects` a post has pieces; a look with a unit is one piece."""
    await inspection_service.approve("X")
    assert (await inspection_service.scan("e1")).status_code == 422
    look: dict[str, Any] = {"sku": "X", "outcome": "passed", "grade": "A", "unit_id": "u", "quantity": 2}
    body = {"client_event_id": "e2", "rma": "R7KX-2M4Q", "units": [look], "scanned_at": "2026-11-13T11:00:00+08:00"}
    assert (await inspection_service.post("/v1/inspections", body, DOCK)).status_code == 422
    unknown = await inspection_service.post("/v1/inspections", body | {"units": [look | {"quantity": 1}]}, DOCK)
    assert (unknown.status_code, unknown.json()["code"]) == (422, "no_such_unit")


async def test_a_machine_keeps_its_posts_with_a_new_key(inspection_service: InspectionService) -> None:
    """Z02: remembered or not, and from the key that the machine had before machines were known."""
    return_id = await inspection_service.approve("X", "X")
    first = await inspection_service.scan("e1", "X")
    renewed = MachineWithNewKey(Kind.DEVICE, "key_2", DOCK.roles, warehouse="SHA1", machine="dock1")
    assert (await inspection_service.scan("e1", "X", by=renewed)).content == first.content
    database = inspection_service.service.database
    rows = await database.reader.rows(select(database.tables.idempotency))
    assert len(rows) == 1
    anew = await inspection_service.scan("e1", "X", by=renewed, scanned_at="2026-11-14T09:30:00+08:00")
    assert (anew.status_code, anew.json()) == (201, first.json())
    other = await inspection_service.scan("e1", "X", "X", by=renewed)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await states(inspection_service, return_id) == ["received", "expected"]


async def test_an_inspection_from_before_posts_were_kept_goes_on(inspection_service: InspectionService) -> None:
    """Z01: a stored row with sums only; a late look is a question, a late dock scan a second piece."""
    return_id = await inspection_service.approve("X", "X", "X")
    old = (await inspection_service.scan("e1", "X", "X")).json()
    await inspection_service.look("e2", ("X", "passed"))
    database = inspection_service.service.database
    [row] = await database.reader.rows(select(benches))
    await database.committer.commit(Work(writes=[Put(benches, {**row, "counts": None})]))
    inspection_service.service.api.state.units.cache.take(return_id)
    await inspection_service.look("e3", ("X", "failed"), ("X", "passed"))
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    assert sorted(unit["state"] for unit in seen["units"]) == ["expected", "failed", "passed"]
    assert [(each["kind"], each["quantity"]) for each in seen["discrepancies"]] == [("looks", 1)]
    too_old = await inspection_service.scan("e4", "X", corrects=old["id"])
    assert (too_old.status_code, too_old.json()["code"]) == (409, "counted_before_corrections")


async def test_a_receipt_that_crossed_the_approval_counts_before_the_looks(
    inspection_service: InspectionService,
) -> None:
    """Z01: the dock's post still waits when the bench posts; no second unit is paid in between."""
    late = (await inspection_service.scan("e1", "X", rma="R000-0001")).json()
    return_id = await inspection_service.approve("X", "X")
    database = inspection_service.service.database
    [row] = await database.reader.rows(select(scans).where(scans.c.id == late["id"]))
    crossed = {**row, "rma": "R7KX-2M4Q", "rma_key": "R7KX2M4Q"}
    await database.committer.commit(Work(writes=[Put(scans, crossed)]))
    await inspection_service.look("e2", ("X", "failed"))
    await inspection_service.look("e3", ("X", "passed"))
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    assert sorted(unit["state"] for unit in seen["units"]) == ["expected", "failed"]
    assert [each["kind"] for each in seen["discrepancies"]] == ["looks"]


async def test_posts_that_waited_for_their_return_are_counted_with_the_dock_first(
    inspection_service: InspectionService,
) -> None:
    """Z01: the looks came before the receipt, and all before the approval: nothing is accepted and taken back."""
    await inspection_service.look("e2", ("X", "failed"))
    await inspection_service.look("e3", ("X", "passed"))
    await inspection_service.scan("e1", "X")
    return_id = await inspection_service.approve("X", "X")
    told = await inspection_service.events(return_id, 3)
    kinds = ["inspection.received.v1", "inspection.completed.v1", "inspection.questioned.v1"]
    assert [kind for kind, _ in told] == kinds
    assert [unit["result"] for unit in told[1][1]["units"]] == ["failed"]
