"""What customers, agents and auditors read of a decision, line by line in both languages (B10, R1.4, R2.5)."""

import json
from pathlib import Path
from typing import Any

import pytest

from service_requests.domain.eligibility.explanation import explain
from tests.unit.requests.policy_builders import a_policy, days_for, decided

EXPLAINED = json.loads((Path(__file__).parents[3] / "data" / "policy_explanations.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("row", EXPLAINED, ids=[row["case"] for row in EXPLAINED])
def test_the_explanation_says_what_was_decided_on_what_ground_and_what_follows(row: Any, language: Any) -> None:
    """B10: verdict, ground, reasons with their clauses, alternatives, remedy, freight, days, and how to object."""
    decision = decided(row["regime"], policies=[a_policy(**row["policy"])], **row["facts"])
    assert list(explain(decision, language)) == row[language]


def test_a_kinder_later_policy_is_named_as_the_present_one() -> None:
    """B08: the customer reads why she gets more than her policy gave."""
    policies = [
        a_policy(effective_until="2026-11-01"),
        a_policy(version="2", effective_from="2026-11-01", windows=[days_for(30)]),
    ]
    decision = decided(policies=policies, stated="2026-11-20T10:00")
    assert explain(decision, "en")[1] == "Our present returns policy, which is kinder, gives you this."
    assert explain(decision, "zh-CN")[1] == "这是更优惠的现行退货政策所给予的。"
