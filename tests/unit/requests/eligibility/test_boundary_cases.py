"""What a policy's page says of bounds, what an explanation leaves out, and moments without a zone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from service_requests.adapters.eligibility import case_documents
from service_requests.adapters.policy import policy_documents as documents
from service_requests.domain.eligibility.case import Case, Confirmation
from service_requests.domain.eligibility.case_checks import check_moments
from service_requests.domain.eligibility.explanation import explain
from service_requests.domain.policy.condition import AnyOf, Fact, When
from service_requests.domain.policy.error import ImpossibleTime
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.policy_checks import problems_in
from service_requests.domain.policy.public_page import public_page
from service_requests.domain.policy.vocabulary import Goods
from tests.unit.requests.policy_builders import (
    a_case_document,
    a_policy,
    calendars,
    days_for,
    decided,
    laws,
    raw,
)


@pytest.mark.parametrize(
    ("bounds", "en", "zh"),
    [
        ({"at_least": 10_000}, "for items of at least", "单价不低于"),
        ({"at_most": 20_000}, "for items of at most", "单价不高于"),
        ({"at_least": 10_000, "at_most": 20_000}, "for items of cny 100.00 to cny 200.00", "的商品"),
    ],
)
def test_the_page_says_for_which_prices_a_window_is(bounds: dict[str, int], en: str, zh: str) -> None:
    """B04: both amounts, in both languages."""
    policy = a_policy(windows=[days_for(30, value_minor=bounds), days_for(14)])
    shown = public_page(policy, laws(), date(2026, 11, 1))
    for language, words in (("en", en), ("zh-CN", zh)):
        text = shown.markdown(language).lower()  # type: ignore[arg-type]
        assert words in text
        for name, amount in (("at_least", "100.00"), ("at_most", "200.00")):
            assert (amount in text) is (name in bounds)


def test_one_piece_is_explained_without_a_title_and_two_with_one_each() -> None:
    """B10."""
    alone = explain(decided(), "en")
    assert not any(line.startswith("Item ") for line in alone)
    units = [{"id": name, "reason": "no_reason"} for name in ("1", "2")]
    both = explain(decided(line={"units": units}), "en")
    titles = [line.partition(":")[0] for line in both if line.startswith("Item ")]
    assert titles == ["Item L, piece 1", "Item L, piece 2"]


NAIVE = datetime(2026, 11, 3, 10, 0)  # noqa: DTZ001


def with_parcel(case: Case, **but: Any) -> Case:
    return replace(case, parcels=(replace(case.parcels[0], **but),))


def with_confirmation(case: Case, at: datetime) -> Case:
    return replace(case, lines=(replace(case.lines[0], confirmations=(Confirmation(Goods.FINAL_SALE, at),)),))


MOMENTS: dict[str, Any] = {
    "/ordered_at": lambda case, at: replace(case, ordered_at=at),
    "/stated_at": lambda case, at: replace(case, stated_at=at),
    "/parcels/0/dispatched_at": lambda case, at: with_parcel(case, dispatched_at=at),
    "/parcels/0/carrier_delivered_at": lambda case, at: with_parcel(case, carrier_delivered_at=at),
    "/parcels/0/signed_for_at": lambda case, at: with_parcel(case, signed_for_at=at),
    "/progress/sent_at": lambda case, at: replace(case, progress=replace(case.progress, sent_at=at)),
    "/progress/goods_in_at": lambda case, at: replace(case, progress=replace(case.progress, goods_in_at=at)),
    "/progress/agreed_at": lambda case, at: replace(case, progress=replace(case.progress, agreed_at=at)),
    "/lines/0/confirmations/0/at": with_confirmation,
}


@pytest.mark.parametrize("pointer", MOMENTS)
def test_a_moment_without_a_zone_or_in_no_year_of_ours_is_refused_by_its_field(pointer: str) -> None:
    """B10."""
    named_case = case_documents.read_case(raw(a_case_document()))
    for wrong in (NAIVE, datetime(1999, 12, 31, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)):
        with pytest.raises(ImpossibleTime) as refusal:
            check_moments(MOMENTS[pointer](named_case.case, wrong), named_case.at)
        assert refusal.value.pointer == pointer


def test_a_policy_is_in_force_from_its_first_day_until_the_day_before_its_end() -> None:
    """B07: `effective_until` is the first day on which it no longer holds."""
    policy = a_policy(effective_from="2026-01-01", effective_until="2026-06-01")
    days = ((2025, 12, 31), (2026, 1, 1), (2026, 5, 31), (2026, 6, 1))
    assert [policy.governs(date(*day)) for day in days] == [False, True, True, False]
    assert a_policy(effective_from="2026-01-01").governs(date(2099, 1, 1))


EXAMPLES = sorted((Path(__file__).parents[4] / "docs" / "examples" / "policies").glob("*.yaml"))
ROWS = {
    "addresses", "windows", "exclusions", "intact", "proofs", "freight", "fees", "refunds", "promotions", "outbound",
    "alternatives", "persons",
}  # fmt: skip


def with_rows(policy: Any, table: str, rows: tuple[Any, ...]) -> Policy:
    changed: Policy = replace(policy, **{table: rows})
    return changed


def test_in_every_table_a_name_stands_once_and_a_row_asks_for_words_that_are_known() -> None:
    """B07, B12: over the example policies, which between them have a row in nearly every table."""
    tried = set()
    for file in EXAMPLES:
        policy = documents.read_policy(file.read_bytes())
        sound = problems_in(policy, calendars(), laws())
        for table in ROWS:
            rows = getattr(policy, table)
            if rows:
                tried.add(table)
                twice = problems_in(with_rows(policy, table, (*rows, rows[0])), calendars(), laws())
                assert (table, len(rows), "id") in {flaw.place for flaw in twice} - {flaw.place for flaw in sound}
                stranger = replace(rows[0], when=When({Fact.SEGMENT: AnyOf(frozenset({"nobody"}))}))
                odd = problems_in(with_rows(policy, table, (stranger, *rows[1:])), calendars(), laws())
                assert any(flaw.place[:3] == (table, 0, "when") for flaw in odd), table
    assert tried >= {"addresses", "windows", "proofs", "freight", "fees", "refunds", "persons"}


@pytest.mark.parametrize("regime", ["CN", "EU", "UK", "US"])
def test_a_decision_names_the_law_with_its_version(regime: str) -> None:
    """B10."""
    assert decided(regime).law == f"{regime}@{laws()[regime].version}"


@pytest.mark.parametrize(("language", "words"), [("en", "at least 3 years"), ("zh-CN", "不少于三年")])
def test_the_page_says_how_long_the_law_wants_records_kept(language: Any, words: str) -> None:
    """B04, 电子商务法 31."""
    lines = public_page(a_policy(), laws(), date(2026, 11, 1)).markdown(language).splitlines()
    assert any("电子商务法" in line and words in line for line in lines)
