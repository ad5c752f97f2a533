"""What may be returned: each rule, each ground, and that the kindest ground wins (R1.4, R2.2, R2.4, R2.5)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service_requests.adapters.eligibility import case_documents
from service_requests.adapters.policy import policy_documents as documents
from service_requests.domain.eligibility.engine import decide
from service_requests.domain.policy.term import IntactTest
from service_requests.domain.policy.vocabulary import (
    Cause,
    LawClass,
    Layer,
    Offer,
    Payer,
    Proof,
    Remedy,
    Result,
    State,
    Verdict,
)
from tests.unit.requests.policy_builders import (
    a_case_document,
    a_policy,
    a_policy_document,
    calendars,
    days_for,
    decided,
    finding,
    laws,
    moment,
    raw,
    said,
    unit_of,
)

LATE = "2026-11-20T10:00"
AT_PURCHASE = "2026-10-30T09:59"


def confirmed(goods: str, at: str = AT_PURCHASE, **but: Any) -> dict[str, Any]:
    return {"goods": [goods], "confirmations": [{"goods": goods, "at": moment(at).isoformat(), **but}]}


def test_within_the_law_it_is_accepted_and_says_on_what_it_stands() -> None:
    """B04, B10, R2.2."""
    unit = unit_of()
    assert unit.verdict is Verdict.ACCEPT
    assert (unit.stands_on, unit.ground) == (Layer.LAW, "law:CN")
    assert [(each.layer, each.rule) for each in unit.reasons_against] == [(Layer.POLICY, "has_right")]
    assert "暂行办法" in finding(unit, "in_time").clause


def test_a_refusal_names_every_failed_rule_with_its_clause_and_offers_something_else() -> None:
    """R1.4, R2.5, B10, A12."""
    offers = [{"id": "late", "instead_of": ["in_time"], "offers": ["exchange", "defect_claim"]}]
    unit = unit_of(policies=[a_policy(alternatives=offers)], stated=LATE, unit={"states": ["damaged"]})
    assert unit.verdict is Verdict.REFUSE
    assert {each.rule for each in unit.reasons_against} == {"in_time", "intact"}
    assert all(each.clause and each.says.en and each.says.zh for each in unit.reasons_against)
    assert [each.offer for each in unit.alternatives] == [Offer.EXCHANGE, Offer.DEFECT_CLAIM]
    assert unit.consequences is None
    assert unit.stands_on is None


def test_where_nothing_can_be_offered_the_refusal_says_so_with_a_code() -> None:
    """A12: a refusal without an alternative is a coded "none feasible"."""
    assert [each.offer for each in unit_of(stated=LATE).alternatives] == [Offer.NONE_FEASIBLE]


def test_the_policy_of_the_merchant_widens_the_law() -> None:
    """B01: thirty days of policy after seven of law."""
    policy = a_policy(windows=[days_for(30)])
    unit = unit_of(policies=[policy], stated=LATE)
    assert (unit.verdict, unit.stands_on) == (Verdict.ACCEPT, Layer.POLICY)
    assert finding(unit, "in_time", "law").result is Result.NO
    assert finding(unit, "in_time", "policy").facts["last_day"] == "2026-12-02"


@pytest.mark.parametrize(
    ("category", "channel", "segment", "ordered", "last_day"),
    [
        (None, "web", "regular", "2026-10-30T10:00", "2026-12-02"),
        ("shoes", "web", "regular", "2026-10-30T10:00", "2026-12-12"),
        (None, "app", "regular", "2026-10-30T10:00", "2026-12-17"),
        (None, "web", "vip", "2026-10-30T10:00", "2027-02-10"),
        (None, "web", "regular", "2026-11-01T10:00", "2027-01-31"),
    ],
)
def test_windows_differ_by_category_channel_segment_and_season(
    category: str | None, channel: str, segment: str, ordered: str, last_day: str
) -> None:
    """B01, B07, B12: the first row that applies answers; a shoe is clothing."""
    policy = a_policy(
        channels=["web", "app"],
        windows=[
            days_for(100, segment={"is": "vip"}),
            days_for(45, channel={"none_of": ["web"]}),
            days_for(90, ordered_on={"from": "2026-11-01", "until": "2026-12-24"}),
            days_for(40, category={"any_of": ["clothing"]}),
            days_for(30),
        ],
    )
    unit = unit_of(policies=[policy], channel=channel, segment=segment, ordered=ordered, line={"category": category})
    assert finding(unit, "in_time", "policy").facts["last_day"] == last_day


def test_a_segment_never_gets_less_than_everybody() -> None:
    """B12: a segment's row for one category does not hide a longer one for the category above it."""
    policy = a_policy(
        windows=[
            days_for(14, segment={"is": "vip"}, category={"is": "shoes"}),
            days_for(30, category={"is": "clothing"}),
        ]
    )
    unit = unit_of(policies=[policy], segment="vip", line={"category": "shoes"})
    assert finding(unit, "in_time", "policy").facts["window"] == "30 days"


def test_a_policy_frozen_at_purchase_holds_and_a_kinder_later_one_wins() -> None:
    """B08, R1.2: a later edit never takes away, and may give."""
    bought_under = a_policy(windows=[days_for(14)], effective_until="2026-11-01")
    kinder = a_policy(version="2", effective_from="2026-11-01", windows=[days_for(30)])
    harsher = a_policy(version="2", effective_from="2026-11-01")
    unit = unit_of(policies=[bought_under, kinder], stated=LATE)
    assert (unit.verdict, unit.stands_on) == (Verdict.ACCEPT, Layer.LATER_POLICY)
    unit = unit_of(policies=[bought_under, harsher], stated="2026-11-16T10:00")
    assert (unit.verdict, unit.stands_on) == (Verdict.ACCEPT, Layer.POLICY)


def test_of_two_versions_in_force_the_one_that_began_last_holds() -> None:
    """R1.2."""
    old, new = a_policy(windows=[days_for(60)]), a_policy(version="2", effective_from="2025-01-01")
    for policies in ([old, new], [new, old]):
        assert decided(policies=policies).policies == ("shop@2",)


def test_the_version_that_the_order_names_decides_whatever_is_in_force() -> None:
    """R1.2, B08."""
    old = a_policy(windows=[days_for(60)], effective_until="2025-01-01")
    new = a_policy(version="2", effective_from="2025-01-01")
    decision = decided(policies=[old, new], policy="shop@1", stated=LATE)
    assert decision.verdict is Verdict.ACCEPT
    assert decision.policies == ("shop@1", "shop@2")


@pytest.mark.parametrize(
    ("line", "states", "result"),
    [
        ({"goods": ["made_to_order"]}, [], Result.NO),
        ({"goods": ["perishable"]}, [], Result.NO),
        ({"goods": ["periodical"]}, [], Result.NO),
        ({"goods": ["unsealed_media"]}, [], None),
        ({"goods": ["unsealed_media"]}, ["downloaded"], Result.NO),
        ({"goods": ["health_after_opening"]}, [], Result.YES),
        (confirmed("health_after_opening"), [], Result.NO),
        (confirmed("value_lost_on_trial"), [], Result.NO),
        (confirmed("near_expiry_or_flawed"), [], Result.NO),
        (confirmed("health_after_opening", by_default=True), [], Result.YES),
        (confirmed("health_after_opening", at="2026-10-30T10:01"), [], Result.YES),
        ({**confirmed("perishable"), "goods": ["health_after_opening"]}, [], Result.YES),
        ({"goods": ["final_sale"]}, [], None),
    ],
)
def test_goods_are_left_out_only_with_the_consent_the_law_asks_for(
    line: dict[str, Any], states: list[str], result: Result | None
) -> None:
    """B05, 暂行办法 6, 7, 20: confirmed at that purchase, by the buyer's own hand."""
    unit = unit_of(line=line, unit={"states": states})
    found = [each.result for each in unit.findings if each.rule == "not_excluded"]
    assert found[:1] == ([] if result is None else [result])
    assert unit.verdict is (Verdict.REFUSE if result is Result.NO else Verdict.ACCEPT)


def test_goods_that_were_left_out_can_still_be_claimed_when_faulty() -> None:
    """B05, B15."""
    unit = unit_of(line={"goods": ["made_to_order"]}, unit={"reason": "faulty"})
    assert (unit.verdict, unit.cause) == (Verdict.ACCEPT, Cause.DEFECT)


def test_a_merchant_may_waive_an_exclusion() -> None:
    """B01."""
    policy = a_policy(windows=[days_for(14)], waived_exclusions=["perishable"])
    unit = unit_of(policies=[policy], line={"goods": ["perishable"]})
    assert (unit.verdict, unit.stands_on) == (Verdict.ACCEPT, Layer.POLICY)


@pytest.mark.parametrize(
    ("regime", "category", "states", "verdict"),
    [
        ("CN", "clothing", ["opened", "tried"], Verdict.ACCEPT),
        ("CN", "clothing", ["mark_removed"], Verdict.REFUSE),
        ("CN", "shoes", ["label_cut"], Verdict.REFUSE),
        ("CN", "shoes", ["soiled"], Verdict.REFUSE),
        ("CN", "electronics", ["soiled", "opened"], Verdict.ACCEPT),
        ("CN", "electronics", ["activated"], Verdict.REFUSE),
        ("CN", "electronics", ["marks_altered"], Verdict.REFUSE),
        ("CN", "cosmetics", ["opened"], Verdict.ACCEPT),
        ("CN", "cosmetics", ["seal_broken"], Verdict.REFUSE),
        ("CN", None, ["seal_broken"], Verdict.ACCEPT),
        ("CN", None, ["parts_missing"], Verdict.REFUSE),
        ("EU", "clothing", ["mark_removed", "soiled"], Verdict.ACCEPT),
        ("UK", "electronics", ["activated", "damaged"], Verdict.ACCEPT),
    ],
)
def test_goods_are_tested_by_their_class_and_opening_them_never_fails(
    regime: str, category: str | None, states: list[str], verdict: Verdict
) -> None:
    """B06, 暂行办法 8, 9; CRD 14(2): in the EU handling reduces, it never refuses."""
    unit = unit_of(regime, line={"category": category}, unit={"states": states})
    assert unit.verdict is verdict
    assert finding(unit, "intact").facts["states"] == ", ".join(sorted(states))


def test_handling_may_reduce_the_refund_only_of_whom_was_told_of_the_right() -> None:
    """CRD 14(2), 6."""
    worn = {"states": ["worn"]}
    told = unit_of("EU", unit=worn).consequences
    untold = unit_of("EU", unit=worn, told={"withdrawal": {"before_contract": False}}).consequences
    tried = unit_of("EU", unit={"states": ["tried"]}).consequences
    assert told
    assert told.value_loss_possible
    assert untold
    assert not untold.value_loss_possible
    assert tried
    assert not tried.value_loss_possible


def test_what_is_missing_is_listed_item_by_item() -> None:
    """R1.3, R2.2."""
    proofs = [{"id": "p", "when": {"reason": {"is": "faulty"}}, "required": ["photo", "invoice", "description"]}]
    policy = a_policy(proofs=proofs)
    unit = unit_of(policies=[policy], unit={"reason": "faulty", "proofs": ["invoice"]})
    assert (unit.verdict, unit.missing) == (Verdict.PROOFS_MISSING, (Proof.PHOTO, Proof.DESCRIPTION))
    assert unit_of(policies=[policy]).verdict is Verdict.ACCEPT
    whole = {"reason": "faulty", "proofs": ["invoice", "photo", "description"]}
    assert unit_of(policies=[policy], unit=whole).verdict is Verdict.ACCEPT


def test_a_withdrawal_needs_no_proof_where_the_law_says_a_statement_is_enough() -> None:
    """CRD 11: a proof that is asked for beyond the law does not stop what the law gives."""
    proofs = [{"id": "p", "required": ["photo"], "beyond_law": True}]
    policy = a_policy(proofs=proofs, windows=[days_for(30)])
    assert unit_of("EU", policies=[policy]).verdict is Verdict.ACCEPT
    assert unit_of("CN", policies=[policy]).verdict is Verdict.ACCEPT
    careless = documents.read_policy(raw(a_policy_document(proofs=[{"id": "p", "required": ["photo"]}])))
    assert unit_of("EU", policies=[careless]).verdict is Verdict.ACCEPT
    late = unit_of("EU", policies=[policy], stated="2026-11-25T10:00")
    assert (late.verdict, late.missing) == (Verdict.PROOFS_MISSING, (Proof.PHOTO,))


@pytest.mark.parametrize(
    ("regime", "stated", "unit", "verdict", "offers"),
    [
        ("CN", "2026-11-08T10:00", {"wish": "refund"}, Verdict.ACCEPT, []),
        ("CN", "2026-11-12T10:00", {"wish": "refund"}, Verdict.REFUSE, ["exchange", "repair"]),
        ("CN", "2026-11-12T10:00", {"wish": "exchange"}, Verdict.ACCEPT, []),
        ("CN", "2026-11-25T10:00", {"wish": "exchange"}, Verdict.REFUSE, ["repair"]),
        ("CN", "2026-11-25T10:00", {"wish": "exchange", "failed_repairs": 1}, Verdict.REFUSE, ["repair"]),
        ("CN", "2026-11-25T10:00", {"wish": "exchange", "failed_repairs": 2}, Verdict.ACCEPT, []),
        ("UK", "2026-12-02T10:00", {"wish": "refund"}, Verdict.ACCEPT, []),
        ("UK", "2026-12-03T10:00", {"wish": "refund"}, Verdict.REFUSE, ["exchange", "repair"]),
        ("UK", "2026-12-03T10:00", {"wish": "refund", "failed_repairs": 1}, Verdict.ACCEPT, []),
        ("EU", "2028-11-02T10:00", {"wish": "repair"}, Verdict.ACCEPT, []),
        ("EU", "2028-11-03T10:00", {"wish": "repair"}, Verdict.REFUSE, ["none_feasible"]),
        ("EU", "2026-12-01T10:00", {"wish": "refund"}, Verdict.REFUSE, ["exchange", "repair"]),
        ("EU", "2026-12-01T10:00", {"wish": "refund", "failed_repairs": 1}, Verdict.ACCEPT, []),
    ],
)
def test_a_defect_stands_on_rights_of_its_own(
    regime: str, stated: str, unit: dict[str, Any], verdict: Verdict, offers: list[str]
) -> None:
    """B15, J05: 三包 7 and 15 days, CRA 30 days, EU two years; a repair that failed opens the stronger right."""
    answer = unit_of(regime, stated=stated, unit={"reason": "faulty", **unit})
    assert answer.verdict is verdict
    assert [each.offer for each in answer.alternatives] == offers


def test_without_a_wish_the_strongest_remedy_of_the_day_is_given() -> None:
    """B15: the decision tells which right is the strongest."""
    for stated, remedy in (
        ("2026-11-08T10:00", Remedy.REFUND),
        ("2026-11-12T10:00", Remedy.EXCHANGE),
        ("2026-12-12T10:00", Remedy.REPAIR),
    ):
        consequences = unit_of(stated=stated, unit={"reason": "faulty"}).consequences
        assert consequences
        assert consequences.remedy is remedy


def test_the_united_states_give_what_the_policy_gives() -> None:
    """B04: no federal right to return by a change of mind."""
    assert unit_of("US").verdict is Verdict.REFUSE
    unit = unit_of("US", policies=[a_policy(windows=[days_for(30)])])
    assert (unit.verdict, unit.stands_on) == (Verdict.ACCEPT, Layer.POLICY)


def test_the_law_protects_consumers_and_the_policy_everybody() -> None:
    """B12."""
    business = unit_of(consumer=False)
    assert business.verdict is Verdict.REFUSE
    assert unit_of(consumer=False, policies=[a_policy(windows=[days_for(14)])]).stands_on is Layer.POLICY


def test_a_piece_has_one_remedy() -> None:
    """B14: on no ground a second one, not even a promise."""
    promise = [{"id": "x", "until": "2026-12-31"}]
    unit = unit_of(unit={"taken": "exchange"}, promises=promise)
    assert unit.verdict is Verdict.REFUSE
    assert {each.rule for each in unit.reasons_against if each.layer is Layer.PROMISE} == {"one_remedy"}
    assert [each.offer for each in unit.alternatives] == [Offer.NONE_FEASIBLE]


def test_a_promise_is_kept_whoever_made_it_and_for_what_it_was_made() -> None:
    """N3.4."""
    promise = {"id": "P-12", "until": "2026-11-30", "free_freight": True}
    kept = unit_of(stated=LATE, unit={"states": ["damaged"]}, promises=[promise])
    assert (kept.verdict, kept.stands_on) == (Verdict.ACCEPT, Layer.PROMISE)
    assert kept.consequences
    assert kept.consequences.freight.payer is Payer.MERCHANT
    assert unit_of(stated="2026-12-01T00:00", promises=[promise]).verdict is Verdict.REFUSE
    assert unit_of(stated=LATE, promises=[{**promise, "lines": ["other"]}]).verdict is Verdict.REFUSE
    assert unit_of(stated=LATE, unit={"wish": "repair"}, promises=[promise]).verdict is Verdict.REFUSE


def money(minor: int, currency: str = "CNY") -> dict[str, Any]:
    return {"amount_minor": minor, "currency": currency}


GOODWILL = [
    {"role": "agent", "up_to": money(10_000), "days_late": 10, "second_above": money(8_000)},
    {"role": "supervisor", "up_to": money(50_000), "days_late": 30},
]


@pytest.mark.parametrize(
    ("given", "paid", "stated", "verdict"),
    [
        ({"role": "agent"}, money(8_000), "2026-11-19T10:00", Verdict.ACCEPT),
        ({"role": "agent"}, money(8_000), "2026-11-20T10:00", Verdict.REFUSE),
        ({"role": "agent"}, money(8_001), "2026-11-19T10:00", Verdict.LOOK),
        ({"role": "agent", "second_person": True}, money(10_000), "2026-11-19T10:00", Verdict.ACCEPT),
        ({"role": "agent", "second_person": True}, money(10_001), "2026-11-19T10:00", Verdict.REFUSE),
        ({"role": "supervisor"}, money(10_001), "2026-12-09T10:00", Verdict.ACCEPT),
        ({"role": "merchant_admin"}, money(1), "2026-11-19T10:00", Verdict.REFUSE),
        ({"role": "agent", "lines": ["other"]}, money(1), "2026-11-19T10:00", Verdict.REFUSE),
    ],
)
def test_goodwill_has_the_limits_of_its_role(
    given: dict[str, Any], paid: dict[str, Any], stated: str, verdict: Verdict
) -> None:
    """B09: reason, limit by role, a second person above an amount, shown as goodwill."""
    policy = a_policy(goodwill=GOODWILL)
    unit = unit_of(
        policies=[policy], stated=stated, line={"unit_paid": paid}, goodwill={"reason": "bereavement", **given}
    )
    assert unit.verdict is verdict
    if verdict is Verdict.ACCEPT:
        assert unit.stands_on is Layer.GOODWILL
        assert finding(unit, "goodwill", "goodwill").facts["reason"] == "bereavement"


def test_goodwill_says_nothing_where_there_is_a_right() -> None:
    """B09."""
    unit = unit_of(policies=[a_policy(goodwill=GOODWILL)], goodwill={"role": "agent", "reason": "x"})
    assert unit.stands_on is Layer.LAW
    assert all(each.layer is not Layer.GOODWILL for each in unit.findings)


def test_signals_and_thresholds_only_ever_add_a_person() -> None:
    """B13, R2.2: they explain themselves and never refuse."""
    persons = [{"id": "dear", "when": {"value_minor": {"at_least": 10_000}}, "says": said("dear")}]
    policy = a_policy(persons=persons)
    dear = unit_of(policies=[policy])
    assert (dear.verdict, [each.code for each in dear.looks]) == (Verdict.LOOK, ["dear"])
    assert dear.stands_on is Layer.LAW
    assert unit_of(policies=[policy], line={"unit_paid": money(9_999)}).verdict is Verdict.ACCEPT
    signals = [{"code": "often", "says": said("the tenth this month")}]
    assert unit_of(signals=signals).verdict is Verdict.LOOK
    assert unit_of(signals=signals, stated=LATE).verdict is Verdict.REFUSE
    assert unit_of(unit={"reason": "story"}).looks[0].code == "reason_needs_a_person"
    assert unit_of(unit={"serial_differs": True}).looks[0].code == "serial_differs"


def test_whoever_asks_for_a_person_is_not_refused_by_a_machine() -> None:
    """PIPL 24, GDPR 22."""
    unit = unit_of(stated=LATE, wants_person=True)
    assert (unit.verdict, unit.looks[0].code) == (Verdict.LOOK, "asked_for")
    assert unit_of(wants_person=True).verdict is Verdict.ACCEPT


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        (["no_reason", "no_reason"], Verdict.ACCEPT),
        (["no_reason", "taken"], Verdict.PARTLY),
        (["taken", "taken"], Verdict.REFUSE),
        (["taken", "story"], Verdict.LOOK),
        (["crushed", "no_reason"], Verdict.PROOFS_MISSING),
        (["crushed", "story"], Verdict.LOOK),
    ],
)
def test_the_whole_is_a_function_of_its_units(verdicts: list[str], whole: Verdict) -> None:
    """C02: each unit can end differently."""
    policy = a_policy(proofs=[{"id": "p", "when": {"reason": {"is": "crushed"}}, "required": ["photo"]}])
    units = [
        {"id": str(number), "reason": "no_reason", "taken": "refund"}
        if reason == "taken"
        else {"id": str(number), "reason": reason}
        for number, reason in enumerate(verdicts)
    ]
    assert decided(policies=[policy], line={"units": units}).verdict is whole


FREIGHT = [
    {"id": "vip", "when": {"segment": {"is": "vip"}}, "cause": "change_of_mind", "payer": "merchant"},
    {
        "id": "cn",
        "when": {"regime": {"is": "CN"}},
        "cause": "change_of_mind",
        "payer": "customer",
        "amount": money(1_200),
    },
    {
        "id": "eu",
        "when": {"regime": {"is": "EU"}},
        "cause": "change_of_mind",
        "payer": "customer",
        "amount": money(495, "EUR"),
    },
]


@pytest.mark.parametrize(
    ("regime", "but", "payer", "amount", "deductible"),
    [
        ("CN", {}, Payer.CUSTOMER, 1_200, False),
        ("CN", {"told": {"freight_at_approval": True}}, Payer.CUSTOMER, 1_200, True),
        ("CN", {"segment": "vip"}, Payer.MERCHANT, None, False),
        ("CN", {"unit": {"reason": "faulty"}, "told": {"freight_at_approval": True}}, Payer.MERCHANT, None, False),
        ("CN", {"unit": {"reason": "crushed"}}, Payer.MERCHANT, None, False),
        ("EU", {"told": {"freight_at_approval": True}}, Payer.CUSTOMER, 495, True),
        ("EU", {"told": {"freight_before_contract": False, "freight_at_approval": True}}, Payer.MERCHANT, None, False),
        ("UK", {}, Payer.CUSTOMER, None, False),
        ("UK", {"told": {"freight_before_contract": False}}, Payer.MERCHANT, None, False),
    ],
)
def test_freight_follows_fault_and_what_was_told(
    regime: str, but: dict[str, Any], payer: Payer, amount: int | None, deductible: bool
) -> None:
    """R2.4, D07: deductible only when the approval said so; not told before an EU or UK contract, the merchant pays."""
    consequences = unit_of(regime, policies=[a_policy(windows=[days_for(30)], freight=FREIGHT)], **but).consequences
    assert consequences
    freight = consequences.freight
    assert (freight.payer, freight.amount and freight.amount.minor, freight.deductible) == (payer, amount, deductible)
    assert freight.says.en
    assert freight.says.zh
    assert freight.clause
    assert amount is None or str(amount)[:-2] in freight.says.en.replace(".", "")


def test_fees_are_barred_by_the_law_and_by_fault() -> None:
    """H05: a fee beyond the law counts only where the law's time is over."""
    fees = [{"id": "f", "cause": "change_of_mind", "basis_points": 1_000, "beyond_law": True}]
    policy = a_policy(windows=[days_for(60)], fees=fees)
    for regime, but, expected in (
        ("CN", {}, 0),
        ("CN", {"stated": LATE}, 1_000),
        ("US", {}, 1_000),
        ("CN", {"unit": {"reason": "faulty"}}, 0),
    ):
        consequences = unit_of(regime, policies=[policy], **but).consequences
        assert consequences
        assert consequences.restocking_basis_points == expected


def test_discounts_are_shared_as_the_law_says_unless_another_way_was_told() -> None:
    """H08, 暂行办法 17; X20: a published promise binds."""
    policy = a_policy(promotions=[{"id": "p", "mode": "keep_share"}])
    for but, mode in (
        ({}, "keep_share"),
        ({"told": {"promotion_mode": True}}, "keep_share"),
        ({"unit": {"reason": "faulty"}}, "keep_share"),
    ):
        consequences = unit_of(policies=[policy], **but).consequences
        assert consequences
        assert consequences.promotion_mode == mode
    europe = unit_of("EU").consequences
    assert europe
    assert europe.promotion_mode == "keep_share"


def test_outbound_freight_goes_back_as_the_kinder_of_law_and_policy() -> None:
    """H04."""
    row = {"id": "o", "cause": "change_of_mind", "whole": "none", "part": "proportional"}
    consequences = unit_of("EU", policies=[a_policy(outbound=[row])]).consequences
    assert consequences
    assert consequences.outbound_whole == "standard_only"
    assert consequences.outbound_part == "proportional"
    faulty = unit_of("EU", unit={"reason": "faulty"}).consequences
    assert faulty
    assert faulty.outbound_whole == "full"


def test_the_sooner_refund_of_law_and_policy_is_due() -> None:
    """I06, R4.4."""
    clock = {"cause": "change_of_mind", "period": {"days": 3}, "starts": ["goods_in"]}
    policy = a_policy(refunds=[{"id": "r", "when": {"regime": {"is": "CN"}}, "clock": clock}])
    progress = {"goods_in_at": moment("2026-11-10T10:00").isoformat()}
    unit = unit_of(policies=[policy], progress=progress)
    assert [each.day.isoformat() for each in unit.deadlines if each.name == "refund_by" and each.day] == ["2026-11-13"]
    waiting = next(each for each in unit_of(policies=[policy]).deadlines if each.name == "refund_by")
    assert (waiting.day, waiting.waits_for) == (None, ("goods_in",))
    assert "3 days" in waiting.says.en
    generous = {"cause": "change_of_mind", "period": {"days": 7}, "starts": ["goods_in", "statement"]}
    policy = a_policy(regimes=["CN"], refunds=[{"id": "r", "clock": generous}])
    running = next(each for each in unit_of(policies=[policy]).deadlines if each.name == "refund_by")
    assert running.day
    assert running.day.isoformat() == "2026-11-10"


def test_sending_back_has_the_longer_time_of_law_and_policy() -> None:
    """CRD 14(1), D06."""
    policy = a_policy(promises={"send_back": {"days": 21}})
    days = {}
    for name, policies in (("law", [a_policy()]), ("policy", [policy])):
        unit = unit_of("EU", policies=policies)
        days[name] = next(each.day for each in unit.deadlines if each.name == "send_back_by")
    assert {name: day.isoformat() for name, day in days.items() if day} == {"law": "2026-11-17", "policy": "2026-11-24"}


def test_the_law_of_the_day_of_the_order_governs() -> None:
    """B04, P05: 三包 and the no-reason right of 2017 do not reach back before they were law."""
    policy = a_policy(effective_from="2016-01-01")
    old: dict[str, Any] = {
        "ordered": "2016-11-01T10:00",
        "arrived": "2016-11-03T10:00",
        "stated": "2016-11-04T10:00",
        "parcels": [],
    }
    assert finding(unit_of(policies=[policy], **old), "has_right").result is Result.NO
    assert unit_of(policies=[policy], **old).verdict is Verdict.REFUSE


def test_a_decision_carries_a_deadline_for_each_side_with_warnings() -> None:
    """R2.1, C03, R2.5."""
    policy = a_policy(promises={"object_within": {"days": 10}, "warn_at": [50, 80]})
    decision = decided(policies=[policy])
    decide_by = next(each for each in decision.deadlines if each.name == "decide_by")
    assert decide_by.ends_at == moment("2026-11-04T18:00")
    assert decide_by.warns_at == (moment("2026-11-04T09:30"), moment("2026-11-04T14:36"))
    object_by = next(each for each in decision.deadlines if each.name == "object_by")
    assert object_by.day
    assert object_by.day.isoformat() == "2026-11-13"


def test_a_law_governs_from_its_first_day_to_the_day_before_its_end() -> None:
    """B04: asked about in any order, each day has its own law."""
    china = laws()["CN"]
    rule = replace(china.rules[0], effective_from=date(2020, 1, 1), effective_until=date(2022, 1, 1))
    regime = replace(china, rules=(rule,))
    days = {"2019-12-31": 0, "2020-01-01": 1, "2021-12-31": 1, "2022-01-01": 0}
    for day, count in (*days.items(), *reversed(days.items())):
        assert len(regime.on(date.fromisoformat(day)).rules) == count
        assert rule.governs(date.fromisoformat(day)) is bool(count)


def test_a_contract_made_before_a_law_stays_outside_it_whenever_it_is_asked_about() -> None:
    """B04: ordered five days before the rule of 2017, stated five days after it."""
    policy = a_policy(effective_from="2016-01-01", regimes=["CN"])
    old = {"ordered": "2017-03-10T10:00", "arrived": "2017-03-18T10:00", "stated": "2017-03-20T10:00"}
    assert unit_of(policies=[policy], **old, parcels=[]).verdict is Verdict.REFUSE


def test_of_two_rights_to_the_same_remedy_the_longer_is_offered() -> None:
    """B15, A12: after two repairs the law gives an exchange for a year, the policy for thirty days."""
    exchange = {"cause": "defect", "period": {"days": 30}, "remedies": ["exchange"]}
    policy = a_policy(regimes=["CN"], windows=[{"id": "w", "window": exchange}])
    unit = unit_of(policies=[policy], stated=LATE, unit={"reason": "faulty", "wish": "refund", "failed_repairs": 2})
    assert unit.alternatives[0].offer is Offer.EXCHANGE
    assert "until 2 November 2027" in unit.alternatives[0].says.en


def test_a_merchant_may_overlook_a_state() -> None:
    """B06: a cut label does not matter here."""
    cut: dict[str, Any] = {"line": {"category": "clothing"}, "unit": {"states": ["label_cut"]}}
    assert unit_of(policies=[a_policy(windows=[days_for(14)])], **cut).verdict is Verdict.REFUSE
    lenient = unit_of(policies=[a_policy(windows=[days_for(14)], waived_states=["label_cut"])], **cut)
    assert (lenient.verdict, lenient.stands_on) == (Verdict.ACCEPT, Layer.POLICY)


def test_a_test_of_the_merchants_own_stands_beside_those_of_the_law() -> None:
    """B06: thirty days of policy, but neither for what was washed nor for what the law calls damaged."""
    intact = [{"id": name, "states": [name], "beyond_law": True} for name in ("washed", "worn")]
    policy = a_policy(windows=[days_for(30)], intact=intact)
    clauses = {"washed": "shop@1 intact/washed", "worn": "shop@1 intact/worn", "damaged": "暂行办法 8"}
    for state, clause in clauses.items():
        unit = unit_of(policies=[policy], stated=LATE, unit={"states": [state]})
        assert finding(unit, "intact", "policy").clause == clause
        assert unit.verdict is Verdict.REFUSE


def test_a_state_that_the_law_calls_harmless_is_so_whatever_a_test_says() -> None:
    """B06, 暂行办法 8: it stands above the tests of article 9."""
    china = laws()["CN"]
    strict = IntactTest(frozenset(LawClass), frozenset({State.OPENED, State.SOILED}))
    rule = replace(next(rule for rule in china.rules if isinstance(rule.term, IntactTest)), id="strict", term=strict)
    regimes = {**laws(), "CN": replace(china, rules=(*china.rules, rule))}
    for states, verdict in ((["opened"], Verdict.ACCEPT), (["soiled"], Verdict.REFUSE)):
        named_case = case_documents.read_case(raw(a_case_document(unit={"states": states})))
        decision = decide(named_case.case, [a_policy()], regimes, calendars(), named_case.at)
        assert decision.verdict is verdict


def test_alternatives_fit_the_rule_that_said_no() -> None:
    """A12, R1.4: what helps against a late request is not offered for a worn shirt."""
    offers = [
        {"id": "late", "instead_of": ["in_time"], "offers": ["exchange"]},
        {"id": "worn", "instead_of": ["intact"], "offers": ["partial_refund"]},
        {"id": "nowhere", "instead_of": ["has_right"], "offers": ["repair"]},
        {"id": "shoes", "when": {"category": {"is": "shoes"}}, "instead_of": ["in_time"], "offers": ["store_credit"]},
    ]
    for windows in ([], [days_for(14)]):
        policy = a_policy(alternatives=offers, windows=windows)
        worn = unit_of(policies=[policy], unit={"states": ["damaged"]})
        late = unit_of(policies=[policy], stated=LATE)
        assert [each.offer for each in worn.alternatives] == [Offer.PARTIAL_REFUND]
        assert [each.offer for each in late.alternatives] == [Offer.EXCHANGE]
        assert {each.rule for each in worn.reasons_against} == {"intact"}
    nowhere = unit_of("US", policies=[a_policy(alternatives=offers)])
    assert [each.offer for each in nowhere.alternatives] == [Offer.REPAIR]
