"""What the doctor says of what it sees, and how a finding makes it end."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
from rich.console import Console

from retour.access import Access
from retour.client import Client
from retour.exit_status import ExitStatus, Trouble
from retour.hosting import embedded as one_process
from retour.hosting.data_folder import Administrator, DataFolder
from retour.operating.doctor import database, examination, running_server, service_checks
from retour.operating.doctor.finding import Finding, Level, Notebook, healthy, show
from retour.operating.doctor.folder import check_folder
from shared.contracts.operations import Service
from shared.kernel.errors import Said

WHO = Access("http://retour.example", Administrator("admin@retour.example", "word"))


@pytest.fixture
def notebook() -> Notebook:
    return Notebook("en", [])


def levels(notebook: Notebook) -> list[Level]:
    return [finding.level for finding in notebook.findings]


@pytest.mark.parametrize(
    ("mode", "open_to"),
    [(0o600, None), (0o400, None), (0o640, "group"), (0o620, "group"), (0o604, "all"), (0o644, "all"), (0o601, "all")],
)
def test_secrets_that_are_open_to_anybody_else_are_named(
    notebook: Notebook, tmp_path: Path, mode: int, open_to: str | None
) -> None:
    data_folder = DataFolder(tmp_path)
    data_folder.secrets()
    (tmp_path / "secrets.json").chmod(mode)
    check_folder(notebook, data_folder)
    assert [finding.about for finding in notebook.findings] == [
        str(tmp_path),
        *["secrets.json"] * (open_to is not None),
    ]
    assert healthy(notebook.findings) is (open_to is None)


@pytest.mark.parametrize(("free", "level"), [(-1, Level.WRONG), (0, Level.GOOD)])
def test_a_disk_that_is_nearly_full_is_named(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    DataFolder(tmp_path).secrets()

    class Usage:
        pass

    Usage.free = one_process.FREE_BYTES + free  # type: ignore[attr-defined]
    monkeypatch.setattr("retour.operating.doctor.folder.shutil.disk_usage", lambda _: Usage)
    check_folder(notebook, DataFolder(tmp_path))
    assert levels(notebook) == [level]


@pytest.mark.parametrize(
    ("found", "level", "do"),
    [
        (None, Level.WRONG, "migrate"),
        ("0003", Level.WRONG, "migrate"),
        ("0004", Level.GOOD, ""),
        ("0005", Level.NOTE, "Bring this program up to date"),
    ],
)
def test_a_schema_is_older_or_the_same_or_newer(notebook: Notebook, found: str | None, level: Level, do: str) -> None:
    database.compare_schemas(notebook, "database refunds", found, "0004")
    (finding,) = notebook.findings
    assert (finding.level, finding.about) == (level, "database refunds")
    assert do in finding.do
    assert bool(finding.do) is (level is not Level.GOOD)


def a_loop(**but: Any) -> dict[str, Any]:
    sound = {"name": "relay", "alive": True, "age_s": 0.1, "failing": False, "restarts": 0, "last_error": None}
    return {**sound, **but}


@pytest.mark.parametrize(
    ("loop", "level", "what"),
    [
        (a_loop(), None, ""),
        (a_loop(alive=False, age_s=77.7), Level.WRONG, "silent for 77.7 s"),
        (a_loop(failing=True, restarts=3, last_error="gone"), Level.WRONG, "fails again and again: gone"),
        (a_loop(restarts=3, last_error="gone"), Level.NOTE, "restarted 3 times: gone"),
    ],
)
def test_each_loop_is_judged_by_itself(
    notebook: Notebook, loop: dict[str, Any], level: Level | None, what: str
) -> None:
    loops = {"items": [a_loop(name="commit"), loop, a_loop(name="sweep")]}
    service_checks.check_loops(notebook, "service refunds", loops)
    assert levels(notebook) == ([] if level is None else [level])
    assert all(what in finding.what and "relay" in finding.what for finding in notebook.findings)


@pytest.mark.parametrize(
    ("count", "more", "said"), [(0, None, None), (1, None, "1"), (1000, None, "1000"), (1000, "next", "1000+")]
)
def test_parked_events_are_counted_and_only_dead_ones_are_wrong(
    notebook: Notebook, count: int, more: str | None, said: str | None
) -> None:
    page: dict[str, Any] = {"items": [{}] * count, "next": more}
    service_checks.check_dead(notebook, "service refunds", page)
    service_checks.check_waiting(notebook, "service refunds", page)
    assert levels(notebook) == ([] if said is None else [Level.WRONG, Level.NOTE])
    assert all(finding.what.startswith(f"{said} events") for finding in notebook.findings)


@pytest.mark.parametrize("level", list(Level))
def test_only_what_is_wrong_or_owed_makes_the_end_say_so(capsys: pytest.CaptureFixture[str], level: Level) -> None:
    findings = [Finding("a", Level.GOOD, "fine"), Finding("b", level, "seen [red]", "do [it]")]
    good = level in (Level.GOOD, Level.NOTE)
    assert healthy(findings) is good
    show(findings, Console(file=StringIO()), "en", as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["healthy"] is good
    assert document["findings"][1] == {"about": "b", "level": level.value, "what": "seen [red]", "do": "do [it]"}
    console = Console(file=StringIO(), width=120)
    show(findings, console, "en", as_json=False)
    file = console.file
    assert isinstance(file, StringIO)
    assert ("Everything is as it ought to be." in file.getvalue()) is good
    assert all(part in file.getvalue() for part in ("fine", "seen [red]", "→ do [it]"))


Answer = Callable[[httpx2.Request], httpx2.Response]


def asked(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    """The server gives these answers."""

    @asynccontextmanager
    async def client(url: str, language: Any) -> AsyncIterator[Client]:
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
            yield Client(http, url, language, tries=1)

    monkeypatch.setattr(running_server, "client", client)


async def test_a_service_that_does_not_answer_is_named_and_the_others_are_looked_at(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        if path == "/v1/auth/sessions":
            return httpx2.Response(201, json={"token": "t"})
        if path == "/v1/operations/inspection/loops" or path.startswith("/v1/operations/refunds/dead"):
            return httpx2.Response(503, json={"detail": "away"})
        if path.endswith("queues"):
            archive = {"days": 14, "oldest_at": None, "behind": False}
            return httpx2.Response(200, json={"items": [], "followers": [], "archive": archive})
        if path.endswith("loops"):
            return httpx2.Response(200, json={"items": [a_loop()]})
        dead = (path, request.url.params.get("state")) == ("/v1/operations/requests/dead-letters", "dead")
        items: list[object] = [{}] if dead else []
        return httpx2.Response(200, json={"items": items, "next": None})

    asked(monkeypatch, answer)
    await running_server.check_server(notebook, lambda: WHO)
    found = {finding.about: (finding.level, finding.what) for finding in notebook.findings}
    assert {about: level for about, (level, _) in found.items()} == {
        WHO.url: Level.GOOD,
        "service requests": Level.WRONG,
        "service inspection": Level.WRONG,
        "service refunds": Level.WRONG,
        "service notifications": Level.GOOD,
        "reconciler": Level.GOOD,
    }
    assert "1 events wait for a person" in found["service requests"][1]
    assert "loops cannot be read: " in found["service inspection"][1]
    assert "waiting events cannot be read: " in found["service refunds"][1]
    assert len(notebook.findings) == 2 + len(Service) + 1


async def test_a_server_that_is_not_ready_says_what_it_lacks(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(monkeypatch, lambda _: httpx2.Response(503, json={"checks": {"bus": "away"}}))
    await running_server.check_server(notebook, lambda: WHO)
    (finding,) = notebook.findings
    assert (finding.level, finding.about) == (Level.WRONG, WHO.url)
    assert "'bus': 'away'" in finding.what


async def test_an_administrator_with_another_password_reads_how_to_tell_it(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password of the data folder was changed; a refusal for another reason has the general advice."""

    def refusing(code: str) -> Answer:
        def answer(request: httpx2.Request) -> httpx2.Response:
            return httpx2.Response(200 if request.method == "GET" else 401, json={"code": code})

        return answer

    for code in ("wrong_password", "unauthenticated"):
        asked(monkeypatch, refusing(code))
        await running_server.check_server(notebook, lambda: WHO)
    first, second = [finding.do for finding in notebook.findings if finding.about == "server"]
    assert "RETOUR_ADMIN_PASSWORD" in str(first)
    assert "RETOUR_ADMIN_PASSWORD" not in str(second)


async def test_a_server_that_nobody_can_find_or_that_lets_nobody_in_is_one_finding(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> Access:
        raise Trouble(Said("nobody is named", "未指定"), ExitStatus.SETTINGS)

    await running_server.check_server(notebook, nobody)
    asked(monkeypatch, lambda request: httpx2.Response(401 if "auth" in request.url.path else 200, json={}))
    await running_server.check_server(notebook, lambda: WHO)
    assert levels(notebook) == [Level.WRONG, Level.GOOD, Level.WRONG]
    assert "nobody is named" in notebook.findings[0].what
    assert "401" in notebook.findings[2].what


async def test_a_folder_that_holds_no_retour_is_all_there_is_to_say(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path):
        (finding,) = await examination.embedded(DataFolder(folder), lambda: WHO, "en")
        assert (finding.level, finding.about) == (Level.WRONG, str(folder))
        assert "retour up" in finding.do
