"""What is sent to PostgreSQL instead of a password, and what is said of a role that another Retour has made."""

from base64 import b64decode
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from retour.exit_status import ExitStatus, Trouble
from retour.hosting import distributed, provisioning
from retour.hosting.data_folder import DataFolder

ADMINISTRATIVE = "postgresql://postgres:secret@db:5432/postgres"


def test_a_verifier_is_that_of_the_example_in_rfc_7677() -> None:
    """Its password, salt and iterations; the keys are those with which its proof and its signature come out."""
    assert provisioning.verifier("pencil", b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")) == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
        "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


class Server:
    """A PostgreSQL with every role already, of which it opens these; what it was told to do."""

    def __init__(self, opens: dict[str, BaseException | None], lacks: tuple[str, ...] = ()) -> None:
        self._opens = opens
        self._lacks = lacks
        self.told: list[str] = []

    async def connect(self, url: str, timeout: float) -> "Server":
        """As asyncpg does."""
        role = url.partition("//")[2].partition(":")[0]
        if error := self._opens.get(role):
            raise error
        return self

    async def fetch(self, statement: str) -> list[dict[str, str]]:
        """The roles."""
        return [{"rolname": distributed.own_name(name)} for name in ("gateway", "refunds", "requests")]

    async def fetchval(self, _statement: str, name: str) -> int | None:
        """Every database is there but for these."""
        return None if name in self._lacks else 1

    async def execute(self, statement: str, *_: Any) -> None:
        """Note it."""
        self.told.append(statement)

    async def close(self) -> None:
        """Nothing to do."""


def changes(told: list[str]) -> list[str]:
    return [statement for statement in told if not statement.startswith("SELECT")]


async def test_a_role_of_another_retour_is_named_with_what_to_do_and_nothing_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = asyncpg.InvalidPasswordError("password authentication failed")
    server = Server({"retour_refunds": wrong, "retour_requests": wrong})
    monkeypatch.setattr(asyncpg, "connect", server.connect)
    with pytest.raises(Trouble) as raised:
        await provisioning.provision(ADMINISTRATIVE, DataFolder(tmp_path))
    assert raised.value.ending == ExitStatus.SETTINGS
    for language in ("en", "zh-CN"):
        said = raised.value.say(language)
        named = ("db:5432", "retour_requests, retour_refunds", str(tmp_path), "--data", "RETOUR_DATA",
                 "RETOUR_DATABASE_PREFIX", "database_passwords")  # fmt: skip
        assert all(part in said for part in named), said
        assert "gateway" not in said
        assert "secret@" not in said
        assert "\n" not in said
    assert changes(server.told) == []


async def test_a_role_whose_database_is_missing_has_let_us_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server({"retour_gateway": asyncpg.InvalidCatalogNameError("no such database")})
    monkeypatch.setattr(asyncpg, "connect", server.connect)
    await provisioning.provision(ADMINISTRATIVE, DataFolder(tmp_path))
    made = [statement.split()[2] for statement in server.told if statement.startswith("CREATE ROLE")]
    assert made == ["retour_inspection", "retour_notifications"]
    assert not any("ALTER" in statement for statement in server.told)


async def test_every_database_is_closed_to_all_but_its_role_also_one_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-99: PostgreSQL lets everybody connect unless it is told otherwise; no role may do more than sign in."""
    server = Server({})
    monkeypatch.setattr(asyncpg, "connect", server.connect)
    await provisioning.provision(ADMINISTRATIVE, DataFolder(tmp_path))
    names = {f"retour_{name}" for name in ("gateway", "requests", "inspection", "refunds", "notifications")}
    closed = {statement for statement in server.told if statement.startswith("REVOKE")}
    assert closed == {f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC" for name in names}
    roles = [statement.split("PASSWORD")[0] for statement in server.told if statement.startswith("CREATE ROLE")]
    assert roles == [f"CREATE ROLE retour_{name} LOGIN " for name in ("inspection", "notifications")]


async def test_the_turn_is_waited_for_before_anything_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server({})
    monkeypatch.setattr(asyncpg, "connect", server.connect)
    await provisioning.provision(ADMINISTRATIVE, DataFolder(tmp_path))
    assert "pg_advisory_lock" in server.told[0]


async def test_a_database_that_is_missing_is_its_roles_and_nobody_else_may_come_into_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server({}, lacks=("retour_refunds", "retour_inspection"))
    monkeypatch.setattr(asyncpg, "connect", server.connect)
    await provisioning.provision(ADMINISTRATIVE, DataFolder(tmp_path))
    made = [statement.split()[2:5] for statement in server.told if statement.startswith("CREATE DATABASE")]
    assert made == [[name, "OWNER", name] for name in ("retour_inspection", "retour_refunds")]
    closed = [statement for statement in server.told if statement.startswith("REVOKE")]
    names = ("requests", "inspection", "refunds", "notifications", "gateway")
    assert sorted(closed) == sorted(f"REVOKE CONNECT ON DATABASE retour_{name} FROM PUBLIC" for name in names)
    order = [statement.split()[1] for statement in changes(server.told) if statement.startswith("CREATE")]
    assert order == ["ROLE", "ROLE", "DATABASE", "DATABASE"]
