"""Whether a case can be decided: moments are in order, words are in the policy, amounts are valid."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

from service_requests.domain.eligibility.case import Case
from service_requests.domain.policy.error import (
    FAR_FROM_TODAY,
    FIRST_AND_LAST_YEAR,
    ImpossibleTime,
    InvalidCase,
    UnknownWord,
)
from service_requests.domain.policy.policy import Policy
from shared.kernel.errors import Said

MOST_UNITS: Final = 2_000
NO_TIME_ZONE: Final = Said("a moment needs its zone", "时间须带时区")
ORDER: Final = Said("the statement is before the order", "提出退货的时间早于下单时间")
UNPAID: Final = Said("what was paid is negative or in another currency", "支付金额为负或币种不同")
TWICE: Final = Said("this piece is asked about twice", "同一件商品重复提出")
UNITS: Final = Said(f"1 to {MOST_UNITS} pieces can be asked about", f"须为1至{MOST_UNITS}件商品")


def check_moments(case: Case, at: datetime) -> None:
    """Raise `ImpossibleTime` for the first impossible moment, naming the field."""
    for pointer, moment in _moments(case, at):
        if moment is not None and moment.utcoffset() is None:
            raise ImpossibleTime(pointer, NO_TIME_ZONE)
        if moment is not None and moment.year not in FIRST_AND_LAST_YEAR:
            raise ImpossibleTime(pointer, FAR_FROM_TODAY)
    if case.stated_at < case.ordered_at:
        raise ImpossibleTime("/stated_at", ORDER)


def check_words(case: Case, policy: Policy) -> None:
    """Raise `UnknownWord` or `InvalidCase` for the first word or fact that does not fit the policy of the order."""
    _check_word("/channel", case.channel, policy.channels)
    _check_word("/segment", case.segment, policy.segments)
    parcels = {parcel.id for parcel in case.parcels}
    seen: set[tuple[str, str]] = set()
    for place, line in enumerate(case.lines):
        if line.category is not None:
            _check_word(f"/lines/{place}/category", line.category, policy.categories)
        for parcel in sorted(line.parcels - parcels):
            raise UnknownWord(pointer=f"/lines/{place}/parcels", word=parcel, known=", ".join(sorted(parcels)) or "-")
        if line.unit_paid.currency != case.currency or line.unit_paid.minor < 0:
            raise InvalidCase(f"/lines/{place}/unit_paid", UNPAID)
        for number, unit in enumerate(line.units):
            _check_word(f"/lines/{place}/units/{number}/reason", unit.reason, policy.reasons)
            if (line.id, unit.id) in seen:
                raise InvalidCase(f"/lines/{place}/units/{number}/id", TWICE)
            seen.add((line.id, unit.id))
    if not seen or len(seen) > MOST_UNITS:
        raise InvalidCase("/lines", UNITS)


def _check_word(pointer: str, word: str, words: Collection[str]) -> None:
    if word not in words:
        raise UnknownWord(pointer=pointer, word=word, known=", ".join(words) or "-")


def _moments(case: Case, at: datetime) -> Iterator[tuple[str, datetime | None]]:
    yield "/at", at
    yield "/ordered_at", case.ordered_at
    yield "/stated_at", case.stated_at
    yield "/told/withdrawal/at", case.told.withdrawal.at
    for place, parcel in enumerate(case.parcels):
        yield f"/parcels/{place}/dispatched_at", parcel.dispatched_at
        yield f"/parcels/{place}/carrier_delivered_at", parcel.carrier_delivered_at
        yield f"/parcels/{place}/signed_for_at", parcel.signed_for_at
    for name in ("sent_at", "goods_in_at", "agreed_at"):
        yield f"/progress/{name}", getattr(case.progress, name)
    for place, line in enumerate(case.lines):
        for number, confirmation in enumerate(line.confirmations):
            yield f"/lines/{place}/confirmations/{number}/at", confirmation.at
