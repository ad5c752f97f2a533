"""Alembic's entry; the work is done by `shared.database.migrating`."""

from shared.database.migrating import run_environment

run_environment()
