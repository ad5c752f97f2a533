"""Health for orchestrators: the process answers, its loops are alive, it may get traffic; metrics for Prometheus."""

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response
from pydantic_core import to_json

from shared.database.database import Database
from shared.kernel.errors import Unavailable
from shared.messaging.bus import Bus
from shared.runtime.loops import Loops
from shared.telemetry.metrics import Metrics


def health(
    loops: Loops, database: Database, bus: Bus, metrics: Metrics, ready: Callable[[], Any] | None = None
) -> APIRouter:
    """`/healthz` (the process answers), `/livez` (every loop is alive), `/readyz` (database, bus), `/metrics`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> Response:
        return _answer(200, {"status": "ok"})

    @router.get("/livez")
    async def livez() -> Response:
        found = {
            heartbeat.name: {"alive": heartbeat.alive, "age_s": round(heartbeat.age, 1), "restarts": heartbeat.restarts}
            for heartbeat in loops.heartbeats.values()
        }
        return _answer(200 if loops.alive else 503, {"status": "ok" if loops.alive else "dead loop", "loops": found})

    @router.get("/readyz")
    async def readyz() -> Response:
        checks: dict[str, str] = {}
        for name, check in (("database", database.engine.ping), ("bus", bus.check), ("service", ready)):
            if check is None:
                continue
            try:
                async with asyncio.timeout(3):
                    await check()
                checks[name] = "ok"
            except (Unavailable, TimeoutError) as error:
                checks[name] = str(error) or "no answer in 3 s"
        good = all(said == "ok" for said in checks.values())
        return _answer(200 if good else 503, {"status": "ok" if good else "not ready", "checks": checks})

    @router.get("/metrics")
    async def numbers() -> Response:
        return Response(await metrics.text(), 200, media_type="text/plain; version=0.0.4")

    return router


def _answer(status: int, body: dict[str, Any]) -> Response:
    return Response(to_json(body), status, {"Cache-Control": "no-store"}, "application/json")
