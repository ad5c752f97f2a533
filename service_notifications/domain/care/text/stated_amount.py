"""Finds amounts of money in a text: the amount, its currency, and errors in the way it is written (E4).

Amounts are read from `TextView.plain`. A sign that several currencies share ($, ¥) means the case's own currency if
that is one of them. Of a range ("3-5元") the upper end counts. A comma that groups no thousands ("89，85元") may
separate two amounts or be a decimal point, so the amount is reported as wrong. An impossible amount (10^22, three
decimals of yuan) is reported as wrong, too.
"""

import re
from dataclasses import dataclass
from typing import Final

from service_notifications.domain.care.text.folded_text import TextView
from shared.kernel.errors import Said
from shared.kernel.money import EXPONENTS, Money, MoneyError

_NUMBER: Final = r"(?:\d{1,3}(?:,\d{3}){1,6}(?![\d,])(?:\.\d{1,8})?|\d{1,30}(?:\.\d{1,8})?)"
_SIGNS: Final = {
    "¥": ("CNY", "JPY"),
    "$": ("USD", "CAD", "AUD", "HKD", "SGD", "TWD", "NZD"),
    "€": ("EUR",),
    "£": ("GBP",),
}
_WORDS: Final = {
    word: currencies
    for words, currencies in (
        ("元 块 块钱 圆", ("CNY", "TWD", "HKD", "SGD")),
        ("人民币 rmb yuan", ("CNY",)),
        ("dollar dollars 刀", ("USD", "CAD", "AUD", "HKD", "SGD", "TWD", "NZD")),
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
_SIGN: Final = rf"(?:us\$|hk\$|nt\$|[¥$€£]|(?<![a-z])(?:{_CODES}|rmb)(?![a-z]))"
_PIECES: Final = (
    "[儿头表布板屏皮砖糖石玉肉毯垫]|电池|手表|肥皂|香皂|蛋糕|硬盘|地[毯垫板]|玻璃|面[料膜]|巧克力|毛巾|豆腐|键盘"
    "|主板|滑板|木板|瓷砖"
)
"""Goods counted in 块, which then means a piece and not money."""
_AFTER: Final = (
    rf"(?:元|块(?:钱|(?!{_PIECES}))|圆|人民币|美元|欧元|英镑|日元|港[元币]|刀|€|[¥$£](?! ?\d)"
    rf"|(?:{_CODES}|rmb|yuan|dollars?|euros?|pounds?|yen)(?![a-z]))"
)
_NO_MONEY: Final = (
    "天|日|月|年|小时|分|[个件次号点周单笔双套台部箱包盒条张本瓶只把款种份组袋]|:|-|/|to |days?|hours?|business|working"
    "|items?|pieces?|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
)
_NO_UNIT: Final = rf"(?![\d.,]*\d| ?(?:{_NO_MONEY}|%))"
_TO: Final = " ?(?:[~至到]|to ) ?"
_UP_TO: Final = f"(?:{_TO}| ?- ?)"
"""The words between the ends of a range. A minus between two amounts with a currency each is a
subtraction; both count.
"""
_NUMERAL: Final = "[零〇一二两三四五六七八九十百千万]"
_HAN: Final = f"{_NUMERAL}{{1,12}}"
_STATED: Final = re.compile(
    # €89,85: the second number counts no following word.
    rf"{_SIGN} ?\d{{1,9}}(?P<odd>,\d\d){_NO_UNIT}(?![\u3400-\u5142\u5144-\u9fff])"
    rf"|(?P<before>{_SIGN}) ?(?P<first>{_NUMBER})"
    rf"(?:{_TO}{_SIGN} ?(?P<most>{_NUMBER})|{_UP_TO}(?P<more>{_NUMBER}){_NO_UNIT})?(?P<many>[百千万])?(?: ?元)?"
    rf"|(?<!\d)(?<!\d[.,])(?<![\d.,]-)(?<![百千万])(?:(?P<least>{_NUMBER})(?:{_AFTER}{_TO}|{_UP_TO}))?"
    rf"(?P<second>{_NUMBER}) ?(?P<lots>[百千万])?(?P<after>{_AFTER})"
    rf"(?:(?P<jiao>\d)[角毛]|(?<=块)(?P<mao>\d){_NO_UNIT})?(?:(?P<fen>\d)分)?"
    rf"|(?<!\d)(?<!\d[.,])(?P<odds>\d{{1,30}}(?:[.,]\d{{1,30}}){{1,4}}) ?[百千万]?{_AFTER}"
    rf"|(?<!\d)(?:(?P<han_least>{_HAN}){_UP_TO})?(?P<han>{_HAN})"
    # 一块处理 is together, 三块 mostly parts.
    rf"(?P<han_after>元|块钱|(?<={_NUMERAL}{{2}})块(?!{_PIECES}))(?![儿件])"
)
_BARE: Final = re.compile(
    r"(?:退(?:款|还|给|您|回|到){0,3}(?:金额)?(?:是|为|共|:|约)? ?"
    r"|refund(?:ed)? (?:of |you |is |amount is )|amount(?: is|:) )"
    rf"(?P<number>\d{{1,30}}(?:[.,]\d{{1,8}})?万?)(?![\d.,]{{0,9}}\d)(?! ?(?:[¥$£%万]|{_AFTER}|{_NO_MONEY}))"
)
_DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_TENS: Final = {"十": 10, "百": 100, "千": 1000, "万": 10_000}

NO_CURRENCY: Final = Said("the amount has no currency", "金额没有币种")
UNCLEAR: Final = Said("the comma leaves open which amount is meant", "逗号使金额有歧义，无法确定是多少")
NOT_MONEY: Final = Said("this is not an amount of money", "这不是有效的金额")
WRONG_DECIMALS: Final = Said("{currency} has {decimals} decimals", "{currency}的小数位数是{decimals}位")


@dataclass(frozen=True, slots=True)
class StatedAmount:
    """An amount at `plain[start:end]`. `money` is None when it is not valid; `wrong` gives the reason."""

    start: int
    end: int
    money: Money | None
    wrong: Said | None = None


def amounts_in(view: TextView, prefer: str | None = None) -> tuple[StatedAmount, ...]:
    """Every stated amount, in order. `prefer` is the case's currency."""
    known: dict[str, tuple[Money | None, Said | None]] = {}
    found = []
    for match in _STATED.finditer(view.plain):
        if match[0] not in known:
            known[match[0]] = _read(match, prefer)
        found.append(StatedAmount(match.start(), match.end(), *known[match[0]]))
    bare = [
        StatedAmount(match.start("number"), match.end("number"), None, NO_CURRENCY)
        for match in _BARE.finditer(view.plain)
    ]
    return tuple(sorted([*found, *bare], key=lambda each: each.start))


def _read(match: re.Match[str], prefer: str | None) -> tuple[Money | None, Said | None]:
    """The amount, or the error in it. Of a range the upper end, which the customer will expect."""
    if match["odd"] or match["odds"]:
        return None, UNCLEAR if "," in match[0] else NOT_MONEY
    if match["han"]:
        return Money(_chinese(match["han"]) * 100, _currency(match["han_after"], prefer)), None
    currency = _currency(match["before"] or match["after"], prefer)
    ends = [match[name] for name in ("first", "second", "least", "most", "more") if match[name]]
    number = max((end.replace(",", "") for end in ends), key=float)
    number = _times(number, match["many"] or match["lots"])
    if match["jiao"] or match["mao"] or match["fen"]:
        number = f"{number}.{match['jiao'] or match['mao'] or 0}{match['fen'] or 0}"
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


def _times(number: str, unit: str | None) -> str:
    """A factor of hundred, thousand or ten thousand."""
    if unit is None:
        return number
    zeros = len(str(_TENS[unit])) - 1
    whole, _, decimals = number.partition(".")
    shifted = (whole + decimals[:zeros].ljust(zeros, "0")).lstrip("0") or "0"
    rest = decimals[zeros:]
    return f"{shifted}.{rest}" if rest else shifted


def _chinese(text: str) -> int:
    """The value of Chinese numerals below ten thousand times ten thousand: 一百二 is 120, 一二三 is 123."""
    if not any(char in _TENS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    above, many, below = text.rpartition("万")
    if many and len(below) == 1 and below in _DIGITS:
        below += "千"
    return (_thousands(above) if above else int(bool(many))) * 10_000 + _thousands(below)


def _thousands(text: str) -> int:
    total = digit = 0
    unit = 10
    for char in text:
        if char in _TENS:
            unit = _TENS[char]
            total += (digit or 1) * unit
            digit = 0
        else:
            digit = _DIGITS[char]
            unit = 10 if digit == 0 else unit
    return total + digit * (unit // 10)


def _filled(said: Said, **facts: object) -> Said:
    return Said(said.en.format(**facts), said.zh.format(**facts))


def with_amount(said: Said, money: Money) -> Said:
    """The sentence with `{amount}` filled in."""
    return _filled(said, amount=str(money))
