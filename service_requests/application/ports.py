"""The ports of the use cases of this service."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from service_requests.domain.orders.article import Article
from service_requests.domain.orders.later_facts import LaterFacts
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.shops.shop_connection import ShopConnection
from service_requests.domain.policy.law import Regime
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.policy_problem import PolicyProblem
from service_requests.domain.policy.publication import Publication
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.returns.progress.service_norms import ServiceNorms
from service_requests.domain.returns.return_ import Return
from shared.kernel.calendar import WorkingCalendar


class Orders(Protocol):
    """The orders, by id."""

    async def get(self, key: str) -> Order: ...
    async def find(self, key: str) -> Order | None: ...
    def add(self, aggregate: Order) -> None: ...


class Articles(Protocol):
    """The articles, by SKU without case."""

    async def find(self, key: str) -> Article | None: ...
    async def read(self, key: str) -> Article | None: ...
    def add(self, aggregate: Article) -> None: ...


class OrderFactsById(Protocol):
    """What happened to orders after their push, by the id of the order."""

    async def find(self, key: str) -> LaterFacts | None: ...
    def add(self, aggregate: LaterFacts) -> None: ...


class Returns(Protocol):
    """The returns, by id."""

    async def get(self, key: str) -> Return: ...
    def add(self, aggregate: Return) -> None: ...


class Publications(Protocol):
    """The published policy versions, by name."""

    async def find(self, key: str) -> Publication | None: ...
    def add(self, aggregate: Publication) -> None: ...


class Shops(Protocol):
    """The connected shops, by name."""

    async def get(self, key: str) -> ShopConnection: ...
    async def find(self, key: str) -> ShopConnection | None: ...
    def add(self, aggregate: ShopConnection) -> None: ...


class RulebookSource(Protocol):
    """The source of the prepared rulebook."""

    async def rules(self) -> Rulebook:
        """The rulebook; a version that another process has published is included soon."""
        ...

    async def publications(self) -> Sequence[Publication]:
        """Every version, the newest first."""
        ...

    def forget(self) -> None:
        """Look for new versions at the next use."""
        ...


class PolicyDraft(Protocol):
    """A well-formed policy document."""

    @property
    def policy(self) -> Policy: ...

    def check(
        self,
        regimes: Mapping[str, Regime],
        calendars: Mapping[str, WorkingCalendar],
        further: Sequence[PolicyProblem] = (),
    ) -> None:
        """Raise a `Malformed` with line, field and reason of every problem."""
        ...


ReadPolicyDraft = Callable[[str], Awaitable[PolicyDraft]]
"""Reads a policy document; raises a `Malformed` with line, field and reason."""


class UnitOfWork(Protocol):
    """The aggregates that one use case loads and changes; aggregates with events are saved at the end."""

    @property
    def orders(self) -> Orders: ...
    @property
    def articles(self) -> Articles: ...
    @property
    def facts(self) -> OrderFactsById: ...
    @property
    def returns(self) -> Returns: ...
    @property
    def publications(self) -> Publications: ...
    @property
    def shops(self) -> Shops: ...

    @property
    def norms(self) -> ServiceNorms:
        """How long steps may take that neither law nor policy limits."""
        ...

    @property
    def happened_at(self) -> datetime | None:
        """When the event that is followed was published; None for an operation or a job."""
        ...

    async def rulebook(self) -> Rulebook:
        """The prepared rulebook with every published version."""
        ...

    async def order_by_number(self, storefront: str, number: str) -> Order | None:
        """The order with this number in the storefront."""
        ...

    async def units_held(self, order_id: str) -> Mapping[str, frozenset[int]]:
        """By order line: the numbers of the units that returns hold or that were cancelled (B14)."""
        ...

    async def pieces_held(self, order_id: str) -> Mapping[str, int]:
        """By line of a wholesale order: the number of pieces that returns hold or that were cancelled. A line of which
        nothing was ever claimed is missing (Z13).
        """
        ...

    async def returns_of(self, order_id: str) -> Sequence[str]:
        """The ids of all returns of this order, whatever became of them."""
        ...

    def claim(self, order_id: str, line_id: str, numbers: Sequence[int], by: str) -> None:
        """Claim these units of the line in the same commit. Whoever claims a unit second decides again."""
        ...

    def open_count(self, order_id: str, line_id: str, most: int) -> None:
        """Begin to count the claimed pieces of a wholesale line, of which `most` can be claimed (Z13)."""
        ...

    def count(self, order_id: str, line_id: str, pieces: int) -> None:
        """Claim so many pieces of a wholesale line. Whoever claims too many decides again."""
        ...
