"""Detects signals in a customer's words: anger, distress, danger, a complaint and more, each with its place.

`detect_signals` reads one message of a customer. A safety signal decides (C4): templates and surveys stop. Every other
signal advises a person (S). It is never a reason to withhold a message or to judge the customer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from service_notifications.domain.care.listening.signal_phrases import (
    ABUSE,
    ABUSE_EMOJI,
    ANGER,
    ANGER_EMOJI,
    COMPLAINT,
    DISTRESS,
    DISTRESS_EMOJI,
    ELDERLY,
    GOING_PUBLIC,
    SAFETY,
    SAFETY_ASKED,
    VULNERABLE,
)
from service_notifications.domain.care.text.folded_text import Span, TextView
from service_notifications.domain.care.text.phrase_search import Hit, Lexicon, Scanner, is_negated
from service_notifications.domain.care.text.phrase_set import PhraseSet, phrases_of
from shared.kernel.errors import Said

STRONG: Final = 3
CLEAR: Final = 2
FAINT: Final = 1


class Signal(StrEnum):
    """The kinds of signal."""

    ANGER = "anger"
    DISTRESS = "distress"
    SAFETY = "safety"
    GOING_PUBLIC = "going_public"
    COMPLAINT = "complaint"
    VULNERABLE = "vulnerable"
    ABUSE = "abuse"


class SignalEffect(StrEnum):
    """D decides, S advises (6.2)."""

    DECIDES = "D"
    ADVISES = "S"


@dataclass(frozen=True, slots=True)
class SignalMeaning:
    """What follows from a signal: the clause, whether it decides or advises, and the advice for the agent."""

    clause: str
    force: SignalEffect
    says: Said


MEANINGS: Final[Mapping[Signal, SignalMeaning]] = {
    Signal.ANGER: SignalMeaning(
        "C1",
        SignalEffect.ADVISES,
        Said(
            "She is angry: calm first, offer a supervisor or a call-back, then the solution.",
            "客户有愤怒情绪：先安抚，主动提供主管或回电，再谈方案。",
        ),
    ),
    Signal.DISTRESS: SignalMeaning(
        "L3",
        SignalEffect.ADVISES,
        Said(
            "She is upset: begin with a sentence of understanding, before any solution or policy.",
            "客户感到失望或着急：先说共情的话，再谈方案和政策。",
        ),
    ),
    Signal.SAFETY: SignalMeaning(
        "C4",
        SignalEffect.DECIDES,
        Said(
            "Somebody may be hurt or in danger: the safety flow begins, templates and surveys stop.",
            "可能有人受伤或处于危险：立即启动安全流程，停用模板和调查。",
        ),
    ),
    Signal.GOING_PUBLIC: SignalMeaning(
        "N4",
        SignalEffect.ADVISES,
        Said(
            "She speaks of an authority, a court, her bank or the public: one owner, short deadlines, the same rights.",
            "客户提到监管部门、法院、银行或公开曝光：指定专人负责，缩短时限，权利与其他客户一致。",
        ),
    ),
    Signal.COMPLAINT: SignalMeaning(
        "K1",
        SignalEffect.ADVISES,
        Said(
            "This is a complaint: register it, tell its number, write down the remedy she wants.",
            "这是投诉：须登记、告知编号，并记录客户希望的补救方式。",
        ),
    ),
    Signal.VULNERABLE: SignalMeaning(
        "N4",
        SignalEffect.ADVISES,
        Said(
            "She may need more time or another way: offer it, and ask what would help.",
            "客户可能需要更多时间或其他方式：主动提供，并询问怎样更方便。",
        ),
    ),
    Signal.ABUSE: SignalMeaning(
        "N4",
        SignalEffect.ADVISES,
        Said(
            "Staff are insulted or threatened: stay calm, warn once, bring in a supervisor; her rights stay.",
            "客服受到辱骂或威胁：保持冷静，提醒一次，请主管介入；客户的权利不受影响。",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class DetectedSignal:
    """A signal at a place. `strength` is 1 to 3; `topic` is the kind of danger or need, else ""."""

    signal: Signal
    strength: int
    span: Span
    words: str
    topic: str = ""

    @property
    def force(self) -> SignalEffect:
        return MEANINGS[self.signal].force


def detect_signals(view: TextView) -> tuple[DetectedSignal, ...]:
    """Every signal of a customer's message, in order of place. A signal inside a stronger one of its kind
    is dropped.
    """
    return tuple(
        _outermost(
            sorted(_detected(view), key=lambda detected: (detected.span.start, -detected.span.end, -detected.strength))
        )
    )


def strongest(detected: tuple[DetectedSignal, ...], signal: Signal) -> int:
    """The strength of the strongest such signal; 0 when there is none."""
    return max((each.strength for each in detected if each.signal is signal), default=0)


_STRENGTHS: Final[Mapping[Signal, Mapping[int, PhraseSet]]] = {
    Signal.ANGER: ANGER,
    Signal.DISTRESS: DISTRESS,
    Signal.GOING_PUBLIC: GOING_PUBLIC,
    Signal.COMPLAINT: COMPLAINT,
    Signal.ABUSE: ABUSE,
}
_TOPICS: Final[Mapping[Signal, Mapping[str, PhraseSet]]] = {Signal.SAFETY: SAFETY, Signal.VULNERABLE: VULNERABLE}
_EMOJI_OF: Final[Mapping[str, Signal]] = {
    **dict.fromkeys(ANGER_EMOJI, Signal.ANGER),
    **dict.fromkeys(DISTRESS_EMOJI, Signal.DISTRESS),
    **dict.fromkeys(ABUSE_EMOJI, Signal.ABUSE),
}
_EMOJI: Final = re.compile(f"[{''.join(_EMOJI_OF)}]")
_TOPIC_STRENGTHS: Final[Mapping[Signal, int]] = {Signal.SAFETY: STRONG, Signal.VULNERABLE: CLEAR}


@dataclass(frozen=True, slots=True)
class _Source:
    """The meaning of a hit in one of the lists."""

    signal: Signal
    strength: int
    topic: str = ""


def _lexicons() -> Iterator[tuple[Lexicon, _Source]]:
    for signal, strengths in _STRENGTHS.items():
        for strength, words in strengths.items():
            yield _lexicon(f"{signal}:{strength}", words), _Source(signal, strength)
    for signal, topics in _TOPICS.items():
        for topic, words in topics.items():
            asked = SAFETY_ASKED if signal is Signal.SAFETY else ""
            yield _lexicon(f"{signal}:{topic}", words, asked), _Source(signal, _TOPIC_STRENGTHS[signal], topic)


def _lexicon(name: str, words: PhraseSet, asked: str = "") -> Lexicon:
    return Lexicon(name, phrases_of(words.zh), phrases_of(words.en), phrases_of(words.shields) + phrases_of(asked))


_SOURCES: Final[Mapping[str, _Source]] = {lexicon.name: source for lexicon, source in _lexicons()}
LEXICONS: Final = tuple(lexicon for lexicon, _ in _lexicons())


@cache
def scanner() -> Scanner:
    """The scanner of all lists, built at first use."""
    return Scanner(*LEXICONS)


_DENIED: Final = re.compile(
    r"(?:没有?(?:任何|什么)?(?:人|发生|出现|造成)?|未|并未|无|无人|不会|不|防止|避免)$"
    r"|\b(?:no|not|never|without|nobody|no one|none|didn't|wasn't|weren't|isn't|hasn't|haven't)"
    r" (?:(?:was|were|is|got|been|an?|any|actually|even|really|of us|has been|serious) ){0,2}$"
)
_DENIED_WITHIN: Final = 32
_NO_WISH: Final = re.compile(r"(?:无意|没打算|没想|无心|不打算)[^,。;!?\n]{0,4}$")
_TURN: Final = re.compile(
    r"就|否则|不然|\bi will\b|\bi'll\b|\bi'm going\b|\bi am going\b|\bi shall\b|\bwe will\b|\bwe'll\b|\bor "
    r"else\b|\bor\b|\botherwise\b"
)
_SHOUTED: Final = re.compile(r"[!?]{3,8}")
_OF_AGE: Final = re.compile(r"岁|高龄|year|aged|i'm [0-9]|i am [0-9]")
_AGE: Final = re.compile(
    r"(?P<zh>[0-9]{2,3}|[六七八九]十[一二三四五六七八九]?)(?:多|几)?(?:周?岁|高龄)"
    r"|\bi(?:'m| am) (?P<me>[0-9]{2})(?=[ ,.!]{0,3}(?:and\b|years?\b|now\b|$|[,.!]))"
    r"|(?P<old>[0-9]{2})[- ]years?[- ]old\b|\baged (?P<aged>[0-9]{2})\b"
)
_NUMERALS: Final = "零一二三四五六七八九"
_UPPER: Final = re.compile(r"\b[A-Z]{2,20}\b")
_FEWEST_SHOUTED: Final = 4
_GET_LOST: Final = re.compile(r"(?:^|[,。!?\n ])[你快]?滚(?=[,。!?\n]|$)")


def _detected(view: TextView) -> Iterator[DetectedSignal]:
    for hit in scanner().scan(view):
        source = _SOURCES[hit.lexicon]
        if _counts(hit, source, view.plain):
            yield _found(view, source, hit.start, hit.end)
            if source.topic == "threat":
                yield _found(view, _Source(Signal.ABUSE, STRONG), hit.start, hit.end)
    yield from _emoji(view)
    for lost in _GET_LOST.finditer(view.plain):
        yield _found(view, _Source(Signal.ABUSE, CLEAR), lost.end() - 1, lost.end())
    yield from _shouting(view)
    ages = _AGE.finditer(view.plain) if _OF_AGE.search(view.plain) else ()
    for age in ages:
        if _years(age) >= ELDERLY and not view.is_quoted(age.start(), age.end()):
            yield _found(view, _Source(Signal.VULNERABLE, CLEAR, "age"), age.start(), age.end())


def _outermost(found: list[DetectedSignal]) -> Iterator[DetectedSignal]:
    reach: dict[tuple[Signal, str], DetectedSignal] = {}
    for detected in found:
        last = reach.get((detected.signal, detected.topic))
        if last and detected.span.end <= last.span.end and detected.strength <= last.strength:
            continue
        reach[detected.signal, detected.topic] = detected
        yield detected


def _counts(hit: Hit, source: _Source, plain: str) -> bool:
    """Danger counts in quotation marks, too ("the doctor said"). Only a negation directly before it denies danger."""
    if source.signal is not Signal.SAFETY:
        before = plain[max(0, hit.start - _DENIED_WITHIN) : hit.start]
        if hit.shielded or hit.quoted or _NO_WISH.search(before):
            return False
        return not hit.negated or _consequence(before, plain[hit.start : hit.end])
    return not hit.shielded and not _DENIED.search(plain[max(0, hit.start - _DENIED_WITHIN) : hit.start])


def _emoji(view: TextView) -> Iterator[DetectedSignal]:
    """Emoji of one kind next to each other are one signal."""
    last: tuple[Signal, int, int] | None = None
    for emoji in _EMOJI.finditer(view.plain):
        signal = _EMOJI_OF[emoji[0]]
        if last and last[0] is signal and last[2] == emoji.start():
            last = (signal, last[1], emoji.end())
            continue
        if last:
            yield _found(view, _Source(last[0], CLEAR), last[1], last[2])
        last = (signal, *emoji.span())
    if last:
        yield _found(view, _Source(last[0], CLEAR), last[1], last[2])


def _consequence(before: str, words: str) -> bool:
    """Whether the negation belongs to a condition: "if I do not hear from you I will go to the press"."""
    turns = list(_TURN.finditer(before))
    if not turns:
        return False
    since = before[turns[-1].end() :]
    return not is_negated(since + words, len(since), len(since) + len(words))


def _found(view: TextView, source: _Source, start: int, end: int) -> DetectedSignal:
    span = view.span(start, end)
    return DetectedSignal(source.signal, source.strength, span, view.original_words(span), source.topic)


def _shouting(view: TextView) -> Iterator[DetectedSignal]:
    """Three marks in a row are a weak sign of anger, and so is a message mostly in capitals."""
    for marks in _SHOUTED.finditer(view.plain):
        yield _found(view, _Source(Signal.ANGER, FAINT), marks.start(), marks.end())
        return
    loud = _UPPER.findall(view.original)
    if len(loud) >= _FEWEST_SHOUTED and sum(map(len, loud)) * 2 > len(view.original):
        yield DetectedSignal(
            Signal.ANGER, FAINT, Span(0, len(view.original)), view.original_words(Span(0, len(view.original)))
        )


def _years(age: re.Match[str]) -> int:
    text = age["zh"] or age["me"] or age["old"] or age["aged"]
    if text[0] in _NUMERALS:
        return _NUMERALS.index(text[0]) * 10 + max(_NUMERALS.find(text[2:3]), 0)
    return int(text)
