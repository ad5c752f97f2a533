"""A post and an approval that cross: each looked for the other before the other was committed, and found nothing.

Whichever is committed last in this process rings, and by then both can be found. What crosses between two processes is
left to the matcher's next round.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Final

MOMENT_SECONDS: Final = 2.0
"""How long after a post that found nothing an approval may have missed it; longer than any commit takes."""


@dataclass(slots=True)
class Crossing:
    """See the module. `rings` wakes the matcher."""

    rings: asyncio.Event = field(default_factory=asyncio.Event)
    _missed_at: float = float("-inf")

    def post_found_nothing(self) -> None:
        """A post of an RMA that nobody knew is committed."""
        self._missed_at = time.monotonic()
        self.rings.set()

    def return_is_expected(self) -> None:
        """An approval is committed."""
        if time.monotonic() - self._missed_at < MOMENT_SECONDS:
            self.rings.set()
