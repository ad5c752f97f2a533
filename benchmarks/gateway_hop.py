"""What the gateway's hop costs: the same small answer from a bare service and through the gateway, one JSON line.

`python benchmarks/gateway_hop.py [--seconds 4] [--rounds 3] [--connections 32]`. Rounds are interleaved;
only ratios and CPU per request are worth comparing, because the load generator shares the machine.
"""

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import uvloop
from sqlalchemy import create_engine
from starlette.types import Receive, Scope, Send

from gateway.adapters.edge.transport import Collected, Headers, Outgoing
from gateway.adapters.edge.transport_http import HttpTransport
from gateway.adapters.tables import metadata

TICKS: Final = os.sysconf("SC_CLK_TCK")
KEY: Final = "a-key-for-measuring-of-at-least-32-characters"
ADMIN: Final = ("admin@example.com", "correct horse battery staple")
BODY: Final = b'{"id":"ret_01KD0M4Z5Q8T3V7X2Y9B6C1D0E","status":"approved"}'


async def service(_scope: Scope, _receive: Receive, send: Send) -> None:
    """A bare ASGI service."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


class Ignored(Collected):
    """An answer of which only the status counts."""

    async def start(self, status: int, _headers: Headers) -> None:
        """See `Incoming`."""
        self.status = status

    async def body(self, part: bytes, *, more: bool) -> None:
        """See `Incoming`."""


@contextmanager
def process(*command: str, **environment: str) -> Iterator[int]:
    """A process of our own; its id."""
    started = subprocess.Popen([sys.executable, *command], env=os.environ | environment)
    try:
        yield started.pid
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(15)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def wait_until_it_answers(url: str) -> None:
    """Whatever the status."""
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310
        except OSError as error:
            if getattr(error, "code", None) is not None:
                return
            time.sleep(0.05)
        else:
            return
    sys.exit(f"{url} does not answer")


async def load(url: str, token: str, *, connections: int, seconds: float) -> int:
    """How many requests were answered with 200 in this time."""
    client = HttpTransport("load", url, connections=connections)
    headers = [(b"authorization", b"Bearer " + token.encode())]
    request = Outgoing(
        method="GET",
        path=b"/v1/returns/ret_01KD0M4Z5Q8T3V7X2Y9B6C1D0E",
        query=b"",
        headers=headers,
        body=b"",
        repeatable=True,
    )
    until = time.monotonic() + seconds
    done = 0

    async def one() -> None:
        nonlocal done
        while time.monotonic() < until:
            answer = Ignored()
            await client.send(request, answer)
            if answer.status != 200:
                sys.exit(f"answered {answer.status}")
            done += 1

    await asyncio.gather(*(one() for _ in range(connections)))
    await client.close()
    return done


def sign_in(url: str) -> str:
    """A session's token."""
    body = json.dumps({"email": ADMIN[0], "password": ADMIN[1]}).encode()
    request = urllib.request.Request(  # noqa: S310
        f"{url}/v1/auth/sessions", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return str(json.load(answer)["token"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--port", type=int, default=18_280)
    asked = parser.parse_args()
    bare, front = f"http://127.0.0.1:{asked.port}", f"http://127.0.0.1:{asked.port + 1}"
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/gateway.db"
        engine = create_engine(database)
        metadata.create_all(engine)
        engine.dispose()
        settings = {
            "GATEWAY_DATABASE_URL": database,
            "GATEWAY_TOKEN_KEY": KEY,
            "GATEWAY_BOOTSTRAP_ADMIN": ":".join(ADMIN),
            "GATEWAY_PORT": str(asked.port + 1),
            "GATEWAY_RATE_PER_MINUTE": "100000000",
            **{f"GATEWAY_{name}_KEY": KEY for name in ("REQUESTS", "INSPECTION", "REFUNDS", "NOTIFICATIONS")},
            "GATEWAY_REQUESTS_URL": bare,
        }
        served = (
            "-m", "uvicorn", "benchmarks.gateway_hop:service", "--port", str(asked.port), "--no-access-log",
            "--log-level", "warning", "--lifespan", "off",
        )  # fmt: skip
        with process(*served) as behind, process("-m", "gateway", "serve", **settings) as before:
            wait_until_it_answers(bare)
            wait_until_it_answers(f"{front}/readyz")
            print(json.dumps(measure(asked, (bare, front), (behind, before), sign_in(front))))


def measure(asked: argparse.Namespace, urls: tuple[str, str], pids: tuple[int, int], token: str) -> dict[str, float]:
    """Medians over interleaved rounds."""
    rates: dict[str, list[float]] = {"bare": [], "gateway": []}
    cpu: dict[str, list[float]] = {"bare": [], "gateway": []}
    for _ in range(asked.rounds):
        for name, url, pid in zip(rates, urls, pids, strict=True):
            before, started = cpu_seconds(pid), time.monotonic()
            done = uvloop.run(load(url, token, connections=asked.connections, seconds=asked.seconds))
            rates[name].append(done / (time.monotonic() - started))
            cpu[name].append((cpu_seconds(pid) - before) / done * 1e6)
    middle = statistics.median
    return {
        "bare_per_s": round(middle(rates["bare"])),
        "gateway_per_s": round(middle(rates["gateway"])),
        "ratio": round(middle(g / b for g, b in zip(rates["gateway"], rates["bare"], strict=True)), 3),
        "bare_cpu_us": round(middle(cpu["bare"])),
        "gateway_cpu_us": round(middle(cpu["gateway"])),
    }


if __name__ == "__main__":
    main()
