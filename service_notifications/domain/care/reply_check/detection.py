"""Adds to a case what detectors find: promises of the draft, feelings of the customer (K05).

Two kinds of promise are left out because nobody could log them: what counts from an event that has not happened, and
what is done while the customer waits ("let me check that for you").
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
"""The signals that change what a reply has to say."""
WORKDAYS: Final = Weekdays()


def with_detected(
    of: reply_case.ReplyCase, zone: tzinfo | None = None, days: WorkingDays = WORKDAYS
) -> reply_case.ReplyCase:
    """The case with what is promised and felt in it, reckoned in the conversation's zone (else the draft's) and working
    days. What somebody has found already stays as it is.
    """
    there = zone or of.draft.now.tzinfo or UTC
    return replace(
        of,
        promises=detected_promises(of, there, days) if of.promises is None else of.promises,
        signals=detected_feelings(of.turns) if of.signals is None else of.signals,
    )


def detected_promises(
    of: reply_case.ReplyCase, zone: tzinfo, days: WorkingDays = WORKDAYS
) -> tuple[reply_case.DetectedPromise, ...]:
    """The promises of a draft that belong in the ledger."""
    spoken = tuple(turn.text for turn in of.turns if turn.by is reply_case.Speaker.CUSTOMER)
    found = binding_promises(view_of(of.draft.text, spoken), TimeContext(of.draft.now, zone, days))
    return tuple(
        reply_case.DetectedPromise(each.span, each.due, each.action) for each in found if _is_for_the_ledger(each)
    )


def _is_for_the_ledger(promise: Promise) -> bool:
    return promise.due is not None or not (
        promise.mood is PromiseModality.CONDITIONAL or promise.action is PromisedAction.CHECK
    )


def detected_feelings(turns: tuple[reply_case.Turn, ...]) -> tuple[reply_case.DetectedFeeling, ...]:
    """The customer's moods, each once a turn."""
    return tuple(dict.fromkeys(_feelings(turns)))


def _feelings(turns: tuple[reply_case.Turn, ...]) -> Iterator[reply_case.DetectedFeeling]:
    for place, turn in enumerate(turns):
        if turn.by is reply_case.Speaker.CUSTOMER:
            for each in detect_signals(view_of(turn.text)):
                if each.signal in FEELINGS:
                    yield reply_case.DetectedFeeling(FEELINGS[each.signal], place)
