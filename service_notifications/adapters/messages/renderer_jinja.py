"""Renders messages by sandboxed Jinja2 templates: one for each kind, language and form (text, HTML).

A template gets the facts of the message as `it` and a few filters. A fact that the template names and the content lacks
is an error, never an empty place. Texts of customers are facts, never templates (S-86), and are escaped in HTML (S-88).
The first line of a text is its subject. A digest of the templates' sources names the wording, so that every change of
wording is recorded.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import NumberPattern, get_currency_symbol, parse_pattern
from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from service_notifications.application.messages.message_renderer import CannotBeRendered
from service_notifications.domain.contacts.contact import Contact
from service_notifications.domain.messages.content import MessageKind, Wording
from service_notifications.domain.messages.message import Message
from service_notifications.domain.messages.outgoing_mail import RenderedMessage
from shared.kernel.errors import Language, Said
from shared.kernel.language_tag import written_in
from shared.kernel.money import Money, exponent_of

FOLDER: Final = Path(__file__).parent / "templates"
LOCALES: Final[Mapping[Language, Locale]] = {"en": Locale("en", "GB"), "zh-CN": Locale("zh", "CN", script="Hans")}
METHODS: Final[Mapping[str, Said]] = {
    "card": Said("card", "银行卡"),
    "wallet": Said("wallet", "电子钱包"),
    "bank_transfer": Said("bank transfer", "银行账户"),
    "gift_card": Said("gift card", "礼品卡"),
    "store_credit": Said("store credit", "商店余额"),
    "cash": Said("cash", "现金"),
}
CACHED_VALUES: Final = 256
"""How many formatted amounts and moments are cached: a message has each of them twice, in text and in HTML."""
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Signature:
    """The merchant, and the addresses for questions."""

    merchant: str
    service_email: str
    service_phone: str | None
    zone: ZoneInfo


class JinjaRenderer:
    def __init__(self, signature: Signature) -> None:
        self._languages = {language: _LanguageTemplates(language, signature) for language in LOCALES}

    def render(self, message: Message, contact: Contact | None) -> RenderedMessage:
        language = contact.language if contact is not None else message.language
        return self._languages[language].render(message, contact)


class TemplateSandbox(ImmutableSandboxedEnvironment):
    """Caches whether an attribute is safe, which depends only on its name and the object's type."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._safe: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        known = self._safe.get((type(obj), attr))
        if known is None:
            known = self._safe[type(obj), attr] = super().is_safe_attribute(obj, attr, value)
        return known


class _LanguageTemplates:
    """The templates of one language, compiled at first use."""

    def __init__(self, language: Language, signature: Signature) -> None:
        self._language = language
        self._signature = signature
        self._locale = LOCALES[language]
        self._environment = TemplateSandbox(
            loader=FileSystemLoader(FOLDER / language),
            autoescape=lambda name: name is not None and name.endswith(".html"),
            undefined=StrictUndefined,
            finalize=_one_line,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters.update(
            money=lru_cache(CACHED_VALUES)(lambda money: format_money(money, self._locale)),
            day=lru_cache(CACHED_VALUES)(self._day),
            moment=lru_cache(CACHED_VALUES)(self._moment),
            say=lambda wording: wording.to(language) + _original_of(wording, language),
            original=lambda written: _in_other_words(written.language, language),
            percent=lambda points: f"{Decimal(points) / 100:f}%",
            method=lambda method: METHODS[method].to(language),
        )
        self._environment.globals.update(
            merchant=signature.merchant,
            service_email=signature.service_email,
            service_phone=signature.service_phone,
        )
        self._templates: dict[MessageKind, tuple[Template, Template, str]] = {}

    def render(self, message: Message, contact: Contact | None) -> RenderedMessage:
        try:
            text, html, name = self._of(message.kind)
            facts = {"it": message.content, "greeting": greet(self._language, contact)}
            subject, _, body = text.render(facts).partition("\n")
            return RenderedMessage(subject, body.strip("\n") + "\n", html.render(facts, subject=subject), name)
        except (TemplateError, LookupError, TypeError, ValueError, AttributeError) as error:
            raise CannotBeRendered(kind=message.kind) from error

    def _of(self, kind: MessageKind) -> tuple[Template, Template, str]:
        known = self._templates.get(kind)
        if known is None:
            files = [f"{kind}.txt", f"{kind}.html", "layout.txt", "layout.html"]
            digest = sha256(b"\0".join((FOLDER / self._language / file).read_bytes() for file in files))
            known = self._templates[kind] = (
                self._environment.get_template(files[0]),
                self._environment.get_template(files[1]),
                f"{kind}/{self._language}/{digest.hexdigest()[:12]}",
            )
        return known

    def _day(self, day: date) -> str:
        return format_date(day, "long", locale=self._locale)

    def _moment(self, moment: datetime) -> str:
        """Date and time with the offset from UTC, so that the time zone is never in doubt."""
        there = moment.astimezone(self._signature.zone)
        clock = format_time(there, "HH:mm", locale=self._locale)
        if self._language == "zh-CN":
            return f"{self._day(there.date())} {clock}（{_offset(there)}）"
        return f"{self._day(there.date())}, {clock} ({_offset(there)})"


def _offset(moment: datetime) -> str:
    """`UTC+8`, `UTC-3:30`. Unlike a zone's short name the offset has one meaning only."""
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "") if minutes else "UTC"


def greet(language: Language, contact: Contact | None) -> str:
    """A greeting by the form of address, else by name, else neutral (N3.1)."""
    form = contact.form_of_address if contact is not None else None
    name = contact.name if contact is not None else None
    if language == "zh-CN":
        return f"尊敬的{form}，您好！" if form else f"{name}，您好！" if name else "您好！"
    return f"Dear {form}," if form else f"Hello {name}," if name else "Hello,"


def format_money(money: Money, locale: Locale) -> str:
    """The amount in the form of the language, with the currency's decimals by ISO 4217, not by CLDR."""
    exponent = exponent_of(money.currency)
    value = Decimal(money.minor).scaleb(-exponent)
    pattern, symbol = _pattern(money.currency, exponent, locale)
    number = str(pattern.apply(abs(value), locale))
    sign = "-" if money.minor < 0 else ""
    return f"{sign}{symbol}{number}"


@lru_cache(maxsize=512)
def _pattern(currency: str, exponent: int, locale: Locale) -> tuple[NumberPattern, str]:
    symbol = get_currency_symbol(currency, locale)
    decimals = "." + "0" * exponent if exponent else ""
    gap = "" if unicodedata.category(symbol[-1]) == "Sc" else "\N{NO-BREAK SPACE}"
    return parse_pattern(f"#,##0{decimals}"), symbol + gap


OTHER_LANGUAGE: Final[Mapping[Language, Said]] = {
    "zh-CN": Said(" (written in Chinese)", "（原文为中文）"),
    "en": Said(" (written in English)", "（原文为英文）"),
}
"""What is said behind a text that was written in another language than the message (Z32)."""


def _in_other_words(written: Language | None, language: Language) -> str:
    return "" if written is None or written == language else OTHER_LANGUAGE[written].to(language)


def _original_of(wording: Wording, language: Language) -> str:
    """A person who wrote one sentence for both languages has written it in one of them."""
    return _in_other_words(written_in(wording.en), language) if wording.en == wording.zh else ""


def _one_line(value: Any) -> Any:
    """Every fact is one line, so that no fact can start a line or change the direction of writing."""
    return _BREAKS.sub(" ", value) if isinstance(value, str) and _BREAKS.search(value) else value
