"""PostgreSQL: a batch is one round trip of `unnest` statements that check themselves, and its COMMIT.

Each statement compares the claims, keys and versions that it takes. If another process was faster for one of them, the
server undoes the whole batch. The batch is then written again without the units of work that lost; this is rare and
costs some round trips.

Source: PostgreSQL 15 manual, `pg_xact_status` (was an ambiguous COMMIT carried out?).
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final, cast

import structlog
from sqlalchemy import Table

from shared.database.committer import CommitResult
from shared.database.postgres_pipeline import PostgresPipeline, ServerError, Statement, Unanswered
from shared.database.postgres_statements import array_values, move_statement, statement_for
from shared.database.postgres_values import Row, quoted
from shared.database.recent_outbox import RecentOutbox
from shared.database.work import (
    NO_PLACE,
    Add,
    Adjust,
    Claim,
    ConstraintBroken,
    MissingRow,
    Move,
    Outcome,
    Put,
    Remove,
    Work,
)
from shared.kernel.errors import Malformed, RetourError, Unavailable
from shared.runtime.clock import now

log = structlog.get_logger(__name__)

LOOK_UP_SECONDS: Final = 20.0
ATTEMPTS: Final = 3
AWAY: Final = (OSError, TimeoutError, Unavailable)
AWAY_STATES: Final = ("08", "57", "53", "25006", "58", "XX")
"""SQLSTATEs, or classes of them, of a server that cannot serve now."""
AGAIN_STATES: Final = ("40001", "40P01", "55P03")
"""Serialisation failure, deadlock, lock not available."""

Connect = Callable[[], Awaitable[PostgresPipeline]]
Rows = dict[Table, list[Mapping[str, Any]]]

COUNTED: Final = ("update", "adjust")
MEETING: Final = ("update", "delete", "upsert")
"""Verbs for rows that another process may want to change at the same time."""
BEGIN: Final = Statement("BEGIN")
XACT: Final = Statement("SELECT pg_current_xact_id()::text AS xact")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A statement that returns the keys of the rows it took; `wanted` maps each key to its unit of work."""

    statement: Statement
    wanted: Mapping[tuple[Any, ...], int]

    def losers(self, rows: Iterable[Row]) -> set[int]:
        """The units of work whose row was not taken."""
        won = {tuple(row.values()) for row in rows}
        return {index for key, index in self.wanted.items() if key not in won}


@dataclass(frozen=True, slots=True)
class _Write:
    """A statement for rows of one table. `count` is set where it must find every row and returns one for each."""

    table: Table
    statement: Statement
    count: int | None


class PostgresWriter:
    """Writes batches. An error in a batch splits it, so that only the unit of work at fault fails."""

    def __init__(
        self, connect: Connect, fresh: RecentOutbox, *, inbox: Table, outbox: Table, idempotency: Table
    ) -> None:
        self._connect = connect
        self._fresh = fresh
        self._outbox = outbox
        self._connection: PostgresPipeline | None = None
        self._statements: dict[tuple[object, ...], str] = {}
        source = (
            "unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS v(consumer, subject, sequence, previous)"
        )
        self._claiming = {
            True: f"INSERT INTO {quoted(inbox.name)} (consumer, subject, sequence)"
            f" SELECT v.consumer, v.subject, v.sequence FROM {source} WHERE v.previous = 0"
            " ON CONFLICT DO NOTHING RETURNING consumer, subject",
            False: f"UPDATE {quoted(inbox.name)} AS known SET sequence = v.sequence FROM {source}"
            " WHERE known.consumer = v.consumer AND known.subject = v.subject AND known.sequence = v.previous"
            " RETURNING known.consumer, known.subject",
        }
        self._keeping = (
            f"INSERT INTO {quoted(idempotency.name)} (scope, body_hash, status, body, answered_at)"
            " SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::timestamptz[])"
            " ON CONFLICT (scope) DO NOTHING RETURNING scope"
        )

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def write(self, works: Sequence[Work]) -> Sequence[CommitResult]:
        for attempt in range(ATTEMPTS):
            try:
                return await self._attempt(works)
            except (*AWAY, ServerError) as error:
                if isinstance(error, ServerError) and error.state.startswith(AGAIN_STATES):
                    log.info("batch_again", state=error.state, works=len(works))
                    await asyncio.sleep(0.01 * 2**attempt)
                    continue
                if not isinstance(error, ServerError) or error.state.startswith(AWAY_STATES):
                    return await self._after_a_break(works, error)
                return await self._apart(works, error)
            except (MissingRow, OverflowError, ValueError, TypeError) as error:
                return await self._apart(works, error)
        return [Unavailable("database")] * len(works)

    async def _apart(self, works: Sequence[Work], error: Exception) -> Sequence[CommitResult]:
        """Write each half alone, until the unit of work at fault is alone."""
        if len(works) == 1:
            return [_verdict(error)]
        half = len(works) // 2
        return [*await self.write(works[:half]), *await self.write(works[half:])]

    async def _after_a_break(
        self, works: Sequence[Work], error: Exception, verdicts: Sequence[CommitResult] = ()
    ) -> Sequence[CommitResult]:
        """The connection was lost. Only a sent COMMIT leaves a doubt; the server can tell its result.

        `verdicts` hold if the COMMIT was carried out, where some units had been left out of it.
        """
        why = error.whole if isinstance(error, Unavailable) else f"{type(error).__name__}: {error}"
        log.warning("batch_broken", error=why, works=len(works))
        await self.close()
        if isinstance(error, Unanswered):
            number = next((row["xact"] for rows in error.rows for row in rows if "xact" in row), None)
            if number is not None and await self._was_committed(number):
                return verdicts or [Outcome.COMMITTED] * len(works)
        return [Unavailable("database")] * len(works)

    async def _was_committed(self, transaction: str) -> bool:
        deadline = time.monotonic() + LOOK_UP_SECONDS
        while time.monotonic() < deadline:
            try:
                connection = await self._connected()
                sql = "SELECT pg_xact_status($1::text::xid8) AS status"
                ((row,),) = await connection.run(Statement(sql, (transaction,)))
            except (*AWAY, ServerError):
                await self.close()
            else:
                if row["status"] != "in progress":
                    log.warning("commit_looked_up", transaction=transaction, status=row["status"])
                    return bool(row["status"] == "committed")
            await asyncio.sleep(0.25)
        return False

    async def _connected(self) -> PostgresPipeline:
        if self._connection is None or self._connection.is_over:
            self._connection = await self._connect()
        return self._connection

    async def _attempt(self, works: Sequence[Work]) -> Sequence[CommitResult]:
        """Write everything in one round trip; if that is refused, find the reason step by step."""
        connection = await self._connected()
        numbered = list(enumerate(works))
        taking = [_sure(asked.statement) for asked in self._taking(numbered)]
        writing = [w.statement if w.count is None else _sure(w.statement) for w in self._writing(works)]
        try:
            answers = await connection.run_and_commit(BEGIN, *(taking or (XACT,)), *writing)
        except ServerError as error:
            if error.state.startswith((*AWAY_STATES, *AGAIN_STATES)):
                raise
            return await self._carefully(connection, works)
        if outbox := _outbox(works):
            events = {row["id"]: row for row in outbox}
            self._fresh.give({**events[row["id"]], "position": row["position"]} for row in answers[-1])
        return [Outcome.COMMITTED] * len(works)

    async def _carefully(self, connection: PostgresPipeline, works: Sequence[Work]) -> Sequence[CommitResult]:
        """Find the units of work that were overtaken, and write the others."""
        verdicts: dict[int, CommitResult] = dict.fromkeys(range(len(works)), Outcome.COMMITTED)

        def left() -> list[tuple[int, Work]]:
            return [(index, work) for index, work in enumerate(works) if verdicts[index] is Outcome.COMMITTED]

        try:
            begun = await connection.run(BEGIN, XACT)
            for asking, verdict in ((_locking, Outcome.STALE), (self._taking, Outcome.TAKEN)):
                asked = list(asking(left()))
                for each, rows in zip(asked, await connection.run(*(each.statement for each in asked)), strict=True):
                    verdicts |= dict.fromkeys(each.losers(rows), verdict)
            writes = list(self._writing([work for _, work in left()]))
            _must_be_there(writes, await connection.run(*(write.statement for write in writes)))
        except BaseException:
            if not connection.is_over:
                await connection.command("ROLLBACK")
            raise
        try:
            await connection.command("COMMIT")
        except OSError:
            return await self._after_a_break(works, Unanswered(begun), list(verdicts.values()))
        return list(verdicts.values())

    def _taking(self, works: Iterable[tuple[int, Work]]) -> Iterator[_Asked]:
        """The inbox claims and the idempotency keys of these units."""
        claims = {i: work.claim for i, work in works if work.claim is not None}
        for first, sql in self._claiming.items():
            wanted = {i: claim for i, claim in sorted(claims.items(), key=_whose) if (claim.previous == 0) is first}
            if wanted:
                columns = zip(*((c.consumer, c.subject, c.sequence, c.previous) for c in wanted.values()), strict=True)
                yield _Asked(
                    Statement(sql, list(map(list, columns))),
                    {(claim.consumer, claim.subject): i for i, claim in wanted.items()},
                )
        answers = {i: work.answer for i, work in works if work.answer is not None}
        if answers:
            moment = now()
            columns = zip(*((a.scope, a.body_hash, a.status, a.body, moment) for a in answers.values()), strict=True)
            yield _Asked(
                Statement(self._keeping, list(map(list, columns))),
                {(answer.scope,): i for i, answer in answers.items()},
            )

    def _writing(self, works: Sequence[Work]) -> Iterator[_Write]:
        """Everything of every unit of work, merged by table: rows first, then rows that refer to them, events last."""
        merged = _merge(works)
        for verb, tables in merged.rows.items():
            for table, rows in _in_order(tables) if verb in MEETING else tables.items():
                yield from self._of(verb, table, rows)
        for (table, keys, columns), totals in sorted(
            merged.sums.items(), key=lambda sums: (sums[0][0].name, *sums[0][1:])
        ):
            rows = [
                dict(zip((*keys, *columns), (*key, *deltas), strict=True)) for key, deltas in sorted(totals.items())
            ]
            yield from self._of("adjust", table, rows, keys)
        for shape, moves in sorted(merged.moves.items(), key=lambda moved: (moved[0][0].name, moved[0][1].name)):
            yield self._moving(*shape, sorted(moves))
        if outbox := _outbox(works):
            yield from self._of("publish", self._outbox, outbox)

    def _of(
        self, verb: str, table: Table, rows: Sequence[Mapping[str, Any]], keys: tuple[str, ...] = ()
    ) -> Iterator[_Write]:
        """One statement for rows of one table; rows with different columns get statements of their own."""
        shapes: dict[tuple[str, ...], list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            shapes[tuple(row)].append(row)
        for names, group in shapes.items():
            shape = (verb, table, names, keys)
            sql = self._statements.get(shape)
            if sql is None:
                sql = self._statements[shape] = statement_for(verb, table, names, keys)
            columns = [array_values(table.c[name], (row[name] for row in group)) for name in names]
            yield _Write(table, Statement(sql, columns), len(group) if verb in COUNTED else None)

    def _moving(
        self, table: Table, to: Table, keys: tuple[str, ...], added: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
    ) -> _Write:
        """One statement that moves rows from one table into another, by key."""
        shape = ("move", table, to, keys, added)
        sql = self._statements.get(shape)
        if sql is None:
            sql = self._statements[shape] = move_statement(table, to, keys, added)
        named = [*(table.c[name] for name in keys), *(to.c[name] for name in added)]
        columns = [array_values(column, values) for column, values in zip(named, zip(*rows, strict=True), strict=True)]
        return _Write(table, Statement(sql, columns), None)


def _whose(claim: tuple[int, Claim]) -> tuple[str, str]:
    return claim[1].consumer, claim[1].subject


def _in_order(tables: Rows) -> Iterator[tuple[Table, list[Mapping[str, Any]]]]:
    """The rows of each table by key, so that two processes lock the same rows in the same order."""
    for table in sorted(tables, key=lambda table: table.name):
        keys = [column.name for column in table.primary_key]
        rows = tables[table]
        yield table, sorted(rows, key=lambda row: [row[key] for key in keys if key in row])


def _outbox(works: Sequence[Work]) -> list[Mapping[str, Any]]:
    return [row.values for work in works for row in work.outbox]


def _must_be_there(writes: Sequence[_Write], rows_of: Sequence[Sequence[Row]]) -> None:
    for write, rows in zip(writes, rows_of, strict=True):
        if write.count not in (None, len(rows)):
            raise MissingRow(write.table.name)


def _locking(works: Iterable[tuple[int, Work]]) -> Iterator[_Asked]:
    """Lock what was loaded, in order. A row whose version has changed is not found."""
    loaded: dict[Table, dict[tuple[str, int], int]] = defaultdict(dict)
    for index, work in works:
        for root in work.roots:
            if root.expected > 0:
                loaded[root.table][root.key, root.expected] = index
    for table in sorted(loaded, key=lambda table: table.name):
        sql = (
            f"SELECT id, version FROM {quoted(table.name)} WHERE (id, version) IN"
            " (SELECT * FROM unnest($1::text[], $2::bigint[])) ORDER BY id FOR UPDATE"
        )
        keys = [list(column) for column in zip(*loaded[table], strict=True)]
        yield _Asked(Statement(sql, keys), loaded[table])


def _sure(statement: Statement) -> Statement:
    """The statement, failing when it does not find every row; it returns the transaction's number."""
    sql = (
        f"WITH found AS ({statement.sql}) SELECT CASE WHEN count(*) = cardinality($1)"
        " THEN pg_current_xact_id()::text"
        " ELSE ('overtaken: found ' || count(*) || ' of ' || cardinality($1))::int::text END AS xact FROM found"
    )
    return Statement(sql, statement.values)


@dataclass(slots=True)
class _Merged:
    """What several units of work write, by verb and table in the order of writing; `sums` are the adjustments.

    The first verb inserts aggregates' own rows, the last one rows that may refer to them.
    """

    rows: dict[str, Rows]
    sums: dict[tuple[Table, tuple[str, ...], tuple[str, ...]], dict[tuple[Any, ...], list[int]]]
    moves: dict[tuple[Table, Table, tuple[str, ...], tuple[str, ...]], list[tuple[Any, ...]]]


def _merge(works: Sequence[Work]) -> _Merged:
    fresh, changed, removed, put, added = (cast("Rows", defaultdict(list)) for _ in range(5))
    rows = {"insert": fresh, "update": changed, "delete": removed, "upsert": put, "add": added}
    merged = _Merged(rows, {}, defaultdict(list))
    for work in works:
        for root in work.roots:
            (changed if root.expected else fresh)[root.table].append(root.values)
        for write in work.writes:
            match write:
                case Add(table, values):
                    added[table].append(values)
                case Put(table, values):
                    put[table].append(values)
                case Remove(table, key):
                    removed[table].append(key)
                case Move(table, key, to, values):
                    moved = merged.moves[table, to, tuple(key), tuple(values)]
                    moved.append((*key.values(), *values.values()))
                case Adjust(table, key, deltas):
                    totals = merged.sums.setdefault((table, tuple(key), tuple(deltas)), {})
                    totals[tuple(key.values())] = [
                        before + delta
                        for before, delta in zip(
                            totals.get(tuple(key.values()), repeat(0)), deltas.values(), strict=False
                        )
                    ]
    return merged


def _verdict(error: Exception) -> CommitResult:
    match error:
        case ServerError(state="23505"):
            return ConstraintBroken(f"{error.table}_unique")
        case ServerError() if error.state.startswith("23"):
            return ConstraintBroken(error.constraint or f"{error.table}_{error.column}")
        case MissingRow():
            return ConstraintBroken(f"{error.table}_missing")
        case OverflowError() | ValueError() | TypeError():
            log.error("work_refused", error=f"{type(error).__name__}: {error}")
            return Malformed(reason=NO_PLACE)
        case ServerError() if error.state.startswith("22"):
            log.error("work_refused", error=str(error))
            return Malformed(reason=NO_PLACE)
        case _:
            log.error("work_failed", error=f"{type(error).__name__}: {error}")
            return RetourError()
