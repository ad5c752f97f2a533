"""Imported into a Retour under test: each batch of events waits a moment before it is handled.

`RETOUR_TEST_SLOW_EVENTS` is the average of that moment in seconds. A test that does not wait for what another service
has to hear fails then; otherwise it fails on a slow machine only. `make slow-events` runs the journeys like this.
"""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

from shared.messaging import bus_rabbitmq
from shared.messaging.bus_in_process import InProcessBus

SETTING: Final = "RETOUR_TEST_SLOW_EVENTS"


def _slow(handle: Callable[..., Awaitable[Any]], seconds: float) -> Callable[..., Awaitable[Any]]:
    async def handle_later(*parts: Any) -> Any:
        await asyncio.sleep(random.uniform(0, 2 * seconds))
        return await handle(*parts)

    return handle_later


def make_slow(seconds: float) -> None:
    """Events of this process wait from now on, whichever bus brings them."""
    bus_rabbitmq._handle = _slow(bus_rabbitmq._handle, seconds)  # type: ignore[assignment]
    InProcessBus._deliver = _slow(InProcessBus._deliver, seconds)  # type: ignore[assignment,method-assign]


if os.environ.get(SETTING):
    make_slow(float(os.environ[SETTING]))
