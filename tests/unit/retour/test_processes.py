"""The processes of `retour up --distributed`: started again with growing pauses, stopped together, settings of each."""

import ast
import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from retour.hosting import distributed as subject
from retour.hosting.data_folder import PREFIX, DataFolder
from retour.hosting.distributed import MIGRATIONS, MODULES, Ports, Processes, environment
from shared.contracts.operations import Service
from shared.runtime.exit_status import EXIT_AWAY, EXIT_SETTINGS
from tests.support.fake_clock import FakeClock
from tests.support.fake_sleep import FakeSleep


class Process:
    """One that ends by itself with a status, or when it is told to, if it listens."""

    def __init__(self, status: int | None = None, *, deaf: bool = False) -> None:
        self.returncode = status
        self.told: list[str] = []
        self._deaf = deaf
        self._ended = asyncio.Event()
        if status is not None:
            self._ended.set()

    async def wait(self) -> int:
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def terminate(self) -> None:
        self.told.append("terminate")
        if not self._deaf:
            self._end(0)

    def kill(self) -> None:
        self.told.append("kill")
        self._end(-9)

    def _end(self, status: int) -> None:
        self.returncode = status
        self._ended.set()


class Machine(FakeSleep):
    """Starts these processes, one after the other for each module; a process's life takes so many seconds."""

    def __init__(self, clock: FakeClock, lives: dict[str, list[tuple[Process, float]]]) -> None:
        super().__init__()
        self._clock = clock
        self._lives = lives
        self.started: list[str] = []

    async def create_subprocess_exec(self, _python: str, _m: str, module: str, verb: str, **_: object) -> Process:
        assert verb == "serve"
        self.started.append(module)
        process, seconds = self._lives[module].pop(0)
        if process.returncode is not None:
            wait = process.wait

            async def live() -> int:
                self._clock.seconds += seconds
                return await wait()

            process.wait = live  # type: ignore[method-assign]
        return process


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    made = FakeClock()
    monkeypatch.setattr(subject, "time", made)
    return made


@pytest.fixture(autouse=True)
async def signals() -> AsyncIterator[None]:
    """As before, afterwards."""
    yield
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().remove_signal_handler(number)


async def test_what_dies_again_and_again_is_started_again_ever_less_often(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start costs a second of a processor: at once and for ever it would take the machine from the others."""
    statuses = [EXIT_AWAY, 1, -9, 0, *[EXIT_AWAY] * 5, EXIT_SETTINGS]
    machine = Machine(clock, {"service_refunds": [(Process(status), 1.0) for status in statuses]})
    monkeypatch.setattr(subject, "asyncio", machine)
    keeping = Processes({}, ["refunds"])
    with capture_logs() as said:
        assert await keeping._keep(keeping.children[0]) == EXIT_SETTINGS
    pauses = [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0, 10.0]
    assert machine.seconds == pauses
    assert [(line["status"], line["starts_again_in_s"]) for line in said] == list(zip(statuses, pauses, strict=False))
    assert keeping.children[0].starts == len(statuses)


@pytest.mark.parametrize(("lived", "pause"), [(29.0, 0.8), (31.0, 0.2)])
async def test_after_a_steady_life_the_first_pause_is_short_again(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, lived: float, pause: float
) -> None:
    lives = [(Process(1), 0.0), (Process(1), 0.0), (Process(1), lived), (Process(EXIT_SETTINGS), 0.0)]
    machine = Machine(clock, {"service_refunds": lives})
    monkeypatch.setattr(subject, "asyncio", machine)
    keeping = Processes({}, ["refunds"])
    await keeping._keep(keeping.children[0])
    assert machine.seconds == [0.2, 0.4, pause]


async def test_a_wrong_setting_of_one_ends_all_and_is_the_status(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = {name: Process() for name in ("gateway", "service_requests")}
    machine = Machine(
        clock,
        {name: [(process, 0.0)] for name, process in running.items()}
        | {"service_refunds": [(Process(EXIT_SETTINGS), 0.0)]},
    )
    monkeypatch.setattr(subject, "asyncio", machine)
    async with asyncio.timeout(60):
        assert await Processes({}, ["gateway", "requests", "refunds"]).run() == EXIT_SETTINGS
    assert [process.told for process in running.values()] == [["terminate"]] * 2
    assert len(machine.started) == 3


async def test_told_to_stop_all_are_asked_and_who_does_not_listen_is_killed(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nobody is started again meanwhile; a good end is status 0."""
    polite, deaf = Process(), Process(deaf=True)
    machine = Machine(clock, {"gateway": [(polite, 0.0)], "service_refunds": [(deaf, 0.0)]})
    monkeypatch.setattr(subject, "asyncio", machine)
    monkeypatch.setattr(subject, "GRACE_SECONDS", 0.01)
    keeping = Processes({}, ["gateway", "refunds"])
    running = asyncio.create_task(keeping.run())
    while len(machine.started) < 2:
        await asyncio.sleep(0)
    assert not running.done()
    keeping._stopping.set()
    async with asyncio.timeout(60):
        assert await running == 0
    assert (polite.told, deaf.told) == (["terminate"], ["terminate", "kill"])
    assert machine.started == ["gateway", "service_refunds"]


def test_each_process_gets_its_own_and_what_is_given_stays(tmp_path: Path) -> None:
    data_folder = DataFolder(tmp_path)
    known = data_folder.secrets()
    made = environment(
        data_folder,
        {"REFUNDS_PORT": "9", "GATEWAY_REFUNDS_URL": "http://refunds:9"},
        postgres="postgresql://admin:word@db:6432/postgres?sslmode=disable",
        broker="amqp://mq/x",
        ports=Ports(8080, 8101),
    )
    assert (made["REFUNDS_PORT"], made["GATEWAY_REFUNDS_URL"]) == ("9", "http://refunds:9")
    for number, service in enumerate(Service):
        prefix = PREFIX[service]
        assert made[f"{prefix}_INTERNAL_KEY"] == made[f"GATEWAY_{prefix}_KEY"] == known.internal_keys[service]
        own = f"retour_{service}"
        url = made[f"{prefix}_DATABASE_URL"]
        assert url == f"postgresql://{own}:{known.database_passwords[service]}@db:6432/{own}?sslmode=disable"
        assert made[f"{prefix}_BROKER_URL"] == "amqp://mq/x"
        if service is not Service.REFUNDS:
            assert made[f"{prefix}_PORT"] == str(8101 + number)
            assert made[f"GATEWAY_{prefix}_URL"] == f"http://127.0.0.1:{8101 + number}"
    assert made["GATEWAY_PORT"] == "8080"
    assert (made["GATEWAY_TOKEN_KEY"], made["GATEWAY_BOOTSTRAP_ADMIN"]) == (known.token_key, known.bootstrap_admin)
    assert made["GATEWAY_DATABASE_URL"].startswith("postgresql://retour_gateway:")
    assert len({made[f"{prefix}_INTERNAL_KEY"] for prefix in PREFIX.values()}) == len(PREFIX)
    bare = environment(data_folder, {}, postgres=None, broker=None, ports=Ports(1, 2))
    assert not any("DATABASE_URL" in name or "BROKER_URL" in name for name in bare)


@pytest.mark.parametrize(
    ("administrative", "url"),
    [
        ("postgresql://me:old@db/postgres", "postgresql://retour_a:p%40ss%2Fw%3Ard@db/retour_a"),
        ("postgresql://db:1/", "postgresql://retour_a:p%40ss%2Fw%3Ard@db:1/retour_a"),
        ("postgresql:///x", "postgresql://retour_a:p%40ss%2Fw%3Ard@127.0.0.1/retour_a"),
    ],
)
def test_the_url_of_a_services_own_database(administrative: str, url: str) -> None:
    assert subject.database_url(administrative, "a", "p@ss/w:rd") == url


@pytest.mark.parametrize(
    ("answer", "status", "failed"),
    [
        ('{"gateway": 1, "refunds": 69}', 0, {"gateway": 1, "refunds": 69}),
        ("{}", 0, {}),
        ("", -9, dict.fromkeys(MODULES, -9)),
        ("", 0, dict.fromkeys(MODULES, 1)),
    ],
    ids=["two", "none", "killed", "silent"],
)
def test_of_several_migrations_those_that_failed_are_named(
    monkeypatch: pytest.MonkeyPatch, answer: str, status: int, failed: dict[str, int]
) -> None:
    class Running:
        def __init__(self, command: list[str], env: dict[str, str], pass_fds: list[int]) -> None:
            assert (command[1:3], env["A"]) == (["-m", MIGRATIONS], "b")
            [writing] = pass_fds
            assert command[3] == str(writing)
            os.write(writing, answer.encode())

        def wait(self) -> int:
            return status

    monkeypatch.setattr("retour.hosting.distributed.subprocess.Popen", Running)
    assert subject.migrate_all({"A": "b"}) == failed


def test_each_service_migrates_by_itself_and_ends_with_its_own_status(tmp_path: Path) -> None:
    """One that is killed or ends with words is a failure as well; the others go on."""
    endings = {"good": "", "status": "sys.exit(69)", "words": "sys.exit('no')", "killed": "os.kill(os.getpid(), 9)"}
    for name, ending in endings.items():
        (tmp_path / f"{name}.py").write_text(f"import os, sys\nassert sys.argv[1:] == ['migrate']\n{ending}\n")
    program = (
        f"from {MIGRATIONS} import migrate_every; print(migrate_every({dict(zip(endings, endings, strict=True))}))"
    )
    search = os.pathsep.join((str(tmp_path), *sys.path))
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": search}, capture_output=True, check=True
    )
    assert ast.literal_eval(done.stdout.decode()) == {"status": 69, "words": 1, "killed": -9}
    assert done.stderr == b"no\n"
