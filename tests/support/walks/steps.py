"""What can happen to a return: one row for each kind of step, with how often it is drawn."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from random import Random
from typing import Any, Final

from tests.support.walks.journey import SKUS, Journey, ask
from tests.support.walks.outside import PROVIDER_PLANS
from tests.support.walks.product import Json

Happens = Callable[[Journey, Random], Awaitable[object]]
NOTE: Final = "Because it is so."
SAID: Final = {"en": "Because it is so.", "zh-CN": "如此。"}


async def cancel(journey: Journey, chance: Random) -> None:
    units = [unit["id"] for unit in (await journey.seen())["units"]]
    some = chance.sample(units, chance.randint(1, len(units)))
    body: Json = {} if chance.random() < 0.4 else {"unit_ids": some}
    if chance.random() < 0.1:
        body = {"quantity": 1}
    await journey.do(journey.customer, f"{journey.path}/cancellation", body)


async def announce(journey: Journey, chance: Random) -> None:
    units = [unit["id"] for unit in (await journey.seen())["units"]]
    body: Json = {"carrier": "DHL", "tracking_number": journey.name("JD").upper()}
    if chance.random() < 0.3:
        body["unit_ids"] = chance.sample(units, chance.randint(1, len(units)))
    await journey.do(journey.customer, f"{journey.path}/shipments", body)


async def change_address(journey: Journey, chance: Random) -> None:
    email = f"new-{chance.randint(1, 9)}-{journey.customer.id}@customers.example"
    body: Json = {"name": "Ming Li", "email": email, "language": chance.choice(("en", "zh-CN"))}
    if chance.random() < 0.1:
        body["email"] = None
    await journey.do(journey.customer, f"/v1/contacts/{journey.customer.id}", body, method="PUT")


async def approve(journey: Journey, _: Random) -> None:
    answer = await journey.do("agent", f"{journey.path}/approval")
    if answer.is_success:
        journey.rma = answer.json()["rma"]


async def refuse(journey: Journey, _: Random) -> None:
    await journey.do("agent", f"{journey.path}/refusal", {"reason": SAID})


async def extend(journey: Journey, chance: Random) -> None:
    deadline = chance.choice(("decide", "ship", "arrive", "judge"))
    day = (journey.product.moment + timedelta(days=chance.choice((1, 7, 30)))).date().isoformat()
    body = {"deadline": deadline, "day": day, "reason": SAID}
    await journey.do("agent", f"{journey.path}/extension", body)


async def extend_inspection(journey: Journey, chance: Random) -> None:
    body = {"unit_ids": [], "inspect_by": journey.at(days=chance.choice((2, 9))), "reason": NOTE}
    await journey.do("agent", f"/v1/inspections/{journey.return_id}/extension", body)


async def decide(journey: Journey, chance: Random) -> None:
    units = [unit for unit in (await journey.bench())["units"] if unit["state"] == "failed"]
    if not units:
        return
    said = []
    for unit in chance.sample(units, chance.randint(1, len(units))):
        accept = chance.random() < 0.6
        less = accept and chance.random() < 0.4
        said.append(
            {"unit_id": unit["id"], "decision": "accept" if accept else "refuse"}
            | ({"deduction_basis_points": chance.choice((500, 2_000, 10_000))} if less else {})
        )
    body = {"units": said, "reason": NOTE, "reason_code": chance.choice(("worn", "damaged", "other")),
            "evidence": ["photo-1"], "agreement": "She agreed by telephone."}  # fmt: skip
    await journey.do("agent", f"/v1/inspections/{journey.return_id}/decision", body)


async def reconsider(journey: Journey, chance: Random) -> None:
    decided = [u["id"] for u in (await journey.bench())["units"] if u["state"] in ("accepted", "refused")]
    if decided:
        body = {"unit_ids": chance.sample(decided, chance.randint(1, len(decided))), "reason": NOTE}
        await journey.do("agent", f"/v1/inspections/{journey.return_id}/reconsideration", body)


async def answer_question(journey: Journey, chance: Random) -> None:
    for each in (await journey.bench())["discrepancies"]:
        if each["state"] in ("open", "kept"):
            await resolve(journey, each, chance)


async def resolve(journey: Journey, each: Json, chance: Random) -> bool:
    """Answer this discrepancy with something that fits."""
    goods = ("returned_to_customer", "disposed", "kept_for_match")
    fits = {"over": goods, "unexpected": goods, "cancelled": (*goods, "accepted_as_return"),
            "looks": ("looked_again", "arrived"),
            "money": ("refund_stopped", "money_recovered", "money_waived")}  # fmt: skip
    outcome = chance.choice(fits[each["kind"]])
    body = {"outcome": outcome, "note": NOTE, "reason": NOTE}
    if outcome == "returned_to_customer":
        body["tracking_number"] = journey.name("BACK").upper()
    return (await journey.do("agent", f"/v1/discrepancies/{each['id']}/resolution", body)).is_success


async def reopen_question(journey: Journey, chance: Random) -> None:
    ended = [each for each in (await journey.bench())["discrepancies"] if each["state"] in ("resolved", "kept")]
    if ended:
        await journey.do("agent", f"/v1/discrepancies/{chance.choice(ended)['id']}/reopening", {"reason": NOTE})


async def assign(journey: Journey, chance: Random) -> None:
    for each in await journey.receipts():
        if each["state"] in ("unidentified", "in_case"):
            await handle_receipt(journey, each, chance)


async def handle_receipt(journey: Journey, receipt: Json, chance: Random, *, for_good: bool = False) -> None:
    """Somebody sees to a post of which nobody knew the return."""
    path = f"/v1/receipts/{receipt['id']}"
    what = chance.choice(("assignment", "assignment", "case", "resolution"))
    if for_good or what == "assignment":
        answer = await journey.do("agent", f"{path}/assignment", {"return_id": journey.return_id, "note": NOTE})
        if answer.is_success or not for_good:
            return
        what = "resolution"
    if what == "case":
        await journey.do("agent", f"{path}/case", {"notes": NOTE})
    else:
        body = {"outcome": chance.choice(("disposed", "withdrawn")), "note": NOTE}
        await journey.do("agent", f"{path}/resolution", body)


async def release_receipt(journey: Journey, chance: Random) -> None:
    matched = [each for each in await journey.receipts() if each["state"] == "matched"]
    if matched:
        await journey.do("agent", f"/v1/receipts/{chance.choice(matched)['id']}/reopening", {"reason": NOTE})


async def scan(journey: Journey, chance: Random) -> None:
    """Goods arrive: some of what was asked for, sometimes too many, another article, or without a number."""
    items = [
        {"sku": line["sku"], "quantity": chance.choice((line["quantity"], line["quantity"], 1))}
        for line in await _lines_of_return(journey)
        if chance.random() < 0.7
    ]
    if chance.random() < 0.08:
        items.append({"sku": chance.choice((*SKUS, "TEAPOT")), "quantity": chance.randint(1, 3)})
    if items:
        await post_scan(journey, "/v1/receipts", {"items": items}, chance, without=0.1)


async def look(journey: Journey, chance: Random) -> None:
    """The bench inspects some of what is there, or what is not."""
    units = [u for u in (await journey.bench())["units"] if u["state"] == "received" or chance.random() < 0.05]
    said: list[Json] = []
    for unit in units:
        if chance.random() < 0.75:
            passed = chance.random() < 0.6
            said.append(
                {"sku": unit["sku"], "quantity": max(1, chance.choice((unit["quantity"], 1))),
                 "outcome": "passed" if passed else "failed", "grade": chance.choice("AB" if passed else "CD"),
                 "findings": [{"check": "seal", "passed": passed}]}
            )  # fmt: skip
    if said:
        await post_scan(journey, "/v1/inspections", {"units": said}, chance)


async def post_scan(journey: Journey, path: str, what: Json, chance: Random, *, without: float = 0.0) -> None:
    rma = "" if chance.random() < without else journey.rma or "RT-0000-0000"
    body = {"client_event_id": journey.name("scan"), "rma": rma, "scanned_at": journey.at(), **what}
    answer = await journey.do("dock", path, body)
    if answer.is_success:
        journey.scans.append({"path": path, "body": body, "id": answer.json().get("id", "")})


async def scan_again(journey: Journey, chance: Random) -> None:
    """A scanner sends a post once more."""
    if journey.scans:
        before = chance.choice(journey.scans)
        await journey.do("dock", before["path"], before["body"])


async def correct(journey: Journey, chance: Random) -> None:
    """A scanner replaces a post by another one."""
    if not journey.scans:
        return
    before = chance.choice(journey.scans)
    name, kind = journey.name("scan"), "items" if before["path"] == "/v1/receipts" else "units"
    said: list[Json] = [dict(each) for each in before["body"][kind]]
    if len(said) > 1 or (said and kind == "items" and chance.random() < 0.3):
        said.pop(chance.randrange(len(said)))
    for each in said:
        if chance.random() < 0.4:
            each["quantity"] = max(1, each["quantity"] + chance.choice((-1, 1)))
        if kind == "units" and chance.random() < 0.5:
            passed = each["outcome"] == "failed"
            each |= {"outcome": "passed" if passed else "failed", "grade": "A" if passed else "D"}
    corrects = before["body"]["client_event_id"]
    body = {**before["body"], "client_event_id": name, kind: said, "corrects": corrects, "scanned_at": journey.at()}
    answer = await journey.do("dock", before["path"], body)
    if answer.is_success:
        journey.scans.append({"path": before["path"], "body": body, "id": answer.json().get("id", "")})


async def _lines_of_return(journey: Journey) -> list[Json]:
    found: list[Json] = (await journey.seen())["lines"]
    return found


async def shop_tells(journey: Journey, chance: Random) -> None:
    """A later fact about the order."""
    path, line = f"/v1/orders/{journey.order['id']}", chance.choice(journey.lines)
    what = chance.choice(("delivered", "cancelled", "refunded", "captured"))
    if what == "delivered":
        parcel = {"id": journey.name("P"), "line_ids": [], "delivered_at": journey.at(days=-1)}
        await journey.do("shop", f"{path}/parcels", {"parcels": [parcel]})
    elif what == "cancelled":
        lines = [{"line_id": line["line_id"], "quantity": 1}]
        body: Json = {"cancellation_id": journey.name("C"), "lines": lines, "at": journey.at()}
        await journey.do("shop", f"{path}/cancellations", body)
    elif what == "refunded":
        minor = chance.randint(1, max(1, line["paid_minor"] // 3))
        parts = [{"tender_id": journey.order["tenders"][0]["tender_id"], "amount_minor": minor}]
        body = {"refund_id": journey.name("R"), "at": journey.at(), "tenders": parts}
        if chance.random() < 0.5:
            body["lines"] = [{"line_id": line["line_id"], "quantity": 1, "amount_minor": minor}]
        if (await journey.do("shop", f"{path}/refunds", body)).is_success:
            journey.elsewhere += minor
    else:
        body = {"tender_id": journey.name("T"), "kind": "card", "captured_minor": 100, "reference": journey.name("ch"),
                "at": journey.at()}  # fmt: skip
        if (await journey.do("shop", f"{path}/payments", body)).is_success:
            journey.captured += 100


async def finance_acts(journey: Journey, chance: Random) -> None:
    """A person in finance tries something with a refund."""
    found = await journey.refunds()
    if not found:
        return
    refund = chance.choice(found)
    path = f"/v1/refunds/{refund['id']}"
    what = chance.choice(("attempts", "inquiry", "resolution", "confirmation", "withdrawal"))
    if what in ("attempts", "inquiry"):
        await journey.do("finance", f"{path}/{what}", {"reason": NOTE} if what == "attempts" else None)
    elif what == "resolution":
        await journey.do("finance", f"{path}/resolution", a_resolution(journey, chance))
    else:
        await journey.do("second", f"{path}/resolution/{what}")


def a_resolution(journey: Journey, chance: Random) -> Json:
    """What a person says became of money that the provider has not paid: never what the provider's books deny."""
    if chance.random() < 0.5:
        return {"outcome": "not_owed", "reason": NOTE, "because": "charged_back"}
    day = journey.product.moment.date().isoformat()
    consent = {"given_by": "The customer", "given_at": journey.at(hours=-1), "channel": "telephone", "evidence": "Call"}
    return {"outcome": "paid_by_other_means", "reason": NOTE, "means": "bank_transfer", "consent": consent,
            "proof": {"reference": journey.name("SEPA"), "paid_on": day}}  # fmt: skip


async def tell_by_telephone(journey: Journey, chance: Random) -> None:
    for each in await journey.messages():
        if each["status"] in ("failed", "queued", "waiting_for_contact") and chance.random() < 0.6:
            body = {"channel": "telephone", "note": NOTE}
            await journey.do("agent", f"/v1/messages/{each['id']}/told-otherwise", body)


async def send_again(journey: Journey, chance: Random) -> None:
    for each in await journey.messages():
        if each["status"] == "failed" and chance.random() < 0.8:
            await journey.do("agent", f"/v1/messages/{each['id']}/sending-again")


async def discard(journey: Journey, chance: Random) -> None:
    failed = [each for each in await journey.messages() if each["status"] == "failed"]
    if failed:
        await journey.do("agent", f"/v1/messages/{chance.choice(failed)['id']}/discard", {"reason": NOTE})


async def provider_plans(journey: Journey, chance: Random) -> None:
    journey.product.provider.plan.extend(chance.choices(PROVIDER_PLANS, k=2))


async def provider_goes_or_comes(journey: Journey, _: Random) -> None:
    journey.product.provider.away = not journey.product.provider.away


async def provider_pays_late(journey: Journey, chance: Random) -> None:
    references = {tender["reference"] for tender in journey.order["tenders"]}
    journey.product.provider.pays_late(references, chance)


async def mail_changes(journey: Journey, chance: Random) -> None:
    journey.product.mail.answers = chance.choice(("250", "450", "554"))


async def time_passes(journey: Journey, chance: Random) -> None:
    journey.product.passes(hours=chance.choice((1, 1, 7, 30)))


async def weeks_pass(journey: Journey, chance: Random) -> None:
    journey.product.passes(days=chance.choice((3, 8, 16, 40)))


async def event_again(journey: Journey, chance: Random) -> None:
    journey.product.bus.repeat(chance)


async def event_late(journey: Journey, chance: Random) -> None:
    journey.product.bus.hold_back(chance)


async def events_let_go(journey: Journey, _: Random) -> None:
    journey.product.bus.let_go()


async def ask_more(journey: Journey, chance: Random) -> None:
    await ask(journey, chance)


STEPS: Final[Mapping[Happens, int]] = {
    scan: 10,
    look: 10,
    announce: 5,
    decide: 6,
    time_passes: 8,
    weeks_pass: 3,
    approve: 4,
    answer_question: 4,
    cancel: 3,
    correct: 4,
    assign: 3,
    shop_tells: 3,
    finance_acts: 4,
    provider_plans: 4,
    provider_goes_or_comes: 2,
    provider_pays_late: 2,
    mail_changes: 3,
    change_address: 2,
    tell_by_telephone: 2,
    send_again: 2,
    discard: 1,
    extend: 2,
    extend_inspection: 1,
    reconsider: 2,
    reopen_question: 1,
    release_receipt: 1,
    scan_again: 2,
    refuse: 1,
    event_again: 3,
    event_late: 2,
    events_let_go: 3,
}
"""How often each kind of step is drawn."""

BY_NAME: Final[Mapping[str, Any]] = {happens.__name__: happens for happens in STEPS}
