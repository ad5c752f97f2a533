"""Checks of secrets, proofs, channels and certificates (P1 to P3, Q1)."""

from typing import Final

import pytest

from service_notifications.domain.care.reply_check.finding import CriticalError
from service_notifications.domain.care.reply_check.reply_case import (
    Purpose,
    ReplyChannel,
    ReplySender,
)
from tests.norms.contexts import a_case
from tests.unit.notifications.care.reply_check.one_check import EN, ZH, by, lacks, words


@pytest.mark.parametrize(
    ("text", "pointed_at"),
    [
        ("卡号4111 1111 1111 1111", ["4111 1111 1111 1111"]),
        ("卡号4111 1111 1111 1112", []),
        ("证件11010519491231002X", ["11010519491231002X"]),
        ("证件110105194912310021", []),
        ("订单4111111111111111", ["4111111111111111"]),
        ("请把密码告诉我", ["密码"]),
        ("您的密码是多少？", ["密码"]),
    ],
)
def test_full_numbers_are_not_repeated(text: str, pointed_at: list[str]) -> None:
    """P1: check digits tell a card or an identity number from other numbers; a gate, compliance critical."""
    verdict = by("P1", a_case(text, ZH))
    assert [finding.words for finding in verdict.findings] == pointed_at
    assert all(finding.critical is CriticalError.COMPLIANCE for finding in verdict.findings)
    assert verdict.sendable is (not pointed_at)


CARDS: Final = (
    "5500000000000004", "6011000000000004", "378282246310005", "3530111333300000", "4999999999999996",
    "6211111111111115", "6222222222222225", "6233333333333335", "6244444444444445", "6255555555555558",
    "6266666666666668", "6277777777777778", "6288888888888888", "6299999999999998", "6222021234567890128",
)  # fmt: skip

IDENTITY: Final = (
    "110105194912310740", "110105194912314071", "110105194912314442", "110105194912310003", "110105194912312594",
    "110105194912312965", "110105194912313706", "110105194912311487", "110105194912311858", "110105194912315189",
    "11010519491231037X",
)  # fmt: skip


@pytest.mark.parametrize("number", CARDS + IDENTITY)
def test_every_check_digit_is_reckoned(number: str) -> None:
    """P1: Luhn and GB 11643; of its neighbours at most one passes, an identity number that could be a card."""
    assert words("P1", a_case(f"号码{number}。", ZH)) == [number]
    others = [number[:-1] + digit for digit in "0123456789" if digit != number[-1]]
    assert sum(bool(words("P1", a_case(f"号码{other}。", ZH))) for other in others) <= (number in IDENTITY)


@pytest.mark.parametrize(
    ("text", "pointed_at"),
    [
        ("4111-1111-1111-1111", ["4111-1111-1111-1111"]),
        ("4111 1111 1111 1111", ["4111 1111 1111 1111"]),
        ("A4111111111111111", []),
        ("4111111111111111a", []),
        ("1-4111111111111111", []),
        ("4111111111111111-1", []),
        ("41111111111111111111", []),
        ("a11010519491231002X", []),
        ("11010519491231002Xa", []),
        ("4222222222222", ["4222222222222"]),
        ("422222222222", []),
    ],
)
def test_a_card_is_a_number_by_itself(text: str, pointed_at: list[str]) -> None:
    """P1."""
    assert words("P1", a_case(f"号码:{text}。", ZH)) == pointed_at


def test_an_order_number_is_no_card() -> None:
    """P1."""
    assert words("P1", a_case("订单4111111111111111", ZH, order="4111111111111111")) == []


def test_proof_beyond_the_rule_is_not_asked_for() -> None:
    """P2: unknown without the rule's list."""
    assert lacks("P2", a_case("请提供照片。", ZH)) == ["evidence_allowed"]
    assert lacks("P2", a_case("好的。", ZH)) == []
    assert words("P2", a_case("请提供照片。", ZH, evidence_allowed=frozenset())) == ["照片"]


@pytest.mark.parametrize("channel", ReplyChannel)
def test_a_statutory_notice_is_sent_where_it_lasts(channel: ReplyChannel) -> None:
    """P3."""
    fleeting = channel in {ReplyChannel.CHAT, ReplyChannel.PHONE}
    for but in ({"purpose": Purpose.REFUSAL}, {"purpose": Purpose.COMPLAINT_DECISION}, {"statutory_notice": True}):
        assert bool(words("P3", a_case("好的。", ZH, channel=channel, **but))) is fleeting
    assert words("P3", a_case("好的。", ZH, channel=channel)) == []


@pytest.mark.parametrize(
    ("purpose", "scope"),
    [
        (Purpose.APPROVAL, "approve"),
        (Purpose.REFUSAL, "refuse"),
        (Purpose.REFUND, "refund"),
        (Purpose.COMPLAINT_DECISION, "decide_complaint"),
    ],
)
def test_who_decides_is_certified(purpose: Purpose, scope: str) -> None:
    """Q1, K12."""
    assert words("Q1", a_case("好的。", ZH, purpose=purpose, sender=ReplySender("x", scopes=frozenset({scope})))) == []
    assert words("Q1", a_case("好的。", ZH, purpose=purpose, sender=ReplySender("x", scopes=frozenset()))) == [""]
    assert lacks("Q1", a_case("好的。", ZH, purpose=purpose)) == ["sender.scopes"]
    assert words("Q1", a_case("好的。", ZH, sender=ReplySender("x", scopes=frozenset()))) == []


def test_a_question_about_the_secret_itself_is_asking() -> None:
    """P1."""
    assert words("P1", a_case("What exactly is the password?", EN)) == ["password"]
    assert words("P1", a_case("Have you forgotten the password?", EN)) == []
    assert words("P1", a_case("密码有多少位都可以。", ZH)) == []
