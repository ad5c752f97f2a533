"""A refund that failed and goes on, as the return sees it: tried again, settled later, or not owed (Z22)."""

from datetime import timedelta

from service_requests.domain.returns import events as return_events
from service_requests.domain.returns.progress.next_step import next_step
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_status import Ending, RefundState, ReturnStatus
from service_requests.domain.returns.timeline import step_of
from tests.unit.requests.builders import NOON, a_refund
from tests.unit.requests.returns.test_return import accepted, header


def failed() -> Return:
    found = accepted("unit_1")
    found.record_refund_opened(a_refund("rfd_1", pay_in=7), at=NOON)
    found.record_refund_failed("rfd_1", at=NOON)
    return found


def told(of: Return) -> Return:
    of.message_sent("refund_settled", "email", "rfd_1", at=NOON)
    return of


def test_z22_a_refund_that_is_tried_again_is_on_its_way_and_keeps_its_day() -> None:
    found = failed()
    found.record_refund_moved(RefundState.OPENED, return_events.RefundReopened(NOON, "rfd_1", "EUR 1.00"))
    assert (header(found), found.refunds.known[0].state) == (ReturnStatus.REFUNDING, RefundState.OPENED)
    step = next_step(found)
    assert step is not None
    assert (step.by, "another way" in step.what.en) == (NOON + timedelta(days=7), False)


def test_z22_a_failed_refund_that_is_settled_later_closes_the_return() -> None:
    """Also when it was never reopened, because a person has paid."""
    found = failed()
    found.record_refund_settled("rfd_1", at=NOON)
    assert told(found).ending is Ending.REFUNDED


def test_z22_what_is_not_owed_ends_the_return_and_its_reason_is_told_in_both_languages() -> None:
    found = failed()
    closed = return_events.RefundClosed(NOON, "rfd_1", "EUR 1.00", "charged_back")
    found.record_refund_moved(RefundState.CLOSED, closed)
    assert (header(found), found.ending, next_step(found)) == (
        ReturnStatus.CLOSED,
        Ending.PARTLY_REFUNDED,
        None,
    )
    event = found.events[-2]
    says = step_of(event, 1, "staff:acc").says  # type: ignore[arg-type]
    assert "your bank has given it back to you" in says.en
    assert "发卡机构" in says.zh
