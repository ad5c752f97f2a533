"""The policy's answers, regime by regime, each with its grounds (R1.2, R1.4, R2.2)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service_requests.domain.eligibility import (
    RULES,
    AnchorSource,
    Outcome,
    UnknownCondition,
    UnknownLine,
    UnknownReason,
    Verdict,
    alternatives,
    judge,
)
from service_requests.domain.policy import CONDITIONS, FIRST, REASONS, Answer, in_force, known_as
from shared.kernel.errors import Malformed
from tests.unit.requests.building import NOON, a_line, a_verdict, a_wish, an_order

ZONES = {regime.code: ZoneInfo(regime.calendar.zone) for regime in FIRST.regimes.values()}
CURRENCIES = {regime.code: regime.currency for regime in FIRST.regimes.values()}


def by_rule(verdict: Verdict) -> dict[str, Answer]:
    return {finding.rule: finding.answer for finding in verdict.findings}


def local(regime: str, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONES[regime])  # type: ignore[arg-type, misc]


def asked(regime: str, delivered: datetime | None, at: datetime, **wish: str) -> Verdict:
    ordered = (delivered or at) - timedelta(days=2)
    order = an_order(regime=regime, currency=CURRENCIES[regime], delivered_at=delivered, ordered_at=ordered)
    return judge(FIRST, order, [a_wish(**wish)], at)


@pytest.mark.parametrize(
    ("regime", "delivered", "last", "days"),
    [
        pytest.param("CN", (2026, 11, 2, 10, 15), (2026, 11, 9), 7, id="D01"),
        pytest.param("CN", (2026, 11, 3, 0, 30), (2026, 11, 10), 7, id="D03, UTC would say the 9th"),
        pytest.param("CN", (2026, 10, 31, 9, 0), (2026, 11, 9), 7, id="CN, the last day a Saturday"),
        pytest.param("EU", (2026, 10, 31, 9, 0), (2026, 11, 16), 14, id="D04"),
        pytest.param("UK", (2026, 10, 31, 9, 0), (2026, 11, 14), 14, id="UK does not roll over"),
        pytest.param("US", (2026, 10, 31, 9, 0), (2026, 11, 30), 30, id="US, the merchant's word"),
    ],
)
def test_the_window_ends_with_its_last_day_there(
    regime: str, delivered: tuple[int, ...], last: tuple[int, int, int], days: int
) -> None:
    """B01, B03: counted from the day after delivery in the regime's zone; its last moment is in, the next is out."""
    signed = local(regime, *delivered)
    in_time = local(regime, *last, 23, 59, 59)
    verdict = asked(regime, signed, in_time)
    assert verdict.outcome is Outcome.ACCEPT
    (window,) = [f for f in verdict.findings if f.rule == "change_of_mind_window"]
    assert window.facts["last_day"] == f"{last[0]}-{last[1]:02}-{last[2]:02}"
    assert window.facts["window_days"] == str(days)
    late = asked(regime, signed, in_time + timedelta(seconds=1))
    assert late.outcome is Outcome.REFUSE
    assert by_rule(late)["change_of_mind_window"] is Answer.NO


@pytest.mark.parametrize("regime", FIRST.regimes)
def test_a_missing_delivery_date_never_refuses(regime: str) -> None:
    """D16, B02: assumed from the order's date and the buffer, marked so; past that a person looks, whoever waits."""
    now = local(regime, 2026, 11, 24, 12, 0)
    early = asked(regime, None, now)
    assert early.outcome is Outcome.ACCEPT
    assert early.findings[0].facts["delivery_date"] == AnchorSource.ASSUMED
    for reason in REASONS:
        order = an_order(
            regime=regime, currency=CURRENCIES[regime], delivered_at=None, ordered_at=now - timedelta(days=4000)
        )
        late = judge(FIRST, order, [a_wish(reason=reason)], now)
        assert late.outcome is Outcome.REFER, reason


@pytest.mark.parametrize(
    ("regime", "accepted", "looked_at"), [("CN", 15, 730), ("EU", 730, 730), ("UK", 30, 2190), ("US", 30, 365)]
)
def test_a_fault_counts_long_after_the_change_of_mind(regime: str, accepted: int, looked_at: int) -> None:
    """B15: 三包 15 days, CRA 30 days, EU 2 years; then a person, then no."""
    signed = local(regime, 2024, 1, 10, 12, 0)
    for days, outcome in (
        (accepted, Outcome.ACCEPT),
        (accepted + 8, Outcome.REFER if accepted < looked_at else Outcome.REFUSE),
        (looked_at + 8, Outcome.REFUSE),
    ):
        found = asked(regime, signed, signed + timedelta(days=days), reason="defective", condition="damaged")
        assert found.outcome is outcome, days


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("regime", FIRST.regimes)
def test_a_condition_counts_for_a_change_of_mind_and_never_against_a_fault(regime: str, condition: str) -> None:
    """B06, 暂行办法 8: opening and trying never harm; used goods are looked at."""
    expected = {Answer.YES: Outcome.ACCEPT, Answer.NO: Outcome.REFUSE, Answer.LOOK: Outcome.REFER}
    signed = NOON - timedelta(days=2)
    found = asked(regime, signed, NOON, condition=condition)
    assert found.outcome is expected[CONDITIONS[condition].answers[regime]]
    if condition in {"unopened", "opened"}:
        assert found.outcome is Outcome.ACCEPT
    fault = asked(regime, signed, NOON, condition=condition, reason="defective")
    assert fault.outcome is Outcome.ACCEPT


@pytest.mark.parametrize("reason", REASONS.values(), ids=list(REASONS))
def test_every_reason_says_who_answers_and_who_pays(reason: object) -> None:
    """A05, D07: who is at fault pays the way back."""
    found = REASONS[getattr(reason, "code")]  # noqa: B009
    assert (found.payer.value == "customer") is found.change_of_mind
    assert found.says.en
    assert found.says.zh
    verdict = a_verdict(a_wish(reason=found.code))
    assert verdict.outcome is (Outcome.REFER if found.look else Outcome.ACCEPT)


def test_final_sale_binds_only_whom_it_was_told_and_never_for_a_fault() -> None:
    """B05, 暂行办法 7 and 20."""
    sold = (a_line(final_sale_confirmed=True),)
    refused = a_verdict(a_wish(), lines=sold)
    assert refused.outcome is Outcome.REFUSE
    assert by_rule(refused)["excluded_goods"] is Answer.NO
    assert refused.statutory == frozenset()
    assert a_verdict(a_wish(reason="defective"), lines=sold).outcome is Outcome.ACCEPT
    assert "excluded_goods" not in by_rule(a_verdict(a_wish(), lines=(a_line(category="underwear"),)))


def test_a_high_value_goes_to_a_person_and_counts_the_whole_request() -> None:
    """N4: two lines below the limit are above it together; another currency has no limit here."""
    limit = FIRST.regimes["EU"].high_value_minor
    dear = a_line(quantity=1, paid_minor=limit - 6000)
    cheap = a_line(line_id="L2", quantity=1, paid_minor=6000)
    wishes = (a_wish(), a_wish(line_id="L2"))
    assert a_verdict(a_wish(), lines=(dear, cheap)).outcome is Outcome.ACCEPT
    assert a_verdict(*wishes, lines=(dear, cheap)).outcome is Outcome.REFER
    assert a_verdict(*wishes, lines=(dear, cheap), currency="JPY").outcome is Outcome.ACCEPT


def test_one_good_line_and_one_bad_are_not_refused_by_a_machine() -> None:
    """Only what fails in every line is refused without a person."""
    sold = (a_line(), a_line(line_id="L2", final_sale_confirmed=True))
    assert a_verdict(a_wish(), a_wish(line_id="L2"), lines=sold).outcome is Outcome.REFER
    assert a_verdict(a_wish(line_id="L2"), lines=sold).outcome is Outcome.REFUSE


@pytest.mark.parametrize("regime", FIRST.regimes)
def test_a_right_of_withdrawal_is_the_laws_window_only(regime: str) -> None:
    """What the refund depends on: CN's seven days, EU's and UK's fourteen; the US promise is the merchant's."""
    found = asked(regime, NOON - timedelta(days=2), NOON)
    assert found.statutory == (frozenset() if regime == "US" else frozenset({0}))
    assert asked(regime, NOON - timedelta(days=2), NOON, reason="defective").statutory == frozenset()
    assert asked(regime, NOON - timedelta(days=90), NOON).statutory == frozenset()


def test_every_answer_explains_itself_in_both_languages() -> None:
    """B10: rule, clause, a finished sentence, the facts it was judged by."""
    seen = set()
    for regime in FIRST.regimes:
        for reason in REASONS:
            for state in CONDITIONS:
                for age in (2, 20, 400, 4000):
                    verdict = asked(regime, NOON - timedelta(days=age), NOON, reason=reason, condition=state)
                    for finding in verdict.findings:
                        seen.add(finding.rule)
                        assert finding.clause
                        assert finding.facts
                        assert finding.line_id == "L1"
                        assert finding.says.en.endswith(".")
                        assert finding.says.zh.endswith("。")
                        assert "{" not in finding.says.en + finding.says.zh
                    refused = verdict.outcome is Outcome.REFUSE
                    assert refused == bool(verdict.alternatives)
    assert seen == {rule.__name__ for rule in RULES} - {"excluded_goods", "high_value"}  # type: ignore[attr-defined]


def test_a_refusal_always_offers_something_or_says_that_there_is_nothing() -> None:
    """A12, R1.4."""
    verdict = asked("EU", NOON - timedelta(days=90), NOON)
    assert [offer.code for offer in verdict.alternatives] == ["fault_claim", "exchange"]
    odd = replace(verdict.findings[0], rule="a_rule_without_alternatives")
    assert [offer.code for offer in alternatives(FIRST, [odd])] == ["none_feasible"]
    assert {code for codes in FIRST.alternatives_by_rule.values() for code in codes} <= set(FIRST.alternatives)


@pytest.mark.parametrize(
    ("wish", "problem", "pointer"),
    [
        ({"line_id": "L9"}, UnknownLine, "/lines/1/line_id"),
        ({"reason": "because"}, UnknownReason, "/lines/1/reason"),
        ({"condition": "fine"}, UnknownCondition, "/lines/1/condition"),
    ],
)
def test_what_is_unknown_names_its_field(wish: dict[str, str], problem: type[Malformed], pointer: str) -> None:
    with pytest.raises(problem) as refused:
        a_verdict(a_wish(), a_wish(**wish))
    assert refused.value.pointer == pointer


def test_the_policy_of_the_day_of_the_order_decides() -> None:
    """R1.2."""
    assert in_force(datetime(2026, 1, 1, tzinfo=UTC)) is FIRST
    assert known_as(FIRST.version) is FIRST
