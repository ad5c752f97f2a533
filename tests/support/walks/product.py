"""A whole Retour in one process whose loops a walk turns by hand: nothing happens by itself, and no clock runs."""

import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx2
from sqlalchemy import create_engine

import service_inspection.app
import service_notifications.app
import service_refunds.app
import service_requests.app
from shared.database.committer import CommitResult
from shared.database.database import open_database
from shared.database.reader import Row
from shared.database.work import Outcome, Work
from shared.kernel.errors import RetourError
from shared.kernel.principal import Kind, Principal, Role
from shared.messaging.inbox import Inbox
from shared.messaging.relay import Relay
from shared.runtime import clock
from shared.runtime.clock import new_id
from shared.runtime.due_work import DueWork
from shared.web.internal_token import InternalTokens
from shared.web.service import RunningService
from tests.support.sealing import Sealing
from tests.support.walks.letters import LetterBook
from tests.support.walks.logs import errors_in
from tests.support.walks.outside import MailServer, Provider, RandomBus

Json = dict[str, Any]

START: Final = datetime(2026, 1, 6, 8, 0, tzinfo=UTC)
SECRET: Final = "walks-internal-key-0123456789-0123456789"
ROUNDS: Final = 400
"""After so many rounds at one moment the product must be at rest."""

SERVICES: Final = {
    "requests": service_requests.app,
    "inspection": service_inspection.app,
    "refunds": service_refunds.app,
    "notifications": service_notifications.app,
}
SERVICE_OF: Final = {
    "orders": "requests", "returns": "requests",
    "receipts": "inspection", "inspections": "inspection", "discrepancies": "inspection",
    "refunds": "refunds", "finance": "refunds", "ledger": "refunds",
    "messages": "notifications", "contacts": "notifications",
}  # fmt: skip

_SHOP_SCOPES: Final = frozenset({"orders:write", "orders:read", "returns:write", "returns:read", "contacts:write"})


def staff(name: str, role: Role) -> Principal:
    return Principal(Kind.STAFF, name, frozenset({role}))


PEOPLE: Final[Mapping[str, Principal]] = {
    "shop": Principal(Kind.SYSTEM, "shop", frozenset({Role.STOREFRONT}), _SHOP_SCOPES),
    "agent": staff("agent", Role.AGENT),
    "finance": staff("finance", Role.FINANCE),
    "second": staff("second", Role.FINANCE),
    "operator": staff("operator", Role.OPERATOR),
    "dock": Principal(Kind.DEVICE, "dock", frozenset({Role.DEVICE}), warehouse="WH-1"),
}


class Broken(AssertionError):
    """A promise of the product was not kept."""


@dataclass
class CountingWriter:
    """Writes without another thread, and counts how often, so that jobs need not look when nothing was written."""

    writer: Any
    number: int = 0
    note: Callable[[Work], None] | None = None
    """Is told of every unit of work that was committed."""

    async def write(self, works: Sequence[Work]) -> Sequence[CommitResult]:
        """See `Writer.write`."""
        self.number += 1
        results: Sequence[CommitResult] = self.writer._write(works)
        if self.note is not None:
            for work, result in zip(works, results, strict=True):
                if result is Outcome.COMMITTED:
                    self.note(work)
        return results


@dataclass
class Product:
    """The running product. `moment` is its clock; `at_rest` turns its loops until nothing happens any more."""

    bus: RandomBus
    provider: Provider
    mail: MailServer
    moment: datetime = START
    services: dict[str, RunningService] = field(default_factory=dict)
    clients: dict[str, httpx2.AsyncClient] = field(default_factory=dict)
    tokens: dict[str, InternalTokens] = field(default_factory=dict)
    work: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """What runs in each loop of each service."""
    writers: dict[str, CountingWriter] = field(default_factory=dict)
    letters: LetterBook = field(default_factory=LetterBook)
    errors: list[str] = field(default_factory=list)
    """Lines of level error or worse that no walk has provoked."""
    calls: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    _seen: dict[str, tuple[datetime, int]] = field(default_factory=dict)

    def clock(self) -> datetime:
        return self.moment

    def passes(self, **time: float) -> None:
        self.moment += timedelta(**time)

    async def call(self, who: str | Principal, method: str, path: str, body: Any = None) -> httpx2.Response:
        """One request straight to the service of this path. `Broken` for an answer of 500 and above."""
        words = path.partition("?")[0].split("/")
        service = SERVICE_OF.get(words[2]) or words[3]
        principal = PEOPLE[who] if isinstance(who, str) else who
        headers = {"Authorization": f"Bearer {self.tokens[service].token(principal)}"}
        if method != "GET":
            headers["Idempotency-Key"] = new_id("key")
        answer = await self.clients[service].request(method, path, json=body, headers=headers)
        self.calls += 1
        if answer.status_code >= 500:
            raise Broken(f"{method} {path} {body}: {answer.status_code} {answer.text[:500]}")
        if answer.status_code >= 400:
            code = f"{method} {path.split('/')[2]}/{path.rpartition('/')[2][:16]} {answer.json().get('code')}"
            if method != "GET":
                self.refused[code] = self.refused.get(code, 0) + 1
        return answer

    async def get(self, who: str | Principal, path: str) -> Any:
        """The document; None for a 404."""
        answer = await self.call(who, "GET", path)
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise Broken(f"GET {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json()

    def begin_at(self, moment: datetime) -> None:
        """The next walk begins: nothing is left of the outages and the deliveries of the one before it."""
        self.moment = moment
        self.provider.plan.clear()
        self.provider.away = False
        self.mail.answers, self.mail.taken = "250", []
        self.letters.entries.clear()
        self.errors.clear()
        self.bus.let_go()
        for queue in self.bus.queues:
            queue.handled.clear()
        self.work["notifications"]["carry"].do.__self__.accepted.last_at = None
        self._seen.clear()

    async def at_rest(self) -> None:
        """Relays, consumers and jobs have done all that they can do at this moment."""
        refusing: set[str] = set()
        for _ in range(ROUNDS):
            moved = await self.bus.deliver()
            for name in self.services:
                moved += await self._serve(name, refusing)
            if not moved:
                return
        raise Broken(f"the product does not come to rest at {self.moment}")

    async def _serve(self, name: str, refusing: set[str]) -> int:
        """Relay, jobs and parked events of a service, once; what they did.

        After they had nothing to do they look again when something was written or time has passed.
        """
        written = (self.moment, self.writers[name].number)
        if self._seen.get(name) == written:
            return 0
        relay: Relay = self.work[name]["relay"]
        inbox: Inbox[Any] = self.work[name]["sweep"]
        moved = await relay.publish_once()
        for job in JOBS[name]:
            moved += await self._turn(self.work[name][job], refusing)
        rows = await inbox.parking.due()
        if rows:
            await inbox.try_again(rows)
        if not moved and not rows:
            self._seen[name] = written
        return moved + len(rows)

    async def _turn(self, job: "DueWork[Any]", refusing: set[str]) -> int:
        items = {job.key(item): item for item in await job.find(100)} if job.find is not None else {}
        if job.first is not None:
            items |= {job.key(item): item for item in job.first.take(100)}
        moved = 0
        for key, item in items.items():
            about = f"{job.name} {key}"
            if about in refusing:
                continue
            moved += 1
            try:
                await job.do(item)
            except RetourError:
                refusing.add(about)
        return moved


JOBS: Final[Mapping[str, Sequence[str]]] = {
    "requests": ("watch",),
    "inspection": ("notice overdue inspections", "match waiting posts"),
    "refunds": ("executor", "janitor", "recovery"),
    "notifications": ("carry", "deliver"),
}


def _read_at_once(reader: Any) -> None:
    """A walk reads thousands of rows, one after the other; a way to another thread and back costs more than a query."""

    async def ask(sql: str, values: Sequence[Any], decode: Mapping[Any, Any]) -> Sequence[Row]:
        found: Sequence[Row] = reader._read(sql, values, decode)
        return found

    reader.ask = ask


@contextlib.contextmanager
def ids_in_order() -> Iterator[None]:
    """New ids are numbers that grow, so that lists have the same order each time that a walk is made."""
    made = itertools.count(0x019B_0000_0000 << 80)
    before = vars(clock)["uuid7"]
    vars(clock)["uuid7"] = lambda: UUID(int=next(made))
    try:
        yield
    finally:
        vars(clock)["uuid7"] = before


@contextlib.asynccontextmanager
async def running_product(folder: Path) -> AsyncIterator[Product]:
    """Build the four services over SQLite files in this folder, with loops that only a walk turns."""
    with ids_in_order(), errors_in() as errors:
        async with _built(folder) as product:
            product.errors = errors
            yield product


@contextlib.asynccontextmanager
async def _built(folder: Path) -> AsyncIterator[Product]:
    bus, provider, mail = RandomBus(), Provider(), MailServer()
    product = Product(bus, provider, mail)
    for name, module in SERVICES.items():
        url = f"sqlite:///{folder / name}.db"
        engine = create_engine(url)
        module.RECIPE.metadata.create_all(engine)
        engine.dispose()
        outside: dict[str, Json] = {"refunds": {"provider": provider}, "notifications": {"mail": mail}}
        more = outside.get(name, {})
        said: Json = {"notifications": {"mail_url": f"file://{folder}"}}.get(name, {})
        settings = module.RECIPE.settings(database_url=url, internal_key=SECRET, **said)
        database = open_database(url, module.RECIPE.tables)
        service = module.build(settings, database, bus, product.clock, **more)
        product.services[name] = service
        product.tokens[name] = InternalTokens(name, SECRET)
        transport = Sealing(service.app, product.tokens[name])
        product.clients[name] = httpx2.AsyncClient(transport=transport, base_url=f"http://{name}")
        _read_at_once(database.engine.reader)
        product.work[name] = {loop: work.__self__ for loop, work in service.loops._work.items()}
        product.writers[name] = database.committer._writer = CountingWriter(database.committer._writer)
        service.loops.keep_only("commit")
        await service.start()
    product.writers["notifications"].note = product.letters.note
    try:
        yield product
    finally:
        for service in product.services.values():
            await service.stop()
        for client in product.clients.values():
            await client.aclose()
