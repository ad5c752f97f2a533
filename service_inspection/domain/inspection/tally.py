"""The counts of one article, as they are shown and as rows from before 0.2 hold them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """Pieces of one article, as counted at the dock and at the inspection bench."""

    dock: int = 0
    bench: int = 0
