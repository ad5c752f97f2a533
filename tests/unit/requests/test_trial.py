"""A draft is tried on what was asked before: each case as of its own day, and none stops at another one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from service_requests.adapters.policy.rulebook_source import read_draft
from service_requests.application.eligibility.trial import Trial, try_out
from service_requests.domain.eligibility.case_of_order import PastRequest
from service_requests.domain.returns.order_facts import OrderFacts
from service_requests.domain.returns.requested_lines import requested_lines
from tests.unit.requests.builders import NOON, RULES, a_return, an_order
from tests.unit.requests.policy_builders import a_policy_document, days_for, raw

MONTHS_LATER = NOON + timedelta(days=100)


async def tried(history: Sequence[PastRequest], **but: Any) -> Trial:
    """A draft without a word for what is unsafe."""
    reasons = {"changed_mind": {"says": {"en": "a", "zh-CN": "a"}, "fault": "customer"}}
    freight = {
        "id": "yours",
        "cause": "change_of_mind",
        "payer": "customer",
        "amount": {"amount_minor": 795, "currency": "USD"},
    }
    document = a_policy_document(reasons=reasons, freight=[freight], regimes=["US"], effective_from="2027-04-01", **but)
    return await try_out(raw(document).decode(), read_draft, RULES, history, at=MONTHS_LATER)


def a_case(key: str, *, days: int, reason: str = "changed_mind") -> PastRequest:
    """Asked for so many days after the delivery."""
    order = an_order(
        regime="US",
        currency="USD",
        delivered_at=NOON - timedelta(days=days),
        ordered_at=NOON - timedelta(days=days + 3),
    )
    made = a_return(1, id=key, order=OrderFacts.of(order))
    asked = replace(made, lines=(replace(made.lines[0], reason=reason),))
    return PastRequest(key, order, requested_lines(asked), asked.created_at, asked.review.goodwill)


async def test_a_case_that_the_draft_has_no_words_for_is_counted_and_the_others_are_tried() -> None:
    """B16: the second of three is left out; the draft is kinder to the other two, who were too late by a week."""
    history = [
        a_case("ret_1", days=37),
        a_case("ret_2", days=37, reason="unsafe"),
        a_case("ret_3", days=38),
    ]
    found = await tried(history, windows=[days_for(60)])
    assert (found.compared, found.skipped) == (2, 1)
    assert [change.case for change in found.changes] == ["ret_1", "ret_3"]
    assert found.kinder == 2


async def test_a_case_is_tried_as_of_the_day_on_which_it_was_stated() -> None:
    """B16: it was in time by the one and late by the other; by now it would be late by both."""
    found = await tried([a_case("ret_1", days=25)], windows=[days_for(20)])
    assert (found.compared, [change.case for change in found.changes], found.kinder) == (1, ["ret_1"], 0)
