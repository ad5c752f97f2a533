"""Goods that come without a readable return number: found by the parcel, by a person, or ended (F04, Z21)."""

from datetime import datetime
from typing import Any, Final

import httpx2 as httpx
import pytest

from shared.contracts import events
from shared.kernel.principal import Kind, Principal, Role
from shared.runtime.clock import new_id
from tests.integration.inspection.conftest import AGENT, DOCK, InspectionService
from tests.support.waiting import eventually

RMA: Final = "RT-8A5N-56TA-F"
WAREHOUSE: Final = Principal(Kind.STAFF, "wang", frozenset({Role.WAREHOUSE}))
SUPERVISOR: Final = Principal(Kind.STAFF, "zhao", frozenset({Role.SUPERVISOR}))


async def act(
    service: InspectionService, receipt: str, verb: str, *, by: Principal = AGENT, **body: Any
) -> httpx.Response:
    """A person does this with the receipt."""
    return await service.post(f"/v1/receipts/{receipt}/{verb}", body, by, {"Idempotency-Key": new_id("key")})


async def ship(service: InspectionService, return_id: str, number: str) -> None:
    """The customer announces a parcel."""
    event = events.ReturnShipped(
        return_id=return_id,
        shipment_id=new_id("shp"),
        carrier="SF Express",
        tracking_number=number,
        announced_at=service.clock(),
    )
    await service.happen(event, return_id)


async def unknown(service: InspectionService, event: str, *skus: str, **more: Any) -> str:
    """A receipt that nobody knows; its id."""
    answer = await service.scan(event, *skus, rma=more.pop("rma", ""), **more)
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "unidentified"
    return str(answer.json()["id"])


@pytest.mark.parametrize(
    "code", [f"RMA:{RMA}", f"https://returns.example/r?n={RMA}", f"]C1{RMA}", "]d2\x1d91RT8A5N56TAF"]
)
async def test_z21_codes_of_labels_and_addresses_find_the_return(
    inspection_service: InspectionService, code: str
) -> None:
    return_id = await inspection_service.approve("X", rma=RMA)
    answer = await inspection_service.scan("e1", "X", rma=code)
    assert (answer.status_code, answer.json()["return_id"], answer.json()["rma"]) == (201, return_id, code)


@pytest.mark.parametrize(
    "more",
    [
        {"tracking_number": "sf 1234-567890"},
        {"rma": "]C1SF1234567890"},
        {"rma": "?", "tracking_number": "SF1234567890"},
    ],
)
async def test_z21_the_announced_parcel_finds_its_return(
    inspection_service: InspectionService, more: dict[str, Any]
) -> None:
    return_id = await inspection_service.approve("X", rma=RMA)
    await ship(inspection_service, return_id, "SF 1234567890")
    answer = await inspection_service.scan("e1", "X", **{"rma": "", **more})
    assert (answer.status_code, answer.json()["return_id"]) == (201, return_id), answer.text
    [(kind, data)] = await inspection_service.events(return_id, 1)
    assert (kind, data["receipt_id"]) == ("inspection.received.v1", answer.json()["id"])


@pytest.mark.parametrize("match_seconds", [0.2])
async def test_z21_a_parcel_that_is_announced_later_finds_the_receipt(inspection_service: InspectionService) -> None:
    """The later fact matches, also out of a case of its own; the deadline runs from the arrival."""
    return_id = await inspection_service.approve("X", "Y", rma=RMA)
    first = await unknown(inspection_service, "e1", "X", tracking_number="YT 1000001")
    second = await unknown(inspection_service, "e2", "Y", tracking_number="YT 1000001")
    assert (await act(inspection_service, second, "case", notes="no letter inside")).status_code == 200
    inspection_service.clock.move(days=3)
    await ship(inspection_service, return_id, "yt1000001")

    async def both() -> bool:
        seen = await inspection_service.get(f"/v1/inspections/{return_id}")
        return [unit["state"] for unit in seen["units"]] == ["received", "received"]

    assert await eventually(both, seconds=60)
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    assert {unit["received_at"] for unit in seen["units"]} == {"2026-11-16T02:00:00Z"}
    assert {scan["id"] for scan in seen["scans"]} == {first, second}


@pytest.mark.parametrize("match_seconds", [0.2])
async def test_z21_two_returns_in_one_parcel_are_a_question(inspection_service: InspectionService) -> None:
    one = await inspection_service.approve("X", rma=RMA)
    other = await inspection_service.approve("X", rma="R000-0002")
    for return_id in (one, other):
        await ship(inspection_service, return_id, "SF1234567890")
    receipt = await unknown(inspection_service, "e1", "X", tracking_number="SF1234567890")
    await inspection_service.jobs.match(one)
    seen = await inspection_service.get(f"/v1/receipts/{receipt}")
    assert seen["state"] == "unidentified"
    assert [each["return_id"] for each in seen["possible_returns"]] == sorted([one, other])
    assert (await act(inspection_service, receipt, "assignment", return_id=other)).status_code == 200


async def test_z21_a_right_number_whose_approval_is_not_here_waits_for_it(
    inspection_service: InspectionService,
) -> None:
    """The parcel holds goods of two returns; only one of them has announced it."""
    announced = await inspection_service.approve("X", rma="R000-0002")
    await ship(inspection_service, announced, "SF1234567890")
    await unknown(inspection_service, "e1", "X", rma=RMA, tracking_number="SF1234567890")
    own = await inspection_service.approve("X", rma=RMA)
    seen = await inspection_service.get(f"/v1/inspections/{own}")
    assert [unit["state"] for unit in seen["units"]] == ["received"]


async def test_z21_an_assigned_receipt_counts_as_if_the_number_had_been_scanned(
    inspection_service: InspectionService,
) -> None:
    """The moment of arrival stays; the same again changes nothing; another return is refused."""
    return_id = await inspection_service.approve("X", "X", rma=RMA)
    other = await inspection_service.approve("X", rma="R000-0002")
    receipt = await unknown(inspection_service, "e1", "X")
    inspection_service.clock.move(days=2)
    answer = await act(inspection_service, receipt, "assignment", by=WAREHOUSE, rma=f"RMA:{RMA}", note="by telephone")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["state"], body["return_id"], body["units"]) == ("matched", return_id, [f"{return_id}_0"])
    assert (body["posted_at"], body["answer_by"]) == ("2026-11-16T02:00:00Z", None)
    [made] = body["history"]
    assert (made["verb"], made["by"], made["note"], made["return_id"]) == (
        "assign", "staff:wang", "by telephone", return_id,
    )  # fmt: skip
    told = await inspection_service.events(return_id, 2)
    assert [kind for kind, _ in told] == ["inspection.received.v1", "inspection.assigned.v1"]
    assert told[0][1]["received_at"] == told[1][1]["arrived_at"] == "2026-11-16T02:00:00Z"
    assert told[1][1]["assigned_at"] == "2026-11-18T02:00:00Z"

    again = await act(inspection_service, receipt, "assignment", return_id=return_id)
    assert (again.status_code, again.json() | {"actions": body["actions"]}) == (200, body)
    elsewhere = await act(inspection_service, receipt, "assignment", return_id=other)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "assigned_elsewhere")
    nowhere = await act(inspection_service, receipt, "assignment", rma="RT-0000-0000-0")
    assert nowhere.status_code == 404
    assert len(await inspection_service.events(return_id, 2)) == 2


async def test_z21_an_assignment_is_taken_back_and_made_again(inspection_service: InspectionService) -> None:
    """The goods count nowhere, then in the other return, then in the first one again."""
    one = await inspection_service.approve("X", rma=RMA)
    other = await inspection_service.approve("X", rma="R000-0002")
    receipt = await unknown(inspection_service, "e1", "X")
    for place, return_id in enumerate((one, other, one)):
        assert (await act(inspection_service, receipt, "assignment", return_id=return_id)).status_code == 200
        states = [
            (await inspection_service.get(f"/v1/inspections/{each}"))["units"][0]["state"] for each in (one, other)
        ]
        assert states == ["received" if each == return_id else "expected" for each in (one, other)]
        if place < 2:
            taken = await act(inspection_service, receipt, "reopening", reason="another customer's")
            assert (taken.status_code, taken.json()["state"], taken.json()["return_id"]) == (200, "unidentified", None)
            assert taken.json()["answer_by"] == "2026-11-17T10:00:00Z"
    seen = await inspection_service.get(f"/v1/receipts/{receipt}")
    assert [each["verb"] for each in seen["history"]] == ["assign", "take_back"] * 2 + ["assign"]
    kinds = [kind for kind, _ in await inspection_service.events(one, 5)]
    assert kinds == [f"inspection.{each}.v1" for each in ("received", "assigned", "corrected", "received", "assigned")]


async def test_z21_a_decision_stands_against_taking_the_assignment_back(inspection_service: InspectionService) -> None:
    return_id = await inspection_service.approve("X", "X", rma=RMA)
    await inspection_service.scan("e0", "X", rma=RMA)
    receipt = await unknown(inspection_service, "e1", "X")
    await act(inspection_service, receipt, "assignment", return_id=return_id)
    await inspection_service.look("e2", ("X", "failed"), ("X", "failed"), rma=RMA)
    await inspection_service.decide(return_id, {f"{return_id}_0": "accept", f"{return_id}_1": "accept"})
    refused = await act(inspection_service, receipt, "reopening", reason="another customer's")
    assert (refused.status_code, refused.json()["code"]) == (409, "decision_stands")
    assert (await inspection_service.get(f"/v1/receipts/{receipt}"))["state"] == "matched"


async def test_z21_what_a_number_has_found_is_corrected_and_not_taken_back(
    inspection_service: InspectionService,
) -> None:
    await inspection_service.approve("X", rma=RMA)
    receipt = (await inspection_service.scan("e1", "X", rma=RMA)).json()["id"]
    refused = await act(inspection_service, receipt, "reopening", reason="another customer's")
    assert (refused.status_code, refused.json()["code"]) == (409, "found_by_number")


async def test_z21_goods_of_nobody_have_a_case_and_an_end(inspection_service: InspectionService) -> None:
    """A case of its own, then back to the sender, taken back, and disposed of."""
    receipt = await unknown(inspection_service, "e1", "X")
    opened = await act(
        inspection_service, receipt, "case", by=WAREHOUSE, sender="A. Smith", notes="blue mug", photos=["file_1"]
    )
    assert opened.status_code == 200, opened.text
    assert opened.json()["own_case"] == {"sender": "A. Smith", "notes": "blue mug", "photos": ["file_1"]}
    assert (opened.json()["state"], opened.json()["answer_by"]) == ("in_case", "2026-12-16T02:00:00Z")
    inspection_service.clock.move(days=1)
    more = await act(inspection_service, receipt, "case", sender="A. Smith", notes="blue mug, Leeds")
    assert (more.json()["own_case"]["notes"], more.json()["answer_by"]) == ("blue mug, Leeds", "2026-12-16T02:00:00Z")
    forbidden = await act(inspection_service, receipt, "resolution", by=WAREHOUSE, outcome="disposed", note="rotten")
    assert forbidden.status_code == 403
    back = await act(
        inspection_service,
        receipt,
        "resolution",
        outcome="returned_to_sender",
        note="unknown",
        tracking_number="sf 99 1",
    )
    assert (back.status_code, back.json()["state"], back.json()["answer_by"]) == (200, "returned_to_sender", None)
    assert back.json()["history"][-1]["parcel"] == "SF991"
    twice = await act(inspection_service, receipt, "resolution", outcome="disposed", note="rotten")
    assert (twice.status_code, twice.json()["code"]) == (409, "illegal_move")
    assert (await act(inspection_service, receipt, "reopening", reason="came back")).json()["state"] == "unidentified"
    gone = await act(inspection_service, receipt, "resolution", outcome="disposed", note="rotten")
    assert gone.json()["state"] == "disposed"
    assert [each["note"] for each in gone.json()["history"]] == [None, None, "unknown", "came back", "rotten"]


@pytest.mark.parametrize("match_seconds", [0.2])
async def test_z21_goods_that_went_back_are_not_matched_any_more(inspection_service: InspectionService) -> None:
    receipt = await unknown(inspection_service, "e1", "X", rma=RMA)
    await act(inspection_service, receipt, "resolution", outcome="returned_to_sender", note="refused at the dock")
    return_id = await inspection_service.approve("X", rma=RMA)
    await inspection_service.jobs.match(return_id)
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    assert [unit["state"] for unit in seen["units"]] == ["expected"]


async def test_z21_a_correction_whose_post_never_comes_is_withdrawn(inspection_service: InspectionService) -> None:
    """R08: `waiting` is no dead end."""
    return_id = await inspection_service.approve("X", rma=RMA)
    waiting = (await inspection_service.scan("e2", "X", rma=RMA, corrects="never")).json()
    assert waiting["state"] == "waiting"
    ended = await act(inspection_service, waiting["id"], "resolution", outcome="withdrawn", note="the device is lost")
    assert (ended.status_code, ended.json()["state"]) == (200, "withdrawn"), ended.text
    assert (await inspection_service.scan("never", "X", rma=RMA)).json()["corrected_by"] is None
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    assert [unit["state"] for unit in seen["units"]] == ["received"]


async def test_z21_two_persons_assign_one_receipt_and_one_of_them_is_refused(
    inspection_service: InspectionService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one reads before the other commits does not count twice."""
    one = await inspection_service.approve("X", rma=RMA)
    other = await inspection_service.approve("X", rma="R000-0002")
    receipt = await unknown(inspection_service, "e1", "X")
    committer = inspection_service.service.database.committer
    commit = committer.commit
    crossing = {"left": 1}

    async def slow(work: Any) -> Any:
        if crossing["left"] and any(root.key == receipt for root in work.roots):
            crossing["left"] = 0
            assert (await act(inspection_service, receipt, "assignment", return_id=other)).status_code == 200
        return await commit(work)

    monkeypatch.setattr(committer, "commit", slow)
    late = await act(inspection_service, receipt, "assignment", return_id=one)
    assert (late.status_code, late.json()["code"]) == (409, "assigned_elsewhere")
    seen = await inspection_service.get(f"/v1/inspections/{one}")
    assert [unit["state"] for unit in seen["units"]] == ["expected"]


async def test_z21_the_list_of_receipts_is_narrowed(inspection_service: InspectionService) -> None:
    """By state, warehouse, number, dates, and by what should have been answered."""
    first = await unknown(inspection_service, "e1", "X", tracking_number="SF1234567890")
    inspection_service.clock.move(hours=1)
    second = await unknown(inspection_service, "e2", "X", by=WAREHOUSE, warehouse="WUX2")
    await act(inspection_service, second, "case", notes="no letter inside")

    async def listed(**query: Any) -> list[str]:
        return [each["id"] for each in (await inspection_service.get("/v1/receipts", **query))["items"]]

    assert await listed() == [second, first]
    assert await listed(state="unidentified") == [first]
    assert await listed(state="in_case") == [second]
    assert await listed(warehouse="WUX2") == [second]
    assert await listed(tracking_number="sf 1234567890") == [first]
    assert await listed(posted_since="2026-11-16T03:00:00Z") == [second]
    assert await listed(posted_before="2026-11-16T03:00:00Z") == [first]
    assert await listed(overdue="true") == []
    inspection_service.clock.now = datetime.fromisoformat("2026-11-17T10:00:01Z")
    assert await listed(overdue="true") == [first]
    page = await inspection_service.get("/v1/receipts", limit=1)
    assert [each["id"] for each in (await inspection_service.get("/v1/receipts", cursor=page["next"]))["items"]] == [
        first
    ]


async def test_z21_a_version_that_is_gone_is_refused(inspection_service: InspectionService) -> None:
    receipt = await unknown(inspection_service, "e1", "X")
    await act(inspection_service, receipt, "case", notes="no letter inside")
    headers = {"Idempotency-Key": "k1", "If-Match": '"1"'}
    body = {"outcome": "disposed", "note": "rotten"}
    stale = await inspection_service.post(f"/v1/receipts/{receipt}/resolution", body, AGENT, headers)
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")


async def test_a_scanner_does_not_decide_about_goods_of_nobody(inspection_service: InspectionService) -> None:
    """O01."""
    receipt = await unknown(inspection_service, "e1", "X")
    bodies = {
        "assignment": {"rma": RMA},
        "case": {"notes": "no letter"},
        "resolution": {"outcome": "disposed", "note": "rotten"},
        "reopening": {"reason": "wrong"},
    }
    for verb, body in bodies.items():
        assert (await act(inspection_service, receipt, verb, by=DOCK, **body)).status_code == 403
    assert (await act(inspection_service, receipt, "assignment", by=SUPERVISOR)).status_code == 422
