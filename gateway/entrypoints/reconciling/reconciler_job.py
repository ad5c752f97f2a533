"""The reconciler's loop: lost queues are healed at once, and every hour all services are compared."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.application.reconciling.disagreements import Disagreements
from gateway.application.reconciling.lost_events import LostEvents
from shared.kernel.errors import Unavailable
from shared.runtime.clock import Clock
from shared.runtime.due_work import Lead
from shared.runtime.loops import Heartbeat, pause

log = structlog.get_logger(__name__)

MARGIN: Final = timedelta(minutes=15)
LOSS_SECONDS: Final = 10.0
"""How often the services are asked whether a queue was lost."""


@dataclass(slots=True, kw_only=True)
class Reconciler:
    """One process leads; the others wait."""

    lost: LostEvents
    disagreements: Disagreements
    lead: Lead
    seconds: float
    """How often all services are compared."""
    clock: Clock
    names: Collection[str]
    """The names of all comparisons."""
    _begun: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._begun = self.clock()

    async def late(self) -> Sequence[str]:
        """The comparisons that were not made for three times as long as they should; none shortly after the start."""
        bound = self.clock() - 3 * timedelta(seconds=self.seconds) - MARGIN
        return await self.lost.findings.late(self.names, bound) if self._begun < bound else ()

    async def run(self, heartbeat: Heartbeat) -> None:
        """Heal and compare, without end. A service that does not answer is asked again in the next round."""
        self.lost.beat = self.disagreements.beat = heartbeat.beat
        async with self.lead("reconcile", heartbeat.beat) as leadership:
            next_at = time.monotonic() + min(self.seconds, LOSS_SECONDS)
            while True:
                await pause(LOSS_SECONDS, heartbeat)
                await leadership.confirm()
                try:
                    await self.lost.heal()
                    if time.monotonic() >= next_at:
                        await self.compare(heartbeat)
                        next_at = time.monotonic() + self.seconds
                except Unavailable as outage:
                    log.warning("reconciler_waits", away=outage.whole)

    async def compare(self, heartbeat: Heartbeat) -> None:
        """Compare everything once."""
        begun = time.monotonic()
        behind = await self.lost.compare_all()
        heartbeat.beat()
        lacking = await self.disagreements.compare_all()
        log.info("reconciled", behind=behind, lacking=lacking, seconds=round(time.monotonic() - begun, 2))
