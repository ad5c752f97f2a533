"""Each list hears the words it is there for and leaves the harmless ones alone, in both languages (K05, N3.2 to N3.6).

`tests/data/replies/words.yaml` holds the words as people write them, apart from the lists: a phrase that is lost, or
spoilt by another, is a sentence to a customer that nobody looks at any more.
"""

from typing import Final

import pytest
import yaml

from service_notifications.domain.care.playbooks import playbook_match
from service_notifications.domain.care.reply_check import analysed_reply
from service_notifications.domain.care.reply_check.check_table import CHECKS
from service_notifications.domain.care.reply_check.reply_report import check_reply
from service_notifications.domain.care.text.folded_text import view_of
from service_notifications.domain.care.text.phrase_search import Hit, Scanner
from tests.norms.contexts import a_case
from tests.norms.measure import DATA

WORDS: Final[dict[str, dict[str, str]]] = yaml.safe_load((DATA / "words.yaml").read_text(encoding="utf-8"))
SCANNERS: Final[dict[str, Scanner]] = {
    lexicon.name: module.scanner()
    for module in (analysed_reply, playbook_match)
    for lexicon in module.LEXICONS
    if lexicon.phrases
}
HARMLESS: Final = [name for name, lines in WORDS.items() if "harmless" in lines]
SAID_EVEN_WHEN_DENIED: Final = {
    "jargon", "vague", "asking", "result", "because", "solution", "condition", "shipping", "we_pay", "slang",
    "rebuttal", "counter_offer", "segment",
}  # fmt: skip
"""Lists whose words mean the same behind a "not": a customer who is not told why the SKU is gone still reads "SKU"."""
_E1: Final = tuple(check for check in CHECKS if check.id == "E1")


def heard(name: str, text: str) -> list[Hit]:
    return list(SCANNERS[name].scan(view_of(text)).of(name))


def is_heard_whole(name: str, text: str) -> bool:
    whole = 0, len(view_of(text).plain)
    return any(hit.counts and (hit.start, hit.end) == whole for hit in heard(name, text))


def test_every_list_is_written_out_as_people_write_it() -> None:
    assert list(SCANNERS) == list(WORDS)
    assert {lexicon.name for lexicon in analysed_reply.LEXICONS if lexicon.shields} == set(HARMLESS)


@pytest.mark.parametrize("name", WORDS)
def test_every_expression_of_a_list_is_heard_whole(name: str) -> None:
    """Whole: what the agent is shown is the expression, not a shorter one inside it."""
    assert [text for text in WORDS[name]["found"].splitlines() if not is_heard_whole(name, text)] == []


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_sounds_like_an_expression_is_left_alone(name: str) -> None:
    """The word is there, so a list without the exception would raise a false alarm."""
    for text in WORDS[name]["harmless"].splitlines():
        assert heard(name, text), text
        assert not any(hit.counts for hit in heard(name, text)), text


@pytest.mark.parametrize("name", [lexicon.name for lexicon in analysed_reply.LEXICONS])
def test_a_word_that_is_denied_counts_only_where_denying_changes_nothing(name: str) -> None:
    chinese = next(text for text in WORDS[name]["found"].splitlines() if not text[0].isascii())
    english = next(text for text in WORDS[name]["found"].splitlines() if text[0].isascii() and text[0].isalpha())
    for text in (f"不是{chinese}", f"it is not {english}"):
        assert any(hit.counts for hit in heard(name, text)) is (name in SAID_EVEN_WHEN_DENIED), text


@pytest.mark.parametrize(
    ("word", "english", "chinese"),
    [
        ("RMA", "the return number", "退货编号"),
        ("SKU", "the style code on the tag", "款式编码"),
        ("工单", "your request", "您的申请"),
        ("流转", "passed on", "转给"),
        ("核销", "used", "已使用"),
        ("SLA", "our time limit", "处理时限"),
        ("妥投", "delivered", "已送达"),
        ("面单", "the courier's label", "快递单"),
        ("揽收", "picked up", "取件"),
        ("逆向物流", "sending it back", "寄回"),
        ("PSP", "the payment provider", "支付机构"),
        ("QC", "the check", "检查"),
        ("入库", "arrived at the warehouse", "到达仓库"),
        ("AWB", "the number on the courier's label", "快递单号"),
        ("UID", "your account name", "账号"),
        ("chargeback", "a payment taken back by the bank", "银行撤回的付款"),
        ("backlog", "waiting list", "等待处理的申请"),
        ("erp", "say what it means, in brackets", "用括号说明含义"),
    ],
)
def test_a_word_of_the_trade_comes_with_a_plain_one(word: str, english: str, chinese: str) -> None:
    """E1, N3.3, Q04."""
    (finding,) = check_reply(a_case(f"{word} 已更新。", "zh-CN"), _E1).findings
    assert (finding.words, finding.better.en, finding.better.zh) == (word, english, chinese)
