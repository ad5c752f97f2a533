"""A service of the tests' own that takes files in and answers with files, tables and events, behind a real gateway.

As a program it serves both in one process, or one of them: `PART FOLDER GATEWAY_DATABASE SERVICE_DATABASE [URL]`.
It prints its address once it listens.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel

from gateway.adapters.edge.transport import Transport
from gateway.adapters.edge.transport_http import HttpTransport
from gateway.adapters.edge.transport_in_process import InProcessTransport
from gateway.adapters.tables import common as gateway_tables
from gateway.app import Gateway, build
from service_inspection.adapters.publishing import publish
from service_inspection.adapters.tables import common
from service_inspection.adapters.unit_of_work import InspectionUnits
from shared.contracts.operations import OPERATIONS, Operation, Repeat, Service as Name
from shared.contracts.operations.operation import ADMIN
from shared.database.database import Database, open_database
from shared.database.repository import OutboxWriter
from shared.files.intake import Intake
from shared.files.rewriting import Rewriter
from shared.files.store_folder import FolderFileStore
from shared.messaging.bus_in_process import InProcessBus
from shared.messaging.inbox import Inbox
from shared.runtime.clock import new_id, now
from shared.web.call import AnyCall
from shared.web.event_stream import Told
from shared.web.service import RunningService, assemble
from tests.support.gateway import KEYS, served, settings

MB: Final = 1_000_000
LIMIT: Final = 250 * MB
PHOTO_LIMIT: Final = 2 * MB
NAME: Final = '照片 "1".jpg'


def own(method: str, path: str, repeat: Repeat = Repeat.SAFE, **bounds: Any) -> Operation:
    """An operation of the tests' own service, for administrators."""
    return Operation(method=method, path=path, service=Name.INSPECTION, roles=ADMIN, scope="", repeat=repeat, **bounds)


OWN: Final = (
    own("POST", "/v1/evidence", Repeat.NATURAL, body_limit=LIMIT, streamed_body=True),
    own("POST", "/v1/photos", Repeat.KEY, body_limit=PHOTO_LIMIT, streamed_body=True),
    own("POST", "/v1/notes", Repeat.NATURAL, body_limit=3 * MB),
    own("POST", "/v1/refusals", Repeat.NATURAL, body_limit=LIMIT, streamed_body=True),
    own("GET", "/v1/evidence/table", streamed_answer=True),
    own("GET", "/v1/evidence/events", streamed_answer=True),
    own("GET", "/v1/evidence/{key}", streamed_answer=True),
)
TABLE: Final = (
    *(operation for operation in OPERATIONS if operation.path.startswith(f"/v1/operations/{Name.INSPECTION}/")),
    *OWN,
)


class FileOut(BaseModel):
    """What was kept."""

    key: str
    media_type: str
    size: int
    sha256: str


class Note(BaseModel):
    """Text in a body that is read as a whole."""

    text: str


class Line(BaseModel):
    """What an event says."""

    text: str


@dataclass
class Evidence:
    """The operations, and what the tests hold of them."""

    folder: Path
    lines: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """A reader of events has gone."""
    started: asyncio.Event = field(default_factory=asyncio.Event)
    """The first bytes of an upload have come."""

    def __post_init__(self) -> None:
        self.store = FolderFileStore(self.folder / "kept")
        self.intake = Intake(self.store, Rewriter(), self.folder / "uploads")

    def names(self) -> list[str]:
        """Every file in the folder."""
        return sorted(each.name for each in self.folder.rglob("*") if each.is_file())

    def routes(self) -> APIRouter:
        """See `OWN`."""
        router = APIRouter(prefix="/v1")
        self._uploads(router)
        self._answers(router)
        return router

    def _uploads(self, router: APIRouter) -> None:
        @router.post("/evidence")
        async def keep(call: AnyCall) -> Response:
            async def watched() -> AsyncIterator[bytes]:
                async for part in call.parts():
                    self.started.set()
                    yield part

            return await call.read(self.store.put(new_id("file"), watched(), "image/png"), FileOut)

        @router.post("/photos")
        async def photo(call: AnyCall) -> Response:
            received = await self.intake.take(new_id("file"), call.parts())

            async def done(_unit: Any) -> Any:
                return received.file

            return await call.execute(done, FileOut, status=201)

        @router.post("/notes")
        async def note(call: AnyCall, body: Note) -> Response:
            async def count() -> Any:
                return FileOut(key="", media_type="", size=len(body.text), sha256="")

            return await call.read(count(), FileOut)

        @router.post("/refusals")
        async def refuse(call: AnyCall) -> Response:
            del call
            return await self._nothing()

    async def _nothing(self) -> Response:
        await self.store.stat("file_" + "0" * 26)
        return Response()

    def _answers(self, router: APIRouter) -> None:
        @router.get("/evidence/table")
        async def table(call: AnyCall) -> Response:
            async def rows() -> AsyncIterator[bytes]:
                while (line := await self.lines.get()) is not None:
                    yield line.encode() + b"\r\n"

            return call.send(rows(), "text/csv; charset=utf-8", name="表.csv")

        @router.get("/evidence/events")
        async def events(call: AnyCall) -> Response:
            async def lines() -> AsyncIterator[Told]:
                try:
                    while (line := await self.lines.get()) is not None:
                        yield Told("line", Line(text=line))
                finally:
                    self.left.set()

            return call.tell(lines())

        @router.get("/evidence/{key}")
        async def fetch(call: AnyCall, key: str) -> Response:
            found = await self.store.open(key)
            return call.send(found.parts, found.file.media_type, name=NAME, size=found.file.size)


def a_service(evidence: Evidence, database: Database) -> RunningService:
    """The service as every service is put together."""
    units = InspectionUnits(database.reader, OutboxWriter("inspection", publish, now, new_id))
    bus = InProcessBus()
    return assemble(
        Name.INSPECTION,
        version="0",
        secret=KEYS[Name.INSPECTION],
        database=database,
        bus=bus,
        units=units,
        inbox=Inbox(database, units, (), now, bus.patience),
        routers=(evidence.routes(),),
        jobs={},
        table=TABLE,
    )


def a_gateway(url: str, way: Transport, **but: Any) -> Gateway:
    """A gateway that knows one service."""
    ways: Mapping[Name, Transport] = dict.fromkeys(Name, way)
    return build(settings(**but), open_database(url, gateway_tables), ways, table=(*OPERATIONS, *OWN))


@contextlib.asynccontextmanager
async def running(parts: Iterable[Any]) -> AsyncIterator[None]:
    """Services and gateways, started and stopped."""
    async with contextlib.AsyncExitStack() as stack:
        for part in parts:
            await part.start()
            stack.push_async_callback(part.stop)
        yield


async def serve(part: str, folder: str, front_database: str, service_database: str, service_url: str = "") -> None:
    """One part of it, or both, until standard input ends."""
    started: list[Any] = []
    app: Any = None
    if part in ("both", "service"):
        service = a_service(Evidence(Path(folder)), open_database(service_database, common))
        started.append(service)
        app = service.app
        way: Transport = InProcessTransport(Name.INSPECTION, service.app)
    else:
        way = HttpTransport(Name.INSPECTION, service_url)
    if part in ("both", "gateway"):
        gateway = a_gateway(front_database, way)
        started.append(gateway)
        app = gateway.app
    async with running(started), served(app) as address:
        sys.stdout.write(address + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
