"""A whole Retour on a day of the test's choosing: every part in this process, over one clock that the test sets.

Engine and bus are those of the mode. The clock goes on from where it was set, so that what waits is tried again. The
gateway has a clock of its own, which is never set: whoever has signed in stays signed in.
"""

import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx2

import gateway.app
import service_inspection.app
import service_notifications.app
import service_refunds.app
import service_requests.app
from gateway.adapters.edge.transport_in_process import InProcessTransport
from shared.contracts.envelope import Envelope
from shared.contracts.events import PUBLISHERS
from shared.contracts.operations import Service as Name
from shared.database.database import open_database
from shared.messaging.bus import PendingAcks, Subscription
from shared.messaging.bus_in_process import InProcessBus
from shared.messaging.bus_rabbitmq import RabbitBus
from shared.runtime.loops import Loops
from shared.web.service import RunningService
from tests.conftest import Engines
from tests.support.gateway import ADMIN, KEYS
from tests.support.waiting import eventually
from tests.support.world import Json, World, sign_everybody_in

HERE: Final = "http://127.0.0.1:1"


@dataclass(slots=True)
class DatedClock:
    """Shows the moment it was set to, and goes on from there."""

    moment: datetime
    set_at: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return self.moment + timedelta(seconds=time.monotonic() - self.set_at)

    def set(self, text: str) -> None:
        """It is that moment now, or later: the clock never goes back."""
        self.moment, self.set_at = max(datetime.fromisoformat(text), self()), time.monotonic()


@dataclass(slots=True)
class Dated:
    """The Retour with its clock. `page` reads as the administrator, signed in by the form."""

    world: World
    clock: DatedClock
    told: list[Envelope]
    """Every event that a service has published."""

    async def event(self, kind: str, return_id: str) -> Json:
        """What the newest event of this kind says about a return."""

        async def look() -> Json | None:
            found = [one for one in self.told if one.type == kind and one.correlationid == return_id]
            return found[-1].data if found else None

        return await eventually(look)

    async def page(self, path: str) -> str:
        """The HTML of a page of the console."""
        form = {"email": ADMIN[0], "password": ADMIN[1], "next": "/console"}
        answer = await self.world.http.post("/login", data=form, headers={"Origin": HERE})
        assert answer.status_code == 303, answer.text
        shown = await self.world.http.get(path, headers={"Accept-Language": "en"})
        assert shown.status_code == 200, shown.text
        return shown.text


@contextlib.asynccontextmanager
async def dated(mode: str, engines: Engines, vhost_url: str, folder: Path, text: str) -> AsyncIterator[Dated]:
    """Start everything at that moment, and stop it in the end."""
    clock = DatedClock(datetime.fromisoformat(text))
    shared_bus = InProcessBus() if mode == "embedded" else None
    services: dict[Name, RunningService] = {}
    loops = Loops()
    for app in (service_requests.app, service_inspection.app, service_refunds.app, service_notifications.app):
        recipe = app.RECIPE
        url = await engines.make(recipe.metadata, recipe.tables, word=recipe.name)
        more: dict[str, Any] = {"mail_url": f"file://{folder / 'outbox'}"} if recipe.name is Name.NOTIFICATIONS else {}
        settings = recipe.settings(database_url=url, internal_key=KEYS[recipe.name], **more)
        bus = shared_bus or RabbitBus(vhost_url, name=recipe.name)
        services[recipe.name] = app.build(settings, open_database(url, recipe.tables), bus, clock)
        if isinstance(bus, RabbitBus):
            bus.run_in(services[recipe.name].loops)
    recipe = gateway.app.RECIPE
    url = await engines.make(recipe.metadata, recipe.tables, word="gateway")
    said: dict[str, Any] = {
        "database_url": url,
        "token_key": "a-token-key-of-at-least-thirty-two-characters",
        "bootstrap_admin": ":".join(ADMIN),
        "public_url": HERE,
        "rate_per_minute": 1_000_000,
        **{f"{name}_key": KEYS[name] for name in Name},
    }
    front = gateway.app.build(
        recipe.settings(**said),
        open_database(url, recipe.tables),
        {name: InProcessTransport(name, service.app) for name, service in services.items()},
        DatedClock(clock.moment),
    )
    told: list[Envelope] = []
    async with contextlib.AsyncExitStack() as stack:
        _listen(shared_bus or RabbitBus(vhost_url, name="tests"), told, loops)
        loops.start()
        stack.push_async_callback(loops.stop)
        for service in services.values():
            await service.start()
            stack.push_async_callback(service.stop)
        await front.start()
        stack.push_async_callback(front.stop)
        transport = httpx2.ASGITransport(app=front.app)
        http = await stack.enter_async_context(httpx2.AsyncClient(transport=transport, base_url=HERE))
        yield Dated(await sign_everybody_in(mode, http, folder, ADMIN[1]), clock, told)


def _listen(bus: InProcessBus | RabbitBus, told: list[Envelope], loops: Loops) -> None:
    """Hear everything, as an outsider would."""

    async def handle(bodies: Sequence[bytes]) -> PendingAcks:
        told.extend(map(Envelope.decode, bodies))
        return ()

    async def keep_dead_letter(_body: bytes, reason: str) -> None:
        raise AssertionError(reason)

    bus.subscribe(Subscription("tests.witness", tuple(PUBLISHERS), handle, keep_dead_letter))
    bus.run_in(loops)
