"""What the merchant has promised about a return, by when, and which promises were not kept (R2.1, C03)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from service_requests.domain.eligibility.assessment import Assessment, RecordedReason, RefundChoices, Times
from service_requests.domain.eligibility.money.right_limit import RightOfLine
from service_requests.domain.returns.progress.matter import DeadlineName
from service_requests.domain.returns.progress.service_norms import ServiceNorms
from service_requests.domain.returns.return_error import DeadlineNotLater
from shared.kernel.calendar import ONE_SECOND


@dataclass(frozen=True, slots=True)
class RunningPromise:
    """The promise that is running, and the moment when it is broken."""

    name: str
    ends_at: datetime

    @property
    def key(self) -> str:
        """The promise with its moment, so that each promise is called overdue once."""
        return f"{self.name}@{self.ends_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def ending_first(running: Iterable[RunningPromise]) -> RunningPromise | None:
    """The promise that ends first."""
    return min(running, key=lambda promise: promise.ends_at, default=None)


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
    rights: tuple[RightOfLine | None, ...] = ()
    """For each line the law's right, which binds the inspection (Z31)."""
    overdue: list[str] = field(default_factory=list)

    def promise_decision(self, assessment: Assessment) -> None:
        """A person decides within the promised working time, and is reminded before it ends (R2.1, C03, D13)."""
        self.decide_by = assessment.decide_by
        self.warn_at = assessment.warn_at

    def promise_after_approval(self, assessment: Assessment) -> None:
        """The customer sends the goods by that moment; calendars and terms count what follows (D06, Z11)."""
        self.ship_until = assessment.ship_until
        self.times = assessment.times
        self.choices, self.told, self.rights = assessment.choices, assessment.told, assessment.rights

    def promise_inspection(self, inspect_by: datetime, *, others_wait: bool) -> None:
        """Units have arrived. The earlier promise stays while other units wait for their inspection (R4.3)."""
        if self.inspect_by is None or not others_wait or inspect_by < self.inspect_by:
            self.inspect_by = inspect_by

    @property
    def calendar(self) -> str | None:
        """The calendar by whose working days our own promises are counted."""
        return None if self.times is None else self.times.working_calendar

    def next_look(self, running: Iterable[RunningPromise]) -> datetime | None:
        """When the first of these promises needs attention; None when each was called overdue."""
        moments = [self.due_at(promise) for promise in running]
        return min((moment for moment in moments if moment is not None), default=None)

    def due_at(self, promise: RunningPromise) -> datetime | None:
        """When the promise needs attention next; None for a promise that was called overdue."""
        if self.was_called_overdue(promise):
            return None
        if promise.name == DeadlineName.DECIDE and self.warn_at:
            return min(promise.ends_at, *self.warn_at)
        return promise.ends_at

    def remind(self, promise: RunningPromise, at: datetime) -> bool:
        """Whether a reminder is due now; each reminder is given once, and none after the promise is broken (C03)."""
        if promise.name != DeadlineName.DECIDE:
            return False
        passed = any(moment <= at for moment in self.warn_at)
        self.warn_at = tuple(moment for moment in self.warn_at if moment > at)
        return passed and at < promise.ends_at

    def was_called_overdue(self, promise: RunningPromise) -> bool:
        """Whether this promise was found broken before."""
        return bool(self.overdue) and promise.key in self.overdue

    def call_overdue(self, promise: RunningPromise) -> None:
        """The promise is broken."""
        self.overdue.append(promise.key)

    def extended(
        self, promise: DeadlineName, day: date, norms: ServiceNorms, *, present: datetime, at: datetime
    ) -> datetime:
        """The end of that day as the new deadline: later than the present one, and within bounds. `DeadlineNotLater`.

        The day of sending ends at midnight where the customer is; every other day when work ends.
        """
        legal = self.times.legal_calendar if self.times is not None else None
        days = norms.calendar(legal if promise is DeadlineName.SHIP else self.calendar)
        until = days.end_of(day) if promise is DeadlineName.SHIP else norms.end_of_work(day, self.calendar)
        today = days.day_of(at)
        if until <= max(present, at) or (day - today).days > norms.extension_days:
            shown = days.day_of(max(present, at) - ONE_SECOND)
            raise DeadlineNotLater(pointer="/day", present=shown.isoformat(), days=norms.extension_days)
        if promise is DeadlineName.SHIP:
            self.ship_until = until
        if promise is DeadlineName.DECIDE:
            self.decide_by, self.warn_at = until, ()
        return until
