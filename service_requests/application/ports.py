"""What the use cases of this service need from outside, in their own words."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from service_requests.domain.orders.order import Order
from service_requests.domain.policy.law import Regime
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.policy_problem import PolicyProblem
from service_requests.domain.policy.publication import Publication
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.returns.return_ import Return
from shared.kernel.calendar import WorkingCalendar


class Orders(Protocol):
    """Orders by id."""

    async def get(self, key: str) -> Order: ...
    async def find(self, key: str) -> Order | None: ...
    def add(self, aggregate: Order) -> None: ...


class Returns(Protocol):
    """Returns by id."""

    async def get(self, key: str) -> Return: ...
    def add(self, aggregate: Return) -> None: ...


class Publications(Protocol):
    """Published policy versions by name."""

    async def find(self, key: str) -> Publication | None: ...
    def add(self, aggregate: Publication) -> None: ...


class RulebookSource(Protocol):
    """Where the rules are kept ready."""

    async def rules(self) -> Rulebook:
        """Every rule; what another process has published is in it soon."""
        ...

    async def publications(self) -> Sequence[Publication]:
        """Every version, the newest first."""
        ...

    def forget(self) -> None:
        """Look again at the next use."""
        ...


class PolicyDraft(Protocol):
    """A policy document that is well formed."""

    @property
    def policy(self) -> Policy: ...

    def check(
        self,
        regimes: Mapping[str, Regime],
        calendars: Mapping[str, WorkingCalendar],
        more: Sequence[PolicyProblem] = (),
    ) -> None:
        """Raise a `Malformed` with line, field and reason of everything that is wrong."""
        ...


ReadPolicyDraft = Callable[[str], Awaitable[PolicyDraft]]
"""Reads a policy document; raises a `Malformed` with line, field and reason."""


class UnitOfWork(Protocol):
    """What one use case loads and changes; leaving it saves what has recorded events."""

    @property
    def orders(self) -> Orders: ...
    @property
    def returns(self) -> Returns: ...
    @property
    def publications(self) -> Publications: ...

    async def rulebook(self) -> Rulebook:
        """The rules in force, prepared; every version that was published is in it."""
        ...

    async def order_named(self, storefront: str, number: str) -> Order | None:
        """The order a storefront calls by this number."""
        ...

    async def units_held(self, order_id: str) -> Mapping[str, frozenset[int]]:
        """By order line: the numbers of the units that have a live remedy (B14)."""
        ...
