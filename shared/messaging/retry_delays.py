"""Why an event cannot be handled now, and how often and after which delays it is tried again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.contracts.envelope import Unreadable
from shared.kernel.errors import NotYet, RetourError, StaleVersion


@dataclass(frozen=True, slots=True)
class RetryDelays:
    """How often a reason is tried again (None: without end), and how long the delays grow."""

    attempts: int | None
    first_seconds: float
    longest_seconds: float

    def delay(self, attempts: int) -> timedelta:
        """The delay before the next attempt."""
        return timedelta(seconds=min(self.first_seconds * 2 ** min(attempts, 20), self.longest_seconds))


RETRY_DELAYS: Final[Mapping[str, RetryDelays]] = {
    # why            how often, first and longest delay in seconds
    "gap":         RetryDelays(None, 0.1, 30),
    "not_yet":     RetryDelays(15, 0.1, 60),
    "defect":      RetryDelays(5, 0.5, 10),
    "stale":       RetryDelays(10, 0.2, 10),
}  # fmt: skip
DEAD_AT_ONCE: Final = RetryDelays(0, 0, 0)
OUT_OF_ORDER: Final = frozenset({"gap", "not_yet"})
"""Reasons that end when another event arrives. They are no warning in the log before the event is dead."""


@dataclass(frozen=True, slots=True)
class ParkingReason:
    """Why an event cannot be handled now: a stable reason, and a detail for a person."""

    reason: str
    detail: str


def reason_of(error: Exception) -> ParkingReason:
    """The reason to park an event whose handler raised `error`."""
    match error:
        case Unreadable():
            return ParkingReason(error.reason, str(error))
        case NotYet():
            return ParkingReason("not_yet", str(error))
        case StaleVersion():
            return ParkingReason("stale", str(error))
        case RetourError():
            return ParkingReason(f"rule:{error.code}", str(error))
        case _:
            return ParkingReason("defect", f"{type(error).__name__}: {error}")
