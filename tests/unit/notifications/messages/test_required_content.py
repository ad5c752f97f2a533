"""What each kind of message must say; an empty slot is named (L06, K02, E6, E7, R2.3, R2.5, R4.5, R5.1)."""

from typing import Any, Final

import pytest

from service_notifications.domain.messages.content import MessageKind
from service_notifications.domain.messages.required_content import (
    REQUIRED_FACTS,
    NoticeKind,
    RequiredFact,
    always_required,
    is_empty,
    missing_facts,
    missing_sentence,
)

PLACES: Final = [(kind, slot) for kind, slots in REQUIRED_FACTS.items() for slot in slots]
CASES: Final[dict[str, dict[str, Any]]] = {
    "freight_amount": {"customer_pays": True},
    "amount": {"gives_money": True},
    "rma": {"was_approved": True},
}


def whole(kind: NoticeKind) -> dict[str, Any]:
    """Every slot filled, in the case that asks for the most."""
    facts: dict[str, Any] = {slot.name: "x" for slot in REQUIRED_FACTS[kind]}
    facts.update(customer_pays=True, gives_money=True, was_approved=True)
    return facts | ({"passed": False} if "passed" in facts else {})


NORMS: Final = """
request_received        number:T1 items:L1 wish:L5 answer_by:T1
return_referred         reasons:R2.2 decide_by:R2.1
return_approved         rma:R2.3 items:R2.3 recipient:R2.3 address:R2.3 contact:R2.3
                        phone:R2.3 carriers:R2.3 customer_pays:R2.4 freight_amount:R2.4
                        ship_by:R2.3
return_refused          reasons:E7 clauses:E7 evidence:E7 alternatives:E7 object_by:R2.5
return_cancelled        rma:R2.3
return_lapsed           rma:D06
units_kept              rma:D06 items:D06
deadline_extended       rma:T3 step:T3 day:H3 reason:T3
goods_received          rma:R4.3 items:R4.3 complete:R4.3 inspect_by:R4.3
inspection_held         rma:R4.5 items:R4.5
inspection_decided      rma:R4.5 units:R4.5
inspection_corrected    rma:H3 units:H3
inspection_extended     rma:T3 items:T3 inspect_by:H3 reason:T3
discrepancy_cleared     rma:C2 items:C2 outcome:C2
inspection_result       rma:R4.3 items:R4.3 passed:R4.3 findings:R4.1 evidence:R4.2
                        next_step:C2
offer_made              rma:R4.5 findings:R4.5 evidence:R4.5 options:R4.5 amount:E4
                        answer_by:R4.5 without_answer:C05
refund_settled          rma:R5.1 refund_id:R5.1 amount:R5.1 shares:R5.1 settled_at:R5.1
remainder_closed        rma:R5.1 refund_id:R5.1 amount:R5.1 outcome:R5.1
delay                   what:T3 promised:H3 new_date:H3 remedy:H3 contact:X1
closing                 summary:X1 way_back:X1 thanks:N3.6
complaint_acknowledged  complaint_number:K1 received_at:K1 wish:K1 handled_by:K1
                        answer_by:K1
complaint_decided       complaint_number:K3 decision:K3 reasons:K3 outside_remedies:K3
                        object_by:K3
"""
"""What each kind of message must say, in order, with the clause that asks for it."""


def test_each_kind_asks_for_what_the_norms_ask_and_names_their_clause() -> None:
    """L06: a fact that is lost here is a message that leaves without it."""
    asked: list[str] = []
    for kind, slots in REQUIRED_FACTS.items():
        asked += [kind, *(f"{slot.name}:{slot.clause}" for slot in slots)]
    assert asked == NORMS.split()


def test_every_kind_has_its_slots_and_every_message_of_ours_is_one_of_them() -> None:
    assert set(REQUIRED_FACTS) == set(NoticeKind)
    assert {kind.value for kind in MessageKind} <= {letter.value for letter in NoticeKind}


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_whole_message_lacks_nothing(kind: NoticeKind) -> None:
    assert missing_facts(kind, whole(kind)) == ()


@pytest.mark.parametrize(("kind", "slot"), PLACES, ids=lambda each: getattr(each, "name", None) or each.value)
@pytest.mark.parametrize("empty", [None, "", "  ", (), []])
def test_an_empty_slot_is_named_with_its_clause_in_both_languages(
    kind: NoticeKind, slot: RequiredFact, empty: object
) -> None:
    """L06."""
    lacks = missing_facts(kind, whole(kind) | {slot.name: empty})
    assert [each.slot for each in lacks] == [slot]
    assert lacks[0].says == missing_sentence(slot)
    for said in lacks[0].says:
        assert slot.clause in said
    assert slot.what.en in lacks[0].says.en
    assert slot.what.zh in lacks[0].says.zh


@pytest.mark.parametrize("kind", NoticeKind)
def test_of_nothing_everything_lacks_in_order(kind: NoticeKind) -> None:
    asked = [slot for slot in REQUIRED_FACTS[kind] if slot.when({})]
    assert [each.slot for each in missing_facts(kind, {})] == asked
    assert set(asked) >= {slot for slot in REQUIRED_FACTS[kind] if slot.when is always_required}


def names(kind: NoticeKind, **but: Any) -> set[str]:
    return {each.slot.name for each in missing_facts(kind, but)}


def test_an_approval_holds_the_six_facts() -> None:
    """E6, R2.3: address, contact, telephone, how to send, return number, who pays."""
    assert names(NoticeKind.RETURN_APPROVED) >= {"address", "contact", "phone", "carriers", "rma", "customer_pays"}


def test_the_amount_of_the_freight_is_asked_only_of_her_who_pays_it() -> None:
    """R2.4; "no" is an answer."""
    assert "freight_amount" in names(NoticeKind.RETURN_APPROVED, customer_pays=True)
    assert not {"freight_amount", "customer_pays"} & names(NoticeKind.RETURN_APPROVED, customer_pays=False)


def test_a_refusal_holds_reason_clause_evidence_alternative_and_the_date_to_object() -> None:
    """E7, R2.5."""
    five = {"reasons", "clauses", "evidence", "alternatives", "object_by"}
    assert names(NoticeKind.RETURN_REFUSED) == five
    assert names(NoticeKind.RETURN_REFUSED, on_record=True) == five - {"evidence"}
    assert names(NoticeKind.RETURN_REFUSED, no_alternative=True) == five - {"alternatives"}


def test_evidence_is_asked_for_when_an_inspection_fails() -> None:
    """R4.2, R4.3, R4.5."""
    assert {"findings", "evidence"} <= names(NoticeKind.INSPECTION_RESULT, passed=False)
    assert not {"findings", "evidence"} & names(NoticeKind.INSPECTION_RESULT, passed=True)
    assert {"evidence", "options", "answer_by", "without_answer"} <= names(NoticeKind.OFFER_MADE)
    assert "amount" in names(NoticeKind.OFFER_MADE, gives_money=True)
    assert "amount" not in names(NoticeKind.OFFER_MADE)


def test_a_delay_is_told_with_a_new_date_and_a_remedy() -> None:
    """H3, T3."""
    assert names(NoticeKind.DELAY) == {"what", "promised", "new_date", "remedy", "contact"}


def test_a_refund_is_confirmed_with_amount_way_date_and_reference() -> None:
    """R5.1."""
    assert {"amount", "shares", "settled_at", "refund_id"} <= names(NoticeKind.REFUND_SETTLED)


def test_a_complaint_has_a_number_and_the_remedy_wanted_and_its_decision_names_the_ways_outside() -> None:
    """K1, K3."""
    assert {"complaint_number", "wish"} <= names(NoticeKind.COMPLAINT_ACKNOWLEDGED)
    assert {"decision", "reasons", "outside_remedies", "object_by"} <= names(NoticeKind.COMPLAINT_DECIDED)


def test_a_closing_has_a_summary_a_way_back_and_thanks() -> None:
    """X1, N3.6."""
    assert names(NoticeKind.CLOSING) == {"summary", "way_back", "thanks"}


@pytest.mark.parametrize("value", [False, 0, True, "0", ("a",), 0.0])
def test_no_and_nought_are_facts(value: object) -> None:
    assert not is_empty(value)


@pytest.mark.parametrize("slot", {slot.name: slot for _, slot in PLACES if slot.when is not always_required}.values())
def test_a_slot_that_is_not_always_asked_for_says_when(slot: RequiredFact) -> None:
    assert slot.because is not None
    assert slot.because.en
    assert slot.because.zh


def test_a_refund_of_nothing_has_no_means_of_payment() -> None:
    """R5.1, H15."""
    assert "shares" in names(NoticeKind.REFUND_SETTLED)
    assert "shares" in names(NoticeKind.REFUND_SETTLED, nothing_to_pay=False)
    assert "shares" not in names(NoticeKind.REFUND_SETTLED, nothing_to_pay=True)
