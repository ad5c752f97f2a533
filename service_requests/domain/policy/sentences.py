"""Dates, amounts, words and lists as parts of sentences, in English and in Chinese."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from service_requests.domain.policy.vocabulary import NAMES, Named
from shared.kernel.errors import Said
from shared.kernel.money import EXPONENTS

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def say_day(day: date) -> Said:
    """9 November 2026 · 2026年11月9日."""
    return Said(f"{day.day} {MONTHS[day.month - 1]} {day.year}", f"{day.year}年{day.month}月{day.day}日")


def say_amount(minor: int, currency: str) -> Said:
    """CNY 12.00, the same in both languages."""
    exponent = EXPONENTS.get(currency, 2)
    whole, part = divmod(abs(minor), 10**exponent)
    text = f"{'-' if minor < 0 else ''}{whole:,}" + (f".{part:0{exponent}d}" if exponent else "")
    return Said(f"{currency} {text}", f"{currency} {text}")


def say_percent(basis_points: int) -> str:
    """10 for 1000, 12.5 for 1250."""
    return f"{basis_points / 100:g}"


def name(word: Named) -> Said:
    """The name of a word for people."""
    return NAMES[type(word)][word]


def names(words: Iterable[Named]) -> Said:
    """Several words as a list: a, b and c · a、b和c."""
    return listed([name(word) for word in words])


AND: Final = Said(" and ", "和")
OR: Final = Said(" or ", "或")


def listed(items: Sequence[Said], *, last: Said = AND) -> Said:
    """Several phrases as a list."""
    if not items:
        return Said("nothing", "无")
    *head, tail = items
    if not head:
        return tail
    return Said(
        ", ".join(item.en for item in head) + last.en + tail.en,
        "、".join(item.zh for item in head) + last.zh + tail.zh,
    )


def fill(said: Said, **facts: Said | str | int) -> Said:
    """The sentence with each fact in its own language."""
    en = {key: fact.en if isinstance(fact, Said) else fact for key, fact in facts.items()}
    zh = {key: fact.zh if isinstance(fact, Said) else fact for key, fact in facts.items()}
    return Said(said.en.format(**en), said.zh.format(**zh))


def sentence(said: Said) -> Said:
    """The sentence with a capital letter at the beginning."""
    return Said(said.en[:1].upper() + said.en[1:], said.zh)
