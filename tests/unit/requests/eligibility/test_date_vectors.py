"""The date vectors: when a right ends, when a refund is due, when a promise falls due (B02, B03, B04, I06, R2.1)."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service_requests.domain.eligibility.decision import Decision
from service_requests.domain.policy.vocabulary import Result
from shared.kernel.calendar import WorkingCalendar
from tests.unit.requests.policy_builders import a_policy, day_of, decided, finding, moment, unit_of

VECTORS = json.loads((Path(__file__).parents[3] / "data" / "policy_vectors.json").read_text(encoding="utf-8"))
REASON = {"change_of_mind": "no_reason", "defect": "faulty"}
SHANGHAI = ZoneInfo("Asia/Shanghai")
GOLDEN_WEEK = frozenset(date(2026, 10, day) for day in range(1, 8))
WORKED = {
    "plain": WorkingCalendar(id="plain", zone="Asia/Shanghai", published=frozenset({2026})),
    "golden-week": WorkingCalendar(
        id="golden-week",
        zone="Asia/Shanghai",
        holidays=GOLDEN_WEEK,
        make_up_days=frozenset({date(2026, 10, 10)}),
        published=frozenset({2026}),
    ),
}

Vector = dict[str, Any]


def vectors(kind: str) -> pytest.MarkDecorator:
    rows = VECTORS[kind]
    return pytest.mark.parametrize("vector", rows, ids=[row["id"] for row in rows])


@vectors("windows")
def test_a_window_ends_at_midnight_of_its_last_day(vector: Vector) -> None:
    """B01, B02, B03, B15: D01, D03, D04, D09."""
    wish = {"wish": "refund", "reason": REASON[vector["cause"]]}
    place = {"ship_to": {"country": "BE"}} if vector["regime"] == "EU" else {}
    common = {
        "regime": vector["regime"], "unit": wish, "arrived": vector["arrived"], "ordered": "2026-09-20T10:00", **place
    }  # fmt: skip
    in_time = unit_of(stated=vector["in_time"], **common)
    late = unit_of(stated=vector["late"], **common)
    assert finding(in_time, "in_time").result is Result.YES
    assert finding(in_time, "in_time").facts["last_day"] == vector["last_day"]
    assert finding(late, "in_time").result is Result.NO
    ends_at = next(each.ends_at for each in in_time.deadlines if each.name == "return_until")
    assert ends_at == moment(vector["late"], vector["regime"])


def at(regime: str, day: str | None) -> str | None:
    return None if day is None else moment(f"{day}T12:00", regime).isoformat()


def with_progress(vector: Vector) -> Decision:
    regime = vector["regime"]
    progress = {f"{key}_at": at(regime, vector.get(key)) for key in ("sent", "goods_in", "agreed")}
    progress = {key: value for key, value in progress.items() if value is not None}
    arrived = min("2026-11-01T12:00", f"{vector['stated']}T09:00")
    return decided(
        regime,
        stated=f"{vector['stated']}T12:00",
        arrived=arrived,
        progress={**progress, "collects": vector.get("collects", False)},
        promises=[{"id": "so-that-it-is-accepted", "until": "2026-12-31"}],
    )


@vectors("refunds")
def test_a_refund_is_due_when_the_law_says(vector: Vector) -> None:
    """R4.4, I06: D07, D10; the merchant's own deadline never rolls over."""
    decision = with_progress(vector)
    refund = next(each for each in decision.units[0].deadlines if each.name == "refund_by")
    assert refund.day == date.fromisoformat(vector["due"])
    assert bool(refund.may_wait_for) is vector["may_wait"]
    if "penalty" in vector:
        assert day_of(decision, "penalty_refund") == date.fromisoformat(vector["penalty"])


@vectors("clocks")
def test_a_promise_of_the_next_working_day_ends_at_its_closing(vector: Vector) -> None:
    """R2.1, B03: D13, D14."""
    asked = datetime.fromisoformat(vector["asked"]).replace(tzinfo=SHANGHAI)
    due = datetime.fromisoformat(vector["due"]).replace(tzinfo=SHANGHAI)
    assert WORKED[vector["calendar"]].end_of_next_working_day(asked) == due


@vectors("penalties")
def test_the_last_day_of_a_penalty_line_is_the_last_without_a_breach(vector: Vector) -> None:
    """暂行办法 31: D11."""
    decision = decided(stated=vector["stated"])
    assert day_of(decision, vector["name"]) == date.fromisoformat(vector["last"])


def test_an_address_that_was_given_raises_no_alarm() -> None:
    """暂行办法 31(2)."""
    decision = decided(told={"return_address_given": True})
    assert {each.name for each in decision.deadlines if each.name.startswith("penalty")} == {"penalty_handling"}


@vectors("assumed")
def test_an_unknown_delivery_is_assumed_and_nobody_is_refused_on_it(vector: Vector) -> None:
    """B02: D16."""
    parcel = {"id": "p", "dispatched_at": vector["dispatched"] and moment(vector["dispatched"]).isoformat()}
    unit = unit_of(parcels=[parcel], stated=vector["stated"])
    known = finding(unit, "in_time").facts
    assert known["delivery_known_by"] == "assumed"
    assert known["delivered_on"] == vector["counted_from"]
    assert known["last_day"] == vector["last_day"]
    assert known["provisional"] == "true"
    assert unit.verdict == vector["verdict"]


@vectors("explained")
def test_whoever_was_not_told_of_the_right_has_more_time(vector: Vector) -> None:
    """CRD 10: from the nominal end, which rolls over as the window does."""
    withdrawal = {"before_contract": False, "at": vector["at"] and moment(vector["at"], "EU").isoformat()}
    told = {"withdrawal": withdrawal}
    unit = unit_of("EU", arrived="2026-10-31T12:00", told=told, promises=[{"id": "x", "until": "2026-12-01"}])
    assert finding(unit, "in_time").facts["last_day"] == vector["last_day"]


@pytest.mark.parametrize("regime", ["CN", "EU", "UK"])
def test_the_last_parcel_counts(regime: str) -> None:
    """B02: China, several parcels of one order; CRD 9(2)(b); reg. 30."""
    early, late = (moment(f"2026-11-{day}T12:00", regime).isoformat() for day in ("02", "05"))
    parcels = [{"id": "a", "signed_for_at": early}, {"id": "b", "carrier_delivered_at": late}]
    facts = finding(unit_of(regime, parcels=parcels, stated="2026-11-06T12:00"), "in_time").facts
    assert (facts["delivered_on"], facts["delivery_known_by"]) == ("2026-11-05", "carrier")


def test_the_recipients_signature_is_better_evidence_than_the_carriers_scan() -> None:
    """B02."""
    scanned, signed = (moment(f"2026-11-{day}T12:00").isoformat() for day in ("02", "04"))
    parcels = [{"id": "p", "carrier_delivered_at": scanned, "signed_for_at": signed}]
    facts = finding(unit_of(parcels=parcels, stated="2026-11-05T12:00"), "in_time").facts
    assert (facts["delivered_on"], facts["delivery_known_by"]) == ("2026-11-04", "recipient")


def test_a_calendar_that_is_not_published_makes_the_answer_provisional() -> None:
    """B03: refused on such a day is nobody; long after it no calendar helps."""
    common: Vector = {"arrived": "2026-12-26T12:00"}
    soon = unit_of(stated="2026-12-28T12:00", **common)
    assert next(each for each in soon.deadlines if each.name == "return_until").provisional
    assert decided(stated="2026-12-28T12:00", **common).provisional
    assert finding(unit_of(stated="2027-01-06T12:00", **common), "in_time").result is Result.LOOK
    assert finding(unit_of(stated="2027-01-20T12:00", **common), "in_time").result is Result.NO


@pytest.mark.parametrize(("stated", "result"), [("2027-01-18T23:59", Result.LOOK), ("2027-01-19T00:00", Result.NO)])
def test_no_calendar_makes_holidays_longer_than_two_weeks(stated: str, result: Result) -> None:
    """B03: the right ended on 4 January 2027 as far as anybody knows; from the fifteenth day on that is sure."""
    assert finding(unit_of(arrived="2026-12-26T12:00", stated=stated), "in_time").result is result


@pytest.mark.parametrize(
    ("starts", "own", "delivered_on"),
    [
        ("own_parcel", ["a"], "2026-11-02"),
        ("own_parcel", ["b"], "2026-11-05"),
        ("own_parcel", [], "2026-11-05"),
        ("first_parcel", ["b"], "2026-11-02"),
        ("last_parcel", ["a"], "2026-11-05"),
    ],
)
def test_where_no_law_says_so_a_policy_names_the_parcel_that_counts(
    starts: str, own: list[str], delivered_on: str
) -> None:
    """B02: in the United States; a line knows in which parcels it came."""
    window = {"cause": "change_of_mind", "period": {"days": 30}, "starts": starts}
    policy = a_policy(regimes=["US"], windows=[{"id": "w", "window": window}])
    days = {"a": "2026-11-02", "b": "2026-11-05"}
    parcels = [{"id": name, "signed_for_at": moment(f"{day}T12:00", "US").isoformat()} for name, day in days.items()]
    unit = unit_of("US", policies=[policy], parcels=parcels, line={"parcels": own}, stated="2026-11-06T12:00")
    assert finding(unit, "in_time", "policy").facts["delivered_on"] == delivered_on


def test_the_day_of_delivery_never_counts_whatever_its_hour() -> None:
    """B03, 民法典 201."""
    for hour in (0, 12, 23):
        arrived = (moment("2026-11-02T00:00") + timedelta(hours=hour)).replace(tzinfo=None).isoformat()
        assert finding(unit_of(arrived=arrived), "in_time").facts["last_day"] == "2026-11-09"
