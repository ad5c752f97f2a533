"""The queries of this service. A customer sees only refunds of the customer's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from service_refunds.domain.settlement.refund import Refund, State
from shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of published events, each as the bytes that the broker was given. `next` is the next cursor."""

    bodies: Sequence[str]
    next: str
    more: bool


class Queries(Protocol):
    """Answers read from rows."""

    async def refund(self, refund_id: str, by: Principal) -> Refund:
        """One refund. `NotFound` if there is none, also for another customer's refund."""
        ...

    async def refunds(
        self,
        by: Principal,
        *,
        return_id: str | None,
        states: Sequence[State],
        remainder_open: bool = False,
        cursor: str | None,
        limit: int,
    ) -> Mapping[str, Any]:
        """Refunds, the newest first. A customer gets only the customer's own, without those that were stopped."""
        ...

    async def ledger(self, order_id: str) -> Mapping[str, Any]:
        """An order's balances and ledger. `NotFound` for an unknown order."""
        ...

    async def paid_twice(self, cursor: str | None, limit: int, *, closed: bool | None = None) -> Mapping[str, Any]:
        """Entries of money that went back elsewhere, too; the newest first. None: both open and closed entries."""
        ...

    async def feed(self, after: str | None, limit: int, by: Principal) -> FeedPage:
        """Published events behind a position or an event id. `Malformed` for a cursor that is neither.

        A system that is bound to a storefront gets only the events of that storefront's orders.
        """
        ...

    async def transfers(self, cursor: str | None, limit: int) -> Mapping[str, Any]:
        """The transfers of the payment simulator, the newest key first."""
        ...

    async def due(self, states: Sequence[State], now: datetime, limit: int) -> Sequence[str]:
        """Refunds in these states that are due now, the longest waiting first."""
        ...
