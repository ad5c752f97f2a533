"""Views of the policy, computed once for a version, a day and a language."""

from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from service_requests.application.ports import RulebookSource
from service_requests.domain.policy.machine_form import machine_form
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.entrypoints.eligibility.policy_views import MachineFormOut, PolicyOut, policy_view
from shared.kernel.errors import Language, NotFound
from shared.runtime.clock import Clock

K = TypeVar("K")
V = TypeVar("V")


class PolicyViews:
    """The views of the policy. Each view is built once for a version, a day and a language."""

    def __init__(self, rulebooks: RulebookSource, clock: Clock) -> None:
        self._source = rulebooks
        self._clock = clock
        self._policies: dict[tuple[str, date, Language], PolicyOut] = {}
        self._forms: dict[tuple[str, date], MachineFormOut] = {}

    async def policy(self, version: str | None, regime: str | None = None) -> tuple[Rulebook, Policy, date]:
        """The version of that name, else the version in force now, and the day of the view. `NotFound`.

        Today is the day in the zone of the regime, as for a decision about an order of this moment (Z12).
        """
        rules, now = await self._source.rules(), self._clock()
        if regime is not None and regime not in rules.regimes:
            raise NotFound("policy")
        found = rules.named(version) if version is not None else rules.in_force(now, regime)
        if found is None:
            raise NotFound("policy")
        return rules, found, max(rules.today(found, now, regime), found.effective_from)

    async def page(self, version: str | None, language: Language, regime: str | None = None) -> PolicyOut:
        """The page of the policy. `NotFound`."""
        rules, policy, day = await self.policy(version, regime)
        return _once(self._policies, (policy.name, day, language), lambda: policy_view(rules, policy, day, language))

    async def form(self, version: str | None, regime: str | None = None) -> MachineFormOut:
        """The machine form of the policy. `NotFound`."""
        rules, policy, day = await self.policy(version, regime)
        return _once(
            self._forms,
            (policy.name, day),
            lambda: MachineFormOut.model_validate(machine_form(policy, rules.regimes, day)),
        )


MOST_VIEWS_KEPT: Final = 64


def _once(views: dict[K, V], key: K, make: Callable[[], V]) -> V:
    """The view of this key; built now when there is none. At most `MOST_VIEWS_KEPT` views are kept."""
    if key not in views:
        if len(views) >= MOST_VIEWS_KEPT:
            views.clear()
        views[key] = make()
    return views[key]
