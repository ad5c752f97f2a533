"""The role and the database of every service in PostgreSQL: made where they are missing, otherwise left as they are.

Sources: RFC 5802, 3 "SCRAM Algorithm Overview"; RFC 7677; PostgreSQL 15 manual, 13.3.5 "Advisory Locks", 20.5 "Password
Authentication", 53.8 "pg_authid".
"""

import hashlib
import hmac
import secrets
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from retour.exit_status import ExitStatus, Trouble
from retour.hosting import distributed
from retour.hosting.data_folder import DataFolder
from shared.kernel.errors import Said

SECONDS: Final = 5.0
TURN: Final = 727072
"""The advisory lock for making roles and databases; migrations use the next number."""

ITERATIONS: Final = 4096
SALT_BYTES: Final = 16
"""Both have PostgreSQL's own values."""

OF_ANOTHER: Final = Said(
    "PostgreSQL at {where} has the role {roles} already, and the password kept in {folder} does not open it: another "
    "Retour made it. Nothing has been changed. Name that Retour's folder with --data or RETOUR_DATA, or begin other "
    "names with RETOUR_DATABASE_PREFIX, or set its password by hand to the one under database_passwords in {file}.",
    "{where} 的 PostgreSQL 已有角色 {roles}，而 {folder} 中保存的密码无法登录：它由另一个 Retour 创建。未作任何更改。"
    "请用 --data 或 RETOUR_DATA 指定那个 Retour 的目录，或用 RETOUR_DATABASE_PREFIX 换一个名称前缀，"
    "或将该角色的密码手动改为 {file} 中 database_passwords 所列的密码。",
)


async def provision(administrative: str, data_folder: DataFolder) -> None:
    """Make what is missing, one Retour at a time. Raises `Trouble`, and what asyncpg raises.

    Nothing is made before every existing role has accepted its password: a new password would lock out the Retour that
    made the role.
    """
    passwords = data_folder.secrets().database_passwords
    connection = await asyncpg.connect(administrative, timeout=SECONDS)
    try:
        await _wait_for_turn(connection)
        known = await _roles(connection, passwords)
        await _refuse_those_of_another(administrative, data_folder, {name: passwords[name] for name in known})
        for name, password in passwords.items():
            if name not in known:
                await _make_role(connection, distributed.own_name(name), password)
        for name in passwords:
            await _make_database(connection, distributed.own_name(name))
    finally:
        await connection.close()


async def _wait_for_turn(connection: asyncpg.Connection) -> None:
    """Wait until no other process makes roles through this database; the lock ends with the connection."""
    await connection.execute("SELECT pg_advisory_lock($1)", TURN)


async def _roles(connection: asyncpg.Connection, names: Iterable[str]) -> Sequence[str]:
    """The services whose role exists."""
    rows = await connection.fetch("SELECT rolname FROM pg_roles")
    there = {row["rolname"] for row in rows}
    return [name for name in names if distributed.own_name(name) in there]


async def _refuse_those_of_another(administrative: str, data_folder: DataFolder, passwords: Mapping[str, str]) -> None:
    closed = [
        distributed.own_name(name)
        for name, password in passwords.items()
        if not await _opens(distributed.database_url(administrative, name, password))
    ]
    if closed:
        raise Trouble(
            OF_ANOTHER,
            ExitStatus.SETTINGS,
            where=urlsplit(administrative).netloc.rpartition("@")[2] or "localhost",
            roles=", ".join(closed),
            folder=data_folder.folder.absolute(),
            file=data_folder.folder.absolute() / "secrets.json",
        )


async def _opens(url: str) -> bool:
    """Whether the password is the role's. The server checks the password before the database, which may be missing."""
    try:
        connection = await asyncpg.connect(url, timeout=SECONDS)
    except asyncpg.InvalidPasswordError:
        return False
    except asyncpg.InvalidCatalogNameError:
        return True
    await connection.close()
    return True


async def _make_role(connection: asyncpg.Connection, own: str, password: str) -> None:
    made = verifier(password, secrets.token_bytes(SALT_BYTES))
    await connection.execute(f"CREATE ROLE {own} LOGIN PASSWORD '{made}'")


async def _make_database(connection: asyncpg.Connection, own: str) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", own):
        await connection.execute(
            f"CREATE DATABASE {own} OWNER {own} ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
            " TEMPLATE template0"
        )
    await connection.execute(f"REVOKE CONNECT ON DATABASE {own} FROM PUBLIC")


def verifier(password: str, salt: bytes) -> str:
    """What PostgreSQL stores of a password. It is sent instead of the password, because the server logs statements.

    Passwords are ASCII, which SASLprep does not change.
    """
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored_key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    salt_text, stored_text, server_text = (b64encode(part).decode() for part in (salt, stored_key, server_key))
    return f"SCRAM-SHA-256${ITERATIONS}:{salt_text}${stored_text}:{server_text}"
