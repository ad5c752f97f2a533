"""A job that runs while a test looks on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from shared.runtime.loops import Heartbeat, Work
from tests.support.waiting import eventually


@asynccontextmanager
async def going_on(work: Work, name: str = "job") -> AsyncIterator[asyncio.Task[None]]:
    """The loop runs inside the block, and is cancelled after it."""

    async def run() -> None:
        await work(Heartbeat(name=name))

    task = asyncio.create_task(run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], object]) -> None:
    """Wait for a fact."""

    async def look() -> bool:
        return bool(condition())

    await eventually(look, seconds=120, every=0.001)


async def some_turns() -> None:
    """Everything that can happen without a wait has happened."""
    for _ in range(20):
        await asyncio.sleep(0)
