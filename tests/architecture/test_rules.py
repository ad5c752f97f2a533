"""Each rule bites: one violation, planted in a copy of the tree, raises the alarm that names it."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.architecture import rules

ROOT: Final = Path(__file__).resolve().parents[2]
COPIED: Final = (*rules.PACKAGES, *rules.BESIDE_THE_PACKAGES)
PARTS_OF_A_SERVICE: Final = (*(f"{room}/__init__.py" for room in rules.ROOMS), *rules.ENTRIES)
NOT_COPIED: Final = shutil.ignore_patterns("__pycache__", "static", "*.db*")


class Plant(NamedTuple):
    """One violation: where it is written, what is written, and what the alarm must say."""

    file: str
    text: str
    alarm: str


BROKEN_CONTRACTS: Final = (
    Plant(
        "shared/runtime/planted.py",
        "import service_refunds",
        "shared is not allowed to import service_refunds",
    ),
    Plant(
        "service_refunds/planted.py",
        "import retour",
        "service_refunds is not allowed to import retour",
    ),
    Plant(
        "service_refunds/adapters/planted.py",
        "import service_requests",
        "service_refunds is not allowed to import service_requests",
    ),
    Plant(
        "gateway/planted.py",
        "import service_requests",
        "gateway is not allowed to import service_requests",
    ),
    Plant(
        "service_refunds/domain/planted.py",
        "import service_refunds.application",
        "service_refunds.domain is not allowed to import service_refunds.application",
    ),
    Plant(
        "service_refunds/application/planted.py",
        "import service_refunds.adapters",
        "service_refunds.application is not allowed to import service_refunds.adapters",
    ),
    Plant(
        "service_requests/application/planted.py",
        "import service_requests.settings",
        "service_requests.application is not allowed to import service_requests.settings",
    ),
    Plant(
        "service_inspection/entrypoints/planted.py",
        "import service_inspection.adapters",
        "service_inspection.entrypoints is not allowed to import service_inspection.adapters",
    ),
    Plant(
        "service_inspection/adapters/planted.py",
        "import service_inspection.entrypoints",
        "service_inspection.adapters is not allowed to import service_inspection.entrypoints",
    ),
    Plant(
        "service_notifications/adapters/planted.py",
        "import service_notifications.app",
        "service_notifications.adapters is not allowed to import service_notifications.app",
    ),
    Plant("service_refunds/attic/__init__.py", "", "- service_refunds.attic"),
    Plant("shared/attic/__init__.py", "", "- shared.attic"),
    Plant(
        "shared/kernel/planted.py",
        "import shared.contracts",
        "shared.kernel is not allowed to import shared.contracts",
    ),
    Plant(
        "shared/messaging/planted.py",
        "import shared.web",
        "shared.messaging is not allowed to import shared.web",
    ),
    Plant(
        "service_refunds/domain/planted.py",
        "import shared.contracts",
        "service_refunds.domain is not allowed to import shared.contracts",
    ),
    *(
        Plant(
            "service_refunds/application/planted.py",
            f"import {library}",
            f"service_refunds.application is not allowed to import {library}",
        )
        for library in (
            "aio_pika",
            "asyncpg",
            "fastapi",
            "httpx",
            "psycopg",
            "sqlalchemy",
            "shared.contracts.events",
            "shared.database",
            "shared.documents",
            "shared.web",
        )
    ),
    Plant("gateway/attic/__init__.py", "", "- gateway.attic"),
    Plant(
        "gateway/adapters/planted.py",
        "import gateway.entrypoints",
        "gateway.adapters is not allowed to import gateway.entrypoints",
    ),
    Plant(
        "gateway/domain/planted.py",
        "import gateway.application",
        "gateway.domain is not allowed to import gateway.application",
    ),
    Plant(
        "gateway/entrypoints/identity/planted.py",
        "import gateway.entrypoints.edge",
        "gateway.entrypoints.identity is not allowed to import gateway.entrypoints.edge",
    ),
    Plant(
        "gateway/entrypoints/edge/planted.py",
        "import gateway.entrypoints.pages",
        "gateway.entrypoints.edge is not allowed to import gateway.entrypoints.pages",
    ),
    Plant("gateway/entrypoints/attic/__init__.py", "", "- gateway.entrypoints.attic"),
    Plant(
        "gateway/application/planted.py",
        "",
        "- gateway.application.planted",
    ),
    Plant(
        "gateway/adapters/identity/planted.py",
        "import gateway.adapters.edge",
        "gateway.adapters.identity is not allowed to import gateway.adapters.edge",
    ),
    Plant(
        "gateway/entrypoints/pages/public/planted.py",
        "import gateway.entrypoints.pages.console",
        "gateway.entrypoints.pages.public is not allowed to import gateway.entrypoints.pages.console",
    ),
    Plant(
        "retour/planted.py",
        "import shared.testing",
        "retour is not allowed to import shared.testing",
    ),
    *(
        Plant(
            f"{container}/{lower}/planted.py",
            f"import {container}.{upper}".replace("/", "."),
            f"{container}.{lower} is not allowed to import {container}.{upper}".replace("/", "."),
        )
        for container, lower, upper in (
            ("service_refunds/domain", "ledger", "known"),
            ("service_refunds/domain", "calculation", "events"),
            ("service_refunds/application", "known", "settlement"),
            ("service_refunds/adapters", "settlement", "finance"),
            ("service_refunds/entrypoints", "settlement", "finance"),
            ("service_refunds/domain/calculation", "inputs", "promotion"),
            ("service_notifications/domain", "messages", "care"),
            ("service_notifications/application", "contacts", "messages"),
            ("service_notifications/adapters", "messages", "unit_of_work"),
            ("service_notifications/entrypoints", "contacts", "messages"),
            ("service_notifications/domain/care", "text", "listening"),
            ("service_notifications/domain/care/reply_check", "checks", "check_table"),
            ("service_inspection/domain", "receiving", "inspection"),
            ("service_inspection/application", "receiving", "inspection"),
            ("service_inspection/adapters", "receiving", "inspection"),
            ("service_inspection/entrypoints", "receiving", "inspection"),
        )
    ),
    *(
        Plant(
            f"{container}/{lower}.py",
            f"import {container}.{upper}".replace("/", "."),
            f"{container}.{lower} is not allowed to import {container}.{upper}".replace("/", "."),
        )
        for container, lower, upper in (
            ("service_refunds/domain/calculation", "fee", "guard"),
            ("service_notifications/application", "ports", "contacts"),
            ("service_notifications/domain/care/text", "time_value", "time_token"),
            ("service_notifications/domain/care/listening", "promise_patterns", "promise"),
            ("service_notifications/domain/care/playbooks", "playbook", "playbook_table"),
        )
    ),
    *(
        Plant(f"{container}/attic.py", "", f"- {container}.attic".replace("/", "."))
        for container in (
            "service_refunds/application",
            "service_refunds/domain/calculation",
            "service_notifications/adapters",
            "service_notifications/domain/care",
            "service_notifications/domain/care/listening",
            "service_notifications/domain/care/playbooks",
            "service_notifications/domain/care/reply_check",
            "service_notifications/domain/care/text",
            "service_inspection/entrypoints",
        )
    ),
)

CAPABILITIES_OF_REQUESTS: Final = (
    ("domain/policy", "domain.orders"),
    ("domain/orders", "domain.eligibility"),
    ("domain/eligibility", "domain.returns"),
    ("application/returns", "application.review"),
    ("application/returns", "application.logistics"),
    ("entrypoints/review", "entrypoints.logistics"),
    ("entrypoints/logistics", "entrypoints.review"),
    ("entrypoints/review", "entrypoints.consumers"),
    ("entrypoints/returns", "entrypoints.jobs"),
    ("adapters/returns", "adapters.queries"),
    ("adapters/returns", "adapters.unit_of_work"),
    ("adapters/returns", "adapters.publishing"),
    ("adapters/tables", "adapters.policy"),
    ("application/ports", "application.policy"),
)
"""Below and above: an import from the first to the second turns the layers round."""

BROKEN_CAPABILITIES: Final = (
    *(
        Plant(
            f"service_requests/{below}/planted.py",
            f"import service_requests.{above}",
            f"service_requests.{below.replace('/', '.')} is not allowed to import service_requests.{above}",
        )
        for below, above in CAPABILITIES_OF_REQUESTS
    ),
    *(
        Plant(f"service_requests/{room}/attic/__init__.py", "", f"- service_requests.{room}.attic")
        for room in ("domain", "application", "adapters", "entrypoints")
    ),
)

SIX_FIELDS: Final = "".join(f"    {name}: int\n" for name in "abcdef")

BROKEN_RULES: Final = (
    Plant(
        "service_refunds/domain/planted.py",
        "def work() -> None:\n" + "    print()\n" * 80,
        "work has 81 lines; a function has at most 80",
    ),
    Plant(
        "service_refunds/domain/planted.py",
        "def work() -> None:\n    print()\n" + "NUMBER = 1\n" * 399,
        "401 lines; a module with logic has at most 400",
    ),
    Plant(
        "service_refunds/domain/planted.py",
        "@dataclass(frozen=True)\nclass Six:\n    a: int\n    b: int\n    c: int\n    d: int\n    e: int\n    f: int\n",
        "Six has more than 5 fields; build it by keyword only",
    ),
    Plant(
        "shared/runtime/planted.py",
        "class Six(NamedTuple):\n    a: int\n    b: int\n    c: int\n    d: int\n    e: int\n    f: int\n",
        "Six has more than 5 fields; build it by keyword only",
    ),
    Plant(
        "service_refunds/domain/planted.py",
        "class Twin:\n    pass\n\n\nclass Holder:\n    class Twin:\n        pass\n",
        "planted.py:6: service_refunds has two classes Twin; the other one is service_refunds/domain/planted.py:1",
    ),
    Plant(
        "service_refunds/domain/planted.py",
        "def late() -> None:\n    import pydantic",
        "planted.py:2: service_refunds.domain imports only the standard library and the kernel, not pydantic",
    ),
    Plant(
        "service_refunds/domain/planted.py",
        "from shared.contracts import events",
        "imports only the standard library and the kernel, not shared.contracts.events",
    ),
    Plant(
        "shared/kernel/planted.py",
        "import structlog",
        "shared.kernel imports only the standard library and the kernel, not structlog",
    ),
    Plant(
        "service_requests/domain/planted.py",
        "from datetime import UTC, datetime\nNOW = datetime.now(UTC)",
        "planted.py:2: datetime.now reads a clock",
    ),
    Plant(
        "service_requests/application/planted.py",
        "import time\nNOW = time.time()",
        "planted.py:2: time.time reads a clock",
    ),
    Plant(
        "service_refunds/entrypoints/planted.py",
        "from fastapi import HTTPException\nraise HTTPException(404)",
        "planted.py:2: HTTPException belongs to shared/web",
    ),
    Plant(
        "gateway/planted.py",
        "import fastapi\nraise fastapi.HTTPException(404)",
        "planted.py:2: HTTPException belongs to shared/web",
    ),
    Plant(
        "service_refunds/adapters/planted.py",
        "def f(embedded: bool) -> int:\n    return 1 if embedded else 2",
        "planted.py:2: a branch on the mode (embedded)",
    ),
    Plant(
        "shared/messaging/planted.py",
        'def f(settings: object) -> None:\n    if settings.mode == "distributed":\n        pass',
        "planted.py:2: a branch on the mode (distributed)",
    ),
    Plant(
        "gateway/planted.py",
        "def f(s: object) -> None:\n    match s.mode:\n        case Mode.EMBEDDED:\n            pass",
        "planted.py:3: a branch on the mode (EMBEDDED)",
    ),
    Plant(
        "shared/web/planted.py",
        "def f(s: object) -> None:\n    while not s.is_embedded:\n        pass",
        "planted.py:2: a branch on the mode (is_embedded)",
    ),
    Plant(
        "service_refunds/application/planted.py",
        "try:\n    pass\nexcept Exception:\n    pass",
        "planted.py:3: except Exception outside the named loops",
    ),
    Plant(
        "retour/planted.py",
        "try:\n    pass\nexcept (ValueError, BaseException):\n    raise KeyError",
        "planted.py:3: except Exception outside the named loops",
    ),
    Plant(
        "gateway/planted.py",
        "try:\n    pass\nexcept:\n    print()",
        "planted.py:3: except Exception outside the named loops",
    ),
    Plant(
        "service_refunds/adapters/planted.py",
        "def f(cursor: object) -> bool:\n    return cursor.rowcount == 1",
        "planted.py:2: rowcount differs by driver",
    ),
    Plant("shared/web/utils.py", "", "utils does not say what is inside"),
    Plant("shared/helpers/__init__.py", "", "helpers does not say what is inside"),
    Plant("tests/unit/test_planted.py", "def test_it_should_work() -> None: ...", "test_it_should_work: a test"),
    Plant("attic/planted.py", "", "attic: nobody placed this folder"),
)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A root with the settings and the lock, and no code yet."""
    for file in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / file, tmp_path)
    return tmp_path


@pytest.fixture
def copy(bare: Path) -> Path:
    """The tree as it is."""
    for folder in COPIED:
        if (ROOT / folder).exists():
            shutil.copytree(ROOT / folder, bare / folder, ignore=NOT_COPIED)
    return bare


def the_alarm_of_import_linter(root: Path) -> str:
    lint = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([lint, "--no-cache", "--no-logo"], cwd=root, capture_output=True, text=True, check=False)
    assert (run.returncode == 0) == ("0 broken." in run.stdout), run.stdout + run.stderr
    return "" if run.returncode == 0 else run.stdout


def plant(root: Path, violation: Plant) -> None:
    file = root / violation.file
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.parts[len(root.parts)] in rules.PACKAGES:
        (file.parent / "__init__.py").touch()
    file.write_text(violation.text, encoding="utf-8")


def test_the_tree_as_it_is_raises_no_alarm(copy: Path) -> None:
    assert the_alarm_of_import_linter(copy) == ""
    assert list(rules.findings(copy)) == []


@pytest.mark.parametrize("violation", [*BROKEN_CONTRACTS, *BROKEN_CAPABILITIES], ids=lambda violation: violation.alarm)
def test_a_broken_import_contract_is_named(copy: Path, violation: Plant) -> None:
    plant(copy, violation)
    assert violation.alarm in " ".join(the_alarm_of_import_linter(copy).split())


@pytest.mark.parametrize("violation", BROKEN_RULES, ids=lambda violation: violation.alarm)
def test_a_broken_rule_is_named(bare: Path, violation: Plant) -> None:
    plant(bare, violation)
    assert violation.alarm in "\n".join(rules.findings(bare))


def test_tidying_up_and_raising_again_is_allowed(bare: Path) -> None:
    text = "try:\n    pass\nexcept BaseException:\n    print()\n    raise"
    plant(bare, Plant("gateway/planted.py", text, ""))
    assert "planted" not in "\n".join(rules.findings(bare))


def test_a_named_loop_may_catch_everything_and_its_neighbour_may_not(bare: Path) -> None:
    text = "try:\n    pass\nexcept Exception:\n    pass"
    plant(bare, Plant("shared/runtime/loops.py", text, ""))
    plant(bare, Plant("shared/runtime/planted.py", text, ""))
    caught = {finding.split(":")[0] for finding in rules.findings(bare) if "except Exception" in finding}
    assert "shared/runtime/planted.py" in caught
    assert "shared/runtime/loops.py" not in caught


@pytest.mark.parametrize(
    ("modules", "named"), [(rules.MOST_MODULES, False), (rules.MOST_MODULES + 1, True)], ids=["20", "21"]
)
def test_a_folder_with_too_many_modules_is_named(bare: Path, modules: int, named: bool) -> None:
    for number in range(modules):
        plant(bare, Plant(f"service_refunds/domain/planted_{number}.py", "", ""))
    found = [finding for finding in rules.findings(bare) if "service_refunds/domain: " in finding]
    assert bool(found) is named
    assert all("21 modules; a folder has at most 20" in finding for finding in found)


@pytest.mark.parametrize(
    "text",
    [
        "ROWS = (\n" + "    1,\n" * 500 + ")\n",
        "@dataclass(kw_only=True)\nclass Six:\n" + SIX_FIELDS,
        "class Five:\n    a: int\n    b: int\n    c: int\n    d: int\n    e: int\n    f: int\n",
    ],
    ids=["a long table", "by keyword", "no dataclass"],
)
def test_what_the_rules_about_size_allow(bare: Path, text: str) -> None:
    plant(bare, Plant("gateway/planted.py", text, ""))
    assert "planted" not in "\n".join(rules.findings(bare))


def test_two_services_may_use_the_same_class_name(bare: Path) -> None:
    for service in ("service_refunds", "service_requests"):
        plant(bare, Plant(f"{service}/domain/planted.py", "class Twin:\n    pass\n", ""))
    assert "Twin" not in "\n".join(rules.findings(bare))


def test_a_folder_that_is_no_package_is_named(bare: Path) -> None:
    (bare / "service_refunds" / "attic").mkdir(parents=True)
    (bare / "service_refunds" / "attic" / "planted.py").touch()
    assert "service_refunds/attic: a folder of Python without __init__.py" in "\n".join(rules.findings(bare))


@pytest.mark.parametrize("missing", PARTS_OF_A_SERVICE)
def test_a_missing_room_is_named(bare: Path, missing: str) -> None:
    for part in (*PARTS_OF_A_SERVICE, "__init__.py"):
        if part != missing:
            plant(bare, Plant(f"service_refunds/{part}", "", ""))
    named = {finding.split(":")[0] for finding in rules.findings(bare) if "service_refunds" in finding}
    assert named == {f"service_refunds/{missing.removesuffix('/__init__.py')}"}


@pytest.mark.parametrize(
    ("before", "after", "alarm"),
    [
        ("\njinja2==", "\njinja22==", "jinja2 is missing"),
        ("\njinja2==", "\n--index-url https://a.test/\njinja2==", "names a place: --index-url"),
        ("\njinja2==3", "\njinja2==9\njinja2==3", "has no hash: jinja2==9"),
    ],
)
def test_a_lock_with_a_hole_is_named(bare: Path, before: str, after: str, alarm: str) -> None:
    lock = bare / "requirements.lock"
    lock.write_text(lock.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    assert alarm in "\n".join(rules.findings(bare))
