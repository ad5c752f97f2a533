"""What was done about a refund that the provider did not pay: attempts, looks at the provider, words of persons."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service_refunds.domain.settlement.resolution import Resolution

LATE_LOOKS: Final = (timedelta(hours=1), timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=30))
"""The pauses between looks at attempts that have failed or are in review: a provider may say later that it paid."""
ACT_WITHIN: Final = timedelta(days=1)
"""How long a refund may wait for a person before it is reported."""


@dataclass(frozen=True, slots=True)
class Retry:
    """A person had a refund tried again."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Of one refund. `tries` counts attempts that were made without a person, `looks` the looks at the provider."""

    tries: int = 0
    looks: int = 0
    since: datetime | None = None
    """Since when the refund waits for a person."""
    failed_at: datetime | None = None
    resolution: Resolution | None = None
    """It waits for a second person."""
    ended: tuple[Resolution, ...] = ()
    retries: tuple[Retry, ...] = ()


NOTHING_DONE: Final = Recovery()
