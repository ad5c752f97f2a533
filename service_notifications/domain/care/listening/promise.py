"""Finds promises in a text: who promises what by when, and whether the promise binds (H1, N3.4, K04).

`utterances` finds every part of a sentence about something that we shall do. `binding_promises` keeps the binding ones:
said by us, neither denied nor a question nor a quotation of the customer. A part is the text between commas. Who
promises and when carry over from other parts of the sentence.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from service_notifications.domain.care.listening.promise_patterns import (
    HAN,
    SPLIT,
    ChinesePatterns,
    EnglishPatterns,
    PromisedAction,
)
from service_notifications.domain.care.text.folded_text import Span, TextPart, TextView
from service_notifications.domain.care.text.stated_moment import DueSource, StatedMoment, stated_moments
from service_notifications.domain.care.text.time_context import TimeContext

LONGEST_PART: Final = 160
"""A longer part of a sentence is read in pieces of this many characters, so that time stays linear."""
ENDING: Final = 4
"""How many characters at the end of a sentence are searched for the form of a question."""
BESIDE_VERB: Final = 16
INVERTED: Final = 3
"""How many characters behind the verb are searched for the subject: "shall we"."""


class PromiseParty(StrEnum):
    """Who promises: the agent, the company, or a named third party that the company answers for."""

    ME = "me"
    WE = "we"
    OTHER = "other"


class PromiseModality(StrEnum):
    """The form of the utterance. Only the first two forms bind."""

    PROMISED = "promised"
    CONDITIONAL = "conditional"
    NEGATED = "negated"
    ASKED = "asked"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class PromiseOwner:
    """Who is responsible for the act. `named` is the third party in the writer's words, or ""."""

    party: PromiseParty
    named: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promised act. `span` is its place in the original text. `due` is in UTC, or None; `due_source` says where the
    moment comes from.
    """

    owner: PromiseOwner
    action: PromisedAction
    span: Span
    words: str
    modality: PromiseModality
    due: datetime | None = None
    due_source: DueSource = DueSource.NONE
    ambiguous: bool = False
    impossible: bool = False

    @property
    def binds(self) -> bool:
        """Whether the customer may rely on the utterance."""
        return self.modality in {PromiseModality.PROMISED, PromiseModality.CONDITIONAL}


def binding_promises(view: TextView, context: TimeContext) -> tuple[Promise, ...]:
    """The utterances that bind us, in order."""
    return tuple(each for each in utterances(view, context) if each.binds)


def utterances(view: TextView, context: TimeContext) -> tuple[Promise, ...]:
    """Every utterance about something that we shall do, with its modality, in order of place."""
    reader = _Reader(view, stated_moments(view.plain, context))
    return tuple(promise for sentence in view.sentences for promise in reader.read(sentence))


@dataclass(frozen=True, slots=True)
class _Commitment:
    """What a part says about owner and will, carried over to the next part of the sentence."""

    owner: PromiseOwner
    willing: bool


@dataclass(frozen=True, slots=True)
class _Clause:
    """A part of a sentence between commas."""

    part: TextPart
    sentence: TextPart
    text: str

    @property
    def patterns(self) -> type[ChinesePatterns | EnglishPatterns]:
        return ChinesePatterns if HAN.search(self.text) else EnglishPatterns


class _Reader:
    """Reads one text with its stated moments."""

    def __init__(self, view: TextView, found: tuple[StatedMoment, ...]) -> None:
        self.view = view
        self.moments = found
        self.starts = [moment.start for moment in found]

    def read(self, sentence: TextPart) -> Iterator[Promise]:
        """The utterances of one sentence."""
        ending = self.view.plain[max(sentence.start, sentence.end - ENDING) : sentence.end]
        asked = "?" in ending or (HAN.search(ending) is not None and ChinesePatterns.asked.search(ending) is not None)
        conditional = False
        carried: _Commitment | None = None
        for clause in self._clauses(sentence):
            conditional = conditional or clause.patterns.condition.search(clause.text) is not None
            meant = self._meant(clause, carried)
            if meant is None:
                continue
            carried = meant
            if meant.willing:
                modality = self._modality(clause, asked=asked, conditional=conditional)
                yield from self._acts(clause, meant.owner, modality)

    def _clauses(self, sentence: TextPart) -> Iterator[_Clause]:
        plain, start = self.view.plain, sentence.start
        for mark in SPLIT.finditer(plain, sentence.start, sentence.end):
            if mark[0] == ":" and plain[max(0, mark.start() - 1) : mark.start()].isdigit():
                continue
            yield from self._cut(start, mark.end(), sentence)
            start = mark.end()
        yield from self._cut(start, sentence.end, sentence)

    def _cut(self, start: int, end: int, sentence: TextPart) -> Iterator[_Clause]:
        for place in range(start, end, LONGEST_PART):
            part = TextPart(place, min(place + LONGEST_PART, end))
            yield _Clause(part, sentence, self.view.text(part))

    def _meant(self, clause: _Clause, carried: _Commitment | None) -> _Commitment | None:
        """The commitment of a part; None when the part is about something else."""
        if clause.patterns is EnglishPatterns:
            has_moment = self._moment_in(clause.part.start, clause.part.end) is not None
            meant = _commitment_en(clause.text, carried, has_moment=has_moment)
            is_offer = EnglishPatterns.offered.search(clause.text) is not None
            # "We can refund you today" is an offer; "we can confirm that" is not.
            return None if is_offer and not has_moment else meant
        has_moment = self._moment_in(clause.part.start, clause.part.end) is not None
        return _commitment_zh(clause.text, carried, has_moment=has_moment)

    @staticmethod
    def _modality(clause: _Clause, *, asked: bool, conditional: bool) -> PromiseModality:
        patterns, text = clause.patterns, clause.text
        if asked or patterns.asked.search(text):
            return PromiseModality.ASKED
        if patterns.never.search(text):
            return PromiseModality.NEGATED
        return PromiseModality.CONDITIONAL if conditional or patterns.offered.search(text) else PromiseModality.PROMISED

    def _acts(self, clause: _Clause, owner: PromiseOwner, modality: PromiseModality) -> Iterator[Promise]:
        start, end = clause.part
        moment = self._moment_in(start, end) or self._moment_near(clause)
        for action, (first, last) in _verbs(clause).items():
            place, behind = start + first, start + last
            quoted = self.view.is_quoted(place, behind)
            if moment and start <= moment.start < end:
                place, behind = min(place, moment.start), max(behind, moment.end)
            span = self.view.span(place, behind)
            promise = Promise(
                owner=owner,
                action=action,
                span=span,
                words=self.view.original_words(span),
                modality=PromiseModality.QUOTED if quoted else modality,
            )
            yield _due(promise, moment) if moment else promise

    def _moment_in(self, start: int, end: int) -> StatedMoment | None:
        place = bisect_left(self.starts, start)
        return self.moments[place] if place < len(self.starts) and self.starts[place] < end else None

    def _moment_near(self, clause: _Clause) -> StatedMoment | None:
        """The next moment in the sentence, else the last one before."""
        ahead = self._moment_in(clause.part.end, clause.sentence.end)
        if ahead:
            return ahead
        place = bisect_left(self.starts, clause.part.start) - 1
        behind = self.moments[place] if place >= 0 else None
        return behind if behind and behind.start >= clause.sentence.start else None


def _due(promise: Promise, moment: StatedMoment) -> Promise:
    if moment.after_event and promise.modality is PromiseModality.PROMISED:
        promise = replace(promise, modality=PromiseModality.CONDITIONAL)
    if moment.counted and promise.modality is PromiseModality.CONDITIONAL:
        # The start of the period is not known yet.
        return replace(promise, due_source=DueSource.VAGUE)
    return replace(
        promise,
        due=moment.due,
        due_source=moment.due_source,
        ambiguous=moment.ambiguous,
        impossible=moment.impossible,
    )


_ARRIVES: Final = frozenset({"到账", "打款"})
_NOUNS: Final = frozenset({PromisedAction.CHECK.name, PromisedAction.REPLY.name})


def _verbs(clause: _Clause) -> dict[PromisedAction, tuple[int, int]]:
    """The first place of each act in a part."""
    found: dict[PromisedAction, tuple[int, int]] = {}
    for verb in clause.patterns.verb.finditer(clause.text):
        if clause.patterns is EnglishPatterns and _is_no_act(clause.text, verb):
            continue
        found.setdefault(PromisedAction[str(verb.lastgroup)], verb.span())
    gets = ChinesePatterns.gets.search(clause.text)
    if not found and gets:
        action = PromisedAction.REFUND if "款" in clause.text or "账" in clause.text else PromisedAction.ARRANGE
        found[action] = gets.span("verb")
    if len(found) > 1:
        found.pop(PromisedAction.ARRANGE, None)
    if PromisedAction.COMPENSATE in found and clause.text[slice(*found.get(PromisedAction.REFUND, (0, 0)))] in _ARRIVES:
        # 补偿明天到账 pays once.
        del found[PromisedAction.REFUND]
    return found


def _is_no_act(text: str, verb: re.Match[str]) -> bool:
    """Whether the word is a thing or an act that is done already: "after your answer"."""
    first, last = max(0, verb.start() - BESIDE_VERB), verb.start()
    if EnglishPatterns.done.search(text, first, last):
        return True
    return verb.lastgroup in _NOUNS and EnglishPatterns.noun.search(text, first, last) is not None


def _commitment_zh(text: str, carried: _Commitment | None, *, has_moment: bool) -> _Commitment | None:
    gets = ChinesePatterns.gets.search(text) is not None
    if (ChinesePatterns.theirs.search(text) and not gets) or ChinesePatterns.done.search(text):
        return None
    for_customer = ChinesePatterns.for_customer.search(text) is not None
    owner = _owner(ChinesePatterns.owner.finditer(text), text, ChinesePatterns.asked_of)
    is_ours = for_customer or gets or ChinesePatterns.thing.search(text) or ChinesePatterns.at_once.search(text)
    if owner is None and (is_ours or (has_moment and ChinesePatterns.ours.search(text))):
        owner = carried.owner if carried else PromiseOwner(PromiseParty.WE)
    if owner is None and carried and ChinesePatterns.goes_on.search(text):
        owner = carried.owner
    if owner is None:
        return carried if carried and carried.willing else None
    carries = carried is not None and carried.willing and for_customer
    return _Commitment(owner, willing=carries or has_moment or ChinesePatterns.will.search(text) is not None)


def _commitment_en(text: str, carried: _Commitment | None, *, has_moment: bool) -> _Commitment | None:
    will = EnglishPatterns.will.search(text)
    carries = carried is not None and carried.willing
    if (will is None and not carries and not has_moment) or EnglishPatterns.theirs.search(text):
        return None
    if (will and (EnglishPatterns.gets.search(text) or EnglishPatterns.thing.search(text))) or (
        has_moment and EnglishPatterns.leaves.search(text)
    ):
        named = None if will else _owner(EnglishPatterns.owner.finditer(text), text, EnglishPatterns.asked_of)
        return _Commitment(named or PromiseOwner(PromiseParty.WE), willing=True)
    if will is None:
        return carried if carries and EnglishPatterns.goes_on.search(text) else None
    owner = _owner(EnglishPatterns.owner.finditer(text, 0, will.end() + INVERTED), text, EnglishPatterns.asked_of)
    if owner is None and will[0].startswith("expect"):
        owner = PromiseOwner(PromiseParty.WE)
    if owner is None and carried and EnglishPatterns.goes_on.search(text):
        owner = carried.owner
    return _Commitment(owner, willing=True) if owner else None


def _owner(named: Iterator[re.Match[str]], text: str, asked_of: re.Pattern[str]) -> PromiseOwner | None:
    """The first named owner. Where a third party is only asked ("check with the warehouse"), we are the owner."""
    owner: PromiseOwner | None = None
    for name in named:
        if name["we"]:
            return PromiseOwner(PromiseParty.WE)
        if name["me"]:
            return PromiseOwner(PromiseParty.ME)
        if not asked_of.search(text[: name.start()]):
            return PromiseOwner(PromiseParty.OTHER, name["other"])
        owner = PromiseOwner(PromiseParty.WE)
    return owner
