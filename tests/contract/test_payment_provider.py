"""What every payment provider promises: the simulator on both engines, and the fake of our tests."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from service_refunds.adapters.settlement.payments_simulator import PaymentsSimulator, behaviour_row
from service_refunds.adapters.tables import common, metadata, simulated_transfers
from service_refunds.domain.settlement.provider import (
    Accepted,
    Declined,
    KeyReused,
    NoProviderAnswer,
    Paid,
    PaymentProvider,
)
from shared.database.work import Work
from shared.kernel.money import Money
from shared.runtime.clock import now
from tests.contract.fake_provider import FakeProvider

AMOUNT = Money(2_500, "EUR")


@dataclass
class Bench:
    """A provider, how to make it misbehave, and what it has really paid by key."""

    provider: PaymentProvider
    behave: Callable[[str, int], Awaitable[None]]
    paid: Callable[[], Awaitable[dict[str, int]]]


@pytest.fixture(params=["simulator", "fake"])
async def bench(request: pytest.FixtureRequest, engines: Any) -> Bench:
    if request.param == "fake":
        fake = FakeProvider()

        async def plan(mode: str, times: int) -> None:
            fake.plan += [mode] * times

        async def booked() -> dict[str, int]:
            return {key: fake.total(key) for key, _ in fake.booked}

        return Bench(fake, plan, booked)
    database = await engines.fresh(metadata, common, word="simulator")

    async def behave(mode: str, times: int) -> None:
        await database.committer.commit(Work(writes=[behaviour_row(mode, times)]))

    async def rows() -> dict[str, int]:
        found = await database.reader.rows(select(simulated_transfers))
        return {row["key"]: row["amount_minor"] for row in found if row["state"] != "declined"}

    return Bench(PaymentsSimulator(database.reader, database.committer, now), behave, rows)


async def test_a_payment_is_made_once_however_often_its_key_is_sent(bench: Bench) -> None:
    """I04: one key, one payment, one answer; also by twins at the same moment."""
    answers = await asyncio.gather(*(bench.provider.refund("k1", "ch_1", AMOUNT) for _ in range(8)))
    assert isinstance(answers[0], Paid)
    assert set(answers) == {answers[0]}
    assert await bench.provider.lookup("k1") == answers[0]
    assert await bench.paid() == {"k1": 2_500}


@pytest.mark.parametrize(
    ("reference", "amount"), [("ch_1", Money(2_501, "EUR")), ("ch_1", Money(2_500, "USD")), ("ch_2", AMOUNT)]
)
async def test_a_key_does_not_pay_anything_else(bench: Bench, reference: str, amount: Money) -> None:
    """I-03: the same key with another amount, currency or payment is an error."""
    await bench.provider.refund("k1", "ch_1", AMOUNT)
    with pytest.raises(KeyReused):
        await bench.provider.refund("k1", reference, amount)
    assert await bench.paid() == {"k1": 2_500}


async def test_a_key_nobody_has_sent_is_unknown(bench: Bench) -> None:
    assert await bench.provider.lookup("k0") is None


async def test_silence_after_success_has_paid_and_the_lookup_says_so(bench: Bench) -> None:
    """V30: the answer is lost, the money is not."""
    await bench.behave("time_out_after_success", 1)
    with pytest.raises(NoProviderAnswer):
        await bench.provider.refund("k1", "ch_1", AMOUNT)
    assert isinstance(await bench.provider.lookup("k1"), Paid)
    assert isinstance(await bench.provider.refund("k1", "ch_1", AMOUNT), Paid)
    assert await bench.paid() == {"k1": 2_500}


async def test_a_refusal_is_definite(bench: Bench) -> None:
    await bench.behave("decline", 1)
    refusal = await bench.provider.refund("k1", "ch_1", AMOUNT)
    assert isinstance(refusal, Declined)
    assert await bench.provider.lookup("k1") == refusal
    assert await bench.provider.refund("k1", "ch_1", AMOUNT) == refusal
    assert await bench.paid() == {}


async def test_what_is_pending_is_not_paid(bench: Bench) -> None:
    """I03: accepted is not success."""
    await bench.behave("pending", 2)
    assert isinstance(await bench.provider.refund("k1", "ch_1", AMOUNT), Accepted)
    assert isinstance(await bench.provider.lookup("k1"), Accepted)


async def test_a_behaviour_lasts_for_so_many_payments_also_at_once(bench: Bench) -> None:
    await bench.behave("decline", 3)
    answers = await asyncio.gather(*(bench.provider.refund(f"k{n}", "ch_1", AMOUNT) for n in range(10)))
    assert sum(isinstance(answer, Declined) for answer in answers) == 3
    assert len(await bench.paid()) == 7
