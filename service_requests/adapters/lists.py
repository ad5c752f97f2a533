"""The statements of the lists of returns and orders: each is read in the order of an index, page after page (N13).

The inner query finds the ids of a page from indexes alone; the outer one reads the rows of those ids. A row has the
whole state of a return, so a filter that had to look at rows would read all of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, bindparam, exists, or_, select, tuple_, union

from service_requests.adapters.tables import orders, return_feed, return_parcels, return_tags, returns
from service_requests.application.lists import ListOrder, OrderFilter, ReturnEventFilter, ReturnFilter, SortedBy
from service_requests.application.returns.search import Search
from shared.database.types import UtcDateTime
from shared.kernel.principal import Kind, Principal

STATUSES: Final = (1, 4, 16)
"""How many statuses a statement has places for; places that are left over repeat the last status."""

SORTED: Final[Mapping[SortedBy, str]] = {
    SortedBy.CREATED: "created_at",
    SortedBy.UPDATED: "updated_at",
    SortedBy.DUE: "promised_at",
}
"""By which column of `returns` a list is sorted."""


_OF_RETURNS: Final[Mapping[str, ColumnElement[bool]]] = {
    "rma": returns.c.rma == bindparam("rma"),
    "order_id": returns.c.order_id == bindparam("order_id"),
    "order_number": returns.c.order_id.in_(select(orders.c.id).where(orders.c.number == bindparam("order_number"))),
    "customer_id": returns.c.customer_id == bindparam("customer_id"),
    "own_customer": returns.c.customer_id == bindparam("own_customer"),
    "storefront": returns.c.storefront == bindparam("storefront"),
    "own_storefront": returns.c.storefront == bindparam("own_storefront"),
    "external_reference": returns.c.external_reference == bindparam("external_reference"),
    "tag": exists().where(return_tags.c.tag == bindparam("tag"), return_tags.c.return_id == returns.c.id),
    "created_since": returns.c.created_at >= bindparam("created_since"),
    "created_before": returns.c.created_at < bindparam("created_before"),
    "updated_since": returns.c.updated_at >= bindparam("updated_since"),
    "updated_before": returns.c.updated_at < bindparam("updated_before"),
    "late": returns.c.promised_at.is_not(None) & (returns.c.promised_at < bindparam("now")),
    "in_time": or_(returns.c.promised_at.is_(None), returns.c.promised_at >= bindparam("now")),
    "search": returns.c.id.in_(
        union(
            select(returns.c.id).where(returns.c.rma == bindparam("search_rma")),
            select(returns.c.id).where(returns.c.customer_id == bindparam("search_text")),
            select(returns.c.id).where(returns.c.external_reference == bindparam("search_text")),
            select(returns.c.id)
            .join(orders, orders.c.id == returns.c.order_id)
            .where(orders.c.number.in_((bindparam("search_number"), bindparam("search_other_number")))),
            select(return_parcels.c.return_id).where(
                return_parcels.c.tracking_number == bindparam("search_tracking_number")
            ),
        )
    ),
}
_OF_ORDERS: Final[Mapping[str, ColumnElement[bool]]] = {
    "number": orders.c.number == bindparam("number"),
    "customer_id": orders.c.customer_id == bindparam("customer_id"),
    "own_customer": orders.c.customer_id == bindparam("own_customer"),
    "storefront": orders.c.storefront == bindparam("storefront"),
    "own_storefront": orders.c.storefront == bindparam("own_storefront"),
    "created_since": orders.c.created_at >= bindparam("created_since"),
    "created_before": orders.c.created_at < bindparam("created_before"),
}


def returns_listing(
    chosen: ReturnFilter, order: ListOrder, by: Principal, limit: int
) -> tuple[Select[Any], Mapping[str, Any]]:
    """The statement for a page of returns, with one row more than fits, and its values."""
    given = {**chosen.given(), **_own(by)}
    values: dict[str, Any] = {"limit": limit + 1, **_place(order)}
    names = set(given) - {"status", "overdue", "now"}
    if chosen.overdue is not None:
        names.add("late" if chosen.overdue else "in_time")
    if isinstance(found := given.pop("search", None), Search):
        values |= {f"search_{name}": getattr(found, name) for name in Search.__slots__}
    statuses = given.pop("status", ())
    places = next((places for places in STATUSES if places >= len(statuses)), STATUSES[-1]) if statuses else 0
    values |= {f"status_{n}": statuses[min(n, len(statuses) - 1)] for n in range(places)}
    values |= {name: value for name, value in given.items() if name != "overdue"}
    return _returns(frozenset(names), places, order.by, order.newest_first, order.after is not None), values


def orders_listing(
    chosen: OrderFilter, order: ListOrder, by: Principal, limit: int
) -> tuple[Select[Any], Mapping[str, Any]]:
    """The same for a page of orders."""
    given = {**chosen.given(), **_own(by)}
    values = {"limit": limit + 1, **_place(order), **given}
    return _orders(frozenset(given), order.newest_first, order.after is not None), values


@lru_cache(512)
def _returns(names: frozenset[str], places: int, by: SortedBy, newest_first: bool, follows: bool) -> Select[Any]:  # noqa: FBT001  # keys of the cache
    where = [_OF_RETURNS[name] for name in sorted(names)]
    if places:
        where.append(returns.c.status.in_([bindparam(f"status_{n}") for n in range(places)]))
    if by is SortedBy.DUE:
        where.append(returns.c.promised_at.is_not(None))
    return _page(returns, returns.c[SORTED[by]], where, newest_first=newest_first, follows=follows)


@lru_cache(128)
def _orders(names: frozenset[str], newest_first: bool, follows: bool) -> Select[Any]:  # noqa: FBT001  # keys of the cache
    where = [_OF_ORDERS[name] for name in sorted(names)]
    return _page(orders, orders.c.created_at, where, newest_first=newest_first, follows=follows)


def _page(
    table: Table, moment: Any, where: Iterable[ColumnElement[bool]], *, newest_first: bool, follows: bool
) -> Select[Any]:
    place = tuple_(moment, table.c.id)
    if follows:
        last = tuple_(bindparam("after_at", type_=UtcDateTime()), bindparam("after_id"))
        where = [*where, place < last if newest_first else place > last]
    sort = [moment.desc(), table.c.id.desc()] if newest_first else [moment, table.c.id]
    page = select(table.c.id, moment.label("sorted_at")).where(*where).order_by(*sort).limit(bindparam("limit"))
    found = page.subquery("page")
    again = [found.c.sorted_at, found.c.id]
    return (
        select(table)
        .join(found, found.c.id == table.c.id)
        .order_by(*([each.desc() for each in again] if newest_first else again))
    )


def _own(by: Principal) -> Mapping[str, Any]:
    """A customer sees only her own rows, and a system that is bound to a storefront only those of the storefront."""
    own = {"own_customer": by.id} if by.kind is Kind.CUSTOMER else {}
    return own | ({"own_storefront": by.storefront} if by.storefront is not None else {})


def _place(order: ListOrder) -> Mapping[str, Any]:
    return {} if order.after is None else {"after_at": order.after.at, "after_id": order.after.id}


def return_event_filters(chosen: ReturnEventFilter, by: Principal) -> Iterator[ColumnElement[bool]]:
    """The conditions of a page of the feed. A return whose storefront is not known belongs to none."""
    if chosen.types:
        yield or_(*(return_feed.c.type == each for each in chosen.types))
    for storefront in {each for each in (chosen.storefront, by.storefront) if each is not None}:
        yield exists().where(returns.c.id == return_feed.c.subject, returns.c.storefront == storefront)
