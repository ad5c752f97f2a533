"""Nothing happens untold: every event has its sentence, and every one is published or kept on purpose."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from service_requests.adapters.publishing import publish
from service_requests.domain.policy.vocabulary import Fault, Payer
from service_requests.domain.returns import events as return_events
from service_requests.domain.returns.order_facts import OrderFacts
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_line import ReturnLine
from service_requests.domain.returns.return_status import Ending
from service_requests.domain.returns.timeline import STEP_TEMPLATES, event_types, step_of
from service_requests.domain.returns.timeline_words import WORDS
from shared.contracts import events as contracts
from shared.contracts.envelope import Event
from shared.kernel.errors import Said
from tests.unit.requests.builders import (
    NOON,
    RMA,
    a_referred_return,
    a_requested_line,
    a_return,
    an_approved_return,
    an_assessment,
    an_order,
)


def an_event(kind: type[Any]) -> Any:
    """One with plausible facts."""
    by_type = {
        "datetime": NOON,
        "date": NOON.date(),
        "Said": Said("Why", "原因"),
        "int": 1,
        "str": "word",
        "bool": False,
        "tuple": ("unit_1",),
    }
    return kind(**{part.name: by_type[getattr(part.type, "__name__", str(part.type))] for part in fields(kind)})


@pytest.mark.parametrize("kind", event_types())
def test_every_event_is_told_in_both_languages(kind: type[Any]) -> None:
    step = step_of(an_event(kind), 1, "customer:anna")
    assert step.says.en.endswith(".")
    assert step.says.zh.endswith("。")
    assert "{" not in step.says.en + step.says.zh
    assert step.by


def test_there_is_one_telling_for_each_event() -> None:
    assert set(STEP_TEMPLATES) == set(event_types())
    assert len({telling.code for telling in STEP_TEMPLATES.values()}) == len(STEP_TEMPLATES)


def test_the_policy_signs_for_what_no_person_decided() -> None:
    assert step_of(return_events.Approved(NOON, True, RMA), 1, "customer:anna").by == "service:policy"
    assert step_of(return_events.Approved(NOON, False, RMA), 1, "staff:li").by == "staff:li"


def told(of: Return, kind: type[Event]) -> Any:
    """What the others are told by the last event."""
    published = publish(of, of.events[-1])  # type: ignore[arg-type]  # a return's events are its own
    assert published is not None
    assert isinstance(published.event, kind)
    assert published.correlation == of.id
    return published.event


def approved(**but: Any) -> Any:
    made = a_return(**but)
    made.request(an_assessment(), at=NOON, rma=RMA)
    return told(made, contracts.ReturnApproved)


def a_line(fault: Fault, payer: Payer, *, by_right: bool) -> ReturnLine:
    return ReturnLine(
        line_id="L1",
        sku="COAT-M",
        name="Coat",
        quantity=1,
        reason="x",
        condition="unopened",
        comment=None,
        fault=fault,
        payer=payer,
        by_right=by_right,
    )


def test_an_approval_tells_the_refund_what_it_depends_on() -> None:
    """REFUND_RULES 3.4: fault by unit, who pays the way back and how much, the law's withdrawal, the whole order."""
    event = approved()
    assert (event.statutory_withdrawal, event.whole_order) == (True, False)
    assert (event.freight_payer, event.freight_prepaid) == (contracts.FreightPayer.CUSTOMER, False)
    assert event.freight_amount == contracts.Amount(amount_minor=495, currency="EUR")
    assert {unit.fault for unit in event.units} == {contracts.Fault.CUSTOMER}
    assert event.automatic
    assert event.rma == RMA
    assert len(event.units) == 2
    assert approved(whole_order=True).whole_order


def test_one_faulty_unit_makes_the_merchant_pay_the_way() -> None:
    """One parcel has one payer: the kinder one."""
    verdict = an_assessment(a_requested_line(reason="defective"), a_requested_line(line_id="L2"))
    assert verdict.payers == (Payer.MERCHANT, Payer.CUSTOMER)
    lines = (
        a_line(Fault.MERCHANT, verdict.payers[0], by_right=verdict.by_right[0]),
        a_line(Fault.CUSTOMER, verdict.payers[1], by_right=verdict.by_right[1]),
    )
    made = a_return(lines=lines)
    made.units[1].place = 1
    made.request(verdict, at=NOON, rma=RMA)
    event = told(made, contracts.ReturnApproved)
    assert event.freight_payer is contracts.FreightPayer.MERCHANT
    assert [unit.fault for unit in event.units] == [contracts.Fault.MERCHANT, contracts.Fault.CUSTOMER]
    assert event.statutory_withdrawal


def test_a_promise_of_the_merchant_is_no_right_of_withdrawal() -> None:
    line = a_line(Fault.CUSTOMER, Payer.CUSTOMER, by_right=False)
    assert not approved(lines=(line,), order=OrderFacts.of(an_order(regime="US"))).statutory_withdrawal


def test_a_refusal_tells_each_failed_rule_what_else_and_until_when_to_object() -> None:
    """R1.4, R2.5, A12."""
    made = a_return()
    made.request(an_assessment(delivered_at=NOON - timedelta(days=99)), at=NOON, rma=RMA)
    event = told(made, contracts.ReturnRefused)
    assert [reason.rule for reason in event.reasons] == ["in_time"]
    assert event.alternatives
    assert event.object_by > NOON.date()


def test_a_referral_tells_why_and_by_when() -> None:
    made = a_referred_return()
    made.events.append(return_events.Referred(NOON))
    event = told(made, contracts.ReturnReferred)
    assert [reason.rule for reason in event.reasons] == ["reason_needs_a_person"]
    assert event.decide_by == made.promises.decide_by


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_others_are_told_the_language_of_the_return(language: str) -> None:
    """Whatever is told of a return: requested, approved, referred, refused, cancelled."""
    order = OrderFacts.of(an_order(language=language))
    made = a_return(order=order)
    made.request(an_assessment(), at=NOON, rma=RMA)
    made.cancel(at=NOON)
    referred, refused = a_return(order=order), a_return(order=order)
    referred.request(an_assessment(a_requested_line(reason="unsafe")), at=NOON, rma=RMA)
    refused.request(an_assessment(delivered_at=NOON - timedelta(days=99)), at=NOON, rma=RMA)
    tongues = []
    for of in (made, referred, refused):
        for event in of.events:
            published = publish(of, event)  # type: ignore[arg-type]  # a return's events are its own
            assert published is not None
            tongues.append((type(published.event).__name__, published.event.model_dump()["language"]))
    assert tongues == [
        ("ReturnRequested", language),
        ("ReturnApproved", language),
        ("ReturnCancelled", language),
        ("ReturnRequested", language),
        ("ReturnReferred", language),
        ("ReturnRequested", language),
        ("ReturnRefused", language),
    ]


def test_an_approval_tells_of_each_unit_what_its_own_line_says() -> None:
    """The second line's unit comes first; one line is a right, the other one is not."""
    coat = a_line(Fault.CUSTOMER, Payer.CUSTOMER, by_right=True)
    scarf = replace(coat, line_id="L2", sku="SCARF", name="Scarf", reason="unsafe", fault=Fault.CARRIER, by_right=False)
    made = a_return(lines=(coat, scarf))
    made.units.reverse()
    made.units[0].place, made.units[0].line_id = 1, "L2"
    made.request(an_assessment(a_requested_line(reason="unsafe")), at=NOON, rma=RMA)
    later = NOON + timedelta(days=9)
    both = an_assessment(a_requested_line(), a_requested_line(line_id="L2"), at=later)
    made.approve(both, by="staff:li", at=later, rma=RMA, note=None)
    event = told(made, contracts.ReturnApproved)
    assert [(unit.line_id, unit.sku, unit.name, unit.reason, unit.fault) for unit in event.units] == [
        ("L2", "SCARF", "Scarf", "unsafe", contracts.Fault.CARRIER),
        ("L1", "COAT-M", "Coat", "x", contracts.Fault.CUSTOMER),
    ]
    assert event.statutory_withdrawal
    assert not event.automatic
    assert event.ship_by == later.date() + timedelta(days=14)


def test_what_others_told_us_is_not_told_again() -> None:
    found = an_approved_return(1)
    found.receive(["unit_1"], inspect_by=NOON, at=NOON)
    found.record_inspection([("unit_1", True)], at=NOON)
    assert [publish(found, event) for event in found.events] == [None, None]  # type: ignore[arg-type]


def test_no_code_stands_in_a_sentence_without_words() -> None:
    """E01, N3.3: endings and promises are told in words, in both languages."""
    assert set(WORDS["outcome"]) == {ending.value for ending in Ending}
    for words in WORDS.values():
        assert all("_" not in said.en + said.zh for said in words.values())
