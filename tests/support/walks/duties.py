"""The end of a walk: outages end, and everybody does what the product says is theirs, until nothing is open."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from shared.messaging.retry_delays import OUT_OF_ORDER
from tests.support.walks.journey import Journey
from tests.support.walks.product import Broken, Json, Product
from tests.support.walks.promises import no_event_is_parked
from tests.support.walks.steps import NOTE, handle_receipt, resolve

ROUNDS: Final = 80
ENDED: Final = frozenset({"closed", "refused", "cancelled", "lapsed"})
LONGEST: Final = timedelta(days=40)

Duty = Callable[[Journey, Json], Awaitable[bool]]
"""Does what an open matter asks for; whether something was done."""


async def bring_to_an_end(journey: Journey) -> None:
    """Outages end, the customer gives an address, and every named person acts, until nothing is open. `Broken`."""
    product = journey.product
    product.provider.is_back()
    product.mail.answers = "250"
    product.bus.let_go()
    contact = {"name": "Ming Li", "email": f"{journey.customer.id}@customers.example", "language": "en"}
    await journey.do(journey.customer, f"/v1/contacts/{journey.customer.id}", contact, method="PUT")
    still: Sequence[Open] = ()
    for _ in range(ROUNDS):
        product.passes(seconds=1)
        await product.at_rest()
        still = [*await everything_open(journey), *await _late_events(product)]
        if not still:
            return
        done = [await each.duty(journey, each.what) for each in still if each.duty is not None]
        if not any(done):
            _wait(journey, still)
    await no_event_is_parked(product)
    raise Broken(
        f"the return does not end {sorted({each.name for each in still})}: {[each.what for each in still]}"[:3_000]
    )


@dataclass(frozen=True, slots=True)
class Open:
    """Something that the product shows as open: its name, what it is, what somebody does, and the next moment."""

    name: str
    what: Json
    duty: Duty | None
    moment: str | None


async def _late_events(product: Product) -> Sequence[Open]:
    """Events that wait for an earlier one: they are tried again by themselves, or by an operator after many times."""
    return [
        Open(
            f"event at {name}", {**each, "service": name}, _replay if each["state"] == "dead" else None, each["due_at"]
        )
        for name in product.services
        for each in (await product.get("operator", f"/v1/operations/{name}/dead-letters"))["items"]
        if each["reason"] in OUT_OF_ORDER
    ]


async def _replay(journey: Journey, event: Json) -> bool:
    path = f"/v1/operations/{event['service']}/dead-letters/{event['id']}/replay"
    return (await journey.do("operator", path, {"consumer": event["consumer"], "reason": NOTE})).is_success


def _wait(journey: Journey, still: Sequence[Open]) -> None:
    """The clock moves to the first moment at which something may happen by itself."""
    now = journey.product.moment
    moments = [moment for each in still if each.moment and (moment := datetime.fromisoformat(each.moment)) > now]
    journey.product.moment = min([*moments, now + LONGEST]) if moments else now + timedelta(days=1)


async def everything_open(journey: Journey) -> Sequence[Open]:
    """What the return, the bench, the refunds, the messages and finance's list show as open."""
    seen = await journey.seen()
    if bool(seen["open"]) != (seen["next"] is not None):
        raise Broken(f"next and open disagree: {seen['next']} and {seen['open']}")
    if seen["status"] not in ENDED and not seen["open"]:
        raise Broken(f"nothing is open in a return that has no end {seen['status']}: {seen}"[:3_000])
    found = [
        Open(f"return {each['matter']}", each, MATTERS.get(each["matter"]), each.get("by")) for each in seen["open"]
    ]
    bench = await journey.bench()
    found += [
        Open(f"discrepancy {each['kind']} {each['state']}", each, _answer, each["answer_by"])
        for each in bench["discrepancies"]
        if each["state"] in ("open", "kept")
    ]
    found += [
        Open(f"receipt {each['state']}", each, _receipt, each["answer_by"])
        for each in await journey.receipts()
        if each["state"] in ("unidentified", "in_case", "waiting")
    ]
    for each in await journey.refunds():
        if each["state"] not in ("settled", "stopped", "closed") or _has_open_remainder(each):
            moments = [each[name] for name in ("next_attempt_at", "ask_again_at") if each.get(name)]
            found.append(Open(f"refund {each['state']}", each, _refund, min(moments, default=None)))
    for each in await journey.messages():
        if each["status"] not in ("sent", "told_otherwise", "superseded", "discarded"):
            found.append(Open(f"message {each['kind']} {each['status']}", each, _message, each["due_at"]))
    found += [Open("paid twice", each, _paid_twice, None) for each in await journey.paid_twice()]
    return found


async def _ship(journey: Journey, matter: Json) -> bool:
    body = {"carrier": "DHL", "tracking_number": journey.name("LAST").upper(), "unit_ids": matter["units"]}
    return (await journey.do(journey.customer, f"{journey.path}/shipments", body)).is_success


async def _arrive(journey: Journey, matter: Json) -> bool:
    """The dock scans what the return waits for."""
    seen = await journey.seen()
    skus = {line["line_id"]: line["sku"] for line in seen["lines"]}
    counted: dict[str, int] = {}
    for unit in seen["units"]:
        if unit["id"] in matter["units"]:
            counted[skus[unit["line_id"]]] = counted.get(skus[unit["line_id"]], 0) + unit["quantity"]
    items = [{"sku": sku, "quantity": number} for sku, number in counted.items()]
    return await _post(journey, "/v1/receipts", {"items": items})


async def _inspect(journey: Journey, _: Json) -> bool:
    """The bench looks at every piece that waits, and nothing is wrong with any."""
    counted: dict[str, int] = {}
    for unit in (await journey.bench())["units"]:
        if unit["state"] == "received":
            counted[unit["sku"]] = counted.get(unit["sku"], 0) + unit["quantity"]
    units = [
        {
            "sku": sku,
            "quantity": number,
            "outcome": "passed",
            "grade": "A",
            "findings": [{"check": "seal", "passed": True}],
        }
        for sku, number in counted.items()
    ]
    return bool(units) and await _post(journey, "/v1/inspections", {"units": units})


async def _post(journey: Journey, path: str, what: Json) -> bool:
    rma = (await journey.seen())["rma"]
    body = {"client_event_id": journey.name("scan"), "rma": rma, "scanned_at": journey.at(), **what}
    answer = await journey.do("dock", path, body)
    if answer.is_success:
        journey.scans.append({"path": path, "body": body, "id": answer.json().get("id", "")})
    return answer.is_success


async def _judge(journey: Journey, _: Json) -> bool:
    failed = [unit["id"] for unit in (await journey.bench())["units"] if unit["state"] == "failed"]
    units = [{"unit_id": unit, "decision": "accept"} for unit in failed]
    path = f"/v1/inspections/{journey.return_id}/decision"
    return bool(units) and (await journey.do("agent", path, {"units": units, "reason": NOTE})).is_success


async def _approve(journey: Journey, _: Json) -> bool:
    return (await journey.do("agent", f"{journey.path}/approval")).is_success


MATTERS: Final[Mapping[str, Duty]] = {
    "decide": _approve,
    "ship": _ship,
    "arrive": _arrive,
    "inspect": _inspect,
    "judge": _judge,
}
"""Who does what for an open matter of a return. Refunds, messages and questions are found in their own lists; the
other matters end by themselves.
"""


async def _answer(journey: Journey, discrepancy: Json) -> bool:
    final = {"over": "disposed", "unexpected": "disposed", "cancelled": "accepted_as_return", "looks": "looked_again"}
    outcomes = (final.get(discrepancy["kind"], "refund_stopped"), "disposed", "money_waived")
    for outcome in outcomes:
        body = {"outcome": outcome, "note": NOTE, "reason": NOTE}
        if (await journey.do("agent", f"/v1/discrepancies/{discrepancy['id']}/resolution", body)).is_success:
            return True
    return await resolve(journey, discrepancy, Random(discrepancy["quantity"]))


async def _receipt(journey: Journey, receipt: Json) -> bool:
    if receipt["state"] != "waiting":
        await handle_receipt(journey, receipt, Random(1), for_good=True)
        return True
    body = {"outcome": "withdrawn", "note": NOTE}  # a correction of a post that the scanner does not have any more
    return (await journey.do("agent", f"/v1/receipts/{receipt['id']}/resolution", body)).is_success


def _has_open_remainder(refund: Json) -> bool:
    return bool(refund["remainder"]) and not refund["remainder_closed"]


async def _refund(journey: Journey, refund: Json) -> bool:
    """Finance does what the refund lets it do."""
    path, state = f"/v1/refunds/{refund['id']}", refund["state"]
    tries: list[tuple[str, str, Any]] = []
    if _has_open_remainder(refund) and state not in ("failed", "waiting", "awaiting_confirmation"):
        tries.append(("finance", "remainder-closure", {"outcome": "paid_otherwise", "reason": NOTE}))
    if state == "failed":
        not_owed = {"outcome": "not_owed", "reason": NOTE, "because": "charged_back"}
        tries += [("finance", "attempts", {"reason": NOTE}), ("finance", "resolution", not_owed)]
    if state == "manual_review":
        books = journey.product.provider
        unknown = [payout["key"] for payout in refund["payouts"] if payout["key"] not in books.truth]
        found_unpaid = {"outcome": "found_unpaid", "reason": NOTE}
        tries.append(("finance", "resolution", found_unpaid) if unknown else ("finance", "inquiry", None))
    if state == "awaiting_confirmation":
        tries += [
            ("second", "resolution/confirmation", None),
            ("finance", "resolution/confirmation", None),
            ("finance", "resolution/withdrawal", None),
        ]
    for who, what, body in tries:
        if (await journey.do(who, f"{path}/{what}", body)).is_success:
            return True
    return False


async def _message(journey: Journey, message: Json) -> bool:
    if message["status"] != "failed":
        return False
    path = f"/v1/messages/{message['id']}"
    if (await journey.do("agent", f"{path}/sending-again")).is_success:
        return True
    return (await journey.do("agent", f"{path}/discard", {"reason": NOTE})).is_success


async def _paid_twice(journey: Journey, entry: Json) -> bool:
    body = {"outcome": "written_off", "reason": NOTE}
    return (await journey.do("finance", f"/v1/finance/paid-twice/{entry['id']}/closure", body)).is_success
