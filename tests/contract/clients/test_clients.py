"""Foreign tools read the contracts: three generators, three linters, and a return played with a generated client (Z34).

The tools stand in `clients/`, each with its hash. Without npm or a registry these tests are skipped with one loud
line; where `RETOUR_REQUIRE_DISTRIBUTED=1` they fail instead.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.contract.clients.documented import DOCUMENT
from tests.support import servers
from tests.support.world import running

ROOT: Final = Path(__file__).parents[3]
HERE: Final = Path(__file__).parent
OPENAPI: Final = ROOT / "docs/openapi.json"
TOOLS: Final = ROOT / ".tools/clients"
OPERATIONS: Final = {operation["operationId"] for item in DOCUMENT["paths"].values() for operation in item.values()}

OF_THE_TOOL_ITSELF: Final = (
    "OpenAPI 3.1 support is still in beta",  # said of every document of this version
    "Failed to get the schema name: null",  # said of `additionalProperties: false` in 3.1, which is right and stays
)
"""What openapi-generator says of its own state, whatever the document is."""

pytestmark = [pytest.mark.xdist_group("clients"), pytest.mark.timeout(900)]


def run(command: Sequence[object], folder: Path = ROOT, **more: str) -> str:
    """What a tool says; `AssertionError` when it fails."""
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env={**os.environ, **quiet, **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{command[0]}: {said[-4000:]}"
    return said


@pytest.fixture(scope="module")
def tools() -> Path:
    """The folder with the tools, brought when they are not there yet."""
    away = next((name for name in ("npm", "java") if shutil.which(name) is None), None)
    if away is None:
        done = subprocess.run([HERE / "set_up.sh", TOOLS], capture_output=True, text=True, check=False, timeout=800)
        if done.returncode == 0:
            return TOOLS
        away = done.stderr.strip()[-300:] or "a registry"
    if servers.REQUIRED:
        pytest.fail(f"{away} cannot be reached and RETOUR_REQUIRE_DISTRIBUTED=1")
    pytest.skip(f"{away} cannot be reached")


@pytest.fixture(scope="module")
def python_client(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of the generated Python client, and what its generator said."""
    folder = tmp_path_factory.mktemp("python")
    command = [
        tools / "venv/bin/openapi-python-client", "generate", "--path", OPENAPI, "--meta", "none",
        "--output-path", folder / "retour_client", "--config", HERE / "generator.yaml", "--fail-on-warning",
    ]  # fmt: skip
    return folder, run(command, folder)


def test_openapi_python_client_makes_every_operation(python_client: tuple[Path, str]) -> None:
    """Z34: it left out POST /v1/returns and nine more."""
    folder, said = python_client
    assert re.sub(r"Generating \S+", "", said).strip() == ""
    made = {path.stem for path in (folder / "retour_client/api").glob("*/*.py")} - {"__init__"}
    assert made == OPERATIONS


@pytest.mark.timeout(600)
async def test_a_whole_return_is_played_with_the_generated_client(
    python_client: tuple[Path, str], tools: Path, tmp_path: Path
) -> None:
    """Z34: order, return, approval, shipment, receipt, inspection, refund settled, closed; nothing but its names."""
    async with running("embedded", tmp_path, None) as world:
        password = json.loads((world.folder / "secrets.json").read_text())["admin_password"]
        command = [tools / "venv/bin/python", HERE / "play_return.py", world.http.base_url, password]
        said = await asyncio.to_thread(run, command, PYTHONPATH=str(python_client[0]))
    assert re.fullmatch(r"return ret_\w+ closed, refund rfd_\w+ settled, \d+ steps", said.strip())


def test_openapi_typescript_makes_every_operation_and_its_types_hold(tools: Path, tmp_path: Path) -> None:
    """Z34: fields with a default were typed as if they had to be sent."""
    said = run([tools / "node_modules/.bin/openapi-typescript", OPENAPI, "-o", tmp_path / "retour.d.ts"])
    assert not re.search(r"warn|error", said, re.IGNORECASE)
    made = (tmp_path / "retour.d.ts").read_text()
    declared = made.partition("export interface operations {")[2]
    assert set(re.findall(r"^    (\w+): \{$", declared, re.MULTILINE)) == OPERATIONS
    shutil.copy(HERE / "use_types.ts", tmp_path)
    checks = ["--noEmit", "--strict", "--module", "esnext", "--moduleResolution", "bundler"]
    run([tools / "node_modules/.bin/tsc", *checks, "use_types.ts"], tmp_path)


def test_openapi_generator_makes_every_operation_for_go(tools: Path, tmp_path: Path) -> None:
    """Z34: a third maker, in another language."""
    command = [tools / "venv/bin/openapi-generator-cli", "generate", "-i", OPENAPI, "-g", "go", "-o", tmp_path]
    warned = [line for line in run(command).splitlines() if re.search(r"\b(WARN|ERROR)\b", line)]
    assert [line for line in warned if not any(known in line for known in OF_THE_TOOL_ITSELF)] == []
    made = {
        re.sub(r"[^a-z]", "", name.lower())
        for path in tmp_path.glob("api_*.go")
        for name in re.findall(r"^func \(a \*\w+\) (\w+)Execute\(", path.read_text(), re.MULTILINE)
    }
    assert made == {re.sub(r"[^a-z]", "", name) for name in OPERATIONS}


def test_redocly_finds_nothing(tools: Path) -> None:
    """Z34: 29 warnings before."""
    command = [tools / "node_modules/.bin/redocly", "lint", OPENAPI, "--config", HERE / "redocly.yaml"]
    said = run([*command, "--format", "json"])
    totals = json.loads(said[said.index("{") : said.rindex("}") + 1])["totals"]
    assert totals == {"errors": 0, "warnings": 0, "ignored": 0}


def test_spectral_finds_nothing(tools: Path) -> None:
    """Z34: with its recommended rules, also what it only hints at."""
    command = [tools / "node_modules/.bin/spectral", "lint", OPENAPI, "-r", HERE / "spectral.yaml"]
    said = run([*command, "--fail-severity", "hint", "--display-only-failures"])
    assert "No results with a severity of 'hint' or higher found!" in said


def test_the_parser_of_asyncapi_finds_nothing(tools: Path) -> None:
    """Z33, Z34: no diagnostic of whatever severity, and every event is a message."""
    said = run(["node", HERE / "asyncapi.mjs", tools, ROOT / "docs/asyncapi.json"])
    channels = json.loads((ROOT / "docs/asyncapi.json").read_text())["channels"].values()
    events = {each["$ref"] for channel in channels for each in channel["messages"].values()}
    assert said.strip() == f"{len(events)} messages"
