"""A post and an approval that cross: each looked for the other before the other was committed, and found nothing.

Whichever is committed last in this process rings, and by then both can be found. What crosses between two processes is
left to the matcher's next round.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

OVERLAP_SECONDS: Final = 2.0
"""How long after a post that found nothing an approval may have missed it; longer than any commit takes."""


@dataclass(slots=True)
class LateMatch:
    """See the module. `rings` wakes the matcher; moments are seconds of a clock that only goes forward."""

    rings: asyncio.Event = field(default_factory=asyncio.Event)
    _missed_at: float = float("-inf")

    def post_found_nothing(self, at: float) -> None:
        """A post of an RMA that nobody knew is committed."""
        self._missed_at = at
        self.rings.set()

    def return_is_expected(self, at: float) -> None:
        """An approval is committed."""
        if at - self._missed_at < OVERLAP_SECONDS:
            self.rings.set()
