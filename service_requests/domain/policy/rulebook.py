"""The rules that decisions are made by: every policy version, the law of each regime, the calendars (R1.2, B04)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from service_requests.domain.policy.error import NoPolicy, UnknownRegime
from service_requests.domain.policy.law import Regime
from service_requests.domain.policy.policy import Policy, policy_in_force
from shared.kernel.calendar import WorkingCalendar
from shared.kernel.places import LegalDays, ShipTo, legal_days


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules, read once and prepared for decisions."""

    policies: tuple[Policy, ...]
    regimes: Mapping[str, Regime]
    calendars: Mapping[str, WorkingCalendar]

    def days(self, regime: str) -> WorkingCalendar:
        """The calendar by which the regime counts days. Raises `UnknownRegime`."""
        found = self.regimes.get(regime)
        if found is None:
            raise UnknownRegime(pointer="/regime", regime=regime, known=", ".join(sorted(self.regimes)))
        return self.calendars[found.calendar]

    def legal_days(self, regime: str, at: ShipTo | None) -> LegalDays:
        """The calendars by which the regime counts days for goods that were delivered there. `UnknownRegime`."""
        return legal_days(self.calendars, self.days(regime), at)

    def named(self, name: str) -> Policy | None:
        """The version of this name."""
        return next((policy for policy in self.policies if policy.name == name), None)

    def of_day(self, regime: str, moment: datetime, at: ShipTo | None = None) -> Policy:
        """The version in force in that regime on that day, in the zone of that place. Raises `NoPolicy`."""
        day = self.legal_days(regime, at).told.day_of(moment)
        found = policy_in_force([policy for policy in self.policies if regime in policy.regimes], day)
        if found is None:
            raise NoPolicy(pointer="/ordered_at", regime=regime, day=day.isoformat())
        return found

    def in_force(self, at: datetime, regime: str | None = None) -> Policy | None:
        """The version in force at that moment: in this regime, else each where the first of its regimes is.

        It is the version by which an order of that moment is decided. Raises `UnknownRegime`.
        """
        if regime is not None:
            serving = [policy for policy in self.policies if regime in policy.regimes]
            return policy_in_force(serving, self.days(regime).day_of(at))
        begun = [policy for policy in self.policies if policy.governs(self.today(policy, at))]
        return max(begun, key=lambda policy: policy.effective_from, default=None)

    def today(self, policy: Policy, at: datetime, regime: str | None = None) -> date:
        """The day by which that version is shown: of the regime, else of the first regime that the version serves."""
        return self.days(regime or policy.regimes[0]).day_of(at)

    def as_of(self, names: Sequence[str]) -> "Rulebook | None":
        """The rulebook with only the versions of these names, the later ones first; None when a version is missing."""
        found = [policy for name in reversed(names) if (policy := self.named(name)) is not None]
        return Rulebook(tuple(found), self.regimes, self.calendars) if len(found) == len(names) else None
