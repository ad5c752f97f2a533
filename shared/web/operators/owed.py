"""What a service owes, and what it knows of others: each kind is one row with a query over the service's own tables.

The doctor shows what is owed. The reconciler compares facts: it lists the ids of one service, and asks another service
which of them it does not know. No service reads another's tables (R04).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, bindparam, func, or_, select

from shared.database.reader import Reader, Row
from shared.database.types import UtcDateTime
from shared.kernel.errors import Said
from shared.runtime.clock import Clock

TOGETHER: Final = 100
"""How many ids one query looks up."""
SHOWN: Final = 20
"""How many ids of one kind are shown."""


def one_of(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """Whether the column has one of these values. The reader compiles a query before it has values for a list."""
    return or_(*(column == str(value) for value in values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One kind of thing that waits for a person: which rows, what it is, and what to do.

    `since` is the column of the moment from which a row waits; `id` the column that names it. Where `overdue` is
    given, rows wait for a person only when this moment and the `patience` after it have passed.
    """

    kind: str
    says: Said
    do: Said
    id: ColumnElement[Any]
    since: ColumnElement[Any]
    where: ColumnElement[bool]
    overdue: ColumnElement[Any] | None = None
    patience: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedFound:
    """What is owed of one kind: how many, since when, and the oldest ids."""

    kind: str
    says: Said
    do: Said
    count: int
    since: datetime
    ids: Sequence[str]


class Ledger:
    """Everything that one service owes, by its table of kinds."""

    def __init__(self, reader: Reader, clock: Clock, kinds: Sequence[Owed]) -> None:
        self._reader = reader
        self._clock = clock
        self._kinds = [(kind, *_queries(kind)) for kind in kinds]

    async def owed(self) -> Sequence[OwedFound]:
        """The kinds of which something is owed now."""
        found: list[OwedFound] = []
        for kind, counting, oldest in self._kinds:
            moment = {"before": self._clock() - kind.patience} if kind.overdue is not None else {}
            (counted,) = await self._reader.rows(counting, **moment)
            if counted["n"]:
                rows = await self._reader.rows(oldest, **moment)
                found.append(
                    OwedFound(
                        kind=kind.kind,
                        says=kind.says,
                        do=kind.do,
                        count=counted["n"],
                        since=counted["since"],
                        ids=[row["id"] for row in rows],
                    )
                )
        return found


def _queries(kind: Owed) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    conditions = [kind.where]
    if kind.overdue is not None:
        conditions.append(kind.overdue < bindparam("before", type_=UtcDateTime()))
    since = func.min(kind.since, type_=UtcDateTime()).label("since")
    oldest = select(kind.id.label("id")).where(*conditions).order_by(kind.since, kind.id).limit(SHOWN)
    return select(func.count().label("n"), since).where(*conditions), oldest


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One kind of fact that the reconciler compares: ids with the moment from which the service knows them.

    `id` is a column of ids that other services know too, such as the return. `at` is None where the ids are only
    looked up.
    """

    kind: str
    table: Table
    id: ColumnElement[Any]
    at: ColumnElement[Any] | None = None
    where: ColumnElement[bool] | None = None


class Facts:
    """The facts of one service, by its table of kinds."""

    def __init__(self, reader: Reader, kinds: Sequence[Fact]) -> None:
        self._reader = reader
        self._listing = {kind.kind: _listing(kind) for kind in kinds if kind.at is not None}
        self._looking = {kind.kind: _looking(kind) for kind in kinds}

    @property
    def listed(self) -> frozenset[str]:
        """The kinds whose ids can be listed."""
        return frozenset(self._listing)

    @property
    def known(self) -> frozenset[str]:
        """The kinds whose ids can be looked up."""
        return frozenset(self._looking)

    async def page(self, kind: str, *, since: datetime, until: datetime, after: str, limit: int) -> Sequence[Row]:
        """A page of ids in their own order, with the moment of each."""
        return await self._reader.rows(self._listing[kind], since=since, until=until, after=after, count=limit)

    async def lacking(self, kind: str, ids: Sequence[str]) -> Sequence[str]:
        """Which of these ids the service does not know."""
        known: set[str] = set()
        for first in range(0, len(ids), TOGETHER):
            some = ids[first : first + TOGETHER]
            keys = {f"k{n}": some[min(n, len(some) - 1)] for n in range(TOGETHER)}
            known |= {row["id"] for row in await self._reader.rows(self._looking[kind], **keys)}
        return [each for each in ids if each not in known]


def _listing(kind: Fact) -> Select[Any]:
    if kind.at is None:
        raise ValueError(kind.kind)
    conditions = [] if kind.where is None else [kind.where]
    first = func.min(kind.at, type_=UtcDateTime())
    return (
        select(kind.id.label("id"), first.label("at"))
        .where(kind.id > bindparam("after"), *conditions)
        .where(
            kind.at >= bindparam("since", type_=UtcDateTime()),
            kind.at < bindparam("until", type_=UtcDateTime()),
        )
        .group_by(kind.id)
        .order_by(kind.id)
        .limit(bindparam("count"))
    )


def _looking(kind: Fact) -> Select[Any]:
    conditions = [] if kind.where is None else [kind.where]
    return select(kind.id.label("id")).where(kind.id.in_([bindparam(f"k{n}") for n in range(TOGETHER)]), *conditions)
