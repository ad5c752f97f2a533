"""Adds detected promises of the draft and detected feelings of the customer to a case (K05).

Two kinds of promise are left out because nobody could log them: a time that counts from an event that has not happened,
and an act that is done while the customer waits ("let me check that for you").
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Final

from service_notifications.domain.care.listening.promise import Promise, PromiseModality, binding_promises
from service_notifications.domain.care.listening.promise_patterns import PromisedAction
from service_notifications.domain.care.listening.signal import Signal, detect_signals
from service_notifications.domain.care.reply_check import reply_case
from service_notifications.domain.care.text.folded_text import view_of
from service_notifications.domain.care.text.time_context import TimeContext, Weekdays, WorkingDays

FEELINGS: Final[Mapping[Signal, reply_case.Feeling]] = {
    Signal.ANGER: reply_case.Feeling.ANGER,
    Signal.DISTRESS: reply_case.Feeling.DISTRESS,
    Signal.COMPLAINT: reply_case.Feeling.COMPLAINT,
    Signal.SAFETY: reply_case.Feeling.SAFETY,
}
"""The signals that change what a reply must contain."""
WORKDAYS: Final = Weekdays()


def with_detected(
    case: reply_case.ReplyCase, zone: tzinfo | None = None, days: WorkingDays = WORKDAYS
) -> reply_case.ReplyCase:
    """The case with its detected promises and feelings. Times are read in the conversation's zone (else the draft's)
    with these working days. Promises and signals that the case has already stay unchanged.
    """
    there = zone or case.draft.now.tzinfo or UTC
    return replace(
        case,
        promises=detected_promises(case, there, days) if case.promises is None else case.promises,
        signals=detected_feelings(case.turns) if case.signals is None else case.signals,
    )


def detected_promises(
    case: reply_case.ReplyCase, zone: tzinfo, days: WorkingDays = WORKDAYS
) -> tuple[reply_case.DetectedPromise, ...]:
    """The promises of a draft that belong in the ledger."""
    spoken = tuple(turn.text for turn in case.turns if turn.by is reply_case.Speaker.CUSTOMER)
    found = binding_promises(view_of(case.draft.text, spoken), TimeContext(case.draft.now, zone, days))
    return tuple(
        reply_case.DetectedPromise(each.span, each.due, each.action) for each in found if _is_for_the_ledger(each)
    )


def _is_for_the_ledger(promise: Promise) -> bool:
    return promise.due is not None or not (
        promise.modality is PromiseModality.CONDITIONAL or promise.action is PromisedAction.CHECK
    )


def detected_feelings(turns: tuple[reply_case.Turn, ...]) -> tuple[reply_case.DetectedFeeling, ...]:
    """The customer's feelings, each once for a turn."""
    return tuple(dict.fromkeys(_feelings(turns)))


def _feelings(turns: tuple[reply_case.Turn, ...]) -> Iterator[reply_case.DetectedFeeling]:
    for place, turn in enumerate(turns):
        if turn.by is reply_case.Speaker.CUSTOMER:
            for each in detect_signals(view_of(turn.text)):
                if each.signal in FEELINGS:
                    yield reply_case.DetectedFeeling(FEELINGS[each.signal], place)
