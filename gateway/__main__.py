"""`python -m gateway serve|migrate|check`."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from typing import TypeVar

import structlog
import uvloop
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from gateway.app import RECIPE, build, transports
from gateway.settings import DatabaseSettings, Settings
from shared.database.database import open_database
from shared.database.migrating import migrate
from shared.kernel.errors import Unavailable
from shared.runtime.exit_status import EXIT_AWAY, EXIT_SETTINGS
from shared.runtime.memory import give_large_blocks_back
from shared.telemetry import logging
from shared.web.http_server import serve

log = structlog.get_logger(__name__)

S = TypeVar("S", bound=BaseSettings)


def main() -> None:
    """The command line. A wrong setting stops the start and is named."""
    verbs: Mapping[str, Callable[[], None]] = {"serve": _serve, "migrate": _migrate, "check": _check}
    verb = sys.argv[1] if len(sys.argv) == 2 else ""
    if verb not in verbs:
        sys.exit(f"usage: python -m gateway {'|'.join(verbs)}")
    give_large_blocks_back()
    try:
        logging.configure(level=logging.level_in(os.environ, otherwise="INFO"))
    except ValueError as error:
        sys.stderr.write(f"setting {error}\n")
        sys.exit(EXIT_SETTINGS)
    try:
        verbs[verb]()
    except ValidationError as error:
        for item in error.errors(include_url=False, include_input=False):
            name = "".join(str(part).upper() for part in item["loc"])
            sys.stderr.write(f"setting GATEWAY_{name}: {item['msg']}\n")
        sys.exit(EXIT_SETTINGS)
    except Unavailable as error:
        sys.stderr.write(f"gateway: {error.detail.to('en', what=error.whole)}\n")
        sys.exit(EXIT_AWAY)


def _migrate() -> None:
    migrate(_read(DatabaseSettings).database_url, RECIPE.migrations, RECIPE.metadata)


def _check() -> None:
    async def check() -> None:
        engine = open_database(_read(Settings).database_url, RECIPE.tables).engine
        await engine.ping()
        await engine.close()

    asyncio.run(check())


def _serve() -> None:
    settings = _read(Settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_live(settings))


async def _live(settings: Settings) -> None:
    database = open_database(settings.database_url, RECIPE.tables)
    gateway = build(settings, database, transports(settings))
    await gateway.start()
    log.info("started", service=gateway.name, port=settings.port)
    try:
        await serve(gateway.app, settings.host, settings.port)
    finally:
        await gateway.stop()
        log.info("stopped", service=gateway.name)


def _read(kind: type[S]) -> S:
    return kind()


if __name__ == "__main__":
    main()
