"""From an order and a request to the assessment, regime by regime, by our own rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from service_requests.adapters.policy import policy_documents as documents
from service_requests.application.returns.replay import replay_decision
from service_requests.domain.eligibility.assessment import Assessment, Outcome
from service_requests.domain.eligibility.assessor import alternatives_to_refusal, assess_request
from service_requests.domain.eligibility.case_of_order import (
    CONDITIONS,
    Goodwill,
    RequestedLine,
    UnknownCondition,
    UnknownReason,
)
from service_requests.domain.orders.order import UnknownLine
from service_requests.domain.orders.order_part import OrderParcel
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.vocabulary import Fault, Payer, Result
from service_requests.domain.returns.return_error import SecondPersonNeeded
from service_requests.domain.returns.return_line import ReturnLine
from service_requests.domain.returns.return_review import ReturnReview
from shared.kernel.errors import Malformed, RetourError
from shared.kernel.places import ShipTo
from tests.unit.requests.builders import (
    NOON,
    RMA,
    RULES,
    a_line,
    a_requested_line,
    a_return,
    an_assessment,
    an_order,
)
from tests.unit.requests.policy_builders import a_policy_document, days_for, raw

STANDARD: Final = RULES.policies[0]
REGIMES: Final = tuple(RULES.regimes)
CURRENCIES: Final = {code: regime.currency for code, regime in RULES.regimes.items()}
REASONS: Final = STANDARD.reasons


def by_rule(verdict: Assessment) -> dict[str, Result]:
    return {finding.rule: finding.answer for finding in verdict.reasons}


def local(regime: str, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(RULES.days(regime).zone))  # type: ignore[arg-type, misc]


def asked(
    regime: str, delivered: datetime | None, at: datetime, *, rules: Rulebook = RULES, order: Any = None, **wish: Any
) -> Assessment:
    ordered = (delivered or at) - timedelta(days=2)
    facts = {"regime": regime, "currency": CURRENCIES[regime], "delivered_at": delivered, "ordered_at": ordered}
    return an_assessment(a_requested_line(**wish), at=at, rules=rules, **facts | (order or {}))


def with_policy(*, first: bool = True, **but: Any) -> Rulebook:
    """Our rules with one more policy."""
    reasons = {"reasons": {code: {"says": {"en": code, "zh-CN": code}, "fault": fault} for code, fault in FAULTS}}
    made = documents.publishable_policy(raw(a_policy_document(**reasons, **but)), RULES.regimes, RULES.calendars)
    policies = (made, STANDARD) if first else (STANDARD, made)
    return Rulebook(policies, RULES.regimes, RULES.calendars)


FAULTS: Final = (("changed_mind", "customer"), ("defective", "merchant"))


PLACES: Final = {
    "CN": ShipTo("CN"),
    "EU": ShipTo("BE"),
    "UK": ShipTo("GB", "GB-ENG"),
    "US": ShipTo("US", "US-NY"),
}


@pytest.mark.parametrize(
    ("regime", "delivered", "last"),
    [
        pytest.param("CN", (2026, 11, 2, 10, 15), (2026, 11, 9), id="D01"),
        pytest.param("CN", (2026, 11, 3, 0, 30), (2026, 11, 10), id="D03, UTC would say the 9th"),
        pytest.param("CN", (2026, 10, 31, 9, 0), (2026, 11, 9), id="CN, the last day a Saturday"),
        pytest.param("EU", (2026, 10, 31, 9, 0), (2026, 11, 16), id="D04"),
        pytest.param("UK", (2026, 10, 31, 9, 0), (2026, 11, 14), id="UK does not roll over"),
        pytest.param("US", (2026, 10, 31, 9, 0), (2026, 11, 30), id="US, the merchant's word"),
        pytest.param("CN", (2026, 9, 24, 9, 0), (2026, 10, 8), id="CN, the last day in the golden week"),
    ],
)
def test_the_window_ends_with_its_last_day_there(
    regime: str, delivered: tuple[int, ...], last: tuple[int, int, int]
) -> None:
    """B01, B03, R2.2: counted from the day after delivery in the regime's zone; its last moment is in, the next out."""
    signed = local(regime, *delivered)
    in_time = local(regime, *last, 23, 59, 59)
    there = {"ship_to": PLACES[regime]}
    verdict = asked(regime, signed, in_time, order=there)
    assert verdict.outcome is Outcome.ACCEPT
    (window,) = [f for f in verdict.reasons if f.rule == "in_time"]
    assert window.facts["last_day"] == date(*last).isoformat()
    late = asked(regime, signed, in_time + timedelta(seconds=1), order=there)
    assert late.outcome is Outcome.REFUSE
    assert by_rule(late) == {"in_time": Result.NO}


@pytest.mark.parametrize("regime", REGIMES)
def test_a_missing_delivery_date_never_refuses(regime: str) -> None:
    """D16, B02: assumed from the order's date and the buffer, marked so; past that a person looks, whoever waits."""
    now = local(regime, 2026, 11, 24, 12, 0)
    early = asked(regime, None, now)
    assert early.outcome is Outcome.ACCEPT
    assert early.reasons[0].facts["delivery_known_by"] == "assumed"
    for reason in REASONS:
        late = asked(regime, None, now, order={"ordered_at": now - timedelta(days=3000)}, reason=reason)
        assert late.outcome is Outcome.REFER, reason


@pytest.mark.parametrize(
    ("regime", "days", "outcome"),
    [
        ("CN", 15, Outcome.ACCEPT),
        ("CN", 25, Outcome.REFER),
        ("CN", 360, Outcome.REFER),
        ("CN", 380, Outcome.REFUSE),
        ("EU", 725, Outcome.ACCEPT),
        ("EU", 745, Outcome.REFUSE),
        ("UK", 30, Outcome.ACCEPT),
        ("UK", 31, Outcome.REFER),
        ("UK", 1000, Outcome.REFER),
        ("US", 90, Outcome.ACCEPT),
        ("US", 91, Outcome.REFUSE),
    ],
)
def test_a_fault_counts_long_after_the_change_of_mind(regime: str, days: int, outcome: Outcome) -> None:
    """B15: 三包, EU 2 years, CRA 30 days and six years; what is left is repair or exchange, a person arranges it."""
    signed = local(regime, 2024, 1, 10, 12, 0)
    found = asked(regime, signed, signed + timedelta(days=days), reason="defective", condition="damaged")
    assert found.outcome is outcome
    if outcome is Outcome.REFER:
        assert by_rule(found)["remedy"] is Result.LOOK
        assert any("a person arranges it" in finding.says.en for finding in found.reasons)


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("regime", REGIMES)
def test_a_condition_counts_for_a_change_of_mind_and_never_against_a_fault(regime: str, condition: str) -> None:
    """B06, 暂行办法 8: opening and trying never harm; used goods are looked at, damaged ones by the law there."""
    expected = {
        "unopened": Outcome.ACCEPT,
        "opened": Outcome.ACCEPT,
        "used": Outcome.REFER,
        "damaged": Outcome.REFUSE if regime in {"CN", "US"} else Outcome.REFER,
    }
    signed = NOON - timedelta(days=2)
    assert asked(regime, signed, NOON, condition=condition).outcome is expected[condition]
    assert asked(regime, signed, NOON, condition=condition, reason="defective").outcome is Outcome.ACCEPT


@pytest.mark.parametrize(
    ("category", "state", "outcome"),
    [
        ("electronics", "activated", Outcome.REFUSE),
        ("electronics", "mark_removed", Outcome.ACCEPT),
        ("clothing", "activated", Outcome.ACCEPT),
        ("clothing", "mark_removed", Outcome.REFUSE),
        ("cosmetics", "seal_broken", Outcome.REFUSE),
        ("toys", "seal_broken", Outcome.ACCEPT),
        ("something nobody listed", "activated", Outcome.ACCEPT),
        (None, "parts_missing", Outcome.REFUSE),
    ],
)
def test_what_makes_goods_no_longer_intact_depends_on_their_kind(
    category: str | None, state: str, outcome: Outcome
) -> None:
    """B06, 暂行办法 9: tags for clothing, activation for electronics, the seal for cosmetics."""
    order = {"lines": (a_line(category=category),)}
    found = asked("CN", NOON - timedelta(days=2), NOON, order=order, states=(state,))
    assert found.outcome is outcome
    if outcome is Outcome.REFUSE:
        assert by_rule(found) == {"intact": Result.NO}
        assert "暂行办法" in found.reasons[0].clause


@pytest.mark.parametrize("reason", REASONS.values(), ids=list(REASONS))
def test_every_reason_says_who_answers_and_who_pays(reason: Any) -> None:
    """A05, D07: who is at fault pays the way back; what a customer pays is said with the amount (R2.4)."""
    verdict = an_assessment(a_requested_line(reason=reason.code))
    assert verdict.outcome is (Outcome.REFER if reason.person else Outcome.ACCEPT)
    customer = reason.fault is Fault.CUSTOMER
    assert verdict.payers == (Payer.CUSTOMER if customer else Payer.MERCHANT,)
    assert verdict.instructions.freight_payer is verdict.payers[0]
    assert (verdict.instructions.freight_minor, verdict.instructions.freight_currency) == (495, "EUR")


def test_a_customer_never_pays_what_nobody_has_told_her() -> None:
    """D07, R2.4: the law lets her pay, the policy names no amount: the merchant pays."""
    rules = with_policy()
    verdict = asked("EU", NOON - timedelta(days=2), NOON, rules=rules)
    assert verdict.policy == "shop@1"
    assert (verdict.payers, verdict.instructions.freight_payer) == ((Payer.MERCHANT,), Payer.MERCHANT)
    assert verdict.instructions.freight_minor is None


def test_final_sale_binds_only_whom_it_was_told_and_where_no_law_stands_against_it() -> None:
    """B05: in the US by the merchant's word and the buyer's; where the law gives the right it gives it all the same."""
    sold = {"lines": (a_line(final_sale_confirmed=True),)}
    signed = NOON - timedelta(days=2)
    refused = asked("US", signed, NOON, order=sold)
    assert refused.outcome is Outcome.REFUSE
    assert by_rule(refused)["not_excluded"] is Result.NO
    assert asked("US", signed, NOON, order=sold, reason="defective").outcome is Outcome.ACCEPT
    for regime in ("CN", "EU", "UK"):
        assert asked(regime, signed, NOON, order=sold).outcome is Outcome.ACCEPT


@pytest.mark.parametrize(
    ("goods", "confirmed", "outcome"),
    [
        (("made_to_order",), (), Outcome.REFUSE),
        (("health_after_opening",), (), Outcome.ACCEPT),
        (("health_after_opening",), ("health_after_opening",), Outcome.REFUSE),
        (("health_after_opening",), ("value_lost_on_trial",), Outcome.ACCEPT),
        ((), ("health_after_opening",), Outcome.ACCEPT),
    ],
)
def test_goods_are_left_out_only_as_the_law_says(
    goods: tuple[str, ...], confirmed: tuple[str, ...], outcome: Outcome
) -> None:
    """B05, 暂行办法 6, 7 and 20: some kinds at once, some only with the buyer's confirmation of that very kind."""
    order = {"lines": (a_line(goods=goods, confirmed=confirmed),)}
    assert asked("CN", NOON - timedelta(days=2), NOON, order=order).outcome is outcome
    assert asked("CN", NOON - timedelta(days=2), NOON, order=order, reason="defective").outcome is Outcome.ACCEPT


def test_a_high_value_goes_to_a_person_and_counts_the_whole_request() -> None:
    """N4, R2.2: two lines below the limit are above it together; another currency has no limit here."""
    dear = a_line(quantity=1, paid_minor=54_000)
    cheap = a_line(line_id="L2", quantity=1, paid_minor=6_000)
    wishes = (a_requested_line(), a_requested_line(line_id="L2"))
    assert an_assessment(a_requested_line(), lines=(dear, cheap)).outcome is Outcome.ACCEPT
    looked = an_assessment(*wishes, lines=(dear, cheap))
    assert (looked.outcome, by_rule(looked)["high-value-eur"]) == (Outcome.REFER, Result.LOOK)
    assert an_assessment(*wishes, lines=(dear, cheap), currency="JPY").outcome is Outcome.ACCEPT
    many = (a_line(quantity=4, paid_minor=80_000),)
    assert an_assessment(a_requested_line(quantity=2), lines=many).outcome is Outcome.ACCEPT
    assert an_assessment(a_requested_line(quantity=3), lines=many).outcome is Outcome.REFER


def test_one_good_line_and_one_bad_are_not_refused_by_a_machine() -> None:
    """Only what fails in every line is refused without a person; she is told that it is about a part."""
    sold = (a_line(), a_line(line_id="L2", goods=("made_to_order",)))
    both = an_assessment(a_requested_line(), a_requested_line(line_id="L2"), lines=sold)
    assert both.outcome is Outcome.REFER
    assert by_rule(both)["partly"] is Result.LOOK
    assert an_assessment(a_requested_line(line_id="L2"), lines=sold).outcome is Outcome.REFUSE


@pytest.mark.parametrize("regime", REGIMES)
def test_a_right_of_withdrawal_is_the_laws_window_only(regime: str) -> None:
    """What the refund depends on: CN's seven days, EU's and UK's fourteen; the US promise is the merchant's."""
    signed = NOON - timedelta(days=2)
    assert asked(regime, signed, NOON).by_right == (regime != "US",)
    assert asked(regime, signed, NOON, reason="defective").by_right == (False,)
    assert asked(regime, NOON - timedelta(days=90), NOON).by_right == (False,)
    assert asked(regime, signed, NOON, order={"consumer": False}).by_right == (False,)
    kinder = with_policy(windows=[days_for(60)])
    assert asked(regime, NOON - timedelta(days=40), NOON, rules=kinder).by_right == (False,)


def test_every_answer_explains_itself_in_both_languages() -> None:
    """B10, R1.4, R2.5: rule, clause, a finished sentence in both languages; only a refusal offers something else."""
    seen = set()
    for regime in REGIMES:
        for reason in REASONS:
            for state in CONDITIONS:
                for age in (2, 20, 400, 4000):
                    verdict = asked(regime, NOON - timedelta(days=age), NOON, reason=reason, condition=state)
                    for finding in verdict.reasons:
                        seen.add(finding.rule)
                        assert finding.clause
                        assert finding.says.en.endswith(".")
                        assert finding.says.zh.endswith("。")
                        assert "{" not in finding.says.en + finding.says.zh
                    assert (verdict.outcome is Outcome.REFUSE) == bool(verdict.alternatives)
                    no = Result.NO in by_rule(verdict).values()
                    assert no == (verdict.outcome is Outcome.REFUSE)
    assert {"in_time", "intact", "proofs_complete", "used", "damaged", "remedy", "reason_needs_a_person"} <= seen


def test_a_refusal_always_offers_something_or_says_that_there_is_nothing() -> None:
    """A12, R1.4."""
    verdict = asked("EU", NOON - timedelta(days=90), NOON)
    assert [offer.code for offer in verdict.alternatives] == ["defect_claim", "exchange", "repair"]
    nothing = asked("EU", NOON - timedelta(days=90), NOON, rules=with_policy())
    assert [offer.code for offer in nothing.alternatives] == ["none_feasible"]
    assert [offer.code for offer in alternatives_to_refusal(STANDARD)] == ["exchange", "repair"]
    assert [offer.code for offer in alternatives_to_refusal(with_policy().policies[0])] == ["none_feasible"]


@pytest.mark.parametrize(
    ("wish", "problem", "pointer"),
    [
        ({"line_id": "L9"}, UnknownLine, "/lines/1/line_id"),
        ({"reason": "because"}, UnknownReason, "/lines/1/reason"),
        ({"condition": "fine"}, UnknownCondition, "/lines/1/condition"),
    ],
)
def test_what_the_policy_does_not_know_names_the_field(
    wish: dict[str, str], problem: type[Malformed], pointer: str
) -> None:
    with pytest.raises(problem) as raised:
        an_assessment(a_requested_line(), a_requested_line(**wish))
    assert raised.value.pointer == pointer


@pytest.mark.parametrize(
    ("order", "pointer"),
    [
        ({"ordered_at": datetime(1985, 1, 1, tzinfo=UTC)}, "/ordered_at"),
        ({"delivered_at": datetime(2150, 1, 1, tzinfo=UTC)}, "/parcels/0/carrier_delivered_at"),
        ({"regime": "MARS"}, "/regime"),
    ],
)
def test_an_order_that_cannot_be_judged_says_which_fact_stands_in_the_way(order: dict[str, Any], pointer: str) -> None:
    """DESIGN 8: a clear refusal that names the field, never a crash."""
    with pytest.raises(RetourError) as raised:
        an_assessment(**order)
    assert raised.value.pointer == pointer


def test_a_storefronts_clock_that_is_ahead_costs_nobody_her_return() -> None:
    ahead = NOON + timedelta(minutes=3)
    assert an_assessment(ordered_at=ahead, delivered_at=None).outcome is Outcome.ACCEPT


def test_proofs_that_are_missing_are_named_and_a_person_asks_for_them() -> None:
    """R1.2, R1.3, R2.2: nothing is accepted before everything is shown; what is missing is listed item by item."""
    proofs = [{"id": "fault", "when": {"reason": {"is": "defective"}}, "required": ["photo", "description"]}]
    window = days_for(60, "defect")
    rules = with_policy(proofs=proofs, windows=[{**window, "window": {**window["window"], "period": {"years": 2}}}])
    signed = NOON - timedelta(days=2)
    bare = asked("EU", signed, NOON, rules=rules, reason="defective")
    assert (bare.outcome, bare.missing) == (Outcome.REFER, ("photo", "description"))
    assert by_rule(bare)["proofs_complete"] is Result.MISSING
    told = asked("EU", signed, NOON, rules=rules, reason="defective", described=True)
    assert told.missing == ("photo",)
    whole = asked("EU", signed, NOON, rules=rules, reason="defective", described=True, proofs=("photo",))
    assert (whole.outcome, whole.missing) == (Outcome.ACCEPT, ())


def test_the_last_parcel_counts_and_a_signature_is_the_better_evidence() -> None:
    """B02: of several parcels the last; the recipient's signature before the carrier's scan; none yet: assumed."""
    day = timedelta(days=1)
    early, late = OrderParcel("a", None, NOON - 20 * day), OrderParcel("b", None, NOON - 18 * day, NOON - 10 * day)
    order = {"parcels": (early, late), "delivered_at": None}
    found = asked("EU", NOON - 20 * day, NOON, order=order)
    assert found.outcome is Outcome.ACCEPT
    assert found.reasons[0].facts["delivered_on"] == (NOON - 10 * day).date().isoformat()
    assert found.reasons[0].facts["delivery_known_by"] == "recipient"
    assert asked("EU", NOON - 20 * day, NOON, order={**order, "parcels": (early,)}).outcome is Outcome.REFUSE
    never = replace(early, delivered_at=None, dispatched_at=NOON - 4 * day)
    waiting = asked("EU", NOON - 20 * day, NOON, order={**order, "parcels": (early, never)})
    assert waiting.reasons[0].facts["delivery_known_by"] == "assumed"


def test_the_policy_of_the_day_of_the_order_decides() -> None:
    """R1.2, B08: frozen on the order; a later kinder one counts as well, a later stricter one takes nothing away."""
    early, late = NOON - timedelta(days=60), NOON - timedelta(days=40)
    kind: dict[str, Any] = {"version": "kind", "effective_from": (NOON - timedelta(days=5)).date().isoformat()}
    rules = with_policy(**kind, windows=[days_for(60)])
    before = asked("EU", late, NOON, order={"ordered_at": early, "policy": "standard@2026-01"})
    assert before.outcome is Outcome.REFUSE
    after = asked("EU", late, NOON, rules=rules, order={"ordered_at": early, "policy": "standard@2026-01"})
    assert (after.outcome, after.policy) == (Outcome.ACCEPT, "standard@2026-01")
    assert after.basis.policies == ("standard@2026-01", "shop@kind")
    assert "shop@kind" in after.reasons[0].clause
    strict = with_policy(windows=[days_for(60)])
    stricter = replace(strict.policies[0], version="strict", windows=(), effective_from=(NOON - timedelta(5)).date())
    both = Rulebook((stricter, *strict.policies), RULES.regimes, RULES.calendars)
    kept = asked("EU", late, NOON, rules=both, order={"ordered_at": early})
    assert (kept.outcome, kept.policy) == (Outcome.ACCEPT, "shop@1")


def test_of_two_versions_of_one_day_the_one_published_last_counts() -> None:
    rules = with_policy(effective_from="2000-01-01")
    assert asked("EU", NOON - timedelta(days=2), NOON, rules=rules).policy == "shop@1"
    other = with_policy(first=False, effective_from="2000-01-01")
    assert asked("EU", NOON - timedelta(days=2), NOON, rules=other).policy == "standard@2026-01"


def test_a_decision_is_made_again_to_the_byte_and_a_changed_fact_is_noticed() -> None:
    """B10, R1.2: from the order, the request and the versions of that day, whatever has been published since."""
    order = an_order(policy="standard@2026-01")
    verdict = assess_request(RULES, order, [a_requested_line()], stated_at=NOON, at=NOON)
    made = a_return(lines=(kept_line(a_requested_line(), verdict),), policy=verdict.policy)
    made.request(verdict, at=NOON, rma=RMA)
    now = with_policy(effective_from="2026-11-01", windows=[days_for(60)])
    assert assess_request(now, order, [a_requested_line()], stated_at=NOON, at=NOON).basis != verdict.basis
    again = replay_decision(now, made, order)
    assert (again.same, again.basis) == (True, verdict.basis)
    assert replay_decision(now, made, replace(order, delivered_at=NOON)).same is False
    made.lines = (replace(made.lines[0], reason="other"),)
    assert replay_decision(now, made, order).same is False
    made.review.basis = None
    assert replay_decision(now, made, order).same is None


@pytest.mark.parametrize(
    ("role", "days_late", "price", "outcome"),
    [
        ("agent", 14, 5_000, Outcome.ACCEPT),
        ("agent", 15, 5_000, Outcome.REFUSE),
        ("agent", 14, 5_001, Outcome.REFER),
        ("agent", 14, 10_001, Outcome.REFUSE),
        ("supervisor", 90, 50_000, Outcome.ACCEPT),
        ("merchant_admin", 1, 5_000, Outcome.REFUSE),
    ],
)
def test_a_colleague_may_give_more_within_the_limits_of_his_role(
    role: str, days_late: int, price: int, outcome: Outcome
) -> None:
    """B09: reason and role on record, told as goodwill, never as a right; in the currency of the order."""
    delivered = local("EU", 2026, 10, 5, 9, 0)
    order = an_order(delivered_at=delivered, ordered_at=delivered, lines=(a_line(quantity=1, paid_minor=price),))
    given = Goodwill("staff:li", role, "bereavement")
    at = local("EU", 2026, 10, 19, 12, 0) + timedelta(days=days_late)
    verdict = assess_request(RULES, order, [a_requested_line()], stated_at=at, at=at, goodwill=given)
    assert verdict.outcome is outcome
    assert verdict.by_right == (False,)
    if outcome is Outcome.ACCEPT:
        (goodwill,) = verdict.reasons
        assert (goodwill.rule, goodwill.answer) == ("goodwill", Result.YES)
        assert goodwill.facts["reason"] == "bereavement"
        assert "goodwill" in goodwill.says.en
    assert assess_request(RULES, order, [a_requested_line()], stated_at=at, at=at).outcome is Outcome.REFUSE


def test_who_gives_goodwill_does_not_agree_to_it_himself() -> None:
    """B09: a second person above the amount, and it is another one."""
    waiting = a_return(review=ReturnReview(goodwill=Goodwill("staff:li", "agent", "bereavement")))
    waiting.request(an_assessment(a_requested_line(reason="unsafe")), at=NOON, rma=RMA)
    with pytest.raises(SecondPersonNeeded):
        waiting.approve(an_assessment(), by="staff:li", at=NOON, rma=RMA, note=None)
    waiting.approve(an_assessment(), by="staff:wang", at=NOON, rma=RMA, note=None)
    assert waiting.review.ruling is not None


def test_a_decision_by_two_versions_that_began_on_one_day_is_made_again_as_it_was() -> None:
    """R1.2: the one published last counted as the later one, and counts again."""
    rules = with_policy(effective_from="2000-01-01", windows=[days_for(60)])
    order = an_order(policy="standard@2026-01", delivered_at=NOON - timedelta(days=50), ordered_at=NOON - timedelta(52))
    verdict = assess_request(rules, order, [a_requested_line()], stated_at=NOON, at=NOON)
    assert verdict.basis.policies == ("standard@2026-01", "shop@1")
    made = a_return(lines=(kept_line(a_requested_line(), verdict),))
    made.request(verdict, at=NOON, rma=RMA)
    assert replay_decision(rules, made, order).same is True


@pytest.mark.parametrize(("own", "days"), [(None, 14), (30, 30)])
def test_the_longer_time_for_sending_counts_from_the_approval(own: int | None, days: int) -> None:
    """D06, CRD 14(1): law or policy, whichever gives more; from the day on which it is approved, not asked for."""
    promises: dict[str, Any] = {} if own is None else {"promises": {"send_back": {"days": own}}}
    rules = with_policy(**promises)
    approved = NOON + timedelta(days=3)
    verdict = assess_request(rules, an_order(), [a_requested_line()], stated_at=NOON, at=approved)
    assert verdict.instructions.ship_by == (approved + timedelta(days=days)).date()
    assert verdict.ship_until == local("EU", *(verdict.instructions.ship_by + timedelta(days=1)).timetuple()[:3])


def kept_line(want: RequestedLine, verdict: Assessment) -> ReturnLine:
    return ReturnLine(
        line_id=want.line_id,
        sku="COAT-M",
        name="Coat",
        quantity=want.quantity,
        reason=want.reason,
        condition=want.condition,
        comment=None,
        fault=Fault.CUSTOMER,
        payer=verdict.payers[0],
        by_right=verdict.by_right[0],
        states=want.states,
        proofs=want.proofs,
    )


def test_a_promise_runs_in_the_working_time_of_the_policy_or_else_of_the_place() -> None:
    """R2.1, C03, D13: our policy names no calendar, so each regime has its own; another may name one."""
    friday = local("EU", 2026, 11, 20, 16, 0)
    own = asked("EU", friday - timedelta(days=1), friday, reason="unsafe")
    assert own.decide_by == local("EU", 2026, 11, 23, 18, 0)
    assert len(own.warn_at) == 2
    chinese = asked("EU", friday - timedelta(days=1), friday, rules=with_policy())
    assert chinese.decide_by == local("CN", 2026, 11, 23, 18, 0)


def test_a_last_day_in_a_year_nobody_has_published_is_provisional_and_looked_at() -> None:
    """B03: until the holidays are known nobody is refused because of them."""
    signed = local("CN", 2029, 12, 22, 10, 0)
    after = signed + timedelta(days=10)
    found = asked("CN", signed, after)
    assert found.outcome is Outcome.REFER
    (window,) = [finding for finding in found.reasons if finding.rule == "in_time"]
    assert (window.answer, window.facts["provisional"]) == (Result.LOOK, "true")
    assert asked("CN", signed, after + timedelta(days=30)).outcome is Outcome.REFUSE
    assert asked("CN", local("CN", 2026, 11, 2, 10, 0), local("CN", 2026, 11, 12, 10, 0)).outcome is Outcome.REFUSE


def test_a_business_has_what_the_policy_gives_and_nothing_by_consumer_law() -> None:
    for regime, outcome in (("US", Outcome.ACCEPT), ("EU", Outcome.REFUSE)):
        assert asked(regime, NOON - timedelta(days=2), NOON, order={"consumer": False}).outcome is outcome


def test_a_segment_may_have_more_and_an_unknown_one_has_what_everybody_has() -> None:
    """B12."""
    rules = with_policy(windows=[days_for(60, segment={"is": "vip"}), days_for(30)])
    long_ago = NOON - timedelta(days=50)
    assert asked("EU", long_ago, NOON, rules=rules, order={"segment": "vip"}).outcome is Outcome.ACCEPT
    for segment in (None, "regular", "nobody"):
        assert asked("EU", long_ago, NOON, rules=rules, order={"segment": segment}).outcome is Outcome.REFUSE
