"""Who scanned, looked, decided, and what led to it: in records and in events (O02)."""

from dataclasses import replace

from shared.kernel.principal import Kind, Principal, Role
from tests.integration.inspection.conftest import AGENT, DOCK, PERSON, InspectionService

OTHER_DOCK = replace(DOCK, id="dock2")
SUPERVISOR = Principal(Kind.STAFF, "zhao", frozenset({Role.SUPERVISOR}))


async def test_each_step_names_its_own_person_and_its_own_request(inspection_service: InspectionService) -> None:
    """One scans, another looks, a third decides: none is taken for the one before."""
    return_id = await inspection_service.approve("X")
    scanned = await inspection_service.scan("e1", "X", by=OTHER_DOCK)
    looked = await inspection_service.look("e2", ("X", "failed"), by=PERSON)
    decided = await inspection_service.decide(return_id, {f"{return_id}_0": "accept"}, by=SUPERVISOR)
    await inspection_service.events(return_id, 3)
    told = [envelope for envelope in inspection_service.told if envelope.subject == return_id]
    assert [(each.type, each.actor) for each in told] == [
        ("inspection.received.v1", "device:dock2"),
        ("inspection.completed.v1", "staff:wang"),
        ("inspection.decided.v1", "staff:zhao"),
    ]
    requests = [f"req_{answer.headers['x-request-id']}" for answer in (scanned, looked, decided)]
    assert [each.causationid for each in told] == requests
    assert {each.source for each in told} == {"/retour/inspection"}
    [unit] = (await inspection_service.get(f"/v1/inspections/{return_id}"))["units"]
    receipt = scanned.json()["id"]
    assert (unit["received_by"], unit["inspected_by"]) == (receipt, looked.json()["id"])
    assert (unit["inspector"], unit["decided_by"]) == ("staff:wang", "staff:zhao")
    assert (await inspection_service.get(f"/v1/receipts/{receipt}"))["posted_by"] == "device:dock2"


async def test_what_an_approval_sets_free_names_the_approval_as_its_cause(
    inspection_service: InspectionService,
) -> None:
    """F04: the parcel was there before; the record still names the scanner that saw it."""
    early = await inspection_service.scan("e1", "X", by=OTHER_DOCK)
    return_id = await inspection_service.approve("X")
    await inspection_service.events(return_id, 1)
    [told] = [envelope for envelope in inspection_service.told if envelope.subject == return_id]
    assert (told.type, told.actor) == ("inspection.received.v1", "service:inspection")
    assert told.causationid == inspection_service.heard[-1].id
    assert (await inspection_service.get(f"/v1/receipts/{early.json()['id']}"))["posted_by"] == "device:dock2"
    [unit] = (await inspection_service.get(f"/v1/inspections/{return_id}"))["units"]
    assert unit["received_by"] == early.json()["id"]


async def test_one_key_of_two_colleagues_decides_about_two_returns(inspection_service: InspectionService) -> None:
    """I-20: each answer is about the return that was asked about."""
    first, second = await inspection_service.approve("X"), await inspection_service.approve("X", rma="R7KX-2M4R")
    for number, rma in enumerate(("R7KX-2M4Q", "R7KX-2M4R")):
        assert (await inspection_service.look(f"e{number}", ("X", "failed"), rma=rma, by=PERSON)).status_code == 201
    for return_id, by in ((first, AGENT), (second, AGENT)):
        answer = await inspection_service.decide(return_id, {f"{return_id}_0": "accept"}, by=by, key="k1")
        assert (answer.status_code, answer.json()["id"]) == (200, return_id)
        [unit] = (await inspection_service.get(f"/v1/inspections/{return_id}"))["units"]
        assert unit["decided_by"] == by.actor


async def test_whoever_found_it_faulty_does_not_decide_in_another_role_either(
    inspection_service: InspectionService,
) -> None:
    """G10: the person counts, not what she may; a scanner of the same name is somebody else."""
    return_id = await inspection_service.approve("X")
    await inspection_service.look("e1", ("X", "failed"), by=PERSON)
    for roles in ({Role.SUPERVISOR}, {Role.ADMIN, Role.WAREHOUSE}):
        own = await inspection_service.decide(
            return_id, {f"{return_id}_0": "accept"}, by=replace(PERSON, roles=frozenset(roles))
        )
        assert (own.status_code, own.json()["code"]) == (403, "inspector_may_not_decide")
    [unit] = (await inspection_service.get(f"/v1/inspections/{return_id}"))["units"]
    assert unit["decided_by"] is None
    assert (
        await inspection_service.decide(return_id, {f"{return_id}_0": "accept"}, by=replace(PERSON, id="wang2"))
    ).status_code == 200
