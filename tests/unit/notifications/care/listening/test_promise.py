"""Promises in an agent's words: owner, act, due moment, and whether it binds (H1, N3.4, K04)."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from service_notifications.domain.care.listening.promise import (
    Promise,
    PromiseModality,
    PromiseOwner,
    PromiseParty,
    binding_promises,
    utterances,
)
from service_notifications.domain.care.listening.promise_patterns import PromisedAction
from service_notifications.domain.care.text.folded_text import view_of
from service_notifications.domain.care.text.stated_moment import DueSource
from service_notifications.domain.care.text.time_context import TimeContext
from tests.norms.readings import reread, sections

ZONE: Final = ZoneInfo("Asia/Shanghai")
NOW: Final = TimeContext(datetime(2026, 11, 24, 10, 30, tzinfo=ZONE), ZONE)
"""A Tuesday morning."""
ME: Final = PromiseOwner(PromiseParty.ME)
WE: Final = PromiseOwner(PromiseParty.WE)


def made(text: str) -> tuple[Promise, ...]:
    return binding_promises(view_of(text), NOW)


def due(promise: Promise) -> str | None:
    return promise.due.astimezone(ZONE).strftime("%m-%d %H:%M") if promise.due else None


PROMISES: Final = [
    ("我今天18点前给您回电。", ME, PromisedAction.CALL_BACK, "11-24 18:00"),
    ("我保證明天下午三點前回覆您。", ME, PromisedAction.REPLY, "11-25 15:00"),
    ("我们明天上午为您安排退款。", WE, PromisedAction.REFUND, "11-25 12:00"),
    ("退款本周内处理完毕，请您放心。", WE, PromisedAction.REFUND, "11-27 18:00"),
    ("３个工作日内我们会把钱退回您的原支付账户。", WE, PromisedAction.REFUND, "11-27 18:00"),
    ("三天内给您寄出替换件。", WE, PromisedAction.SHIP, "11-27 18:00"),
    (
        "仓库将于11月24日18:00前发出新商品。",
        PromiseOwner(PromiseParty.OTHER, "仓库"),
        PromisedAction.SHIP,
        "11-24 18:00",
    ),
    ("主管将在两小时内致电给您。", PromiseOwner(PromiseParty.OTHER, "主管"), PromisedAction.CALL_BACK, "11-24 12:30"),
    ("今晚8点前我把退货标签发到您的邮箱。", ME, PromisedAction.SEND, "11-24 20:00"),
    ("我这边半小时后给您打过去。", ME, PromisedAction.CALL_BACK, "11-24 11:00"),
    ("您后天会收到款项。", WE, PromisedAction.REFUND, "11-26 18:00"),
    ("师傅周五上午上门取件。", PromiseOwner(PromiseParty.OTHER, "师傅"), PromisedAction.PICK_UP, "11-27 12:00"),
    ("我帮您查询一下，请稍等。", ME, PromisedAction.CHECK, None),
    ("我保证一定给您退。", ME, PromisedAction.REFUND, None),
    ("I will call you back by 6 pm today.", ME, PromisedAction.CALL_BACK, "11-24 18:00"),
    ("We'll refund you within two business days.", WE, PromisedAction.REFUND, "11-26 18:00"),
    ("You will hear from me by Friday noon.", WE, PromisedAction.REPLY, "11-27 12:00"),
    (
        "Our warehouse will ship the new lamp by 26 November.",
        PromiseOwner(PromiseParty.OTHER, "our warehouse"),
        PromisedAction.SHIP,
        "11-26 18:00",
    ),
    ("We will let you know by end of day.", WE, PromisedAction.REPLY, "11-24 18:00"),
    ("Your refund will be issued within 3 working days.", WE, PromisedAction.REFUND, "11-27 18:00"),
    ("Expect my call at 5pm.", ME, PromisedAction.CALL_BACK, "11-24 17:00"),
    ("You'll have your money back by Friday.", WE, PromisedAction.REFUND, "11-27 18:00"),
    ("I'll be in touch.", ME, PromisedAction.REPLY, None),
    ("You will have the result by 18:00 on 25 November.", WE, PromisedAction.REPLY, "11-25 18:00"),
    (
        "Our finance team checks it by 18:00 on 25 November.",
        PromiseOwner(PromiseParty.OTHER, "our finance team"),
        PromisedAction.CHECK,
        "11-25 18:00",
    ),
    ("I will write again by 1 December, 18:00.", ME, PromisedAction.REPLY, "12-01 18:00"),
    ("檢查結果11月25日18:00前通知您。", WE, PromisedAction.REPLY, "11-25 18:00"),
    ("I am calling the courier now.", ME, PromisedAction.CHECK, None),
    ("Please don't worry, I will take care of it.", ME, PromisedAction.ARRANGE, None),
]


@pytest.mark.parametrize(("text", "owner", "action", "moment"), PROMISES)
def test_a_promise_has_an_owner_an_act_and_a_due_moment(
    text: str, owner: PromiseOwner, action: PromisedAction, moment: str | None
) -> None:
    """H1, N3.4."""
    (promise,) = made(text)
    assert (promise.owner, promise.action, due(promise), promise.modality) == (
        owner,
        action,
        moment,
        PromiseModality.PROMISED,
    )


def test_a_sentence_can_promise_twice() -> None:
    """H1."""
    one, other = made("我这就去跟仓库核实，下午给您回话。")
    assert (one.action, one.due_source, one.due) == (PromisedAction.CHECK, DueSource.VAGUE, None)
    assert (other.action, due(other)) == (PromisedAction.REPLY, "11-24 18:00")
    both = made("I am going to check with the carrier and e-mail you in half an hour.")
    assert [(each.action, due(each)) for each in both] == [
        (PromisedAction.CHECK, "11-24 11:00"),
        (PromisedAction.REPLY, "11-24 11:00"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "我会给您回电，时间是明天下午3点。",
        "明天下午3点，我会给您回电。",
        "I will call you back, tomorrow at 3pm.",
        "Tomorrow at 3pm, I will call you back.",
    ],
)
def test_a_time_beside_a_comma_belongs_to_the_act(text: str) -> None:
    """H1."""
    (promise,) = made(text)
    assert (promise.action, due(promise)) == (PromisedAction.CALL_BACK, "11-25 15:00")


def test_who_is_only_asked_promises_nothing() -> None:
    """It is we who ask the warehouse."""
    (promise,) = made("明天跟仓库核实。")
    assert (promise.owner, promise.action) == (WE, PromisedAction.CHECK)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("如果仓库今天收到，我明天就为您退款。", "11-25 18:00"),
        ("收到商品后，我们会在24小时内为您退款。", None),
        ("我们会在验收后1个工作日内告知结果。", None),
        ("一经核实，立即全额退款。", None),
        ("我们在您提交后3天内给您答复。", None),
        ("我可以为您申请补偿。", None),
        ("If the warehouse confirms, we'll refund you tomorrow.", "11-25 18:00"),
        ("Once we receive the parcel, we will refund you within 3 days.", None),
        ("We shall inform you within one business day of receipt.", None),
        ("We can refund you today.", "11-24 18:00"),
    ],
)
def test_a_condition_is_said_and_its_time_is_not_counted_from_now(text: str, moment: str | None) -> None:
    """H1: it binds, but nobody knows yet from when on "within three days" counts."""
    (promise,) = made(text)
    assert (promise.modality, due(promise), promise.binds) == (PromiseModality.CONDITIONAL, moment, True)


NO_PROMISE: Final = [
    ("我不能保证明天到账。", PromiseModality.NEGATED),
    ("今天我们无法为您退款。", PromiseModality.NEGATED),
    ("We will not be able to refund you before Friday.", PromiseModality.NEGATED),
    ("需要我明天给您回电吗？", PromiseModality.ASKED),
    ("我明天给您回电可以吗", PromiseModality.ASKED),
    ("Shall I call you back tomorrow, or will we e-mail you?", PromiseModality.ASKED),
    ("您说“明天我们一定给您退款”，我理解。", PromiseModality.QUOTED),
    ("You wrote: “we will refund you today”.", PromiseModality.QUOTED),
]


@pytest.mark.parametrize(("text", "mood"), NO_PROMISE)
def test_what_is_denied_asked_or_quoted_binds_nobody(text: str, mood: PromiseModality) -> None:
    """H1."""
    assert made(text) == ()
    assert {each.modality for each in utterances(view_of(text), NOW)} <= {mood}


@pytest.mark.parametrize("text", [text for text, mood in NO_PROMISE if mood is not PromiseModality.QUOTED])
def test_they_are_seen_all_the_same(text: str) -> None:
    assert utterances(view_of(text), NOW)


@pytest.mark.parametrize(
    "text",
    [
        "请您在11月24日18:00前寄出商品。",
        "您的退款已于昨天到账。",
        "您可以在30天内提出异议。",
        "客户要求我们今天退款。",
        "物流显示明天送达。",
        "我昨天给您打过电话。",
        "上次我们说过三天内退款，没有做到，非常抱歉。",
        "We can confirm that your parcel has arrived.",
        "I will note that the label was sent.",
        "Please send the parcel by 24 November.",
        "You can object within 30 days.",
        "I have sent the label this morning.",
        "We are open from 9 to 6.",
    ],
)
def test_what_others_do_and_what_is_done_is_no_promise(text: str) -> None:
    assert utterances(view_of(text), NOW) == ()


def test_a_promise_for_an_hour_that_has_passed_is_impossible() -> None:
    """H1: "today by nine" at half past ten."""
    (promise,) = made("我今天上午9点前给您回电。")
    assert promise.impossible


def test_an_uncertain_reading_is_marked() -> None:
    (promise,) = made("我周五前给您答复。")
    assert (due(promise), promise.ambiguous) == ("11-26 18:00", True)


def test_words_are_the_writers_own() -> None:
    """The span leads back into the text as it was written, full-width and traditional."""
    text = "您好！我們將於２４小時內聯繫您。"
    (promise,) = made(text)
    assert promise.words == text[promise.span.start : promise.span.end] == "２４小時內聯繫您"


READINGS: Final = sections("promises")


def told(text: str) -> str:
    """Every utterance of a text: its words, who, what, in which mood, when it is due and with what doubts."""
    return " + ".join(map(_told, utterances(view_of(text), NOW)))


def _told(promise: Promise) -> str:
    facts: list[str] = [promise.owner.named or promise.owner.party, promise.action, promise.modality]
    facts += [moment for moment in [due(promise)] if moment]
    facts += [promise.due_source] if promise.due_source not in {DueSource.NONE, DueSource.RESOLVED} else []
    facts += [each for each in ("ambiguous", "impossible") if getattr(promise, each)]
    return f"{promise.words}: {', '.join(facts)}"


@pytest.mark.parametrize("heading", READINGS)
def test_every_way_to_promise_is_understood(heading: str) -> None:
    """H1, N3.4: each verb, owner, degree of certainty, denial, question and condition."""
    assert reread(READINGS[heading], told) == READINGS[heading]


PIECES: Final = st.sampled_from(
    [text for text, *_ in PROMISES + NO_PROMISE] + ["您好。", "Hello.", "，", "; ", "\n", "?", "“", "”", "😡", " but "]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=10)), max_size=8))
def test_places_lie_in_the_text_and_dues_are_ahead(pieces: list[str]) -> None:
    text = "".join(pieces)
    for promise in utterances(view_of(text), NOW):
        assert 0 <= promise.span.start < promise.span.end <= len(text)
        if promise.due is not None:
            assert promise.due.tzinfo is UTC
            assert promise.impossible == (promise.due < NOW.at)


@given(st.sampled_from(PROMISES), st.sampled_from(["您好。", "感谢您的耐心等待。", "Hello, thank you. ", "😊\n"]))
def test_a_greeting_before_it_changes_nothing(
    row: tuple[str, PromiseOwner, PromisedAction, str | None], greeting: str
) -> None:
    text, owner, action, moment = row
    (promise,) = made(greeting + text)
    assert (promise.owner, promise.action, due(promise)) == (owner, action, moment)
