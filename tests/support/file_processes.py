"""The file service and its gateway as processes, and one large file sent there and back; what that took."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import httpx2

from tests.support import memory
from tests.support.gateway import ADMIN

ROOT: Final = Path(__file__).parents[2]
BLOCK: Final = os.urandom(1_000_000)


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds there and back, and by how many bytes each process grew at most."""

    up_seconds: float
    down_seconds: float
    grown: dict[str, int]


@asynccontextmanager
async def process(*arguments: str) -> AsyncIterator[tuple[int, str]]:
    """A part of it as a process: its id and its address. It ends with us."""
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.support.file_service",
        *arguments,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert started.stdin is not None
    assert started.stdout is not None
    try:
        address = await _address(started.stdout)
        yield started.pid, address
    finally:
        started.stdin.close()
        await started.wait()


async def _address(lines: asyncio.StreamReader) -> str:
    """The address that the process says; what it logs before that is passed over."""
    async for line in lines:
        if line.startswith(b"http://"):
            return line.decode().strip()
    raise AssertionError("the process does not start")


@asynccontextmanager
async def processes(mode: str, folder: Path, front_url: str, service_url: str) -> AsyncIterator[dict[str, int]]:
    """One process, or two that speak HTTP; their ids by name, and the gateway's address as the last name."""
    async with AsyncExitStack() as stack:
        if mode == "embedded":
            pid, address = await stack.enter_async_context(process("both", str(folder), front_url, service_url))
            yield {"gateway and service": pid, address: 0}
            return
        service, inner = await stack.enter_async_context(process("service", str(folder), "", service_url))
        gateway, address = await stack.enter_async_context(process("gateway", str(folder), front_url, "", inner))
        yield {"gateway": gateway, "service": service, address: 0}


async def there_and_back(address: str, pids: dict[str, int], sizes: Sequence[int]) -> Took:
    """Send files of so many megabytes and read them back; the last one counts, those before warm up."""
    async with httpx2.AsyncClient(base_url=address, timeout=120) as client:
        signed = await client.post("/v1/auth/sessions", json={"email": ADMIN[0], "password": ADMIN[1]})
        headers = {"authorization": f"Bearer {signed.json()['token']}"}
        took = Took(0, 0, {})
        for size in sizes:
            before = {name: memory.forget_peak(pid) for name, pid in pids.items()}
            took = await _once(client, headers, size)
            took.grown.update({name: memory.peak(pid) - before[name] for name, pid in pids.items()})
        return took


async def _once(client: httpx2.AsyncClient, headers: dict[str, str], size: int) -> Took:
    digest = sha256()

    async def content() -> AsyncIterator[bytes]:
        for _ in range(size):
            digest.update(BLOCK)
            yield BLOCK

    length = {"content-length": str(size * len(BLOCK))}
    began = time.perf_counter()
    kept = await client.post("/v1/evidence", content=content(), headers=headers | length)
    assert kept.status_code == 200, kept.text
    assert kept.json()["sha256"] == digest.hexdigest()
    sent = time.perf_counter()
    back = sha256()
    async with client.stream("GET", f"/v1/evidence/{kept.json()['key']}", headers=headers) as answer:
        async for part in answer.aiter_bytes():
            back.update(part)
    assert back.hexdigest() == digest.hexdigest()
    return Took(sent - began, time.perf_counter() - sent, {})
