"""A case whose facts are all unknown."""

from dataclasses import replace

from service_notifications.domain.care.reply_check.reply_case import (
    ReplyFacts,
)
from service_notifications.domain.care.reply_check.reply_report import check_reply
from tests.norms.contexts import a_case
from tests.unit.notifications.care.reply_check.one_check import (
    EN,
    ZH,
)


def test_facts_may_all_be_unknown() -> None:
    """Nothing is guessed when nothing is known, and nothing breaks."""
    for language in (ZH, EN):
        case = a_case("退款85元，11月27日到账，依据第3.2条。", language)
        verdict = check_reply(replace(case, facts=ReplyFacts(), promises=None, signals=None))
        assert {each.check for each in verdict.unjudged} >= {"H1", "L3", "C1", "C4", "E3", "E8", "H2", "H5"}
