"""Money that may have gone back twice: a person finds out what became of it and closes the entry (Z07)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from service_refunds.domain.events import DoublePaymentClosed
from shared.kernel.errors import Refused, Said


class DoublePaymentOutcome(StrEnum):
    """What became of the money: it came back, nobody asks for it, or it did not go twice."""

    RECOVERED = "recovered"
    WRITTEN_OFF = "written_off"
    NOT_TWICE = "not_twice"


@dataclass(frozen=True, slots=True)
class DoublePaymentClosure:
    """Who closed the entry, when, how and why."""

    outcome: DoublePaymentOutcome
    reason: str
    by: str
    at: datetime


class DoublePaymentIsClosed(Refused):
    """Somebody has closed the entry before, in another way or for another reason."""

    code = "double_payment_is_closed"
    title = Said("The entry is closed", "该条目已结清")
    detail = Said(
        "Entry {entry} was closed before as {outcome}, with another reason or outcome.",
        "条目 {entry} 此前已按 {outcome} 结清，结果或原因与本次不同。",
    )


@dataclass(slots=True, kw_only=True)
class DoublePayment:
    """An entry of the list. `refund_id` names the refund elsewhere, `code` says why a person must look."""

    id: str
    order_id: str
    refund_id: str
    code: str
    currency: str
    amount_minor: int
    noted_at: datetime
    closed: DoublePaymentClosure | None = None
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def close(self, closure: DoublePaymentClosure) -> None:
        """A person has found out. The same outcome and reason again change nothing. `DoublePaymentIsClosed`."""
        if self.closed is None:
            self.closed = closure
            self.events.append(DoublePaymentClosed())
        elif (self.closed.outcome, self.closed.reason) != (closure.outcome, closure.reason):
            raise DoublePaymentIsClosed(entry=self.id, outcome=self.closed.outcome.value)
