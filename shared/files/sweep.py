"""Removes files that no row refers to: their operation was refused, or its process was killed."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from shared.files.store import FileStore

log = structlog.get_logger(__name__)

Known = Callable[[Sequence[str]], Awaitable[Collection[str]]]
"""Which of these keys some row refers to."""

AGE: Final = timedelta(days=1)
LEAST_AGE: Final = timedelta(hours=1)
"""A younger file may belong to a row that is not committed yet."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How much was removed."""

    files: int
    remains: int


async def sweep(store: FileStore, known: Known, now: datetime, age: timedelta = AGE) -> Swept:
    """Remove every file older than `age` that `known` does not name, and what interrupted uploads have left."""
    if age < LEAST_AGE:
        raise ValueError(f"files younger than {LEAST_AGE} are never swept")
    moment = now - age
    files = 0
    async for keys in store.older_than(moment):
        referred = set(await known(keys))
        for key in keys:
            if key not in referred:
                await store.delete(key)
                files += 1
    swept = Swept(files, await store.remove_remains(moment))
    if swept.files or swept.remains:
        log.info("files_swept", files=swept.files, remains=swept.remains)
    return swept
