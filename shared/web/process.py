"""One service as one process: `serve`, `api`, `worker`, `migrate`, `check`; settings from the environment.

`serve` is API and worker together, so that a commit wakes the relay at once. `api` and `worker` apart scale separately;
the relay then polls. A wrong setting stops the start and is named.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import structlog
import uvloop
from pydantic import ValidationError

from shared.database.database import Database, open_database
from shared.database.migrating import migrate
from shared.kernel.errors import Unavailable
from shared.messaging.bus_rabbitmq import RabbitBus
from shared.runtime.exit_status import EXIT_AWAY, EXIT_SETTINGS
from shared.runtime.failpoint import Failpoints
from shared.runtime.memory import give_large_blocks_back, settle_down
from shared.telemetry import logging
from shared.web.failpoints import FailpointBus, FailpointWriter
from shared.web.http_server import serve
from shared.web.service import Recipe, RunningService

log = structlog.get_logger(__name__)


def main(recipe: Recipe[Any]) -> None:
    """The command line of `python -m service_…`."""
    verbs: Mapping[str, Callable[[Recipe[Any], Any], None]] = {
        "serve": _serve,
        "api": _api,
        "worker": _worker,
        "migrate": _migrate,
        "check": _check,
    }
    verb = sys.argv[1] if len(sys.argv) == 2 else ""
    if verb not in verbs:
        sys.exit(f"usage: python -m service_{recipe.name} {'|'.join(verbs)}")
    give_large_blocks_back()
    try:
        logging.configure(level=logging.level_in(os.environ, otherwise="INFO"))
    except ValueError as error:
        sys.stderr.write(f"setting {error}\n")
        sys.exit(EXIT_SETTINGS)
    try:
        settings = recipe.settings()
    except ValidationError as error:
        for item in error.errors(include_url=False, include_input=False):
            name = "".join(str(part).upper() for part in item["loc"])
            sys.stderr.write(f"setting {recipe.settings.model_config['env_prefix']}{name}: {item['msg']}\n")
        sys.exit(EXIT_SETTINGS)
    try:
        verbs[verb](recipe, settings)
    except Unavailable as error:
        sys.stderr.write(f"{recipe.name}: {error.detail.to('en', what=error.whole)}\n")
        sys.exit(EXIT_AWAY)


def _migrate(recipe: Recipe[Any], settings: Any) -> None:
    """Migrate the schema, then declare the queues, so that no event is lost before a consumer's first start."""
    migrate(settings.database_url, recipe.migrations, recipe.metadata)

    async def declare() -> None:
        service, bus = _build(recipe, settings)
        service.loops.keep_only("commit")
        await service.start()
        try:
            await bus.declare()
        finally:
            await service.stop()
            await bus.close()

    asyncio.run(declare())


def _check(recipe: Recipe[Any], settings: Any) -> None:
    async def check() -> None:
        service, bus = _build(recipe, settings)
        await service.database.engine.ping()
        await bus.check()
        await bus.close()
        await service.database.engine.close()

    asyncio.run(check())


def _serve(recipe: Recipe[Any], settings: Any) -> None:
    _run(lambda: _live(recipe, settings, http=True, loops=True))


def _api(recipe: Recipe[Any], settings: Any) -> None:
    _run(lambda: _live(recipe, settings, http=True, loops=False))


def _worker(recipe: Recipe[Any], settings: Any) -> None:
    _run(lambda: _live(recipe, settings, http=False, loops=True))


def _run(live: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(live())


def _build(recipe: Recipe[Any], settings: Any) -> tuple[RunningService, RabbitBus]:
    database = open_database(settings.database_url, recipe.tables)
    failpoints = Failpoints.of(recipe.name, os.environ)
    if failpoints is None:
        bus = RabbitBus(settings.broker_url, name=recipe.name, prefix=settings.broker_prefix)
        return recipe.build(settings, database, bus), bus
    bus = RabbitBus(
        settings.broker_url,
        name=recipe.name,
        prefix=settings.broker_prefix,
        sent=lambda: failpoints.reach("sent"),
    )
    log.warning("failpoints", points=sorted(failpoints.points))
    watched = Database(database.engine, recipe.tables, FailpointWriter(database.engine.writer, failpoints))
    return recipe.build(settings, watched, FailpointBus(bus, failpoints)), bus


async def _live(recipe: Recipe[Any], settings: Any, *, http: bool, loops: bool) -> None:
    service, bus = _build(recipe, settings)
    if loops:
        bus.run_in(service.loops)
    else:
        service.loops.keep_only("commit")
    await service.start()
    log.info("started", service=recipe.name, port=settings.port if http else None)
    try:
        if http:
            await serve(service.app, settings.host, settings.port)
        else:
            await _until_told()
    finally:
        await service.stop()
        await bus.close()
        log.info("stopped", service=recipe.name)


async def _until_told() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    settle_down()
    await told.wait()
