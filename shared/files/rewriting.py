"""Checks whether a file is accepted by reading all of it, and writes a new file of what was read.

A process of its own does this for each file (`decoder.py`), with limits on memory, processor time and duration. A
process that exceeds a limit ends; its file is refused, and this process goes on.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path
from typing import Any, Final

import structlog

from shared.files.errors import (
    ActiveDocument,
    DamagedFile,
    EmptyFile,
    EncryptedDocument,
    TooDemanding,
    TooManyFrames,
    TooManyPages,
    TooManyPixels,
    UnfitFile,
    UnknownFileType,
)
from shared.kernel.errors import Unavailable

log = structlog.get_logger(__name__)

PROGRAM: Final = Path(__file__).with_name("decoder.py")
ENVIRONMENT: Final = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}
"""The whole environment of the process. Each arena reserves memory that counts against the limit."""
SAID_BYTES: Final = 4_096
ENDED_BY_A_LIMIT: Final = frozenset({-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT})

REFUSED: Final[Mapping[str, Callable[..., UnfitFile]]] = {
    "active": ActiveDocument,
    "demanding": TooDemanding,
    "empty": EmptyFile,
    "encrypted": EncryptedDocument,
    "frames": TooManyFrames,
    "pages": TooManyPages,
    "pixels": TooManyPixels,
    "unknown": UnknownFileType,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodingLimits:
    """Limits for one file: pixels of a picture, frames, pages of a document; bytes of memory and of the new file."""

    pixels: int = 60_000_000
    frames: int = 1
    pages: int = 100
    memory: int = 1024 * 1024 * 1024
    written: int = 64 * 1024 * 1024
    cpu_seconds: int = 15
    wall_seconds: float = 20.0


class Rewriter:
    """Rewrites files, a limited number at the same time; others wait."""

    def __init__(self, limits: DecodingLimits | None = None, *, at_once: int = 2) -> None:
        self._limits = limits or DecodingLimits()
        self._places = asyncio.Semaphore(at_once)

    async def rewrite(self, source: Path, target: Path) -> str:
        """Write the contents of `source` to `target`; the media type. Raises `UnfitFile`."""
        async with self._places:
            said, code = await self._run(source, target)
        kind, result = said.get("kind"), {name: value for name, value in said.items() if name != "kind"}
        if "media_type" in result and code == 0:
            return str(result["media_type"])
        refused = REFUSED.get(result.pop("refused", ""))
        if refused is not None:
            raise refused(**result)
        if code in ENDED_BY_A_LIMIT:
            raise TooDemanding
        if kind is None:
            log.error("decoder_does_not_start", code=code)
            raise Unavailable("files")
        raise DamagedFile(kind=kind)

    async def _run(self, source: Path, target: Path) -> tuple[dict[str, Any], int]:
        """The output of the process and its exit status."""
        with FileIO(source) as file:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                str(PROGRAM),
                json.dumps(asdict(self._limits)),
                str(target),
                stdin=file,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=ENVIRONMENT,
            )
        said = b""
        try:
            async with asyncio.timeout(self._limits.wall_seconds):
                said = await _read(process)
                await process.wait()
        except TimeoutError:
            pass
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return _parsed(said), process.returncode or 0


async def _read(process: asyncio.subprocess.Process) -> bytes:
    parts = []
    if process.stdout is not None:
        while part := await process.stdout.read(SAID_BYTES):
            parts.append(part)
            if sum(map(len, parts)) > SAID_BYTES:
                break
    return b"".join(parts)[:SAID_BYTES]


def _parsed(said: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in said.splitlines():
        found |= json.loads(line)
    return found
