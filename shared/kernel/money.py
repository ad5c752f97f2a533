"""Money in whole minor units of one currency, and the two ways of sharing it that never lose a unit.

Amounts are integers in ISO 4217 minor units; a decimal string is read and written by the currency's
exponent. A total is shared among several by largest remainder (`allocate`) and within one thing, over
its units, by cumulative half-up rounding (`cumulative`): the shares add up to the total whatever the
order in which they are taken.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from shared.kernel.errors import Malformed, Said

LIMIT: Final = 10**15
_LONGEST_SHOWN: Final = 40

_TWO_DECIMALS: Final = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL "
    "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK "
    "PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
    "TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_OTHER_DECIMALS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
EXPONENTS: Final[Mapping[str, int]] = {
    code: exponent for exponent, codes in ({2: _TWO_DECIMALS} | _OTHER_DECIMALS).items() for code in codes.split()
}
_DECIMAL: Final = re.compile(r"(-?)(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,4}))?")


class MoneyError(Malformed, ValueError):
    """An amount that is not valid, or two amounts that must not be combined."""

    code = "invalid_money"
    title = Said("This is not an amount of money", "金额无效")
    detail = Said("{value} is not an amount in whole minor units.", "{value} 不是以最小货币单位表示的整数金额。")


class UnknownCurrency(MoneyError):
    """A code that ISO 4217 does not list as money."""

    code = "unknown_currency"
    title = Said("Unknown currency", "未知币种")
    detail = Said("{currency} is not a currency code of ISO 4217.", "{currency} 不是 ISO 4217 币种代码。")


class CurrencyMismatch(MoneyError):
    """Two currencies in one sum or comparison."""

    code = "currency_mismatch"
    title = Said("Different currencies", "币种不一致")
    detail = Said("{left} and {right} cannot be put together.", "{left} 与 {right} 不能合并计算。")


class AmountTooLarge(MoneyError):
    """Beyond ±10^15 minor units: a mistake, not a refund."""

    code = "amount_too_large"
    title = Said("The amount is too large", "金额过大")
    detail = Said("Amounts are at most 10^15 minor units.", "金额最多为 10^15 个最小货币单位。")


class WrongDecimals(MoneyError):
    """A text that is not a plain decimal number with at most the currency's decimals."""

    code = "wrong_decimals"
    title = Said("The amount cannot be read", "金额无法识别")
    detail = Said(
        "{value} is not a plain number with at most {exponent} decimals for {currency}.",
        "{value} 不是普通数字，或超过了 {currency} 允许的 {exponent} 位小数。",
    )


class NothingToShareBy(MoneyError):
    """An amount cannot be shared when every weight is zero or one is negative."""

    code = "nothing_to_share_by"
    title = Said("The amount cannot be shared", "金额无法分摊")
    detail = Said("The weights must not be negative, nor all zero.", "权重不能为负，也不能全部为零。")


class UnitsDoNotFit(MoneyError):
    """More units are asked for than there are."""

    code = "units_do_not_fit"
    title = Said("So many units there are not", "数量超出")
    detail = Said(
        "{take} more after {done} do not fit into {quantity}.",
        "在 {done} 件之后再取 {take} 件，超出了 {quantity} 件。",
    )


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `minor` units (which may be negative) of an ISO 4217 `currency`."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise MoneyError(value=_shown(self.minor))
        if type(self.currency) is not str or self.currency not in EXPONENTS:
            raise UnknownCurrency(currency=_shown(self.currency))
        if not -LIMIT <= self.minor <= LIMIT:
            raise AmountTooLarge

    @classmethod
    def parse(cls, text: str, currency: str) -> Self:
        """Read a plain ASCII decimal such as `-12.345`; more decimals than the currency has are refused."""
        exponent = exponent_of(currency)
        found = _DECIMAL.fullmatch(text) if type(text) is str else None
        if found is None or len(found[3] or "") > exponent:
            raise WrongDecimals(value=_shown(text), exponent=exponent, currency=currency)
        minor = int(found[2] + (found[3] or "").ljust(exponent, "0"))
        return cls(-minor if found[1] else minor, currency)

    def format(self) -> str:
        """The amount as a decimal string with exactly the currency's decimals, without a symbol."""
        exponent = EXPONENTS[self.currency]
        digits = str(abs(self.minor)).rjust(exponent + 1, "0")
        whole = digits if exponent == 0 else f"{digits[:-exponent]}.{digits[-exponent:]}"
        return f"-{whole}" if self.minor < 0 else whole

    def __str__(self) -> str:
        return f"{self.currency} {self.format()}"

    def __add__(self, other: "Money") -> "Money":
        return exact(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return exact(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return exact(-self.minor, self.currency)

    def __abs__(self) -> "Money":
        return exact(abs(self.minor), self.currency)

    def __mul__(self, times: int) -> "Money":
        if type(times) is not int:
            raise MoneyError(value=_shown(times))
        return Money(self.minor * times, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def like(self, minor: int) -> "Money":
        """So many minor units, a whole number, of the same currency."""
        return exact(minor, self.currency)

    def fraction(self, part: int, whole: int) -> "Money":
        """This amount × part / whole, rounded half away from zero; a zero whole gives nothing."""
        if whole == 0:
            return exact(0, self.currency)
        return exact(half_up(self.minor * part, whole), self.currency)

    def _same(self, other: "Money") -> int:
        if type(other) is not Money:
            raise MoneyError(value=_shown(other))
        if other.currency != self.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)
        return other.minor


_new: Final = object.__new__
_set_minor: Final = vars(Money)["minor"].__set__
_set_currency: Final = vars(Money)["currency"].__set__


def exact(minor: int, currency: str) -> Money:
    """An amount computed from checked amounts: only its size is checked, at half of the cost.

    Refunds are made of amounts: a refund of twenty lines makes about three hundred.
    """
    if not -LIMIT <= minor <= LIMIT:
        raise AmountTooLarge
    amount = _new(Money)
    _set_minor(amount, minor)
    _set_currency(amount, currency)
    return amount


def exponent_of(currency: str) -> int:
    """How many decimals the currency has; `UnknownCurrency` for anything that is none."""
    exponent = EXPONENTS.get(currency) if type(currency) is str else None
    if exponent is None:
        raise UnknownCurrency(currency=_shown(currency))
    return exponent


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts that are all in `currency`."""
    minor = 0
    for amount in amounts:
        if amount.currency != currency:
            raise CurrencyMismatch(left=currency, right=amount.currency)
        minor += amount.minor
    return Money(minor, currency)


def half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest integer, a half away from zero; denominators are positive."""
    if numerator < 0:
        return -half_up(-numerator, denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def share_out(whole: int, weights: Sequence[int]) -> list[int]:
    """Split an integer by weights, largest remainder first, ties to the earlier; the parts sum to `whole`."""
    by = sum(weights)
    if any(weight < 0 for weight in weights) or (by == 0 and whole != 0):
        raise NothingToShareBy
    if by == 0:
        return [0 for _ in weights]
    size = abs(whole)
    parts = [size * weight // by for weight in weights]
    fullest = sorted(range(len(weights)), key=lambda place: -(size * weights[place] % by))
    for place in fullest[: size - sum(parts)]:
        parts[place] += 1
    return parts if whole >= 0 else [-part for part in parts]


def allocate(whole: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """Share an amount among several by largest remainder; ties go to the earlier one (ALLOC)."""
    return tuple(exact(part, whole.currency) for part in share_out(whole.minor, weights))


def grow(whole: int, done: int, take: int, quantity: int) -> int:
    """What units (done, done + take] of `quantity` carry of an integer: the growth of its rounded running total."""
    if not 0 <= done <= done + take <= quantity or quantity == 0:
        raise UnitsDoNotFit(take=take, done=done, quantity=quantity)
    grown = half_up(whole * (done + take), quantity)
    return grown - half_up(whole * done, quantity) if done else grown


def cumulative(whole: Money, done: int, take: int, quantity: int) -> Money:
    """What units (done, done + take] of `quantity` carry of an amount (CUM): all of them carry exactly it."""
    return exact(grow(whole.minor, done, take, quantity), whole.currency)


def _shown(value: object) -> str:
    """A hostile value, short and printable, for a message."""
    text = ascii(value) if not isinstance(value, int) or abs(value) < LIMIT * 10 else "a very large number"
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
