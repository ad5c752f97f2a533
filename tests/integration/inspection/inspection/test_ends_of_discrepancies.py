"""Goods in quarantine: each has who decides, by when, and an end that is told (Z23, Z32, R08)."""

from typing import Any

import httpx2 as httpx

from shared.contracts import events
from shared.runtime.clock import new_id
from tests.integration.inspection.conftest import AGENT, InspectionService

OTHER_RMA = "R000-0002"


async def cancelled(service: InspectionService, *skus: str) -> str:
    """A return of these articles that the customer has cancelled."""
    return_id = await service.approve(*skus)
    event = events.ReturnCancelled(return_id=return_id, customer_id="cust_1", language="en")
    await service.happen(event, return_id)
    return return_id


async def say(service: InspectionService, discrepancy: str, verb: str, **body: Any) -> httpx.Response:
    headers = {"Idempotency-Key": new_id("key")}
    return await service.post(f"/v1/discrepancies/{discrepancy}/{verb}", body, AGENT, headers)


async def states(service: InspectionService, return_id: str) -> list[str]:
    return [unit["state"] for unit in (await service.get(f"/v1/inspections/{return_id}"))["units"]]


async def test_z23_goods_of_a_cancelled_return_are_taken_as_a_return(inspection_service: InspectionService) -> None:
    """The question has its day; the goods count from their arrival; taking the answer back keeps them apart again."""
    return_id = await cancelled(inspection_service, "X", "X")
    [question] = (await inspection_service.scan("e1", "X")).json()["discrepancies"]
    kind, asked = (await inspection_service.events(return_id, 1))[0]
    assert (kind, asked["kind"], asked["answer_by"]) == (
        "inspection.questioned.v1", "cancelled", "2026-11-17T10:00:00Z",
    )  # fmt: skip
    inspection_service.clock.move(days=4)
    late = (await inspection_service.get("/v1/discrepancies", overdue="true"))["items"]
    assert [each["id"] for each in late] == [question]
    answer = await say(
        inspection_service, question, "resolution", outcome="accepted_as_return", note="asked", reason="You sent it."
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "resolved"), answer.text
    assert sorted(await states(inspection_service, return_id)) == ["cancelled", "received"]
    told = await inspection_service.events(return_id, 3)
    assert [kind for kind, _ in told[1:]] == ["inspection.cleared.v1", "inspection.received.v1"]
    assert (told[1][1]["outcome"], told[1][1]["reason"], told[1][1]["quantity"]) == (
        "accepted_as_return", "You sent it.", 1,
    )  # fmt: skip
    assert (told[2][1]["received_at"], told[2][1]["inspect_by"]) == ("2026-11-16T02:00:00Z", "2026-11-23T10:00:00Z")
    assert (await inspection_service.get("/v1/discrepancies", overdue="true"))["items"] == []

    back = await say(inspection_service, question, "reopening", reason="the customer wants it back")
    assert (back.status_code, back.json()["state"]) == (200, "open"), back.text
    assert await states(inspection_service, return_id) == ["cancelled", "cancelled"]
    kinds = [kind for kind, _ in await inspection_service.events(return_id, 5)]
    assert kinds[3:] == ["inspection.questioned.v1", "inspection.corrected.v1"]
    ended = await say(
        inspection_service,
        question,
        "resolution",
        outcome="returned_to_customer",
        note="as wished",
        tracking_number="SF 99 1",
    )
    assert ended.json()["tracking_number"] == "SF991"
    assert (await inspection_service.events(return_id, 6))[5][1]["tracking_number"] == "SF991"


async def test_z23_a_decision_about_a_revived_unit_stands_against_taking_the_answer_back(
    inspection_service: InspectionService,
) -> None:
    return_id = await cancelled(inspection_service, "X")
    [question] = (await inspection_service.scan("e1", "X")).json()["discrepancies"]
    await say(inspection_service, question, "resolution", outcome="accepted_as_return", note="asked")
    await inspection_service.look("e2", ("X", "failed"))
    await inspection_service.decide(return_id, {f"{return_id}_0": "accept"})
    refused = await say(inspection_service, question, "reopening", reason="wrong")
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_move")
    assert await states(inspection_service, return_id) == ["accepted"]


async def test_z23_only_goods_of_a_cancelled_return_are_taken_as_a_return(
    inspection_service: InspectionService,
) -> None:
    await inspection_service.approve("X")
    [question] = (await inspection_service.scan("e1", "X", "X")).json()["discrepancies"]
    refused = await say(inspection_service, question, "resolution", outcome="accepted_as_return", note="asked")
    assert (refused.status_code, refused.json()["code"]) == (422, "answer_does_not_fit")


async def test_z32_goods_that_are_kept_for_a_match_find_their_return(inspection_service: InspectionService) -> None:
    """`kept_for_match` is no end: it has its day, and the pieces count in the return that they belong to."""
    found_in = await inspection_service.approve("X")
    [question] = (await inspection_service.scan("e1", "X", "Y")).json()["discrepancies"]
    kept = await say(inspection_service, question, "resolution", outcome="kept_for_match", note="whose is it")
    assert (kept.json()["state"], kept.json()["answer_by"]) == ("kept", "2026-12-16T02:00:00Z")
    assert [kind for kind, _ in await inspection_service.events(found_in, 2)] == [
        "inspection.received.v1",
        "inspection.questioned.v1",
    ]
    assert len((await inspection_service.get("/v1/discrepancies", state="kept"))["items"]) == 1

    owner = await inspection_service.approve("Y", rma=OTHER_RMA)
    inspection_service.clock.move(days=5)
    own = await say(
        inspection_service, question, "resolution", outcome="matched_to_return", note="x", return_id=found_in
    )
    assert (own.status_code, own.json()["code"]) == (422, "matches_itself")
    nameless = await say(inspection_service, question, "resolution", outcome="matched_to_return", note="x")
    assert nameless.status_code == 422
    matched = await say(
        inspection_service, question, "resolution", outcome="matched_to_return", note="by its label", return_id=owner
    )
    assert (matched.status_code, matched.json()["state"]) == (200, "resolved"), matched.text
    assert await states(inspection_service, owner) == ["received"]
    told = await inspection_service.events(owner, 2)
    assert [kind for kind, _ in told] == ["inspection.received.v1", "inspection.assigned.v1"]
    assert told[0][1]["received_at"] == "2026-11-16T02:00:00Z"
    ended = (await inspection_service.events(found_in, 3))[2]
    assert (ended[0], ended[1]["outcome"]) == ("inspection.cleared.v1", "matched_to_return")

    back = await say(inspection_service, question, "reopening", reason="another one")
    assert (back.status_code, back.json()["matched_return"]) == (200, None), back.text
    assert await states(inspection_service, owner) == ["expected"]
    assert (await say(inspection_service, question, "resolution", outcome="disposed", note="rotten")).status_code == 200


async def test_z32_a_kept_question_is_not_withdrawn_by_a_later_count(inspection_service: InspectionService) -> None:
    """The goods lie apart, whatever another post says; the person who keeps them ends it."""
    return_id = await inspection_service.approve("X")
    first = (await inspection_service.scan("e1", "X", "X")).json()
    [question] = first["discrepancies"]
    await say(inspection_service, question, "resolution", outcome="kept_for_match", note="whose is it")
    await inspection_service.scan("e2", "X", corrects="e1")
    seen = (await inspection_service.get(f"/v1/inspections/{return_id}"))["discrepancies"]
    assert [each["state"] for each in seen] == ["kept"]


async def test_z23_another_piece_after_the_answer_is_another_question(inspection_service: InspectionService) -> None:
    """The answer has brought one unit back. It explains no piece that comes later."""
    return_id = await cancelled(inspection_service, "X", "X")
    [question] = (await inspection_service.scan("e1", "X")).json()["discrepancies"]
    await say(inspection_service, question, "resolution", outcome="accepted_as_return", note="asked")
    assert len((await inspection_service.scan("e2", "X")).json()["discrepancies"]) == 1
    assert sorted(await states(inspection_service, return_id)) == ["cancelled", "received"]
