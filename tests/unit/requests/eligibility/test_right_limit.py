"""What the law lets an inspection refuse, and what it only lets it reduce, regime by regime (Z31)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from service_requests.domain.eligibility.money.right_limit import RightOfLine
from tests.unit.requests.builders import NOON, RULES, a_requested_line, an_assessment

CURRENCIES: Final = {code: regime.currency for code, regime in RULES.regimes.items()}


def right(regime: str, **wish: str) -> RightOfLine | None:
    """The right of one coat that was delivered yesterday."""
    day = NOON - timedelta(days=1)
    line = replace(a_requested_line(), **wish)  # type: ignore[arg-type]
    order: dict[str, Any] = {"regime": regime, "currency": CURRENCIES[regime], "delivered_at": day, "ordered_at": day}
    rights = an_assessment(line, **order).rights
    return rights[0] if rights else None


def findings(limits: object) -> set[str]:
    return {finding for limit in limits for finding in limit.findings}  # type: ignore[attr-defined]


@pytest.mark.parametrize("regime", ["EU", "UK"])
def test_z31_a_european_withdrawal_is_reduced_and_not_refused(regime: str) -> None:
    """CRD 14(2), CCR 34(9)."""
    found = right(regime)
    assert found is not None
    assert not found.refuses
    assert {"worn", "washed", "damaged", "parts_missing"} <= findings(found.reduces)
    assert not {"opened", "tried"} & findings(found.reduces)


def test_z31_seven_days_without_reason_are_refused_for_goods_that_are_not_intact() -> None:
    """暂行办法 8, 9: what a look or a trial leaves never counts, and nothing is reduced."""
    found = right("CN")
    assert found is not None
    assert "parts_missing" in findings(found.refuses)
    assert not {"opened", "tried"} & findings(found.refuses)
    assert not found.reduces


def test_z31_a_claim_for_a_defect_ends_only_without_a_defect_or_by_misuse() -> None:
    for regime in ("CN", "EU", "UK"):
        found = right(regime, reason="defective")
        assert found is not None, regime
        assert findings(found.refuses) == {"no_defect_found", "misuse"}
        assert not found.reduces


def test_z31_where_the_law_gives_no_right_it_sets_no_limit() -> None:
    """US: the policy alone gives the return of goods without a defect."""
    assert right("US") is None
