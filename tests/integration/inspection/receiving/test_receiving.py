"""Scanner posts by HTTP: counted once, matched early or late, kept when nobody knows them."""

import asyncio
import contextlib
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import pytest
from sqlalchemy import select

from service_inspection.adapters.tables import common, scans
from service_inspection.domain.receiving.rma import rma_key
from shared.contracts import events
from shared.database.work import Outcome, Put, Remove, Work
from shared.kernel.errors import Unavailable
from shared.kernel.principal import Kind, Principal, Role
from tests.integration.inspection.conftest import AGENT, DOCK, PERSON, InspectionService
from tests.support.keeping import Losing
from tests.support.waiting import eventually


async def test_what_was_announced_is_received_and_told_with_its_deadline(inspection_service: InspectionService) -> None:
    """F01, R4.3: the result is due at the end of the next working day."""
    return_id = await inspection_service.approve("X", "Y")
    answer = await inspection_service.scan("e1", "X")
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["state"], body["return_id"], body["units"]) == ("matched", return_id, [f"{return_id}_0"])
    [(kind, data)] = await inspection_service.events(return_id, 1)
    assert kind == events.InspectionReceived.routing_key()
    assert data == {
        "return_id": return_id,
        "receipt_id": body["id"],
        "warehouse": "SHA1",
        "units": [{"unit_id": f"{return_id}_0", "line_id": "line_X"}],
        "complete": False,
        "inspect_by": "2026-11-17T10:00:00Z",
        "received_at": body["posted_at"],
    }


async def test_the_clock_of_a_result_runs_from_our_own_time_of_the_post(inspection_service: InspectionService) -> None:
    """F08, R4.3: a device whose battery was empty is two weeks behind; its word is shown and changes nothing."""
    return_id = await inspection_service.approve("X", "Y", "Y")
    inspection_service.clock.move(hours=3)
    body = (
        await inspection_service.scan("e1", "X", scanned_at="2026-11-01T09:30:00+08:00", tracking_number="SF-77")
    ).json()
    assert (body["scanned_at"], body["posted_at"]) == ("2026-11-01T01:30:00Z", "2026-11-16T05:00:00Z")
    assert body["tracking_number"] == "SF-77"
    inspection_service.clock.move(days=1)
    verdict = (await inspection_service.look("e2", ("X", "passed"))).json()
    assert (verdict["scanned_at"], verdict["posted_at"]) == ("2026-11-13T03:00:00Z", "2026-11-17T05:00:00Z")
    await inspection_service.scan("e3", items=[{"sku": "Y", "quantity": 2}])
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    assert [(unit["inspect_by"], unit["received_at"], unit["inspected_at"]) for unit in seen["units"]] == [
        ("2026-11-17T10:00:00Z", "2026-11-16T05:00:00Z", "2026-11-17T05:00:00Z"),
        *[("2026-11-18T10:00:00Z", "2026-11-17T05:00:00Z", None)] * 2,
    ]
    assert (seen["inspect_by"], seen["created_at"]) == ("2026-11-18T10:00:00Z", "2026-11-16T02:00:00Z")


@pytest.mark.parametrize("done", [True, False])
async def test_a_post_whose_answer_was_lost_is_counted_once_when_it_comes_again(
    inspection_service: InspectionService, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    """F06: the database went away before the commit, or after it; then the desk finds what it has done."""
    return_id = await inspection_service.approve("X", "X")
    committer = inspection_service.service.database.committer
    losing = Losing(committer.commit, "scans", done)
    monkeypatch.setattr(committer, "commit", losing)
    assert (await inspection_service.scan("e1", "X")).status_code == (201 if done else 503)
    again = await inspection_service.scan("e1", "X")
    assert (again.status_code, again.json()["units"]) == (201, [f"{return_id}_0"])
    assert losing.lost == 1
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    assert [unit["state"] for unit in seen["units"]] == ["received", "expected"]
    assert len(seen["scans"]) == 1
    await inspection_service.events(return_id, 1)


@pytest.mark.parametrize("done", [True, False])
async def test_a_match_whose_commit_was_in_doubt_counts_the_post_once(
    inspection_service: InspectionService, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    """I-21: the matcher does not know whether it has been done, and looks again."""
    late = (await inspection_service.scan("e1", "X", rma="R000-0001")).json()
    return_id = await inspection_service.approve("X", "X", rma="R000-0002")
    await pretend_it_was_for(inspection_service, late["id"], "R000-0002")
    committer = inspection_service.service.database.committer
    losing = Losing(committer.commit, "scans", done)
    monkeypatch.setattr(committer, "commit", losing)
    for _ in range(2):
        with contextlib.suppress(Unavailable):
            await inspection_service.jobs.match(return_id)
    assert losing.lost == 1
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    assert [unit["state"] for unit in seen["units"]] == ["received", "expected"]
    await inspection_service.events(return_id, 1)


async def test_a_third_piece_of_two_lies_in_quarantine(inspection_service: InspectionService) -> None:
    """W1, F03."""
    return_id = await inspection_service.approve("X", "X")
    await inspection_service.scan("e1", "X", "X", "X")
    told = await inspection_service.events(return_id, 2)
    assert [kind for kind, _ in told] == ["inspection.received.v1", "inspection.questioned.v1"]
    assert told[0][1]["complete"] is True
    assert (told[1][1]["kind"], told[1][1]["quantity"]) == ("over", 1)
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    assert [unit["state"] for unit in seen["units"]] == ["received", "received"]
    assert [(d["kind"], d["sku"], d["state"]) for d in seen["discrepancies"]] == [("over", "X", "open")]


async def test_two_parcels_five_days_apart_add_up(inspection_service: InspectionService) -> None:
    """W3, F02."""
    return_id = await inspection_service.approve("X", "X")
    await inspection_service.scan("e1", "X")
    inspection_service.clock.move(days=5)
    await inspection_service.scan("e2", "X")
    told = await inspection_service.events(return_id, 2)
    assert [(kind, data["complete"]) for kind, data in told] == [
        ("inspection.received.v1", False),
        ("inspection.received.v1", True),
    ]
    assert len((await inspection_service.get("/v1/receipts", state="matched"))["items"]) == 2


async def test_the_same_post_three_times_at_once_is_one_receipt(inspection_service: InspectionService) -> None:
    """W4, F06, I-21."""
    return_id = await inspection_service.approve("X", "X")
    answers = await asyncio.gather(*(inspection_service.scan("e1", "X") for _ in range(3)))
    assert len({answer.content for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {201}
    assert len((await inspection_service.get("/v1/receipts"))["items"]) == 1
    await inspection_service.events(return_id, 1)


async def test_a_repeated_post_is_known_when_the_desk_has_forgotten_it(inspection_service: InspectionService) -> None:
    """F06: for ever, by the post itself and not by the memory of answers."""
    return_id = await inspection_service.approve("X", "X")
    first = await inspection_service.scan("e1", "X")
    await forget_answers(inspection_service)
    again = await inspection_service.scan("e1", "X")
    assert (again.status_code, again.json()) == (200, first.json())
    await forget_answers(inspection_service)
    other = await inspection_service.scan("e1", "X", "X")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(await inspection_service.events(return_id, 1)) == 1


async def test_the_same_id_with_other_contents_is_refused_by_its_own_name(
    inspection_service: InspectionService,
) -> None:
    """I-20, Q01: a scanner sends no Idempotency-Key; what it is told does not depend on what the desk remembers."""
    await inspection_service.approve("X", "X")
    assert (await inspection_service.scan("e1", "X")).status_code == 201
    assert (await inspection_service.look("e2", ("X", "passed"))).status_code == 201
    others = [await inspection_service.scan("e1", "X", "X"), await inspection_service.look("e2", ("X", "failed"))]
    await forget_answers(inspection_service)
    others += [await inspection_service.scan("e1", "X", "X"), await inspection_service.look("e2", ("X", "failed"))]
    for other in others:
        problem = other.json()
        assert (other.status_code, problem["code"]) == (422, "idempotency_key_reused")
        assert problem["title"] == "client_event_id used for something else"
        assert [part["pointer"] for part in problem["errors"]] == ["/client_event_id"]


WRITTEN: Final = {
    "/v1/receipts": (
        rb"""{"client_event_id":"e1","rma":"R7KX-2M4Q","items":[{"sku":"X","quantity":1}],
"scanned_at":"2026-11-16T10:00:00+08:00"}""",
        rb"""{
            "scanned_at": "2026-11-16T02:00:00Z",
            "items": [ {"quantity": 1, "sku": "X"} ],
            "tracking_number": null, "rma": "R7KX-2M4Q", "client_event_id": "e\u0031"
        }""",
    ),
    "/v1/inspections": (
        rb"""{"client_event_id":"e1","rma":"R7KX-2M4Q","units":[{"sku":"X","outcome":"passed","grade":"A"}],
"scanned_at":"2026-11-16T10:00:00+08:00"}""",
        rb"""{
            "scanned_at": "2026-11-16T02:00:00Z",
            "units": [ {"grade": "A", "findings": [], "outcome": "passed", "quantity": 1, "sku": "X"} ],
            "warehouse": null, "rma": "R7KX-2M4Q", "client_event_id": "e\u0031"
        }""",
    ),
}
"""One post each, written in two ways."""


@pytest.mark.parametrize("path", WRITTEN)
async def test_the_same_contents_are_the_same_post_however_they_are_written(
    inspection_service: InspectionService, path: str
) -> None:
    """F06: other spaces, another order, another zone, what is left out said; remembered or not."""
    await inspection_service.approve("X", "X")
    one, other = WRITTEN[path]
    first = await inspection_service.post_bytes(path, one)
    assert first.status_code == 201, first.text
    for body in (other, one):
        again = await inspection_service.post_bytes(path, body)
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["idempotency-replayed"] == "true"
        assert again.headers["cache-control"] == first.headers["cache-control"] == "no-store"
    await forget_answers(inspection_service)
    late = await inspection_service.post_bytes(path, other)
    assert (late.status_code, late.content) == (200, first.content)
    changed = await inspection_service.post_bytes(path, one.replace(b'"X"', b'"Y"'))
    assert (changed.status_code, changed.json()["code"]) == (422, "idempotency_key_reused")
    assert len((await inspection_service.get("/v1/receipts"))["items"]) == 1


@pytest.mark.parametrize("path", WRITTEN)
async def test_an_answer_that_was_kept_when_bytes_counted_is_still_the_answer(
    inspection_service: InspectionService, path: str
) -> None:
    """F06: a scanner repeats what it has posted before an upgrade, to the byte."""
    await inspection_service.approve("X", "X")
    one, _ = WRITTEN[path]
    first = await inspection_service.post_bytes(path, one)
    table = inspection_service.service.database.tables.idempotency
    [kept] = await inspection_service.service.database.reader.rows(select(table))
    by_bytes = {**kept, "body_hash": sha256(one).hexdigest()}
    await inspection_service.service.database.committer.commit(Work(writes=[Put(table, by_bytes)]))
    again = await inspection_service.post_bytes(path, one)
    assert (again.status_code, again.content) == (201, first.content)


async def test_two_scanners_may_use_the_same_id(inspection_service: InspectionService) -> None:
    """F06: the id is the scanner's own."""
    await inspection_service.approve("X", "X")
    other = Principal(Kind.DEVICE, "dock2", frozenset({Role.DEVICE}), warehouse="SHA1")
    assert [(await inspection_service.scan("e1", "X", by=by)).status_code for by in (DOCK, other)] == [201, 201]


async def test_a_post_that_came_before_its_return_is_matched_when_the_return_is_approved(
    inspection_service: InspectionService,
) -> None:
    """F04, I-21: the scan overtook the event; the clock runs from the scan."""
    early = await inspection_service.scan("e1", "X", rma="r7kx 2m4q")
    assert (early.status_code, early.json()["state"], early.json()["return_id"]) == (202, "unidentified", None)
    listed = await inspection_service.get("/v1/receipts", state="unidentified")
    assert [item["id"] for item in listed["items"]] == [early.json()["id"]]
    inspection_service.clock.move(days=3)
    return_id = await inspection_service.approve("X")
    assert (await inspection_service.get("/v1/receipts", state="unidentified"))["items"] == []
    seen = await inspection_service.get(f"/v1/receipts/{early.json()['id']}")
    assert (seen["state"], seen["return_id"]) == ("matched", return_id)
    [(_, data)] = await inspection_service.events(return_id, 1)
    assert data["inspect_by"] == "2026-11-17T10:00:00Z"


async def test_a_verdict_that_came_before_its_return_is_kept_too(inspection_service: InspectionService) -> None:
    """Design section 8: never dropped."""
    early = await inspection_service.look("e1", ("X", "passed"))
    assert early.status_code == 202
    return_id = await inspection_service.approve("X")
    told = await inspection_service.events(return_id, 2)
    assert [kind for kind, _ in told] == ["inspection.received.v1", "inspection.completed.v1"]


async def test_a_parcel_without_a_number_is_kept_for_a_person(inspection_service: InspectionService) -> None:
    """F04."""
    answers = [await inspection_service.scan(f"e{n}", "X", rma=rma) for n, rma in enumerate(("", "???", "破损看不清"))]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert len((await inspection_service.get("/v1/receipts", state="unidentified"))["items"]) == 3


async def test_a_number_read_with_lookalikes_is_the_same_number(inspection_service: InspectionService) -> None:
    """F01: O is 0, I and L are 1, case and dashes do not matter."""
    await inspection_service.approve("X", rma="R10Z-0011")
    assert (await inspection_service.scan("e1", "X", rma="riozoo-i1l")).status_code == 202
    assert (await inspection_service.scan("e2", "X", rma="rioz-ooil")).status_code == 201


async def test_a_post_and_an_approval_that_passed_each_other_meet_later(inspection_service: InspectionService) -> None:
    """I-11, I-21: the safety net behind the match on approval."""
    late = (await inspection_service.scan("e1", "X", rma="R000-0001")).json()
    return_id = await inspection_service.approve("X", rma="R000-0002")
    await pretend_it_was_for(inspection_service, late["id"], "R000-0002")

    async def matched() -> Any:
        return (await inspection_service.get(f"/v1/receipts/{late['id']}"))["return_id"]

    assert await eventually(matched) == return_id
    await inspection_service.events(return_id, 1)


@pytest.mark.parametrize("match_seconds", [3600])
@pytest.mark.parametrize("last", ["scans", "benches"])
async def test_a_post_and_an_approval_that_cross_meet_at_once(
    inspection_service: InspectionService, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    """W4: whichever is committed last finds the other; nobody waits for the matcher's next round."""
    wake = inspection_service.jobs.late_match.wake
    wake.set()  # the job has begun its pause when it takes this

    async def taken() -> bool:
        return not wake.is_set()

    await eventually(taken)
    await inspection_service.get("/v1/receipts")
    held, go = asyncio.Event(), asyncio.Event()
    commit = inspection_service.service.database.committer.commit

    async def wait_for_the_other(work: Work) -> Outcome:
        if last in work.tables() and not held.is_set():
            held.set()
            await go.wait()
        return await commit(work)

    monkeypatch.setattr(inspection_service.service.database.committer, "commit", wait_for_the_other)
    if last == "scans":
        scanned = asyncio.create_task(inspection_service.scan("e1", "X"))
        await held.wait()
        return_id = await inspection_service.approve("X")
        go.set()
        assert (await scanned).status_code == 202
    else:
        approved = asyncio.create_task(inspection_service.approve("X"))
        await held.wait()
        assert (await inspection_service.scan("e1", "X")).status_code == 202
        go.set()
        return_id = await approved
    assert [type_ for type_, _ in await inspection_service.events(return_id, 1)] == ["inspection.received.v1"]


async def test_a_scanner_speaks_only_for_its_own_warehouse(inspection_service: InspectionService) -> None:
    """O01."""
    await inspection_service.approve("X", "X")
    refused = await inspection_service.scan("e1", "X", warehouse="PEK1")
    assert (refused.status_code, refused.json()["code"]) == (403, "other_warehouse")
    assert (await inspection_service.scan("e1", "X", warehouse="SHA1")).status_code == 201
    assert (await inspection_service.scan("e2", "X", warehouse="PEK1", by=PERSON)).json()["warehouse"] == "PEK1"


async def test_a_cancelled_return_expects_nothing_more(inspection_service: InspectionService) -> None:
    """The customer keeps it; what comes all the same lies in quarantine."""
    return_id = await inspection_service.approve("X", "X")
    await inspection_service.scan("e1", "X")
    cancelled = events.ReturnCancelled(return_id=return_id, customer_id="cust_1", language="en")
    await inspection_service.happen(cancelled, return_id)
    await inspection_service.scan("e2", "X")
    told = await inspection_service.events(return_id, 2)
    assert [kind for kind, _ in told] == ["inspection.received.v1", "inspection.questioned.v1"]
    assert told[1][1]["kind"] == "cancelled"
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    assert [unit["state"] for unit in seen["units"]] == ["received", "cancelled"]


async def test_a_return_cancelled_before_its_approval_is_no_trouble(inspection_service: InspectionService) -> None:
    cancelled = events.ReturnCancelled(return_id="ret_1", customer_id="cust_1", language="en")
    await inspection_service.happen(cancelled, "ret_1")
    closed = events.ReturnClosed(return_id="ret_1", outcome="cancelled")
    await inspection_service.happen(closed, "ret_1")
    operator = Principal(Kind.STAFF, "op", frozenset({Role.OPERATOR}))
    assert (await inspection_service.get("/v1/operations/inspection/dead-letters", by=operator))["items"] == []


async def test_a_customer_has_no_door_here(inspection_service: InspectionService) -> None:
    """O01, I-27."""
    customer = Principal(Kind.CUSTOMER, "cust_1", frozenset({Role.CUSTOMER}))
    return_id = await inspection_service.approve("X")
    for path in ("/v1/receipts", "/v1/inspections", f"/v1/inspections/{return_id}", "/v1/discrepancies"):
        assert (await inspection_service.refused(path, customer)).status_code == 403
    assert (await inspection_service.scan("e1", "X", by=customer)).status_code == 403


async def test_lists_are_read_page_by_page(inspection_service: InspectionService) -> None:
    await inspection_service.approve(*["X"] * 5)
    ids = [(await inspection_service.scan(f"e{n}", "X")).json()["id"] for n in range(5)]
    found: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await inspection_service.get("/v1/receipts", limit=2, **cursor)
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == sorted(ids, reverse=True)


async def forget_answers(inspection_service: InspectionService) -> None:
    """The desk's memory of answers is emptied, as time will do."""
    table = inspection_service.service.database.tables.idempotency
    rows = await inspection_service.service.database.reader.rows(select(table))
    work = Work(writes=[Remove(table, {"scope": row["scope"]}) for row in rows])
    await inspection_service.service.database.committer.commit(work)


async def pretend_it_was_for(inspection_service: InspectionService, scan_id: str, rma: str) -> None:
    """As if this post had looked for its return a moment before the approval was saved."""
    [row] = await inspection_service.service.database.reader.load(scans, "id", scan_id)
    changed = {**row, "rma": rma, "rma_key": rma_key(rma)}
    await inspection_service.service.database.committer.commit(Work(writes=[Put(scans, changed)]))


@pytest.mark.parametrize(
    ("calendar", "posted_at", "due"),
    [
        ("CN", "2026-11-16T02:00:00Z", "2026-11-17T10:00:00Z"),
        ("EU", "2026-12-24T09:00:00Z", "2026-12-28T17:00:00Z"),
        ("UK", "2026-12-24T09:00:00Z", "2026-12-29T18:00:00Z"),
        ("US", "2026-11-26T03:30:00Z", "2026-11-27T23:00:00Z"),
        (None, "2026-09-19T02:00:00Z", "2026-09-20T10:00:00Z"),
    ],
)
async def test_z11_the_result_is_promised_by_the_calendar_that_the_approval_names(
    inspection_service: InspectionService, calendar: str | None, posted_at: str, due: str
) -> None:
    """R4.3: bank holidays, Thanksgiving seen from New York, and a return from before, whose approval names none."""
    return_id = await inspection_service.approve("X", calendar=calendar)
    inspection_service.clock.now = datetime.fromisoformat(posted_at)
    assert (await inspection_service.scan("e1", "X")).status_code == 201
    seen = await inspection_service.get(f"/v1/inspections/{return_id}")
    listed = (await inspection_service.get("/v1/inspections"))["items"]
    _, data = (await inspection_service.events(return_id, 1))[0]
    assert [seen["inspect_by"], seen["units"][0]["inspect_by"], listed[0]["inspect_by"], data["inspect_by"]] == [
        due
    ] * 4


async def test_z11_a_calendar_that_is_not_here_is_not_guessed(inspection_service: InspectionService) -> None:
    """The approval is put aside for a person; the goods wait unidentified."""
    return_id = await inspection_service.approve("X", calendar="EU-FR")
    assert (await inspection_service.scan("e1", "X")).status_code == 202
    assert (await inspection_service.refused(f"/v1/inspections/{return_id}", AGENT)).status_code == 404
    parked = await inspection_service.service.database.reader.rows(common.parked.select())
    assert [(row["state"], row["reason"]) for row in parked] == [("dead", "rule:unknown_calendar")]
