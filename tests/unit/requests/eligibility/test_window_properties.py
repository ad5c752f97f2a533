"""Windows agree with somebody who walks through the calendar day by day, in any zone, with any holidays (B03)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from service_requests.domain.eligibility.window import (
    CountedFrom,
    Explained,
    Parcel,
    counted_from,
    last_day,
)
from service_requests.domain.policy.term import Window
from service_requests.domain.policy.vocabulary import Cause, Source, Starts
from shared.kernel.calendar import WorkingCalendar
from shared.kernel.period import Period, PeriodUnit

DAY = timedelta(days=1)
ZONES = (
    "Asia/Shanghai", "Europe/Brussels", "Europe/London", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu",
    "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe", "Asia/Beirut", "Africa/Cairo", "America/Havana",
)  # fmt: skip

days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
day_sets = st.frozensets(st.integers(0, 800).map(lambda n: date(2024, 1, 1) + n * DAY), max_size=40)
moments = st.integers(0, 3 * 365 * 24 * 60).map(lambda n: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


@st.composite
def any_calendar(draw: st.DrawFn) -> WorkingCalendar:
    made_up = draw(day_sets)
    return WorkingCalendar(
        id="any",
        zone=draw(st.sampled_from(ZONES)),
        weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        opens=draw(st.integers(0, 11)) * 60,
        closes=draw(st.integers(12, 24)) * 60,
        holidays=draw(day_sets) - made_up,
        make_up_days=made_up,
        published=frozenset(draw(st.sets(st.integers(2024, 2030)))),
    )


def is_off(calendar: WorkingCalendar, day: date) -> bool:
    """Said the other way round than the calendar says it."""
    if day in calendar.make_up_days:
        return False
    return day in calendar.holidays or day.weekday() not in calendar.weekdays


def walk(calendar: WorkingCalendar, begins: date, count: int, *, rolls_over: bool) -> tuple[date, bool]:
    """The last of so many days after that day, then on while nobody works; and whether a year was unpublished."""
    day, unsure = begins, False
    for _ in range(count):
        day += DAY
    if rolls_over:
        while True:
            unsure = unsure or day.year not in calendar.published
            if not is_off(calendar, day):
                break
            day += DAY
    return day, unsure


@given(any_calendar(), moments, st.integers(1, 120), st.booleans())
def test_a_window_of_days_is_the_walk_through_the_days(
    calendar: WorkingCalendar, arrived: datetime, count: int, rolls: bool
) -> None:
    """B01, B03."""
    window = Window(cause=Cause.CHANGE_OF_MIND, period=Period(count), rolls_over=rolls)
    begins = calendar.day_of(arrived)
    assert tuple(last_day(window, begins, calendar)) == walk(calendar, begins, count, rolls_over=rolls)


@given(any_calendar(), days, st.integers(1, 30))
def test_working_days_are_counted_one_by_one(calendar: WorkingCalendar, begins: date, count: int) -> None:
    """B03."""
    day, counted, unsure = begins, 0, False
    while counted < count:
        day += DAY
        unsure = unsure or day.year not in calendar.published
        counted += not is_off(calendar, day)
    assert tuple(calendar.after(Period(count, PeriodUnit.WORKING_DAYS), begins)) == (day, unsure)


@given(any_calendar(), days)
def test_a_day_ends_with_the_first_moment_of_another_date(calendar: WorkingCalendar, day: date) -> None:
    """B03: in every zone, whatever its clocks do at midnight."""
    end = calendar.end_of(day)
    assert calendar.day_of(end) > day
    assert calendar.day_of(end - timedelta(microseconds=1)) <= day


@given(days, st.integers(1, 60))
def test_months_end_on_the_same_number_or_the_last_day(begins: date, count: int) -> None:
    """民法典 202, Regulation 1182/71 art. 3(2)(c): found by looking at every day of the month it ends in."""
    index = begins.year * 12 + begins.month - 1 + count
    first = date(index // 12, index % 12 + 1, 1)
    month = [first + n * DAY for n in range(31) if (first + n * DAY).month == first.month]
    assert Period(count, PeriodUnit.MONTHS).after(begins) == [day for day in month if day.day <= begins.day][-1]
    assert Period(count, PeriodUnit.YEARS).after(begins) == Period(12 * count, PeriodUnit.MONTHS).after(begins)


parcels = st.builds(
    Parcel,
    st.uuids().map(str),
    st.none() | moments,
    st.none() | moments,
    st.none() | moments,
)


@given(any_calendar(), st.lists(parcels, max_size=5), moments, st.integers(0, 30), st.sampled_from(Starts))
def test_the_anchor_is_the_latest_or_earliest_of_what_is_known_and_assumed(
    calendar: WorkingCalendar, sent: list[Parcel], ordered: datetime, buffer: int, starts: Starts
) -> None:
    """B02, Z04: there is always a day; it is called assumed while the delivery that counts may still come."""
    found = counted_from(starts, parcels=sent, own=(), ordered_at=ordered, buffer_days=buffer, calendar=calendar)
    known: list[tuple[date, bool]] = []
    for parcel in sent or [Parcel("none")]:
        arrived = parcel.signed_for_at or parcel.carrier_delivered_at
        if arrived:
            known.append((calendar.day_of(arrived), False))
        else:
            known.append((calendar.day_of(parcel.dispatched_at or ordered) + buffer * DAY, True))
    reported = [day for day, assumed in known if not assumed]
    if starts is Starts.FIRST_PARCEL:
        assert found.day == min(reported or [day for day, _ in known])
        assert (found.source is Source.ASSUMED) is (not reported)
    else:
        assert found.day == max(day for day, _ in known)
        assert (found.source is Source.ASSUMED) is any(assumed for _, assumed in known)


PLAIN = WorkingCalendar(id="plain", zone="Asia/Shanghai", published=frozenset({2026}))


@pytest.mark.parametrize(
    ("starts", "own", "day", "source"),
    [
        (Starts.LAST_PARCEL, ("a",), 5, Source.CARRIER),
        (Starts.FIRST_PARCEL, ("b",), 2, Source.RECIPIENT),
        (Starts.OWN_PARCEL, ("a",), 2, Source.RECIPIENT),
        (Starts.OWN_PARCEL, ("b",), 5, Source.CARRIER),
        (Starts.OWN_PARCEL, (), 5, Source.CARRIER),
    ],
)
def test_a_window_counts_from_the_parcel_that_it_names(
    starts: Starts, own: tuple[str, ...], day: int, source: Source
) -> None:
    """B02: the last of all, the first, or that of the unit; where nobody knows which is the unit's own, the last."""
    sent = {
        "a": Parcel("a", signed_for_at=datetime(2026, 11, 2, 4, tzinfo=UTC)),
        "b": Parcel("b", carrier_delivered_at=datetime(2026, 11, 5, 4, tzinfo=UTC)),
    }
    found = counted_from(
        starts,
        parcels=tuple(sent.values()),
        own=tuple(sent[name] for name in own),
        ordered_at=datetime(2026, 10, 30, tzinfo=UTC),
        buffer_days=7,
        calendar=PLAIN,
    )
    assert found == CountedFrom(date(2026, 11, day), source)


def test_of_a_known_and_an_assumed_delivery_of_one_day_the_assumed_one_counts_at_the_end() -> None:
    """B02, D16: nobody is refused on a date of which a part is assumed; the first parcel is known to be there."""
    known = Parcel("a", signed_for_at=datetime(2026, 11, 6, 4, tzinfo=UTC))
    assumed = Parcel("b", dispatched_at=datetime(2026, 10, 30, 4, tzinfo=UTC))
    for parcels in ((known, assumed), (assumed, known)):
        for starts, source in ((Starts.LAST_PARCEL, Source.ASSUMED), (Starts.FIRST_PARCEL, Source.RECIPIENT)):
            at = datetime(2026, 10, 30, tzinfo=UTC)
            found = counted_from(starts, parcels=parcels, own=(), ordered_at=at, buffer_days=7, calendar=PLAIN)
            assert found == CountedFrom(date(2026, 11, 6), source)


@given(any_calendar(), moments, st.integers(1, 30), st.none() | moments)
def test_not_being_told_never_shortens_and_never_goes_beyond_the_extension(
    calendar: WorkingCalendar, arrived: datetime, count: int, told: datetime | None
) -> None:
    """CRD 10."""
    window = Window(
        cause=Cause.CHANGE_OF_MIND, period=Period(count), rolls_over=True, extension=Period(12, PeriodUnit.MONTHS)
    )
    begins = calendar.day_of(arrived)
    normal = last_day(window, begins, calendar).day
    never = last_day(window, begins, calendar, Explained(before_contract=False)).day
    late = last_day(window, begins, calendar, Explained(before_contract=False, at=told)).day
    assert normal <= late <= never
