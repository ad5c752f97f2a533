"""What can be looked up, each caller seeing only what is his."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from service_refunds.domain.settlement.refund import Refund, State
from shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of published events, each as it was written once for the broker; `next` is where to go on."""

    bodies: Sequence[str]
    next: str
    more: bool


class Queries(Protocol):
    """Answered from rows, without aggregates where it can be."""

    async def refund(self, refund_id: str, by: Principal) -> Refund:
        """One refund; `NotFound`, also for another customer's."""
        ...

    async def refunds(
        self,
        by: Principal,
        *,
        return_id: str | None,
        states: Sequence[State],
        cursor: str | None,
        limit: int,
    ) -> Mapping[str, Any]:
        """Refunds, the newest first; a customer's own only."""
        ...

    async def ledger(self, order_id: str) -> Mapping[str, Any]:
        """An order's guards and books; `NotFound` for an unknown order."""
        ...

    async def feed(self, after: str | None, limit: int) -> FeedPage:
        """Published events behind a position or an event id; `Malformed` for a cursor that is neither."""
        ...

    async def transfers(self, cursor: str | None, limit: int) -> Mapping[str, Any]:
        """What the payment simulator has booked, the newest key first."""
        ...

    async def due(self, states: Sequence[State], now: datetime, limit: int) -> Sequence[str]:
        """Refunds in these states whose time has come, the longest waiting first."""
        ...
