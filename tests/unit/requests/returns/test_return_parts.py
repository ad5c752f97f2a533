"""The parts of a return: promises, refunds and review, each with the rules of its own."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from service_requests.domain.eligibility.assessment import Assessment, Outcome, RecordedReason
from service_requests.domain.policy.vocabulary import Proof, Result
from service_requests.domain.returns.known_refund import KnownRefunds
from service_requests.domain.returns.progress.return_promises import ReturnPromises
from service_requests.domain.returns.return_review import ReturnReview
from service_requests.domain.returns.return_status import RefundState
from shared.kernel.errors import Said
from tests.unit.requests.builders import (
    NOON,
    RMA,
    a_referred_return,
    a_refund,
    a_requested_line,
    a_return,
    an_assessment,
)

EARLIER: Final = NOON - timedelta(days=1)
LATER: Final = NOON + timedelta(days=1)


def without_photos() -> Assessment:
    """Two lines that both lack a photo."""
    assessment = an_assessment(a_requested_line(reason="unsafe"), a_requested_line(line_id="L2"))
    units = tuple(replace(unit, missing=(Proof.PHOTO,)) for unit in assessment.decision.units)
    return replace(assessment, decision=replace(assessment.decision, units=units))


@pytest.mark.parametrize(
    ("others_wait", "second", "kept"),
    [(True, LATER, NOON), (True, EARLIER, EARLIER), (False, LATER, LATER), (False, EARLIER, EARLIER)],
)
def test_the_earlier_promise_of_an_inspection_holds_while_units_wait_for_it(
    others_wait: bool, second: datetime, kept: datetime
) -> None:
    """R4.3."""
    promises = ReturnPromises()
    promises.promise_inspection(NOON, others_wait=False)
    promises.promise_inspection(second, others_wait=others_wait)
    assert promises.inspect_by == kept


def test_a_message_that_fails_twice_is_named_once() -> None:
    refunds = KnownRefunds()
    for _ in range(2):
        refunds.message_failed("goods_received")
    assert refunds.untold == ["goods_received"]
    refunds.message_sent("goods_received", "ret_1", NOON)
    assert refunds.untold == []


def test_the_refusal_of_a_person_gives_the_reason_of_the_person_first() -> None:
    """R2.5: then the reasons for which the return was referred."""
    waiting = a_referred_return()
    reason = RecordedReason(rule="person", answer=Result.NO, clause="R2.5", says=Said("No.", "不。"), facts={})
    waiting.refuse(an_assessment(), reason, (), at=NOON, note=None)
    assert waiting.review.ruling is not None
    assert waiting.review.referral
    assert waiting.review.ruling.reasons == (reason, *waiting.review.referral)


def test_a_referred_return_keeps_the_proofs_that_are_missing_each_once() -> None:
    """R1.3."""
    waiting = a_return()
    waiting.request(without_photos(), at=NOON, rma=RMA)
    assert waiting.review.missing == ("photo",)


@pytest.mark.parametrize("outcome", Outcome)
def test_a_review_begins_with_a_ruling_or_with_a_referral(outcome: Outcome) -> None:
    """R2.1, R2.2: what a person must decide has no ruling yet; what the policy decides is no referral."""
    review = ReturnReview()
    ruling = review.begin(replace(an_assessment(), outcome=outcome))
    assert (ruling is None) == (outcome is Outcome.REFER)
    assert bool(review.referral) == (outcome is Outcome.REFER)
    assert review.basis is not None
    if ruling is not None:
        assert (ruling.outcome, ruling.by_policy) == (outcome, True)


def test_the_date_of_a_failed_refund_counts_for_the_one_that_replaces_it() -> None:
    """I06: another try gives no new time; a refund of other units has its own."""
    failed, other = a_refund("rfd_1", "unit_1", pay_in=3), a_refund("rfd_2", "unit_2", pay_in=9)
    failed.state = RefundState.FAILED
    again = a_refund("rfd_3", "unit_1", pay_in=5)
    refunds = KnownRefunds(known=[failed, other, again])
    assert [refunds.first_owed(each).id for each in (failed, again, other)] == ["rfd_1", "rfd_1", "rfd_2"]
