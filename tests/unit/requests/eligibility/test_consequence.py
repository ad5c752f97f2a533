"""What follows from an acceptance, where law, policies and promises differ, and which ground carries it (B08, B15)."""

from dataclasses import replace
from typing import Any, Final

import pytest

from service_requests.adapters.eligibility import case_documents
from service_requests.adapters.policy import policy_documents as documents
from service_requests.domain.eligibility.decision import Consequences, Decision
from service_requests.domain.eligibility.engine import decide
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.term import FeeBar
from service_requests.domain.policy.vocabulary import Cause, Layer, Mode, OutboundFreight, Remedy, Verdict
from tests.unit.requests.policy_builders import (
    a_case_document,
    a_policy,
    a_policy_document,
    calendars,
    days_for,
    decided,
    laws,
    raw,
    said,
    settled_discounts,
    unit_of,
)

LATE: Final = "2026-11-20T10:00"
A_PROMISE: Final = [{"id": "P-1", "until": "2026-12-31"}]

Row = dict[str, Any]


def follows(regime: str, policy: Row, **case: Any) -> Consequences:
    consequences = unit_of(regime, policies=[a_policy(**policy)], **case).consequences
    assert consequences
    return consequences


FEES: Final = [
    {"id": "defect", "cause": "defect", "basis_points": 0},
    {"id": "shoes", "when": {"category": {"is": "shoes"}}, "cause": "change_of_mind", "basis_points": 2_000},
    {"id": "all", "cause": "change_of_mind", "basis_points": 1_000},
]


@pytest.mark.parametrize(
    ("regime", "but", "points"),
    [
        ("US", {}, 1_000),
        ("US", {"line": {"category": "shoes"}}, 2_000),
        ("US", {"unit": {"reason": "faulty"}}, 0),
        ("US", {"promises": A_PROMISE}, 0),
        (
            "US",
            {"promises": A_PROMISE, "stated": "2027-01-01T00:00", "goodwill": {"role": "agent", "reason": "x"}},
            1_000,
        ),
        ("CN", {}, 0),
        ("CN", {"stated": LATE}, 1_000),
        ("CN", {"stated": LATE, "promises": A_PROMISE}, 0),
        ("CN", {"consumer": False}, 1_000),
    ],
)
def test_a_restocking_fee_is_kept_only_where_neither_law_nor_promise_nor_fault_forbids_it(
    regime: str, but: Row, points: int
) -> None:
    """H05."""
    goodwill = [{"role": "agent", "up_to": {"amount_minor": 10_000, "currency": "USD"}, "days_late": 90}]
    windows = [days_for(30), days_for(30, "defect")]
    policy = {"windows": windows, "fees": [row | {"beyond_law": True} for row in FEES], "goodwill": goodwill}
    assert follows(regime, policy, **but).restocking_basis_points == points


def test_a_law_that_bars_fees_for_faults_alone_leaves_the_others() -> None:
    """H05: no pack says so today; each bar is for its own cause."""
    china = laws()["CN"]
    bars = [rule for rule in china.rules if isinstance(rule.term, FeeBar) and rule.term.cause is Cause.CHANGE_OF_MIND]
    regimes = {**laws(), "CN": replace(china, rules=tuple(rule for rule in china.rules if rule not in bars))}
    named_case = case_documents.read_case(raw(a_case_document()))
    policy = documents.read_policy(raw(a_policy_document(windows=[days_for(30)], fees=FEES)))
    found = decide(named_case.case, [policy], regimes, calendars(), named_case.at).units[0].consequences
    assert found
    assert found.restocking_basis_points == 1_000


def test_a_policy_without_a_fee_keeps_nothing() -> None:
    """H05."""
    assert follows("US", {"windows": [days_for(30)]}).restocking_basis_points == 0


@pytest.mark.parametrize(
    ("regime", "mode", "but", "expected"),
    [
        ("CN", None, {}, Mode.RE_RATE),
        ("CN", "re_rate", {}, Mode.RE_RATE),
        ("CN", "keep_share", {}, Mode.KEEP_SHARE),
        ("CN", "keep_share", {"told": {"promotion_mode": True}}, Mode.KEEP_SHARE),
        ("CN", None, {"told": {"promotion_mode": True}}, Mode.RE_RATE),
        ("CN", "re_rate", {"unit": {"reason": "faulty"}}, Mode.KEEP_SHARE),
        ("EU", "re_rate", {}, Mode.KEEP_SHARE),
        ("EU", "re_rate", {"told": {"promotion_mode": True}}, Mode.RE_RATE),
        ("EU", "re_rate", {"told": {"promotion_mode": True}, "unit": {"reason": "faulty"}}, Mode.KEEP_SHARE),
    ],
)
def test_discounts_are_shared_another_way_only_when_that_was_told(
    regime: str, mode: str | None, but: Row, expected: Mode
) -> None:
    """H08, 暂行办法 17: a part of a set is settled anew in China; a fault never makes the rest dearer.

    X20, Z12: a published promise of every share binds (条例 12); only the harsher way needs to have been told.
    """
    policy = {"promotions": [{"id": "p", "mode": mode}] if mode else []}
    assert follows(regime, policy, **but).promotion_mode is expected


def test_a_law_that_settles_how_discounts_are_shared_is_kept_whatever_was_told() -> None:
    """H08."""
    named_case = case_documents.read_case(raw(a_case_document(told={"promotion_mode": True})))
    policy = a_policy(promotions=[{"id": "p", "mode": "keep_share"}])
    decision = decide(named_case.case, [policy], settled_discounts(), calendars(), named_case.at)
    assert decision.units[0].consequences
    assert decision.units[0].consequences.promotion_mode is Mode.RE_RATE


KINDEST_FIRST: Final = ["full", "standard_only", "proportional", "last_item", "none"]


@pytest.mark.parametrize("part", KINDEST_FIRST)
@pytest.mark.parametrize("whole", KINDEST_FIRST)
def test_of_outbound_freight_the_kinder_of_law_and_policy_goes_back(whole: str, part: str) -> None:
    """H04: in the EU the whole withdrawal gives the standard freight; in the United States nothing but the policy."""

    def given(regime: str, **case: Any) -> tuple[OutboundFreight, OutboundFreight]:
        rows = [
            {"id": "d", "cause": "defect", "whole": "none", "part": "none"},
            {"id": "m", "cause": "change_of_mind", "whole": whole, "part": part},
        ]
        found = follows(regime, {"outbound": rows, "windows": [days_for(30)]}, **case)
        return found.outbound_whole, found.outbound_part

    assert given("US") == (whole, part)
    assert given("EU") == (min(whole, "standard_only", key=KINDEST_FIRST.index), part)
    assert given("EU", stated=LATE) == (whole, part)
    assert given("EU", promises=A_PROMISE) == given("EU")


@pytest.mark.parametrize(("regime", "expected"), [("CN", ("full", "proportional")), ("EU", ("full", "proportional"))])
def test_the_freight_of_faulty_goods_goes_back(regime: str, expected: tuple[str, str]) -> None:
    """H04, 消法 24: what a merchant says about a change of mind is not about faulty goods."""
    rows = [{"id": "m", "cause": "change_of_mind", "whole": "none", "part": "full"}]
    found = follows(regime, {"outbound": rows}, unit={"reason": "faulty"})
    assert (found.outbound_whole, found.outbound_part) == expected


@pytest.mark.parametrize(
    ("regime", "but", "possible"),
    [
        ("EU", {"unit": {"states": ["worn"]}}, True),
        ("EU", {"unit": {"states": ["worn", "opened"]}, "promises": A_PROMISE}, True),
        ("EU", {"unit": {"states": ["opened", "tried"]}}, False),
        ("EU", {}, False),
        ("EU", {"unit": {"states": ["worn"], "reason": "faulty"}}, False),
        ("EU", {"unit": {"states": ["worn"]}, "told": {"withdrawal": {"before_contract": False}}}, False),
        ("CN", {"unit": {"states": ["worn"]}}, False),
    ],
)
def test_what_handling_may_cost_is_said_of_whom_it_concerns(regime: str, but: Row, possible: bool) -> None:
    """CRD 14(2), CCR 34(9): handling beyond a shop's, by whom was told of the right."""
    assert follows(regime, {}, **but).value_loss_possible is possible


@pytest.mark.parametrize(
    ("policy", "but", "remedy"),
    [
        ({}, {}, Remedy.REFUND),
        ({}, {"unit": {"reason": "faulty", "wish": "repair"}}, Remedy.REPAIR),
        ({}, {"unit": {"reason": "faulty"}, "stated": "2026-11-17T23:59"}, Remedy.EXCHANGE),
        ({}, {"unit": {"reason": "faulty"}, "stated": "2026-11-18T00:00"}, Remedy.REPAIR),
        (
            {},
            {"stated": LATE, "promises": [{"id": "P", "until": "2026-11-20", "remedies": ["store_credit"]}]},
            Remedy.STORE_CREDIT,
        ),
        (
            {
                "windows": [
                    {
                        "id": "w",
                        "window": {
                            "cause": "change_of_mind",
                            "period": {"days": 30},
                            "remedies": ["partial_refund", "store_credit"],
                        },
                    }
                ]
            },
            {"stated": LATE},
            Remedy.STORE_CREDIT,
        ),
    ],
)
def test_without_a_wish_the_strongest_remedy_of_the_day_follows(policy: Row, but: Row, remedy: Remedy) -> None:
    """B15, J05: refund, exchange, repair, credit, a part of the price, in this order."""
    assert follows("CN", policy, **but).remedy is remedy


def two(first: Row, second: Row) -> list[Policy]:
    """The policy of the order and the one in force when the customer asks."""
    return [
        a_policy(**{"effective_until": "2026-11-01", **first}),
        a_policy(**{"version": "2", "effective_from": "2026-11-01", **second}),
    ]


def test_a_later_policy_is_named_only_where_it_is_another_one() -> None:
    """B08, R1.2: the digest of the one frozen at the purchase signs the decision."""
    policies = two({}, {"windows": [days_for(30)]})
    decision = decided(policies=policies)
    assert (decision.policies, decision.policy_sha256) == (("shop@1", "shop@2"), policies[0].sha256)
    alone = decided()
    assert (alone.policies, alone.law) == (("shop@1",), f"CN@{laws()['CN'].version}")
    none_later = decided(policies=[policies[0]], stated="2026-11-02T20:00", arrived="2026-11-02T10:15")
    assert none_later.policies == ("shop@1",)


def test_a_decision_counts_in_the_calendar_of_its_regime_and_works_in_that_of_the_policy() -> None:
    """B03: Boxing Day is worked in China and off in the United Kingdom."""
    asked = {"stated": "2026-12-24T12:00", "arrived": "2026-12-20T12:00"}
    own = decided("UK", policies=[a_policy(calendar="CN")], **asked)
    theirs = decided("UK", policies=[a_policy(calendar=None)], **asked)
    assert [each.deadlines[0].day and each.deadlines[0].day.isoformat() for each in (own, theirs)] == [
        "2026-12-25",
        "2026-12-29",
    ]


GOODWILL: Final = [
    {"role": "agent", "up_to": {"amount_minor": 1, "currency": "EUR"}, "days_late": 1},
    {
        "role": "agent",
        "up_to": {"amount_minor": 10_000, "currency": "CNY"},
        "days_late": 10,
        "second_above": {"amount_minor": 9_999, "currency": "CNY"},
    },
]
GIVEN: Final = {"role": "agent", "reason": "x"}


@pytest.mark.parametrize(
    ("regime", "but", "verdict", "layer"),
    [
        ("CN", {"stated": "2026-11-19T10:00"}, Verdict.LOOK, Layer.GOODWILL),
        (
            "CN",
            {"stated": "2026-11-19T10:00", "goodwill": {**GIVEN, "second_person": True}},
            Verdict.ACCEPT,
            Layer.GOODWILL,
        ),
        ("CN", {"unit": {"reason": "crushed"}}, Verdict.PROOFS_MISSING, Layer.LAW),
        (
            "CN",
            {"unit": {"reason": "crushed"}, "goodwill": {**GIVEN, "second_person": True}},
            Verdict.ACCEPT,
            Layer.GOODWILL,
        ),
        ("CN", {"arrived": None, "stated": "2026-11-18T10:00"}, Verdict.LOOK, Layer.LAW),
        ("CN", {"consumer": False, "goodwill": {**GIVEN, "second_person": True}}, Verdict.ACCEPT, Layer.GOODWILL),
        ("EU", {"stated": "2027-01-19T10:00"}, Verdict.REFUSE, None),
    ],
)
def test_goodwill_carries_only_what_no_right_carries_as_far(
    regime: str, but: Row, verdict: Verdict, layer: Layer | None
) -> None:
    """B09: where a right leads as far, the right is named; an amount is compared in its own currency."""
    proofs = [{"id": "p", "when": {"reason": {"is": "crushed"}}, "required": ["photo"]}]
    policy = a_policy(goodwill=GOODWILL, proofs=proofs)
    unit = unit_of(regime, policies=[policy], **{"goodwill": GIVEN, **but})
    assert (unit.verdict, unit.stands_on) == (verdict, layer)
    assert unit.ground == {Layer.GOODWILL: "goodwill:agent", Layer.LAW: "law:CN", None: None}[layer]


def test_goodwill_counts_from_the_last_day_of_the_longest_right() -> None:
    """B09: ten days after the thirtieth of the policy, not after the seventh of the law."""
    policy = a_policy(goodwill=GOODWILL, windows=[days_for(30)])
    given = {**GIVEN, "second_person": True}
    for stated, verdict in (("2026-12-12T23:00", Verdict.ACCEPT), ("2026-12-13T01:00", Verdict.REFUSE)):
        assert unit_of(policies=[policy], stated=stated, goodwill=given).verdict is verdict


def test_every_reason_for_a_look_is_named_in_its_order() -> None:
    """B13: what a rule could not settle, thresholds, signals, the reason, the serial number (W6)."""
    persons = [
        {"id": "dear", "when": {"value_minor": {"at_least": 10_000}}, "says": said("dear")},
        {"id": "cheap", "when": {"value_minor": {"at_most": 9_999}}, "says": said("cheap")},
    ]
    signals = [{"code": "often", "says": said("often")}]
    unit = unit_of(
        policies=[a_policy(persons=persons)],
        arrived=None,
        stated="2026-12-18T10:00",
        signals=signals,
        unit={"reason": "story", "serial_differs": True},
    )
    assert [look.code for look in unit.looks] == ["in_time", "dear", "often", "reason_needs_a_person", "serial_differs"]


def test_a_person_is_not_asked_about_what_another_ground_has_settled() -> None:
    """B13, B08: the law's end is uncertain, a promise is not."""
    unit = unit_of(arrived=None, stated="2026-12-18T10:00", promises=A_PROMISE)
    assert (unit.verdict, unit.looks, unit.stands_on) == (Verdict.ACCEPT, (), Layer.PROMISE)


def test_while_proofs_are_missing_nobody_is_asked_to_look() -> None:
    """R1.3: first the customer's turn."""
    proofs = [{"id": "p", "required": ["photo"]}]
    signals = [{"code": "often", "says": said("often")}]
    unit = unit_of(policies=[a_policy(regimes=["CN"], proofs=proofs)], signals=signals)
    assert (unit.verdict, unit.looks) == (Verdict.PROOFS_MISSING, ())
    assert unit.consequences
    assert unit.alternatives == ()


@pytest.mark.parametrize("differs", [False, True])
def test_another_serial_number_is_seen_by_a_person_and_decided_by_nobody_else(differs: bool) -> None:
    """W6: sold S1, sent back S9. Not accepted by a machine, and not refused by one either."""
    unit = unit_of(unit={"serial_differs": differs})
    assert unit.verdict is (Verdict.LOOK if differs else Verdict.ACCEPT)
    assert [look.code for look in unit.looks] == (["serial_differs"] if differs else [])
    assert unit_of(unit={"serial_differs": differs}, stated=LATE).verdict is Verdict.REFUSE


def test_a_segment_takes_its_own_row_where_that_gives_more() -> None:
    """B12: and the row for everybody where that gives more, whatever stands first."""

    def window_of(segment: str, *rows: Row) -> str:
        policy = documents.read_policy(raw(a_policy_document(windows=list(rows))))
        unit = unit_of("US", policies=[policy], segment=segment)
        return next(each.facts["window"] for each in unit.findings if each.rule == "in_time")

    vip60, vip10, all30 = days_for(60, segment={"is": "vip"}), days_for(10, segment={"is": "vip"}), days_for(30)
    assert window_of("vip", vip60, all30) == "60 days"
    assert window_of("vip", vip10, all30) == "30 days"
    assert window_of("vip", all30, vip60) == "30 days"
    assert window_of("vip", vip10) == "10 days"
    assert window_of("vip", days_for(5, "defect"), vip10, days_for(40, "defect")) == "10 days"
    assert window_of("regular", vip60, all30) == "30 days"


def test_one_answer_is_given_to_all_pieces_of_a_request() -> None:
    """C02."""
    units = [{"id": str(number), "reason": "no_reason"} for number in range(3)]
    units[1]["taken"] = "refund"
    decision: Decision = decided(line={"units": units})
    assert [unit.verdict for unit in decision.units] == [Verdict.ACCEPT, Verdict.REFUSE, Verdict.ACCEPT]
    assert decision.verdict is Verdict.PARTLY
