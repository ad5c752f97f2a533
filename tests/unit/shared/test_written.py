"""Ids, languages and mail addresses as people write them (Z36)."""

import unicodedata

import pytest
from hypothesis import given, strategies as st
from pydantic import TypeAdapter, ValidationError

from gateway.entrypoints.identity.fields import Email
from shared.kernel.errors import Said
from shared.kernel.language_tag import spoken, tag_of, written_in
from shared.kernel.written import LONGEST_ID, NotWritten, is_written, same_code, same_number, written
from shared.web.fields import LanguageTag, Token, TrackingNumber
from shared.web.mail_address import mailable

TOKEN = TypeAdapter[str](Token)
TRACKING = TypeAdapter[str](TrackingNumber)
TAG = TypeAdapter[str](LanguageTag)
EMAIL = TypeAdapter[str](Email)


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("#1001", "#1001"),
        ("Mug Blue", "Mug Blue"),
        ("  Mug   Blue ", "Mug Blue"),
        ("订单 12", "订单 12"),
        ("订单\u300012", "订单 12"),
        ("שקל-7", "שקל-7"),
        ("رقم ١٢", "رقم ١٢"),
        ("🎁", "🎁"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Cafe\u0301", "Café"),
        ("-", "-"),
        ("(W) 50% off; 'x' \"y\" \\ <b>", "(W) 50% off; 'x' \"y\" \\ <b>"),
        ("=1+1", "=1+1"),
        ("한글", "한글"),
        ("A" * LONGEST_ID, "A" * LONGEST_ID),
        ("e\u0301" * LONGEST_ID, "é" * LONGEST_ID),
        ("CUST/81:a+b", "CUST/81:a+b"),
    ],
)
def test_any_visible_text_is_an_id(given_text: str, kept: str) -> None:
    """Z36: kept in NFC, without blanks at the ends, with one blank between words."""
    assert TOKEN.validate_python(given_text) == kept
    assert is_written(kept)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\u3000", "a\x00b", "a\nb", "a\tb", "a\x1b[31mb", "a\u200bb", "a\u202eb", "a\u2066b", "\ufeffa",
        "a\u00adb",
        "a\u200db", "a\u3164", "\u2800", "\u0301", "a\ufe0f", "\ue000", "a\u2028b", "a\U000e0041", "a\x7f",
        "A" * (LONGEST_ID + 1), "a\r\nSet-Cookie: x",
    ],
)  # fmt: skip
def test_what_nobody_sees_is_no_id_and_the_message_says_where(text: str) -> None:
    """Z36: control characters, zero width, direction overrides, lone marks, too long."""
    with pytest.raises(ValidationError) as refusal:
        TOKEN.validate_python(text)
    [error] = refusal.value.errors()
    if error["type"] == "value_error":
        said = error["ctx"]["error"].args[0]
        assert isinstance(said, Said)
        assert said.en.isascii()
        assert not said.zh.isascii()


@given(st.text(max_size=80))
def test_the_kept_form_is_stable_one_line_and_bounded(text: str) -> None:
    """Z36: what is kept is kept as it is when it comes again."""
    try:
        kept = written(text)
    except NotWritten:
        return
    assert written(kept) == kept == unicodedata.normalize("NFC", kept)
    assert len(kept) <= LONGEST_ID
    assert len(kept.encode()) <= 4 * LONGEST_ID
    assert not any(unicodedata.category(each) == "Cc" for each in kept)
    assert kept.splitlines() == [kept]


def test_articles_are_compared_without_case_and_tracking_numbers_without_blanks() -> None:
    """Z36."""
    assert same_code("Mug Blue") == same_code("MUG BLUE") != same_code("MUGBLUE")
    assert same_code("STRASSE-É") == same_code("straße-é")
    assert same_number("1Z 999 AA1 01 2345 6784") == same_number("1z-999-aa1-01-2345-6784") == "1Z999AA10123456784"
    assert same_number("ＳＦ１２３４") == "SF1234"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("1Z 999 AA1 01 2345 6784", "1Z999AA10123456784"),
        ("sf1234567890", "SF1234567890"),
        ("00-34/0430", "0034/0430"),
        ("RA 123 456 785 CN", "RA123456785CN"),
    ],
)
def test_a_tracking_number_is_taken_as_people_write_it(text: str, kept: str) -> None:
    """Z36."""
    assert TRACKING.validate_python(text) == kept


@pytest.mark.parametrize("text", ["abc", "----1", "no number yet", "1" * 41, "12\u202e345"])
def test_a_text_without_a_number_is_no_tracking_number(text: str) -> None:
    """Z36: the sentence of a customer who has none yet."""
    with pytest.raises(ValidationError):
        TRACKING.validate_python(text)


@pytest.mark.parametrize(
    ("tag", "kept", "language"),
    [
        ("zh-Hans-CN", "zh-Hans-CN", "zh-CN"),
        ("zh", "zh", "zh-CN"),
        ("zh-TW", "zh-TW", "zh-CN"),
        ("zh_CN", "zh-CN", "zh-CN"),
        ("ZH-hant-hk", "zh-Hant-HK", "zh-CN"),
        ("en-GB", "en-GB", "en"),
        ("en-US-u-hc-h12", "en-US-u-hc-h12", "en"),
        ("de-AT", "de-AT", "en"),
        ("zhx", "zhx", "en"),
        ("x-klingon", "x-klingon", "en"),
    ],
)
def test_a_language_is_looked_up_and_kept_as_it_was_asked_for(tag: str, kept: str, language: str) -> None:
    """Z36: RFC 4647, section 3.4."""
    assert TAG.validate_python(tag) == kept
    assert spoken(kept) == language


@pytest.mark.parametrize("tag", ["", "e", "english language", "en--GB", "en-", "1", "a" * 36])
def test_a_text_that_is_no_tag_is_refused(tag: str) -> None:
    """Z36."""
    assert tag_of(tag) is None


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("li@münchen.example", "li@xn--mnchen-3ya.example"),
        ("li@MÜNCHEN.example", "li@xn--mnchen-3ya.example"),
        ("li@例子.测试", "li@xn--fsqu00a.xn--0zwm56d"),
        ("li@example.com", "li@example.com"),
    ],
)
def test_a_domain_in_any_script_is_kept_as_mail_servers_know_it(address: str, kept: str) -> None:
    """Z36."""
    assert mailable(address) == kept
    assert EMAIL.validate_python(f" {address} ") == kept


@pytest.mark.parametrize("address", ["li@mün chen.example", "li@-ü-.example", "li@ü..example", "li@\u202eü.example"])
def test_a_domain_that_idna_refuses_is_refused(address: str) -> None:
    """Z36."""
    with pytest.raises(ValidationError):
        EMAIL.validate_python(address)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The lining is torn.", "en"),
        ("衬里破损。", "zh-CN"),
        ("拉链 YKK 5 号破损", "zh-CN"),
        ("襯裡破損", "zh-CN"),
        ("裏地が破れています", None),
        ("안감이 찢어졌습니다", None),
        ("Подкладка порвана", None),
        ("Das Futter ist zerrissen, müsste genäht werden", None),
        ("12 %", None),
        ("", None),
    ],
)
def test_z32_the_characters_show_in_which_language_of_ours_a_person_has_written(
    text: str, language: str | None
) -> None:
    """What they do not show is not claimed."""
    assert written_in(text) == language
