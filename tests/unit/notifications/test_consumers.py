"""What others tell becomes a message with the same facts: each return, payer, currency and language another one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from service_notifications.adapters.messages.renderer_jinja import JinjaRenderer
from service_notifications.adapters.publishing import publish
from service_notifications.domain.contacts.contact import Contact
from service_notifications.domain.messages import content
from service_notifications.domain.messages.known_return import KnownReturn
from service_notifications.domain.messages.message import Message, MessageFailed, MessageSent, OtherChannel, Status
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
        content.InspectionDecided(rma="R7K2-MX4Q", accepted=(scarf,), refused=(coat,)),
        content.InspectionDecided(rma="R7K2-MX4Q", accepted=(scarf,), refused=()),
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
    first, second = told(house)
    assert (first.status, second.status) == (Status.SENDING, Status.QUEUED)
    assert first.followed
    assert second.due_at is not None
    assert first.due_at is not None
    assert second.due_at > first.due_at


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


async def test_z31_a_refusal_at_the_bench_is_told_with_reason_clause_and_evidence() -> None:
    """R4.5, E7: and with the language in which the reason was written."""
    house = a_house()
    unit = events.DecidedUnit(unit_id="u2", line_id="L1", decision=events.UnitDecision.REFUSE)
    decided_so = events.InspectionDecided(
        return_id="ret_1",
        customer_id="cus-1",
        language="en",
        units=(unit,),
        complete=False,
        decided_at=DUE,
        reason="衬里因穿着破损",
        clause="Policy 3.4",
        evidence=("insp_1", "file_2"),
    )
    await following().inspection_decided(decided_so, house)
    [message] = told(house)
    assert message.content == content.InspectionDecided(
        rma="R7K2-MX4Q",
        accepted=(),
        refused=(content.MessageItem("Wool coat M", 1),),
        reason=content.WrittenText("衬里因穿着破损", "zh-CN"),
        clause="Policy 3.4",
        evidence=("insp_1", "file_2"),
    )


async def test_z31_a_reduction_is_told_where_the_customer_has_agreed() -> None:
    """R4.5: by goods, the greatest first. One without an agreement is not charged, so it is not told."""
    house = a_house()
    units = tuple(
        events.DecidedUnit(
            unit_id=name,
            line_id="L1",
            decision=events.UnitDecision.ACCEPT,
            deduction_basis_points=points,
            deduction_agreed=agreed,
        )
        for name, points, agreed in (("u1", 1250, True), ("u2", 3000, True), ("u3", 5000, False))
    )
    await following().inspection_decided(
        events.InspectionDecided(
            return_id="ret_1", customer_id="cus-1", language="en", units=units, complete=True, decided_at=DUE
        ),
        house,
    )
    [message] = told(house)
    assert isinstance(message.content, content.InspectionDecided)
    told_items = [(each.quantity, each.basis_points) for each in message.content.reduced]
    assert told_items == [(1, 3000), (1, 1250)]


@pytest.mark.parametrize(
    ("kind", "outcome", "is_told"),
    [
        ("over", "disposed", True),
        ("unexpected", "returned_to_customer", True),
        ("cancelled", "matched_to_return", True),
        ("unexpected", "kept_for_match", False),
        ("cancelled", "accepted_as_return", False),
        ("over", None, False),
        ("looks", "looked_again", False),
        ("money", "money_waived", False),
    ],
)
async def test_z32_the_end_of_goods_that_nobody_announced_is_told(
    kind: str, outcome: str | None, is_told: bool
) -> None:
    """What has no end yet, what another letter tells, and the warehouse's own counts are not."""
    house = a_house()
    cleared = events.InspectionCleared(
        return_id="ret_1",
        discrepancy_id="dis_1",
        kind=kind,
        sku="MUG-BLUE",
        quantity=2,
        outcome=outcome,
        reason="Nobody claimed it.",
        cleared_at=DUE,
    )
    for _ in range(2):
        await following().inspection_cleared(cleared, house)
    assert [(message.content.kind, message.tells) for message in told(house)] == (
        [("discrepancy_cleared", "dis_1")] if is_told else []
    )


async def test_z32_each_end_of_what_the_customer_knows_of_is_told() -> None:
    """A lapsed return, a check that takes longer, and the rest of a refund; other closings were told before."""
    house, told_of = a_house(), following()
    for outcome in ("refunded", "goods_back", "lapsed"):
        await told_of.return_closed(events.ReturnClosed(return_id="ret_1", outcome=outcome), house)
    await told_of.inspection_extended(
        events.InspectionExtended(
            return_id="ret_1", units=("u1", "u3"), inspect_by=DUE, reason="The laboratory is closed.", extended_at=START
        ),
        house,
    )
    await told_of.remainder_closed(
        events.RefundRemainderClosed(
            refund_id="rfd_1",
            return_id="ret_1",
            order_id="order_1",
            amount=events.Amount(amount_minor=2099, currency="EUR"),
            outcome=events.RemainderEnd.NOT_OWED,
            closed_at=DUE,
        ),
        house,
    )
    assert [message.content for message in told(house)] == [
        content.ReturnLapsed("R7K2-MX4Q"),
        content.InspectionExtended(
            "R7K2-MX4Q",
            (content.MessageItem("Scarf", 2),),
            DUE,
            content.WrittenText("The laboratory is closed.", "en"),
        ),
        content.RemainderClosed(
            rma="R7K2-MX4Q",
            refund_id="rfd_1",
            amount=Money(2099, "EUR"),
            outcome=content.RemainderOutcome.NOT_OWED,
            closed_at=DUE,
        ),
    ]


async def test_z24_goods_that_stay_and_more_time_are_told() -> None:
    """A part that was cancelled or lapsed, and an extended deadline in the customer's language; an end is told once."""
    house, told_of = a_house(), following()
    who: dict[str, Any] = {"return_id": "ret_1", "customer_id": "cus_1", "language": "en"}
    for ends, cause in ((False, "lapsed"), (False, "lapsed"), (True, "lapsed")):
        await told_of.return_withdrawn(
            events.ReturnWithdrawn(
                **who, units=("u1",), cause=events.UnitsKeptCause(cause), complete=True, ends=ends, withdrawn_at=START
            ),
            house,
        )
    why = events.Wording(en="You are in hospital.", zh="您正在住院。")
    for language in ("en", "en"):
        await told_of.return_deadline_extended(
            events.ReturnDeadlineExtended(
                **{**who, "language": language},
                deadline=events.ReturnDeadline.SHIP,
                until=DUE,
                day=DUE.date(),
                reason=why,
                extended_at=START,
            ),
            house,
        )
    assert [message.content for message in told(house)] == [
        content.UnitsKept("R7K2-MX4Q", (content.MessageItem("Scarf", 1),), True),
        content.DeadlineExtended(
            "R7K2-MX4Q",
            content.ExtendedStep.SHIP,
            DUE.date(),
            content.WrittenText("You are in hospital.", "en"),
        ),
    ]


@pytest.mark.parametrize("was_told", [True, False])
async def test_z32_a_correction_is_told_to_whom_something_else_was_told(was_told: bool) -> None:
    """Z01: who never heard of the arrival hears of no correction."""
    house, told_of = a_house(), following()
    if was_told:
        received = events.InspectionReceived(
            return_id="ret_1",
            receipt_id="rcp_1",
            warehouse="WH-1",
            units=(events.ReceivedUnit(unit_id="u2", line_id="L1"),),
            complete=False,
            inspect_by=DUE,
        )
        await told_of.inspection_received(received, house)
    corrected = events.InspectionCorrected(
        return_id="ret_1",
        cause="scan_1",
        customer_id="cus-1",
        language="en",
        units=(events.CorrectedUnit(unit_id="u2", line_id="L1", standing=events.UnitStanding.EXPECTED),),
        complete=False,
        corrected_at=DUE,
    )
    await told_of.inspection_corrected(corrected, house)
    coat = content.MessageItem("Wool coat M", 1)
    expected = [content.InspectionCorrected("R7K2-MX4Q", (coat,), ())] if was_told else []
    assert [each.content for each in told(house) if each.kind == "inspection_corrected"] == expected


@pytest.mark.parametrize(
    ("standings", "not_here", "checked_again", "held"),
    [
        ({"u1": "expected", "u2": "cancelled"}, ["u1", "u2"], [], []),
        ({"u1": "received"}, [], ["u1"], []),
        ({"u1": "failed"}, [], [], ["u1"]),
        ({"u1": "failed", "u2": "received", "u3": "expected"}, ["u3"], ["u2"], ["u1"]),
        ({"u1": "accepted"}, [], [], []),
    ],
)
async def test_z32_a_correction_tells_of_each_unit_where_it_stands(
    standings: dict[str, str], not_here: list[str], checked_again: list[str], held: list[str]
) -> None:
    """Z01: each correction is a fact of its own; for what is accepted the refund is told."""
    told_of, expected = following(), []
    house = a_house(KnownReturn("ret_1", "cus-1", "zh-CN", "R7K2-MX4Q", {"u1": "Scarf", "u2": "Coat", "u3": "Hat"}))
    received = events.InspectionReceived(
        return_id="ret_1",
        receipt_id="rcp_1",
        warehouse="WH-1",
        units=tuple(events.ReceivedUnit(unit_id=unit, line_id="L1") for unit in ("u1", "u2", "u3")),
        complete=True,
        inspect_by=DUE,
    )
    await told_of.inspection_received(received, house)
    heard = len(told(house))
    units = tuple(
        events.CorrectedUnit(unit_id=unit, line_id="L1", standing=events.UnitStanding(standing))
        for unit, standing in standings.items()
    )
    corrected = events.InspectionCorrected(
        return_id="ret_1",
        cause="scan_1",
        customer_id="cus-1",
        language="en",
        units=units,
        complete=False,
        corrected_at=DUE,
    )
    names = {"u1": "Scarf", "u2": "Coat", "u3": "Hat"}

    def items(some: list[str]) -> tuple[content.MessageItem, ...]:
        return tuple(content.MessageItem(names[unit], 1) for unit in some)

    if not_here or checked_again:
        expected.append(content.InspectionCorrected("R7K2-MX4Q", items(not_here), items(checked_again)))
    if held:
        expected.append(content.InspectionHeld("R7K2-MX4Q", items(held)))  # type: ignore[arg-type]
    for _ in range(2):
        await told_of.inspection_corrected(corrected, house)
    assert [each.content for each in told(house)[heard:]] == expected
    again = corrected.model_copy(update={"corrected_at": DUE + timedelta(days=1)})
    await told_of.inspection_corrected(again, house)
    other = corrected.model_copy(update={"cause": "scan_2"})
    await told_of.inspection_corrected(other, house)
    assert [each.content for each in told(house)[heard:]] == expected * 3


def test_z20_a_person_who_tells_the_customer_is_published_as_a_channel() -> None:
    """R5.1: whoever waits for the message hears how it was told, or that nobody needs it."""
    message = a_message(tells="rfd_7", return_id="ret_3")
    message.tell_otherwise(OtherChannel.TELEPHONE, by="staff:a", why="told", at=START)
    [event] = message.events
    published = publish(message, cast("Any", event))
    assert published is not None
    assert published.event == events.MessageSent(
        message_id=message.id, return_id="ret_3", kind="refund_settled", channel="telephone", tells="rfd_7"
    )
