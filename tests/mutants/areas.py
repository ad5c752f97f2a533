"""Which tests answer for which code: the one table of paths that `make mutants` knows.

A core has unit tests that must notice nearly everything. An area is what lies outside the cores. Its tests come in
three stages: unit tests, tests with a database or a bus in the same process, and tests that start processes.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
NO_CODE: Final = ("migrations",)
"""Folders that no fault is put into: what has been migrated is not migrated again."""


@dataclass(frozen=True)
class Core:
    """Where the code of a core is, and the unit tests that answer for it."""

    code: tuple[str, ...]
    tests: str


@dataclass(frozen=True)
class Area:
    """Code outside the cores, and its tests by stage. `processes` are all run: coverage does not see inside them."""

    code: tuple[str, ...]
    unit: tuple[str, ...]
    integration: tuple[str, ...]
    processes: tuple[str, ...] = ()


CORES: Final = {
    "refunds": Core(("service_refunds/domain",), "tests/unit/refunds"),
    "policy": Core(("service_requests/domain/policy", "service_requests/domain/eligibility"), "tests/unit/requests"),
    "care": Core(("service_notifications/domain/care",), "tests/unit/notifications/care"),
}

AREAS: Final = {
    "messaging": Area(
        code=("shared/messaging",),
        unit=("tests/unit/shared",),
        integration=(
            "tests/contract/test_amqp_wire.py",
            "tests/contract/test_bus.py",
            "tests/contract/test_events.py",
            "tests/integration/shared",
        ),
        processes=("tests/e2e/test_dead_letters.py",),
    ),
    "database": Area(
        code=("shared/database",),
        unit=("tests/unit/shared",),
        integration=(
            "tests/contract/test_postgres_pipeline.py",
            "tests/integration/shared",
            "tests/integration/retour",
        ),
    ),
    "web": Area(
        code=(
            "shared/__init__.py", "shared/contracts", "shared/documents", "shared/files", "shared/kernel",
            "shared/runtime", "shared/telemetry", "shared/testing", "shared/web",
        ),
        unit=("tests/unit/shared", "tests/unit/gateway"),
        integration=(
            "tests/contract/test_events.py",
            "tests/integration/gateway",
            "tests/contract/test_file_intake.py",
            "tests/contract/test_file_store.py",
            "tests/integration/files",
            "tests/integration/notifications",
            "tests/integration/requests",
        ),
        processes=("tests/integration/journeys/test_outside.py",),
    ),
    "gateway": Area(
        code=("gateway",),
        unit=("tests/unit/gateway",),
        integration=("tests/integration/gateway",),
        processes=("tests/integration/journeys/test_outside.py", "tests/e2e/test_public_policy.py"),
    ),
    "requests": Area(
        code=("service_requests",),
        unit=("tests/unit/requests",),
        integration=("tests/integration/requests",),
        processes=("tests/integration/journeys/test_return.py",),
    ),
    "inspection": Area(
        code=("service_inspection",),
        unit=("tests/unit/inspection",),
        integration=("tests/integration/inspection",),
        processes=("tests/integration/journeys/test_return.py",),
    ),
    "refunds": Area(
        code=("service_refunds",),
        unit=("tests/unit/refunds",),
        integration=("tests/contract/test_payment_provider.py", "tests/integration/refunds"),
        processes=("tests/integration/journeys/test_return.py",),
    ),
    "notifications": Area(
        code=("service_notifications",),
        unit=("tests/unit/notifications",),
        integration=("tests/contract/test_mail.py", "tests/integration/notifications"),
        processes=("tests/integration/journeys/test_return.py",),
    ),
    "retour": Area(
        code=("retour",),
        unit=(
            "tests/unit/retour",
            "tests/unit/requests/policy",
            "tests/unit/notifications/care/reply_check/test_reply_command.py",
        ),
        integration=("tests/integration/retour",),
        processes=("tests/e2e/test_command.py", "tests/e2e/test_doctor.py", "tests/e2e/test_dead_letters.py"),
    ),
}  # fmt: skip


def core_files(core: Core) -> list[str]:
    """The modules of a core, by path from the root."""
    return sorted(str(file.relative_to(ROOT)) for code in core.code for file in (ROOT / code).rglob("*.py"))


def area_files(area: Area) -> list[str]:
    """The modules of an area: what its code holds less the cores and what no fault is put into."""
    found = [file for code in area.code for file in _modules(ROOT / code)]
    of_cores = {file for core in CORES.values() for file in core_files(core)}
    return sorted(file for file in found if file not in of_cores and not set(Path(file).parts) & set(NO_CODE))


def places(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Those of these test paths that exist."""
    return tuple(path for path in paths if (ROOT / path).exists())


def _modules(code: Path) -> list[str]:
    files = [code] if code.is_file() else code.rglob("*.py")
    return [str(file.relative_to(ROOT)) for file in files]
