"""Health for orchestrators: the process answers, its loops are alive, it may get traffic."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Response
from pydantic_core import to_json

from gateway.entrypoints.identity.answers import NO_STORE
from shared.kernel.errors import Unavailable
from shared.runtime.loops import Loops


def routes(
    loops: Loops, ping: Callable[[], Awaitable[None]], numbers: Callable[[], Awaitable[bytes]] | None
) -> APIRouter:
    """`/healthz`, `/livez`, `/readyz`; `/metrics` only where the settings expose it (S-30)."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> Response:
        return _answer(200, {"status": "ok"})

    @router.get("/livez")
    async def livez() -> Response:
        return _answer(200, {"status": "ok"}) if loops.alive else _answer(503, {"status": "dead loop"})

    @router.get("/readyz")
    async def readyz() -> Response:
        try:
            async with asyncio.timeout(3):
                await ping()
        except (Unavailable, TimeoutError):
            return _answer(503, {"status": "not ready", "checks": {"database": "away"}})
        return _answer(200, {"status": "ok", "checks": {"database": "ok"}})

    if numbers is not None:
        _metrics(router, numbers)
    return router


def _metrics(router: APIRouter, numbers: Callable[[], Awaitable[bytes]]) -> None:
    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(await numbers(), 200, media_type="text/plain; version=0.0.4")


def _answer(status: int, body: dict[str, object]) -> Response:
    return Response(to_json(body), status, NO_STORE, "application/json")
