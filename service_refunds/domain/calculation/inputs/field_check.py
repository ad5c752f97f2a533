"""Checks of single fields. Each check refuses any wrong value and names the field by JSON pointer."""

from collections.abc import Iterable
from typing import Final, TypeVar

from service_refunds.domain.calculation.inputs.refusal import InvalidField
from shared.kernel.errors import Said
from shared.kernel.money import Money
from shared.kernel.written import is_written

Checked = TypeVar("Checked")

MOST_UNITS: Final = 1_000_000
LONGEST_TEXT: Final = 200
WHOLE: Final = 10_000

_NO_MONEY = Said("an amount of money is needed", "应为金额")
_OTHER_CURRENCY = Said("{found} is not the order's currency {currency}", "币种 {found} 与订单币种 {currency} 不一致")
_NEGATIVE = Said("the amount must not be negative", "金额不能为负")
_NO_COUNT = Said("a whole number from {least} to {most} is needed", "应为 {least} 至 {most} 之间的整数")
_NO_TEXT = Said("a printable text of 1 to {most} characters is needed", "应为 1 至 {most} 个可显示字符")
_NO_FLAG = Said("yes or no is needed", "应为是或否")
_NO_CHOICE = Said("one of {known} is needed", "应为以下之一：{known}")
_NO_KIND = Said("a {kind} is needed", "应为 {kind}")
_NO_LIST = Said("a sequence of at most {most} is needed", "应为不超过 {most} 项的序列")
_TWICE = Said("{key} stands here twice", "{key} 重复出现")
_UNKNOWN = Said("{key} is not known in this order", "订单中没有 {key}")


def check_money(value: object, pointer: str, currency: str, *, signed: bool = False) -> None:
    """Money in the order's currency, not negative unless `signed`."""
    if type(value) is not Money:
        raise InvalidField(pointer, _NO_MONEY)
    check_currency(value.currency, pointer, currency)
    if value.minor < 0 and not signed:
        raise InvalidField(pointer, _NEGATIVE)


def check_currency(found: object, pointer: str, currency: str) -> None:
    """The order's currency and no other."""
    if found != currency:
        raise InvalidField(pointer, _OTHER_CURRENCY, found=found, currency=currency)


def check_optional_money(value: object, pointer: str, currency: str) -> None:
    """Money as in `check_money`, or nothing."""
    if value is not None:
        check_money(value, pointer, currency)


def check_count(value: object, pointer: str, least: int = 0, most: int = MOST_UNITS) -> None:
    """A whole number within bounds. True is no number."""
    if type(value) is not int or not least <= value <= most:
        raise InvalidField(pointer, _NO_COUNT, least=least, most=most)


def check_share(value: object, pointer: str) -> None:
    """Basis points (hundredths of a percent), from zero to the whole."""
    check_count(value, pointer, 0, WHOLE)


def check_text(value: object, pointer: str, *, empty: bool = False) -> None:
    """A short printable text, without lone surrogates and control characters."""
    if not (type(value) is str and _is_shown(value) and (empty or value.strip())):
        raise InvalidField(pointer, _NO_TEXT, most=LONGEST_TEXT)


def _is_shown(text: str) -> bool:
    return len(text) <= LONGEST_TEXT and (text.isprintable() or is_written(text, LONGEST_TEXT))


def check_flag(value: object, pointer: str) -> None:
    """True or False, and no value that only compares equal to one of them."""
    if type(value) is not bool:
        raise InvalidField(pointer, _NO_FLAG)


def check_choice(value: object, pointer: str, known: Iterable[object]) -> None:
    """One of a closed set of named choices."""
    choices = tuple(known)
    if not any(value is choice for choice in choices):
        raise InvalidField(pointer, _NO_CHOICE, known=", ".join(map(str, choices)))


def check_kind(value: object, pointer: str, kind: type[Checked]) -> Checked:
    """An instance of this class of ours."""
    if not isinstance(value, kind):
        raise InvalidField(pointer, _NO_KIND, kind=kind.__name__)
    return value


def check_list(values: object, pointer: str, kind: type, most: int = 1000) -> None:
    """A tuple of instances of this class, of limited length."""
    if type(values) is not tuple or len(values) > most:
        raise InvalidField(pointer, _NO_LIST, most=most)
    for place, value in enumerate(values):
        check_kind(value, f"{pointer}/{place}", kind)


def check_keys(keys: Iterable[tuple[str, str]], known: frozenset[str] | None = None) -> None:
    """Texts without a repetition, each one of the known ones if there is such a set. Given as (pointer, key)."""
    seen: set[str] = set()
    for pointer, key in keys:
        check_text(key, pointer)
        if key in seen:
            raise InvalidField(pointer, _TWICE, key=key)
        if known is not None and key not in known:
            raise InvalidField(pointer, _UNKNOWN, key=key)
        seen.add(key)
