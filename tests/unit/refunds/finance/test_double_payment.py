"""An entry of money that may have gone back twice is closed once, by a person, with a reason (Z07)."""

from datetime import UTC, datetime

import pytest

from service_refunds.domain.finance.double_payment import (
    DoublePayment,
    DoublePaymentClosure,
    DoublePaymentIsClosed,
    DoublePaymentOutcome,
)

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def an_entry() -> DoublePayment:
    return DoublePayment(
        id="twice_1", order_id="o", refund_id="re_1", code="paid_twice", currency="EUR", amount_minor=3_000, noted_at=AT
    )


@pytest.mark.parametrize("outcome", DoublePaymentOutcome)
def test_z07_an_entry_is_closed_once_and_the_same_again_changes_nothing(outcome: DoublePaymentOutcome) -> None:
    entry = an_entry()
    first = DoublePaymentClosure(outcome, "Transfer 4711", "acc_1", AT)
    entry.close(first)
    entry.close(DoublePaymentClosure(outcome, "Transfer 4711", "acc_2", AT))
    assert entry.closed == first
    assert len(entry.events) == 1


@pytest.mark.parametrize(("outcome", "reason"), [("written_off", "Transfer 4711"), ("recovered", "Another")])
def test_z07_a_closed_entry_does_not_change(outcome: str, reason: str) -> None:
    entry = an_entry()
    entry.close(DoublePaymentClosure(DoublePaymentOutcome.RECOVERED, "Transfer 4711", "acc_1", AT))
    with pytest.raises(DoublePaymentIsClosed):
        entry.close(DoublePaymentClosure(DoublePaymentOutcome(outcome), reason, "acc_2", AT))
    assert entry.closed is not None
    assert entry.closed.by == "acc_1"
