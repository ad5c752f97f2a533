"""One unit's question with everything around it that a rule may look at."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from service_requests.domain.eligibility.case import Case, CaseLine, CaseUnit
from service_requests.domain.eligibility.window import CountedFrom, counted_from, last_day
from service_requests.domain.policy.condition import Fact, Known
from service_requests.domain.policy.law import Law
from service_requests.domain.policy.policy import Policy, Reason
from service_requests.domain.policy.term import Window
from service_requests.domain.policy.vocabulary import Cause, Source, Starts
from shared.kernel.calendar import CountedDay, WorkingCalendar


@dataclass(frozen=True, eq=False, kw_only=True)
class RuleInput:
    """`calendar` is the regime's, by which days are counted; `law` is that of the day of the order; `total_minor` is
    what was paid for everything that is asked about.
    """

    case: Case
    line: CaseLine
    unit: CaseUnit
    reason: Reason
    law: Law
    regime: str
    snapshot: Policy
    calendar: WorkingCalendar
    total_minor: int
    _known: dict[str, Known] = field(default_factory=dict, repr=False)
    _anchors: dict[Starts, CountedFrom] = field(default_factory=dict, repr=False)

    @cached_property
    def cause(self) -> Cause:
        """The body of rights the reason stands on."""
        return self.reason.cause

    @cached_property
    def ordered_on(self) -> date:
        """The day of the contract, there."""
        return self.calendar.day_of(self.case.ordered_at)

    @cached_property
    def stated_on(self) -> date:
        """The day of the customer's statement, there."""
        return self.calendar.day_of(self.case.stated_at)

    def known_to(self, policy: Policy) -> Known:
        """What the rows of that policy may ask about."""
        if policy.name not in self._known:
            self._known[policy.name] = self._look_up(policy)
        return self._known[policy.name]

    def _look_up(self, policy: Policy) -> Known:
        return {
            Fact.REGIME: frozenset({self.case.regime}),
            Fact.CATEGORY: policy.category_and_parents(self.line.category),
            Fact.CHANNEL: frozenset({self.case.channel}),
            Fact.SEGMENT: frozenset({self.case.segment}),
            Fact.REASON: frozenset({self.unit.reason}),
            Fact.SKU: frozenset({self.line.sku}),
            Fact.CURRENCY: frozenset({self.case.currency}),
            Fact.STATE: frozenset(self.unit.states),
            Fact.VALUE_MINOR: self.line.unit_paid.minor,
            Fact.TOTAL_MINOR: self.total_minor,
            Fact.ORDERED_ON: self.ordered_on,
        }

    def anchor(self, starts: Starts) -> CountedFrom:
        """The delivery a window counts from."""
        if starts not in self._anchors:
            self._anchors[starts] = self._find(starts)
        return self._anchors[starts]

    def _find(self, starts: Starts) -> CountedFrom:
        return counted_from(
            starts,
            parcels=self.case.parcels,
            own=tuple(parcel for parcel in self.case.parcels if parcel.id in self.line.parcels),
            ordered_at=self.case.ordered_at,
            buffer_days=self.snapshot.transit_buffer_days,
            calendar=self.calendar,
        )

    def last_day(self, window: Window) -> CountedDay:
        """The last day of the window, provisional also while the delivery is only assumed."""
        counted_from = self.anchor(window.starts)
        reckoned = last_day(window, counted_from.day, self.calendar, self.case.told.withdrawal)
        return CountedDay(reckoned.day, reckoned.provisional or counted_from.source is Source.ASSUMED)
