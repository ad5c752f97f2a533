"""What is heard is put into the case that a reply is judged by: promises of the draft, moods of the customer (K05).

Two kinds of promise are left out because nobody could log them: what counts from an event that has not happened, and
what is done while the customer waits ("let me check that for you").
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Final

from service_notifications.domain.reply import case
from service_notifications.domain.reply.promise_words import Action
from service_notifications.domain.reply.promises import Mood, Promise, promises
from service_notifications.domain.reply.signals import Signal, listen
from service_notifications.domain.reply.speaking import Speaking, Weekdays, WorkingDays
from service_notifications.domain.reply.text import read

FEELINGS: Final[Mapping[Signal, case.Feeling]] = {
    Signal.ANGER: case.Feeling.ANGER,
    Signal.DISTRESS: case.Feeling.DISTRESS,
    Signal.COMPLAINT: case.Feeling.COMPLAINT,
    Signal.SAFETY: case.Feeling.SAFETY,
}
"""The signals that change what a reply has to say."""
WORKDAYS: Final = Weekdays()


def heard(of: case.Case, zone: tzinfo | None = None, days: WorkingDays = WORKDAYS) -> case.Case:
    """The case with what is promised and felt in it, reckoned in the conversation's zone (else the draft's) and working
    days. What somebody has found already stays as it is.
    """
    there = zone or of.draft.now.tzinfo or UTC
    return replace(
        of,
        promises=promised(of, there, days) if of.promises is None else of.promises,
        signals=felt(of.turns) if of.signals is None else of.signals,
    )


def promised(of: case.Case, zone: tzinfo, days: WorkingDays = WORKDAYS) -> tuple[case.Promise, ...]:
    """The promises of a draft that belong in the ledger."""
    spoken = tuple(turn.text for turn in of.turns if turn.by is case.Party.CUSTOMER)
    found = promises(read(of.draft.text, spoken), Speaking(of.draft.now, zone, days))
    return tuple(case.Promise(each.span, each.due, each.action) for each in found if _is_for_the_ledger(each))


def _is_for_the_ledger(promise: Promise) -> bool:
    return promise.due is not None or not (promise.mood is Mood.CONDITIONAL or promise.action is Action.CHECK)


def felt(turns: tuple[case.Turn, ...]) -> tuple[case.Signal, ...]:
    """The customer's moods, each once a turn."""
    return tuple(dict.fromkeys(_felt(turns)))


def _felt(turns: tuple[case.Turn, ...]) -> Iterator[case.Signal]:
    for place, turn in enumerate(turns):
        if turn.by is case.Party.CUSTOMER:
            for each in listen(read(turn.text)):
                if each.signal in FEELINGS:
                    yield case.Signal(FEELINGS[each.signal], place)
