"""Passwords by Argon2id, outside the event loop, two at a time, with a bounded queue."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from shared.kernel.errors import TooManyRequests

T = TypeVar("T")

THREADS: Final = 2
WAITING: Final = 100
MEMORY_KIB: Final = 19_456
ROUNDS: Final = 2


class Argon2Passwords:
    """Memory and rounds are OWASP's minimum for Argon2id with one lane."""

    def __init__(self) -> None:
        self._hasher = PasswordHash((Argon2Hasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=1),))
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="password")
        self._waiting = 0
        self._other_hash: str | None = None

    async def hash(self, password: str) -> str:
        return await self._apart(self._hasher.hash, password)

    async def right(self, password: str, password_hash: str | None) -> bool:
        if self._other_hash is None:
            self._other_hash = await self.hash("nobody has this password")
        same = await self._apart(self._hasher.verify, password, password_hash or self._other_hash)
        return same and password_hash is not None

    async def _apart(self, work: Callable[..., T], *given: str) -> T:
        if self._waiting >= WAITING:
            raise TooManyRequests(5)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=True)
