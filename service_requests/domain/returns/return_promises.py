"""What the merchant has promised about a return, by when, and which promises were not kept (R2.1, C03)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from service_requests.domain.eligibility.assessment import Assessment, RecordedReason, RefundChoices, Times
from service_requests.domain.returns.return_status import ReturnStatus

DECIDE: Final = "decide"
SHIP: Final = "ship"
INSPECT: Final = "inspect"
PAY: Final = "pay"


@dataclass(frozen=True, slots=True)
class RunningPromise:
    """The promise that is running, and the moment when it is broken."""

    name: str
    ends_at: datetime

    @property
    def key(self) -> str:
        """The promise with its moment, so that each promise is called overdue once."""
        return f"{self.name}@{self.ends_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(slots=True, kw_only=True)
class ReturnPromises:
    """`warn_at` are the reminders of the decision that are still to come; `overdue` the promises that were broken.

    `choices` are what the policy says about the money, `told` the sentences about it (Z12).
    `times` are the calendars and terms of the approval; a return that was approved before they existed has none.
    """

    decide_by: datetime | None = None
    warn_at: tuple[datetime, ...] = ()
    ship_until: datetime | None = None
    times: Times | None = None
    inspect_by: datetime | None = None
    choices: RefundChoices | None = None
    told: tuple[RecordedReason, ...] = ()
    overdue: list[str] = field(default_factory=list)

    def promise_decision(self, assessment: Assessment) -> None:
        """A person decides within the promised working time, and is reminded before it ends (R2.1, C03, D13)."""
        self.decide_by = assessment.decide_by
        self.warn_at = assessment.warn_at

    def promise_after_approval(self, assessment: Assessment) -> None:
        """The customer sends the goods by that moment; calendars and terms count what follows (D06, Z11)."""
        self.ship_until = assessment.ship_until
        self.times = assessment.times
        self.choices, self.told = assessment.choices, assessment.told

    def promise_inspection(self, inspect_by: datetime, *, others_wait: bool) -> None:
        """Units have arrived. The earlier promise stays while other units wait for their inspection (R4.3)."""
        if self.inspect_by is None or not others_wait or inspect_by < self.inspect_by:
            self.inspect_by = inspect_by

    def running(self, status: ReturnStatus, pay_by: datetime | None) -> RunningPromise | None:
        """The promise of this status; None when nothing was promised."""
        promises = {
            ReturnStatus.IN_REVIEW: (DECIDE, self.decide_by),
            ReturnStatus.APPROVED: (SHIP, self.ship_until),
            ReturnStatus.RECEIVED: (INSPECT, self.inspect_by),
            ReturnStatus.REFUNDING: (PAY, pay_by),
        }
        name, moment = promises.get(status, ("", None))
        return None if moment is None else RunningPromise(name, moment)

    def due_at(self, promise: RunningPromise | None) -> datetime | None:
        """When the promise needs attention next; None for a promise that was called overdue."""
        if promise is None or promise.key in self.overdue:
            return None
        if promise.name == DECIDE and self.warn_at:
            return min(promise.ends_at, *self.warn_at)
        return promise.ends_at

    def remind(self, promise: RunningPromise, at: datetime) -> bool:
        """Whether a reminder is due now; each reminder is given once, and none after the promise is broken (C03)."""
        if promise.name != DECIDE:
            return False
        passed = any(moment <= at for moment in self.warn_at)
        self.warn_at = tuple(moment for moment in self.warn_at if moment > at)
        return passed and at < promise.ends_at

    def call_overdue(self, promise: RunningPromise) -> None:
        """The promise is broken."""
        self.overdue.append(promise.key)
