"""Lists of returns and orders over 100,000 returns: every filter, search and order, its first page and a deep page.

`python benchmarks/lists.py [--returns 100000] [--engine postgresql|sqlite|both] [--rounds 40] [--most 100]`. One JSON
line for each engine: for each list the p95 and the CPU of a call in milliseconds (query, view and JSON; of the service
and of its database). Exit status 1 when a p95 is above `--most`; with `--cpu` the CPU decides, for a machine that is
shared. PostgreSQL is a database of its own on `RETOUR_TEST_POSTGRES_URL`, SQLite a file.
The rows are copies of a return that went through the service.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple, Self
from urllib.parse import quote
from uuid import uuid4

import httpx2
import psycopg

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import load
from service_requests.adapters.tables import common, metadata
from service_requests.app import RECIPE, build
from service_requests.settings import Settings
from shared.database.database import open_database
from shared.database.migrating import migrate
from shared.database.types import UtcDateTime
from shared.kernel.ids import write_id
from shared.kernel.principal import Kind, Principal, Role
from shared.messaging.bus_in_process import InProcessBus
from shared.runtime.clock import new_id
from shared.runtime.memory import settle_down
from shared.web.internal_token import InternalTokens
from shared.web.query.pages import Place
from tests.support.sealing import Sealing

SECRET: Final = "lists-benchmark-internal-key-0123456789"  # noqa: S105  # of this process only
POSTGRES: Final = os.environ.get("RETOUR_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
AGENT: Final = Principal(Kind.STAFF, "bench", frozenset({Role.AGENT}))
SHOP: Final = Principal(
    Kind.SYSTEM,
    "bench",
    frozenset({Role.STOREFRONT}),
    frozenset({"orders:write", "orders:read", "returns:write", "returns:read"}),
)
TINY: Final = Principal(Kind.SYSTEM, "tiny", SHOP.roles, SHOP.scopes | {"storefront:tiny"})
FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)

STATUSES: Final[Mapping[str, float]] = {
    "closed": 70, "refused": 8, "cancelled": 6, "lapsed": 4, "approved": 5, "shipped": 3, "received": 1.5,
    "refunding": 1, "in_review": 0.5, "inspected": 0.4, "refunded": 0.4, "awaiting_person": 0.2,
}  # fmt: skip
PROMISING: Final = frozenset({"approved", "received", "refunding", "in_review"})
STOREFRONTS: Final[Mapping[str, float]] = {"shop": 80, "eu": 15, "outlet": 4.9, "tiny": 0.1}
TAGS: Final[Mapping[str, float]] = {"vip": 0.2, "check": 0.02, "fraud": 0.0005}
STEPS: Final = 6

Row = Sequence[Any]


def key(kind: str, number: int, at: datetime) -> str:
    """An id like ours, in the order of time."""
    return write_id(kind, (int(at.timestamp() * 1000) << 80) | number)


class Rows:
    """The rows of so many returns, table by table, from one order and one return that went through the service."""

    def __init__(self, order: Mapping[str, Any], return_: Mapping[str, Any], count: int) -> None:
        self._snapshot, self._state = json.dumps(order["snapshot"]), json.dumps(return_["state"])
        self._order, self._return, self._count = order, return_, count
        last = count - 1
        self.samples = {
            "order_id": key("order", last, FIRST + timedelta(minutes=3 * last)),
            "customer": f"cus-{last // 6}",
            "number": f"#{last + 1001}",
        }

    def __iter__(self) -> Iterator[tuple[str, Row]]:
        """Each row with its table; equal in every run."""
        dice = random.Random(7)
        for n in range(self._count):
            created = FIRST + timedelta(minutes=3 * n)
            updated = created + timedelta(minutes=dice.randrange(1, 60 * 24 * 20))
            order_id, return_id = key("order", n, created), key("ret", n, created)
            (status,) = dice.choices(list(STATUSES), list(STATUSES.values()))
            (storefront,) = dice.choices(list(STOREFRONTS), list(STOREFRONTS.values()))
            number, customer, rma = f"#{n + 1001}", f"cus-{dice.randrange(self._count // 3)}", f"RT-{n:08d}-X"
            names = {self._order["id"]: order_id, self._return["id"]: return_id, self._order["customer_id"]: customer}
            state, snapshot = self._state, self._snapshot
            for old, new in names.items():
                state, snapshot = state.replace(old, new), snapshot.replace(old, new)
            promised = updated + timedelta(days=dice.randrange(-20, 20)) if status in PROMISING else None
            reference = f"ERP-{n}" if n % 10 == 0 else None
            yield "orders", (order_id, 1, 1, storefront, number, customer, snapshot, created)
            yield "returns", (
                return_id, 3, 2, status, rma, order_id, customer, state, created, updated, promised, reference,
                storefront, promised,
            )  # fmt: skip
            if n % 7:
                yield "return_parcels", (f"SF{n:010d}", return_id)
            for tag, share in TAGS.items():
                if dice.random() < share:
                    yield "return_tags", (return_id, tag)
            for step in range(1, STEPS + 1):
                says = '{"en": "Something happened.", "zh": "有了进展。"}'
                yield "return_steps", (return_id, step, "shipped", says, "service:bench", updated, None)


COLUMNS: Final = {
    name: [column.name for column in metadata.tables[name].columns]
    for name in ("orders", "returns", "return_parcels", "return_tags", "return_steps")
}


def fill_postgres(url: str, rows: Rows) -> None:
    """By COPY, one table after the other."""
    with psycopg.connect(url, autocommit=True) as connection:
        for table, columns in COLUMNS.items():
            with (
                connection.cursor() as cursor,
                cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
            ):
                for name, row in rows:
                    if name == table:
                        copy.write_row(row)
        connection.execute("VACUUM ANALYZE")


def fill_sqlite(path: Path, rows: Rows) -> None:
    """In one transaction."""
    with sqlite3.connect(path) as connection:
        for name, row in rows:
            values = [UtcDateTime.to_text(value) if isinstance(value, datetime) else value for value in row]
            connection.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", values)  # noqa: S608  # our own names


def lists(samples: Mapping[str, Any], count: int) -> Mapping[str, tuple[str, str, str, Principal]]:
    """By name: the path, its query, the order of the list, and who asks."""
    middle = (FIRST + timedelta(minutes=3 * count // 2)).isoformat().replace("+00:00", "Z")
    filters = {
        "all": "",
        "status, rare": "status=in_review",
        "status, common": "status=closed",
        "several states": "status=approved,shipped,received,awaiting_person",
        "storefront, common": "storefront=shop",
        "storefront, rare": "storefront=tiny",
        "storefront and status": "storefront=tiny&status=in_review",
        "overdue": "overdue=true",
        "not overdue": "overdue=false",
        "overdue of a storefront": "overdue=true&storefront=outlet",
        "created": f"created_since={middle}",
        "created before": f"created_before={middle}",
        "updated since": f"updated_since={middle}",
        "updated before": f"updated_before={middle}&status=refused",
        "tag, common": "tag=vip",
        "tag, rare": "tag=fraud",
        "tag and status": "tag=check&status=lapsed",
        "customer": f"customer_id={samples['customer']}",
        "order": f"order_id={samples['order_id']}",
        "order number": f"order_number={quote(samples['number'])}",
        "reference": f"external_reference=ERP-{count // 20 * 10}",
        "search: order number": f"q={quote(samples['number'].removeprefix('#'))}",
        "search: tracking number": f"q=sf{count - 2:010d}",
        "search: customer": f"q={samples['customer']}",
        "search: nothing": "q=no-such-thing",
        "with timelines": "expand=timeline",
        "with orders": "expand=order,timeline",
    }
    wanted = {
        f"{name}, {sort}": ("/v1/returns", f"{query}&sort={sort}".strip("&"), sort, AGENT)
        for name, query in filters.items()
        for sort in ("-created", "-updated", "updated", "due")
    }
    wanted |= {
        f"key of a storefront, {sort}": ("/v1/returns", f"sort={sort}", sort, TINY) for sort in ("-created", "updated")
    }
    orders = {
        "all": "",
        "number": f"number={quote(samples['number'])}",
        "customer": f"customer_id={samples['customer']}",
        "storefront": "storefront=shop",
        "rare storefront": "storefront=tiny",
        "created": f"created_since={middle}",
    }
    return wanted | {f"orders: {name}": ("/v1/orders", query, "-created", AGENT) for name, query in orders.items()}


def deep(sort: str, path: str, count: int) -> str:
    """A cursor behind nine tenths of everything."""
    kind = "order" if path == "/v1/orders" else "ret"
    share = count * 9 // 10 if sort in ("updated", "created", "due") else count // 10
    return Place(FIRST + timedelta(minutes=3 * share), key(kind, share, FIRST)).cursor(sort)


class Service:
    """The service in this process, asked as the gateway asks."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._service = build(
            Settings(database_url=url, internal_key=SECRET), open_database(url, common), InProcessBus()
        )
        self._tokens = InternalTokens("requests", SECRET)
        self._http = httpx2.AsyncClient(transport=Sealing(self._service.app, self._tokens), base_url="http://requests")

    async def __aenter__(self) -> Self:
        await self._service.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._service.stop()

    async def call(self, method: str, path: str, by: Principal, body: Any = None) -> Any:
        """What a 2xx holds."""
        headers = {"Authorization": f"Bearer {self._tokens.token(by)}", "Idempotency-Key": uuid4().hex}
        answer = await self._http.request(method, path, json=body, headers=headers)
        if not answer.is_success:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
        return answer.json()

    async def template(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The rows of an order and of a return that is on its way."""
        order = await self.call("POST", "/v1/orders", SHOP, load.an_order(f"cus-{uuid4().hex[:8]}"))
        line = {"line_id": order["lines"][0]["line_id"], "quantity": 1, "reason": "changed_mind"}
        wish = {"order_id": order["id"], "lines": [line | {"condition": "unopened"}]}
        asked = await self.call("POST", "/v1/returns", SHOP, wish)
        parcel = {"carrier": "sf", "tracking_number": "SF1234567890"}
        await self.call("POST", f"/v1/returns/{asked['id']}/shipments", SHOP, parcel)
        tables, reader = metadata.tables, self._service.database.reader
        (order_row,) = await reader.load(tables["orders"], "id", order["id"])
        (return_row,) = await reader.load(tables["returns"], "id", asked["id"])
        return order_row, return_row

    async def measured(self, path: str, by: Principal, rounds: int) -> "Taken":
        """So many calls after one that is not counted."""
        await self.call("GET", path, by)
        taken, backends = [], await self._backends()
        before = time.process_time() + cpu_seconds(backends)
        for _ in range(rounds):
            begun = time.perf_counter()
            await self.call("GET", path, by)
            taken.append((time.perf_counter() - begun) * 1000)
        used = time.process_time() + cpu_seconds(backends) - before
        return Taken(round(statistics.quantiles(taken, n=20)[-1], 1), round(used / rounds * 1000, 1))

    async def _backends(self) -> Sequence[int]:
        """The processes that PostgreSQL has for this service; none with SQLite."""
        if not self._url.startswith("postgresql"):
            return ()
        wanted = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        async with await psycopg.AsyncConnection.connect(self._url) as connection:
            return [pid for (pid,) in await (await connection.execute(wanted)).fetchall()]


class Taken(NamedTuple):
    """What a list takes, in milliseconds."""

    p95: float
    cpu: float


def cpu_seconds(processes: Sequence[int]) -> float:
    """What these processes have used; one that has ended counts nothing."""
    ticks = 0
    for process in processes:
        with contextlib.suppress(OSError):
            used = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += int(used[11]) + int(used[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def database(engine: str) -> AsyncIterator[str]:
    """The URL of an empty database with our tables."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'lists.db'}"
            await asyncio.to_thread(migrate, url, RECIPE.migrations, RECIPE.metadata)
            yield url
        return
    name = f"retour_lists_{new_id('db')[-10:].lower()}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            url = POSTGRES.rpartition("/")[0] + f"/{name}"
            await asyncio.to_thread(migrate, url, RECIPE.migrations, RECIPE.metadata)
            yield url
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


async def measure(engine: str, args: argparse.Namespace) -> bool:
    """Whether every list is fast enough."""
    async with database(engine) as url:
        async with Service(url) as service:
            rows = Rows(*await service.template(), args.returns)
        begun = time.perf_counter()
        if engine == "sqlite":
            fill_sqlite(Path(url.removeprefix("sqlite:///")), rows)
        else:
            fill_postgres(url, rows)
        filled = time.perf_counter() - begun
        found: dict[str, Taken] = {}
        async with Service(url) as service:
            settle_down()  # as every process of Retour does
            for name, (path, query, sort, by) in lists(rows.samples, args.returns).items():
                found[name] = await service.measured(f"{path}?{query}", by, args.rounds)
                further = f"{query}&cursor={deep(sort, path, args.returns)}".strip("&")
                found[f"{name}, deep"] = await service.measured(f"{path}?{further}", by, args.rounds)
    which = Taken._fields.index("cpu" if args.cpu else "p95")
    slow = {name: taken for name, taken in found.items() if taken[which] > args.most}
    worst = max(found, key=lambda name: found[name][which])
    print(
        json.dumps(
            {
                "benchmark": "lists",
                "engine": engine,
                "returns": args.returns,
                "filled_s": round(filled, 1),
                "lists": len(found),
                "worst": {worst: found[worst]._asdict()},
                "above": {name: taken._asdict() for name, taken in slow.items()},
                "p95_and_cpu_ms": found,
            },
            ensure_ascii=False,
        )
    )
    return not slow


async def main() -> int:
    """Every engine that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--returns", type=int, default=100_000)
    parser.add_argument("--engine", choices=("postgresql", "sqlite", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--most", type=float, default=100, help="milliseconds that the p95 of a list may take")
    parser.add_argument("--cpu", action="store_true", help="the CPU of a call decides, not its time")
    args = parser.parse_args()
    engines = ("postgresql", "sqlite") if args.engine == "both" else (args.engine,)
    return 0 if all([await measure(engine, args) for engine in engines]) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
