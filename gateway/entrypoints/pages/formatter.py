"""Writes moments, days, amounts and words of a page in the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

from gateway.entrypoints.pages.page_values import PageAmount
from shared.kernel.errors import Language, Said
from shared.kernel.money import exponent_of

LOCALE: Final[Mapping[Language, str]] = {"en": "en_GB", "zh-CN": "zh_Hans_CN"}
PATTERN: Final[Mapping[Language, str]] = {"en": "d MMM y, HH:mm", "zh-CN": "y年M月d日 HH:mm"}
POLICY: Final = "service:policy"
DAY: Final[Mapping[Language, str]] = {"en": "d MMM y", "zh-CN": "y年M月d日"}


class Formatter:
    """Writes for one page, in one language."""

    def __init__(self, language: Language, words: Mapping[str, Said]) -> None:
        self.language = language
        self._words = words

    def word(self, key: str, **facts: Any) -> str:
        """One of our words. A code without a word is shown as it is."""
        said = self._words.get(key)
        return said.to(self.language, **facts) if said is not None else key.replace("_", " ")

    def say(self, sentence: Mapping[str, str] | None) -> str:
        """A sentence that a service gives in both languages."""
        return (sentence or {}).get(self.language, "")

    def moment(self, text: str) -> str:
        """A moment in words, in UTC."""
        return (
            f"{format_datetime(datetime.fromisoformat(text), PATTERN[self.language], locale=LOCALE[self.language])} UTC"
        )

    def day(self, text: str) -> str:
        """A day in words."""
        return format_date(date.fromisoformat(text[:10]), DAY[self.language], locale=LOCALE[self.language])

    def money(self, amount: PageAmount) -> str:
        """An amount with its currency."""
        exact = Decimal(amount.amount_minor).scaleb(-exponent_of(amount.currency))
        return format_currency(exact, amount.currency, locale=LOCALE[self.language])

    def who(self, actor: str) -> str:
        """The kind of the actor, without the id."""
        word = self.word("policy" if actor == POLICY else actor.partition(":")[0])
        return word[:1].upper() + word[1:]
