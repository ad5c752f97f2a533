"""Roles and databases in a PostgreSQL that asks for passwords: a cluster of our own, because the usual one trusts."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import pytest

from benchmarks import rig
from retour.exit_status import Trouble
from retour.hosting import distributed, provisioning
from retour.hosting.data_folder import DataFolder
from tests.support import servers
from tests.support.waiting import eventually

pytestmark = [pytest.mark.distributed, pytest.mark.xdist_group("provisioning")]

NAMES = ("gateway", "requests", "inspection", "refunds", "notifications")
ASKS = """host all postgres 127.0.0.1/32 trust
host all trusted_gateway,trusted_requests,trusted_inspection,trusted_refunds,trusted_notifications 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
"""
NUMBERS = count()


@dataclass(frozen=True, slots=True)
class Cluster:
    """A PostgreSQL that asks every role for its password, but for the administrator and those that it trusts."""

    url: str
    log: Path

    async def kept(self, prefix: str) -> dict[str, str]:
        """What it keeps of the passwords of the roles that begin like this."""
        connection = await asyncpg.connect(self.url)
        rows = await connection.fetch(
            "SELECT rolname, rolpassword FROM pg_authid WHERE starts_with(rolname, $1)", prefix
        )
        await connection.close()
        return {row["rolname"]: row["rolpassword"] for row in rows}

    async def run(self, *statements: str) -> None:
        """As the administrator."""
        connection = await asyncpg.connect(self.url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    async def asks(self) -> bool:
        """Whether it has read that it has to."""
        try:
            await asyncpg.connect(self.url.replace("postgres@", "nobody:word@"))
        except asyncpg.InvalidPasswordError:
            return True
        except asyncpg.InvalidAuthorizationSpecificationError:
            return False
        return False


@pytest.fixture(scope="module")
async def cluster() -> AsyncIterator[Cluster]:
    """One that writes every statement into its log."""
    if not rig.POSTGRES_BIN:
        (pytest.fail if servers.REQUIRED else pytest.skip)("the programs of PostgreSQL cannot be reached")
    with rig.folder() as folder, rig.postgres(folder) as (server, url):
        made = Cluster(url, server.log)
        (folder / "postgres" / "pg_hba.conf").write_text(ASKS)
        await made.run("ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()")
        await eventually(made.asks)
        yield made


@pytest.fixture
def prefix(monkeypatch: pytest.MonkeyPatch) -> str:
    """Names of this test's own."""
    made = f"shop{next(NUMBERS)}"
    monkeypatch.setattr(distributed, "NAMES", made)
    return made


async def lets_in(cluster: Cluster, data_folder: DataFolder) -> None:
    """Every service gets into its own database with the password of this folder."""
    for name, password in data_folder.secrets().database_passwords.items():
        connection = await asyncpg.connect(distributed.database_url(cluster.url, name, password))
        assert await connection.fetchval("SELECT current_database()") == distributed.own_name(name)
        await connection.close()


async def who_gets_in(
    cluster: Cluster, passwords: Mapping[str, str], own: Callable[[str], str]
) -> set[tuple[str, str]]:
    """Every pair of a service and another's database that it gets into."""
    found = set()
    for name, password in passwords.items():
        for other in passwords:
            url = urlsplit(cluster.url)._replace(
                netloc=f"{own(name)}:{quote(password)}@127.0.0.1:{urlsplit(cluster.url).port}", path=f"/{own(other)}"
            )
            with suppress(asyncpg.InsufficientPrivilegeError):
                await (await asyncpg.connect(urlunsplit(url))).close()
                found.add((name, other))
    return found


async def test_a_role_gets_into_its_own_database_only_and_may_make_nothing(
    cluster: Cluster, prefix: str, tmp_path: Path
) -> None:
    """S-99: whoever has one service's password has that service's rows; twenty others are refused."""
    data_folder = DataFolder(tmp_path)
    await provisioning.provision(cluster.url, data_folder)
    passwords = data_folder.secrets().database_passwords
    assert passwords.keys() == set(NAMES)
    await cluster.run(f"GRANT CONNECT ON DATABASE {prefix}_refunds TO PUBLIC")
    await provisioning.provision(cluster.url, data_folder)
    assert await who_gets_in(cluster, passwords, distributed.own_name) == {(name, name) for name in NAMES}
    assert await powers(cluster, prefix) == []


async def test_the_script_of_the_compose_file_keeps_the_services_apart_as_well(
    cluster: Cluster,
) -> None:
    """S-99: it runs in PostgreSQL's own image, once, on a fresh volume."""
    psql = shutil.which("psql")
    if psql is None:
        (pytest.fail if servers.REQUIRED else pytest.skip)("psql cannot be reached")
    passwords = {name: f"word of {name}" for name in NAMES}
    environment = {
        "PATH": os.environ["PATH"],
        "POSTGRES_USER": "postgres",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(urlsplit(cluster.url).port),
        **{f"{name.upper()}_DATABASE_PASSWORD": password for name, password in passwords.items()},
    }
    script = Path(__file__).parents[3] / "deploy/postgres/10-services.sh"
    done = await asyncio.to_thread(
        subprocess.run, ["sh", str(script)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert await who_gets_in(cluster, passwords, "retour_{}".format) == {(name, name) for name in NAMES}
    assert await powers(cluster, "retour_") == []


async def powers(cluster: Cluster, prefix: str) -> list[str]:
    """The roles among these that may more than sign in."""
    connection = await asyncpg.connect(cluster.url)
    rows = await connection.fetch(
        "SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1) AND (rolsuper OR rolcreaterole OR rolcreatedb"
        " OR rolreplication OR rolbypassrls OR EXISTS (SELECT 1 FROM pg_auth_members WHERE member = pg_roles.oid))",
        prefix,
    )
    await connection.close()
    return [row["rolname"] for row in rows]


async def test_a_role_keeps_its_password_and_no_log_holds_it(cluster: Cluster, prefix: str, tmp_path: Path) -> None:
    data_folder = DataFolder(tmp_path)
    await provisioning.provision(cluster.url, data_folder)
    await lets_in(cluster, data_folder)
    kept = await cluster.kept(prefix)
    assert kept.keys() == {f"{prefix}_{name}" for name in NAMES}
    await provisioning.provision(cluster.url, data_folder)
    assert await cluster.kept(prefix) == kept
    log = cluster.log.read_text()
    assert log.count(f"CREATE ROLE {prefix}_") == len(NAMES)
    assert not any(password in log for password in data_folder.secrets().database_passwords.values())


async def test_a_role_comes_into_its_own_database_and_into_no_other(
    cluster: Cluster, prefix: str, tmp_path: Path
) -> None:
    """N07: who has one service's password reads one service's data."""
    data_folder = DataFolder(tmp_path)
    await provisioning.provision(cluster.url, data_folder)
    await lets_in(cluster, data_folder)
    for name, password in data_folder.secrets().database_passwords.items():
        for other in set(NAMES) - {name}:
            own = distributed.database_url(cluster.url, name, password)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(own, database=distributed.own_name(other))


async def test_another_folder_is_refused_and_changes_nothing(cluster: Cluster, prefix: str, tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path / "first"), DataFolder(tmp_path / "second")
    await provisioning.provision(cluster.url, first)
    await cluster.run(f"DROP DATABASE {prefix}_refunds", f"DROP ROLE {prefix}_refunds")
    kept = await cluster.kept(prefix)
    with pytest.raises(Trouble, match=f"{prefix}_gateway") as raised:
        await provisioning.provision(cluster.url, second)
    assert f"{prefix}_refunds" not in str(raised.value)
    assert await cluster.kept(prefix) == kept
    await provisioning.provision(cluster.url, first)
    await lets_in(cluster, first)


async def test_who_trusts_everybody_is_asked_for_nothing_and_keeps_its_passwords(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed, "NAMES", "trusted")
    await provisioning.provision(cluster.url, DataFolder(tmp_path / "first"))
    kept = await cluster.kept("trusted")
    await provisioning.provision(cluster.url, DataFolder(tmp_path / "second"))
    assert await cluster.kept("trusted") == kept


async def test_a_database_that_is_gone_is_made_again_for_its_role(
    cluster: Cluster, prefix: str, tmp_path: Path
) -> None:
    await provisioning.provision(cluster.url, DataFolder(tmp_path))
    await cluster.run(f"DROP DATABASE {prefix}_requests")
    await provisioning.provision(cluster.url, DataFolder(tmp_path))
    await lets_in(cluster, DataFolder(tmp_path))


async def test_several_at_once_wait_for_each_other(cluster: Cluster, prefix: str, tmp_path: Path) -> None:
    await asyncio.gather(*(provisioning.provision(cluster.url, DataFolder(tmp_path)) for _ in range(4)))
    await lets_in(cluster, DataFolder(tmp_path))
