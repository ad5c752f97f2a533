"""`python -m retour.hosting.migrations FD`: every service's migrations at once, after one start of an interpreter.

A service imports a second of modules, which are the same ones for the most part. They are imported once, then each
service migrates in a fork of its own, as `python -m service_… migrate` does. The exit statuses of those that failed are
written to the file descriptor FD as JSON.
"""

import json
import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping

import alembic.command  # noqa: F401  a migration imports these two when there is something to do
import sqlalchemy.ext.asyncio  # noqa: F401

import gateway.app  # noqa: F401
from retour.hosting import recipes  # noqa: F401
from retour.hosting.distributed import MODULES


def migrate_every(modules: Mapping[str, str]) -> Mapping[str, int]:
    """Migrate each service in a process of its own, all at the same time; the exit statuses of those that failed."""
    forks = multiprocessing.get_context("fork")
    running = {name: forks.Process(target=_migrate, args=(module,)) for name, module in modules.items()}
    for each in running.values():
        each.start()
    for each in running.values():
        each.join()
    return {name: each.exitcode for name, each in running.items() if each.exitcode}


def _migrate(module: str) -> None:
    sys.argv = [module, "migrate"]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    with os.fdopen(int(sys.argv[1]), "w") as answer:
        json.dump(migrate_every(MODULES), answer)
