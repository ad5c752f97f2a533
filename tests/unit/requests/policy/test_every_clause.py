"""Z12: every key of a policy document has an effect, or publishing refuses it. A key without an entry fails here."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from service_requests.adapters.policy.document_shape import Shape
from service_requests.adapters.policy.policy_models import PolicyShape

TESTS: Final = Path(__file__).parents[3]
ELIGIBILITY: Final = "unit/requests/eligibility/"
POLICY: Final = "unit/requests/policy/"
OWN: Final = "integration/journeys/test_own_policy.py::test_z12_a_policy_from_the_documentation_is_kept_to_the_cent"
PAGE: Final = POLICY + "test_public_page_sentences.py::test_for_what_a_row_is_can_be_read"
CHECKS: Final = POLICY + "test_policy_checks.py::test_in_every_table_a_row_asks_for_words_that_the_policy_knows"
WINDOWS: Final = ELIGIBILITY + "test_date_vectors.py::test_a_window_ends_at_midnight_of_its_last_day"
MONEY: Final = "contract/test_money_of_policy.py::"
THRESHOLDS: Final = ELIGIBILITY + "test_threshold.py::"
TODAY: Final = (
    POLICY + "test_policy_command.py::test_it_says_what_the_server_says_about_the_day_on_which_a_version_begins"
)

OBSERVED: Final[dict[str, str]] = {
    # key of the document: the test in which its effect is seen
    "policy": OWN,
    "version": OWN,
    "effective_from": TODAY,
    "effective_until": ELIGIBILITY + "test_assessment.py::test_the_policy_of_the_day_of_the_order_decides",
    "title": OWN,
    "merchant": OWN,
    "regimes": OWN,
    "calendar": ELIGIBILITY
    + "test_assessment.py::test_a_promise_runs_in_the_working_time_of_the_policy_or_else_of_the_place",
    "currency": THRESHOLDS + "test_a_threshold_without_a_currency_is_of_the_policys_and_holds_in_every_other",
    "transit_buffer_days": ELIGIBILITY + "test_assessment.py::test_a_missing_delivery_date_never_refuses",
    "categories": OWN,
    "channels": CHECKS,
    "segments": CHECKS,
    "reasons": ELIGIBILITY + "test_assessment.py::test_every_reason_says_who_answers_and_who_pays",
    "remedies": ELIGIBILITY
    + "test_assessment.py::test_a_refusal_always_offers_something_or_says_that_there_is_nothing",
    "promises": ELIGIBILITY + "test_deadline.py::test_a_decision_names_these_days_and_no_others",
    "promises.decide_hours": ELIGIBILITY
    + "test_assessment.py::test_a_promise_runs_in_the_working_time_of_the_policy_or_else_of_the_place",
    "promises.send_back": ELIGIBILITY + "test_assessment.py::test_the_longer_time_for_sending_counts_from_the_approval",
    "promises.object_within": ELIGIBILITY
    + "test_place_of_delivery.py::test_the_objection_and_the_calendar_of_the_refund_follow_the_place",
    "promises.warn_at": "unit/requests/returns/test_return.py"
    "::test_before_a_promise_is_broken_we_are_reminded_of_it_once_for_each_point",
    "addresses": "unit/requests/returns/test_return.py::test_an_approval_carries_the_six_facts",
    "addresses.collect_on_delivery": POLICY + "test_publication.py::test_what_would_change_nothing_is_not_published",
    "windows": WINDOWS,
    "exclusions": OWN,
    "exclusions.goods": OWN,
    "exclusions.needs_confirmation": POLICY + "test_publication.py::test_what_would_change_nothing_is_not_published",
    "waived_exclusions": PAGE,
    "intact": ELIGIBILITY + "test_assessment.py::test_what_makes_goods_no_longer_intact_depends_on_their_kind",
    "waived_states": PAGE,
    "proofs": ELIGIBILITY + "test_assessment.py::test_proofs_that_are_missing_are_named_and_a_person_asks_for_them",
    "freight": POLICY + "test_publication.py::test_what_a_customer_pays_is_said_with_the_amount",
    "fees": OWN,
    "refunds": "contract/test_one_law.py::test_z11_refunds_says_the_day_of_the_law_pack",
    "promotions": MONEY + "test_a_published_way_of_sharing_discounts_reaches_the_refund",
    "outbound": OWN,
    "outbound.whole": MONEY + "test_what_is_published_about_outbound_freight_is_what_the_refund_does",
    "outbound.part": MONEY + "test_what_is_published_about_outbound_freight_is_what_the_refund_does",
    "alternatives": ELIGIBILITY
    + "test_assessment.py::test_a_refusal_always_offers_something_or_says_that_there_is_nothing",
    "persons": THRESHOLDS + "test_high_value_means_a_person_in_every_currency",
    "goodwill": THRESHOLDS + "test_goodwill_has_its_limit_in_every_currency",
    "retention": PAGE,
    "tender_order": MONEY + "test_every_order_of_payments_reaches_the_refund_except_in_china",
    "rates": THRESHOLDS + "test_a_currency_without_a_rate_is_read_by_a_person",
    "rates.on": THRESHOLDS + "test_a_currency_without_a_rate_is_read_by_a_person",
    "rates.base": THRESHOLDS + "test_a_currency_without_a_rate_is_read_by_a_person",
    "rates.units": THRESHOLDS + "test_a_currency_without_a_rate_is_read_by_a_person",
}


def keys(shape: type[Shape], before: str = "") -> Iterator[str]:
    """Every key of a shape with the keys inside, by their path."""
    for name, field in shape.model_fields.items():
        path = f"{before}{name}"
        yield path
        for inside in shapes_in(field.annotation):
            yield from keys(inside, f"{path}.")


def shapes_in(hint: Any) -> Iterator[type[Shape]]:
    if isinstance(hint, type) and issubclass(hint, Shape):
        yield hint
    for part in get_args(hint):
        yield from shapes_in(part)


def observed(path: str) -> str | None:
    """The entry of the key, else of the table that it stands in."""
    while path:
        if path in OBSERVED:
            return OBSERVED[path]
        path = path.rpartition(".")[0]
    return None


@pytest.mark.parametrize("path", sorted(set(keys(PolicyShape))))
def test_every_key_of_a_policy_has_an_effect_that_a_test_sees(path: str) -> None:
    named = observed(path)
    assert named is not None, f"{path}: where is its effect seen?"
    file, _, test = named.partition("::")
    assert f"def {test}(" in (TESTS / file).read_text("utf-8"), named


def test_every_entry_is_a_key() -> None:
    assert set(OBSERVED) <= set(keys(PolicyShape))


def test_a_key_of_the_document_itself_has_an_entry_of_its_own() -> None:
    top = set(PolicyShape.model_fields)
    assert top <= set(OBSERVED)
