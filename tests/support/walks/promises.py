"""What holds at the end of every walk, whatever has happened on it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.kernel.piece_range import PieceRange
from tests.support.walks.journey import Journey
from tests.support.walks.product import Broken, Json, Product


async def check_end(journey: Journey) -> None:
    """`Broken` says which promise was not kept. All answers below are the product's own, but the provider's books."""
    seen, refunds = await journey.seen(), await journey.refunds()
    await _the_books_agree_with_the_provider(journey, refunds)
    _no_unit_is_refunded_twice(refunds)
    _every_accepted_unit_has_its_refund(seen, refunds)
    await _letters_were_told_once_and_in_order(journey)
    await _the_timeline_is_in_order(journey)
    await _nothing_waits_for_a_person_or_an_event(journey)


def _holds(fact: bool, promise: str, *about: Any) -> None:
    if not fact:
        raise Broken(f"{promise}: {about}"[:4_000])


async def _the_books_agree_with_the_provider(journey: Journey, refunds: Sequence[Json]) -> None:
    payouts = [payout for refund in refunds for payout in refund["payouts"] if payout["state"] == "settled"]
    said = sum(payout["amount_minor"] for payout in payouts if payout["means"] is None)
    otherwise = sum(payout["amount_minor"] for payout in payouts if payout["means"] is not None)
    references = {payout["reference"] for refund in refunds for payout in refund["payouts"]}
    paid = sum(journey.product.provider.paid_of(references).values())
    path = f"/v1/finance/paid-twice?order_id={journey.order['id']}&state=all&limit=200"
    answer = await journey.product.call("finance", "GET", path)
    entries = answer.json()["items"]
    twice = sum(entry["amount_minor"] for entry in entries)
    _holds(said <= paid <= said + twice, "the provider paid what the refunds say", said, paid, twice, refunds)
    _holds(
        paid + otherwise + journey.elsewhere - twice <= journey.captured,
        "no more is paid back than was paid",
        paid, otherwise, journey.elsewhere, twice, journey.captured,
    )  # fmt: skip
    for refund in refunds:
        settled = sum(payout["amount_minor"] for payout in refund["payouts"] if payout["state"] == "settled")
        _holds(settled <= refund["amount"]["amount_minor"], "a refund pays no more than its amount", refund)
        if refund["state"] == "settled":
            rest = (refund["remainder"] or {}).get("amount_minor", 0)
            _holds(settled + rest == refund["amount"]["amount_minor"], "a settled refund has paid its amount", refund)
    ledger = await journey.product.get("finance", f"/v1/ledger?order_id={journey.order['id']}")
    _holds(ledger["sum_minor"] == 0, "the ledger is balanced", ledger)


def _no_unit_is_refunded_twice(refunds: Sequence[Json]) -> None:
    pieces = [PieceRange.of(unit) for refund in refunds if refund["state"] == "settled" for unit in refund["units"]]
    twice = [f"{one}" for place, one in enumerate(pieces) for other in pieces[:place] if one.overlaps(other)]
    _holds(not twice, "no unit is refunded twice", twice, refunds)


def _every_accepted_unit_has_its_refund(seen: Json, refunds: Sequence[Json]) -> None:
    paid = [
        PieceRange.of(unit)
        for refund in refunds
        if refund["state"] in ("settled", "closed")
        for unit in refund["units"]
    ]
    for unit in seen["units"]:
        if unit["decision"] == "accepted":
            piece = PieceRange.of(unit["id"])
            _holds(any(piece.overlaps(each) for each in paid), "an accepted unit is refunded", unit, refunds)


async def _letters_were_told_once_and_in_order(journey: Journey) -> None:
    messages = {each["id"]: each for each in await journey.messages()}
    mails = [mail.message_id for mail in journey.product.mail.taken if mail.return_id == journey.return_id]
    counted = Counter(mails)
    _holds(all(number == 1 for number in counted.values()), "a letter leaves once", counted)
    sent = {each["id"] for each in messages.values() if each["status"] == "sent"}
    _holds(sent == set(mails), "what was sent has left", sent ^ set(mails), [*messages.values()])
    own = [each for each in messages.values() if each["tells"] != journey.return_id]
    facts = Counter((each["kind"], each["tells"]) for each in own)
    _holds(all(number == 1 for number in facts.values()), "a fact has one letter", facts)
    wrong = journey.product.letters.wrong_departures(str(journey.return_id), mails)
    _holds(not wrong, "letters leave in order, and none that is untrue", wrong)
    for each in messages.values():
        if each["status"] == "superseded":
            later = messages.get((each["ending"] or {}).get("overtaken_by"))
            _holds(later is not None, "a letter that was overtaken names the later one", each)


async def _the_timeline_is_in_order(journey: Journey) -> None:
    """Its times never go back, it begins with the request, and nothing in it is still to come."""
    steps = (await journey.product.get("agent", f"{journey.path}/timeline"))["steps"]
    times = [datetime.fromisoformat(step["at"]) for step in steps]
    _holds(times == sorted(times), "the timeline is in order", steps)
    _holds(times[-1] <= journey.product.moment, "the timeline has no step of the future", steps)
    _holds(steps[0]["code"] == "requested", "the timeline begins with the request", steps)
    numbers = [step["number"] for step in steps]
    _holds(sorted(numbers) == [*range(1, len(steps) + 1)], "the timeline lacks no step and repeats none", numbers)


async def _nothing_waits_for_a_person_or_an_event(journey: Journey) -> None:
    product = journey.product
    _holds(not product.errors, "no error is logged", product.errors)
    await no_event_is_parked(product)
    for name in product.services:
        owed = await product.get("operator", f"/v1/operations/{name}/owed")
        _holds(not owed["items"], f"{name} owes nothing", owed)


async def no_event_is_parked(product: Product) -> None:
    """Every consumer has had the effect of every event. `Broken` names the reason of one that has not."""
    for name, service in product.services.items():
        database = service.database
        parked = await database.reader.rows(database.tables.parked.select())
        first = min(parked, key=lambda row: row["reason"] == "gap", default=None)
        reason = "" if first is None else f"{first['type']} {first['reason']}"
        about = [(row["reason"], row["detail"], row["type"]) for row in parked]
        _holds(not parked, f"no event is parked at {name} ({reason})", about)
