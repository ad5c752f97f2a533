"""A connection that came to nothing leaves nothing behind."""

import asyncio
import gc
import logging
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.kernel.errors import Unavailable
from shared.messaging.bus_rabbitmq import RabbitBus


def test_a_broker_that_is_away_leaves_nothing_to_the_garbage_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    """aio-pika's own `connect` does: it is closed by a task in any loop that runs, or by a coroutine nobody awaits."""
    ignored: list[Any] = []
    said: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", ignored.append)
    # What pytest has seen logged keeps the traceback, and that the connection.
    monkeypatch.setattr(logging.getLogger("aiormq.connection"), "disabled", True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    def try_in_vain() -> None:
        loop = asyncio.new_event_loop()
        try:
            bus = RabbitBus(f"amqp://127.0.0.1:{port}/none", name="test")
            try:
                loop.run_until_complete(bus.declare())
            except Unavailable as error:
                said.append(str(error))
            gc.collect()
        finally:
            loop.close()

    with ThreadPoolExecutor(1) as apart:
        apart.submit(try_in_vain).result()
    assert len(said) == 1
    assert not ignored
