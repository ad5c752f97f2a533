"""`python -m shared.database.new_migration service_requests "what it does"`: write the next numbered migration.

It compares the tables with what the migrations so far build in an empty PostgreSQL schema, `RETOUR_POSTGRES_URL`. Read
what it wrote before you commit it.
"""

import asyncio
import importlib
import os
import sys
from uuid import uuid4

from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.database.migrating import configuration, newest


def _write(connection: Connection, package: str, words: str) -> None:
    from alembic import command

    recipe = importlib.import_module(f"{package}.app").RECIPE
    config = configuration(recipe.migrations, connection, recipe.metadata)
    versions = sorted((recipe.migrations / "versions").glob("[0-9]*.py"))
    number = f"{int(newest(recipe.migrations)) + 1 if versions else 1:04d}"
    if versions:
        command.upgrade(config, "head")
        connection.commit()
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    command.revision(config, words, autogenerate=True, rev_id=number)


async def _main(package: str, words: str) -> None:
    url = os.environ.get("RETOUR_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    schema = f"migration_{uuid4().hex[:8]}"
    engine = create_async_engine(
        "postgresql+asyncpg://" + url.partition("://")[2],
        poolclass=pool.NullPool,
        connect_args={"server_settings": {"search_path": schema}},
    )
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE SCHEMA {schema}"))
        await connection.commit()
        try:
            await connection.run_sync(_write, package, words)
        finally:
            await connection.rollback()
            await connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
            await connection.commit()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], " ".join(sys.argv[2:])))
