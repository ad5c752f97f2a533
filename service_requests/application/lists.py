"""What a list of returns or orders is asked for: its filters, its order, and after which place it begins (N13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

from service_requests.application.returns.search import Search
from service_requests.domain.orders.later_facts import OrderNow
from service_requests.domain.returns.return_ import Return


class ListPlace(Protocol):
    """A place in a list: the moment by which the list is sorted, and an id."""

    @property
    def at(self) -> datetime: ...
    @property
    def id(self) -> str: ...


class SortedBy(StrEnum):
    """By which moment a list is sorted. `DUE` has only returns with a running promise."""

    CREATED = "created"
    UPDATED = "updated"
    DUE = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOrder:
    """The order of a list, and the last item of the page before."""

    by: SortedBy = SortedBy.CREATED
    newest_first: bool = True
    after: ListPlace | None = None


NEWEST_FIRST: Final = ListOrder()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFilter:
    """The filters of a list of returns; an empty one is no filter. Moments: `since` is included, `before` is not.

    `overdue`: whether the running promise has ended before the moment `now`.
    """

    status: tuple[str, ...] = ()
    rma: str | None = None
    order_id: str | None = None
    order_number: str | None = None
    customer_id: str | None = None
    storefront: str | None = None
    external_reference: str | None = None
    tag: str | None = None
    created_since: datetime | None = None
    created_before: datetime | None = None
    updated_since: datetime | None = None
    updated_before: datetime | None = None
    overdue: bool | None = None
    now: datetime | None = None
    search: Search | None = None

    def given(self) -> Mapping[str, Any]:
        """The filters that were given, by name."""
        return {
            name: value
            for name in self.__slots__
            if (value := getattr(self, name)) not in (None, ()) and (name != "now" or self.overdue is not None)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """The filters of a list of orders."""

    number: str | None = None
    customer_id: str | None = None
    storefront: str | None = None
    created_since: datetime | None = None
    created_before: datetime | None = None

    def given(self) -> Mapping[str, Any]:
        """The filters that were given, by name."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """The place of the last item of a page."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """Some returns, and the place after which the next page begins."""

    items: Sequence[Return]
    last: FoundPlace | None


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Some orders, and the place after which the next page begins."""

    items: Sequence[OrderNow]
    last: FoundPlace | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnEventFilter:
    """Which events about returns; what is not given does not narrow the feed. `types` are CloudEvents types."""

    types: Sequence[str] = ()
    storefront: str | None = None
