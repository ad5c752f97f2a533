"""The embedded mode: gateway and four services in one process, one SQLite file each, events through an in-process bus.

Only this module and `retour.hosting.distributed` choose the engine, the bus and the transport.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import gateway.app
from gateway.adapters.edge.transport_in_process import InProcessTransport
from retour.hosting.data_folder import PREFIX, DataFolder, address_of
from retour.hosting.recipes import RECIPES
from shared.contracts.operations import Service as Name
from shared.database.database import Database, open_database
from shared.database.migrating import migrate
from shared.messaging.bus_in_process import InProcessBus
from shared.runtime.loops import Loops
from shared.web.service import RunningService

FREE_BYTES: Final = 50_000_000


@dataclass(slots=True)
class Embedded:
    """A whole Retour in this process."""

    services: Mapping[Name, RunningService]
    front: gateway.app.Gateway
    bus_loops: Loops

    async def start(self) -> None:
        """Start the consumers, then the services, then the gateway."""
        self.bus_loops.start()
        for service in self.services.values():
            await service.start()
        await self.front.start()

    async def stop(self) -> None:
        """Stop the gateway first. Committed events that were not delivered wait in the outbox for the next start."""
        await self.front.stop()
        for service in self.services.values():
            await service.loops.stop()
        await self.bus_loops.stop()
        for service in self.services.values():
            await service.stop()


def prepare(data_folder: DataFolder) -> None:
    """Make the folder and migrate every file. Not for use inside an event loop."""
    data_folder.folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(data_folder.folder).free < FREE_BYTES:
        raise OSError(f"less than {FREE_BYTES // 1_000_000} MB are free in {data_folder.folder.absolute()}")
    for recipe in RECIPES:
        migrate(data_folder.database_url(recipe.name), recipe.migrations, recipe.metadata)
    gateway_recipe = gateway.app.RECIPE
    migrate(data_folder.database_url(gateway_recipe.name), gateway_recipe.migrations, gateway_recipe.metadata)


def settings_of(data_folder: DataFolder, *, host: str, port: int) -> Mapping[str, Callable[[], Any]]:
    """What makes each part's settings, by environment prefix; other settings come from the environment."""
    known = data_folder.secrets()
    makers: dict[str, Callable[[], Any]] = {}
    for recipe in RECIPES:
        said: dict[str, Any] = {
            "database_url": data_folder.database_url(recipe.name),
            "internal_key": known.internal_keys[recipe.name],
        }
        if recipe.name is Name.NOTIFICATIONS:
            said["mail_url"] = os.environ.get("NOTIFICATIONS_MAIL_URL", f"file://{data_folder.outbox}")
        kind: Callable[..., Any] = recipe.settings
        makers[PREFIX[recipe.name]] = partial(kind, **said)
    front: dict[str, Any] = {
        "database_url": data_folder.database_url("gateway"),
        "token_key": known.token_key,
        "bootstrap_admin": known.bootstrap_admin,
        "host": host,
        "port": port,
        "public_url": os.environ.get("GATEWAY_PUBLIC_URL", address_of(host, port)),
        **{f"{name}_key": known.internal_keys[name] for name in Name},
    }
    makers["GATEWAY"] = partial(gateway.app.RECIPE.settings, **front)
    return makers


def build(
    data_folder: DataFolder, *, port: int, host: str = "127.0.0.1", open_at: Callable[..., Database] = open_database
) -> Embedded:
    """Put everything together over the files in this folder."""
    settings = {prefix: make() for prefix, make in settings_of(data_folder, host=host, port=port).items()}
    bus = InProcessBus()
    services: dict[Name, RunningService] = {}
    for recipe in RECIPES:
        own = settings[PREFIX[recipe.name]]
        services[recipe.name] = recipe.build(own, open_at(own.database_url, recipe.tables), bus)
    bus_loops = Loops()
    bus.run_in(bus_loops)
    front = gateway.app.build(
        settings["GATEWAY"],
        open_at(settings["GATEWAY"].database_url, gateway.app.RECIPE.tables),
        {name: InProcessTransport(name, service.app) for name, service in services.items()},
    )
    return Embedded(services, front, bus_loops)
