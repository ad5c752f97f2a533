"""A publisher looks whether the queues of those who follow it exist, and says so in metrics and in the log (Z38).

A lost queue does not show when events are published: another follower's queue takes them, and the broker confirms.
"""

from collections.abc import Sequence
from typing import Final

import structlog

from shared.contracts.events import FOLLOWERS, PUBLISHERS
from shared.messaging.bus import Bus
from shared.runtime.loops import Heartbeat, pause

log = structlog.get_logger(__name__)

WATCH_SECONDS: Final = 30.0


class QueueWatch:
    """Watches the queues that follow one service."""

    def __init__(self, service: str, bus: Bus) -> None:
        self.bus = bus
        self.followers: Sequence[str] = sorted(
            queue for noun, queues in FOLLOWERS.items() if PUBLISHERS[noun] == service for queue in queues
        )
        self.missing: frozenset[str] = frozenset()
        """The queues that were missing at the last look."""

    async def look(self) -> frozenset[str]:
        """Ask the broker now. A queue that has gone is logged once."""
        missing = frozenset(await self.bus.missing(self.followers))
        for queue in sorted(missing - self.missing):
            log.error("follower_queue_missing", queue=queue)
        for queue in sorted(self.missing - missing):
            log.warning("follower_queue_back", queue=queue)
        self.missing = missing
        return missing

    async def run(self, heartbeat: Heartbeat) -> None:
        """Look again and again."""
        while True:
            heartbeat.beat()
            await self.look()
            await pause(WATCH_SECONDS, heartbeat)
