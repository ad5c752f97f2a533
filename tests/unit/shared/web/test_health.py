"""What orchestrators are told: traffic only while database, bus and service are there, and loops are alive."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI

from gateway.entrypoints.edge import health as of_the_gateway
from shared.kernel.errors import Unavailable
from shared.messaging.bus_rabbitmq import RabbitBus
from shared.runtime.loops import Heartbeat, Loops
from shared.web import health as of_a_service
from tests.support.world import free_port

Check = Callable[[], Awaitable[None]]


async def there() -> None:
    return None


async def away() -> None:
    raise Unavailable("database")


async def silent() -> None:
    await asyncio.Event().wait()


class Server:
    """A database or a bus: `ping` and `check` end as they were told to."""

    def __init__(self, check: Check) -> None:
        self.ping = self.check = check
        self.engine = self

    async def text(self) -> bytes:
        """The numbers."""
        return b"numbers 1\n"


def a_service(database: Check = there, bus: Check = there, ready: Check | None = there, loops: Any = None) -> APIRouter:
    one, other, numbers = (Server(check) for check in (database, bus, there))
    made: Any = of_a_service.health(loops or Loops(), one, other, numbers, ready)  # type: ignore[arg-type]
    return made  # type: ignore[no-any-return]


async def ask(router: APIRouter, path: str) -> httpx2.Response:
    app = FastAPI()
    app.include_router(router)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://x") as http:
        return await http.get(path)


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three seconds are a moment."""
    real = asyncio.timeout
    monkeypatch.setattr(asyncio, "timeout", lambda seconds: real(seconds / 100))


@pytest.mark.parametrize("trouble", [away, silent], ids=["away", "silent"])
@pytest.mark.parametrize("part", ["database", "bus", "service"])
async def test_a_service_without_one_of_its_parts_gets_no_traffic_and_says_which(part: str, trouble: Check) -> None:
    """The others are looked at all the same; it is not killed for it."""
    router = a_service(**{"ready" if part == "service" else part: trouble})
    answer = await ask(router, "/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    checks = answer.json()["checks"]
    assert checks.keys() == {"database", "bus", "service"}
    assert {name for name, said in checks.items() if said != "ok"} == {part}
    assert answer.headers["cache-control"] == "no-store"
    for path in ("/healthz", "/livez"):
        assert (await ask(router, path)).status_code == 200


async def test_a_service_with_all_its_parts_gets_traffic() -> None:
    whole = await ask(a_service(), "/readyz")
    assert (whole.status_code, whole.json()) == (
        200,
        {"status": "ok", "checks": {"database": "ok", "bus": "ok", "service": "ok"}},
    )
    assert (await ask(a_service(ready=None), "/readyz")).json()["checks"] == {"database": "ok", "bus": "ok"}


async def test_a_broker_that_nobody_is_at_is_away() -> None:
    """The bus of the distributed mode, asked for real."""
    bus = RabbitBus(f"amqp://guest:guest@127.0.0.1:{free_port()}/", name="nobody")
    answer = await ask(a_service(bus=bus.check), "/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "bus": answer.json()["checks"]["bus"], "service": "ok"}
    assert answer.json()["checks"]["bus"] != "ok"


@pytest.mark.parametrize("trouble", [away, silent], ids=["away", "silent"])
async def test_a_gateway_without_its_database_gets_no_traffic(trouble: Check) -> None:
    router = of_the_gateway.routes(Loops(), trouble, None)
    answer = await ask(router, "/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (503, {"database": "away"})
    for path in ("/healthz", "/livez"):
        assert (await ask(router, path)).status_code == 200
    assert (await ask(of_the_gateway.routes(Loops(), there, None), "/readyz")).status_code == 200


class DeadLoops:
    """One of two loops has not been round for too long."""

    alive = False

    def __init__(self) -> None:
        self.heartbeats = {name: Heartbeat(name=name) for name in ("relay", "sweep")}


async def test_a_process_with_a_dead_loop_is_to_be_started_again() -> None:
    """503 by `/livez` alone."""
    loops: Any = DeadLoops()
    for router in (a_service(loops=loops), of_the_gateway.routes(loops, there, None)):
        answer = await ask(router, "/livez")
        assert (answer.status_code, answer.json()["status"]) == (503, "dead loop")
        for path in ("/healthz", "/readyz"):
            assert (await ask(router, path)).status_code == 200
    assert (await ask(a_service(loops=loops), "/livez")).json()["loops"].keys() == {"relay", "sweep"}


async def test_numbers_are_shown_by_a_service_and_by_the_gateway_only_where_it_is_told_to() -> None:
    """S-30."""
    numbers = Server(there).text
    assert (await ask(a_service(), "/metrics")).content == b"numbers 1\n"
    assert (await ask(of_the_gateway.routes(Loops(), there, numbers), "/metrics")).content == b"numbers 1\n"
    assert (await ask(of_the_gateway.routes(Loops(), there, None), "/metrics")).status_code == 404
