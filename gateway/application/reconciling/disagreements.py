"""Compares what the services know of the same returns, repairs what events can repair, and lists the rest (R04)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from gateway.application.reconciling.ports import Findings, ServiceOperations, no_beat
from gateway.domain.reconciling.comparison import COMPARISONS, Comparison
from shared.runtime.clock import Clock

log = structlog.get_logger(__name__)

GRACE: Final = timedelta(minutes=5)
"""How long a fact may be on its way to another service."""
OVERLAP: Final = timedelta(minutes=10)
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
PAGE: Final = 1000


@dataclass(slots=True)
class Disagreements:
    """See the module."""

    services: ServiceOperations
    findings: Findings
    clock: Clock
    beat: Callable[[], None] = no_beat
    """Called for each page."""

    async def compare_all(self) -> int:
        """Make every comparison of the table; how many returns disagree."""
        return sum([await self.compare(each) for each in COMPARISONS])

    async def compare(self, comparison: Comparison) -> int:
        """Compare facts since the last time, and look at the open findings again."""
        now = self.clock()
        until = now - GRACE
        agreed = await self.findings.agreed_until(comparison.name)
        since = BEGINNING if agreed is None else agreed - OVERLAP
        lacking = 0
        after = ""
        while True:
            page = await self.services.get(
                comparison.service,
                f"facts/{comparison.fact}",
                since=since.isoformat(),
                until=until.isoformat(),
                after=after,
                limit=str(PAGE),
            )
            self.beat()
            found = await self._lacking(comparison, [each["id"] for each in page["items"]])
            lacking += len(found)
            for new in await self.findings.find(comparison.name, found, now):
                await self._repair(comparison, new)
            if page["next"] is None:
                break
            after = page["next"]
        await self.end_what_agrees(comparison)
        await self.findings.agree_until(comparison.name, until)
        return lacking

    async def end_what_agrees(self, comparison: Comparison) -> None:
        """End the open findings about which the services agree by now."""
        open_ = await self.findings.open(comparison.name)
        for first in range(0, len(open_), PAGE):
            some = open_[first : first + PAGE]
            still = set(await self._lacking(comparison, [each.about for each in some]))
            await self.findings.end([each for each in some if each.about not in still], self.clock())

    async def _lacking(self, comparison: Comparison, ids: Sequence[str]) -> Sequence[str]:
        if not ids:
            return ()
        path = f"facts/{comparison.known}/comparison"
        lacking: Sequence[str] = (await self.services.post(comparison.other, path, {"ids": list(ids)}))["lacking"]
        return lacking

    async def _repair(self, comparison: Comparison, about: str) -> None:
        """Give the events of the return again; a service that had them does nothing."""
        log.warning("services_disagree", comparison=comparison.name, about=about)
        if comparison.repair is not None:
            publisher = comparison.service if comparison.repair != "inspection" else "inspection"
            body = {"type": comparison.repair, "subject": about, "to": comparison.other}
            await self.services.post(publisher, "republications", body)
