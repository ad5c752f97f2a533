"""`retour doctor` on the databases: reachable, undamaged, at the program's schema, with the same clock."""

import sqlite3
from pathlib import Path
from typing import Final

import asyncpg

from retour.operating.doctor.finding import Notebook
from shared.kernel.errors import Said
from shared.runtime.clock import now

SECONDS: Final = 5.0
"""How long a database may take to answer."""
SKEW_SECONDS: Final = 2.0


def check_file(notebook: Notebook, name: str, path: Path, head: str) -> None:
    """Whether a SQLite file can be read, is undamaged and has the program's schema."""
    about = f"database {name}"
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=SECONDS)
        try:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as error:
        notebook.wrong(
            about,
            Said("{path} cannot be read: {why}", "{path} 无法读取：{why}"),
            Said("Run `retour migrate`, or bring back a copy.", "运行 `retour migrate`，或恢复备份。"),
            path=path,
            why=error,
        )
        return
    if sound != "ok":
        notebook.wrong(
            about,
            Said("{path} is damaged: {why}", "{path} 已损坏：{why}"),
            Said("Stop Retour and bring back a copy.", "请停止 Retour 并恢复备份。"),
            path=path,
            why=sound,
        )
        return
    compare_schemas(notebook, about, found[0] if found else None, head)


async def check_postgres(notebook: Notebook, name: str, url: str, head: str) -> None:
    """Whether a PostgreSQL database can be reached, has the program's schema and the same clock."""
    about = f"database {name}"
    try:
        connection = await asyncpg.connect(url, timeout=SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, ValueError) as error:
        notebook.wrong(
            about,
            Said("it cannot be reached: {why}", "无法连接：{why}"),
            Said(
                "Start PostgreSQL, and check {setting}; `retour migrate --distributed` makes what is missing.",
                "请启动 PostgreSQL 并检查 {setting}；`retour migrate --distributed` 会创建缺失的部分。",
            ),
            why=str(error) or type(error).__name__,
            setting=f"{name.upper()}_DATABASE_URL",
        )
        return
    try:
        there = await connection.fetchval("SELECT to_regclass('alembic_version')")
        found = await connection.fetchval("SELECT version_num FROM alembic_version") if there else None
        theirs = await connection.fetchval("SELECT clock_timestamp()")
    except asyncpg.PostgresError as error:
        notebook.wrong(
            about,
            Said("it cannot be read: {why}", "无法读取：{why}"),
            Said(
                "Its role must own the database and its tables: run `retour migrate --distributed` as it.",
                "其角色须拥有该数据库及其中的表：请以该角色运行 `retour migrate --distributed`。",
            ),
            why=str(error),
        )
        return
    finally:
        await connection.close()
    compare_schemas(notebook, about, found, head)
    compare_clocks(notebook, about, (theirs - now()).total_seconds())


def compare_clocks(notebook: Notebook, about: str, ahead: float) -> None:
    """A second of difference is harmless. More is not: tokens live for a minute, and people read moments."""
    if abs(ahead) > SKEW_SECONDS:
        notebook.wrong(
            about,
            Said("its clock is {ahead} s ahead of this machine's", "其时钟比本机快 {ahead} 秒"),
            Said("Let both follow a time server (NTP).", "请让两者与时间服务器（NTP）同步。"),
            ahead=round(ahead, 1),
        )


def compare_schemas(notebook: Notebook, about: str, found: str | None, head: str) -> None:
    """Whether the database's schema is older than the program's, newer, or the same."""
    if found is None or found < head:
        notebook.wrong(
            about,
            Said("its schema is {found}, the program's is {head}", "数据库结构为 {found}，程序需要 {head}"),
            Said("Run `retour migrate`.", "请运行 `retour migrate`。"),
            found=found or "–",
            head=head,
        )
    elif found > head:
        notebook.note(
            about,
            Said("its schema {found} is newer than the program's {head}", "数据库结构 {found} 比程序的 {head} 新"),
            Said("Bring this program up to date.", "请更新本程序。"),
            found=found,
            head=head,
        )
    else:
        notebook.good(about, Said("reachable, schema {head}", "可访问，结构 {head}"), head=head)
