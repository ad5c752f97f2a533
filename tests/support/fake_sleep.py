"""Pauses that take no time."""

import asyncio
from typing import Any


class FakeSleep:
    """In place of a module's `asyncio`: its pauses are noted and not slept; everything else is asyncio's own."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        """Others have their turn, no more."""
        self.seconds.append(seconds)
        await asyncio.sleep(0)
