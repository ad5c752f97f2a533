"""How an engine goes about a query: which index it reads, and whether it reads a table as a whole."""

from typing import Any

from shared.database.sqlite import _Compiled, _to_sqlite


class Plans:
    """Asks the engine of one reader for its plans."""

    def __init__(self, reader: Any, mode: str) -> None:
        self._reader, self._mode = reader, mode

    async def of(self, statement: Any, values: Any) -> str:
        """The plan, a line for each step; of a step of PostgreSQL: what it does, on what, by which index."""
        if self._mode == "embedded":
            compiled = _Compiled.of(statement)
            given = {**compiled.fixed, **values}
            known = [_to_sqlite(compiled.kinds.get(name), given[name]) for name in compiled.names]
            rows = await self._reader.ask(f"EXPLAIN QUERY PLAN {compiled.sql}", known, {})
            return "\n".join(row["detail"] for row in rows)
        sql, names, fixed = self._reader._text(statement)
        told = await self._reader.ask(f"EXPLAIN {sql}", *({**fixed, **values}[name] for name in names))
        return "\n".join(row["QUERY PLAN"] for row in told)
