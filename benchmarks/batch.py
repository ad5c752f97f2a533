"""Processor time of one batch of five statements and of one look-up, client and PostgreSQL's backend: one JSON line.

It starts a server of its own. The batch goes the way of every batch: inbox claim, kept answer, changed row, new row,
event. Medians of the rounds, in microseconds, as the kernel counts each process's time: other load hardly shows.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent.parent))

import uvloop
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks import rig
from shared.database.postgres import PostgresDatabase
from shared.database.work import Add, Claim, IdempotentAnswer, OutboxRow, Outcome, Root, Work
from shared.runtime.clock import now
from tests.support.things import common, marks, metadata, things

LINE: Final = {"sku": "SKU-00001", "title": '退货 "blue" shirt, size M', "amount_minor": 12_345, "state": "inspected"}
DOCUMENT: Final = {"lines": [{"id": f"ln_{n}", **LINE} for n in range(8)], "city": "上海", "country": "CN"}
BODY: Final = json.dumps({"data": DOCUMENT["lines"][:4]}, ensure_ascii=False)


def work(key: str, turn: int) -> Work:
    """One unit of work of five statements."""
    return Work(
        roots=[Root(things, key, turn, {"id": key, "version": turn + 1, "document": DOCUMENT, "at": now()})],
        writes=[Add(marks, {"thing": key, "name": f"m{turn}", "n": turn})],
        outbox=[OutboxRow(f"evt_{key}_{turn}", "thing.made.v1", key, turn + 1, BODY)],
        claim=Claim("consumer", key, turn, turn + 1),
        answer=IdempotentAnswer(f"{key}:{turn}", "f" * 64, 200, BODY),
    )


def backends_ns(server: int) -> int:
    """Processor time of all sessions of this client."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    sessions = [
        child for child in children if b" [local]" not in (line := _line(child)) and b"postgres postgres" in line
    ]
    return sum(int(Path(f"/proc/{session}/schedstat").read_text().split()[0]) for session in sessions)


def _line(pid: str) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


async def timed(server: int, times: int, do: Callable[[int], Awaitable[Any]]) -> tuple[float, float]:
    """Microseconds of client and server for each call."""
    backends, client = backends_ns(server), time.process_time_ns()
    for n in range(times):
        await do(n)
    client, backends = time.process_time_ns() - client, backends_ns(server) - backends
    return client / times / 1000, backends / times / 1000


async def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Rounds of batches and of look-ups."""
    with rig.folder() as folder, rig.postgres(folder) as (server, url):
        engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        await engine.dispose()
        database = PostgresDatabase(url, inbox=common.inbox, outbox=common.outbox, idempotency=common.idempotency)
        found: dict[str, list[tuple[float, float]]] = {"batch": [], "look_up": []}
        for turn in range(args.rounds + 2):
            batches = [
                [work(f"t{unit}", turn * args.batches + n) for unit in range(args.units)] for n in range(args.batches)
            ]

            async def write(n: int, batches: list[list[Work]] = batches) -> None:
                verdicts = await database.writer.write(batches[n])
                if verdicts != [Outcome.COMMITTED] * args.units:
                    raise SystemExit(f"not written: {verdicts}")

            found["batch"].append(await timed(server.pid, args.batches, write))
            found["look_up"].append(
                await timed(
                    server.pid, args.batches, lambda n: database.reader.load(things, "id", f"t{n % args.units}")
                )
            )
        await database.close()
    return {"units": args.units} | {
        name: {
            "client_us": round(statistics.median(client for client, _ in rounds[2:])),
            "server_us": round(statistics.median(server for _, server in rounds[2:])),
            "both_us": round(statistics.median(map(sum, rounds[2:]))),
        }
        for name, rounds in found.items()
    }


def main() -> None:
    """Read the wishes, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--units", type=int, default=1, help="units of work in a batch")
    print(json.dumps(uvloop.run(measure(parser.parse_args()))))


if __name__ == "__main__":
    main()
