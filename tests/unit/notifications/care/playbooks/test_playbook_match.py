"""The special cases of the standard: complete, recognised with reasons, and never a right less (N4, K11, R4)."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from service_notifications.domain.care.listening.promise import binding_promises
from service_notifications.domain.care.listening.signal import Signal, detect_signals
from service_notifications.domain.care.playbooks.playbook import (
    DefaultOutcome,
    Playbook,
    Remedy,
    SpecialCaseFacts,
    TimeLimit,
    TimeUnit,
    days,
    hours,
    working_days,
    working_hours,
)
from service_notifications.domain.care.playbooks.playbook_match import (
    OUTCOMES,
    REMEDIES,
    SIGNAL_NAMES,
    match_playbooks,
)
from service_notifications.domain.care.playbooks.playbook_table import PLAYBOOKS
from service_notifications.domain.care.text.folded_text import view_of
from service_notifications.domain.care.text.phrase_search import expand
from service_notifications.domain.care.text.phrase_set import phrases_of
from service_notifications.domain.care.text.time_context import TimeContext

BY_ID: Final = {playbook.id: playbook for playbook in PLAYBOOKS}
NOTHING: Final = SpecialCaseFacts()
SO: Final[dict[str, dict[str, Any]]] = {
    "is_past_window": {"days_past_window": 1},
    "is_opened_and_intact": {"opened": True, "intact": True},
    "missing_parts": {"missing_parts": ("charger",)},
    "is_part_of_promotion": {"promotion": True, "whole_order": False},
    "risk_flags": {"risk_flags": frozenset({"many_returns"})},
    "minor": {"buyer_age": 17},
    "is_repeated_complaint": {"complains_now": True, "earlier_complaints": 1},
    "is_unreachable": {"failed_attempts": 3},
}
NOT_SO: Final[list[dict[str, Any]]] = [
    {"days_past_window": 0},
    {"days_past_window": -3},
    {"opened": True},
    {"opened": True, "intact": False},
    {"promotion": True},
    {"buyer_age": 18},
    {"earlier_complaints": 2},
    {"complains_now": True},
    {"failed_attempts": 2},
]
FACTS: Final = """
    past-window:is_past_window no-receipt:no_proof opened-intact:is_opened_and_intact used:used
    parts-missing:missing_parts strange-item:strange_item empty-parcel:empty_parcel
    lost-on-way-back:lost_on_way_back,damaged_on_way_back damaged-at-dock:damaged_at_dock
    merchant-fault:merchant_fault safety:hazard not-to-be-resold:perishable_or_hygiene
    made-to-order:made_to_order large-installed:large_or_installed price-dropped:price_dropped
    promotion-part-return:is_part_of_promotion gift:gift payment-dead:payment_dead,abroad risk:risk_flags
    refused-delivery:refused_delivery going-public:public_complaint vulnerable:needs_care minor:minor
    force-majeure:force_majeure system-error:system_error legal-hold:legal_hold
    inspection-dispute:inspection_disputed repeated-complaint:is_repeated_complaint
    very-high-value:very_high_value unreachable:is_unreachable goodwill:good_cause
"""
"""Which fact calls for which case."""
TRIGGERS: Final = [
    (id_, fact) for id_, _, all_ in (each.partition(":") for each in FACTS.split()) for fact in all_.split(",")
]
ACCUSING: Final = (
    "恶意", "欺诈", "欺骗", "骗", "造假", "薅羊毛", "说谎", "撒谎", "滥用", "可疑", "怀疑", "不诚信", "故意",
    "fraud", "cheat", "abuse", "suspicious", "suspect", "dishonest", "lie", "lying", "fake", "pretend", "scam",
)  # fmt: skip


def ids(facts: SpecialCaseFacts, text: str = "") -> list[str]:
    return [found.playbook.id for found in match_playbooks(facts, view_of(text) if text else None)]


def test_the_28_cases_of_the_norms_are_there_and_what_n4_names_besides() -> None:
    """N4, K11."""
    assert [playbook.number for playbook in PLAYBOOKS] == list(range(1, 33))
    assert len(BY_ID) == len(PLAYBOOKS)


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: playbook.id)
def test_each_has_owner_clock_remedies_words_and_a_way_to_be_recognised(playbook: Playbook) -> None:
    """N4: each with owner, clock, allowed remedies and approval."""
    texts = [playbook.title, playbook.principle, playbook.handling, playbook.script]
    texts += [deadline.act for deadline in playbook.deadlines] + [trigger.why for trigger in playbook.triggers]
    texts += [playbook.never] if playbook.never else []
    for said in texts:
        assert said.en.strip()
        assert any("\u4e00" <= char <= "\u9fff" for char in said.zh)
        assert not any("\u4e00" <= char <= "\u9fff" for char in said.en.replace("暂行办法", ""))
    assert playbook.deadlines
    assert all(deadline.within.count > 0 for deadline in playbook.deadlines)
    assert playbook.remedies
    assert playbook.triggers or playbook.signals
    assert playbook.owner


@pytest.mark.parametrize(("id_", "fact"), TRIGGERS)
def test_each_fact_calls_for_its_playbook_and_says_why(id_: str, fact: str) -> None:
    """N4."""
    facts = replace(NOTHING, **SO.get(fact, {fact: True}))
    (found,) = match_playbooks(facts)
    (trigger,) = (each for each in BY_ID[id_].triggers if each.fact == fact)
    assert (found.playbook.id, found.why, found.certain) == (id_, (trigger.why,), True)


def test_no_other_fact_calls_for_a_case() -> None:
    called = [(playbook.id, trigger.fact) for playbook in PLAYBOOKS for trigger in playbook.triggers]
    assert called == TRIGGERS


@pytest.mark.parametrize("facts", NOT_SO, ids=str)
def test_less_than_that_calls_for_none(facts: dict[str, Any]) -> None:
    assert match_playbooks(replace(NOTHING, **facts)) == ()


def test_nothing_known_calls_for_nothing() -> None:
    assert match_playbooks(NOTHING) == ()
    assert match_playbooks(NOTHING, view_of("您好，请问退货地址是哪里？")) == ()


@pytest.mark.parametrize(
    ("text", "id_", "certain"),
    [
        ("充电宝冒烟了", "safety", True),
        ("The kettle gave me an electric shock", "safety", True),
        ("再不退款我就打12315", "going-public", False),
        ("我今年八十二岁", "vulnerable", False),
        ("You are an idiot", "abuse", False),
    ],
)
def test_what_is_heard_calls_for_its_playbook_and_quotes_the_words(text: str, id_: str, certain: bool) -> None:
    """N4: what only advises suggests; danger is certain."""
    (found,) = (each for each in match_playbooks(NOTHING, view_of(text)) if each.playbook.id == id_)
    (signal,) = found.playbook.signals
    words = next(each.words for each in detect_signals(view_of(text)) if each.signal is signal)
    assert found.certain is certain
    assert words in found.why[0].en
    assert words in found.why[0].zh


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("超期两天了，还能退吗", "past-window"),
        ("I missed the deadline by a day", "past-window"),
        ("小票丢了怎么办", "no-receipt"),
        ("I have lost the receipt", "no-receipt"),
        ("已经拆封了可以退吗", "opened-intact"),
        ("I opened the box yesterday", "opened-intact"),
        ("穿过两次，开线了", "used"),
        ("I wore it once", "used"),
        ("赠品丢了", "parts-missing"),
        ("我寄错了，寄成别的鞋子", "strange-item"),
        ("Sorry, I sent back the wrong item", "strange-item"),
        ("物流把我的退货弄丢了", "lost-on-way-back"),
        ("My parcel was lost in transit", "lost-on-way-back"),
        ("你们发错颜色了", "merchant-fault"),
        ("The vase arrived broken", "merchant-fault"),
        ("牛奶变质了", "not-to-be-resold"),
        ("刻字的戒指能退吗", "made-to-order"),
        ("It is an engraved ring", "made-to-order"),
        ("柜子已经安装好了", "large-installed"),
        ("刚买就降价了，能价保吗", "price-dropped"),
        ("Do you have price protection?", "price-dropped"),
        ("满减的订单只退一件", "promotion-part-return"),
        ("朋友送的礼物，不合适", "gift"),
        ("I got it as a gift", "gift"),
        ("我的卡注销了", "payment-dead"),
        ("My card expired last month", "payment-dead"),
        ("我拒收了包裹", "refused-delivery"),
        ("孩子偷偷用我手机买的", "minor"),
        ("My son ordered it without asking", "minor"),
        ("这边台风，快递停运", "force-majeure"),
        ("系统重复扣款了", "system-error"),
        ("I was charged twice", "system-error"),
        ("我是继承人，办理遗产", "legal-hold"),
        ("验收结果我不认可", "inspection-dispute"),
        ("I disagree with the inspection", "inspection-dispute"),
    ],
)
def test_the_customers_words_suggest_a_playbook(text: str, id_: str) -> None:
    """N4."""
    (found,) = (each for each in match_playbooks(NOTHING, view_of(text)) if each.playbook.id == id_)
    assert not found.certain
    assert found.why[0].en.startswith("The customer wrote “")


@pytest.mark.parametrize("text", ["没有重复扣款", "I was not charged twice", "您说“系统重复扣款了”"])
def test_words_that_are_denied_or_quoted_suggest_none(text: str) -> None:
    assert "system-error" not in ids(NOTHING, text)


def test_the_most_pressing_comes_first_and_each_once() -> None:
    """N4."""
    facts = replace(NOTHING, days_past_window=2, hazard=True, needs_care=True)
    found = ids(facts, "冒烟了，我八十岁，还被烫伤，再不管我就找媒体曝光")
    assert found == ["safety", "going-public", "vulnerable", "past-window"]


def test_a_certain_one_comes_before_a_suggested_one_as_urgent() -> None:
    assert ids(replace(NOTHING, made_to_order=True), "小票丢了") == ["made-to-order", "no-receipt"]


def test_reasons_of_all_kinds_are_told_together() -> None:
    (found,) = match_playbooks(replace(NOTHING, hazard=True), view_of("充电宝冒烟了"))
    assert len(found.why) == 2


def test_nothing_in_a_case_says_who_the_customer_is() -> None:
    """R4: no right depends on region, sex, age beyond a minor's, spending or segment."""
    names = {field.name for field in fields(SpecialCaseFacts)}
    for word in ("segment", "vip", "gender", "sex", "region", "spend", "tier", "nationality", "name"):
        assert not any(word in name.split("_") for name in names)


@pytest.mark.parametrize("id_", ["risk", "going-public", "abuse", "vulnerable"])
def test_who_is_difficult_or_loud_has_the_rights_of_everybody(id_: str) -> None:
    """R4, 19, 21, 23: the three remedies of every case stay on the list; the handling says so."""
    playbook = BY_ID[id_]
    assert Remedy.REFUND in playbook.remedies
    assert Remedy.REPAIR in playbook.remedies
    assert playbook.never is not None
    if id_ != "vulnerable":
        assert any(word in playbook.handling.en for word in ("rights", "any other customer"))
        assert any(word in playbook.handling.zh for word in ("权利", "与其他客户一致"))


def test_risk_lowers_no_right_that_another_playbook_gives() -> None:
    """R4, 19: the same facts with and without a risk flag have the same other playbooks."""
    facts = replace(NOTHING, merchant_fault=True, days_past_window=1)
    flagged = replace(facts, risk_flags=frozenset({"many_returns"}))
    assert set(ids(flagged)) - set(ids(facts)) == {"risk"}
    assert set(ids(facts)) < set(ids(flagged))


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: playbook.id)
def test_no_opening_accuses_promises_or_hurries(playbook: Playbook) -> None:
    """19, H1, E3: no accusation, no promise that nobody logged, no danger that is not there."""
    for text in playbook.script:
        words = set(text.lower().replace(".", " ").replace(",", " ").split())
        assert not any(word in text if not word.isascii() else word in words for word in ACCUSING)
        assert (
            binding_promises(view_of(text), TimeContext(datetime(2026, 11, 24, tzinfo=UTC), ZoneInfo("Asia/Shanghai")))
            == ()
        )
        assert not {each.signal for each in detect_signals(view_of(text))} & {
            Signal.ANGER,
            Signal.ABUSE,
            Signal.GOING_PUBLIC,
        }


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: playbook.id)
def test_every_opening_greets_in_the_language_it_is_in(playbook: Playbook) -> None:
    """G2, E2: greeted at once; Chinese sentences of at most 40 characters, English ones of 20 words on average."""
    assert playbook.script.zh.startswith("您好")
    assert playbook.script.en.startswith("Hello")
    assert max(map(len, playbook.script.zh.replace("？", "。").split("。"))) <= 40
    sentences = [each for each in playbook.script.en.replace("?", ".").split(".") if each.strip()]
    assert sum(len(each.split()) for each in sentences) / len(sentences) <= 20
    assert "你" not in playbook.script.zh


NORMS: Final = """
past-window           person_decides   agent+supervisor      normal  1wd repair exchange goodwill
no-receipt            ask_then_person  agent                 normal  1wd refund exchange store_credit
opened-intact         accept           agent                 normal  1wd refund exchange
used                  offer            agent+supervisor      normal  1wd 7d part_refund send_back goodwill
parts-missing         ask_then_accept  agent                 normal  1wd 5d refund part_refund
strange-item          hold             warehouse             normal  4wh 1wd send_back refund
empty-parcel          person_decides   supervisor+supervisor normal  1wd 3wd refund send_back
lost-on-way-back      pay_then_claim   agent                 normal  1wd 3wd refund replacement
damaged-at-dock       pay_then_claim   warehouse             normal  24h refund replacement
merchant-fault        accept           agent                 normal  1wd replacement refund repair compensation
safety                hold             supervisor+supervisor at_once 1h 4h returnless_refund compensation pick_up
not-to-be-resold      returnless       agent                 normal  1wd returnless_refund replacement
made-to-order         person_decides   agent+supervisor      normal  1wd repair replacement goodwill
large-installed       person_decides   agent                 normal  2wd repair replacement refund pick_up
price-dropped         price_difference agent                 normal  1wd price_difference refund
promotion-part-return ask_then_person  agent                 normal  1wd refund part_refund
gift                  accept           agent                 normal  1wd store_credit exchange refund
payment-dead          hold             finance+finance       normal  1wd 3wd refund store_credit
risk                  person_decides   supervisor+supervisor normal  1wd refund exchange repair
refused-delivery      ask_then_person  agent                 normal  1wd 7d refund replacement
going-public          as_ever          supervisor+supervisor at_once 2h 12h 24h refund replacement repair compensation
vulnerable            as_ever          agent                 today   4wh refund replacement repair pick_up goodwill
abuse                 as_ever          supervisor            today   2wh refund replacement repair
minor                 person_decides   supervisor+supervisor normal  1wd 3wd refund
force-majeure         extend           supervisor            normal  1wd refund replacement
system-error          pay_then_claim   finance               today   1wd 2wd refund compensation
legal-hold            hold             finance+finance       today   4wh 2wd refund
inspection-dispute    hold             supervisor+supervisor normal  2wd 7wd refund part_refund send_back
repeated-complaint    person_decides   supervisor+supervisor today   4wh 2wd refund replacement repair compensation
very-high-value       person_decides   supervisor+supervisor normal  1wd refund replacement repair
unreachable           as_ever          agent                 normal  3wd 5wd refund send_back
goodwill              person_decides   agent+supervisor      normal  1wd goodwill store_credit
"""
"""Name, default, owner and who approves, urgency, deadlines (h hours, d days, w worked ones), remedies."""
LETTERS: Final = {"h": TimeUnit.HOURS, "wh": TimeUnit.WORKING_HOURS, "d": TimeUnit.DAYS, "wd": TimeUnit.WORKING_DAYS}


@pytest.mark.parametrize(("playbook", "row"), list(zip(PLAYBOOKS, NORMS.strip().splitlines(), strict=True)))
def test_each_case_is_handled_as_the_norms_say(playbook: Playbook, row: str) -> None:
    """N4, 6.4: the default, who owns and who approves it, its clocks, what may be offered."""
    id_, default, who, urgency, *rest = row.split()
    clocks = [word for word in rest if word[0].isdigit()]
    owner, _, approval = who.partition("+")
    assert (playbook.id, playbook.default) == (id_, default)
    assert (playbook.owner, playbook.approval or "") == (owner, approval)
    assert playbook.urgency.name.lower() == urgency
    assert [(each.within.count, each.within.unit) for each in playbook.deadlines] == [
        (int(clock.rstrip("hdw")), LETTERS[clock.lstrip("0123456789")]) for clock in clocks
    ]
    assert list(playbook.remedies) == rest[len(clocks) :]


@pytest.mark.parametrize(("count", "within"), [(90, hours(90)), (90, working_hours(90))])
def test_hours_press_by_the_hour(count: int, within: TimeLimit) -> None:
    assert within.at_least == timedelta(hours=count)


@pytest.mark.parametrize("within", [days(3), working_days(3)])
def test_days_press_by_the_day(within: TimeLimit) -> None:
    assert within.at_least == timedelta(days=3)


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: playbook.id)
def test_what_is_due_first_is_told_first(playbook: Playbook) -> None:
    times = [deadline.within.at_least for deadline in playbook.deadlines]
    assert times == sorted(times)


@pytest.mark.parametrize(
    "phrase", [phrase for each in PLAYBOOKS for phrase in phrases_of(each.words.zh + "\n" + each.words.en)]
)
def test_every_phrase_can_be_read(phrase: str) -> None:
    for form in expand(phrase.removeprefix("!")):
        assert form
        assert not set("()|") & set(form)


def test_every_word_of_the_tables_is_named_in_both_languages() -> None:
    for table, kinds in ((OUTCOMES, DefaultOutcome), (REMEDIES, Remedy), (SIGNAL_NAMES, Signal)):
        assert set(table) == set(kinds)
        assert all(said.en and said.zh for said in table.values())
    assert {playbook.default for playbook in PLAYBOOKS} == set(DefaultOutcome)
