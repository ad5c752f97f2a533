"""The command as a person uses it: real processes, real servers, what they print and how they end."""

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from retour.demo.stories import STORIES
from retour.exit_status import ExitStatus
from retour.hosting.data_folder import DataFolder
from shared.messaging.bus import UNROUTED
from shared.telemetry import logging
from tests.support import servers
from tests.support.prompt import Prompt
from tests.support.world import free_port

pytestmark = pytest.mark.xdist_group("command")

DISTRIBUTED = pytest.mark.parametrize(
    "mode", [pytest.param("distributed", marks=pytest.mark.distributed)], indirect=True
)


@dataclass
class Terminal:
    """A folder and an environment in which somebody types `retour …`."""

    data: Path
    distributed: bool
    port: int
    first_service: int
    environment: dict[str, str]
    fresh: bool = False
    """Whether each word starts an interpreter, as a person's does."""
    server: subprocess.Popen[bytes] | None = None
    starts: list[Path] = field(default_factory=list)

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A word that ends by itself."""
        words = (*words, "--data", str(self.data))
        env = {**self.environment, **environment}
        if not self.fresh:
            return prompt().run(words, env, seconds=240)
        command = [sys.executable, "-m", "retour", *words]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=240, check=False)

    def distributed_word(
        self, word: str, postgres: str, broker: str, *more: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """`up` or `migrate` against these servers, which end it."""
        ports = ("--port", str(self.port), "--service-port", str(self.first_service)) if word == "up" else ()
        named = {"RETOUR_POSTGRES_URL": postgres, "RETOUR_BROKER_URL": broker}
        return self.run(word, "--distributed", *ports, *more, **named, **environment)

    def doctor(self, **environment: str) -> tuple[int, list[dict[str, Any]]]:
        """How it ended and what it found."""
        words = ["doctor", "--json", *["--distributed"] * self.distributed]
        done = self.run(*words, **environment)
        return done.returncode, json.loads(done.stdout)["findings"]

    def up(self, *words: str) -> str:
        """Start the server; what it has printed when it can be used."""
        log = self.data.with_suffix(f".{len(self.starts)}.log")
        self.starts.append(log)
        command = [sys.executable, "-m", "retour", "up", "--data", str(self.data), "--port", str(self.port), *words]
        if self.distributed:
            command += ["--distributed", "--service-port", str(self.first_service)]
        with log.open("wb") as file:
            self.server = subprocess.Popen(command, env=self.environment, stdout=file, stderr=file)
        return self.until("Ctrl-C")

    def until(self, text: str, seconds: float = 240) -> str:
        """What the server has printed, once this is in it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            printed = self.starts[-1].read_text()
            if text in printed:
                return printed
            assert self.server is not None
            assert self.server.poll() is None, printed
            time.sleep(0.05)
        raise AssertionError(self.starts[-1].read_text()[-3000:])

    def down(self) -> int:
        """Ask the server to stop; its exit status."""
        assert self.server is not None
        self.server.send_signal(signal.SIGTERM)
        try:
            return self.server.wait(30)
        finally:
            self.server.kill()
            self.server = None


@cache
def prompt() -> Prompt:
    """The one of this test process."""
    return Prompt()


@pytest.fixture
def terminal(mode: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """A terminal in this mode, with servers of its own where the mode needs them."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "200"}
    prefix = servers.unique("command")
    if mode == "distributed":
        environment |= {
            "RETOUR_POSTGRES_URL": servers.POSTGRES,
            "RETOUR_BROKER_URL": request.getfixturevalue("own_vhost").url,
            "RETOUR_DATABASE_PREFIX": prefix,
            "RETOUR_BROKER_PREFIX": "retour",
        }
    made = Terminal(tmp_path / "data", mode == "distributed", free_port(), free_port(4), environment)
    yield made
    if made.server is not None:
        made.down()
    if mode == "distributed":
        for name in ("gateway", "requests", "inspection", "refunds", "notifications"):
            asyncio.run(servers.drop_database(f"{prefix}_{name}"))
            asyncio.run(servers.execute(f"DROP ROLE IF EXISTS {prefix}_{name}"))


def wrong(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [finding for finding in findings if finding["level"] == "wrong"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_day_with_the_command(terminal: Terminal) -> None:
    """Up, demo, doctor, events, dead letters, down and up again (R07)."""
    terminal.fresh = True
    printed = terminal.up("--demo")
    assert f"http://127.0.0.1:{terminal.port}" in printed
    assert "admin@retour.example" in printed
    played = terminal.until("RT-0000-0000-1")
    for story in STORIES:
        assert story.who.name in played
    assert "≠" not in played

    again = terminal.run("demo", "--language", "zh-CN")
    assert again.returncode == ExitStatus.GOOD, again.stdout + again.stderr
    assert "演示结果" in again.stdout

    status, findings = terminal.doctor()
    assert (wrong(findings), status) == ([], ExitStatus.WRONG)
    assert any("belong to no known return" in each["what"] for each in findings if each["level"] == "owed"), findings
    about = {finding["about"] for finding in findings}
    assert {"settings", "database refunds", "service refunds"} <= about
    assert (f"queue {UNROUTED}" in about) is terminal.distributed

    letters = terminal.run("dead-letters", "list", "--json")
    assert (json.loads(letters.stdout), letters.returncode) == ([], ExitStatus.GOOD)

    feed = terminal.run(
        "events", "tail", "--no-follow", "--json", "--type", "refund.settled", "--url",
        f"http://127.0.0.1:{terminal.port}",
    )  # fmt: skip
    settled = [json.loads(line) for line in feed.stdout.splitlines()]
    assert len(settled) == 2 * sum(story.ends == "closed" for story in STORIES)
    assert {event["type"] for event in settled} == {"refund.settled.v1"}
    assert feed.stderr == ""
    terminal.fresh = False  # every word has started an interpreter of its own by now
    quiet = terminal.run("events", "tail", "--no-follow", "--type", "nothing.*")
    assert (quiet.returncode, quiet.stdout) == (ExitStatus.GOOD, "")
    why = "Nothing came within 2 seconds" if terminal.distributed else "of a type like nothing.*"
    assert why in one_line(quiet)

    second = terminal.run("up", "--port", str(free_port()))
    assert second.returncode == ExitStatus.FOLDER
    assert len(second.stderr.strip().splitlines()) == 1

    assert terminal.down() == ExitStatus.GOOD
    status, findings = terminal.doctor()
    assert status == ExitStatus.WRONG
    assert any(str(terminal.port) in finding["what"] and finding["do"] for finding in wrong(findings))

    terminal.up("--demo")
    kept = terminal.run(
        "events", "tail", "--no-follow", "--json", "--type", "refund.settled", "--url",
        f"http://127.0.0.1:{terminal.port}",
    )  # fmt: skip
    assert kept.stdout == feed.stdout
    assert terminal.down() == ExitStatus.GOOD
    assert "RT-0000-0000-1" not in terminal.starts[-1].read_text()


@pytest.fixture
def here(tmp_path: Path) -> Terminal:
    """A terminal without servers."""
    named = ("RETOUR_", "GATEWAY_", "REQUESTS_", "INSPECTION_", "REFUNDS_", "NOTIFICATIONS_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(named)}
    environment["LC_ALL"] = "C.UTF-8"
    return Terminal(tmp_path / "data", False, free_port(), free_port(4), environment)


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    said = done.stderr.strip()
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1, said
    return said


def test_a_port_in_use_is_said_in_one_line(here: Terminal) -> None:
    here.fresh = True
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = here.run("up", "--port", port)
    assert done.returncode == ExitStatus.PORT
    assert port in one_line(done)


def test_servers_that_are_none_and_a_services_port_in_use_are_said_with_what_to_change(here: Terminal) -> None:
    ports = ("--port", str(here.port), "--service-port", str(here.first_service))
    done = here.run("up", "--distributed", *ports, RETOUR_POSTGRES_URL="mysql://db/x", RETOUR_BROKER_URL="http://mq/")
    assert (done.returncode, "Traceback" in done.stderr) == (ExitStatus.SETTINGS, False)
    assert "RETOUR_POSTGRES_URL: expected postgresql://" in done.stderr
    assert "RETOUR_BROKER_URL: expected amqp://" in done.stderr
    nobody = {"RETOUR_POSTGRES_URL": "postgresql://127.0.0.1:1/x", "RETOUR_BROKER_URL": "amqp://127.0.0.1:1/x"}
    with socket.create_server(("127.0.0.1", here.first_service + 2)):
        done = here.run("up", "--distributed", *ports, **nobody)
    assert done.returncode == ExitStatus.PORT
    assert "with --service-port" in one_line(done)


def test_every_wrong_setting_is_said_at_once(here: Terminal) -> None:
    done = here.run("up", "--port", str(here.port), GATEWAY_RATE_PER_MINUTE="many", NOTIFICATIONS_ZONE="Mars")
    assert done.returncode == ExitStatus.SETTINGS
    assert "GATEWAY_RATE_PER_MINUTE" in done.stderr
    assert "NOTIFICATIONS_ZONE" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("way", ["retour", "gateway", "service_requests"])
def test_a_level_of_the_log_that_is_none_is_said_and_not_a_traceback(here: Terminal, way: str) -> None:
    """DESIGN 8: a start with a wrong setting stops at once and says which; small letters are no mistake."""
    if way == "retour":
        done = here.run("up", "--port", str(here.port), RETOUR_LOG_LEVEL="loud")
    else:
        command = [sys.executable, "-m", way, "serve"]
        environment = {**os.environ, "RETOUR_LOG_LEVEL": "loud"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == ExitStatus.SETTINGS
    assert "RETOUR_LOG_LEVEL: one of DEBUG, INFO" in done.stderr
    assert "Traceback" not in done.stderr
    assert logging.level_in({"RETOUR_LOG_LEVEL": "info"}, otherwise="ERROR") == "INFO"
    assert logging.level_in({}, otherwise="ERROR") == "ERROR"


def test_a_folder_that_cannot_be_made_is_said_in_one_line(here: Terminal) -> None:
    here.data.write_text("a file stands in the way")
    done = here.run("up", "--port", str(here.port))
    assert done.returncode == ExitStatus.SPACE
    assert str(here.data) in one_line(done)


def test_every_missing_server_is_said_at_once(here: Terminal) -> None:
    done = here.run("up", "--distributed")
    assert done.returncode == ExitStatus.SETTINGS
    assert "RETOUR_POSTGRES_URL" in done.stderr
    assert "RETOUR_BROKER_URL" in done.stderr
    assert not (here.data / "secrets.json").exists()


@contextmanager
def answering(*answers: bytes) -> Iterator[str]:
    """A server that gives these answers to whatever is sent, and hangs up; its address."""

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            for answer in answers:
                connection.recv(65536)
                connection.sendall(answer)
            connection.recv(65536)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=accept, daemon=True).start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def refused(words: bytes, state: bytes) -> bytes:
    """PostgreSQL's error message."""
    fields = b"SFATAL\0C" + state + b"\0M" + words + b"\0\0"
    return b"E" + (len(fields) + 4).to_bytes(4, "big") + fields


HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("word", "answers", "ending", "what"),
    [
        pytest.param("up", (), ExitStatus.AWAY, "does not answer", id="away"),
        pytest.param("migrate", (HTTP,), ExitStatus.SETTINGS, "is not PostgreSQL", id="http"),
        pytest.param(
            "up", (b"N", refused(b"wrong", b"28P01")), ExitStatus.SETTINGS, "user and password", id="password"
        ),
        pytest.param(
            "migrate", (b"N", refused(b"starting up", b"57P03")), ExitStatus.AWAY, "starting up", id="starting"
        ),
    ],
)
def test_a_postgresql_that_cannot_be_used_is_said_in_one_line(
    here: Terminal, word: str, answers: tuple[bytes, ...], ending: ExitStatus, what: str
) -> None:
    with answering(*answers) as address:
        where = address if answers else f"127.0.0.1:{free_port()}"
        done = here.distributed_word(word, f"postgresql://me:secret@{where}/x", "amqp://127.0.0.1:1/x")
    said = one_line(done)
    assert done.returncode == ending
    assert all(part in said for part in (what, where, "RETOUR_POSTGRES_URL")), said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("word", "broker", "ending", "what"),
    [
        pytest.param("up", "amqp://me:secret@127.0.0.1:1/x", ExitStatus.AWAY, "does not answer", id="away"),
        pytest.param("migrate", "amqp://me:secret@{http}/x", ExitStatus.SETTINGS, "is not RabbitMQ", id="http"),
        pytest.param("up", "amqp://me:secret@{real}/%2F", ExitStatus.SETTINGS, "user and password", id="password"),
        pytest.param("migrate", "amqp://{user}@{real}/nowhere", ExitStatus.SETTINGS, "virtual host", id="vhost"),
    ],
)
@DISTRIBUTED
@pytest.mark.usefixtures("mode")
def test_a_broker_that_cannot_be_used_is_said_in_one_line_before_anything_is_made(
    here: Terminal, word: str, broker: str, ending: ExitStatus, what: str
) -> None:
    user, _, real = urlsplit(servers.BROKER).netloc.rpartition("@")
    prefix = servers.unique("nothing")
    with answering(HTTP) as http:
        url = broker.format(user=user, real=real, http=http)
        done = here.distributed_word(word, servers.POSTGRES, url, RETOUR_DATABASE_PREFIX=prefix)
    said = one_line(done)
    assert done.returncode == ending
    assert all(part in said for part in (what, urlsplit(url).netloc.rpartition("@")[2], "RETOUR_BROKER_URL")), said
    assert "secret" not in said
    assert asyncio.run(servers.roles(prefix)) == []


@pytest.mark.parametrize(("rights", "lacking"), [("", "role"), ("CREATEROLE", "database")])
@DISTRIBUTED
@pytest.mark.usefixtures("mode")
def test_a_role_without_the_rights_to_make_roles_and_databases_is_told_which(
    here: Terminal, own_vhost: servers.VirtualHost, rights: str, lacking: str
) -> None:
    prefix = servers.unique("little")
    asyncio.run(servers.execute(f"CREATE ROLE {prefix} LOGIN {rights} PASSWORD 'secret'"))
    parts = urlsplit(servers.POSTGRES)
    mine = parts._replace(netloc=f"{prefix}:secret@{parts.netloc.rpartition('@')[2]}").geturl()
    try:
        for language, remedy in (("en", "Give the role CREATEDB and CREATEROLE"), ("zh-CN", "请授予该角色 CREATEDB")):
            done = here.distributed_word(
                "migrate", mine, own_vhost.url, "--language", language, RETOUR_DATABASE_PREFIX=prefix
            )
            said = one_line(done)
            assert done.returncode == ExitStatus.SETTINGS
            assert all(part in said for part in (f"permission denied to create {lacking}", remedy)), said
    finally:
        for role in asyncio.run(servers.roles(prefix)):
            asyncio.run(servers.execute(f"DROP ROLE {role}"))


@pytest.mark.parametrize(("language", "what"), [("en", "lower-case letter"), ("zh-CN", "小写字母")])
@pytest.mark.parametrize("word", ["up", "migrate"])
def test_a_prefix_that_begins_no_names_is_said_before_anything_is_made(
    here: Terminal, word: str, language: str, what: str
) -> None:
    nobody = ("postgresql://127.0.0.1:1/x", "amqp://127.0.0.1:1/x")
    done = here.distributed_word(word, *nobody, "--language", language, RETOUR_DATABASE_PREFIX="My-Shop")
    assert done.returncode == ExitStatus.SETTINGS
    assert all(part in one_line(done) for part in ("RETOUR_DATABASE_PREFIX", what))
    assert not here.data.exists()


@pytest.mark.slow
@pytest.mark.timeout(900)
@DISTRIBUTED
def test_migrations_at_once_wait_for_each_other(terminal: Terminal) -> None:
    command = [sys.executable, "-m", "retour", "migrate", "--distributed", "--data", str(terminal.data)]
    running = [subprocess.Popen(command, env=terminal.environment, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    ended = [(process.communicate(timeout=240)[1], process.returncode) for process in running]
    assert ended == [("", ExitStatus.GOOD)] * 4


def test_a_services_own_address_is_named_where_it_was_given(here: Terminal) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    names = ("REQUESTS", "INSPECTION", "REFUNDS", "NOTIFICATIONS")
    own = {f"{name}_BROKER_URL": f"amqp://{nobody}/x" for name in names}
    own |= {f"{name}_DATABASE_URL": "sqlite:///nowhere" for name in (*names, "GATEWAY")}
    done = here.run("migrate", "--distributed", **own)
    assert done.returncode == ExitStatus.AWAY
    assert "INSPECTION_BROKER_URL, NOTIFICATIONS_BROKER_URL, REFUNDS_BROKER_URL, REQUESTS_BROKER_URL" in one_line(done)


@pytest.mark.parametrize(
    ("verb", "address", "what"),
    [
        ("check", "sqlite:///{}.db", "refunds: broker ("),
        ("migrate", "postgresql://127.0.0.1:1/x", "refunds: database ("),
    ],
)
def test_a_service_by_itself_says_in_one_line_what_is_away_and_why(
    here: Terminal, verb: str, address: str, what: str
) -> None:
    """What the libraries log about it is not said beside what we say."""
    settings = {
        "REFUNDS_DATABASE_URL": address.format(here.data),
        "REFUNDS_BROKER_URL": f"amqp://127.0.0.1:{free_port()}/x",
        "REFUNDS_INTERNAL_KEY": "k" * 32,
    }
    command = [sys.executable, "-m", "service_refunds", verb]
    env = {**here.environment, **settings}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == ExitStatus.AWAY
    said = one_line(done)
    assert said.startswith(what)
    assert "onnect" in said.partition("(")[2]


@DISTRIBUTED
@pytest.mark.usefixtures("mode")
def test_a_migration_that_fails_is_said_after_its_own_words(here: Terminal, own_vhost: servers.VirtualHost) -> None:
    names = ("REQUESTS", "INSPECTION", "REFUNDS", "NOTIFICATIONS")
    own = {f"{name}_DATABASE_URL": "sqlite:////proc/nowhere/x.db" for name in (*names, "GATEWAY")}
    done = here.run("migrate", "--distributed", RETOUR_BROKER_URL=own_vhost.url, **own)
    lines = done.stderr.strip().splitlines()
    assert (done.returncode, "Traceback" in done.stderr) == (ExitStatus.AWAY, False)
    assert len(lines) == 6, done.stderr
    assert "migration of gateway, requests, inspection, refunds, notifications failed" in lines[-1]


def test_the_doctor_says_which_file_is_gone_or_damaged(here: Terminal) -> None:
    assert here.run("migrate").returncode == ExitStatus.GOOD
    DataFolder(here.data).secrets()
    (here.data / "refunds.db").unlink()
    (here.data / "requests.db").write_bytes(b"not a database, far from it" * 100)
    with sqlite3.connect(here.data / "inspection.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    status, findings = here.doctor()
    assert status == ExitStatus.WRONG
    about = {finding["about"]: finding for finding in wrong(findings)}
    assert {"database refunds", "database requests", "database inspection"} <= set(about)
    assert "database gateway" not in about
    assert all(finding["do"] for finding in about.values())


def test_the_doctor_says_that_databases_and_broker_are_away(here: Terminal) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    here.distributed = True
    DataFolder(here.data).secrets()
    status, findings = here.doctor(
        RETOUR_POSTGRES_URL=f"postgresql://{nobody}/x", RETOUR_BROKER_URL=f"amqp://{nobody}/x"
    )
    assert status == ExitStatus.WRONG
    about = {finding["about"] for finding in wrong(findings)}
    assert {"database refunds", "database gateway", "broker requests", "broker refunds", "server"} <= about
