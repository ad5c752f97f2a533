"""Refunds that the provider did not pay: tried again, paid in another way, closed; never twice (Z22, Z25, I07)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from service_refunds.adapters.tables import paid_twice
from service_refunds.domain.settlement.refund import INQUIRE_FOR_AT_LEAST
from shared.contracts import events
from shared.kernel.principal import Kind, Principal, Role
from tests.contract.fake_provider import FakeProvider
from tests.integration.refunds.running_refunds import (
    ADMIN,
    FINANCE,
    START,
    RunningRefunds,
    _as,
    a_customer,
    a_database,
    a_line,
    a_tender,
    an_order,
    assert_books_balance,
    running_refunds,
)

AUDITOR = Principal(Kind.STAFF, "acc_auditor", frozenset({Role.AUDITOR}))
BY_TRANSFER = {
    "outcome": "paid_by_other_means",
    "reason": "Card closed",
    "means": "bank_transfer",
    "consent": {
        "given_by": "The customer", "given_at": "2026-11-24T07:00:00Z", "channel": "email", "evidence": "Ticket 1"
    },
    "proof": {"reference": "SEPA-4711", "paid_on": "2026-11-24"},
}  # fmt: skip
NOT_OWED = {"outcome": "not_owed", "reason": "Lost dispute", "because": "charged_back"}


async def act(house: RunningRefunds, refund: str, what: str, body: Any = None, who: Principal = FINANCE) -> Any:
    """An act on a refund; `attempts` needs a reason."""
    body = {"reason": "so"} if what == "attempts" and body is None else body
    return await house.http.post(
        f"/v1/refunds/{refund}/{what}", json=body, headers={**_as(who), "Idempotency-Key": uuid4().hex}
    )


async def failed(house: RunningRefunds, state: str = "failed", **but: Any) -> dict[str, Any]:
    """A refund of one piece, as finance sees it once it is in this state."""
    order = an_order(**but)
    await house.tell(order, order.order_id)
    await house.accept(await house.returned(order, "u1"), "u1")
    return await seen(house, state)


async def seen(house: RunningRefunds, state: str) -> dict[str, Any]:
    [row] = await house.until(lambda: house.refunds_in(state), seconds=60)
    found: dict[str, Any] = (await house.get(f"/v1/refunds/{row['id']}")).json()
    return found


async def told(house: RunningRefunds, *types: str) -> list[Any]:
    """Exactly these events were published, in this order."""

    async def all_there() -> bool:
        return len(house.witness.seen) >= len(types)

    await house.until(all_there, seconds=60)
    assert [each.type for each in house.witness.seen] == [f"refund.{word}.v1" for word in types]
    return house.witness.seen


async def accounts(house: RunningRefunds, refund: dict[str, Any]) -> dict[str, int]:
    ledger = (await house.get(f"/v1/ledger?order_id={refund['order_id']}")).json()
    assert ledger["sum_minor"] == 0
    return {each["account"]: each["balance_minor"] for each in ledger["accounts"] if each["balance_minor"]}


async def test_z22_a_declined_refund_is_tried_again_under_a_new_key(engines: Any) -> None:
    provider = FakeProvider(plan=["decline"])
    async with running_refunds(await a_database(engines), provider=provider) as house:
        refund = await failed(house)
        assert refund["actions"] == ["retry_refund", "resolve_refund"]
        assert refund["unpaid"]["amount_minor"] == 10_000
        as_auditor = (await house.get(f"/v1/refunds/{refund['id']}", AUDITOR)).json()
        assert as_auditor["actions"] == []
        assert (await act(house, refund["id"], "attempts", who=AUDITOR)).status_code == 403
        assert (await act(house, refund["id"], "attempts")).status_code == 200
        after = await seen(house, "settled")
        assert [(each["key"], each["state"]) for each in after["payouts"]] == [
            (f"{refund['id']}-1", "failed"),
            (f"{refund['id']}-2", "settled"),
        ]
        assert (after["code"], after["unpaid"]["amount_minor"], after["actions"]) == (None, 0, [])
        customer = (await house.get(f"/v1/refunds/{refund['id']}", a_customer("cus-1"))).json()
        assert (customer["progress"], len(customer["payouts"])) == ("refunded", 1)
        assert [key for key, _ in provider.booked] == [f"{refund['id']}-2"]
        last = (await told(house, "opened", "failed", "reopened", "settled"))[-1].data
        assert [share["trace"] for share in last["tenders"]] == [f"trace-{refund['id']}-2"]
        assert (last["storefront"], last["rma"], last["tenders"][0]["reference"]) == ("shop", "RMA-1", "ch_T1")
        assert last["order_number"] == refund["order_number"]
        assert await accounts(house, refund) == {"component:goods_net": 10_000, "tender:T1": -10_000}
        await assert_books_balance(house)
        again = await act(house, refund["id"], "attempts")
        assert (again.status_code, again.json()["code"]) == (409, "illegal_move")


async def test_z22_another_method_needs_consent_proof_and_a_second_person(engines: Any) -> None:
    """I07, Z25: 409 names the first person and what is left; the money is reserved while it waits."""
    provider = FakeProvider(plan=["decline"])
    async with running_refunds(await a_database(engines), provider=provider) as house:
        refund = await failed(house)
        for part in ("means", "consent", "proof"):
            less = {name: value for name, value in BY_TRANSFER.items() if name != part}
            refused = await act(house, refund["id"], "resolution", less)
            assert (refused.status_code, refused.json()["code"]) == (422, "resolution_incomplete")
            assert part in refused.text
        waits = await act(house, refund["id"], "resolution", BY_TRANSFER)
        assert (waits.status_code, waits.json()["state"]) == (200, "awaiting_confirmation")
        assert waits.json()["actions"] == ["withdraw_resolution"]
        for what, body in (("attempts", None), ("resolution", NOT_OWED)):
            refused = await act(house, refund["id"], what, body, ADMIN)
            assert (refused.status_code, refused.json()["code"]) == (409, "resolution_waits")
            assert all(word in refused.text for word in (FINANCE.id, "paid_by_other_means", "100.00"))
        own = await act(house, refund["id"], "resolution/confirmation")
        assert (own.status_code, own.json()["code"]) == (409, "second_person_needed")
        assert FINANCE.id in own.text
        await assert_books_balance(house)
        done = await act(house, refund["id"], "resolution/confirmation", who=ADMIN)
        assert (done.status_code, done.json()["state"]) == (200, "settled")
        [kept] = done.json()["resolutions"]
        assert (kept["by"], kept["confirmed_by"], kept["consent"]["channel"]) == (FINANCE.id, ADMIN.id, "email")
        last = (await told(house, "opened", "failed", "settled"))[-1].data
        assert [(each["means"], each["trace"]) for each in last["tenders"]] == [("bank_transfer", "SEPA-4711")]
        assert await accounts(house, refund) == {"component:goods_net": 10_000, "means:bank_transfer": -10_000}
        await assert_books_balance(house)
        assert provider.total() == 0
        more = await act(house, refund["id"], "resolution/confirmation", who=ADMIN)
        assert more.json()["code"] == "no_open_resolution"


async def test_z22_what_waits_for_a_second_person_can_be_taken_back(engines: Any) -> None:
    async with running_refunds(await a_database(engines), provider=FakeProvider(plan=["decline"])) as house:
        refund = await failed(house)
        by_hand = {"outcome": "paid_by_hand", "reason": "so", "proof": BY_TRANSFER["proof"]}
        await act(house, refund["id"], "resolution", by_hand)
        back = await act(house, refund["id"], "resolution/withdrawal")
        assert (back.json()["state"], back.json()["resolution"]) == ("failed", None)
        await assert_books_balance(house)
        assert (await act(house, refund["id"], "attempts")).status_code == 200
        await seen(house, "settled")
        await told(house, "opened", "failed", "reopened", "settled")


async def test_z22_what_is_not_owed_is_closed_by_two_persons(engines: Any) -> None:
    async with running_refunds(await a_database(engines), provider=FakeProvider(plan=["decline"])) as house:
        refund = await failed(house)
        await act(house, refund["id"], "resolution", NOT_OWED)
        done = await act(house, refund["id"], "resolution/confirmation", who=ADMIN)
        assert (done.json()["state"], done.json()["progress"]) == ("closed", "not_owed")
        last = (await told(house, "opened", "failed", "closed"))[-1].data
        assert (last["because"], last["amount"]["amount_minor"]) == ("charged_back", 10_000)
        assert await accounts(house, refund) == {"component:goods_net": 10_000, "not_owed": -10_000}
        await assert_books_balance(house)


async def test_z22_one_of_several_payments_fails_and_only_that_one_is_tried_again(engines: Any) -> None:
    provider = FakeProvider(plan=["settle", "decline"])
    async with running_refunds(await a_database(engines), provider=provider) as house:
        refund = await failed(house, tenders=(a_tender("T1", 6_000), a_tender("T2", 4_000, "gift_card")))
        assert refund["code"] == "partly_failed"
        assert refund["unpaid"]["amount_minor"] + provider.total() == 10_000
        await act(house, refund["id"], "attempts")
        await seen(house, "settled")
        assert (provider.total(), len(provider.booked)) == (10_000, 2)
        await assert_books_balance(house)


async def test_z22_an_unknown_attempt_is_never_repeated_under_a_new_key(engines: Any) -> None:
    """I-02 to I-04: after the key's time only two persons who have read the provider's books can say that it failed."""
    provider = FakeProvider(plan=["silent"], key_window=timedelta(0))
    async with running_refunds(await a_database(engines), provider=provider) as house:
        await failed(house, "unknown")
        house.clock.pass_by(seconds=INQUIRE_FOR_AT_LEAST.total_seconds() + 60)
        refund = await seen(house, "manual_review")
        assert refund["actions"] == ["inquire_refund", "resolve_refund"]
        for what, body in (("attempts", None), ("resolution", BY_TRANSFER), ("resolution", NOT_OWED)):
            refused = await act(house, refund["id"], what, body)
            assert (refused.status_code, refused.json()["code"]) == (409, "illegal_move")
        assert (await act(house, refund["id"], "inquiry")).status_code == 200
        await seen(house, "manual_review")
        found = {"outcome": "found_unpaid", "reason": "Not in the provider's list", "payouts": [f"{refund['id']}-1"]}
        await act(house, refund["id"], "resolution", found)
        after = await act(house, refund["id"], "resolution/confirmation", who=ADMIN)
        assert (after.json()["state"], after.json()["code"]) == ("failed", "found_unpaid")
        await act(house, refund["id"], "attempts")
        await seen(house, "settled")
        assert [key for key, _ in provider.booked] == [f"{refund['id']}-2"]
        await told(house, "opened", "doubted", "failed", "reopened", "settled")
        await assert_books_balance(house)


async def test_z22_what_fails_for_a_reason_that_passes_is_tried_again_by_itself(engines: Any) -> None:
    """Nobody is told that it failed, and no person is needed."""
    provider = FakeProvider(plan=["busy", "busy"])
    async with running_refunds(await a_database(engines), provider=provider) as house:
        refund = await failed(house, "waiting")
        assert (refund["progress"], refund["payouts"][0]["failure"]) == ("in_progress", "temporary")
        assert refund["next_attempt_at"] == (START + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
        house.clock.pass_by(hours=1)
        await house.until(lambda: waits_again(house), seconds=60)
        house.clock.pass_by(hours=6, minutes=1)
        await seen(house, "settled")
        assert (provider.total(), len(provider.sent)) == (10_000, 3)
        await told(house, "opened", "settled")
        await assert_books_balance(house)


async def test_z22_what_was_paid_after_all_is_found_before_the_next_attempt_is_sent(engines: Any) -> None:
    """The crossing of a retry and a late success: one payment, in the books once."""
    provider = FakeProvider(plan=["decline"])
    async with running_refunds(await a_database(engines), provider=provider) as house:
        refund = await failed(house)
        provider.pay_late(f"{refund['id']}-1")
        await act(house, refund["id"], "attempts")
        after = await seen(house, "settled")
        assert [each["state"] for each in after["payouts"]] == ["settled", "stopped"]
        assert provider.sent == [f"{refund['id']}-1"]
        assert await accounts(house, refund) == {"component:goods_net": 10_000, "tender:T1": -10_000}
        await assert_books_balance(house)


async def test_z22_what_was_paid_in_another_way_and_then_by_the_provider_is_listed(engines: Any) -> None:
    """The crossing of another method and a late success: both are true, and a person gets the money back."""
    provider = FakeProvider(plan=["decline"])
    async with running_refunds(await a_database(engines), provider=provider) as house:
        refund = await failed(house)
        await act(house, refund["id"], "resolution", BY_TRANSFER)
        await act(house, refund["id"], "resolution/confirmation", who=ADMIN)
        provider.pay_late(f"{refund['id']}-1")
        house.clock.pass_by(hours=2)
        [entry] = await house.until(lambda: house.rows(paid_twice), seconds=60)
        assert (entry["code"], entry["amount_minor"], entry["refund_id"]) == ("paid_twice", 10_000, refund["id"])
        found = await accounts(house, refund)
        assert found["paid_twice"] == 10_000
        assert found["tender:T1"] == found["means:bank_transfer"] == -10_000


async def test_z22_what_somebody_else_has_paid_meanwhile_is_not_paid_again(engines: Any) -> None:
    """The guards count it: another attempt is 409, and the money is closed as not owed."""
    provider = FakeProvider(plan=["decline"])
    async with running_refunds(await a_database(engines), provider=provider) as house:
        refund = await failed(house)
        elsewhere = events.OrderRefundedElsewhere(
            order_id=refund["order_id"],
            refund_id="re_1",
            refunded_at=START,
            tenders=(events.TenderElsewhere(tender_id="T1", amount_minor=10_000),),
        )
        await house.tell(elsewhere, refund["order_id"])
        for what, body in (("attempts", None), ("resolution", BY_TRANSFER)):
            refused = await act(house, refund["id"], what, body)
            assert (refused.status_code, refused.json()["code"]) == (409, "refund_exceeds_available")
        await act(house, refund["id"], "resolution", {**NOT_OWED, "because": "paid_elsewhere"})
        done = await act(house, refund["id"], "resolution/confirmation", who=ADMIN)
        assert done.json()["state"] == "closed"
        assert provider.total() == 0


@pytest.mark.parametrize(
    "query",
    ["status=failed", "state=gone", "states=failed", "overdue=perhaps", "updated_since=today", "limit=0", "cursor=x"],
)
async def test_z35_a_list_refuses_what_it_does_not_know(engines: Any, query: str) -> None:
    async with running_refunds(await a_database(engines), loops=()) as house:
        for path in ("refunds", "finance/paid-twice", "payments/simulator/transfers", "finance/events"):
            answer = await house.get(f"/v1/{path}?{query}" if path == "refunds" else f"/v1/{path}?status=failed")
            assert answer.status_code == 422, path


async def test_n09_refunds_are_listed_by_order_state_date_and_what_waits(engines: Any) -> None:
    """R08: what nobody does anything about for a day is found by `without_act`."""
    provider = FakeProvider(plan=["decline"])
    async with running_refunds(await a_database(engines), provider=provider) as house:
        refund = await failed(house)
        order = an_order(
            number="Other #2", storefront="other", lines=(a_line(paid=2_000),), tenders=(a_tender("T1", 2_000),)
        )
        await house.tell(order, order.order_id)
        await house.accept(await house.returned(order, "u2"), "u2")
        paid = await seen(house, "settled")

        async def ids(query: str) -> list[str]:
            answer = await house.get(f"/v1/refunds?{query}")
            assert answer.status_code == 200, answer.text
            return [item["id"] for item in answer.json()["items"]]

        both = [paid["id"], refund["id"]]
        assert await ids("state=failed,settled") == await ids("") == both
        assert await ids("order_number=Other%20%232") == await ids("storefront=other") == [paid["id"]]
        assert await ids(f"order_id={refund['order_id']}") == [refund["id"]]
        assert await ids("opened_since=2026-11-24T08:00:00Z&opened_before=2026-11-24T08:00:01Z") == both
        assert await ids("updated_since=2026-11-24T08:00:01Z") == []
        assert await ids("overdue=true") == await ids("without_act=true") == []
        house.clock.pass_by(days=2)
        assert await ids("overdue=true") == await ids("without_act=true") == [refund["id"]]
        await act(house, refund["id"], "attempts")
        await house.until(lambda: house.refunds_in("settled"), seconds=60)
        assert await ids("updated_since=2026-11-26T00:00:00Z") == [refund["id"]]


async def test_i10_the_books_of_a_period_sum_to_nothing(engines: Any) -> None:
    async with running_refunds(await a_database(engines), provider=FakeProvider(plan=["decline"])) as house:
        refund = await failed(house)
        house.clock.pass_by(days=10)
        await act(house, refund["id"], "attempts")
        await seen(house, "settled")

        async def sums(begin: str, end: str) -> dict[str, int]:
            answer = (await house.get(f"/v1/ledger/sums?from={begin}&to={end}")).json()
            [euro] = answer["currencies"]
            assert (euro["currency"], euro["sum_minor"]) == ("EUR", 0)
            return {each["account"]: each["balance_minor"] for each in euro["accounts"]}

        november = await sums("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")
        december = await sums("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")
        assert (november["unpaid"], december["unpaid"], december["tender:T1"]) == (-10_000, 10_000, -10_000)
        period, found, cursor = "from=2026-11-01T00:00:00Z&to=2027-01-01T00:00:00Z", list[Any](), ""
        while True:
            page = (await house.get(f"/v1/ledger/entries?{period}&storefront=shop&limit=3{cursor}")).json()
            found += page["items"]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next'].replace('+', '%2B')}"
        assert sum(each["amount_minor"] for each in found) == 0
        assert len({(each["posting_id"], each["line"]) for each in found}) == len(found) == 8
        assert {(each["order_number"], each["return_id"]) for each in found} == {
            (refund["order_number"], refund["return_id"])
        }
        backwards = await house.get("/v1/ledger/sums?from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z")
        assert backwards.status_code == 422
        assert (await house.get(f"/v1/ledger/entries?{period}&cursor=x")).status_code == 422


async def waits_again(house: RunningRefunds) -> bool:
    """The second attempt has failed, too, and that is written down."""
    return any(len(row["payouts"]) == 2 for row in await house.refunds_in("waiting"))
