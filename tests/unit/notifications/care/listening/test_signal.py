"""A customer's state is heard in both languages, with strength and place (C1, C4, L3, K1, N3.5, K06)."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

import pytest
from hypothesis import given, strategies as st

from service_notifications.domain.care.listening.signal import (
    FAINT,
    LEXICONS,
    MEANINGS,
    STRONG,
    DetectedSignal,
    Signal,
    SignalEffect,
    detect_signals,
    strongest,
)
from service_notifications.domain.care.listening.signal_phrases import (
    ABUSE,
    ANGER,
    COMPLAINT,
    DISTRESS,
    GOING_PUBLIC,
    SAFETY,
    VULNERABLE,
)
from service_notifications.domain.care.text.folded_text import view_of
from service_notifications.domain.care.text.phrase_search import Lexicon, expand
from service_notifications.domain.care.text.phrase_set import PhraseSet, phrases_of
from tests.norms.readings import reread, sections
from tests.norms.signals import CHECKS, LANGUAGES, Row, finds, judged, later, measure, sentences

TABLES: Final[Mapping[Signal, Mapping[Any, PhraseSet]]] = {
    Signal.ANGER: ANGER,
    Signal.DISTRESS: DISTRESS,
    Signal.SAFETY: SAFETY,
    Signal.GOING_PUBLIC: GOING_PUBLIC,
    Signal.COMPLAINT: COMPLAINT,
    Signal.VULNERABLE: VULNERABLE,
    Signal.ABUSE: ABUSE,
}
CLAUSES: Final = dict(zip(Signal, ["C1", "L3", "C4", "N4", "K1", "N4", "N4"], strict=True))
ENOUGH: Final = 20
TUNED: Final = 0.95
HELD_OUT: Final = 0.85
UNSEEN: Final = 0.6
"""Less than this of precision or recall is a fault of the lists."""


def heard(text: str, signal: Signal) -> tuple[DetectedSignal, ...]:
    return tuple(each for each in detect_signals(view_of(text)) if each.signal is signal)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("check", CHECKS)
def test_every_list_has_enough_sentences_of_both_kinds(check: str, language: str) -> None:
    said = sentences(check, language)
    assert sum(each.there for each in said) >= ENOUGH
    assert sum(not each.there for each in said) >= ENOUGH
    assert len({each.text for each in said}) == len(said)
    assert 3 * sum(each.held_out for each in said) == len(said)


@pytest.mark.parametrize(
    "row", [row for row in measure() if "unseen" not in row.check], ids=lambda row: f"{row.check}-{row.language}"
)
def test_what_is_heard_is_there_and_what_is_there_is_heard(row: Row) -> None:
    """K06, K1, C4: the figures of the norms, and what they may not fall below."""
    least = HELD_OUT if "held out" in row.check else TUNED
    assert row.precision >= least
    assert row.recall >= least


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_what_nobody_tuned_on_most_is_heard_and_danger_nearly_always(language: str) -> None:
    """C4: in all seven signals and promises together, and of danger alone."""
    finds_of = [(finds(check), each) for check in CHECKS for each in later("unseen", check, language)]
    answers = [(find(each.text), each.there) for find, each in finds_of]
    right, alarms, missed = (answers.count(pair) for pair in ((True, True), (True, False), (False, True)))
    assert right / (right + alarms) >= TUNED
    assert right / (right + missed) >= UNSEEN
    danger = judged("safety", language, later("unseen", "safety", language), "safety")
    assert min(danger.precision, danger.recall) >= 0.8


def test_the_measure_counts_what_is_wrong() -> None:
    wrong = [each._replace(there=not each.there) for each in sentences("anger", "zh")]
    row = judged("anger", "zh", wrong, "anger")
    assert (row.precision, row.recall) == (0, 0)


@pytest.mark.parametrize(
    ("text", "signal", "strength"),
    [
        ("你们太过分了！", Signal.ANGER, STRONG),
        ("我很生气", Signal.ANGER, 2),
        ("还没到!!!", Signal.ANGER, FAINT),
        ("WHY IS NOBODY ANSWERING MY CALLS", Signal.ANGER, FAINT),
        ("I am furious", Signal.ANGER, STRONG),
        ("真的很失望", Signal.DISTRESS, STRONG),
        ("有点失望", Signal.DISTRESS, 2),
        ("I will call my lawyer", Signal.GOING_PUBLIC, STRONG),
        ("差评", Signal.GOING_PUBLIC, 0),
        ("我要给你们打差评", Signal.GOING_PUBLIC, 2),
        ("我要投诉", Signal.COMPLAINT, STRONG),
        ("I am unhappy with it", Signal.COMPLAINT, 2),
    ],
)
def test_strength_tells_a_little_from_a_lot(text: str, signal: Signal, strength: int) -> None:
    assert strongest(detect_signals(view_of(text)), signal) == strength


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("充电宝起火了", "fire"),
        ("插座漏电", "electric"),
        ("孩子手被割伤", "injury"),
        ("宝宝误吞了纽扣电池", "ingestion"),
        ("全身过敏", "allergy"),
        ("食物中毒", "poison"),
        ("我不想活了", "self_harm"),
        ("小心我找到你", "threat"),
        ("it caught fire", "fire"),
        ("I got an electric shock", "electric"),
        ("she was injured", "injury"),
        ("he swallowed the battery", "ingestion"),
        ("an allergic reaction", "allergy"),
        ("we got food poisoning", "poison"),
        ("I want to kill myself", "self_harm"),
        ("I know where you live", "threat"),
    ],
)
def test_danger_is_heard_by_kind_at_full_strength_and_decides(text: str, topic: str) -> None:
    """C4."""
    found = heard(text, Signal.SAFETY)
    assert topic in {each.topic for each in found}
    assert {(each.strength, each.force) for each in found} == {(STRONG, SignalEffect.DECIDES)}


def test_everything_else_only_advises() -> None:
    """N1: never block by a sign of mood."""
    assert {signal for signal in Signal if MEANINGS[signal].force is SignalEffect.DECIDES} == {Signal.SAFETY}


@pytest.mark.parametrize(
    "text",
    [
        "没有人受伤",
        "并没有着火",
        "nobody was hurt",
        "there were no injuries",
        "without any injury",
        "这款不会过敏",
        "会不会漏电？",
    ],
)
def test_danger_that_is_denied_or_only_asked_about_is_none(text: str) -> None:
    assert heard(text, Signal.SAFETY) == ()


@pytest.mark.parametrize(
    "text",
    [
        "幸好没人受伤，但是充电器着火了",
        "Luckily nobody was hurt when it caught fire",
        "I could not stop it, it exploded",
        "医生说“二级烫伤”",
        'the doctor wrote "allergic reaction"',
        "我不知道为什么它冒烟",
    ],
)
def test_danger_is_not_talked_away_by_a_denial_of_something_else_or_by_quotation_marks(text: str) -> None:
    """C4: missing one is worse than hearing one too many."""
    assert heard(text, Signal.SAFETY)


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("我没有生气", Signal.ANGER),
        ("I'm not angry", Signal.ANGER),
        ("您说“我很生气”，现在好些了吗", Signal.ANGER),
        ("不是要投诉", Signal.COMPLAINT),
        ("I have no complaints", Signal.COMPLAINT),
        ("我不会曝光你们", Signal.GOING_PUBLIC),
        ("I will not sue you", Signal.GOING_PUBLIC),
        ("别担心", Signal.DISTRESS),
        ("I'm not disabled", Signal.VULNERABLE),
    ],
)
def test_what_is_denied_or_quoted_is_not_heard(text: str, signal: Signal) -> None:
    assert heard(text, signal) == ()


@pytest.mark.parametrize("text", ["再不退款我就打12315", "If I don't hear from you I will go to the press"])
def test_a_condition_denied_is_a_threat_all_the_same(text: str) -> None:
    assert heard(text, Signal.GOING_PUBLIC)


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("實在太失望了", Signal.DISTRESS),
        ("我要投訴", Signal.COMPLAINT),
        ("打１２３１５", Signal.GOING_PUBLIC),
        ("ＮＭＳＬ", Signal.ABUSE),
        ("FURIOUS", Signal.ANGER),
        ("😡", Signal.ANGER),
        ("🤬🤬", Signal.ANGER),
        ("😭", Signal.DISTRESS),
        ("🖕🏽", Signal.ABUSE),
        ("滚！", Signal.ABUSE),
        ("zz客服", Signal.ANGER),
        ("I am 84 and live alone", Signal.VULNERABLE),
        ("我八十二岁了", Signal.VULNERABLE),
    ],
)
def test_other_forms_are_heard_too(text: str, signal: Signal) -> None:
    """Traditional, full-width, capitals, emoji, abbreviations, ages."""
    assert heard(text, signal)


def test_rolling_and_rock_are_no_insult() -> None:
    assert heard("滚筒洗衣机，摇滚，滚轮", Signal.ABUSE) == ()


def test_emoji_in_a_row_are_heard_once() -> None:
    assert [each.words for each in heard("😡😡😡 又错 🤬", Signal.ANGER)] == ["😡😡😡", "🤬"]


@pytest.mark.parametrize("text", ["你们的服务yyds", "I'm 34", "我三十岁", "孩子今年8岁", "订单号2312315"])
def test_praise_young_ages_and_numbers_are_no_signal(text: str) -> None:
    assert detect_signals(view_of(text)) == ()


def test_a_threat_of_violence_is_danger_and_abuse() -> None:
    """C4."""
    found = detect_signals(view_of("I will find you and beat you up"))
    assert {each.signal for each in found} == {Signal.SAFETY, Signal.ABUSE}


def test_places_lead_back_to_the_customers_own_words() -> None:
    text = "您好！！ 我實在太失望了 😡"
    found = detect_signals(view_of(text))
    assert [text[each.span.start : each.span.end] for each in found] == [each.words for each in found]
    assert [each.words for each in found] == ["太失望", "😡"]


@pytest.mark.parametrize("signal", Signal)
def test_every_signal_says_what_to_do_in_both_languages(signal: Signal) -> None:
    meaning = MEANINGS[signal]
    assert meaning.clause == CLAUSES[signal]
    assert meaning.says.en.endswith(".")
    assert meaning.says.zh.endswith("。")


@pytest.mark.parametrize("signal", Signal)
def test_every_table_has_words_in_both_languages(signal: Signal) -> None:
    for words in TABLES[signal].values():
        assert phrases_of(words.zh)
        assert phrases_of(words.en)
    assert {field.name for field in fields(DetectedSignal)} >= {"signal", "strength", "span"}
    assert PhraseSet._fields == ("zh", "en", "shields")


@pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda lexicon: lexicon.name)
def test_every_phrase_is_written_as_phrases_are(lexicon: Lexicon) -> None:
    """Groups do not nest, and nothing of their marks is left."""
    for phrase in lexicon.phrases + lexicon.shields:
        for form in expand(phrase):
            assert form
            assert not set("()|") & set(form), phrase


@given(
    st.lists(
        st.sampled_from([*"没有不是生气投诉着火!?. \n“”", "not ", "angry ", "fire ", "caught ", "😡"]), max_size=30
    )
)
def test_no_text_is_too_odd(pieces: list[str]) -> None:
    text = "".join(pieces)
    for each in detect_signals(view_of(text)):
        assert 0 <= each.span.start < each.span.end <= len(text)
        assert 1 <= each.strength <= STRONG


READINGS: Final = sections("signals")


def told(text: str) -> str:
    """All that is heard: the words, the signal, how strong it is and which danger or need it is."""
    return " + ".join(
        f"{each.words}, {each.signal} {each.strength} {each.topic}".strip().replace("\n", "\\n")
        for each in detect_signals(view_of(text))
    )


@pytest.mark.parametrize("heading", READINGS)
def test_a_customers_words_are_heard_as_she_means_them(heading: str) -> None:
    """C1, C4, L3, K1, N3.5: strength and place, ages, what is denied or threatened, emoji, and each list."""
    assert reread(READINGS[heading], told) == READINGS[heading]
