"""A policy may only widen the law: one that undercuts is refused with line, field, article and reason (B01, B04)."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service_requests.adapters.policy import policy_documents as documents
from service_requests.domain.policy.statutory_floor import below_floor
from shared.documents.document import DocumentProblem, InvalidDocument
from tests.unit.requests.policy_builders import a_policy, a_policy_document, calendars, days_for, laws, raw

Row = dict[str, Any]


def problems(**but: Any) -> list[DocumentProblem]:
    """What is wrong with the policy; the document is laid out one value a line, so that lines tell."""
    text = json.dumps(a_policy_document(**but), indent=1)
    try:
        documents.publishable_policy(text.encode(), laws(), calendars())
    except InvalidDocument as error:
        return list(error.problems)
    return []


def window(cause: str, period: Row, remedies: list[str], **but: Any) -> Row:
    return {"id": "w", "window": {"cause": cause, "period": period, "remedies": remedies, **but}}


def freight(cause: str, payer: str) -> Row:
    return {"id": "f", "cause": cause, "payer": payer}


def fee(cause: str, points: int, **but: Any) -> Row:
    return {"id": "f", "cause": cause, "basis_points": points, **but}


def refund(cause: str, period: Row, *starts: str) -> Row:
    return {"id": "r", "clock": {"cause": cause, "period": period, "starts": list(starts)}}


UNDERCUTS: tuple[tuple[str, list[str], Row, str, str], ...] = (
    ("short window", ["CN"], {"windows": [days_for(6)]}, "/windows/0/window/period", "7 days"),
    ("short window", ["EU"], {"windows": [days_for(13)]}, "/windows/0/window/period", "14 days"),
    (
        "short window in months",
        ["UK"],
        {"windows": [window("defect", {"months": 1}, ["repair"])]},
        "/windows/0/window/period",
        "6 years",
    ),
    (
        "working days",
        ["CN"],
        {"windows": [window("change_of_mind", {"working_days": 5}, ["refund"])]},
        "/windows/0/window/period",
        "7 days",
    ),
    (
        "short defect window",
        ["UK"],
        {"windows": [window("defect", {"days": 29}, ["refund"])]},
        "/windows/0/window/period",
        "30 days",
    ),
    (
        "own parcel",
        ["EU"],
        {"windows": [window("change_of_mind", {"days": 14}, ["refund"], starts="own_parcel")]},
        "/windows/0/window/starts",
        "last parcel",
    ),
    ("sale items", ["EU"], {"exclusions": [{"id": "x", "goods": "final_sale"}]}, "/exclusions/0/goods", "final sale"),
    (
        "sale items",
        ["CN"],
        {"exclusions": [{"id": "x", "goods": "final_sale", "needs_confirmation": True}]},
        "/exclusions/0/goods",
        "final sale",
    ),
    (
        "no confirmation",
        ["CN"],
        {"exclusions": [{"id": "x", "goods": "health_after_opening"}]},
        "/exclusions/0/needs_confirmation",
        "confirmed",
    ),
    ("opened box", ["CN"], {"intact": [{"id": "i", "states": ["opened"]}]}, "/intact/0/states", "opened"),
    ("worn", ["EU"], {"intact": [{"id": "i", "states": ["worn"]}]}, "/intact/0/states", "worn"),
    (
        "photo of a withdrawal",
        ["EU"],
        {"proofs": [{"id": "p", "required": ["photo"]}]},
        "/proofs/0/required",
        "a photo",
    ),
    ("freight of a fault", ["CN"], {"freight": [freight("defect", "customer")]}, "/freight/0/payer", "merchant pays"),
    ("restocking", ["CN"], {"fees": [fee("change_of_mind", 1)]}, "/fees/0/basis_points", "no such fee"),
    ("restocking", ["UK"], {"fees": [fee("change_of_mind", 1_000)]}, "/fees/0/basis_points", "no such fee"),
    (
        "slow refund",
        ["CN"],
        {"refunds": [refund("change_of_mind", {"days": 8}, "goods_in")]},
        "/refunds/0/clock/period",
        "7 days",
    ),
    (
        "late start",
        ["EU"],
        {"refunds": [refund("change_of_mind", {"days": 14}, "goods_in")]},
        "/refunds/0/clock/starts",
        "statement",
    ),
    ("sending back", ["UK"], {"promises": {"send_back": {"days": 13}}}, "/promises/send_back", "14 days"),
    (
        "records",
        ["CN"],
        {"retention": [{"record": "transaction", "period": {"months": 35}}]},
        "/retention/0/period",
        "3 years",
    ),
)


@pytest.mark.parametrize(("name", "regimes", "but", "field", "reason"), UNDERCUTS, ids=[each[0] for each in UNDERCUTS])
def test_what_undercuts_the_law_is_refused_with_line_article_and_reason(
    name: str, regimes: list[str], but: Row, field: str, reason: str
) -> None:
    """B01, B04."""
    found = problems(regimes=regimes, **but)
    assert {problem.field for problem in found} == {field}
    problem = next(each for each in found if reason in each.says.en)
    assert problem.says.zh != problem.says.en
    assert any(rule.article in problem.says.en for rule in laws()[regimes[0]].rules)
    lines = json.dumps(a_policy_document(regimes=regimes, **but), indent=1).splitlines()
    said_nowhere = field == "/exclusions/0/needs_confirmation"
    assert ("{" if said_nowhere else f'"{field.rsplit("/", 1)[-1]}"') in lines[problem.line - 1]


@pytest.mark.parametrize(
    "but",
    [
        {"regimes": ["CN"], "windows": [days_for(7)]},
        {"regimes": ["EU", "UK"], "windows": [days_for(14)]},
        {"regimes": ["UK"], "windows": [window("defect", {"years": 6}, ["repair", "exchange"])]},
        {"regimes": ["EU"], "windows": [window("defect", {"days": 30}, ["refund"])]},
        {"regimes": ["US"], "windows": [days_for(1)], "exclusions": [{"id": "x", "goods": "final_sale"}]},
        {"regimes": ["US"], "fees": [fee("change_of_mind", 2_500)], "freight": [freight("defect", "customer")]},
        {"regimes": ["CN"], "exclusions": [{"id": "x", "goods": "perishable"}]},
        {"regimes": ["CN"], "exclusions": [{"id": "x", "goods": "value_lost_on_trial", "needs_confirmation": True}]},
        {"regimes": ["CN"], "exclusions": [{"id": "x", "goods": "final_sale", "beyond_law": True}]},
        {"regimes": ["CN"], "intact": [{"id": "i", "states": ["mark_removed"]}]},
        {"regimes": ["EU"], "intact": [{"id": "i", "states": ["worn"], "beyond_law": True}]},
        {"regimes": ["EU"], "proofs": [{"id": "p", "when": {"reason": {"is": "faulty"}}, "required": ["photo"]}]},
        {"regimes": ["EU"], "proofs": [{"id": "p", "required": ["order_number"]}]},
        {"regimes": ["CN"], "fees": [fee("change_of_mind", 500, beyond_law=True)]},
        {"regimes": ["CN"], "fees": [fee("change_of_mind", 0)]},
        {"regimes": ["CN"], "refunds": [refund("change_of_mind", {"days": 7}, "goods_in")]},
        {"regimes": ["EU"], "refunds": [refund("change_of_mind", {"days": 10}, "statement")]},
        {"regimes": ["UK"], "promises": {"send_back": {"days": 14}}},
        {"regimes": ["CN"], "retention": [{"record": "transaction", "period": {"years": 3}}]},
        {"regimes": ["CN"], "promotions": [{"id": "p", "mode": "keep_share"}]},
    ],
)
def test_what_gives_as_much_or_more_is_taken(but: Row) -> None:
    """B01."""
    assert problems(**but) == []


def test_a_row_is_compared_only_with_the_law_it_can_meet() -> None:
    """B01: a week in China is no week in Europe."""
    assert problems(regimes=["CN", "EU"], windows=[days_for(7, regime={"is": "CN"})]) == []
    (problem,) = problems(regimes=["CN", "EU"], windows=[days_for(7, regime={"none_of": ["CN"]})])
    assert "EU" in problem.says.en


def test_only_law_that_is_in_force_while_the_policy_lives_counts() -> None:
    """B04, P05: before 2017 the seven days were not yet spelled out."""
    old = {"effective_from": "2014-01-01", "effective_until": "2014-03-01"}
    assert problems(regimes=["CN"], windows=[days_for(1)], **old) == []
    assert problems(regimes=["CN"], windows=[days_for(1)], effective_from="2014-01-01")
    china = laws()["CN"]
    ended = replace(china, rules=tuple(replace(rule, effective_until=date(2024, 1, 1)) for rule in china.rules))
    policy = documents.read_policy(raw(a_policy_document(regimes=["CN"], windows=[days_for(1)])))
    assert below_floor(policy, {"CN": ended}) == ()
    assert below_floor(policy, laws())


@pytest.mark.parametrize("regime", ["CN", "EU", "UK", "US"])
def test_every_rule_of_a_pack_has_article_date_source_and_both_languages(regime: str) -> None:
    """B04, P05."""
    pack = laws()[regime]
    assert len({rule.id for rule in pack.rules}) == len(pack.rules)
    for rule in pack.rules:
        assert rule.article
        assert rule.source
        assert rule.confidence in "ABC"
        assert rule.says.en.endswith(".")
        assert rule.says.zh.endswith("。")
        assert rule.says.en.isascii()
        assert not rule.says.zh.isascii()
    assert pack.calendar in calendars()


def test_the_withdrawal_function_is_law_from_its_day_on() -> None:
    """A13, CRD 11a: from 19 June 2026."""
    topics = [
        {getattr(rule.term, "topic", "") for rule in laws()["EU"].on(day).rules}
        for day in (date(2026, 6, 18), date(2026, 6, 19))
    ]
    assert ["withdrawal_function" in each for each in topics] == [False, True]


def test_a_policy_may_say_nothing_and_the_law_speaks() -> None:
    """B01."""
    assert a_policy().windows == ()
