"""The loop that writes when keys were last used."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.application.identity.key_uses import KeyUses, record_uses
from gateway.application.ports import Transactions
from shared.contracts.envelope import Origin
from shared.kernel.errors import Unavailable
from shared.runtime.clock import Clock
from shared.runtime.loops import Heartbeat

LOOK_SECONDS: Final = 5.0
"""How often the loop looks for uses that are due. Each key is written at most once a minute."""
LAST_SECONDS: Final = 2.0
"""How long the last write may take, so that an outage of the database does not hold up the end of the process."""


@dataclass(frozen=True, slots=True)
class KeyUseWriter:
    """Writes the uses that were noted in this process."""

    uses: KeyUses
    transactions: Transactions
    clock: Clock

    async def run(self, heartbeat: Heartbeat) -> None:
        """Write uses without end; when the loop is stopped, write those that are left."""
        try:
            while True:
                heartbeat.beat()
                await self.write(self.uses.take(self.clock()))
                await asyncio.sleep(LOOK_SECONDS)
        except asyncio.CancelledError:
            with suppress(Unavailable, TimeoutError):
                async with asyncio.timeout(LAST_SECONDS):
                    await self.write(self.uses.take_all())
            raise

    async def write(self, uses: Mapping[str, datetime]) -> None:
        """Write these uses; those that could not be written are kept for the next round."""
        if not uses:
            return
        try:
            await self.transactions.run(lambda uow: record_uses(uow, uses), Origin("gateway:key-uses"))
        except BaseException:
            self.uses.put_back(uses)
            raise
