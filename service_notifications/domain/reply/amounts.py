"""Amounts of money in a text: which, in what currency, and what is wrong with the way they are written (E4).

Read from `View.plain`. A sign that several currencies share ($, ¥) is read as the case's own currency if that is one of
them. Amounts that are no amounts (10^22, three decimals of yuan) are found all the same and say what is wrong.
"""

import re
from dataclasses import dataclass
from typing import Final

from service_notifications.domain.reply.text import View
from shared.kernel.errors import Said
from shared.kernel.money import EXPONENTS, Money, MoneyError

_NUMBER: Final = r"(?P<{0}>\d{{1,3}}(?:,\d{{3}}){{1,6}}(?![\d,])(?:\.\d{{1,8}})?|\d{{1,30}}(?:\.\d{{1,8}})?)"
_SIGNS: Final = {
    "¥": ("CNY", "JPY"),
    "$": ("USD", "CAD", "AUD", "HKD", "SGD", "TWD", "NZD"),
    "€": ("EUR",),
    "£": ("GBP",),
}
_WORDS: Final = {
    word: currencies
    for words, currencies in (
        ("元 块 块钱 圆 人民币 rmb yuan", ("CNY",)),
        ("dollar dollars 刀", ("USD", "CAD", "AUD", "HKD", "SGD", "NZD")),
        ("美元 us$", ("USD",)),
        ("欧元 euro euros", ("EUR",)),
        ("英镑 pound pounds", ("GBP",)),
        ("日元 yen", ("JPY",)),
        ("港元 港币 hk$", ("HKD",)),
        ("nt$", ("TWD",)),
    )
    for word in words.split()
}
_CODES: Final = "cny|usd|eur|gbp|jpy|hkd|twd|sgd|krw|aud|cad"
_BEFORE: Final = rf"(?P<before>us\$|hk\$|nt\$|[¥$€£]|(?<![a-z])(?:{_CODES}|rmb)(?![a-z]))"
_AFTER: Final = (
    r"(?P<after>元|块钱?(?![儿头])|圆|人民币|美元|欧元|英镑|日元|港[元币]|刀|€"
    rf"|(?:{_CODES}|rmb|yuan|dollars?|euros?|pounds?|yen)(?![a-z]))"
)
_STATED: Final = re.compile(
    rf"{_BEFORE} ?{_NUMBER.format('first')}(?P<many>万)?(?: ?元)?"
    rf"|(?<!\d)(?<!\d[.,])(?<![\d.,]-){_NUMBER.format('second')} ?(?P<lots>万)?"
    rf"{_AFTER}(?:(?P<jiao>\d)角)?(?:(?P<fen>\d)分)?"
    r"|(?P<han>[零一二两三四五六七八九十百千万]{1,12})(?:元|块钱)(?![儿件])"
)
_NO_MONEY: Final = (
    "天|日|月|年|小时|分|个|件|次|号|点|:|-|/|周|单|笔|to |days?|hours?|business|working|items?|pieces?"
    "|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
)
_BARE: Final = re.compile(
    r"(?:退(?:款|还|给|您|回|到){0,3}(?:金额)?(?:是|为|共|:|约)? ?"
    r"|refund(?:ed)? (?:of |you |is |amount is )|amount(?: is|:) )"
    rf"(?P<number>\d{{1,30}}(?:[.,]\d{{1,8}})?)(?![\d.,]{{0,9}}\d)(?! ?(?:[¥$£%万]|{_AFTER}|{_NO_MONEY}))"
)
_DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}

NO_CURRENCY: Final = Said("the amount has no currency", "金额没有币种")
NOT_MONEY: Final = Said("this is not an amount of money", "这不是有效的金额")
WRONG_DECIMALS: Final = Said("{currency} has {decimals} decimals", "{currency}的小数位数是{decimals}位")


@dataclass(frozen=True, slots=True)
class Stated:
    """An amount at `plain[start:end]`; `money` is `None` when it is none, and `wrong` says why."""

    start: int
    end: int
    money: Money | None
    wrong: Said | None = None


def amounts_in(view: View, prefer: str | None = None) -> tuple[Stated, ...]:
    """Every amount the text states, in order; `prefer` is the case's currency."""
    known: dict[str, tuple[Money | None, Said | None]] = {}
    found = []
    for match in _STATED.finditer(view.plain):
        if match[0] not in known:
            known[match[0]] = _read(match, prefer)
        found.append(Stated(match.start(), match.end(), *known[match[0]]))
    bare = [
        Stated(match.start("number"), match.end("number"), None, NO_CURRENCY) for match in _BARE.finditer(view.plain)
    ]
    return tuple(sorted([*found, *bare], key=lambda each: each.start))


def _read(match: re.Match[str], prefer: str | None) -> tuple[Money | None, Said | None]:
    """The amount, or what is wrong with it."""
    if match["han"]:
        return Money(_chinese(match["han"]) * 100, "CNY"), None
    number = (match["first"] or match["second"]).replace(",", "")
    currency = _currency(match["before"] or match["after"], prefer)
    if match["many"] or match["lots"]:
        number = _times_ten_thousand(number)
    if match["jiao"] or match["fen"]:
        number = f"{number}.{match['jiao'] or 0}{match['fen'] or 0}"
    exponent = EXPONENTS[currency]
    decimals = len(number.partition(".")[2])
    if decimals > exponent:
        return None, _filled(WRONG_DECIMALS, currency=currency, decimals=exponent)
    try:
        return Money.parse(number, currency), None
    except MoneyError:
        return None, NOT_MONEY


def _currency(word: str, prefer: str | None) -> str:
    candidates = _SIGNS.get(word) or _WORDS.get(word) or (word.upper(),)
    return prefer if prefer in candidates else candidates[0]


def _times_ten_thousand(number: str) -> str:
    whole, _, decimals = number.partition(".")
    shifted = (whole + decimals[:4].ljust(4, "0")).lstrip("0") or "0"
    rest = decimals[4:]
    return f"{shifted}.{rest}" if rest else shifted


def _chinese(text: str) -> int:
    """The number that Chinese numerals say, below ten thousand times ten thousand."""
    above, _, below = text.rpartition("万")
    return (_thousands(above) if above else 0) * 10_000 + _thousands(below)


def _thousands(text: str) -> int:
    total = digit = 0
    for char in text:
        if char in _TENS:
            total += (digit or 1) * _TENS[char]
            digit = 0
        else:
            digit = _DIGITS.get(char, 0)
    return total + digit


def _filled(said: Said, **facts: object) -> Said:
    return Said(said.en.format(**facts), said.zh.format(**facts))


def with_amount(said: Said, money: Money) -> Said:
    """The saying with `{amount}` filled in."""
    return _filled(said, amount=str(money))
