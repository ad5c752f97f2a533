"""Money: exact, in one currency, read and written by the currency's own decimals."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from shared.kernel.errors import RetourError
from shared.kernel.money import (
    EXPONENTS,
    LIMIT,
    AmountTooLarge,
    CurrencyMismatch,
    Money,
    MoneyError,
    NothingToShareBy,
    UnitsDoNotFit,
    UnknownCurrency,
    WrongDecimals,
    allocate,
    cumulative,
    exponent_of,
    half_up,
    total,
)

THREE_DECIMALS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
AMOUNTS = st.builds(Money, st.integers(-LIMIT, LIMIT), st.sampled_from(sorted(EXPONENTS)))


@given(AMOUNTS)
def test_what_is_written_is_read_back(amount: Money) -> None:
    """H11."""
    assert Money.parse(amount.format(), amount.currency) == amount


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("9899", "JPY", 9_899), ("12.5", "EUR", 1_250), ("-0.005", "KWD", -5), ("1.2345", "CLF", 12_345), ("0", "USD", 0)],
)
def test_decimals_are_the_currencys(text: str, currency: str, minor: int) -> None:
    """H11."""
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    ["1.005", "1,00", "1e3", " 1", "1\n", "+1", ".5", "1.", "01", "", "-", "１２", "٣", "NaN", "Infinity", "0x1", "1_0",
     "9" * 17, "\ud800", None, 1, 1.0, True],
)  # fmt: skip
def test_anything_but_a_plain_number_is_refused(text: Any) -> None:
    """H11."""
    with pytest.raises(MoneyError):
        Money.parse(text, "EUR")


def test_yen_have_no_decimals() -> None:
    """H11."""
    with pytest.raises(WrongDecimals):
        Money.parse("1.0", "JPY")


@pytest.mark.parametrize("minor", [True, 1.0, float("nan"), "1", None, 10**22, -LIMIT - 1])
def test_only_whole_bounded_numbers_are_amounts(minor: Any) -> None:
    """H11."""
    with pytest.raises(MoneyError):
        Money(minor, "EUR")


@pytest.mark.parametrize("currency", ["eur", "XXX", "XAU", "", None, 978, ["EUR"], "ＥＵＲ"])
def test_only_iso_4217_currencies_are_known(currency: Any) -> None:
    """H11."""
    with pytest.raises(UnknownCurrency):
        Money(1, currency)
    with pytest.raises(UnknownCurrency):
        exponent_of(currency)


def test_exponents_are_those_of_iso_4217() -> None:
    """H11."""
    assert {code for code, exponent in EXPONENTS.items() if exponent == 3} == THREE_DECIMALS
    assert {code for code, exponent in EXPONENTS.items() if exponent == 4} == {"CLF", "UYW"}
    assert [EXPONENTS[code] for code in ("JPY", "KRW", "VND", "CLP", "EUR", "CNY")] == [0, 0, 0, 0, 2, 2]


def test_two_currencies_never_meet() -> None:
    """H11."""
    euro, yen = Money(1, "EUR"), Money(1, "JPY")
    for meet in (lambda: euro + yen, lambda: euro - yen, lambda: euro < yen, lambda: euro >= yen):
        with pytest.raises(CurrencyMismatch):
            meet()
    with pytest.raises(CurrencyMismatch):
        total([euro, yen], "EUR")
    assert euro != yen
    with pytest.raises(MoneyError):
        euro + 1  # type: ignore[operator]


def test_arithmetic_is_exact_and_bounded() -> None:
    """H11."""
    a, b = Money(5, "EUR"), Money(7, "EUR")
    assert (a + b, a - b, -a, abs(-a), a * 3) == tuple(Money(n, "EUR") for n in (12, -2, -5, 5, 15))
    assert a < b
    assert a <= b
    assert b > a
    assert b >= a
    assert not b < a
    assert a >= Money(5, "EUR")
    assert not a > Money(5, "EUR")
    assert (bool(a), bool(a - a)) == (True, False)
    most = Money(LIMIT, "EUR")
    with pytest.raises(AmountTooLarge):
        most + a
    with pytest.raises(AmountTooLarge):
        -most - a
    with pytest.raises(AmountTooLarge):
        most * 2
    with pytest.raises(MoneyError):
        a * 1.5  # type: ignore[operator]


def test_errors_carry_code_title_and_both_languages() -> None:
    """H11."""
    for error in (MoneyError(value="x"), CurrencyMismatch(left="EUR", right="JPY"), AmountTooLarge()):
        assert isinstance(error, RetourError)
        assert isinstance(error, ValueError)
        assert error.code.islower()
        assert error.say("en") != error.say("zh-CN")


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_allocated_parts_sum_to_the_whole_and_miss_their_exact_share_by_less_than_one(
    whole: int, weights: list[int]
) -> None:
    """H02."""
    if not any(weights):
        weights[0] = 1
    parts = allocate(Money(whole, "EUR"), weights)
    assert sum(part.minor for part in parts) == whole
    by = sum(weights)
    assert all(abs(part.minor * by - whole * weight) < by for part, weight in zip(parts, weights, strict=True))


def test_ties_go_to_the_earlier_and_nothing_cannot_be_a_measure() -> None:
    """H02."""
    assert [part.minor for part in allocate(Money(5, "EUR"), [1, 1, 1])] == [2, 2, 1]
    assert [part.minor for part in allocate(Money(0, "EUR"), [0, 0])] == [0, 0]
    for weights in ([0, 0], [-1, 2], []):
        with pytest.raises(NothingToShareBy):
            allocate(Money(1, "EUR"), weights)


@given(st.integers(0, LIMIT // 10), st.integers(1, 50), st.data())
def test_cumulated_units_end_at_the_whole_in_any_steps(whole: int, quantity: int, data: st.DataObject) -> None:
    """H02."""
    done, taken = 0, 0
    while done < quantity:
        take = data.draw(st.integers(1, quantity - done))
        taken += cumulative(Money(whole, "EUR"), done, take, quantity).minor
        done += take
        assert abs(2 * (taken * quantity - whole * done)) <= quantity
    assert taken == whole


@pytest.mark.parametrize(("done", "take", "quantity"), [(0, 4, 3), (2, 2, 3), (-1, 1, 3), (0, -1, 3), (0, 0, 0)])
def test_more_units_than_there_are_do_not_fit(done: int, take: int, quantity: int) -> None:
    """H02, H10."""
    with pytest.raises(UnitsDoNotFit):
        cumulative(Money(1, "EUR"), done, take, quantity)


def test_a_half_goes_away_from_zero() -> None:
    """H02."""
    assert [half_up(n, 2) for n in (-3, -1, 1, 3)] == [-2, -1, 1, 2]
    assert Money(5, "EUR").fraction(1, 2) == Money(3, "EUR")
    assert Money(5, "EUR").fraction(1, 0) == Money(0, "EUR")
