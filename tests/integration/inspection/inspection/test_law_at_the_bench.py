"""Decisions at the bench: the reason with its clause and evidence, and what the law allows (R4.5, E7, Z31)."""

from typing import Any, Final

import httpx2 as httpx
import pytest

from shared.contracts import events
from shared.runtime.clock import new_id
from tests.integration.inspection.conftest import AGENT, InspectionService

EU: Final = "Directive 2011/83/EU art. 14(2)"
SEAL: Final = "Directive 2011/83/EU art. 16(e)"
WITHDRAWAL: Final = {
    "clause": "Directive 2011/83/EU art. 9",
    "refuses": (events.RightLimit(clause=SEAL, findings=("seal_broken",)),),
    "reduces": (events.RightLimit(clause=EU, findings=("damaged", "worn")),),
}
CLAIM: Final = {
    "clause": "Directive (EU) 2019/771 art. 10",
    "refuses": (events.RightLimit(clause="Directive (EU) 2019/771 art. 10", findings=("no_defect_found", "misuse")),),
}


async def held(
    service: InspectionService, right: dict[str, Any] | None, fault: events.Fault | None = None
) -> tuple[str, str, str]:
    """A return of one unit with this right, whose unit failed: return, unit, post of the bench. Without `fault` the
    merchant answers for a claim, the customer for everything else.
    """
    fault = fault or (events.Fault.MERCHANT if right is CLAIM else events.Fault.CUSTOMER)
    rights = () if right is None else (events.LineRight(line_id="line_X", reason="broken", **right),)
    return_id = await service.approve("X", rights=rights, fault=fault)
    look = await service.look("e1", ("X", "failed"))
    return return_id, f"{return_id}_0", look.json()["id"]


async def decide(
    service: InspectionService, return_id: str, unit: dict[str, Any], language: str = "en", **more: Any
) -> httpx.Response:
    body = {"units": [unit], "reason": "torn by use, as the photographs show", **more}
    headers = {"Idempotency-Key": new_id("key"), "Accept-Language": language}
    return await service.post(f"/v1/inspections/{return_id}/decision", body, AGENT, headers)


@pytest.mark.parametrize("code", [None, "other", "worn", "damaged", "parts_missing"])
async def test_z31_a_right_that_may_only_be_reduced_is_not_refused(
    inspection_service: InspectionService, code: str | None
) -> None:
    """CRD 14(2): the answer says which act is possible instead, in both languages; nothing is changed."""
    return_id, unit, _ = await held(inspection_service, WITHDRAWAL)
    more = {} if code is None else {"reason_code": code}
    refused = await decide(inspection_service, return_id, {"unit_id": unit, "decision": "refuse"}, **more)
    assert (refused.status_code, refused.json()["code"]) == (409, "may_not_be_refused"), refused.text
    said = refused.json()["detail"]
    assert "not_our_goods, seal_broken" in said
    assert ("deduction_basis_points" in said) is (code in {"worn", "damaged"})
    chinese = await decide(inspection_service, return_id, {"unit_id": unit, "decision": "refuse"}, "zh-CN", **more)
    assert "请改为接受该商品" in chinese.json()["detail"]
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    assert seen["units"][0]["state"] == "failed"
    assert seen["rights"] == [
        {
            "line_id": "line_X",
            "reason": "broken",
            "clause": "Directive 2011/83/EU art. 9",
            "refuses": ["not_our_goods", "seal_broken"],
            "reduces": ["damaged", "worn"],
        }
    ]


@pytest.mark.parametrize(
    ("right", "code", "clause"),
    [
        (WITHDRAWAL, "seal_broken", SEAL),
        (WITHDRAWAL, "not_our_goods", "Directive 2011/83/EU art. 9"),
        (CLAIM, "no_defect_found", "Directive (EU) 2019/771 art. 10"),
        (CLAIM, "misuse", "Directive (EU) 2019/771 art. 10"),
        (None, "worn", None),
    ],
)
async def test_z31_a_refusal_travels_with_its_reason_clause_and_evidence(
    inspection_service: InspectionService, right: dict[str, Any] | None, code: str, clause: str | None
) -> None:
    return_id, unit, look = await held(inspection_service, right)
    answer = await decide(
        inspection_service, return_id, {"unit_id": unit, "decision": "refuse"}, reason_code=code, evidence=["file_1"]
    )
    assert answer.status_code == 200, answer.text
    shown = answer.json()["units"][0]
    assert (shown["decision_code"], shown["decision_clause"], shown["evidence"]) == (code, clause, [look, "file_1"])
    kind, data = (await inspection_service.events(return_id, 3))[2]
    assert kind == "inspection.decided.v1"
    assert (data["reason"], data["reason_code"]) == ("torn by use, as the photographs show", code)
    assert (data.get("clause"), data["evidence"]) == (clause, [look, "file_1"])
    assert (data["units"][0].get("clause"), data["units"][0]["evidence"]) == (clause, [look, "file_1"])


@pytest.mark.parametrize("code", ["worn", "damaged", "seal_broken"])
async def test_z31_traces_of_use_do_not_end_a_claim_for_a_defect(
    inspection_service: InspectionService, code: str
) -> None:
    return_id, unit, _ = await held(inspection_service, CLAIM)
    refused = await decide(inspection_service, return_id, {"unit_id": unit, "decision": "refuse"}, reason_code=code)
    assert (refused.status_code, refused.json()["code"]) == (409, "may_not_be_refused")
    assert "without a deduction" in refused.json()["detail"]
    accepted = await decide(inspection_service, return_id, {"unit_id": unit, "decision": "accept"})
    assert accepted.status_code == 200


async def test_z31_a_unit_is_accepted_with_a_deduction(inspection_service: InspectionService) -> None:
    """R4.5: a finding and the customer's agreement, whatever the law allows."""
    return_id, unit, look = await held(inspection_service, WITHDRAWAL)
    verdict = {"unit_id": unit, "decision": "accept", "deduction_basis_points": 2_000}
    for more, why in (
        ({"agreement": "by telephone"}, "reason_code_missing"),
        ({"reason_code": "soiled"}, "agreement_missing"),
        ({"reason_code": "worn"}, "agreement_missing"),
    ):
        refused = await decide(inspection_service, return_id, verdict, **more)
        assert (refused.status_code, refused.json()["code"]) == (422, why)
    refused = await decide(inspection_service, return_id, {**verdict, "decision": "refuse"}, reason_code="seal_broken")
    assert (refused.status_code, refused.json()["code"]) == (422, "deduction_without_acceptance")
    answer = await decide(inspection_service, return_id, verdict, reason_code="worn", agreement="by telephone")
    assert answer.status_code == 200, answer.text
    assert answer.json()["units"][0]["deduction_basis_points"] == 2_000
    _, data = (await inspection_service.events(return_id, 3))[2]
    assert data["units"] == [
        {
            "unit_id": unit,
            "line_id": "line_X",
            "decision": "accept",
            "clause": EU,
            "evidence": [look],
            "deduction_basis_points": 2_000,
            "deduction_agreed": True,
        }
    ]


async def test_z31_a_deduction_that_the_law_does_not_give_is_possible_by_agreement(
    inspection_service: InspectionService,
) -> None:
    return_id, unit, _ = await held(inspection_service, WITHDRAWAL)
    verdict = {"unit_id": unit, "decision": "accept", "deduction_basis_points": 1_000}
    agreed = await decide(
        inspection_service, return_id, verdict, reason_code="soiled", agreement="by telephone on Monday"
    )
    assert agreed.status_code == 200, agreed.text
    _, data = (await inspection_service.events(return_id, 3))[2]
    assert data["units"][0]["deduction_agreed"] is True


@pytest.mark.parametrize(
    ("right", "fault"),
    [
        (CLAIM, events.Fault.MERCHANT),
        (CLAIM, events.Fault.CARRIER),
        (WITHDRAWAL, events.Fault.CARRIER),
        (None, events.Fault.MERCHANT),
    ],
)
async def test_z31_nothing_is_deducted_where_the_customer_is_without_fault(
    inspection_service: InspectionService, right: dict[str, Any] | None, fault: events.Fault
) -> None:
    """H07: the refund would be whole, so a letter must not promise less; no agreement changes that."""
    return_id, unit, _ = await held(inspection_service, right, fault)
    verdict = {"unit_id": unit, "decision": "accept", "deduction_basis_points": 1_000}
    more = {"reason_code": "worn", "agreement": "by telephone"}
    refused = await decide(inspection_service, return_id, verdict, **more)
    assert (refused.status_code, refused.json()["code"]) == (409, "may_not_be_reduced"), refused.text
    assert "/units/0/deduction_basis_points" in refused.text
    chinese = await decide(inspection_service, return_id, verdict, "zh-CN", **more)
    assert "不得扣减" in chinese.json()["detail"]
    if right is WITHDRAWAL:
        whole = await decide(inspection_service, return_id, {"unit_id": unit, "decision": "refuse"}, reason_code="worn")
        assert "deduction" not in whole.json()["detail"].replace("without a deduction", "")
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    assert seen["units"][0]["state"] == "failed"
    accepted = await decide(inspection_service, return_id, {"unit_id": unit, "decision": "accept"})
    assert accepted.json()["units"][0]["state"] == "accepted"


async def test_z31_a_decision_that_is_taken_back_keeps_its_reason_on_record(
    inspection_service: InspectionService,
) -> None:
    return_id, unit, _ = await held(inspection_service, WITHDRAWAL)
    await decide(inspection_service, return_id, {"unit_id": unit, "decision": "refuse"}, reason_code="seal_broken")
    headers = {"Idempotency-Key": new_id("key")}
    back = await inspection_service.post(
        f"/v1/inspections/{return_id}/reconsideration", {"unit_ids": [unit], "reason": "wrong seal"}, AGENT, headers
    )
    assert back.status_code == 200, back.text
    [shown] = back.json()["units"]
    assert (shown["decision_code"], shown["evidence"], shown["state"]) == (None, [], "failed")
    assert (shown["former"][0]["code"], shown["former"][0]["clause"]) == ("seal_broken", SEAL)


async def test_z24_a_late_unit_is_late_while_another_one_is_unsent(inspection_service: InspectionService) -> None:
    """The deadline is that of the unit that waits; a later one is given with its reason, and told."""
    return_id = await inspection_service.approve("X", "Y")
    await inspection_service.scan("e1", "X")
    inspection_service.clock.move(days=2)
    await inspection_service.notice_overdue()
    late = (await inspection_service.get("/v1/inspections", overdue="true"))["items"]
    assert [(each["id"], each["expected"], each["waiting"]) for each in late] == [(return_id, 1, 1)]

    async def extend(**body: Any) -> httpx.Response:
        headers = {"Idempotency-Key": new_id("key")}
        return await inspection_service.post(f"/v1/inspections/{return_id}/extension", body, AGENT, headers)

    early = await extend(inspect_by="2026-11-17T10:00:00Z", reason="the maker tests it")
    assert (early.status_code, early.json()["code"]) == (422, "deadline_not_later")
    far = await extend(inspect_by="2027-11-17T10:00:00Z", reason="the maker tests it")
    assert (far.status_code, far.json()["code"]) == (422, "deadline_not_later")
    unsent = await extend(unit_ids=[f"{return_id}_1"], inspect_by="2026-11-20T10:00:00Z", reason="the maker tests it")
    assert (unsent.status_code, unsent.json()["code"]) == (409, "nothing_waits")
    good = await extend(inspect_by="2026-11-20T10:00:00Z", reason="the maker tests it")
    assert good.status_code == 200, good.text
    assert (await inspection_service.get("/v1/inspections", overdue="true"))["items"] == []
    kind, data = (await inspection_service.events(return_id, 2))[1]
    assert (kind, data) == (
        "inspection.extended.v1",
        {
            "return_id": return_id,
            "units": [f"{return_id}_0"],
            "inspect_by": "2026-11-20T10:00:00Z",
            "reason": "the maker tests it",
            "extended_at": "2026-11-18T02:00:00Z",
        },
    )
    inspection_service.clock.move(days=3)
    await inspection_service.notice_overdue()
    assert len((await inspection_service.get("/v1/inspections", overdue="true"))["items"]) == 1
