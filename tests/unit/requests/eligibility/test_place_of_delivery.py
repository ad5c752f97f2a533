"""Z10: the holidays and the midnight of the place of delivery end every legal day; a doubt never refuses."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from service_requests.domain.eligibility.assessment import Assessment, Outcome
from service_requests.domain.policy.vocabulary import Result
from shared.kernel.places import ShipTo
from tests.unit.requests.builders import RULES, a_requested_line, an_assessment

CURRENCY: Final = {"CN": "CNY", "EU": "EUR", "UK": "GBP", "US": "USD"}


def at(zone: str, *moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(zone))  # type: ignore[arg-type,misc]


def asked(regime: str, delivered: datetime, stated: datetime, ship_to: ShipTo | None, **wish: Any) -> Assessment:
    order: dict[str, Any] = {"regime": regime, "currency": CURRENCY[regime]}
    order |= {"delivered_at": delivered, "ship_to": ship_to}
    return an_assessment(
        a_requested_line(**wish), at=stated, ordered_at=delivered - timedelta(days=2), created_at=delivered, **order
    )


def last_day(found: Assessment) -> str:
    return next(each.facts["last_day"] for each in found.reasons if each.rule == "in_time")


HOLIDAYS: Final = [
    # place, delivered, the last day by a calendar without holidays, the last day there
    pytest.param(ShipTo("IE"), (2026, 10, 12), "2026-10-27", id="Ireland, October bank holiday"),
    pytest.param(ShipTo("FR", "FR-75"), (2026, 10, 28), "2026-11-12", id="X14, France, Armistice"),
    pytest.param(ShipTo("DE", "DE-BY"), (2026, 5, 21), "2026-06-05", id="Bavaria, Corpus Christi"),
    pytest.param(ShipTo("DE", "DE-BE"), (2026, 5, 21), "2026-06-04", id="Berlin works on Corpus Christi"),
    pytest.param(ShipTo("PL"), (2026, 10, 28), "2026-11-12", id="Poland, Independence Day"),
    pytest.param(ShipTo("AT"), (2026, 10, 12), "2026-10-27", id="Austria, National Day"),
    pytest.param(ShipTo("SE"), (2026, 6, 5), "2026-06-22", id="Sweden, Midsummer's Eve, then a week-end"),
    pytest.param(ShipTo("ES", "ES-CT"), (2026, 8, 28), "2026-09-14", id="Catalonia, Diada, then a week-end"),
    pytest.param(ShipTo("FI"), (2026, 11, 23), "2026-12-07", id="Finland, Independence Day on a Sunday"),
    pytest.param(ShipTo("FI"), (2027, 11, 22), "2027-12-07", id="Finland, Independence Day"),
]


@pytest.mark.parametrize(("place", "delivered", "last"), HOLIDAYS)
def test_a_last_day_on_a_holiday_there_moves_to_the_next_working_day(
    place: ShipTo, delivered: tuple[int, int, int], last: str
) -> None:
    """Regulation 1182/71 art. 2(1), 3(4): days designated in the member state; the last second counts."""
    zone = RULES.legal_days("EU", place).told.zone
    midnight = at(zone, *date.fromisoformat(last).timetuple()[:3], 23, 59, 59)
    found = asked("EU", at(zone, *delivered, 15), midnight, place)
    assert (found.outcome, last_day(found)) == (Outcome.ACCEPT, last)
    late = asked("EU", at(zone, *delivered, 15), midnight + timedelta(seconds=1), place)
    assert (late.outcome, last_day(late)) == (Outcome.REFUSE, last)


ZONES: Final = [
    pytest.param("EU", ShipTo("PT", "PT-11"), "Europe/Lisbon", id="Lisbon"),
    pytest.param("EU", ShipTo("PT", "PT-20"), "Atlantic/Azores", id="Azores"),
    pytest.param("EU", ShipTo("ES", "ES-TF"), "Atlantic/Canary", id="Tenerife"),
    pytest.param("EU", ShipTo("ES", None, "Atlantic/Canary"), "Atlantic/Canary", id="Canaries by zone"),
    pytest.param("EU", ShipTo("FI"), "Europe/Helsinki", id="Helsinki ends earlier than Brussels"),
    pytest.param("EU", ShipTo("RE"), "Indian/Reunion", id="Reunion as a country of its own"),
    pytest.param("US", ShipTo("US", "US-CA"), "America/Los_Angeles", id="California"),
    pytest.param("US", ShipTo("US", "US-HI"), "Pacific/Honolulu", id="Hawaii"),
    pytest.param("US", ShipTo("US", None, "America/Chicago"), "America/Chicago", id="Chicago by zone"),
    pytest.param("US", ShipTo("PR"), "America/Puerto_Rico", id="Puerto Rico as a country of its own"),
    pytest.param("UK", ShipTo("GB"), "Europe/London", id="London"),
    pytest.param("CN", ShipTo("CN", "CN-XJ"), "Asia/Shanghai", id="Urumqi keeps the time of Beijing"),
]


@pytest.mark.parametrize(("regime", "place", "zone"), ZONES)
def test_the_last_day_ends_at_midnight_there(regime: str, place: ShipTo, zone: str) -> None:
    """X15: the zone of the consumer; the last second is in time, the next one is not."""
    delivered = at(zone, 2026, 3, 10, 15)
    last = date.fromisoformat(last_day(asked(regime, delivered, delivered + timedelta(days=1), place)))
    midnight = at(zone, *last.timetuple()[:3], 23, 59, 59)
    assert asked(regime, delivered, midnight, place).outcome is Outcome.ACCEPT
    assert asked(regime, delivered, midnight + timedelta(seconds=1), place).outcome is Outcome.REFUSE


DOUBTS: Final = [
    pytest.param("EU", None, (2026, 10, 12), at("Europe/Dublin", 2026, 10, 27, 12),
                 id="no place, a holiday somewhere"),
    pytest.param("EU", None, (2026, 11, 9), at("Europe/Lisbon", 2026, 11, 23, 23, 30),
                 id="no place, not midnight in Lisbon"),
    pytest.param("EU", ShipTo("DE"), (2026, 5, 21), at("Europe/Berlin", 2026, 6, 5, 12),
                 id="Germany without its state"),
    pytest.param("EU", ShipTo("PT"), (2026, 11, 9), at("Atlantic/Azores", 2026, 11, 23, 23, 30),
                 id="Portugal without its part"),
    pytest.param("EU", ShipTo("CH"), (2026, 10, 12), at("Europe/Zurich", 2026, 10, 27, 12),
                 id="sent to another country"),
    pytest.param("US", None, (2026, 10, 1), at("America/Los_Angeles", 2026, 10, 31, 21, 30),
                 id="no place, evening in Los Angeles"),
    pytest.param("US", ShipTo("US"), (2026, 10, 1), at("Pacific/Honolulu", 2026, 10, 31, 23, 59),
                 id="no state, Honolulu"),
    pytest.param("US", ShipTo("US", "US-TX"), (2026, 10, 1), at("America/Denver", 2026, 10, 31, 23, 59),
                 id="Texas has two zones"),
    pytest.param("UK", ShipTo("NO"), (2026, 10, 1), at("Europe/London", 2026, 10, 15, 23, 59),
                 id="a British sale to Norway"),
]  # fmt: skip


@pytest.mark.parametrize(("regime", "place", "delivered", "stated"), DOUBTS)
def test_where_the_place_leaves_a_doubt_a_person_looks(
    regime: str, place: ShipTo | None, delivered: tuple[int, int, int], stated: datetime
) -> None:
    """A day that is not over everywhere is never refused by machine; the sentence says why a person looks."""
    found = asked(regime, at(RULES.days(regime).zone, *delivered, 15), stated, place)
    assert found.outcome in {Outcome.REFER, Outcome.ACCEPT}
    if found.outcome is Outcome.REFER:
        (doubt,) = [each for each in found.reasons if each.answer is Result.LOOK]
        assert (doubt.rule, doubt.facts["place"]) == ("in_time", "not known")
    far = asked(regime, at(RULES.days(regime).zone, *delivered, 15), stated + timedelta(days=9), place)
    assert far.outcome is Outcome.REFUSE


def test_without_a_place_nobody_is_refused_before_the_day_is_over_at_every_place() -> None:
    """The doubtful span ends with the latest last second over all places; a second later the machine refuses."""
    for regime in CURRENCY:
        delivered = at(RULES.days(regime).zone, 2026, 10, 12, 15)
        legal = RULES.legal_days(regime, None)
        window = next(each for each in (14, 7, 30) if (regime, each) in {("EU", 14), ("UK", 14), ("CN", 7), ("US", 30)})
        ends = [
            days.last_second_of(days.working_day_from(last).day if regime in {"EU", "CN"} else last)
            for days in (legal.told, *legal.others)
            for last in [days.day_of(delivered) + timedelta(days=window)]
        ]
        assert asked(regime, delivered, max(ends), None).outcome is not Outcome.REFUSE, regime
        assert asked(regime, delivered, max(ends) + timedelta(seconds=1), None).outcome is Outcome.REFUSE, regime


def test_the_term_for_sending_back_ends_on_a_working_day_there() -> None:
    """X26: stated on Saturday 7 November 2026 the EU term ends on Monday the 23rd; in France the 11th is a holiday."""
    brussels = at("Europe/Brussels", 2026, 11, 7, 10)
    found = asked("EU", brussels - timedelta(days=3), brussels, ShipTo("BE"))
    assert found.instructions.ship_by == date(2026, 11, 23)
    assert found.ship_until == at("Europe/Brussels", 2026, 11, 24)
    (sending,) = [each for unit in found.decision.units for each in unit.deadlines if each.name == "send_back_by"]
    assert sending.day == date(2026, 11, 23)
    paris = at("Europe/Paris", 2026, 10, 28, 10)
    assert asked("EU", paris, paris, ShipTo("FR")).instructions.ship_by == date(2026, 11, 12)
    london = at("Europe/London", 2026, 11, 7, 10)
    assert asked("UK", london, london, ShipTo("GB")).instructions.ship_by == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("place", "calendar", "by"),
    [
        (ShipTo("PT", "PT-20"), "PT-20", date(2026, 11, 23)),
        (ShipTo("FI"), "FI", date(2026, 11, 24)),
        (None, "EU", date(2026, 11, 24)),
    ],
)
def test_the_objection_and_the_calendar_of_the_refund_follow_the_place(
    place: ShipTo | None, calendar: str, by: date
) -> None:
    """R2.5, I06: counted in the zone of the place; 23:30 in the Azores is the next day in Brussels and Helsinki."""
    stated = at("Atlantic/Azores", 2026, 11, 9, 23, 30)
    found = asked("EU", stated - timedelta(days=2), stated, place)
    assert (found.object_by, found.times.legal_calendar, found.times.working_calendar) == (by, calendar, "EU")
