"""What each rule answers, by which clause, and from which facts an auditor can check it (B10, R2.2)."""

from typing import Any, Final

import pytest

from service_requests.domain.policy.vocabulary import Layer, Payer, Remedy, Result, Verdict
from tests.unit.requests.policy_builders import a_policy, days_for, decided, finding, moment, unit_of

LATE: Final = "2026-11-20T10:00"
SEVEN_DAYS: Final = "消费者权益保护法 25; 暂行办法 2, 10; 民法典 203"
CONSENT: Final = {"goods": "health_after_opening", "at": moment("2026-10-30T10:00").isoformat()}
PROOFS: Final = [{"id": "p", "when": {"reason": {"is": "faulty"}}, "required": ["photo", "invoice"]}]

Row = dict[str, Any]


def left_out(*goods: str, **but: Any) -> Row:
    return {"line": {"goods": list(goods), **but}}


JUDGED: Final[tuple[tuple[Row, Row, str, str, tuple[Result, str, Row]], ...]] = (
    # the policy, the case; the ground and the rule; its answer, its clause and its facts
    (
        {},
        {},
        "law",
        "in_time",
        (
            Result.YES,
            SEVEN_DAYS,
            {
                "delivered_on": "2026-11-02",
                "delivery_known_by": "recipient",
                "window": "7 days",
                "last_day": "2026-11-09",
                "stated_on": "2026-11-03",
            },
        ),
    ),
    (
        {},
        {"arrived": None, "stated": "2026-11-17T10:00"},
        "law",
        "in_time",
        (
            Result.LOOK,
            SEVEN_DAYS,
            {
                "delivered_on": "2026-11-07",
                "delivery_known_by": "assumed",
                "window": "7 days",
                "last_day": "2026-11-16",
                "stated_on": "2026-11-17",
                "provisional": "true",
            },
        ),
    ),
    (
        {"windows": [days_for(30)]},
        {"stated": "2026-12-03T00:00"},
        "policy",
        "in_time",
        (
            Result.NO,
            "shop@1 windows/change-of-mind-30",
            {
                "delivered_on": "2026-11-02",
                "delivery_known_by": "recipient",
                "window": "30 days",
                "last_day": "2026-12-02",
                "stated_on": "2026-12-03",
            },
        ),
    ),
    (
        {},
        {"promises": [{"id": "P-1", "until": "2026-11-20"}], "stated": LATE},
        "promise",
        "in_time",
        (Result.YES, "N3.4 promise P-1", {"last_day": "2026-11-20", "stated_on": "2026-11-20"}),
    ),
    (
        {},
        {"unit": {"reason": "faulty", "wish": "store_credit"}},
        "law",
        "in_time",
        (Result.NO, "消费者权益保护法 24; 部分商品修理更换退货责任规定", {}),
    ),
    ({}, {"unit": {"taken": "refund"}}, "law", "one_remedy", (Result.NO, "B14", {})),
    ({}, {}, "policy", "has_right", (Result.NO, "policy:shop@1", {})),
    ({}, {"consumer": False}, "law", "has_right", (Result.NO, "law:CN", {})),
    (
        {},
        left_out("perishable", "made_to_order"),
        "law",
        "not_excluded",
        (
            Result.NO,
            "消费者权益保护法 25; 暂行办法 6",
            {"goods": "made_to_order, perishable", "confirmed": "not needed"},
        ),
    ),
    (
        {},
        left_out("health_after_opening", confirmations=[CONSENT]),
        "law",
        "not_excluded",
        (Result.NO, "暂行办法 7, 20", {"goods": "health_after_opening", "confirmed": "true"}),
    ),
    (
        {},
        left_out(
            "health_after_opening", confirmations=[{**CONSENT, "by_default": True}, {**CONSENT, "goods": "mixed"}]
        ),
        "law",
        "not_excluded",
        (Result.YES, "暂行办法 7, 20", {"goods": "health_after_opening", "confirmed": "false"}),
    ),
    ({}, {}, "law", "intact", (Result.YES, SEVEN_DAYS, {"states": "none stated"})),
    (
        {},
        {"unit": {"states": ["tried", "opened"]}},
        "law",
        "intact",
        (Result.YES, SEVEN_DAYS, {"states": "opened, tried"}),
    ),
    (
        {},
        {"unit": {"states": ["parts_missing", "opened"]}},
        "law",
        "intact",
        (Result.NO, "暂行办法 8", {"states": "opened, parts_missing"}),
    ),
    (
        {},
        {"regime": "EU", "unit": {"states": ["worn", "opened"]}},
        "law",
        "intact",
        (Result.YES, "Directive 2011/83/EU art. 14(2)", {"states": "opened, worn", "value_loss": "possible"}),
    ),
    (
        {"proofs": PROOFS},
        {"unit": {"reason": "faulty"}},
        "law",
        "proofs_complete",
        (Result.MISSING, "shop@1 proofs, R1.2", {"asked": "photo, invoice", "shown": "nothing"}),
    ),
    (
        {"proofs": PROOFS, "windows": [days_for(30, "defect")]},
        {"unit": {"reason": "faulty", "proofs": ["photo", "invoice"]}},
        "policy",
        "proofs_complete",
        (Result.YES, "shop@1 proofs, R1.2", {"asked": "photo, invoice", "shown": "invoice, photo"}),
    ),
    (
        {},
        {"unit": {"wish": "repair"}, "promises": [{"id": "P-1", "until": "2026-11-20"}]},
        "promise",
        "remedy_offered",
        (Result.NO, "N3.4 promise P-1", {}),
    ),
    (
        {"goodwill": [{"role": "agent", "up_to": {"amount_minor": 10_000, "currency": "CNY"}, "days_late": 20}]},
        {"stated": LATE, "goodwill": {"role": "agent", "reason": "bereavement"}},
        "goodwill",
        "goodwill",
        (
            Result.YES,
            "shop@1 goodwill/agent",
            {"reason": "bereavement", "value_minor": "10000", "second": "False"},
        ),
    ),
)


@pytest.mark.parametrize(("policy", "case", "ground", "rule", "answer"), JUDGED)
def test_a_rule_answers_with_its_clause_and_the_facts_it_was_judged_by(
    policy: Row, case: Row, ground: str, rule: str, answer: tuple[Result, str, Row]
) -> None:
    """B10, R2.2: whoever doubts it can look each of them up."""
    case = {"regime": "CN", **case}
    said = finding(unit_of(policies=[a_policy(**policy)], **case), rule, ground)
    assert (said.result, said.clause, said.facts) == answer


WITHIN: Final = ["in_time", "intact"]
GROUNDS: Final[tuple[tuple[Row, Row, list[tuple[Layer, str, list[str]]]], ...]] = (
    # the policy, the case; every ground with the rules that spoke about it
    ({}, {}, [(Layer.LAW, "law:CN", WITHIN), (Layer.POLICY, "policy:shop@1", ["has_right"])]),
    (
        {"windows": [days_for(30)], "proofs": [{"id": "p", "required": ["photo"], "beyond_law": True}]},
        left_out("perishable"),
        [
            (Layer.LAW, "law:CN", ["in_time", "not_excluded", "intact"]),
            (Layer.POLICY, "policy:shop@1", ["in_time", "not_excluded", "intact", "proofs_complete"]),
        ],
    ),
    (
        {"windows": [days_for(30, "defect")]},
        {"unit": {"reason": "faulty", "states": ["damaged"]}, "line": {"goods": ["perishable"]}},
        [(Layer.LAW, "law:CN", ["in_time"]), (Layer.POLICY, "policy:shop@1", ["in_time"])],
    ),
    (
        {},
        {
            "unit": {"wish": "repair", "taken": "exchange"},
            "promises": [{"id": "P-1", "until": "2026-12-31"}, {"id": "P-2", "until": "2026-12-31", "lines": ["L2"]}],
        },
        [
            (Layer.LAW, "law:CN", ["one_remedy", "in_time", "intact"]),
            (Layer.POLICY, "policy:shop@1", ["one_remedy", "has_right"]),
            (Layer.PROMISE, "promise:P-1", ["one_remedy", "in_time", "remedy_offered"]),
        ],
    ),
    (
        {"effective_until": "2026-11-01"},
        {"later": {"version": "2", "effective_from": "2026-11-01", "windows": [days_for(30)]}},
        [
            (Layer.LAW, "law:CN", WITHIN),
            (Layer.POLICY, "policy:shop@1", ["has_right"]),
            (Layer.LATER_POLICY, "policy:shop@2", WITHIN),
        ],
    ),
)


@pytest.mark.parametrize(("policy", "case", "grounds"), GROUNDS)
def test_every_ground_is_judged_by_the_rules_that_concern_it(
    policy: Row, case: Row, grounds: list[tuple[Layer, str, list[str]]]
) -> None:
    """B04, B08, B10, N3.4: from the strongest ground to the weakest; no rule speaks where it has no say."""
    later = case.get("later")
    policies = [a_policy(**policy), *([a_policy(**later)] if later else [])]
    unit = unit_of(policies=policies, **{key: value for key, value in case.items() if key != "later"})
    said: dict[tuple[Layer, str], list[str]] = {}
    for each in unit.findings:
        said.setdefault((each.layer, each.ground), []).append(each.rule)
    assert [(*ground, rules) for ground, rules in said.items()] == grounds


def test_a_policy_that_asks_for_less_than_another_is_missing_only_its_own_proofs() -> None:
    """R1.3: the later policy is the kindest ground, so what it asks for is what is missing."""
    asks = {"proofs": [{"id": "p", "required": ["photo", "invoice"], "beyond_law": True}]}
    bought_under = a_policy(effective_until="2026-11-01")
    later = a_policy(version="2", effective_from="2026-11-01", windows=[days_for(30)], **asks)
    unit = unit_of(policies=[bought_under, later], stated=LATE, unit={"proofs": ["invoice"]})
    assert (unit.verdict, unit.stands_on, unit.ground) == (Verdict.PROOFS_MISSING, Layer.LATER_POLICY, "policy:shop@2")
    assert [proof.value for proof in unit.missing] == ["photo"]
    assert unit.looks == ()


FREIGHTS: Final[tuple[tuple[str, Row, Row, tuple[Payer, int | None, bool, str]], ...]] = (
    # regime, policy, case; who pays, how much, whether it may be deducted, by which clause
    ("CN", {}, {}, (Payer.CUSTOMER, None, False, "消费者权益保护法 25; 暂行办法 18")),
    ("CN", {}, {"unit": {"reason": "faulty"}}, (Payer.MERCHANT, None, False, "消费者权益保护法 24")),
    ("US", {"windows": [days_for(30)]}, {}, (Payer.MERCHANT, None, False, "R2.4")),
    (
        "US",
        {
            "windows": [days_for(30)],
            "freight": [
                {"id": "a", "cause": "defect", "payer": "merchant"},
                {
                    "id": "b",
                    "cause": "change_of_mind",
                    "payer": "customer",
                    "amount": {"amount_minor": 795, "currency": "USD"},
                },
            ],
        },
        {"told": {"freight_at_approval": True}},
        (Payer.CUSTOMER, 795, True, "shop@1 freight/b"),
    ),
    (
        "CN",
        {"freight": [{"id": "f", "cause": "change_of_mind", "payer": "merchant"}]},
        {},
        (Payer.MERCHANT, None, False, "shop@1 freight/f"),
    ),
    (
        "CN",
        {"freight": [{"id": "f", "cause": "change_of_mind", "payer": "customer"}], "windows": [days_for(30)]},
        {"promises": [{"id": "P-1", "until": "2026-12-31", "free_freight": True}]},
        (Payer.MERCHANT, None, False, "N3.4 promise P-1"),
    ),
    (
        "CN",
        {},
        {"promises": [{"id": "P-1", "until": "2026-12-31"}], "stated": LATE},
        (Payer.CUSTOMER, None, False, "消费者权益保护法 25; 暂行办法 18"),
    ),
    (
        "EU",
        {},
        {"told": {"freight_before_contract": False}},
        (Payer.MERCHANT, None, False, "Directive 2011/83/EU art. 14(1)"),
    ),
    (
        "CN",
        {"windows": [days_for(30)]},
        {"consumer": False},
        (Payer.MERCHANT, None, False, "R2.4"),
    ),
)


@pytest.mark.parametrize(("regime", "policy", "case", "expected"), FREIGHTS)
def test_who_pays_for_sending_back_and_by_which_clause(
    regime: str, policy: Row, case: Row, expected: tuple[Payer, int | None, bool, str]
) -> None:
    """R2.4, D07: where law, policy and promise differ, the kindest holds."""
    follows = unit_of(regime, policies=[a_policy(**policy)], **case).consequences
    assert follows
    freight = follows.freight
    amount = freight.amount.minor if freight.amount else None
    assert (freight.payer, amount, freight.deductible, freight.clause) == expected


def test_a_later_policy_never_takes_away_the_free_freight_of_the_order() -> None:
    """B08, R2.4: the law accepts, the policy of the order pays, and the later one would not."""
    free = [{"id": "free", "cause": "change_of_mind", "payer": "merchant"}]
    theirs = [{"id": "theirs", "cause": "change_of_mind", "payer": "customer"}]
    bought_under = a_policy(effective_until="2026-11-01", freight=free)
    later = a_policy(version="2", effective_from="2026-11-01", windows=[days_for(30)], freight=theirs)
    for stated in ("2026-11-03T10:00", LATE):
        follows = unit_of(policies=[bought_under, later], stated=stated).consequences
        assert follows
        assert (follows.freight.payer, follows.freight.clause) == (Payer.MERCHANT, "shop@1 freight/free")


def test_of_two_amounts_the_smaller_is_paid() -> None:
    """B08, R2.4: the policy of the order asks twelve yuan, the kinder later one eight."""

    def costing(minor: int, **but: Any) -> Any:
        row = {"id": "f", "cause": "change_of_mind", "payer": "customer"}
        amount = {"amount_minor": minor, "currency": "CNY"}
        return a_policy(windows=[days_for(30)], freight=[{**row, "amount": amount}], **but)

    for first, second in ((1_200, 800), (800, 1_200)):
        policies = [
            costing(first, effective_until="2026-11-01"),
            costing(second, version="2", effective_from="2026-11-01"),
        ]
        follows = unit_of(policies=policies, stated=LATE).consequences
        assert follows
        assert follows.freight.amount
        assert follows.freight.amount.minor == 800
        assert follows.freight.says.en == "You pay for sending it back: CNY 8.00."


def test_the_decision_of_two_grounds_takes_the_kinder_fee_and_remedy() -> None:
    """B08, H05: the later policy keeps less."""

    def keeping(points: int, **but: Any) -> Any:
        fees = [
            {"id": "d", "cause": "defect", "basis_points": 0},
            {"id": "f", "cause": "change_of_mind", "basis_points": points, "beyond_law": True},
        ]
        return a_policy(windows=[days_for(30)], fees=fees, **but)

    policies = [keeping(1_000, effective_until="2026-11-01"), keeping(500, version="2", effective_from="2026-11-01")]
    follows = unit_of(policies=policies, stated=LATE).consequences
    assert follows
    assert (follows.restocking_basis_points, follows.remedy) == (500, Remedy.REFUND)


def test_what_is_provisional_in_one_deadline_makes_the_decision_so() -> None:
    """B03, D16: a delivery that is only assumed."""
    assert decided(arrived=None).provisional
    assert not decided().provisional
