"""Runs one check on a case, and builds the cases that the tests of several checks share."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from service_notifications.domain.care.reply_check.check_table import CHECKS
from service_notifications.domain.care.reply_check.reply_case import (
    ApprovalFacts,
    ClosingFacts,
    DetectedFeeling,
    Feeling,
    LoggedPromise,
    Purpose,
    ReplyCase,
    Speaker,
    Turn,
)
from service_notifications.domain.care.reply_check.reply_report import ReplyReport, check_reply
from shared.kernel.errors import Language
from tests.norms.contexts import NOW, a_case, conversation

ZH: Final[Language] = "zh-CN"
EN: Final[Language] = "en"
BY_ID: Final = {check.id: check for check in CHECKS}


def by(check: str, case: ReplyCase) -> ReplyReport:
    return check_reply(case, (BY_ID[check],))


def words(check: str, case: ReplyCase) -> list[str]:
    """What the check points at; "" for what is absent."""
    return [finding.words for finding in by(check, case).findings]


def lacks(check: str, case: ReplyCase) -> list[str]:
    return [each.fact for each in by(check, case).unjudged]


def at(day: int, hour: int = 18) -> datetime:
    """A moment of this November; 31 is the first of December."""
    return NOW.replace(day=1, hour=hour) + timedelta(days=day - 1)


def first(text: str, language: Language, **but: Any) -> ReplyCase:
    return a_case(text, language, turns=conversation(language)[:1], **but)


def feeling(text: str, language: Language, feeling_: Feeling = Feeling.DISTRESS, **but: Any) -> ReplyCase:
    turns = (*conversation(language), Turn(Speaker.CUSTOMER, NOW - timedelta(minutes=1), "!"))
    return a_case(text, language, turns=turns, signals=(DetectedFeeling(feeling_, 2),), **but)


SIX: Final = ApprovalFacts(
    address="上海市青浦区华腾路1288号",
    contact="陈立",
    phone="021-5555 0101",
    shipping=("顺丰",),
    rma="RMA-7Q2K-X",
    customer_pays=False,
)
LETTER: Final = {
    "rma": "退货编号：RMA-7Q2K-X",
    "address": "地址：上海市青浦区华腾路 1288 号",
    "contact": "联系人：陈立",
    "phone": "电话：021-5555 0101",
    "shipping": "请选顺丰",
    "freight": "运费由我们承担",
}


def approval(but: str | None = None, facts: ApprovalFacts = SIX, **others: str) -> ReplyCase:
    parts = {**LETTER, **others}
    text = "\n".join(part for name, part in parts.items() if name != but)
    return a_case(text, ZH, purpose=Purpose.APPROVAL, approval=facts)


DUE: Final = at(24)
ROW: Final = LoggedPromise(id="P-12", owner="Anna", due=DUE, proof="call log", what="call_back")


def at_risk(text: str, due: datetime = DUE) -> ReplyCase:
    case = a_case(text, ZH)
    return replace(case, facts=replace(case.facts, promises=(replace(ROW, due=due, at_risk=True),)))


def closing(text: str, **but: Any) -> ReplyCase:
    return a_case(text, ZH, purpose=Purpose.CLOSING, **but)


REMINDED: Final = ClosingFacts(NOW - timedelta(days=3), timedelta(days=2), "https://r/1")
