"""When a right ends: the delivery from which a window counts, and the last day of the right (B02, B03).

The day of delivery does not count. Without a report, the delivery is assumed from the day of dispatch and the transit
buffer, and marked as assumed. So every window ends, and no return is refused on an assumed date (D16). While one of
several parcels has no report, the last delivery is not known, however long ago the others arrived (Z04).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Final

from service_requests.domain.policy.term import Window
from service_requests.domain.policy.vocabulary import Source, Starts
from shared.kernel.calendar import CountedDay, WorkingCalendar


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel of an order. The recipient's signature is better evidence than the carrier's scan."""

    id: str
    dispatched_at: datetime | None = None
    carrier_delivered_at: datetime | None = None
    signed_for_at: datetime | None = None

    def arrival(self) -> tuple[datetime, Source] | None:
        """The moment of arrival and its source, by the best evidence."""
        if self.signed_for_at is not None:
            return self.signed_for_at, Source.RECIPIENT
        if self.carrier_delivered_at is not None:
            return self.carrier_delivered_at, Source.CARRIER
        return None


@dataclass(frozen=True, slots=True)
class CountedFrom:
    """The day from which a window is counted, and the source of the day."""

    day: date
    source: Source


@dataclass(frozen=True, slots=True)
class Explained:
    """Whether the customer was told of the right to withdraw: before the contract, later, or never."""

    before_contract: bool = True
    at: datetime | None = None


EXPLAINED_BEFORE_CONTRACT: Final = Explained()


def counted_from(
    starts: Starts,
    *,
    parcels: Sequence[Parcel],
    own: Sequence[Parcel],
    ordered_at: datetime,
    buffer_days: int,
    calendar: WorkingCalendar,
) -> CountedFrom:
    """The delivery that counts: of all parcels or of the unit's own parcels, the last or the first.

    The last delivery is known when every parcel has arrived (CRD 9(2)(b), 暂行办法 10); until then it is assumed. The
    first delivery is at the latest the first that was reported.
    """
    counted = own or parcels if starts is Starts.OWN_PARCEL else parcels
    buffer = timedelta(days=buffer_days)
    reported, assumed = [], []
    for parcel in counted:
        arrival = parcel.arrival()
        if arrival is not None:
            reported.append(CountedFrom(calendar.day_of(arrival[0]), arrival[1]))
        else:
            assumed.append(_assumed(parcel.dispatched_at or ordered_at, buffer, calendar))
    if starts is Starts.FIRST_PARCEL and reported:
        return min(reported, key=attrgetter("day"))
    if assumed or not reported:
        days = [each.day for each in (*reported, *assumed)] or [_assumed(ordered_at, buffer, calendar).day]
        return CountedFrom(min(days) if starts is Starts.FIRST_PARCEL else max(days), Source.ASSUMED)
    return max(reported, key=attrgetter("day"))


def _assumed(left: datetime, buffer: timedelta, calendar: WorkingCalendar) -> CountedFrom:
    return CountedFrom(calendar.day_of(left) + buffer, Source.ASSUMED)


def last_day(
    window: Window, counted_from: date, calendar: WorkingCalendar, explained: Explained = EXPLAINED_BEFORE_CONTRACT
) -> CountedDay:
    """The last day on which the right can be used, until midnight in the zone of the calendar.

    Right not explained: the extension follows the nominal end and rolls over like the window. Right explained late:
    the window counts from that day, at most to the extended end (CRD 10, CCR 31).
    """
    normal = calendar.after(window.period, counted_from, rolls_over=window.rolls_over)
    if window.extension is None or explained.before_contract:
        return normal
    nominal = window.period.after(counted_from)
    limit = calendar.after(window.extension, nominal, rolls_over=window.rolls_over)
    if explained.at is None:
        return limit
    late = calendar.after(window.period, calendar.day_of(explained.at), rolls_over=window.rolls_over)
    return max(normal, min(late, limit))
