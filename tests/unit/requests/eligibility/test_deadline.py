"""Every day that a decision names: for whom, until when, by which clause, what it waits for (C03, I06, R2.1)."""

from datetime import date
from typing import Any, Final

import pytest

from service_requests.domain.eligibility.decision import Deadline
from shared.kernel.refund_term import Milestone
from tests.unit.requests.policy_builders import a_policy, days_for, decided, moment

Row = dict[str, Any]
Named = tuple[str, str | None, str]

DECIDE: Final[Named] = ("decide_by", "2026-11-04", "shop@1 R2.1")
OBJECT: Final[Named] = ("object_by", "2026-11-17", "shop@1 R2.5")
CN_ALARMS: Final[list[Named]] = [
    ("penalty_return_address", "2026-11-18", "暂行办法 31(2)"),
    ("penalty_handling", "2026-11-18", "暂行办法 31(1)"),
]
CN_UNTIL: Final[Named] = ("return_until", "2026-11-09", "消费者权益保护法 25; 暂行办法 2, 10; 民法典 203")
CN_REFUND: Final = "消费者权益保护法 25; 暂行办法 13"
EU_UNTIL: Final[Named] = ("return_until", "2026-11-16", "Directive 2011/83/EU art. 9, 10; Regulation 1182/71 art. 3")
EU_SEND: Final[Named] = ("send_back_by", "2026-11-17", "Directive 2011/83/EU art. 14(1)")
EU_REFUND: Final = "Directive 2011/83/EU art. 13(1), 13(3)"


def refunds(*rows: Row) -> list[Row]:
    return [{"id": f"r{number}", **row} for number, row in enumerate(rows)]


def clock(days: int, *starts: str, cause: str = "change_of_mind", **but: Any) -> Row:
    return {"clock": {"cause": cause, "period": {"days": days}, "starts": list(starts), **but}}


def on(day: str, regime: str = "CN") -> str:
    return moment(f"{day}T10:00", regime).isoformat()


NAMED: Final[tuple[tuple[str, Row, Row, list[Named]], ...]] = (
    # regime, policy, case; name, day and clause of every deadline. Stated on 3 November 2026, received the day before.
    ("CN", {}, {}, [DECIDE, OBJECT, *CN_ALARMS, CN_UNTIL, ("refund_by", None, CN_REFUND)]),
    (
        "CN",
        {},
        {"told": {"return_address_given": True}, "progress": {"goods_in_at": on("2026-11-10")}},
        [
            DECIDE,
            OBJECT,
            CN_ALARMS[1],
            ("penalty_refund", "2026-11-25", "暂行办法 31(3)"),
            CN_UNTIL,
            ("refund_by", "2026-11-17", CN_REFUND),
        ],
    ),
    ("CN", {}, {"consumer": False}, [DECIDE, OBJECT]),
    ("CN", {}, {"unit": {"taken": "refund"}}, [DECIDE, OBJECT, *CN_ALARMS]),
    (
        "CN",
        {"windows": [days_for(30)], "promises": {"decide_hours": 2, "object_within": {"months": 1}}},
        {},
        [
            ("decide_by", "2026-11-03", "shop@1 R2.1"),
            ("object_by", "2026-12-03", "shop@1 R2.5"),
            *CN_ALARMS,
            ("return_until", "2026-12-02", "shop@1 windows/change-of-mind-30"),
            ("refund_by", None, CN_REFUND),
        ],
    ),
    (
        "CN",
        {},
        {"promises": [{"id": "P-1", "until": "2026-12-31"}]},
        [
            DECIDE,
            OBJECT,
            *CN_ALARMS,
            ("return_until", "2026-12-31", "N3.4 promise P-1"),
            ("refund_by", None, CN_REFUND),
        ],
    ),
    (
        "CN",
        {},
        {"unit": {"reason": "faulty", "wish": "exchange"}},
        [DECIDE, OBJECT, *CN_ALARMS, ("return_until", "2026-11-17", "部分商品修理更换退货责任规定 (三包)")],
    ),
    ("EU", {}, {}, [DECIDE, OBJECT, EU_UNTIL, EU_SEND, ("refund_by", "2026-11-17", EU_REFUND)]),
    (
        "EU",
        {
            "regimes": ["EU"],
            "promises": {"send_back": {"days": 21}},
            "refunds": refunds(clock(3, "goods_in", "statement")),
        },
        {},
        [
            DECIDE,
            OBJECT,
            EU_UNTIL,
            ("send_back_by", "2026-11-24", "shop@1 send_back"),
            ("refund_by", "2026-11-06", "shop@1 refunds/r0"),
        ],
    ),
    (
        "EU",
        {"windows": [days_for(30, "defect")]},
        {"unit": {"reason": "faulty", "failed_repairs": 1, "wish": "partial_refund"}},
        [
            DECIDE,
            OBJECT,
            ("return_until", "2028-11-02", "Directive (EU) 2019/771 art. 13(4), 16"),
            EU_SEND,
        ],
    ),
    (
        "UK",
        {"regimes": ["UK"], "refunds": refunds(clock(5, "agreed", cause="defect"))},
        {"unit": {"reason": "faulty"}, "progress": {"agreed_at": on("2026-11-05", "UK")}},
        [
            DECIDE,
            OBJECT,
            ("return_until", "2026-12-02", "Consumer Rights Act 2015 s. 20, 22"),
            ("send_back_by", "2026-11-17", "Consumer Contracts Regulations 2013 reg. 35"),
            ("refund_by", "2026-11-10", "shop@1 refunds/r0"),
        ],
    ),
    (
        "UK",
        {},
        {
            "unit": {"reason": "faulty", "wish": "partial_refund", "failed_repairs": 1},
            "progress": {"agreed_at": on("2026-11-05", "UK")},
        },
        [
            DECIDE,
            OBJECT,
            ("return_until", "2032-11-02", "Consumer Rights Act 2015 s. 20, 24"),
            ("send_back_by", "2026-11-17", "Consumer Contracts Regulations 2013 reg. 35"),
            ("refund_by", "2026-11-19", "Consumer Rights Act 2015 s. 20(15)–(17)"),
        ],
    ),
    (
        "US",
        {
            "windows": [days_for(30)],
            "refunds": refunds(
                {"when": {"sku": {"is": "other"}}, **clock(1, "agreed")},
                clock(2, "agreed", cause="defect"),
                clock(3, "goods_in", "agreed", "statement"),
            ),
            "regimes": ["US"],
        },
        {"consumer": False},
        [
            DECIDE,
            OBJECT,
            ("return_until", "2026-12-02", "shop@1 windows/change-of-mind-30"),
            ("refund_by", "2026-11-06", "shop@1 refunds/r2"),
        ],
    ),
)


def every(regime: str, policy: Row, case: Row) -> list[Deadline]:
    decision = decided(regime, policies=[a_policy(**policy)], **case)
    return [*decision.deadlines, *decision.units[0].deadlines]


@pytest.mark.parametrize(("regime", "policy", "case", "named"), NAMED)
def test_a_decision_names_these_days_and_no_others(regime: str, policy: Row, case: Row, named: list[Named]) -> None:
    """R2.1, R2.5, C03, I06: counted from the day after, each by its clause."""
    found = every(regime, policy, case)
    assert [(each.name, each.day and each.day.isoformat(), each.clause) for each in found] == named
    assert not any(each.provisional for each in found)


def test_a_breach_is_said_in_words() -> None:
    """暂行办法 31."""
    found = every("CN", {}, {"progress": {"goods_in_at": on("2026-11-10")}})
    assert [each.says for each in found if each.name.startswith("penalty")] == [
        (
            "From the day after 18 November 2026 the law sees a breach: no return address given.",
            "2026年11月18日之后即构成违法：未提供退货地址。",
        ),
        (
            "From the day after 18 November 2026 the law sees a breach: the request not handled.",
            "2026年11月18日之后即构成违法：未处理退货要求。",
        ),
        (
            "From the day after 25 November 2026 the law sees a breach: no refund made.",
            "2026年11月25日之后即构成违法：未退款。",
        ),
    ]


@pytest.mark.parametrize(
    ("regime", "ends"), [("CN", "2026-11-10T00:00"), ("EU", "2026-11-17T00:00"), ("UK", "2026-11-17T00:00")]
)
def test_a_day_lasts_until_midnight_where_the_customer_is(regime: str, ends: str) -> None:
    """B03: Brussels, London and Shanghai do not end their days together."""
    until = next(each for each in every(regime, {}, {}) if each.name == "return_until")
    assert until.ends_at == moment(ends, regime)


Due = tuple[str | None, list[str], list[str]]
WAITS: Final[tuple[tuple[str, Row, Row, Due], ...]] = (
    # regime, policy, progress; the day of the refund, what it starts with, what it may wait for
    ("CN", {}, {}, (None, ["goods_in"], [])),
    ("EU", {}, {}, ("2026-11-17", [], ["goods_in", "proof_of_sending"])),
    ("EU", {}, {"sent_at": on("2026-11-05", "EU")}, ("2026-11-17", [], [])),
    ("EU", {}, {"goods_in_at": on("2026-11-23", "EU"), "sent_at": on("2026-11-20", "EU")}, ("2026-11-20", [], [])),
    ("EU", {}, {"goods_in_at": on("2026-11-20", "EU"), "sent_at": on("2026-11-23", "EU")}, ("2026-11-20", [], [])),
    ("EU", {}, {"collects": True}, ("2026-11-17", [], [])),
    ("UK", {}, {}, (None, ["goods_in", "proof_of_sending"], [])),
    ("UK", {}, {"collects": True}, ("2026-11-17", [], [])),
    ("UK", {}, {"goods_in_at": on("2026-11-06", "UK"), "sent_at": on("2026-11-05", "UK")}, ("2026-11-19", [], [])),
    ("UK", {}, {"goods_in_at": on("2026-11-05", "UK"), "sent_at": on("2026-11-06", "UK")}, ("2026-11-19", [], [])),
    (
        "EU",
        {"regimes": ["EU"], "refunds": refunds(clock(14, "statement"))},
        {},
        ("2026-11-17", [], []),
    ),
    (
        "EU",
        {"regimes": ["EU"], "refunds": refunds(clock(1, "statement", may_wait_for=["goods_in"]))},
        {},
        ("2026-11-04", [], ["goods_in"]),
    ),
    (
        "CN",
        {"regimes": ["CN"], "refunds": refunds(clock(3, "agreed", "goods_in"))},
        {},
        (None, ["agreed", "goods_in"], []),
    ),
    (
        "CN",
        {"regimes": ["CN"], "refunds": refunds(clock(7, "goods_in", "statement"))},
        {"goods_in_at": on("2026-11-10")},
        ("2026-11-10", [], []),
    ),
)


@pytest.mark.parametrize(("regime", "policy", "progress", "due"), WAITS)
def test_a_refund_is_due_from_the_first_of_its_beginnings_and_waits_only_where_it_may(
    regime: str, policy: Row, progress: Row, due: Due
) -> None:
    """CRD 13, CCR 34, 暂行办法 13: of law and policy the kinder clock."""
    day, starts, waits = due
    found = next(each for each in every(regime, policy, {"progress": progress}) if each.name == "refund_by")
    assert found.day == (date.fromisoformat(day) if day else None)
    assert (found.waits_for, found.may_wait_for) == (tuple(map(Milestone, starts)), tuple(map(Milestone, waits)))
    assert ("but may wait" in found.says.en) is bool(waits)


@pytest.mark.parametrize(
    ("stated", "provisional"),
    [("2026-12-30T10:00", False), ("2026-12-31T10:00", True), ("2027-01-05T10:00", True)],
)
def test_a_promise_that_reaches_into_a_year_nobody_has_published_is_provisional(stated: str, provisional: bool) -> None:
    """B03, R2.1."""
    decide_by = every("CN", {}, {"stated": stated, "arrived": "2026-12-29T10:00"})[0]
    assert (decide_by.name, decide_by.provisional) == ("decide_by", provisional)
