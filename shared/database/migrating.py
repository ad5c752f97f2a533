"""Upgrades a service's database to the newest schema: Alembic, run from code, one service at a time.

The check is cheap: the present revision is one row, so a database at head starts without loading Alembic.
"""

import asyncio
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, MetaData, create_engine, pool, text
from sqlalchemy.exc import SQLAlchemyError

from shared.kernel.errors import Unavailable

LOCK_TIMEOUT: Final = "2s"
NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_metadata() -> MetaData:
    """A service's metadata, with a name for every constraint: both engines report a broken rule by the same name."""
    return MetaData(naming_convention=NAMING)


def migrate(url: str, migrations: Path, metadata: MetaData) -> None:
    """Upgrade to head; `Unavailable` when the database cannot be reached. Not for use inside an event loop."""
    try:
        if url.startswith("sqlite"):
            path = Path(url.removeprefix("sqlite:///"))
            path.parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(url, poolclass=pool.NullPool)
            with engine.connect() as connection:
                _upgrade(connection, migrations, metadata)
        else:
            asyncio.run(_upgrade_postgres(url, migrations, metadata))
    except (OSError, SQLAlchemyError) as error:
        raise Unavailable("database") from error


async def _upgrade_postgres(url: str, migrations: Path, metadata: MetaData) -> None:
    from sqlalchemy.ext.asyncio import (
        create_async_engine,  # imports the ORM, 8 MiB that a running service does not need
    )

    engine = create_async_engine(_asyncpg(url), poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade, migrations, metadata)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, migrations: Path, metadata: MetaData) -> None:
    """Upgrade to head. A newer schema is left as it is, because old code must run on it."""
    present = _present(connection)
    if present is not None and present >= newest(migrations):
        return
    from alembic import command

    if connection.dialect.name == "postgresql":
        # Wait without limit for another process that migrates; LOCK_TIMEOUT is for tables only.
        connection.execute(text("SELECT pg_advisory_lock(727071)"))
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
    try:
        command.upgrade(configuration(migrations, connection, metadata), "head")
        connection.commit()
    finally:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_unlock(727071)"))
            connection.commit()


def configuration(migrations: Path, connection: Connection, metadata: MetaData) -> Any:
    """Alembic's configuration for one service over an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes.update(connection=connection, metadata=metadata)
    return config


def newest(migrations: Path) -> str:
    """The revision at head, which is the number of the last version file."""
    return max(path.stem[:4] for path in (migrations / "versions").glob("[0-9]*.py"))


def _present(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        connection.rollback()
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    connection.rollback()
    return found


def run_environment() -> None:
    """The code of every service's `migrations/env.py`."""
    from alembic import context

    attributes = context.config.attributes
    connection = attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=attributes["metadata"],
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _asyncpg(url: str) -> str:
    return "postgresql+asyncpg://" + url.partition("://")[2]
