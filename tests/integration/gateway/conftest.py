"""A gateway on both engines: in process with SQLite, over HTTP with PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from gateway.adapters.tables import common, metadata
from shared.database.database import open_database
from tests.conftest import Engines
from tests.support.gateway import RunningGateway, a_gateway


@pytest.fixture
async def gate(mode: str, engines: Engines) -> AsyncIterator[RunningGateway]:
    """A started gateway with an administrator, before four listening services."""
    url = await engines.make(metadata, common, word="gateway")
    async with a_gateway(open_database(url, common), over_http=mode == "distributed") as made:
        yield made
