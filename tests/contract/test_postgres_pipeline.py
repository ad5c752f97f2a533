"""The pipeline against a real PostgreSQL: values, errors, order, and a COMMIT that nobody answers."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from shared.database.database import Database
from shared.database.postgres import BY_KEY, PostgresDatabase, connect
from shared.database.postgres_pipeline import PostgresPipeline, ServerError, Statement
from shared.database.work import Claim, Outcome, Remove, Root, Work
from shared.kernel.errors import Unavailable
from shared.runtime.clock import now
from tests.conftest import Engines
from tests.support import servers
from tests.support.things import common, metadata, things

pytestmark = pytest.mark.parametrize(
    "mode", [pytest.param("distributed", marks=pytest.mark.distributed)], indirect=True
)

MOMENT = datetime(2026, 2, 28, 23, 59, 59, 999999, tzinfo=UTC)
WORDS = ["", "退货", 'a"b', "a\\b", "a,b", "{a}", "NULL", "null", " ", "\u2028", "😀", "line\nbreak"]
VALUES: list[tuple[str, Any]] = [
    ("text", WORDS[2]),
    ("bigint", -(2**63)),
    ("boolean", True),
    ("boolean", False),
    ("date", date(2026, 2, 28)),
    ("timestamptz", MOMENT),
    ("bytea", b"\x00\xff\\"),
    ("numeric", Decimal("12345678901234567890.123")),
    ("float8", 0.1),
    ("text[]", WORDS),
    ("bigint[]", [-(2**63), 0, 2**63 - 1]),
]
ARRAYS: list[tuple[str, list[Any]]] = [
    ("text", []),
    ("text", [*WORDS, None]),
    ("bigint", []),
    ("bigint", [2**63 - 1, None, -1]),
    ("boolean", [True, None, False]),
    ("date", [date(2026, 2, 28), None]),
    ("timestamptz", [MOMENT, None]),
    ("bytea", [b"\x00\xff\\", None, b""]),
    ("numeric", [Decimal("0.10"), None]),
]


@pytest.fixture
async def pipeline(mode: str) -> AsyncIterator[PostgresPipeline]:
    made = await connect(servers.POSTGRES)
    yield made
    made.close()


@pytest.mark.parametrize(("kind", "value"), VALUES)
async def test_a_value_goes_there_and_comes_back(pipeline: PostgresPipeline, kind: str, value: Any) -> None:
    ((row,),) = await pipeline.run(Statement(f"SELECT $1::{kind} AS it, NULL::{kind} AS nothing", (value,)))
    assert row == {"it": value, "nothing": None}


@pytest.mark.parametrize(("kind", "values"), ARRAYS)
async def test_every_element_of_an_array_goes_there_and_comes_back(
    pipeline: PostgresPipeline, kind: str, values: list[Any]
) -> None:
    """Also none, and also where the SQL does not say what kind of array it is."""
    for cast in (f"$1::{kind}[]", f"CAST($1 AS {kind}[])"):
        (rows,) = await pipeline.run(Statement(f"SELECT it FROM unnest({cast}) AS it", (values,)))  # noqa: S608
        assert [row["it"] for row in rows] == values


async def test_a_document_comes_back_as_a_value(pipeline: PostgresPipeline) -> None:
    ((row,),) = await pipeline.run(Statement("SELECT $1::jsonb AS it", ('{"a": [1, null, "é"]}',)))
    assert row == {"it": {"a": [1, None, "é"]}}


async def test_nothing_in_an_array_is_null(pipeline: PostgresPipeline) -> None:
    values = ([None, "a"], [None, 7], [None, MOMENT], [None, b"\x01"], [True, None])
    sql = (
        "SELECT * FROM unnest($1::text[], $2::bigint[], $3::timestamptz[], $4::bytea[], $5::boolean[]) AS v(a,b,c,d,e)"
    )
    (rows,) = await pipeline.run(Statement(sql, values))
    assert [tuple(row.values()) for row in rows] == [(None, None, None, None, True), ("a", 7, MOMENT, b"\x01", None)]


async def test_many_statements_are_one_journey_and_each_has_its_own_rows(pipeline: PostgresPipeline) -> None:
    found = await pipeline.run(
        Statement("SELECT generate_series(1, $1::bigint) AS n", (3,)),
        Statement("SELECT 1 WHERE false"),
        Statement("BEGIN"),
    )
    assert found == [[{"n": 1}, {"n": 2}, {"n": 3}], [], []]
    await pipeline.command("ROLLBACK")
    assert await pipeline.run() == []


FRESH = "CREATE TEMPORARY TABLE fresh (subject text PRIMARY KEY, sequence bigint NOT NULL)"
FOUND_BY_KEY = [
    "UPDATE fresh SET sequence = v.n FROM unnest($1::text[], $2::bigint[]) AS v(it, n) WHERE fresh.subject = v.it",
    "DELETE FROM fresh USING unnest($1::text[]) AS v(subject) WHERE fresh.subject = v.subject",
    "SELECT * FROM fresh WHERE subject = ANY($1::text[])",
]


@pytest.mark.parametrize("rows", [0, 20, 500], ids=["empty", "small", "growing"])
@pytest.mark.parametrize("sql", FOUND_BY_KEY, ids=["update", "delete", "select"])
async def test_a_new_table_is_asked_by_its_key(mode: str, sql: str, rows: int) -> None:
    """ADR 8: while it is small the planner would read it whole, and keep that plan while it grows."""
    pipeline = await connect(servers.POSTGRES, BY_KEY)
    await pipeline.run(Statement(FRESH))
    if rows:
        await pipeline.run(Statement("INSERT INTO fresh SELECT n, n FROM generate_series(1, $1::bigint) AS n", (rows,)))
        await pipeline.command("ANALYZE fresh")
    await pipeline.command(f"PREPARE it AS {sql}")
    more = ", '{7}'" if "$2" in sql else ""
    (plan,) = await pipeline.run(Statement(f"EXPLAIN EXECUTE it('{{a,b}}'{more})"))
    pipeline.close()
    told = "\n".join(str(row["QUERY PLAN"]) for row in plan)
    assert "fresh_pkey" in told, told
    assert not any(whole in told for whole in ("Seq Scan", "Hash Join", "Merge Join")), told


async def test_a_list_of_few_among_many_is_found_by_the_index_of_these_few(engines: Engines) -> None:
    """ADR 8: a plan for any value could not use an index that holds for one value only."""
    database = await engines.fresh(metadata, common)
    assert isinstance(database.engine, PostgresDatabase)
    ask = database.engine.reader.ask
    await ask("CREATE TABLE letters AS SELECT n AS id, 'sent' AS status FROM generate_series(1, 50000) AS n")
    await ask("CREATE INDEX ix_waiting ON letters (id) WHERE status = 'waiting'")
    await ask("ANALYZE letters")
    await ask("PREPARE it AS SELECT id FROM letters WHERE status = $1 ORDER BY id")
    told = [await ask("EXPLAIN EXECUTE it('waiting')") for _ in range(8)][-1]
    assert "ix_waiting" in str(told), told


async def test_a_server_that_does_not_answer_ends_the_connection_for_all_who_wait(mode: str) -> None:
    made = await connect(servers.POSTGRES, patience=0.3)
    slow = [asyncio.create_task(made.run(Statement("SELECT pg_sleep(7)"))) for _ in range(2)]
    for one in slow:
        with pytest.raises(OSError, match=r"no answer within 0\.3 s"):
            await one
    assert made.is_over


async def test_answers_that_come_in_time_keep_the_connection_however_long_it_is_used(mode: str) -> None:
    made = await connect(servers.POSTGRES, patience=0.3)
    for _ in range(5):
        await made.run(Statement("SELECT pg_sleep(0.1)"))
    await asyncio.sleep(0.7)
    assert not made.is_over
    made.close()


async def test_calls_may_overlap_and_are_answered_in_order(pipeline: PostgresPipeline) -> None:
    statement = Statement("SELECT $1::bigint AS n", ())
    found = await asyncio.gather(*(pipeline.run(statement._replace(values=(n,))) for n in range(50)))
    assert [rows[0][0]["n"] for rows in found] == list(range(50))


async def test_an_error_names_its_statement_and_undoes_those_before_it(pipeline: PostgresPipeline) -> None:
    await pipeline.run(Statement("CREATE TEMPORARY TABLE kept (n bigint PRIMARY KEY)"))
    add, bad = Statement("INSERT INTO kept VALUES ($1)", (1,)), Statement("SELECT 1 / $1::int AS it", (0,))
    fresh = Statement("SELECT $1::bigint + 0 AS after_the_error", (5,))
    with pytest.raises(ServerError) as caught:
        await pipeline.run(add, bad, fresh)
    assert (caught.value.state, caught.value.number) == ("22012", 1)
    ((row,), found) = await pipeline.run(fresh, Statement("SELECT * FROM kept"))
    assert (row, found) == ({"after_the_error": 5}, [])
    await pipeline.run(add)
    with pytest.raises(ServerError) as caught:
        await pipeline.run(add)
    assert (caught.value.state, caught.value.constraint, caught.value.table) == ("23505", "kept_pkey", "kept")


async def test_a_commit_after_an_error_keeps_nothing(pipeline: PostgresPipeline) -> None:
    await pipeline.run(Statement("CREATE TEMPORARY TABLE kept (n bigint PRIMARY KEY)"))
    begin, add = Statement("BEGIN"), Statement("INSERT INTO kept VALUES ($1)", (1,))
    with pytest.raises(ServerError):
        await pipeline.run_and_commit(begin, add, add)
    assert await pipeline.run(Statement("SELECT * FROM kept")) == [[]]
    await pipeline.run_and_commit(begin, add)
    assert await pipeline.run(Statement("SELECT * FROM kept")) == [[{"n": 1}]]


NO_TEXT = [object(), datetime(2026, 1, 1), "\ud800", "a\0b", [object()], {"a": 1}]  # noqa: DTZ001
NO_ARRAY = [("bigint[]", [2**63]), ("bigint[]", ["7"]), ("text[]", ["\ud800"]), ("text[]", [object()])]


@pytest.mark.parametrize(("kind", "value"), [*(("text", value) for value in NO_TEXT), *NO_ARRAY])
async def test_what_cannot_be_written_is_not_sent(pipeline: PostgresPipeline, kind: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError, OverflowError)):
        await pipeline.run(Statement(f"SELECT $1::{kind}::text AS never_seen", (value,)))
    assert await pipeline.run(Statement("SELECT $1::text AS never_seen", ("a",))) == [[{"never_seen": "a"}]]


async def test_a_zero_byte_in_a_text_is_refused_and_never_cut_off(pipeline: PostgresPipeline) -> None:
    """In the text form libpq would end the value there without a word."""
    with pytest.raises(ServerError) as caught:
        await pipeline.run(Statement("SELECT * FROM unnest($1::text[])", (["a\0b"],)))
    assert caught.value.state == "22021"


async def test_a_batch_that_was_refused_leaves_a_connection_that_works_also_when_nobody_waits_for_it(
    pipeline: PostgresPipeline,
) -> None:
    await pipeline.run(Statement("CREATE TEMPORARY TABLE kept (n bigint PRIMARY KEY)"))
    add = Statement("INSERT INTO kept VALUES ($1)", (1,))
    waiting = asyncio.create_task(pipeline.run_and_commit(Statement("BEGIN"), add, add))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    while pipeline.calls:
        await asyncio.sleep(0.01)
    await pipeline.run_and_commit(Statement("BEGIN"), add)
    assert await pipeline.run(Statement("SELECT * FROM kept")) == [[{"n": 1}]]


async def test_what_the_socket_does_not_take_at_once_is_written_later(pipeline: PostgresPipeline) -> None:
    words = ["退货" * 500_000, "b"] * 4
    statement = Statement("SELECT length(it) AS n FROM unnest($1::text[]) AS it", (words,))
    found = await asyncio.gather(*(pipeline.run(statement) for _ in range(3)))
    assert [[row["n"] for row in rows] for (rows,) in found] == [[1_000_000, 1] * 4] * 3


async def test_settings_of_the_session_may_stand_in_the_address(mode: str) -> None:
    """With those that libpq knows, and with its `options`; values may have blanks."""
    more = "?application_name=a+b&options=-c+geqo%3Doff&search_path=a,+b%5Cc"
    made = await connect(servers.POSTGRES + more, {"default_text_search_config": "pg_catalog.simple"})
    names = ("application_name", "geqo", "search_path", "default_text_search_config", "TimeZone")
    ((row,),) = await made.run(
        Statement("SELECT " + ", ".join(f"current_setting('{name}') AS \"{name}\"" for name in names))
    )
    made.close()
    assert tuple(row.values()) == ("a b", "off", "a, b\\c", "pg_catalog.simple", "UTC")


async def test_messages_may_be_cut_anywhere(mode: str) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(servers.POSTGRES)
        up_reader, up_writer = await asyncio.open_connection(parts.hostname, parts.port or 5432)

        async def up() -> None:
            while data := await reader.read(65536):
                up_writer.write(data)
            up_writer.close()

        async def down() -> None:
            while data := await up_reader.read(65536):
                for byte in data:
                    writer.write(bytes((byte,)))
                    await asyncio.sleep(0)
            writer.close()

        await asyncio.gather(up(), down(), return_exceptions=True)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    pipeline = await connect(re.sub(r"@[^/]+/", f"@127.0.0.1:{port}/", servers.POSTGRES))
    found = await pipeline.run(
        Statement("SELECT $1::text AS a, repeat('é', 300) AS b", ("退",)), Statement("SELECT 2 AS n")
    )
    assert found == [[{"a": "退", "b": "é" * 300}], [{"n": 2}]]
    pipeline.close()
    server.close()


async def test_a_connection_that_ends_fails_every_call_under_way(pipeline: PostgresPipeline) -> None:
    other = await connect(servers.POSTGRES)
    ((row,),) = await pipeline.run(Statement("SELECT pg_backend_pid()::bigint AS pid"))
    calls = [asyncio.ensure_future(pipeline.run(Statement("SELECT pg_sleep(5)::text AS it"))) for _ in range(2)]
    await asyncio.sleep(0.1)
    await other.run(Statement("SELECT pg_terminate_backend($1::int) AS done", (row["pid"],)))
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(error, OSError | ServerError) for error in ended)
    assert pipeline.is_over
    with pytest.raises(OSError, match=r"."):
        await pipeline.run(Statement("SELECT 1 AS n"))
    other.close()


COMMITS = re.compile(rb"(?<=H\x00\x00\x00\x04)B|P\x00\x00\x00\x0e\x00COMMIT\x00")
"""After a request to flush, or alone."""


@dataclass
class Between:
    """Stands between a client and PostgreSQL. Told to, it harms a COMMIT, after so many spared ones; everything else it
    lets pass.
    """

    harm: str | None = None
    spared: int = 0
    commits: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(servers.POSTGRES)
        up_reader, up_writer = await asyncio.open_connection(parts.hostname, parts.port or 5432)
        hold = asyncio.Event()

        async def up() -> None:
            while data := await reader.read(65536):
                commits = self.harm is not None and COMMITS.search(data)
                if commits and self.spared:
                    self.spared -= 1
                elif commits and self.harm is not None:
                    harm, self.harm = self.harm, None
                    self.commits.append(harm)
                    before, commit = data[: commits.start()], data[commits.start() :]
                    up_writer.write(before)
                    await asyncio.sleep(0.2)  # what was said before it is answered
                    hold.set()
                    if harm == "lose the answer":
                        up_writer.write(commit)
                        await asyncio.sleep(0.3)
                    break
                up_writer.write(data)
            up_writer.close()
            writer.close()

        async def down() -> None:
            while data := await up_reader.read(65536):
                if not hold.is_set():
                    writer.write(data)

        await asyncio.gather(up(), down(), return_exceptions=True)


@asynccontextmanager
async def between(url: str, made: Callable[[str], Any], harm: str) -> AsyncIterator[tuple[Any, Between]]:
    """Something opened on a URL that leads through the one who does harm."""
    middle = Between()
    server = await asyncio.start_server(middle.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    opened = await made(re.sub(r"@[^/]+/", f"@127.0.0.1:{port}/", url))
    middle.harm = harm
    yield opened, middle
    server.close()


@pytest.mark.parametrize(
    ("harm", "kept"), [pytest.param("lose the answer", True, id="answer"), pytest.param("lose it", False, id="commit")]
)
async def test_a_commit_without_an_answer_is_looked_up(engines: Engines, harm: str, kept: bool) -> None:
    """Finding 7: it may have been carried out or not, and the server knows."""
    url = await engines.make(metadata, common)

    async def opened(through: str) -> Database:
        return await engines.open(through, common)

    thing = Root(things, "a", 0, {"id": "a", "version": 1, "document": {}, "at": MOMENT})
    async with between(url, opened, harm) as (database, middle):
        try:
            outcome = await database.committer.commit(Work(roots=[thing]))
        except Unavailable:
            outcome = None
        assert middle.commits == [harm]
        assert (outcome is Outcome.COMMITTED) is kept
        assert len(await database.reader.rows(select(things))) == kept


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        pytest.param("lose the answer", [Outcome.STALE, Outcome.TAKEN, Outcome.COMMITTED], id="answer"),
        pytest.param("lose it", [None] * 3, id="commit"),
    ],
)
async def test_who_was_overtaken_is_told_so_also_when_the_commit_of_the_others_has_no_answer(
    engines: Engines, harm: str, told: list[Outcome | None]
) -> None:
    """Finding 7, I-02, I-22: who was too late to submit a refund and is told that he has, pays it a second time."""
    url = await engines.make(metadata, common)

    async def opened(through: str) -> Database:
        return await engines.open(through, common)

    def a_thing(key: str, expected: int = 0) -> Root:
        return Root(things, key, expected, {"id": key, "version": expected + 1, "document": {}, "at": MOMENT})

    here = await engines.open(url, common)
    await here.committer.commit(Work(roots=[a_thing("old")], claim=Claim("c", "s", 0, 4)))
    works = [
        Work(roots=[a_thing("old", expected=7), a_thing("a")]),
        Work(roots=[a_thing("b")], claim=Claim("c", "s", 3, 4)),
        Work(roots=[a_thing("c")]),
    ]
    async with between(url, opened, harm) as (database, middle):
        middle.spared = 1  # of the first way, on which the server says no
        results = await asyncio.gather(*map(database.committer.commit, works), return_exceptions=True)
        assert middle.commits == [harm]
    assert [one if isinstance(one, Outcome) else None for one in results] == told
    assert {row["id"] for row in await here.reader.rows(select(things))} == {"old"} | ({"c"} if told[-1] else set())


async def test_a_column_that_a_newer_release_adds_disturbs_no_reader(engines: Engines) -> None:
    """O-02: a statement that a running process has prepared stays good."""
    database = await engines.fresh(metadata, common)
    assert isinstance(database.engine, PostgresDatabase)
    thing = Root(things, "a", 0, {"id": "a", "version": 1, "document": {}, "at": MOMENT})
    await database.committer.commit(Work(roots=[thing]))
    before = await database.reader.load(things, "id", "a")
    await database.engine.reader.ask("ALTER TABLE things ADD COLUMN later text")
    assert await database.reader.load(things, "id", "a") == before


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://postgres@127.0.0.1:1/x",
        "postgresql://postgres@127.0.0.1:99999/x",
        f"postgresql://postgres@{'a' * 70}/x",
        servers.POSTGRES + "?no_such_setting=1",
        servers.POSTGRES + "?sslmode=often",
    ],
)
async def test_whatever_keeps_us_from_connecting_is_said_as_unavailable(mode: str, address: str) -> None:
    with pytest.raises(Unavailable) as raised:
        await connect(address)
    assert "(" in raised.value.whole
    assert "(" not in raised.value.say("en")


async def test_a_batch_that_finds_no_database_says_why_in_the_log_and_not_to_its_caller(mode: str) -> None:
    """An operator reads which address and which error; a caller only that it is away."""
    url = "postgresql://postgres@127.0.0.1:1/x"
    database = PostgresDatabase(url, inbox=common.inbox, outbox=common.outbox, idempotency=common.idempotency)
    with capture_logs() as said:
        (verdict,) = await database.writer.write([Work(writes=[Remove(common.outbox, {"position": 1})])])
    assert isinstance(verdict, Unavailable)
    assert "(" not in verdict.say("en")
    (line,) = (line for line in said if line["event"] == "batch_broken")
    assert "127.0.0.1" in line["error"]


async def test_who_waits_to_lead_gets_an_outage_when_the_session_is_gone(engines: Engines) -> None:
    url = await engines.make(metadata, common)
    database, other = (
        PostgresDatabase(url, inbox=common.inbox, outbox=common.outbox, idempotency=common.idempotency)
        for _ in range(2)
    )

    def end_all_sessions() -> None:
        ending.append(asyncio.create_task(servers.execute(_END.format(urlsplit(url).path.removeprefix("/")))))

    ending: list[asyncio.Task[None]] = []
    async with database.lead("test", lambda: None) as leadership:
        with pytest.raises(Unavailable):
            async with other.lead("test", end_all_sessions):
                pass
        with pytest.raises(Unavailable):
            await leadership.confirm()
    await asyncio.gather(*ending)


async def test_a_silent_leader_is_followed_by_another_one(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its host may have vanished without a word; the server would keep the session for two hours."""
    monkeypatch.setattr("shared.database.postgres.SILENT_SECONDS", 1)
    url = await engines.make(metadata, common)
    silent, other = (
        PostgresDatabase(url, inbox=common.inbox, outbox=common.outbox, idempotency=common.idempotency)
        for _ in range(2)
    )
    async with silent.lead("test", lambda: None) as lost:
        async with asyncio.timeout(20), other.lead("test", lambda: None) as leadership:
            await leadership.confirm()
        with pytest.raises(Unavailable):
            await lost.confirm()


async def test_a_server_that_lets_nothing_be_written_is_not_ready(engines: Engines) -> None:
    """A standby, or a primary without room: whoever asks whether we are ready wants to write."""
    url = await engines.make(metadata, common)
    for more, said in (("", None), ("?default_transaction_read_only=on", r"database \(read-only\)")):
        database = PostgresDatabase(
            url + more, inbox=common.inbox, outbox=common.outbox, idempotency=common.idempotency
        )
        if said is None:
            await database.ping()
        else:
            with pytest.raises(Unavailable) as raised:
                await database.ping()
            assert re.fullmatch(said, raised.value.whole)
        await database.close()


async def test_a_table_that_is_locked_for_long_is_an_outage_for_who_reads(engines: Engines) -> None:
    """O-02: a migration at work; taken for a defect, what waits for it would be dead after five tries."""
    url = await engines.make(metadata, common)
    database = PostgresDatabase(url, inbox=common.inbox, outbox=common.outbox, idempotency=common.idempotency)
    migration = await asyncpg.connect(url)
    try:
        async with migration.transaction():
            await migration.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(Unavailable):
                await database.reader.load(common.outbox, "id", "any")
    finally:
        await migration.close()
        await database.close()


async def test_two_processes_that_change_the_same_rows_never_wait_for_each_other_crosswise(engines: Engines) -> None:
    """In whatever order their units of work have come; a deadlock costs everybody in the batch a second."""
    url = await engines.make(metadata, common)
    one, other = (
        PostgresDatabase(url, inbox=common.inbox, outbox=common.outbox, idempotency=common.idempotency)
        for _ in range(2)
    )

    def saved(n: int, version: int) -> Work:
        row = {"id": f"t{n:03}", "version": version + 1, "document": {}, "at": now()}
        return Work(roots=[Root(things, f"t{n:03}", version, row)])

    with capture_logs() as said:
        await one.writer.write([saved(n, 0) for n in range(200)])
        for version in range(1, 11):
            works = [saved(n, version) for n in range(200)]
            await asyncio.gather(one.writer.write(works), other.writer.write(works[::-1]))
    assert [line for line in said if line["event"] == "batch_again"] == []
    works = [saved(n, 11) for n in range(200)]
    assert list(one.writer._writing(works)) == list(one.writer._writing(works[::-1]))
    claims = [Work(claim=Claim("c", f"t{n:03}", 1, 0)) for n in range(200)]
    asked, other_way = (list(one.writer._taking(enumerate(some))) for some in (claims, claims[::-1]))
    assert [each.statement for each in asked] == [each.statement for each in other_way]
    await one.close()
    await other.close()


_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
