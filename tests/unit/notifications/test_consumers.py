"""What others tell becomes a message with the same facts: each return, payer, currency and language another one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from service_notifications.adapters.messages.renderer_jinja import JinjaRenderer
from service_notifications.adapters.publishing import publish
from service_notifications.domain.contacts.contact import Contact
from service_notifications.domain.messages import content
from service_notifications.domain.messages.known_return import KnownReturn
from service_notifications.domain.messages.message import Message, MessageFailed, MessageSent, Status
from service_notifications.entrypoints.consumers import EventHandlers
from shared.contracts import events
from shared.kernel.money import Money
from tests.support.notifications import START, a_message, signature
from tests.unit.notifications.post import House

NAMES = {"u1": "Scarf", "u2": "Wool coat M", "u3": "Scarf"}
KNOWN = KnownReturn("ret_1", "cus-1", "zh-CN", "R7K2-MX4Q", NAMES)
DUE = datetime(2026, 3, 13, 10, tzinfo=UTC)
WHY = events.ReasonGiven(rule="in_time", clause="Policy 2.1", says=events.Wording(en="Too late.", zh="已超期。"))


def following() -> EventHandlers:
    numbers = iter(range(1, 100))
    return EventHandlers(lambda: START, lambda kind: f"{kind}_{next(numbers)}", JinjaRenderer(signature()))


def a_house(known: KnownReturn | None = KNOWN) -> House:
    house = House()
    if known is not None:
        house.keep_known_return(known)
    return house


def told(house: House) -> Sequence[Message]:
    return list(house.messages.known.values())


def an_approval(**but: Any) -> events.ReturnApproved:
    units = tuple(
        events.ApprovedUnit(
            unit_id=unit, line_id="L1", sku="S", name=name, reason="changed_mind", fault=events.Fault.CUSTOMER
        )
        for unit, name in NAMES.items()
    )
    facts: dict[str, Any] = {
        "return_id": "ret_1",
        "rma": "R7K2-MX4Q",
        "order_id": "order_1",
        "customer_id": "cus-1",
        "language": "zh-CN",
        "automatic": True,
        "units": units,
        "address": events.ReturnAddress(
            warehouse="WH-1", recipient="Returns", lines=("1 Road",), contact="Desk", phone="+49 1"
        ),
        "carriers": ("DHL", "UPS"),
        "freight_payer": events.FreightPayer.CUSTOMER,
        "freight_amount": events.Amount(amount_minor=1250, currency="GBP"),
        "statutory_withdrawal": True,
        "whole_order": False,
        "ship_by": date(2026, 3, 21),
    }
    return events.ReturnApproved(**(facts | but))


@pytest.mark.parametrize("payer", events.FreightPayer)
async def test_an_approval_says_who_pays_the_way_back(payer: events.FreightPayer) -> None:
    """R2.4."""
    house = a_house(None)
    await following().return_approved(an_approval(freight_payer=payer), house)
    [message] = told(house)
    assert isinstance(message.content, content.ReturnApproved)
    assert message.content.customer_pays is (payer is events.FreightPayer.CUSTOMER)
    assert message.content.freight_amount == Money(1250, "GBP")
    assert message.content.items == (content.MessageItem("Scarf", 2), content.MessageItem("Wool coat M", 1))
    assert (message.content.ship_by, message.content.carriers) == (date(2026, 3, 21), ("DHL", "UPS"))
    assert house.returns == {"ret_1": KNOWN}


@pytest.mark.parametrize(("tag", "language"), [("zh-CN", "zh-CN"), ("en", "en"), ("fr", "en")])
async def test_the_language_of_a_return_is_kept_and_one_that_we_do_not_write_is_english(
    tag: str, language: str
) -> None:
    house = a_house(None)
    facts: dict[str, Any] = {"customer_id": "cus-1", "language": tag}
    told_of = following()
    await told_of.return_approved(an_approval(return_id="ret_1", language=tag), house)
    await told_of.return_referred(
        events.ReturnReferred(return_id="ret_2", reasons=(WHY,), decide_by=DUE, **facts), house
    )
    refused = events.ReturnRefused(
        return_id="ret_3", reasons=(WHY,), alternatives=(), object_by=date(2026, 3, 25), **facts
    )
    await told_of.return_refused(refused, house)
    await told_of.return_cancelled(events.ReturnCancelled(return_id="ret_4", **facts), house)
    assert [message.language for message in told(house)] == [language] * 4
    assert [house.returns[f"ret_{n}"].language for n in (1, 2, 3)] == [language] * 3


async def test_reasons_and_dates_are_told_as_they_were_given() -> None:
    """R1.4, R2.1, R2.5."""
    house = a_house(None)
    facts: dict[str, Any] = {"customer_id": "cus-1", "language": "en"}
    told_of = following()
    await told_of.return_referred(
        events.ReturnReferred(return_id="ret_2", reasons=(WHY,), decide_by=DUE, **facts), house
    )
    repair = events.Wording(en="Repair", zh="维修")
    refused = events.ReturnRefused(
        return_id="ret_3", reasons=(WHY,), alternatives=(repair,), object_by=date(2026, 3, 25), **facts
    )
    await told_of.return_refused(refused, house)
    says = content.Wording("Too late.", "已超期。")
    assert [message.content for message in told(house)] == [
        content.ReturnReferred((says,), DUE),
        content.ReturnRefused(
            (content.RefusalReason(says, "Policy 2.1"),), (content.Wording("Repair", "维修"),), date(2026, 3, 25)
        ),
    ]


@pytest.mark.parametrize(("known", "rma"), [(KNOWN, "R7K2-MX4Q"), (None, None)])
async def test_a_cancellation_names_the_number_if_there_ever_was_one(
    known: KnownReturn | None, rma: str | None
) -> None:
    """And speaks the language of the approval."""
    house = a_house(known)
    cancelled = events.ReturnCancelled(return_id="ret_1", customer_id="cus-1", language="en")
    await following().return_cancelled(cancelled, house)
    [message] = told(house)
    assert message.content == content.ReturnCancelled(rma)
    assert message.language == ("en" if known is None else "zh-CN")


@pytest.mark.parametrize("complete", [True, False])
async def test_each_parcel_is_told_with_its_own_goods_and_deadline(complete: bool) -> None:
    """F02, R4.3: two receipts of one return are two facts; one that brought nothing is none."""
    house, told_of = a_house(), following()
    for number, units in enumerate((("u1",), ("u2", "u3"), ()), 1):
        received = events.InspectionReceived(
            return_id="ret_1",
            receipt_id=f"rcp_{number}",
            warehouse="WH-1",
            units=tuple(events.ReceivedUnit(unit_id=unit, line_id="L1") for unit in units),
            complete=complete,
            inspect_by=DUE + timedelta(days=number),
        )
        await told_of.inspection_received(received, house)
    assert [message.content for message in told(house)] == [
        content.GoodsReceived("R7K2-MX4Q", (content.MessageItem("Scarf", 1),), complete, DUE + timedelta(days=1)),
        content.GoodsReceived(
            "R7K2-MX4Q",
            (content.MessageItem("Wool coat M", 1), content.MessageItem("Scarf", 1)),
            complete,
            DUE + timedelta(days=2),
        ),
    ]


def looked(**results: events.UnitResult) -> events.InspectionCompleted:
    return events.InspectionCompleted(
        return_id="ret_1",
        units=tuple(
            events.InspectedUnit(unit_id=unit, line_id="L1", result=result, grade="C")
            for unit, result in results.items()
        ),
        complete=False,
    )


def decided(**decisions: events.UnitDecision) -> events.InspectionDecided:
    return events.InspectionDecided(
        return_id="ret_1",
        customer_id="cus-1",
        language="en",
        units=tuple(
            events.DecidedUnit(unit_id=unit, line_id="L1", decision=decision) for unit, decision in decisions.items()
        ),
        complete=False,
    )


async def test_every_look_and_every_decision_tells_its_own_units() -> None:
    """R4.5: what passed is told by its refund; two looks, two decisions, four messages; repeated, no fifth."""
    accepted, failed = events.UnitResult.ACCEPTED, events.UnitResult.FAILED
    accept, refuse = events.UnitDecision.ACCEPT, events.UnitDecision.REFUSE
    house, told_of = a_house(), following()
    for _ in range(2):
        await told_of.inspection_completed(looked(u1=accepted, u2=failed), house)
        await told_of.inspection_completed(looked(u3=failed), house)
        await told_of.inspection_completed(looked(u1=accepted), house)
        await told_of.inspection_decided(decided(u2=refuse, u1=accept), house)
        await told_of.inspection_decided(decided(u3=accept), house)
        await told_of.inspection_decided(decided(), house)
    coat, scarf = content.MessageItem("Wool coat M", 1), content.MessageItem("Scarf", 1)
    assert [message.content for message in told(house)] == [
        content.InspectionHeld("R7K2-MX4Q", (coat,)),
        content.InspectionHeld("R7K2-MX4Q", (scarf,)),
        content.InspectionDecided("R7K2-MX4Q", (scarf,), (coat,)),
        content.InspectionDecided("R7K2-MX4Q", (scarf,), ()),
    ]
    assert {(message.language, message.tells) for message in told(house)} == {("zh-CN", "ret_1")}


async def test_a_refund_is_told_in_its_own_currency_and_of_its_own_day() -> None:
    """R5.1, I14: two refunds of one return are two facts, however they were paid."""
    house, told_of = a_house(), following()
    house.contacts.add(Contact(id="cus-1", language="zh-CN", name="Li Na", email="li.na@customers.example"))
    for number, (kind, trace) in enumerate(((events.TenderKind.WALLET, "W-9"), (events.TenderKind.GIFT_CARD, None)), 1):
        settled = events.RefundSettled(
            refund_id=f"rfd_{number}",
            return_id="ret_1",
            order_id="order_1",
            customer_id="cus-1",
            language="en",
            amount=events.Amount(amount_minor=700 * number, currency="CNY"),
            components=(events.Component(name="goods", amount_minor=700 * number),),
            tenders=(events.TenderShare(tender_id="T1", kind=kind, amount_minor=700 * number, trace=trace),),
            units=(f"u{number}",),
            settled_at=DUE + timedelta(hours=number),
        )
        await told_of.refund_settled(settled, house)
    assert [message.content for message in told(house)] == [
        content.RefundSettled(
            rma="R7K2-MX4Q",
            refund_id=f"rfd_{number}",
            amount=Money(700 * number, "CNY"),
            shares=(content.RefundShare(kind, Money(700 * number, "CNY"), trace),),
            settled_at=DUE + timedelta(hours=number),
        )
        for number, kind, trace in ((1, "wallet", "W-9"), (2, "gift_card", None))
    ]
    assert [message.tells for message in told(house)] == ["rfd_1", "rfd_2"]
    assert [message.status for message in told(house)] == [Status.SENDING, Status.SENDING]


def test_others_are_told_what_the_message_was_about() -> None:
    """The refund it tells and the return it belongs to are not the same."""
    message = a_message(tells="rfd_7", return_id="ret_3", code="smtp_451")
    sent, failed = publish(message, MessageSent()), publish(message, MessageFailed("smtp_550"))
    assert sent is not None
    assert failed is not None
    assert sent.event == events.MessageSent(
        message_id=message.id, return_id="ret_3", kind="refund_settled", channel="email", tells="rfd_7"
    )
    assert failed.event == events.MessageFailed(
        message_id=message.id, return_id="ret_3", kind="refund_settled", channel="email", code="smtp_550"
    )
    assert (sent.correlation, failed.correlation) == ("ret_3", "ret_3")
