"""The HTTP server that every process listens with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import socket
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp

from shared.runtime.memory import settle_down
from shared.web.http_protocol import HttpProtocol, cut_the_late

GRACE_SECONDS: Final = 20
LOOK_ROUND_SECONDS: Final = 1


class Server(uvicorn.Server):
    """uvicorn that reports when it listens, and returns when it is stopped instead of raising the signal again."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], Any] = lambda: None) -> None:
        super().__init__(config)
        self._listening = listening
        config.callback_notify = self._look_round
        config.timeout_notify = LOOK_ROUND_SECONDS

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._listening()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    async def _look_round(self) -> None:
        cut_the_late(self.server_state.connections)


def configuration(app: ASGIApp, host: str, port: int, **other: Any) -> uvicorn.Config:
    """The configuration of uvicorn for an app; `other` replaces some of its settings."""
    settings: dict[str, Any] = {
        "loop": "uvloop",
        "http": HttpProtocol,
        "ws": "none",
        "lifespan": "off",
        "access_log": False,
        "log_config": None,
        "proxy_headers": False,
        "server_header": False,
        "date_header": False,
        "timeout_keep_alive": 75,
        "timeout_graceful_shutdown": GRACE_SECONDS,
        "backlog": 2048,
    }
    return uvicorn.Config(app, host=host, port=port, **{**settings, **other})


async def serve(app: ASGIApp, host: str, port: int, *, started: Callable[[], Any] = lambda: None) -> None:
    """Answer HTTP until the process is asked to stop; open requests get some seconds to end.

    `started` is called once the server listens.
    """

    def listening() -> None:
        settle_down()
        started()

    await Server(configuration(app, host, port), listening).serve()
