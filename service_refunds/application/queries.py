"""The queries of this service. A customer sees only refunds of the customer's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.state import State
from shared.contracts.feed_page import FeedPage
from shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFilter:
    """Which refunds; what is not given does not narrow the list."""

    return_id: str | None = None
    order_id: str | None = None
    order_number: str | None = None
    storefront: str | None = None
    states: Sequence[State] = ()
    remainder_open: bool = False
    opened_since: datetime | None = None
    opened_before: datetime | None = None
    updated_since: datetime | None = None
    overdue: bool = False
    """The day of payment is over, and the refund has not ended."""
    without_act: bool = False
    """Only a person can bring the refund on, and nobody has for longer than `ACT_WITHIN`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPeriod:
    """A period of the books, its end not included; None is every storefront or currency."""

    begin: datetime
    end: datetime
    storefront: str | None = None
    currency: str | None = None


class Queries(Protocol):
    """Answers read from rows."""

    async def refund(self, refund_id: str, by: Principal) -> Refund:
        """One refund. `NotFound` if there is none, also for another customer's refund."""
        ...

    async def refunds(
        self, wanted: RefundFilter, by: Principal, *, cursor: str | None, limit: int
    ) -> Mapping[str, Any]:
        """Refunds, the newest first. A customer gets only the customer's own, without those that were stopped."""
        ...

    async def ledger_sums(self, period: LedgerPeriod) -> Mapping[str, Any]:
        """What each account moved in a period, by currency; the accounts of a currency sum to nothing."""
        ...

    async def ledger_entries(self, period: LedgerPeriod, cursor: str | None, limit: int) -> Mapping[str, Any]:
        """The entries of a period, the oldest first."""
        ...

    async def ledger(self, order_id: str) -> Mapping[str, Any]:
        """An order's balances and ledger. `NotFound` for an unknown order."""
        ...

    async def paid_twice(
        self,
        cursor: str | None,
        limit: int,
        *,
        closed: bool | None = None,
        order_id: str | None = None,
        noted_since: datetime | None = None,
        noted_before: datetime | None = None,
    ) -> Mapping[str, Any]:
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

    async def to_recover(self, now: datetime, limit: int) -> Sequence[str]:
        """Refunds whose next attempt or next look at the provider is due."""
        ...
