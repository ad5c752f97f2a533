"""Two acts that cross: each side acts before it has heard of the other, and the events come in any order (Y21).

A play brings a return to a state, lets two sides act while some services hear nothing, lets the events go, and then
everybody does their duty.
"""

import itertools
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from shared.kernel.principal import Kind, Principal, Role
from tests.support.walks.duties import bring_to_an_end
from tests.support.walks.journey import Journey
from tests.support.walks.product import START, Json, Product
from tests.support.walks.promises import check_end
from tests.support.walks.steps import NOTE, SAID

Act = Callable[[Journey], Awaitable[int]]
"""Somebody does something; the status of the answer."""
DELAYS: Final[Sequence[frozenset[str]]] = tuple(
    map(
        frozenset,
        (
            (),
            ("requests",),
            ("inspection",),
            ("refunds",),
            ("notifications",),
            ("requests", "inspection"),
            ("requests", "refunds"),
            ("inspection", "refunds"),
            ("requests", "inspection", "refunds", "notifications"),
        ),
    )
)
"""Which services hear nothing while the two sides act."""


async def _command(journey: Journey, who: str | Principal, path: str, body: Any = None) -> int:
    return (await journey.do(who, path, body)).status_code


async def _scan(journey: Journey, kind: str, said: Json, **more: Any) -> int:
    body = {"client_event_id": journey.name("scan"), "rma": journey.rma, "scanned_at": journey.at(), kind: [said]}
    path = "/v1/receipts" if kind == "items" else "/v1/inspections"
    answer = await journey.do("dock", path, body | more)
    if answer.is_success:
        journey.scans.append({"path": path, "body": body | more, "id": answer.json().get("id", "")})
    return answer.status_code


def _look(quantity: int, *, passed: bool) -> Json:
    return {
        "sku": "COAT-M", "quantity": quantity, "outcome": "passed" if passed else "failed",
        "grade": "A" if passed else "D", "findings": [{"check": "seal", "passed": passed}],
    }  # fmt: skip


async def cancel(journey: Journey) -> int:
    return await _command(journey, journey.customer, f"{journey.path}/cancellation")


async def cancel_one(journey: Journey) -> int:
    return await _command(journey, journey.customer, f"{journey.path}/cancellation", {"quantity": 1})


async def ship(journey: Journey) -> int:
    parcel = {"carrier": "DHL", "tracking_number": journey.name("JD").upper()}
    return await _command(journey, journey.customer, f"{journey.path}/shipments", parcel)


async def approve(journey: Journey) -> int:
    return await _command(journey, "agent", f"{journey.path}/approval")


async def refuse(journey: Journey) -> int:
    return await _command(journey, "agent", f"{journey.path}/refusal", {"reason": SAID})


async def extend(journey: Journey) -> int:
    day = (journey.product.moment + timedelta(days=25)).date().isoformat()
    body = {"deadline": "arrive", "day": day, "reason": SAID}
    return await _command(journey, "agent", f"{journey.path}/extension", body)


async def lapse(journey: Journey) -> int:
    """So much time passes that the return would lapse, were nothing else known."""
    journey.product.passes(days=60)
    return 200


async def arrive(journey: Journey) -> int:
    return await _scan(journey, "items", {"sku": "COAT-M", "quantity": 2})


async def arrive_one(journey: Journey) -> int:
    return await _scan(journey, "items", {"sku": "COAT-M", "quantity": 1})


async def arrive_without_number(journey: Journey) -> int:
    return await _scan(journey, "items", {"sku": "COAT-M", "quantity": 2}, rma="")


async def correct_arrival(journey: Journey) -> int:
    """The dock counted one too many."""
    before = next((each for each in journey.scans if each["path"] == "/v1/receipts"), None)
    if before is None:
        return 404
    corrects = before["body"]["client_event_id"]
    return await _scan(journey, "items", {"sku": "COAT-M", "quantity": 1}, corrects=corrects)


async def pass_(journey: Journey) -> int:
    return await _scan(journey, "units", _look(2, passed=True))


async def fail(journey: Journey) -> int:
    return await _scan(journey, "units", _look(2, passed=False))


async def correct_look(journey: Journey) -> int:
    """The bench looks at the same pieces once more, and finds the opposite."""
    before = next((each for each in reversed(journey.scans) if each["path"] == "/v1/inspections"), None)
    if before is None:
        return 404
    passed = before["body"]["units"][0]["outcome"] == "failed"
    corrects = before["body"]["client_event_id"]
    return await _scan(journey, "units", _look(2, passed=passed), corrects=corrects)


async def _decide(journey: Journey, decision: str) -> int:
    units = [unit["id"] for unit in (await journey.bench())["units"] if unit["state"] == "failed"]
    body = {"units": [{"unit_id": unit, "decision": decision} for unit in units], "reason": NOTE,
            "reason_code": "worn", "evidence": ["photo-1"]}  # fmt: skip
    return await _command(journey, "agent", f"/v1/inspections/{journey.return_id}/decision", body) if units else 404


async def accept_units(journey: Journey) -> int:
    return await _decide(journey, "accept")


async def refuse_units(journey: Journey) -> int:
    return await _decide(journey, "refuse")


async def take_back_decision(journey: Journey) -> int:
    units = [u["id"] for u in (await journey.bench())["units"] if u["state"] in ("accepted", "refused")]
    path = f"/v1/inspections/{journey.return_id}/reconsideration"
    return await _command(journey, "agent", path, {"unit_ids": units, "reason": NOTE}) if units else 404


async def shop_cancels(journey: Journey) -> int:
    body = {
        "cancellation_id": journey.name("C"), "at": journey.at(), "lines": [{"line_id": "L1", "quantity": 1}]
    }  # fmt: skip
    return await _command(journey, "shop", f"/v1/orders/{journey.order['id']}/cancellations", body)


async def shop_refunds(journey: Journey) -> int:
    body = {
        "refund_id": journey.name("R"), "at": journey.at(), "tenders": [{"tender_id": "T0", "amount_minor": 3_000}],
        "lines": [{"line_id": "L1", "quantity": 1, "amount_minor": 3_000}],
    }  # fmt: skip
    status = await _command(journey, "shop", f"/v1/orders/{journey.order['id']}/refunds", body)
    journey.elsewhere += 3_000 if status < 300 else 0
    return status


async def shop_tells_delivery(journey: Journey) -> int:
    parcel = {"id": journey.name("P"), "line_ids": [], "delivered_at": journey.at(days=-1)}
    return await _command(journey, "shop", f"/v1/orders/{journey.order['id']}/parcels", {"parcels": [parcel]})


@dataclass(frozen=True, slots=True)
class Setting:
    """A state of a return, as the acts that bring it there; and the acts of both sides that may cross in it."""

    reason: str
    before: Sequence[Act]
    ours: Sequence[Act]
    theirs: Sequence[Act]

    def pairs(self) -> Iterator[tuple[Act, Act]]:
        """Each pair in both orders."""
        for one, other in itertools.product(self.ours, self.theirs):
            yield one, other
            yield other, one


FACTS: Final = (shop_cancels, shop_refunds, shop_tells_delivery)
LATER: Final = (correct_look, correct_arrival, *FACTS)
SETTINGS: Final[Mapping[str, Setting]] = {
    "in review": Setting("other", (), (approve, refuse, cancel), (arrive, arrive_without_number, *FACTS)),
    "approved": Setting(
        "changed_mind",
        (),
        (cancel, cancel_one, ship, extend, lapse),
        (arrive, arrive_one, arrive_without_number, *FACTS),
    ),
    "shipped": Setting("changed_mind", (ship,), (cancel, cancel_one, lapse, extend), (arrive, arrive_one, *FACTS)),
    "received": Setting(
        "changed_mind", (arrive,), (cancel, cancel_one, lapse, extend), (pass_, fail, correct_arrival, *FACTS)
    ),
    "failed": Setting("changed_mind", (arrive, fail), (accept_units, refuse_units, cancel), LATER),
    "accepted": Setting("changed_mind", (arrive, fail, accept_units), (take_back_decision, cancel), LATER),
    "passed": Setting("changed_mind", (arrive, pass_), (cancel, extend), LATER),
}


async def _begin(product: Product, setting: Setting, number: int) -> Journey:
    """Two pieces of one line, asked back; nothing but the acts of the setting has happened."""
    product.begin_at(START)
    customer = Principal(Kind.CUSTOMER, f"cus-{number}", frozenset({Role.CUSTOMER}))
    times = {"ordered_at": (START - timedelta(days=8)).isoformat()}
    times["delivered_at"] = (START - timedelta(days=3)).isoformat()
    body = {
        "number": f"N-{number}", "storefront": "shop", "customer_id": customer.id, "language": "en", "regime": "EU",
        "currency": "EUR", "total_minor": 20_000, **times,
        "lines": [{"line_id": "L1", "sku": "COAT-M", "name": "Coat", "category": "clothing", "quantity": 2,
                   "unit_price_minor": 10_000, "paid_minor": 20_000}],
        "tenders": [{"tender_id": "T0", "kind": "card", "captured_minor": 20_000, "reference": f"ch-{number}"}],
    }  # fmt: skip
    pushed = await product.call("shop", "POST", "/v1/orders", body)
    assert pushed.is_success, pushed.text
    journey = Journey(product, {**body, "id": pushed.json()["id"]}, customer, captured=20_000)
    contact = {"name": "Ming Li", "email": f"{customer.id}@customers.example", "language": "en"}
    await product.call("shop", "PUT", f"/v1/contacts/{customer.id}", contact)
    wish = {"line_id": "L1", "quantity": 2, "reason": setting.reason, "condition": "unopened"}
    asked = await journey.do(customer, "/v1/returns", {"order_id": journey.order["id"], "lines": [wish]})
    assert asked.is_success, asked.text
    journey.return_id, journey.rma = asked.json()["id"], asked.json()["rma"]
    await product.at_rest()
    for act in setting.before:
        assert await act(journey) < 300, act.__name__
        product.passes(seconds=1)
        await product.at_rest()
    return journey


async def play(
    product: Product,
    setting: Setting,
    acts: Sequence[Act],
    deaf: frozenset[str],
    number: int,
    *,
    backwards: bool = False,
) -> tuple[tuple[int, ...], Any]:
    """The statuses of the two acts, and how everything ended. Raises `Broken` for a promise that was not kept."""
    journey = await _begin(product, setting, number)
    queues = [queue for queue in product.bus.queues if queue.subscription.queue.partition(".")[0] in deaf]
    for queue in queues:
        queue.late = 1_000_000
    statuses = []
    for act in acts:
        statuses.append(await act(journey))
        product.passes(seconds=1)
        await product.at_rest()
    for queue in reversed(queues) if backwards else queues:
        queue.bodies.extend(queue.held)
        queue.held.clear()
        queue.late = 0
        await product.at_rest()
    await bring_to_an_end(journey)
    await check_end(journey)
    return tuple(statuses), await _end_of(journey)


async def _end_of(journey: Journey) -> Any:
    """How the return stands, and what the customer has: what was paid, less what was paid twice and is asked back."""
    seen, refunds = await journey.seen(), await journey.refunds()
    paid = sum(payout["amount_minor"] for each in refunds for payout in each["payouts"] if payout["state"] == "settled")
    path = f"/v1/finance/paid-twice?order_id={journey.order['id']}&state=all"
    twice = sum(each["amount_minor"] for each in (await journey.product.get("finance", path))["items"])
    decisions = sorted(str(unit["decision"]) for unit in seen["units"])
    return seen["status"], seen["outcome"], decisions, paid - twice
