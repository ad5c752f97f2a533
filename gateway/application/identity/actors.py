"""Names for the ids of staff and machines, for everybody who works with what they did."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from gateway.application.queries import Queries
from gateway.domain.identity.actor import Actor, actor_of, parts_of
from shared.kernel.principal import Kind


async def name_actors(queries: Queries, actor_ids: Sequence[str], at: datetime) -> Sequence[Actor]:
    """An actor for each id in the given order, and each id once. Unknown ids have no name."""

    async def named(actor_id: str) -> Actor:
        kind, key = parts_of(actor_id)
        if kind is Kind.STAFF:
            return actor_of(actor_id, await queries.find_account(key), None, at)
        if kind in (Kind.SYSTEM, Kind.DEVICE):
            return actor_of(actor_id, None, await queries.find_key(key), at)
        return actor_of(actor_id, None, None, at)

    return await asyncio.gather(*map(named, dict.fromkeys(actor_ids)))
