"""How days, amounts, periods and lists are said, and which of two periods is the shorter (Q01, B01)."""

from datetime import date
from typing import Final

import pytest

from service_requests.domain.policy.sentences import OR, fill, listed, names, say_amount, say_day, sentence
from service_requests.domain.policy.vocabulary import Proof
from shared.kernel.errors import Said
from shared.kernel.period import Period, PeriodUnit

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@pytest.mark.parametrize(("number", "month"), [*enumerate(MONTHS, 1)])
def test_a_day_is_said_with_the_name_of_its_month(number: int, month: str) -> None:
    assert say_day(date(2026, number, 9)) == Said(f"9 {month} 2026", f"2026年{number}月9日")


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (0, "CNY", "CNY 0.00"),
        (5, "CNY", "CNY 0.05"),
        (123_456_789, "EUR", "EUR 1,234,567.89"),
        (-1_250, "USD", "USD -12.50"),
        (1_500, "JPY", "JPY 1,500"),
        (12_345, "KWD", "KWD 12.345"),
        (100, "ZZZ", "ZZZ 1.00"),
    ],
)
def test_an_amount_is_said_with_the_decimals_of_its_currency(minor: int, currency: str, said: str) -> None:
    """ISO 4217: the yen has none, the dinar three."""
    assert say_amount(minor, currency) == Said(said, said)


A, B, C = (Said(letter, letter.lower()) for letter in "ABC")


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], Said("nothing", "无")),
        ([A], A),
        ([A, B], Said("A and B", "a和b")),
        ([A, B, C], Said("A, B and C", "a、b和c")),
    ],
)
def test_several_phrases_become_one(items: list[Said], said: Said) -> None:
    assert listed(items) == said


def test_a_choice_is_said_with_or_and_words_by_their_names() -> None:
    assert listed([A, B, C], last=OR) == Said("A, B or C", "a、b或c")
    assert names([Proof.PHOTO, Proof.INVOICE]) == Said("a photo and the invoice", "照片和发票")


def test_a_sentence_is_filled_in_each_language_and_begins_with_a_capital() -> None:
    filled = fill(Said("{who} has {count}.", "{who}有{count}。"), who=Said("everybody", "大家"), count=2)
    assert sentence(filled) == Said("Everybody has 2.", "大家有2。")
    assert sentence(Said("", "")) == Said("", "")


PERIODS: Final[tuple[tuple[Period, int, int, Said], ...]] = (
    # a period, how many days it has at least and at most, and how it is said
    (Period(1), 1, 1, Said("1 day", "1天")),
    (Period(14), 14, 14, Said("14 days", "14天")),
    (Period(1, PeriodUnit.WORKING_DAYS), 1, 4, Said("1 working day", "1个工作日")),
    (Period(7, PeriodUnit.WORKING_DAYS), 7, 28, Said("7 working days", "7个工作日")),
    (Period(1, PeriodUnit.MONTHS), 28, 31, Said("1 month", "1个月")),
    (Period(6, PeriodUnit.MONTHS), 168, 186, Said("6 months", "6个月")),
    (Period(1, PeriodUnit.YEARS), 365, 366, Said("1 year", "1年")),
    (Period(3, PeriodUnit.YEARS), 1_095, 1_098, Said("3 years", "3年")),
)


@pytest.mark.parametrize(("period", "least", "most", "said"), PERIODS)
def test_a_period_is_said_and_reckoned_in_days(period: Period, least: int, most: int, said: Said) -> None:
    """民法典 200–202: a month has 28 to 31 days, a year 365 or 366."""
    assert (period.least_days, period.most_days, period.say()) == (least, most, said)


SHORTER: Final[tuple[tuple[Period, Period, bool], ...]] = (
    (Period(6), Period(7), True),
    (Period(7), Period(7), False),
    (Period(8), Period(7), False),
    (Period(5, PeriodUnit.WORKING_DAYS), Period(6, PeriodUnit.WORKING_DAYS), True),
    (Period(6, PeriodUnit.WORKING_DAYS), Period(6, PeriodUnit.WORKING_DAYS), False),
    (Period(11, PeriodUnit.MONTHS), Period(1, PeriodUnit.YEARS), True),
    (Period(12, PeriodUnit.MONTHS), Period(1, PeriodUnit.YEARS), False),
    (Period(1, PeriodUnit.YEARS), Period(12, PeriodUnit.MONTHS), False),
    (Period(1, PeriodUnit.YEARS), Period(13, PeriodUnit.MONTHS), True),
    (Period(30), Period(1, PeriodUnit.MONTHS), True),
    (Period(31), Period(1, PeriodUnit.MONTHS), False),
    (Period(1, PeriodUnit.MONTHS), Period(28), False),
    (Period(1, PeriodUnit.MONTHS), Period(29), True),
    (Period(365), Period(1, PeriodUnit.YEARS), True),
    (Period(366), Period(1, PeriodUnit.YEARS), False),
    (Period(7, PeriodUnit.WORKING_DAYS), Period(7), False),
    (Period(7, PeriodUnit.WORKING_DAYS), Period(8), True),
    (Period(27), Period(7, PeriodUnit.WORKING_DAYS), True),
    (Period(28), Period(7, PeriodUnit.WORKING_DAYS), False),
)


@pytest.mark.parametrize(("one", "other", "shorter"), SHORTER)
def test_a_period_is_shorter_where_it_can_end_earlier(one: Period, other: Period, shorter: bool) -> None:
    """B01: in doubt the law is not undercut only by what is as long in every year."""
    assert one.is_shorter_than(other) is shorter
