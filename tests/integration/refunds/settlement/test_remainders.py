"""Money that went back elsewhere or is disputed: what is left is paid, a person settles the rest (Z08, Z09)."""

from itertools import permutations
from typing import Any
from uuid import uuid4

from service_refunds.adapters.ledger.balance_rows import adjust_balance
from service_refunds.domain.ledger.balance import BalanceChange, Kind
from shared.contracts import events
from shared.database.work import Work
from shared.kernel.principal import Principal
from tests.integration.refunds.running_refunds import (
    ADMIN,
    FINANCE,
    RunningRefunds,
    _as,
    a_customer,
    a_database,
    a_line,
    a_tender,
    a_unit,
    an_order,
    running_refunds,
)


async def elsewhere(house: RunningRefunds, order: str, minor: int, *, disputed: int = 0) -> None:
    """So much of T1 went back in the shop's own administration, or is disputed."""
    changes = [
        BalanceChange(kind, key, cap=-disputed, settled=minor)
        for kind, key in ((Kind.TENDER, "T1"), (Kind.ORDER, "captured"))
    ]
    await house.database.committer.commit(Work(writes=[adjust_balance(order, change) for change in changes]))


async def close(
    house: RunningRefunds, refund: str, who: Principal = FINANCE, outcome: str = "paid_otherwise", key: str = ""
) -> Any:
    return await house.http.post(
        f"/v1/refunds/{refund}/remainder-closure",
        json={"outcome": outcome, "reason": "Transfer 4711"},
        headers={**_as(who), "Idempotency-Key": key or uuid4().hex},
    )


async def test_z09_what_is_left_is_paid_and_the_rest_waits_for_a_person(engines: Any) -> None:
    """100.00 captured, 20.00 refunded elsewhere: 80.00 is paid, 20.00 has its reason and is closed once."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order()
        await house.tell(order, order.order_id)
        await elsewhere(house, order.order_id, 2_000)
        returned = await house.returned(order, "u1")
        await house.accept(returned, "u1")
        await house.until(lambda: house.refunds_in("settled"))
        found = (await house.get(f"/v1/refunds?return_id={returned}")).json()["items"][0]
        assert found["amount"]["amount_minor"] == sum(each["amount_minor"] for each in found["payouts"]) == 8_000
        assert found["remainder"] == {"amount_minor": 2_000, "reasons": ["payments_used_up"], "open": True}
        assert {"name": "remainder", "amount_minor": -2_000} in found["components"]
        as_customer = (await house.get(f"/v1/refunds/{found['id']}", a_customer("cus-1"))).json()
        assert as_customer["remainder"] == found["remainder"]
        assert "remainder_closed" not in as_customer
        await house.until(lambda: _seen(house, 2))
        assert [event.data["remainder"]["amount_minor"] for event in house.witness.seen] == [2_000, 2_000]
        assert (await house.get(f"/v1/ledger?order_id={order.order_id}")).json()["sum_minor"] == 0
        listed = (await house.get("/v1/refunds?remainder=open")).json()["items"]
        assert [each["id"] for each in listed] == [found["id"]]
        key = uuid4().hex
        for _ in range(2):
            closed = await close(house, found["id"], key=key)
            assert closed.status_code == 200, closed.text
            assert closed.json()["remainder"]["open"] is False
            told = closed.json()["remainder_closed"]
            assert (told["outcome"], told["reason"], told["by"]) == ("paid_otherwise", "Transfer 4711", FINANCE.id)
        assert (await house.get("/v1/refunds?remainder=open")).json()["items"] == []
        assert (await house.get("/v1/refunds?remainder=shut")).status_code == 422
        await house.until(lambda: _seen(house, 3))
        said = house.witness.seen[-1]
        assert (said.type, said.data["outcome"], said.data["amount"]["amount_minor"]) == (
            "refund.remainder_closed.v1", "paid_otherwise", 2_000,
        )  # fmt: skip
        again = await close(house, found["id"], ADMIN, "not_owed")
        assert (again.status_code, again.json()["code"]) == (409, "no_open_remainder")


async def test_z09_where_nothing_is_left_nobody_says_refunded_until_a_person_has_settled(engines: Any) -> None:
    """A refund without a payout needs attention; when the remainder is closed it is settled, and all are told."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order()
        await house.tell(order, order.order_id)
        await elsewhere(house, order.order_id, 4_000, disputed=6_000)
        returned = await house.returned(order, "u1")
        await house.accept(returned, "u1")
        [row] = await house.until(lambda: house.refunds_in("manual_review"))
        seen = (await house.get(f"/v1/refunds/{row['id']}", a_customer("cus-1"))).json()
        assert (seen["state"], seen["amount"]["amount_minor"], seen["remainder"]["amount_minor"]) == (
            "needs_attention", 0, 10_000,
        )  # fmt: skip
        assert seen["remainder"]["reasons"] == ["dispute_open", "payments_used_up"]
        await house.until(lambda: _seen(house, 1))
        assert [event.type for event in house.witness.seen] == ["refund.opened.v1"]
        assert (await close(house, row["id"], outcome="not_owed")).json()["state"] == "settled"
        await house.until(lambda: _seen(house, 3))
        assert [event.type for event in house.witness.seen[1:]] == ["refund.remainder_closed.v1", "refund.settled.v1"]
        assert house.witness.seen[-1].data["remainder"] is None


async def test_z09_a_refund_without_a_remainder_has_nothing_to_close(engines: Any) -> None:
    async with running_refunds(await a_database(engines)) as house:
        order = an_order()
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1")
        await house.accept(returned, "u1")
        [row] = await house.until(lambda: house.refunds_in("settled"))
        assert (await close(house, row["id"])).json()["code"] == "no_open_remainder"
        assert (await house.get(f"/v1/refunds/{row['id']}")).json()["remainder"] is None
        unknown = await close(house, "rfd_01M866AF1NE5RRA8F1E8V5HP0Q")
        assert unknown.status_code == 404


async def test_z09_another_payment_takes_what_one_no_longer_has_in_the_order_of_the_approval(engines: Any) -> None:
    """I02: the approval says credit first; T1 has 10.00 left of 60.00, so T2 gives its 40.00."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(tenders=(a_tender("T1", 6_000), a_tender("T2", 4_000, "gift_card")), lines=(a_line(),))
        await house.tell(order, order.order_id)
        await elsewhere(house, order.order_id, 5_000)
        returned = await house.returned(order, "u1", tender_order=events.TenderOrder.CREDIT_FIRST)
        await house.accept(returned, "u1")
        [row] = await house.until(lambda: house.refunds_in("settled"))
        found = (await house.get(f"/v1/refunds/{row['id']}")).json()
        assert {each["tender_id"]: each["amount_minor"] for each in found["payouts"]} == {"T1": 1_000, "T2": 4_000}
        assert found["remainder"]["amount_minor"] == 5_000


async def test_i02_the_order_of_payments_is_that_of_the_approval(engines: Any) -> None:
    tenders = (a_tender("T1", 6_000), a_tender("T2", 4_000, "gift_card"))
    expected = {
        None: {"T1": 3_000, "T2": 2_000}, "proportional": {"T1": 3_000, "T2": 2_000}, "card_first": {"T1": 5_000},
        "credit_first": {"T1": 1_000, "T2": 4_000}, "lifo": {"T1": 1_000, "T2": 4_000}, "fifo": {"T1": 5_000},
    }  # fmt: skip
    async with running_refunds(await a_database(engines)) as house:
        for name, parts in expected.items():
            order = an_order(tenders=tenders, lines=(a_line(paid=10_000, quantity=2),))
            await house.tell(order, order.order_id)
            how = None if name is None else events.TenderOrder(name)
            unit = uuid4().hex
            returned = await house.returned(order, unit, tender_order=how)
            await house.accept(returned, unit)
            found = (await house.get(f"/v1/refunds?return_id={returned}")).json()["items"][0]
            assert {each["tender_id"]: each["amount_minor"] for each in found["payouts"]} == parts


async def test_z08_stored_refunds_of_an_order_sum_to_the_same_in_every_order(engines: Any) -> None:
    """US: lines of 60.00 and 30.00, freight 6.00; one by change of mind, one by fault: 92.00 and 2.00 of freight."""
    async with running_refunds(await a_database(engines)) as house:
        for way in permutations(("L1", "L2")):
            order = an_order(
                regime=events.Regime.US,
                lines=(a_line("L1", 6_000), a_line("L2", 3_000)),
                freight=events.Freight(paid_minor=600),
                tenders=(a_tender("T1", 9_600),),
            )
            await house.tell(order, order.order_id)
            units = {line: uuid4().hex for line in way}
            fault = {"L1": events.Fault.CUSTOMER, "L2": events.Fault.MERCHANT}
            returned = await house.returned(
                order,
                units=tuple(a_unit(units[line], line, fault[line]) for line in way),
                statutory_withdrawal=False,
            )
            for line in way:
                await house.accept(returned, units[line], line=line)
            items = (await house.get(f"/v1/refunds?return_id={returned}")).json()["items"]
            sums: dict[str, int] = {}
            for part in (part for each in items for part in each["components"]):
                sums[part["name"]] = sums.get(part["name"], 0) + part["amount_minor"]
            assert sums == {"goods_net": 9_000, "outbound_freight_net": 200}


async def _seen(house: RunningRefunds, count: int) -> bool:
    return len(house.witness.seen) >= count
