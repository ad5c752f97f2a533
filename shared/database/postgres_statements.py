"""The SQL of PostgreSQL's batches: one statement writes many rows of one table from arrays, by `unnest`."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, LargeBinary, Table, Text

from shared.database.postgres_values import quoted
from shared.database.types import JsonDocument, UtcDateTime

_ARRAYS: Final[Sequence[tuple[type, str]]] = (
    (JsonDocument, "text[]"),
    (UtcDateTime, "timestamptz[]"),
    (Boolean, "boolean[]"),
    (Integer, "bigint[]"),
    (BigInteger, "bigint[]"),
    (Date, "date[]"),
    (LargeBinary, "bytea[]"),
    (Text, "text[]"),
)


def _array(column: Column[Any]) -> str:
    for kind, array in _ARRAYS:
        if isinstance(column.type, kind):
            return array
    raise TypeError(f"{column}: no array type for {column.type!r}")


def array_values(column: Column[Any], values: Iterable[Any]) -> list[Any]:
    """One column's values in the form of PostgreSQL's arrays: a document becomes JSON text."""
    if isinstance(column.type, JsonDocument):
        return [None if value is None else JsonDocument.to_text(value) for value in values]
    return list(values)


def move_statement(table: Table, to: Table, keys: tuple[str, ...], added: tuple[str, ...]) -> str:
    """The statement that moves rows from `table` into `to`: the keys are arrays, and so are the added columns."""
    named = [*(table.c[name] for name in keys), *(to.c[name] for name in added)]
    arrays = ", ".join(f"${number}::{_array(column)}" for number, column in enumerate(named, 1))
    listed = ", ".join(quoted(column.name) for column in named)
    copied = [quoted(column.name) for column in to.columns if column.name not in added]
    target = quoted(table.name)
    same = " AND ".join(f"{target}.{quoted(name)} = v.{quoted(name)}" for name in keys)
    gone = ", ".join([*(f"{target}.{name}" for name in copied), *(f"v.{quoted(name)}" for name in added)])
    into = ", ".join([*copied, *map(quoted, added)])
    return (
        f"WITH gone AS (DELETE FROM {target} USING unnest({arrays}) AS v({listed}) WHERE {same} RETURNING {gone})"
        f" INSERT INTO {quoted(to.name)} ({into}) SELECT {into} FROM gone"
    )


def statement_for(verb: str, table: Table, names: tuple[str, ...], keys: tuple[str, ...]) -> str:
    """The statement that writes rows given as arrays, one array per column; `keys` replace the primary key.

    Verbs: insert, add, publish (returns position and id), upsert, update (compares the version), adjust, delete.
    """
    columns = [table.c[name] for name in names]
    target = quoted(table.name)
    listed = ", ".join(quoted(name) for name in names)
    arrays = ", ".join(f"${number}::{_array(column)}" for number, column in enumerate(columns, 1))
    value = {c.name: f"v.{quoted(c.name)}" + ("::jsonb" if isinstance(c.type, JsonDocument) else "") for c in columns}
    primary = keys or tuple(column.name for column in table.primary_key)
    others = [name for name in names if name not in primary]
    same = " AND ".join(f"{target}.{quoted(name)} = v.{quoted(name)}" for name in primary)
    source = f"unnest({arrays}) WITH ORDINALITY AS v({listed}, _place)"
    match verb:
        case "insert" | "add" | "upsert" | "publish":
            sql = f"INSERT INTO {target} ({listed}) SELECT {', '.join(value.values())} FROM {source} ORDER BY v._place"
            if verb != "upsert":
                return sql + (" RETURNING position, id" if verb == "publish" else "")
            sets = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in others)
            conflict = ", ".join(quoted(name) for name in primary)
            return f"{sql} ON CONFLICT ({conflict}) " + (f"DO UPDATE SET {sets}" if sets else "DO NOTHING")
        case "update":
            sets = ", ".join(f"{quoted(name)} = {value[name]}" for name in others)
            same += f" AND {target}.version = v.version - 1"
            return f"UPDATE {target} SET {sets} FROM {source} WHERE {same} RETURNING 1"
        case "adjust":
            sets = ", ".join(f"{quoted(name)} = {target}.{quoted(name)} + v.{quoted(name)}" for name in others)
            return f"UPDATE {target} SET {sets} FROM {source} WHERE {same} RETURNING 1"
        case "delete":
            return f"DELETE FROM {target} USING {source} WHERE {same}"
        case _:
            raise ValueError(verb)
