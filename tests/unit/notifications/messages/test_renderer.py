"""Every kind in both languages says every fact, plainly, politely, and as text nobody can turn into something else."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any, Final

import pytest
from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError

from service_notifications.adapters.messages.renderer_jinja import (
    FOLDER,
    LOCALES,
    METHODS,
    JinjaRenderer,
    TemplateSandbox,
    format_money,
    greet,
)
from service_notifications.application.messages.message_renderer import CannotBeRendered
from service_notifications.domain.contacts.contact import Contact
from service_notifications.domain.messages.content import (
    Content,
    DiscrepancyEnd,
    ExtendedStep,
    MessageItem,
    MessageKind,
    ReducedItem,
    RefundShare,
    RefusalReason,
    RemainderOutcome,
    Wording,
    WrittenText,
)
from service_notifications.domain.messages.outgoing_mail import RenderedMessage
from shared.contracts.events import MeansOfPayment, TenderKind
from shared.kernel.errors import Language, Said
from shared.kernel.money import EXPONENTS, Money
from tests.support.notifications import NOTHING_TO_PAY, SAMPLES, a_message, signature

LANGUAGES: tuple[Language, ...] = ("en", "zh-CN")
WORDS = JinjaRenderer(signature())
DAYS = {"en": "{0.day} {0:%B} {0.year}", "zh-CN": "{0.year}年{0.month}月{0.day}日"}
MOMENT = {"en": "11 March 2026, 15:04 (UTC+8)", "zh-CN": "2026年3月11日 15:04（UTC+8）"}
THANKS = {"en": "Thank you", "zh-CN": "感谢"}
JARGON = {
    "en": r"\b(SKU|API|PSP|tender|disposition|line item|event|status|queue|workflow|asap|shortly|soon)\b",
    "zh-CN": r"SKU|API|PSP|工单|状态码|流程节点|尽快|稍后|亲",
}


def say(content: Content, language: Language, **contact: Any) -> RenderedMessage:
    return WORDS.render(a_message(content=content), Contact(id="cus-1", language=language, **contact))


class Reading(HTMLParser):
    """What a reader of HTML sees: its text, and its elements with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.elements: list[object] = []
        self.feed(html.partition("</head>")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += re.sub(r"\s+", " ", data)


ENDS: Final = {
    DiscrepancyEnd.RETURNED_TO_CUSTOMER: Said("send them back to you", "寄回给您"),
    DiscrepancyEnd.DISPOSED: Said("were disposed of", "已处置"),
    DiscrepancyEnd.MATCHED_TO_RETURN: Said("belong to another return", "属于另一退货单"),
    RemainderOutcome.PAID_OTHERWISE: Said("has paid this amount in another way", "以其他方式支付"),
    RemainderOutcome.NOT_OWED: Said("is not owed", "无需支付"),
}
STEPS: Final = {
    ExtendedStep.DECIDE: Said("our decision about your request", "我们审核您的申请"),
    ExtendedStep.SHIP: Said("sending the goods", "寄回商品"),
    ExtendedStep.ARRIVE: Said("the arrival of your parcel", "包裹到达"),
    ExtendedStep.JUDGE: Said("our decision after the check of your goods", "检查后我们作出决定"),
}
READS: Final[dict[type, Callable[[Any, Language], list[str]]]] = {
    Money: lambda money, language: [format_money(money, LOCALES[language])],
    Wording: lambda wording, language: [wording.to(language)],
    MessageItem: lambda item, _: [f"{item.name} × {item.quantity}"],
    RefusalReason: lambda reason, language: [reason.says.to(language), reason.clause],
    RefundShare: lambda share, language: [
        METHODS[share.method].to(language),
        format_money(share.amount, LOCALES[language]),
        *([share.trace] if share.trace else []),
    ],
    tuple: lambda parts, language: [fact for part in parts for fact in facts_of(part, language)],
    datetime: lambda _, language: [MOMENT[language]],
    date: lambda day, language: [DAYS[language].format(day)],
    str: lambda text, _: [text],
    WrittenText: lambda written, _: [written.text],
    ReducedItem: lambda item, _: [f"{item.name} × {item.quantity}", f"{item.basis_points / 100:g}%"],
    DiscrepancyEnd: lambda end, language: [ENDS[end].to(language)],
    RemainderOutcome: lambda outcome, language: [ENDS[outcome].to(language)],
    ExtendedStep: lambda step, language: [STEPS[step].to(language)],
    bool: lambda *_: [],
}


def facts_of(value: Any, language: Language) -> list[str]:
    """How a fact of a content reads in a language."""
    return READS[type(value)](value, language)


CONTENTS: Final = [
    *(pytest.param(SAMPLES[kind], id=kind) for kind in MessageKind),
    pytest.param(NOTHING_TO_PAY, id="nothing"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("content", CONTENTS)
def test_text_and_html_say_every_fact(content: Content, language: Language) -> None:
    """L06, R2.3, R2.4, R2.5, R5.1: in the language's own form of dates and money."""
    said = say(content, language)
    for name in (slot.name for slot in fields(content)):  # type: ignore[arg-type]
        value = getattr(content, name)
        for fact in () if value is None else facts_of(value, language):
            assert fact in said.text, name
            assert fact in Reading(said.html).text, name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", ExtendedStep)
def test_z24_every_step_that_has_longer_is_named(step: ExtendedStep, language: Language) -> None:
    """Z24: also before the approval, when there is no return number."""
    sample = SAMPLES[MessageKind.DEADLINE_EXTENDED]
    said = say(replace(sample, step=step, rma=None), language)  # type: ignore[type-var]
    assert STEPS[step].to(language) in said.text
    assert "None" not in said.text + said.subject


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("content", CONTENTS)
def test_a_message_greets_thanks_and_is_plain(content: Content, language: Language) -> None:
    """N3.1, N3.3, N3.6."""
    said = say(content, language, form_of_address="Ms Li")
    assert said.text.startswith("Dear Ms Li,\n" if language == "en" else "尊敬的Ms Li，您好！\n")
    assert THANKS[language] in said.text.splitlines()[-2]
    assert said.text.endswith("\nRetour\n")
    assert "\n\n\n" not in said.text
    assert not re.search(JARGON[language], said.text, re.IGNORECASE)
    assert "RMA" not in re.sub(r"return number \(RMA\)|退货编号（RMA）", "", said.text)
    assert said.subject
    assert "\n" not in said.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_a_settled_refund_says_that_money_has_been_paid_back(language: Language) -> None:
    """L03."""
    paid = {"en": "refunded", "zh-CN": "已完成"}[language]
    saying = {kind for kind in MessageKind if paid in say(SAMPLES[kind], language).text}
    assert saying == {MessageKind.REFUND_SETTLED}


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_is_paid_back_nobody_is_told_to_wait_for_it(language: Language) -> None:
    """L03, H15: no bank, no trace; whom to ask, and by which reference."""
    said = say(NOTHING_TO_PAY, language)
    whole = said.subject + said.text + Reading(said.html).text
    assert not re.search("refunded|your refund|bank|trace|已为您退款|银行|查询号", whole, re.IGNORECASE)
    assert {"en": "nothing to pay back", "zh-CN": "没有款项需要退回"}[language] in said.text


@pytest.mark.parametrize(("language", "words"), [("en", "still looking at this part"), ("zh-CN", "仍由工作人员处理")])
def test_z09_the_letter_says_that_a_part_is_still_being_looked_at(language: Language, words: str) -> None:
    """Only where there is one; also where nothing else is paid."""
    open_part = SAMPLES[MessageKind.REFUND_SETTLED]
    nothing_else = replace(NOTHING_TO_PAY, remainder=Money(2099, "EUR"))
    for content, expected in ((open_part, True), (nothing_else, True), (NOTHING_TO_PAY, False)):
        said = say(content, language)
        assert ((words in said.text), (words in said.html)) == (expected, expected)


def test_both_languages_have_the_same_templates_with_the_same_facts() -> None:
    names = {language: {path.name for path in (FOLDER / language).iterdir()} for language in LANGUAGES}
    assert (
        names["en"]
        == names["zh-CN"]
        == {f"{name}.{end}" for name in (*MessageKind, "layout") for end in ("txt", "html")}
    )
    for name in names["en"]:
        used = [
            sorted(
                re.findall(r"\{[{%].*?[}%]\}", re.sub(r'join\(".*?"\)', "join", (FOLDER / language / name).read_text()))
            )
            for language in LANGUAGES
        ]
        assert [set(used[0])] == [set(used[1])], name


def test_every_means_of_payment_has_a_name() -> None:
    """Those of orders, and those by which a person may pay (I07)."""
    assert set(METHODS) == {kind.value for kind in (*TenderKind, *MeansOfPayment)}


@pytest.mark.parametrize(
    ("contact", "greetings"),
    [
        (None, ("Hello,", "您好！")),
        (Contact(id="c", language="en"), ("Hello,", "您好！")),
        (Contact(id="c", language="en", name="Li Na"), ("Hello Li Na,", "Li Na，您好！")),
        (Contact(id="c", language="en", name="Li Na", form_of_address="Ms Li"), ("Dear Ms Li,", "尊敬的Ms Li，您好！")),
    ],
)
def test_a_greeting_is_the_form_she_is_used_to_or_neutral(contact: Contact | None, greetings: tuple[str, str]) -> None:
    """N3.1."""
    assert tuple(greet(language, contact) for language in LANGUAGES) == greetings


@pytest.mark.parametrize(
    ("money", "english", "chinese"),
    [
        (Money(1234567, "CNY"), "CN¥12,345.67", "¥12,345.67"),
        (Money(500, "JPY"), "JP¥500", "JP¥500"),
        (Money(1234, "KWD"), "KWD\xa01.234", "KWD\xa01.234"),
        (Money(5, "USD"), "US$0.05", "US$0.05"),
        (Money(-100, "EUR"), "-€1.00", "-€1.00"),
        (Money(10**15, "HUF"), "HUF\xa010,000,000,000,000.00", "HUF\xa010,000,000,000,000.00"),
    ],
)
def test_money_is_written_in_the_language_and_to_the_last_minor_unit(money: Money, english: str, chinese: str) -> None:
    assert (format_money(money, LOCALES["en"]), format_money(money, LOCALES["zh-CN"])) == (english, chinese)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_currency_loses_or_gains_a_digit(language: Language) -> None:
    for currency, exponent in EXPONENTS.items():
        shown = format_money(Money(1234567, currency), LOCALES[language])
        digits = shown[re.search(r"[0-9]", shown).start() :].replace(",", "")  # type: ignore[union-attr]
        whole, _, decimals = digits.partition(".")
        assert (whole + decimals, len(decimals)) == ("1234567", exponent), currency


HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "{{ 7*7 }}{% for i in range(10**9) %}x{% endfor %}",
    "{0.__init__}",
    '" onmouseover="alert(1)',
    "</title><script>",
    "a\r\n\r\nYour refund: €1,000,000",
    "\u202egnp.exe",
]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_name_stays_text_on_one_line(hostile: str, language: Language) -> None:
    """S-86, S-88."""
    content = replace(SAMPLES[MessageKind.GOODS_RECEIVED], items=(MessageItem(hostile, 1),), rma=hostile)  # type: ignore[type-var]
    said = say(content, language, name=hostile)
    plain = say(SAMPLES[MessageKind.GOODS_RECEIVED], language, name="Li")
    assert said.text.count("\n") == plain.text.count("\n")
    assert "\u202e" not in said.text + said.html + said.subject
    assert Reading(said.html).elements == Reading(plain.html).elements
    assert said.html.count("<") == plain.html.count("<")


@pytest.mark.parametrize("reach", ["it.__class__.__mro__", "it.items.__init__", "names.append('x')", "it.items.mro"])
def test_a_template_reaches_nothing_behind_its_facts(reach: str) -> None:
    """S-86; what has been found unsafe once stays so, and what is safe for one type says nothing of another."""
    sandbox = TemplateSandbox(undefined=StrictUndefined)
    facts = {"it": SimpleNamespace(items=type("Facts", (), {"name": "Li"})), "names": ["Li"]}
    assert sandbox.from_string("{{ it.items.name }}{{ names.index('Li') }}").render(facts) == "Li0"
    for _ in range(2):
        with pytest.raises(SecurityError):
            sandbox.from_string(f"{{{{ {reach} }}}}").render(facts)
    assert facts["names"] == ["Li"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MessageKind)
def test_html_loads_nothing_from_anywhere(kind: MessageKind, language: Language) -> None:
    """S-88."""
    html = say(SAMPLES[kind], language).html
    assert f'<html lang="{language}">' in html
    assert not re.search(r"src=|href=|url\(|@import|<script|<img|<link", html)


def test_a_template_and_a_content_that_do_not_fit_are_an_error_and_no_half_message() -> None:
    """K02."""

    class Bare(Content):
        kind = MessageKind.REFUND_SETTLED

    message = a_message()
    message.content = object.__new__(Bare)
    with pytest.raises(CannotBeRendered):
        WORDS.render(message, None)


def test_the_wording_used_is_named_by_a_digest_of_its_templates() -> None:
    named = [say(SAMPLES[kind], language).template for kind in MessageKind for language in LANGUAGES]
    assert len(set(named)) == len(named)
    assert re.fullmatch(r"refund_settled/en/[0-9a-f]{12}", say(SAMPLES[MessageKind.REFUND_SETTLED], "en").template)


def test_moments_are_told_in_the_merchants_zone_with_its_distance_from_utc() -> None:
    content = replace(SAMPLES[MessageKind.REFUND_SETTLED], settled_at=datetime(2026, 3, 11, 20, 30, tzinfo=UTC))  # type: ignore[type-var]
    assert "12 March 2026, 04:30 (UTC+8)" in say(content, "en").text


@pytest.mark.parametrize(
    ("language", "written", "mark"),
    [
        ("en", WrittenText("衬里破损", "zh-CN"), "衬里破损 (written in Chinese)"),
        ("zh-CN", WrittenText("The lining is torn.", "en"), "The lining is torn.（原文为英文）"),
        ("en", WrittenText("The lining is torn.", "en"), "The lining is torn.\n"),
        ("zh-CN", WrittenText("裏地が破れています"), "裏地が破れています\n"),
    ],
)
def test_l10_a_text_in_another_language_says_so(language: Language, written: WrittenText, mark: str) -> None:
    """Nobody gets a foreign language in silence; what a program cannot tell is not claimed."""
    said = say(replace(SAMPLES[MessageKind.INSPECTION_DECIDED], reason=written), language)  # type: ignore[type-var]
    assert mark in said.text
    assert written.text in said.html
    assert (f'<span lang="{written.language}">' in said.html) is (written.language is not None)


@pytest.mark.parametrize(
    ("language", "says", "marked"),
    [
        ("zh-CN", Wording("The serial number is wrong.", "The serial number is wrong."), True),
        ("en", Wording("The serial number is wrong.", "The serial number is wrong."), False),
        ("zh-CN", Wording("The serial number is wrong.", "序列号不符。"), False),
        ("zh-CN", Wording("12 %", "12 %"), False),
    ],
)
def test_l10_one_sentence_for_both_languages_is_marked_where_it_is_foreign(
    language: Language, says: Wording, marked: bool
) -> None:
    """An agent's reason for a refusal, when she has written one language only."""
    content = replace(SAMPLES[MessageKind.RETURN_REFUSED], reasons=(RefusalReason(says, "R2.5"),))  # type: ignore[type-var]
    assert ("原文为英文" in say(content, language).text) is marked
    assert ("原文为英文" in say(content, language).html) is marked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("end", [*DiscrepancyEnd, *RemainderOutcome])
def test_z32_each_end_has_its_own_words(end: DiscrepancyEnd | RemainderOutcome, language: Language) -> None:
    """What was disposed of does not come back, and what is not owed can be objected to."""
    kind = MessageKind.DISCREPANCY_CLEARED if isinstance(end, DiscrepancyEnd) else MessageKind.REMAINDER_CLOSED
    said = say(replace(SAMPLES[kind], outcome=end), language)  # type: ignore[type-var]
    for other, words in ENDS.items():
        if type(other) is type(end):
            assert (words.to(language) in said.text) is (other is end)
            assert (words.to(language) in said.html) is (other is end)
