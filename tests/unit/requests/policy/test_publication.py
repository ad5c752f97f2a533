"""What keeps a sound and lawful policy from being published here and now, and what came with the program (R1.2)."""

from typing import Any

import pytest

from service_requests.adapters.policy import policy_documents as documents
from service_requests.domain.policy.publication import publication_problems
from shared.documents.document import InvalidDocument
from tests.unit.requests.builders import NOON, RULES
from tests.unit.requests.policy_builders import a_policy_document, raw

YOURS = {"id": "yours", "cause": "change_of_mind", "payer": "customer"}
AMOUNT = {"amount_minor": 500, "currency": "EUR"}


def problems(**but: Any) -> list[tuple[str | int, ...]]:
    facts = {"effective_from": "2026-11-24", "freight": [{**YOURS, "amount": AMOUNT}]}
    draft = documents.policy_draft(raw(a_policy_document(**{**facts, **but})))
    draft.check(RULES.regimes, RULES.calendars)
    return [problem.place for problem in publication_problems(draft.policy, RULES, NOON)]


@pytest.mark.parametrize("day", ["2026-11-24", "2026-12-01"])
def test_a_version_may_begin_today_or_later(day: str) -> None:
    assert problems(effective_from=day) == []


def test_a_version_cannot_begin_in_the_past() -> None:
    """R1.2: nobody's order is judged by what could not be read when it was made; today is the latest day anywhere."""
    assert problems(effective_from="2026-11-23") == [("effective_from",)]


def test_what_a_customer_pays_is_said_with_the_amount() -> None:
    """R2.4, D07: by its own row, or where only the law lets her pay."""
    assert problems(freight=[YOURS]) == [("freight", 0)]
    assert problems(freight=[]) == [("regimes", place) for place in range(3)]
    only_eu = {**YOURS, "when": {"regime": {"is": "EU"}}, "amount": AMOUNT}
    assert problems(freight=[only_eu]) == [("regimes", 0), ("regimes", 2)]
    assert problems(freight=[{**YOURS, "payer": "merchant"}]) == []


def test_what_would_change_nothing_is_not_published() -> None:
    """Z12: every clause has an effect, or is refused with its place."""
    address = a_policy_document()["addresses"][0]
    assert problems(addresses=[{**address, "collect_on_delivery": True}]) == [("addresses", 0, "collect_on_delivery")]
    out = {"id": "no", "when": {"sku": {"is": "X"}}, "beyond_law": True}
    assert problems(exclusions=[out]) == []
    assert problems(exclusions=[{**out, "needs_confirmation": True}]) == [("exclusions", 0, "needs_confirmation")]
    assert problems(exclusions=[{"id": "all", "beyond_law": True}]) == [("exclusions", 0, "when")]
    assert problems(promotions=[{"id": "p", "mode": "keep_share"}]) == []
    assert set(problems(promotions=[{"id": "p", "mode": "re_rate"}])) == {("promotions", 0, "mode")}
    odd = {"id": "o", "cause": "change_of_mind", "whole": "none", "part": "proportional"}
    assert problems(outbound=[odd]) == [("outbound", 0, "part")]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """DESIGN 8: line, field and rule of each, in one answer."""
    draft = documents.policy_draft(raw(a_policy_document(calendar="MARS", freight=[YOURS])))
    with pytest.raises(InvalidDocument) as refused:
        draft.check(RULES.regimes, RULES.calendars, publication_problems(draft.policy, RULES, NOON))
    assert {part.pointer for part in refused.value.parts} == {"/calendar", "/effective_from", "/freight/0"}
    assert all(part.line for part in refused.value.parts)


def test_a_version_that_came_with_the_program_is_never_edited() -> None:
    """R1.2: past decisions name it; write another version instead of changing this digest."""
    digests = {policy.name: policy.sha256 for policy in RULES.policies}
    assert digests == {"standard@2026-01": "0c98c65a5375a438408cd7adf5e69045220ec45c6507c632d39be3bb91e584bc"}
