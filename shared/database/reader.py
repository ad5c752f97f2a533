"""Reads rows: statements of SQLAlchemy Core are compiled once and run on the driver; equal loads share one query."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Select, Table

Row = Mapping[str, Any]


class Reader(Protocol):
    """Gives rows as mappings, with JSON and moments as Python values."""

    async def rows(self, statement: Select[Any], **parameters: Any) -> Sequence[Row]:
        """Every row of a query. `parameters` fill its `bindparam`s; `Unavailable` when there is no database."""
        ...

    async def search(self, statement: Select[Any], **parameters: Any) -> Sequence[Row]:
        """The same for a list with many possible filters: it is planned for these values, and no plan is kept."""
        ...

    async def load(self, table: Table, column: str, key: str) -> Sequence[Row]:
        """The rows of `table` whose `column` is `key`. Loads that wait at the same time share one query."""
        ...


class BatchedLoads:
    """Collects the keys that are asked for in one turn of the event loop, and reads them with one query."""

    def __init__(self, fetch: "Fetch") -> None:
        self._fetch = fetch
        self._waiting: dict[tuple[Table, str], dict[str, list[asyncio.Future[list[Row]]]]] = {}

    async def load(self, table: Table, column: str, key: str) -> Sequence[Row]:
        loop = asyncio.get_running_loop()
        where = (table, column)
        keys = self._waiting.get(where)
        if keys is None:
            keys = self._waiting[where] = defaultdict(list)
            loop.call_soon(self._go, where)
        answer: asyncio.Future[list[Row]] = loop.create_future()
        keys[key].append(answer)
        return await answer

    def _go(self, where: tuple[Table, str]) -> None:
        keys = self._waiting.pop(where)
        task = asyncio.create_task(self._answer(where, keys))
        task.add_done_callback(_nothing_unseen)

    async def _answer(self, where: tuple[Table, str], keys: dict[str, list[asyncio.Future[list[Row]]]]) -> None:
        table, column = where
        try:
            found = await self._fetch(table, column, list(keys))
        except BaseException as error:
            for answer in (answer for answers in keys.values() for answer in answers if not answer.done()):
                answer.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        grouped: dict[str, list[Row]] = defaultdict(list)
        for row in found:
            grouped[row[column]].append(row)
        for key, answers in keys.items():
            for answer in answers:
                if not answer.done():
                    answer.set_result(grouped.get(key, []))


class Fetch(Protocol):
    """One query for many keys of one column."""

    async def __call__(self, table: Table, column: str, keys: Sequence[str]) -> Sequence[Row]: ...


def _nothing_unseen(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        task.exception()
