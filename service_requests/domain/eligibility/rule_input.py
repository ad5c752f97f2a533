"""Everything about one unit of a case that a rule may use."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from service_requests.domain.eligibility.case import Case, CaseLine, CaseUnit
from service_requests.domain.eligibility.window import CountedFrom, counted_from, last_day
from service_requests.domain.policy.condition import Fact, FactValues, in_policy_currency
from service_requests.domain.policy.law import Law
from service_requests.domain.policy.policy import Policy, Reason
from service_requests.domain.policy.rates import factor
from service_requests.domain.policy.term import Window
from service_requests.domain.policy.vocabulary import Cause, Source, Starts
from shared.kernel.calendar import ONE_DAY, CountedDay, WorkingCalendar
from shared.kernel.places import LegalDays
from shared.kernel.written import same_code


@dataclass(frozen=True, eq=False, kw_only=True)
class RuleInput:
    """`legal` has the calendar by which days are counted. `law` is the law on the day of the order.
    `total_minor` is the price of all goods of the request.
    """

    case: Case
    line: CaseLine
    unit: CaseUnit
    reason: Reason
    law: Law
    regime: str
    snapshot: Policy
    legal: LegalDays
    total_minor: int
    _fact_values: dict[str, FactValues] = field(default_factory=dict, repr=False)
    _counted_from: dict[Starts, CountedFrom] = field(default_factory=dict, repr=False)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The calendar by which days are counted and told."""
        return self.legal.told

    @cached_property
    def cause(self) -> Cause:
        """The body of rights of the reason."""
        return self.reason.cause

    @cached_property
    def ordered_on(self) -> date:
        """The day of the contract in the zone of the regime."""
        return self.calendar.day_of(self.case.ordered_at)

    @cached_property
    def stated_on(self) -> date:
        """The day of the customer's statement in the zone of the regime."""
        return self.calendar.day_of(self.case.stated_at)

    def may_be_in_time(self, windows: Iterable[Window], until: date | None = None) -> bool:
        """Whether a window, or the time until that day, is still open at a place where the goods may have been
        delivered (Z10).
        """
        if not self.legal.others:
            return False
        stated_on = self.legal.latest.day_of(self.case.stated_at)
        if until is not None:
            return stated_on <= until
        open_at_most = [window for window in windows if stated_on <= self._last_anywhere(window)]
        return bool(open_at_most) and any(
            there.stated_on <= there.last_day(window).day
            for there in (self._at(calendar) for calendar in self.legal.others)
            for window in open_at_most
        )

    def _last_anywhere(self, window: Window) -> date:
        """No place has a later last day than this; most requests that are late are late by this day too."""
        begins = self.counted_from(window.starts).day + ONE_DAY
        return last_day(window, begins, self.legal.latest, self.case.told.withdrawal).day

    def _at(self, calendar: WorkingCalendar) -> "RuleInput":
        return replace(self, legal=LegalDays(calendar, (), calendar), _counted_from={})

    def values_for(self, policy: Policy) -> FactValues:
        """The values of the facts that the rows of that policy test."""
        if policy.name not in self._fact_values:
            self._fact_values[policy.name] = self._look_up(policy)
        return self._fact_values[policy.name]

    def _look_up(self, policy: Policy) -> FactValues:
        values = self._plain_values(policy)
        if policy.compares_amounts and policy.currency != self.case.currency:
            by = factor(policy.rates, self.case.currency, policy.currency)
            # without a rate no bound holds, and a person looks (`threshold.py`)
            for fact, minor in ((Fact.VALUE_MINOR, self.line.unit_paid.minor), (Fact.TOTAL_MINOR, self.total_minor)):
                values[in_policy_currency(fact)] = frozenset() if by is None else minor * by
        return values

    def _plain_values(self, policy: Policy) -> dict[Fact | str, frozenset[str] | int | Fraction | date]:
        return {
            Fact.REGIME: frozenset({self.case.regime}),
            Fact.CATEGORY: policy.category_and_parents(self.line.category),
            Fact.CHANNEL: frozenset({self.case.channel}),
            Fact.SEGMENT: frozenset({self.case.segment}),
            Fact.REASON: frozenset({self.unit.reason}),
            Fact.SKU: frozenset({same_code(self.line.sku)}),
            Fact.CURRENCY: frozenset({self.case.currency}),
            Fact.STATE: frozenset(self.unit.states),
            Fact.VALUE_MINOR: self.line.unit_paid.minor,
            Fact.TOTAL_MINOR: self.total_minor,
            Fact.ORDERED_ON: self.ordered_on,
        }

    def counted_from(self, starts: Starts) -> CountedFrom:
        """The delivery from which a window counts."""
        if starts not in self._counted_from:
            self._counted_from[starts] = self._find(starts)
        return self._counted_from[starts]

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
        """The last day of the window; provisional also while the delivery is only assumed."""
        start = self.counted_from(window.starts)
        reckoned = last_day(window, start.day, self.calendar, self.case.told.withdrawal)
        return CountedDay(reckoned.day, reckoned.provisional or start.source is Source.ASSUMED)
