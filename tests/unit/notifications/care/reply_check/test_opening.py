"""Checks of the form of address, the greeting and the register (G1 to G3, N3.1)."""

from service_notifications.domain.care.reply_check.reply_case import (
    ReplySender,
)
from tests.norms.contexts import a_case
from tests.unit.notifications.care.reply_check.one_check import EN, ZH, by, first, words


def test_the_stored_address_is_in_the_first_message() -> None:
    """G1, N3.1, K10."""
    assert words("G1", first("您好，我是小林。", ZH)) == [""]
    assert words("G1", first("王女士，您好，我是小林。", ZH)) == []
    assert words("G1", first("王女士，您好。", ZH, address_as=None)) == ["女士"]
    assert words("G1", first("您好。", ZH, address_as=None)) == []
    assert words("G1", a_case("亲，收到", ZH, brand_names=("亲",))) == []
    assert words("G1", first("Hello, this is Anna.", EN)) == [""]
    assert words("G1", first("Dear Ms Wang, this is Anna.", EN)) == []
    assert words("G1", first("Dear Mr Wang, this is Anna.", EN)) == ["", "Mr"]


def test_the_greeting_is_at_the_very_beginning() -> None:
    """G2: within 30 characters in Chinese, in the first sentence in English, and only in the first message."""
    assert words("G2", first("您" * 28 + "，您好，我是小林。", ZH)) == [""]
    assert words("G2", a_case("已登记。", ZH)) == []
    assert words("G2", first("Dear Ms Wang,\nThis is Anna from returns.", EN)) == []


def test_who_speaks_may_be_said_by_name_alone() -> None:
    """G2."""
    assert words("G2", first("您好，小林。", ZH)) == []
    assert words("G2", first("您好，小陈。", ZH)) == [""]
    assert words("G2", first("您好。", ZH, sender=ReplySender())) == [""]
    (nobody,) = by("G2", first("我是小林。", ZH)).findings
    assert "greeting" in nobody.says.en
    assert "who" not in nobody.says.en
    long = "Hello, and many thanks for your message about the jacket. This is Anna."
    assert words("G2", first(long, EN)) == [""]


def test_a_word_that_only_looks_like_an_address_is_none() -> None:
    """G1."""
    assert words("G1", a_case("Dear customer, it is here.", EN)) == []
    assert words("G1", a_case("Hello dear, it is here.", EN)) == ["dear"]
    assert words("G1", a_case("Dear Sir or Madam, it is here.", EN, address_as=None)) == []
    assert words("G1", a_case("Thank you, sir.", EN)) == ["sir"]
    assert words("G1", a_case("您好。女士", ZH, address_as=None)) == ["女士"]


def test_slang_and_register_are_told_apart() -> None:
    """G3."""
    assert by("G3", a_case("你好", ZH)).findings[0].better.zh == "您"
    assert by("G3", a_case("Yeah.", EN)).findings[0].better.zh != "您"
