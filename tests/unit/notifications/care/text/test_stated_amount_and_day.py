"""Amounts and days are read from a text as a reader would read them (E3, E4)."""

from datetime import date, time
from typing import Final

import pytest

from service_notifications.domain.care.text.folded_text import view_of
from service_notifications.domain.care.text.stated_amount import amounts_in
from service_notifications.domain.care.text.stated_day import days_in, has_hour
from tests.norms.contexts import NOW
from tests.norms.readings import reread, sections


def amounts(text: str, prefer: str | None = None) -> list[str]:
    stated = amounts_in(view_of(text), prefer)
    return [str(each.money) if each.money else (each.wrong.en if each.wrong else "?") for each in stated]


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("退您85.00元", ["CNY 85.00"]),
        ("￥１，２３４．５０", ["CNY 1234.50"]),
        ("¥85元", ["CNY 85.00"]),
        ("85块钱", ["CNY 85.00"]),
        ("八十五元", ["CNY 85.00"]),
        ("一千二百三十元", ["CNY 1230.00"]),
        ("两万元", ["CNY 20000.00"]),
        ("1.2万元", ["CNY 12000.00"]),
        ("5元8角", ["CNY 5.80"]),
        ("85美元", ["USD 85.00"]),
        ("85.00 EUR and EUR 3.00", ["EUR 85.00", "EUR 3.00"]),
        ("$1,000", ["USD 1000.00"]),
        ("£5 and 5 pounds", ["GBP 5.00", "GBP 5.00"]),
        ("100日元", ["JPY 100"]),
        ("85.005元", ["CNY has 2 decimals"]),
        ("100.50日元", ["JPY has 0 decimals"]),
        ("10000000000000000000000元", ["this is not an amount of money"]),
        ("NaN元", []),
        ("退款85，请查收", ["the amount has no currency"]),
        ("refund of 85 will arrive", ["the amount has no currency"]),
        ("refund of 85 EUR", ["EUR 85.00"]),
        ("退款3天到账", []),
        ("退款3-5个工作日", []),
        ("退2件", []),
        ("一块儿处理", []),
        ("订单4711-0815，电话021-5555 0101", []),
        ("第3.2条，11月24日18:00", []),
    ],
)
def test_an_amount_is_read_with_its_currency(text: str, stated: list[str]) -> None:
    """E4: hostile ones too, such as 10^22 or decimals that the currency has not."""
    assert amounts(text) == stated


def test_a_sign_of_several_currencies_is_the_cases_own() -> None:
    assert amounts("¥100", "JPY") == ["JPY 100"]
    assert amounts("$5", "HKD") == ["HKD 5.00"]
    assert amounts("5 dollars", "AUD") == ["AUD 5.00"]
    assert amounts("$5", "EUR") == ["USD 5.00"]


@pytest.mark.parametrize(
    ("text", "day", "hour"),
    [
        ("11月24日18:00前", date(2026, 11, 24), time(18)),
        ("2027年1月3号下午3点", date(2027, 1, 3), time(15)),
        ("1月3日", date(2027, 1, 3), None),
        ("12月1日24:00", date(2026, 12, 1), time(23, 59)),
        ("2026-11-30 09:30", date(2026, 11, 30), time(9, 30)),
        ("by 18:00 on 24 November", date(2026, 11, 24), time(18)),
        ("24th of November 2027 at 6 pm", date(2027, 11, 24), time(18)),
        ("Nov. 25, 6:30 p.m.", date(2026, 11, 25), time(18, 30)),
        ("November 25", date(2026, 11, 25), None),
        ("today by 12 am", date(2026, 11, 24), time(0)),
        ("明天中午12点", date(2026, 11, 25), time(12)),
        ("26 November at noon", date(2026, 11, 26), time(12)),
        ("Tuesday at 10:00", None, time(10)),
    ],
)
def test_a_day_is_read_with_the_hour_beside_it(text: str, day: date | None, hour: time | None) -> None:
    (stated,) = days_in(view_of(text), NOW)
    assert (stated.day, stated.hour) == (day, hour)


@pytest.mark.parametrize("text", ["13月40日", "31 February", "2月30日", "3.2", "you may 5 times", "4711-0815"])
def test_what_is_no_day_is_not_read_as_one(text: str) -> None:
    assert days_in(view_of(text), NOW) == ()


def test_hours_alone() -> None:
    assert has_hour("18:00")
    assert has_hour("6 pm")
    assert not has_hour("18个")


def test_hour_of_another_line_is_not_this_days() -> None:
    (stated,) = days_in(view_of("11月24日\n18:00"), NOW)
    assert stated.hour is None


AMOUNTS: Final = sections("amounts")
DAYS: Final = sections("days")


def told_amounts(text: str, prefer: str) -> str:
    """Every amount with its words, and what it is or what is wrong with it."""
    view = view_of(text)
    return " + ".join(
        f"{view.plain[each.start : each.end]}, {each.wrong.en if each.wrong else each.money}"
        for each in amounts_in(view, prefer)
    )


def told_days(text: str) -> str:
    """Every day with its words and the hour beside it."""
    view = view_of(text)
    return " + ".join(
        f"{view.plain[each.start : each.end]}, {each.day or 'some'}" + (f" {each.hour:%H:%M}" if each.hour else "")
        for each in days_in(view, NOW)
    )


@pytest.mark.parametrize("heading", AMOUNTS)
def test_every_way_to_write_an_amount_is_read_as_it_is_meant(heading: str) -> None:
    """E4: signs, words and codes of every currency, numerals, and numbers that are no money."""
    lines = AMOUNTS[heading]
    assert reread(lines, lambda text: told_amounts(text, heading[:3])) == lines


@pytest.mark.parametrize("heading", DAYS)
def test_every_way_to_write_a_day_is_read_as_it_is_meant(heading: str) -> None:
    """E3, E5, H2, H3."""
    assert reread(DAYS[heading], told_days) == DAYS[heading]
