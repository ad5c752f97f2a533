"""Events to a browser as they happen (`text/event-stream`), with comments while nothing happens."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

from fastapi.sse import format_sse_event
from pydantic import BaseModel

EVENT_STREAM: Final = "text/event-stream"
QUIET_SECONDS: Final = 10.0
"""After so many seconds a comment is sent, so that no proxy closes the stream."""
ALIVE: Final = b": alive\n\n"


class Told(NamedTuple):
    """One event: its name, its data, and the id that a browser sends when it connects again."""

    name: str
    data: BaseModel
    id: str | None = None


async def written(events: AsyncIterator[Told], quiet: float = QUIET_SECONDS) -> AsyncIterator[bytes]:
    """Each event as bytes, at once."""
    coming = asyncio.ensure_future(anext(events, None))
    try:
        while True:
            await asyncio.wait([coming], timeout=quiet)
            if not coming.done():
                yield ALIVE
                continue
            event = coming.result()
            if event is None:
                return
            yield format_sse_event(event=event.name, data_str=event.data.model_dump_json(), id=event.id)
            coming = asyncio.ensure_future(anext(events, None))
    finally:
        coming.cancel()
