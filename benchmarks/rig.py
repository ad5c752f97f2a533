"""Servers of our own for measuring and for breaking: a PostgreSQL cluster and a RabbitMQ node in a temporary folder.

Nothing outside that folder is touched, so they may be killed at any moment. Needs Debian's postgresql and
rabbitmq-server packages; run as root they drop to the packages' users.
"""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

POSTGRES_BIN: Final = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
RABBIT_BIN: Final = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


def free_port(block: int = 1) -> int:
    """The first of so many neighbouring ports that nobody listens on, below those the system hands out."""
    while True:
        first = random.randint(20_000, 32_000 - block)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + block):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first


def wait_for_port(port: int, *, seconds: float = 60) -> None:
    """Until something answers there; `TimeoutError` otherwise."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers on port {port}")


def _as(user: str) -> list[str]:
    return ["setpriv", "--reuid", user, "--regid", user, "--init-groups"] if os.geteuid() == 0 else []


@dataclass
class Server:
    """A process that can be started, killed and started again."""

    port: int
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    ready: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, env={**os.environ, **self.environment}, start_new_session=True
            )
        wait_for_port(self.port)
        if self.ready:
            for _ in range(120):
                done = subprocess.run(
                    self.ready, env={**os.environ, **self.environment}, capture_output=True, check=False
                )
                if done.returncode == 0:
                    return
                time.sleep(0.25)
            raise TimeoutError(f"{self.command[0]} does not get ready")

    @property
    def pid(self) -> int:
        """Of the running process."""
        if self.process is None:
            raise ProcessLookupError(self.command[0])
        return self.process.pid

    def kill(self) -> None:
        """SIGKILL, to it and to all that it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", self.port)):
                        return
                time.sleep(0.05)


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[tuple[Server, str]]:
    """A cluster of our own and its administrative URL."""
    binaries = POSTGRES_BIN[-1]
    data = folder / "postgres"
    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
    subprocess.run(
        [*_as("postgres"), binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8",
         "--locale=C.UTF-8"],
        check=True, capture_output=True,
    )  # fmt: skip
    port = free_port()
    command = [
        *_as("postgres"), str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-k", "/tmp",  # noqa: S108
        "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "shared_buffers=256MB",
    ]  # fmt: skip
    server = Server(port, command, {}, folder / "postgres.log")
    server.ready = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    server.start()
    try:
        yield server, f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        server.kill()


@contextlib.contextmanager
def rabbitmq(folder: Path) -> Iterator[tuple[Server, str]]:
    """A node of our own and the URL of its virtual host."""
    home = folder / "rabbitmq"
    home.mkdir()
    (home / "plugins").write_text("[].\n")
    port, distribution = free_port(), free_port()
    (home / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{port}\nloopback_users.guest = true\ndisk_free_limit.absolute = 100MB\n"
    )
    environment = {
        "HOME": str(home),
        "RABBITMQ_NODENAME": f"retour{port}@localhost",
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
    }
    if os.geteuid() == 0:
        for path in (home, *home.iterdir()):
            shutil.chown(path, "rabbitmq", "rabbitmq")
    server = Server(port, [*_as("rabbitmq"), str(RABBIT_BIN)], environment, folder / "rabbitmq.log")
    server.start()
    try:
        yield server, f"amqp://guest:guest@127.0.0.1:{port}/%2F"
    finally:
        server.kill()


MEMORY: Final = Path("/dev/shm")  # noqa: S108 (the names in it are mkdtemp's)
"""For letters: where many files were just removed, ext4 looks at each of them for every new one, a millisecond long."""


@contextlib.contextmanager
def folder(*, in_memory: bool = False) -> Iterator[Path]:
    """A temporary folder that other users may look into; gone afterwards. In memory where there is such a place."""
    made = Path(tempfile.mkdtemp(prefix="retour-rig-", dir=MEMORY if in_memory and MEMORY.is_dir() else None))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
