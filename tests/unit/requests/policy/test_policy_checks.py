"""Every flaw that keeps a policy from being published: the place in the document and the check that found it (B07)."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from service_requests.adapters.policy import policy_documents as documents
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.policy_checks import problems_in
from service_requests.domain.policy.statutory_floor import below_floor
from shared.kernel.errors import Said
from tests.unit.requests.policy_builders import (
    a_policy_document,
    calendars,
    days_for,
    laws,
    raw,
    said,
    settled_discounts,
)

Row = dict[str, Any]
Place = tuple[str | int, ...]

CLOCK: Final = {"cause": "change_of_mind", "period": {"days": 1}, "starts": ["goods_in"]}
SHARES: Final = {"cause": "change_of_mind", "whole": "full", "part": "full"}
ADDRESS: Final = a_policy_document()["addresses"][0]
A_ROW: Final[dict[str, Row]] = {
    # one row of each table, but for its `id` and `when`
    "addresses": {key: value for key, value in ADDRESS.items() if key != "id"},
    "windows": {"window": {"cause": "change_of_mind", "period": {"days": 30}}},
    "exclusions": {"goods": "final_sale", "beyond_law": True},
    "intact": {"states": ["washed"], "beyond_law": True},
    "proofs": {"required": ["photo"], "beyond_law": True},
    "freight": {"cause": "change_of_mind", "payer": "merchant"},
    "fees": {"cause": "change_of_mind", "basis_points": 0},
    "refunds": {"clock": CLOCK},
    "promotions": {"mode": "keep_share"},
    "outbound": SHARES,
    "alternatives": {"instead_of": ["intact"], "offers": ["repair"]},
    "persons": {"says": said("dear")},
}
FIRST_ROW_ANSWERS: Final = {"addresses", "windows", "freight", "fees", "refunds", "promotions", "outbound"}


def a_policy(**but: Any) -> Policy:
    """Read, and not asked whether it makes sense."""
    return documents.read_policy(raw(a_policy_document(**{"regimes": ["CN"], **but})))


def problems(**but: Any) -> list[tuple[Place, str]]:
    return [(problem.place, problem.rule) for problem in problems_in(a_policy(**but), calendars(), laws())]


def row(table: str, name: str, **when: Any) -> Row:
    return {"id": name, "when": when, **A_ROW[table]}


@pytest.mark.parametrize("table", A_ROW)
def test_in_every_table_a_name_stands_once(table: str) -> None:
    """B07: a decision names its row."""
    rows = [row(table, "same", sku={"is": sku}) for sku in ("A", "B", "C")]
    assert problems(**{table: rows})[:2] == [((table, 1, "id"), "twice"), ((table, 2, "id"), "twice")]


@pytest.mark.parametrize("table", A_ROW)
def test_in_every_table_a_row_asks_for_words_that_the_policy_knows(table: str) -> None:
    """B07: a slip of the pen is no rule that never applies."""
    words = {"category": "unicorns", "channel": "pigeon", "reason": "boredom", "segment": "royalty", "state": "blue"}
    rows = [
        row(table, "first", sku={"is": "A"}),
        row(table, "second", **{fact: {"is": word} for fact, word in words.items()}),
    ]
    assert sorted(problems(**{table: rows}))[: len(words)] == [((table, 1, "when", fact), "unknown") for fact in words]


@pytest.mark.parametrize("table", A_ROW)
def test_where_the_first_row_answers_one_behind_it_never_does(table: str) -> None:
    """B07: where all rows count, both may stand."""
    found = problems(**{table: [row(table, "all"), row(table, "some", sku={"is": "A"})]})
    assert found == ([((table, 1, "when"), "unreachable")] if table in FIRST_ROW_ANSWERS else [])


@pytest.mark.parametrize("table", sorted(FIRST_ROW_ANSWERS))
def test_where_the_first_row_answers_two_seasons_of_one_thing_do_not_overlap(table: str) -> None:
    """B07: nobody can say which of them holds on the days of both."""
    seasons = [{"from": "2026-11-01", "until": "2026-12-24"}, {"from": "2026-12-24", "until": "2027-01-31"}]
    rows = [row(table, f"s{n}", sku={"is": "A"}, ordered_on=season) for n, season in enumerate(seasons)]
    assert ((table, 1, "when"), "overlap") in problems(**{table: rows})
    apart = [rows[0], rows[1] | {"when": {"sku": {"is": "B"}, "ordered_on": seasons[1]}}]
    always = [rows[0], rows[1] | {"when": {"sku": {"is": "A"}}}]
    for fine in (apart, always):
        assert [rule for _, rule in problems(**{table: fine}) if rule != "R2.3"] == []


@pytest.mark.parametrize("table", ["windows", "freight", "fees", "refunds", "outbound"])
def test_a_row_about_faulty_goods_stands_behind_one_about_a_change_of_mind(table: str) -> None:
    """B15: they answer different questions, and the one before does not hide the one after."""
    mind, defect = row(table, "mind"), row(table, "defect")
    part = next((part for part in ("window", "clock") if part in defect), None)
    defect |= {part: {**defect[part], "cause": "defect"}} if part else {"cause": "defect"}
    behind = row(table, "behind", sku={"is": "A"})
    assert problems(**{table: [mind, defect]}) == []
    assert problems(**{table: [mind, defect, behind]}) == [((table, 2, "when"), "unreachable")]
    assert problems(**{table: [defect, mind, behind]}) == [((table, 2, "when"), "unreachable")]


def for_vip(days: int, **when: Any) -> Row:
    return days_for(days, segment={"is": "vip"}, **when)


FLAWED: Final[tuple[tuple[Row, list[tuple[Place, str]]], ...]] = (
    ({}, []),
    ({"effective_until": "2024-01-02"}, []),
    ({"effective_until": "2024-01-01"}, [(("effective_until",), "dates")]),
    ({"effective_until": "2023-12-31"}, [(("effective_until",), "dates")]),
    ({"calendar": None}, []),
    ({"calendar": "MARS"}, [(("calendar",), "unknown")]),
    ({"regimes": ["CN", "MARS"]}, [(("regimes", 1), "unknown")]),
    (
        {"categories": {"a": {"says": said("a")}, "b": {"says": said("b"), "parent": "z"}}},
        [(("categories", "b", "parent"), "unknown")],
    ),
    ({"categories": {"a": {"says": said("a"), "parent": "a"}}}, [(("categories", "a", "parent"), "cycle")]),
    (
        {
            "categories": {
                "a": {"says": said("a"), "parent": "b"},
                "b": {"says": said("b"), "parent": "c"},
                "c": {"says": said("c"), "parent": "b"},
                "d": {"says": said("d")},
                "e": {"says": said("e"), "parent": "d"},
            }
        },
        [(("categories", "b", "parent"), "cycle"), (("categories", "c", "parent"), "cycle")],
    ),
    (
        {"alternatives": [{"id": "a", "instead_of": ["intact", "luck", "astrology"], "offers": ["repair"]}]},
        [(("alternatives", 0, "instead_of"), "unknown")] * 2,
    ),
    (
        {
            "goodwill": [
                {"role": role, "up_to": {"amount_minor": 1, "currency": currency}, "days_late": 1}
                for role, currency in (("agent", "CNY"), ("agent", "EUR"), ("supervisor", "CNY"), ("agent", "CNY"))
            ]
        },
        [(("goodwill", 3), "twice")],
    ),
    ({"windows": [days_for(30, value_minor={"at_least": 2, "at_most": 2})]}, []),
    (
        {"windows": [days_for(30, value_minor={"at_least": 2, "at_most": 1})]},
        [(("windows", 0, "when", "value_minor"), "never")],
    ),
    (
        {"persons": [{"id": "p", "when": {"total_minor": {"at_least": 2, "at_most": 1}}, "says": said("x")}]},
        [(("persons", 0, "when", "total_minor"), "never")],
    ),
    ({"windows": [days_for(30, ordered_on={"from": "2026-11-01", "until": "2026-11-01"})]}, []),
    (
        {"windows": [days_for(30, ordered_on={"from": "2026-11-02", "until": "2026-11-01"})]},
        [(("windows", 0, "when", "ordered_on"), "never")],
    ),
    ({"windows": [days_for(30, ordered_on={"from": "2026-11-02"}), days_for(20)]}, []),
    ({"windows": [for_vip(15), days_for(30)]}, [(("windows", 0, "window", "period"), "B12")]),
    ({"windows": [for_vip(30), days_for(30)]}, []),
    ({"windows": [for_vip(15), days_for(30, "defect")]}, []),
    (
        {"windows": [days_for(60, sku={"is": "A"}), for_vip(15, sku={"is": "B"}), days_for(30)]},
        [(("windows", 1, "window", "period"), "B12")],
    ),
    ({"windows": [for_vip(15, sku={"is": "B"}), days_for(30, sku={"is": "A"})]}, []),
    ({"windows": [for_vip(15), days_for(30, segment={"is": "regular"})]}, []),
    (
        {"windows": [days_for(10, segment={"is": "regular"}), for_vip(20), days_for(15)]},
        [(("windows", 0, "window", "period"), "B12")],
    ),
    ({"addresses": [{**ADDRESS, "when": {"regime": {"is": "CN"}}}]}, []),
    (
        {"regimes": ["CN", "EU", "UK"], "addresses": [{**ADDRESS, "when": {"regime": {"none_of": ["EU"]}}}]},
        [(("regimes", 1), "R2.3")],
    ),
)


@pytest.mark.parametrize(("but", "found"), FLAWED)
def test_what_makes_no_sense_is_found_where_it_stands(but: Row, found: list[tuple[Place, str]]) -> None:
    """B07, B12: and nothing else is found."""
    assert problems(**but) == found


def test_a_flaw_says_what_would_be_right() -> None:
    """R1.2: the merchant reads the words that can stand there."""
    policy = a_policy(channels=["web", "app"], windows=[days_for(30, channel={"is": "pigeon"})])
    (problem,) = problems_in(policy, calendars(), laws())
    assert problem.says == Said("pigeon is none of: app, web.", "pigeon 不在以下范围内：app, web。")
    (problem,) = problems_in(
        a_policy(categories={}, windows=[days_for(30, category={"is": "shoes"})]), calendars(), laws()
    )
    assert problem.says.en == "shoes is none of: -."


def undercut(regimes: list[str], **but: Any) -> list[tuple[Place, str]]:
    policy = a_policy(regimes=regimes, **but)
    by_clause = {rule.article: rule.id for regime in regimes for rule in reversed(laws()[regime].rules)}
    return [(problem.place, by_clause[problem.rule]) for problem in below_floor(policy, laws())]


def window(cause: str, period: Row, *remedies: str, **but: Any) -> Row:
    return {"window": {"cause": cause, "period": period, "remedies": list(remedies), **but}}


def ids(*rows: Row) -> list[Row]:
    return [{"id": f"row-{number}", **each} for number, each in enumerate(rows)]


ELSEWHERE: Final = {"when": {"regime": {"is": "US"}}}
MIND: Final = {"cause": "change_of_mind"}
DEFECT: Final = {"cause": "defect"}
CUSTOMER: Final = {"payer": "customer"}
LIMITS: Final[tuple[tuple[str, list[str], list[Row], list[tuple[Place, str]]], ...]] = (
    # the table, the regimes, its rows; where each law is undercut. A row that is fine or elsewhere comes first.
    (
        "windows",
        ["CN", "US"],
        ids(
            {**window("change_of_mind", {"days": 1}, "refund"), **ELSEWHERE},
            window("change_of_mind", {"days": 7}, "store_credit"),
            window("change_of_mind", {"days": 6}, "exchange", "refund"),
            window("defect", {"days": 14}, "exchange"),
            window("defect", {"days": 7}, "refund"),
        ),
        [
            (("windows", 2, "window", "period"), "no-reason-7-days"),
            (("windows", 3, "window", "period"), "defect-15-days"),
        ],
    ),
    (
        "windows",
        ["EU", "US"],
        ids(
            {**window("change_of_mind", {"days": 14}, "refund", starts="first_parcel"), **ELSEWHERE},
            window("defect", {"years": 2}, "repair", starts="own_parcel"),
            window("change_of_mind", {"days": 14}, "refund", starts="first_parcel"),
            window("change_of_mind", {"days": 14}, "refund", starts="last_parcel"),
        ),
        [
            (("windows", 1, "window", "starts"), "conformity-2-years"),
            (("windows", 1, "window", "starts"), "conformity-refund"),
            (("windows", 2, "window", "starts"), "withdrawal-14-days"),
        ],
    ),
    (
        "exclusions",
        ["CN", "US"],
        ids(
            {"goods": "auction", **ELSEWHERE},
            {"goods": "auction", "beyond_law": True},
            {"goods": "perishable"},
            {"goods": "auction"},
            {"goods": "value_lost_on_trial", "needs_confirmation": True},
            {"goods": "value_lost_on_trial"},
        ),
        [
            (("exclusions", 3, "goods"), "no-reason-7-days"),
            (("exclusions", 5, "needs_confirmation"), "excludable-health"),
        ],
    ),
    (
        "intact",
        ["CN", "US"],
        ids(
            {"states": ["opened"], **ELSEWHERE},
            {"states": ["opened"], "beyond_law": True},
            {"states": ["damaged"]},
            {"states": ["damaged", "opened"]},
            {"states": ["worn", "soiled"]},
        ),
        [(("intact", 3, "states"), "intact-harmless"), (("intact", 4, "states"), "no-reason-7-days")],
    ),
    (
        "proofs",
        ["EU", "US"],
        ids(
            {"required": ["photo"], **ELSEWHERE},
            {"required": ["photo"], "beyond_law": True},
            {"required": ["order_number"]},
            {"required": ["photo"], "when": {"reason": {"any_of": ["faulty", "crushed"]}}},
            {"required": ["photo"], "when": {"reason": {"any_of": ["faulty", "story"]}}},
        ),
        [(("proofs", 4, "required"), "exercise")],
    ),
    (
        "freight",
        ["CN", "US"],
        ids(
            {**DEFECT, **CUSTOMER, **ELSEWHERE},
            {**MIND, **CUSTOMER},
            {**DEFECT, "payer": "merchant"},
            {**DEFECT, **CUSTOMER},
        ),
        [(("freight", 3, "payer"), "return-freight-defect")],
    ),
    (
        "fees",
        ["CN", "US"],
        ids(
            {**MIND, "basis_points": 1, **ELSEWHERE},
            {**MIND, "basis_points": 1, "beyond_law": True},
            {**MIND, "basis_points": 0},
            {**MIND, "basis_points": 1},
            {**DEFECT, "basis_points": 1},
        ),
        [(("fees", 3, "basis_points"), "no-fee"), (("fees", 4, "basis_points"), "return-freight-defect")],
    ),
    (
        "refunds",
        ["CN", "US"],
        ids(
            {"clock": {**MIND, "period": {"days": 30}, "starts": ["agreed"]}, **ELSEWHERE},
            {
                "clock": {**DEFECT, "period": {"days": 30}, "starts": ["statement", "agreed"]},
                "when": {"regime": {"is": "CN"}},
            },
            {"clock": {**MIND, "period": {"days": 7}, "starts": ["goods_in"]}, "when": {"regime": {"is": "CN"}}},
            {"clock": {**MIND, "period": {"days": 8}, "starts": ["statement"]}, "when": {"regime": {"is": "CN"}}},
        ),
        [
            (("refunds", 0, "clock", "period"), "card-credit"),
            (("refunds", 3, "clock", "period"), "refund-7-days"),
            (("refunds", 3, "clock", "starts"), "refund-7-days"),
        ],
    ),
    (
        "promotions",
        ["CN", "US"],
        ids({"mode": "keep_share"}, {"mode": "re_rate"}),
        [],
    ),
)


@pytest.mark.parametrize(
    ("table", "regimes", "rows", "found"), LIMITS, ids=[f"{each[0]} {each[1][0]}" for each in LIMITS]
)
def test_only_what_takes_away_from_the_law_is_refused(
    table: str, regimes: list[str], rows: list[Row], found: list[tuple[Place, str]]
) -> None:
    """B01, B04: row for row against the law of the regimes that each row can meet."""
    assert sorted(undercut(regimes, **{table: rows})) == sorted(found)


def test_a_law_counts_that_is_in_force_on_some_day_of_the_policys_life() -> None:
    """B04, P05: from the first day to the day before the end; China's seven days begin on 15 March 2017."""
    lives = {
        ("2016-01-01", "2017-03-15"): [],
        ("2016-01-01", "2017-03-16"): ["no-reason-7-days"],
        ("2017-03-15", None): ["no-reason-7-days"],
    }
    for (begins, ends), found in lives.items():
        policy = a_policy(effective_from=begins, effective_until=ends, windows=[days_for(6)])
        assert [problem.rule for problem in below_floor(policy, laws())] == [
            rule.article for rule in laws()["CN"].rules if rule.id in found
        ]
    ended = replace(laws()["CN"].rules[0], effective_until=date(2024, 1, 1))
    for begins, count in (("2023-12-31", 1), ("2024-01-01", 0)):
        policy = a_policy(effective_from=begins, windows=[days_for(6)])
        assert len(below_floor(policy, {"CN": replace(laws()["CN"], rules=(ended,))})) == count


def test_a_flaw_of_two_regimes_is_said_of_each_and_of_an_unknown_one_of_none() -> None:
    """B01, B04."""
    policy = a_policy(regimes=["EU", "UK", "MARS"], windows=[days_for(13)])
    assert [problem.says.en for problem in below_floor(policy, laws())] == [
        "The law of EU gives 14 days.",
        "The law of UK gives 14 days.",
    ]


def test_a_law_that_settles_how_discounts_are_shared_is_not_undercut() -> None:
    """B01, H08."""
    policy = a_policy(
        regimes=["CN", "US"],
        promotions=ids({"mode": "keep_share", **ELSEWHERE}, {"mode": "re_rate"}, {"mode": "keep_share"}),
    )
    found = below_floor(policy, settled_discounts())
    assert [problem.place for problem in found] == [("promotions", 2, "mode")]


@pytest.mark.parametrize(
    ("regime", "but", "found"),
    [
        ("UK", {"promises": {"send_back": {"days": 14}}}, []),
        ("UK", {"promises": {"send_back": {"days": 13}}}, [(("promises", "send_back"), "send-back")]),
        ("CN", {"promises": {"send_back": {"days": 1}}}, []),
        ("CN", {"retention": [{"record": "evidence", "period": {"days": 1}}]}, []),
        (
            "CN",
            {
                "retention": [
                    {"record": "evidence", "period": {"days": 1}},
                    {"record": "transaction", "period": {"months": 35}},
                ]
            },
            [(("retention", 1, "period"), "records")],
        ),
        ("CN", {"retention": [{"record": "transaction", "period": {"months": 36}}]}, []),
    ],
)
def test_time_for_sending_back_and_keeping_records_is_as_long_as_the_law_asks(
    regime: str, but: Row, found: list[tuple[Place, str]]
) -> None:
    """CRD 14(1), 电子商务法 31."""
    assert undercut([regime], **but) == found
