"""Facts of the other services through the real inbox: late, early, twice, failing; on both engines."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from tests.integration.requests.conftest import AGENT, ANNA, Others, RequestsService
from tests.support.keeping import Losing
from tests.support.waiting import eventually


async def status(requests_service: RequestsService, others: Others) -> str:
    return str((await requests_service.see(f"/v1/returns/{others.id}"))["status"])


async def until(requests_service: RequestsService, others: Others, wanted: str) -> None:
    async def reached() -> bool:
        return await status(requests_service, others) == wanted

    await eventually(reached)


async def test_two_parcels_and_two_refunds(requests_service: RequestsService) -> None:
    """W3: the return waits for the second parcel and ends when both are paid and told."""
    others = Others(requests_service, await requests_service.request(await requests_service.order(), quantity=2))
    one, two = others.units
    await others.receive(one)
    await others.inspect(one)
    await others.pay("rfd_1", one)
    found = await requests_service.see(f"/v1/returns/{others.id}")
    assert found["status"] == "approved"
    assert sorted(unit["whereabouts"] for unit in found["units"]) == ["in_stock", "with_customer"]
    await others.receive(two)
    await others.inspect(two)
    await others.pay("rfd_2", two)
    found = await requests_service.see(f"/v1/returns/{others.id}")
    assert (found["status"], found["outcome"], len(found["refunds"])) == ("closed", "refunded", 2)


async def test_one_is_paid_while_the_other_waits_for_a_person(requests_service: RequestsService) -> None:
    """W7, R4.5."""
    others = Others(requests_service, await requests_service.request(await requests_service.order(), quantity=2))
    one, two = others.units
    await others.receive(one, two)
    await others.inspect(one)
    await others.inspect(two, passed=False)
    await others.pay("rfd_1", one)
    assert await status(requests_service, others) == "awaiting_person"
    await others.decide(two, accept=False)
    found = await requests_service.see(f"/v1/returns/{others.id}")
    assert (found["status"], found["outcome"]) == ("closed", "partly_refunded")
    assert (await requests_service.events(others.id, 3))[-1].data["outcome"] == "partly_refunded"


async def test_money_and_words_that_are_heard_of_first_wait_for_their_facts(requests_service: RequestsService) -> None:
    """The nouns travel apart: the message, then the refund, then the inspection; in the end all is in its place."""
    others = Others(requests_service, await requests_service.request(await requests_service.order()))
    (unit,) = others.units
    await others.tell("refund_settled", "rfd_1")
    await others.open_refund("rfd_1", unit)
    await others.settle("rfd_1", unit)
    assert await status(requests_service, others) == "approved"
    assert {row["state"] for row in await requests_service.parked()} == {"waiting"}
    await others.receive(unit)
    await others.inspect(unit)

    async def closed() -> bool:
        requests_service.clock.move(seconds=1)
        return await status(requests_service, others) == "closed"

    await eventually(closed)
    assert await requests_service.parked() == []


async def test_the_same_event_three_times_is_applied_once(requests_service: RequestsService) -> None:
    """N04: each step stands once in the story."""
    others = Others(requests_service, await requests_service.request(await requests_service.order()))
    (unit,) = others.units
    sent = []
    original = requests_service.happen

    async def thrice(*args: object, **more: object) -> object:
        envelope = await original(*args, **more)  # type: ignore[arg-type]
        sent.append(envelope)
        await asyncio.gather(requests_service.again(envelope), requests_service.again(envelope))
        return envelope

    requests_service.happen = thrice  # type: ignore[method-assign, assignment]
    await others.receive(unit)
    await others.inspect(unit)
    await others.pay("rfd_1", unit)
    for envelope in sent:
        await requests_service.again(envelope)
    assert len(sent) == 5
    codes = [step["code"] for step in (await requests_service.see(f"/v1/returns/{others.id}/timeline"))["steps"]]
    assert codes == [
        "requested",
        "approved",
        "received",
        "inspected",
        "refund_opened",
        "refund_settled",
        "told",
        "closed",
    ]
    assert await requests_service.parked() == []


@pytest.mark.parametrize(("hours", "dated"), [(-30, -30), (5, 0), (None, 0)])
async def test_an_arrival_is_dated_by_the_dock_and_never_by_what_is_yet_to_come(
    requests_service: RequestsService, hours: int | None, dated: int
) -> None:
    """N01, E01: heard of a day late it is still of the day before; a clock ahead of ours moves nothing."""
    others = Others(requests_service, await requests_service.request(await requests_service.order()))
    requests_service.clock.move(days=3)
    now = requests_service.clock()
    await others.receive(*others.units, received_at=None if hours is None else now + timedelta(hours=hours))
    step = (await requests_service.see(f"/v1/returns/{others.id}/timeline"))["steps"][-1]
    assert step["code"] == "received"
    assert datetime.fromisoformat(step["at"]) == now + timedelta(hours=dated)
    found = await requests_service.see(f"/v1/returns/{others.id}")
    assert datetime.fromisoformat(found["next"]["by"]) == now + timedelta(days=1)


async def test_two_refunds_are_shown_each_with_its_own_money_and_deadline(requests_service: RequestsService) -> None:
    """I06: the one that is due first is what is next, the newest one is shown in front."""
    order = await requests_service.order()
    others = Others(requests_service, await requests_service.request(order, quantity=2))
    one, two = others.units
    await others.receive(one, two)
    await others.inspect(one, two)
    await others.open_refund("rfd_1", one, minor=9230, pay_in=5)
    requests_service.clock.move(days=1)
    await others.open_refund("rfd_2", two, minor=9232, pay_in=9)
    start = requests_service.clock() - timedelta(days=1)
    found = await requests_service.see(f"/v1/returns/{others.id}")
    assert [(each["id"], each["amount"]["amount_minor"], each["units"]) for each in found["refunds"]] == [
        ("rfd_1", 9230, [one]),
        ("rfd_2", 9232, [two]),
    ]
    assert [datetime.fromisoformat(each["pay_by"]) for each in found["refunds"]] == [
        start + timedelta(days=5),
        start + timedelta(days=10),
    ]
    assert found["refund"] == found["refunds"][1]
    assert datetime.fromisoformat(found["next"]["by"]) == start + timedelta(days=5)


@pytest.mark.parametrize("done", [True, False])
async def test_a_fact_whose_commit_was_in_doubt_is_told_once(
    requests_service: RequestsService, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    """N04: the database went away before the commit, or after it; the same event comes again."""
    others = Others(requests_service, await requests_service.request(await requests_service.order()))
    committer = requests_service.service.database.committer
    losing = Losing(committer.commit, "returns", done)
    monkeypatch.setattr(committer, "commit", losing)
    await others.receive(*others.units)
    await until(requests_service, others, "received")
    assert losing.lost == 1
    codes = [step["code"] for step in (await requests_service.see(f"/v1/returns/{others.id}/timeline"))["steps"]]
    assert codes == ["requested", "approved", "received"]
    assert await requests_service.parked() == []


async def test_a_failed_refund_is_shown_and_the_next_one_ends_it(requests_service: RequestsService) -> None:
    others = Others(requests_service, await requests_service.request(await requests_service.order()))
    (unit,) = others.units
    await others.receive(unit)
    await others.inspect(unit)
    await others.open_refund("rfd_1", unit)
    await others.fail("rfd_1")
    found = await requests_service.see(f"/v1/returns/{others.id}", ANNA)
    assert (found["status"], found["refund"]["state"]) == ("refunding", "failed")
    assert "another way" in found["next"]["what"]["en"]
    await others.pay("rfd_2", unit)
    assert await status(requests_service, others) == "closed"


async def test_a_message_that_did_not_arrive_keeps_the_return_open_for_a_person(
    requests_service: RequestsService,
) -> None:
    """R5.1: refunded is not the end; told is."""
    others = Others(requests_service, await requests_service.request(await requests_service.order()))
    (unit,) = others.units
    await others.receive(unit)
    await others.inspect(unit)
    await others.open_refund("rfd_1", unit)
    await others.settle("rfd_1", unit)
    await others.fail_to_tell("refund_settled")
    found = await requests_service.see(f"/v1/returns/{others.id}", AGENT)
    assert (found["status"], found["next"]["who"]) == ("refunded", "agent")
    await others.tell("refund_settled", "rfd_1")
    assert await status(requests_service, others) == "closed"


@pytest.mark.parametrize("how", ["telephone", "dropped"])
async def test_z20_a_return_closes_when_the_customer_was_told_otherwise_or_nobody_needs_the_message(
    requests_service: RequestsService, how: str
) -> None:
    """R08: a letter that cannot be delivered is no dead end of the return."""
    others = Others(requests_service, await requests_service.request(await requests_service.order()))
    (unit,) = others.units
    await others.receive(unit)
    await others.inspect(unit)
    await others.open_refund("rfd_1", unit)
    await others.settle("rfd_1", unit)
    await others.fail_to_tell("refund_settled")
    if how == "dropped":
        await others.drop("refund_settled", "rfd_1")
    else:
        await others.tell("refund_settled", "rfd_1", how)
    assert await status(requests_service, others) == "closed"
    steps = (await requests_service.see(f"/v1/returns/{others.id}/timeline", AGENT))["steps"]
    said = [step["says"]["en"] for step in steps if step["code"] in ("told", "message_dropped")]
    expected = {"dropped": "nobody needs it any more", "telephone": "by telephone"}[how]
    assert expected in said[-1]


async def test_what_arrives_after_it_was_given_up_is_paid_and_holds_its_unit_again(
    requests_service: RequestsService,
) -> None:
    """D06, B14."""
    order = await requests_service.order()
    asked = await requests_service.request(order, line="L2")
    await requests_service.good(f"/v1/returns/{asked['id']}/cancellation", {}, ANNA)
    others = Others(requests_service, asked)
    (unit,) = others.units
    await others.receive(unit)
    assert await status(requests_service, others) == "received"
    again = await requests_service.post(
        "/v1/returns",
        {
            "order_id": order["id"],
            "lines": [{"line_id": "L2", "quantity": 1, "reason": "changed_mind", "condition": "unopened"}],
        },
        ANNA,
    )
    assert again.json()["code"] == "units_already_returned"
    await others.inspect(unit)
    await others.pay("rfd_1", unit)
    assert await status(requests_service, others) == "closed"


async def test_z23_a_unit_given_up_and_asked_for_again_elsewhere_counts_where_it_arrives(
    requests_service: RequestsService,
) -> None:
    """B14, Z23: the first return's parcel arrives although a second return holds the unit. The goods are inspected
    where they are. The guards of the refund see to it that one piece is paid once.
    """
    order = await requests_service.order()
    first = await requests_service.request(order, line="L2")
    await requests_service.good(f"/v1/returns/{first['id']}/cancellation", {}, ANNA)
    second = await requests_service.request(order, line="L2")
    others = Others(requests_service, first)
    await others.receive(*others.units)
    assert await requests_service.parked() == []
    assert await status(requests_service, others) == "received"
    assert await status(requests_service, Others(requests_service, second)) == "approved"


@pytest.mark.parametrize("refused", [True, False])
async def test_a_fact_that_cannot_be_is_a_dead_letter_and_holds_up_nobody_else(
    requests_service: RequestsService, refused: bool
) -> None:
    """DESIGN 8: visible and replayable; other returns go on."""
    order = await requests_service.order()
    wrong, right = (
        Others(requests_service, await requests_service.request(order)),
        Others(requests_service, await requests_service.request(order)),
    )
    deeds: list[Callable[[], Awaitable[None]]] = [
        lambda: wrong.inspect(*wrong.units),
        lambda: right.receive(*right.units),
        lambda: right.inspect(*right.units),
    ]
    for deed in deeds if refused else deeds[1:]:
        await deed()
    assert [row["state"] for row in await requests_service.parked()] == ["dead"] * refused
    assert await status(requests_service, right) == "inspected"


async def test_a_result_is_taken_back_and_its_refund_is_stopped(requests_service: RequestsService) -> None:
    """Z01: accepted, then held; the stopped refund is gone, and the story says so in both languages."""
    others = Others(requests_service, await requests_service.request(await requests_service.order()))
    (unit,) = others.units
    await others.receive(unit)
    await others.inspect(unit)
    await others.open_refund("rfd_1", unit)
    await others.stop_refund("rfd_1", unit)
    await others.correct({unit: "failed"})
    found = await requests_service.see(f"/v1/returns/{others.id}")
    assert (found["status"], found["refunds"]) == ("awaiting_person", [])
    steps = [step["code"] for step in (await requests_service.see(f"/v1/returns/{others.id}/timeline"))["steps"]]
    assert steps[-2:] == ["refund_stopped", "corrected"]
    await others.decide(unit, accept=True)
    await others.pay("rfd_2", unit)
    assert await status(requests_service, others) == "closed"


async def test_a_correction_overtakes_the_refund_that_it_was_too_late_for(requests_service: RequestsService) -> None:
    """Z01: the nouns travel apart. The paid refund is known, and the unit is held."""
    others = Others(requests_service, await requests_service.request(await requests_service.order()))
    (unit,) = others.units
    await others.receive(unit)
    await others.inspect(unit)
    await others.correct({unit: "failed"})
    await others.pay("rfd_1", unit)
    found = await requests_service.see(f"/v1/returns/{others.id}")
    assert (found["status"], len(found["refunds"])) == ("awaiting_person", 1)
    assert await requests_service.parked() == []
    await others.decide(unit, accept=True)
    assert await status(requests_service, others) == "closed"


async def test_a_closed_return_lives_again_when_a_decision_is_taken_back(requests_service: RequestsService) -> None:
    """Z01: refused and closed; then the person takes the refusal back."""
    others = Others(requests_service, await requests_service.request(await requests_service.order()))
    (unit,) = others.units
    await others.receive(unit)
    await others.inspect(unit, passed=False)
    await others.decide(unit, accept=False)
    assert await status(requests_service, others) == "closed"
    await others.correct({unit: "failed"})
    assert await status(requests_service, others) == "awaiting_person"
    await others.correct({unit: "expected"})
    assert await status(requests_service, others) == "approved"


@pytest.mark.parametrize(("outcome", "words"), [("paid_otherwise", "paid in another way"), ("not_owed", "not owed")])
async def test_z09_a_return_waits_for_the_person_who_settles_a_remainder(
    requests_service: RequestsService, outcome: str, words: str
) -> None:
    """`next` names the remainder; the return closes with it, and the story tells so in both languages."""
    others = Others(requests_service, await requests_service.request(await requests_service.order()))
    (unit,) = others.units
    await others.receive(unit)
    await others.inspect(unit)
    await others.open_refund("rfd_1", unit, remainder=2_000)
    await others.settle("rfd_1", unit)
    await others.tell("refund_settled", "rfd_1")
    found = await requests_service.see(f"/v1/returns/{others.id}")
    assert (found["status"], found["next"]["who"]) == ("refunded", "finance")
    assert "settles this part" in found["next"]["what"]["en"]
    assert "由财务人员处理" in found["next"]["what"]["zh-CN"]
    await others.close_remainder("rfd_1", 2_000, outcome)
    found = await requests_service.see(f"/v1/returns/{others.id}")
    assert (found["status"], found["next"]) == ("closed", None)
    steps = (await requests_service.see(f"/v1/returns/{others.id}/timeline"))["steps"]
    assert [step["code"] for step in steps][-2:] == ["remainder_closed", "closed"]
    assert words in str(steps[-2])


async def test_z09_where_a_remainder_is_all_next_names_it_before_anything_is_paid(
    requests_service: RequestsService,
) -> None:
    others = Others(requests_service, await requests_service.request(await requests_service.order()))
    (unit,) = others.units
    await others.receive(unit)
    await others.inspect(unit)
    await others.open_refund("rfd_1", unit, minor=0, remainder=9_231)
    found = await requests_service.see(f"/v1/returns/{others.id}")
    assert (found["status"], found["next"]["who"]) == ("refunding", "finance")
    assert "settles this part" in found["next"]["what"]["en"]
    assert "由财务人员处理" in found["next"]["what"]["zh-CN"]
    await others.close_remainder("rfd_1", 9_231)
    await others.settle("rfd_1", unit, minor=0)
    await others.tell("refund_settled", "rfd_1")
    assert await status(requests_service, others) == "closed"


async def test_z07_a_closed_return_goes_on_with_a_further_refund_and_closes_again(
    requests_service: RequestsService,
) -> None:
    """What became due later has no units."""
    others = Others(requests_service, await requests_service.request(await requests_service.order()))
    (unit,) = others.units
    await others.receive(unit)
    await others.inspect(unit)
    await others.pay("rfd_1", unit)
    assert await status(requests_service, others) == "closed"
    await others.open_refund("rfd_2", minor=700)
    found = await requests_service.see(f"/v1/returns/{others.id}")
    assert (found["status"], found["next"]["who"]) == ("refunded", "finance")
    await others.settle("rfd_2", minor=700)
    await others.tell("refund_settled", "rfd_2")
    found = await requests_service.see(f"/v1/returns/{others.id}")
    assert (found["status"], found["next"]) == ("closed", None)
