"""The distributed mode on one machine: a process per service on PostgreSQL and RabbitMQ, restarted when it ends.

A child that dies is restarted, with an error in the log. A child that ends because of a wrong setting ends everything,
because a restart would not help.
"""

import asyncio
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import structlog

from retour.hosting.data_folder import PREFIX, DataFolder
from shared.contracts.operations import Service
from shared.messaging.bus import PREFIX as PREFIX_AT_BROKER
from shared.runtime.exit_status import EXIT_SETTINGS

log = structlog.get_logger(__name__)

GRACE_SECONDS: Final = 25.0
FIRST_DELAY: Final = 0.2
LONGEST_DELAY: Final = 10.0
STEADY_SECONDS: Final = 30.0
NAMES: Final = os.environ.get("RETOUR_DATABASE_PREFIX", "retour")
"""The prefix of the names of databases and roles, so that several Retours can share one server."""

MODULES: Final = {"gateway": "gateway", **{service.value: f"service_{service}" for service in Service}}
MIGRATIONS: Final = "retour.hosting.migrations"


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports on loopback: the gateway's, and those of the services from `first_service` on."""

    gateway: int
    first_service: int

    def of(self, service: Service) -> int:
        """A service's port."""
        return self.first_service + list(Service).index(service)


def environment(
    data_folder: DataFolder, given: Mapping[str, str], *, postgres: str | None, broker: str | None, ports: Ports
) -> dict[str, str]:
    """Every process's settings. Given settings stay; the others follow from two URLs and the folder's secrets."""
    known = data_folder.secrets()
    made: dict[str, str] = {
        "GATEWAY_PORT": str(ports.gateway),
        "GATEWAY_TOKEN_KEY": known.token_key,
        "GATEWAY_BOOTSTRAP_ADMIN": known.bootstrap_admin,
        "NOTIFICATIONS_MAIL_URL": f"file://{data_folder.outbox}",
    }
    if postgres is not None:
        made["GATEWAY_DATABASE_URL"] = database_url(postgres, "gateway", known.database_passwords["gateway"])
    for service, prefix in PREFIX.items():
        port = ports.of(service)
        made |= {
            f"{prefix}_PORT": str(port),
            f"{prefix}_INTERNAL_KEY": known.internal_keys[service],
            f"GATEWAY_{prefix}_KEY": known.internal_keys[service],
            f"GATEWAY_{prefix}_URL": f"http://127.0.0.1:{port}",
        }
        if postgres is not None:
            made[f"{prefix}_DATABASE_URL"] = database_url(postgres, service, known.database_passwords[service])
        if broker is not None:
            made[f"{prefix}_BROKER_URL"] = broker
            made[f"{prefix}_BROKER_PREFIX"] = broker_prefix(os.environ)
    return {**made, **given}


def database_url(administrative: str, name: str, password: str) -> str:
    """The URL of a service's own database and role at the same server."""
    parts = urlsplit(administrative)
    host = parts.hostname or "127.0.0.1"
    address = f"{host}:{parts.port}" if parts.port else host
    own = own_name(name)
    return urlunsplit(("postgresql", f"{own}:{quote(password, safe='')}@{address}", f"/{own}", parts.query, ""))


def broker_prefix(environment: Mapping[str, str]) -> str:
    """What the names at the broker begin with: as those of the databases, unless a setting says otherwise."""
    return environment.get("RETOUR_BROKER_PREFIX") or environment.get("RETOUR_DATABASE_PREFIX") or PREFIX_AT_BROKER


def own_name(name: str) -> str:
    """The name of a service's role and database."""
    return f"{NAMES}_{name}"


def migrate_all(env: Mapping[str, str]) -> Mapping[str, int]:
    """Run every service's migrations at the same time; the exit statuses of those that failed.

    All have failed when the process that runs them ends without an answer.
    """
    reading, writing = os.pipe()
    with os.fdopen(reading) as answer:
        try:
            command = [sys.executable, "-m", MIGRATIONS, str(writing)]
            running = subprocess.Popen(command, env={**os.environ, **env}, pass_fds=[writing])  # noqa: S603
        finally:
            os.close(writing)
        said = answer.read()
    status = running.wait()
    failed: Mapping[str, int] = json.loads(said) if said else dict.fromkeys(MODULES, status or 1)
    return failed


def _end_with_parent() -> None:
    """In the child: leave the terminal's process group, and end when the parent is killed."""
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@dataclass(slots=True)
class Child:
    """One process and how often it was started."""

    name: str
    process: asyncio.subprocess.Process | None = None
    starts: int = 0
    started_at: float = field(default_factory=time.monotonic)


class Processes:
    """The children of `retour up --distributed`."""

    def __init__(self, env: Mapping[str, str], names: Sequence[str] = tuple(MODULES)) -> None:
        self._env = {**os.environ, **env}
        self.children = [Child(name) for name in names]
        self._stopping = asyncio.Event()

    async def run(self) -> int:
        """Keep every child running until told to stop; the exit status."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        keepers = [asyncio.create_task(self._keep(child)) for child in self.children]
        waiting = asyncio.create_task(self._stopping.wait())
        await asyncio.wait([waiting, *keepers], return_when=asyncio.FIRST_COMPLETED)
        fatal = next((keeper.result() for keeper in keepers if keeper.done()), 0)
        self._stopping.set()
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        await self._stop()
        waiting.cancel()
        return fatal

    async def _keep(self, child: Child) -> int:
        delay = FIRST_DELAY
        while True:
            child.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", MODULES[child.name], "serve", env=self._env, preexec_fn=_end_with_parent
            )
            child.starts += 1
            child.started_at = time.monotonic()
            status = await child.process.wait()
            if status == EXIT_SETTINGS:
                return status
            if time.monotonic() - child.started_at > STEADY_SECONDS:
                delay = FIRST_DELAY
            log.error("process_died", process=child.name, status=status, starts_again_in_s=delay)
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _stop(self) -> None:
        """Stop the gateway first, so that no new request comes in, then the services."""
        for child in self.children:
            if child.process is not None and child.process.returncode is None:
                child.process.terminate()
        running = [child.process.wait() for child in self.children if child.process is not None]
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                await asyncio.gather(*running)
        except TimeoutError:
            for child in self.children:
                if child.process is not None and child.process.returncode is None:
                    log.warning("process_killed", process=child.name)
                    child.process.kill()
