"""A scan and an approval that cross: each looked for the other before the other was committed, and found nothing.

The one that is committed last in this process wakes the match job; by then both can be found. A scan and an approval
that cross in two processes are found by the next round of the match job.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

OVERLAP_SECONDS: Final = 2.0
"""How long after a scan that found nothing an approval may have missed that scan; longer than any commit takes."""


@dataclass(slots=True)
class LateMatch:
    """Decides which commits wake the match job. Moments are seconds of a clock that only goes forward."""

    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _missed_at: float = float("-inf")

    def scan_found_nothing(self, at: float) -> None:
        """A scan with an unknown RMA is committed."""
        self._missed_at = at
        self.wake.set()

    def return_is_expected(self, at: float) -> None:
        """An approval is committed."""
        if at - self._missed_at < OVERLAP_SECONDS:
            self.wake.set()
