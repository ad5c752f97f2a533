"""A later deadline for an inspection: later than the present one, and within bounds (Z24)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.kernel.errors import Malformed, Refused, Said

LONGEST: Final = timedelta(days=30)


class NotLater(Malformed):
    """An extension moves the deadline to a later moment, at most a month from now."""

    code = "deadline_not_later"
    title = Said("The new deadline does not fit", "新期限无效")
    detail = Said(
        "The new deadline is later than {present}, and at most {days} days from now.",
        "新期限须晚于 {present}，且自现在起不超过 {days} 天。",
    )


class NothingWaits(Refused):
    """No unit that was named waits for its inspection."""

    code = "nothing_waits"
    title = Said("Nothing waits for its inspection", "没有待验货的商品")
    detail = Said("None of these units has arrived and waits for its inspection.", "所指商品均不处于已到货待验货状态。")


def check_later(present: Sequence[datetime | None], later: datetime, at: datetime) -> None:
    """Check the new deadline against those that run. `NotLater`, `NothingWaits`."""
    if not present:
        raise NothingWaits
    last = max((each for each in present if each is not None), default=at)
    if later <= max(last, at) or later > at + LONGEST:
        raise NotLater(pointer="/inspect_by", present=max(last, at).isoformat(), days=LONGEST.days)
