"""The consumers of events of other services: one queue for each noun; each event is one fact about one return."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from service_requests.application.ports import UnitOfWork
from service_requests.application.returns.following import ApplyFact, follow
from service_requests.domain.returns import events as return_events
from service_requests.domain.returns.known_refund import Refund
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_facts import OWN_DOUBTS
from service_requests.domain.returns.return_status import RefundState
from service_requests.domain.returns.unit import Standing
from shared.contracts import events
from shared.kernel.money import Money
from shared.messaging.inbox import Consumer
from shared.runtime.clock import Clock

FollowedEvent = (
    events.InspectionReceived
    | events.InspectionQuestioned
    | events.InspectionCompleted
    | events.InspectionDecided
    | events.InspectionCorrected
    | events.InspectionCleared
    | events.InspectionAssigned
    | events.InspectionExtended
    | events.RefundOpened
    | events.RefundDoubted
    | events.RefundSettled
    | events.RefundFailed
    | events.RefundStopped
    | events.RefundRemainderClosed
    | events.RefundReopened
    | events.RefundClosed
    | events.MessageSent
    | events.MessageFailed
    | events.MessageDropped
)


def _received(event: events.InspectionReceived) -> ApplyFact:
    units = [unit.unit_id for unit in event.units]
    return lambda return_, at: return_.receive(units, inspect_by=event.inspect_by, at=min(event.received_at or at, at))


def _questioned(event: events.InspectionQuestioned) -> ApplyFact:
    def ask(return_: Return, at: datetime) -> None:
        return_.record_question(event.discrepancy_id, (event.kind, event.sku, event.quantity), event.answer_by, at=at)

    return ask


def _inspected(event: events.InspectionCompleted) -> ApplyFact:
    results = [(unit.unit_id, unit.result is events.UnitResult.ACCEPTED) for unit in event.units]
    return lambda return_, at: return_.record_inspection(results, at=at)


def _decided(event: events.InspectionDecided) -> ApplyFact:
    decisions = [(unit.unit_id, unit.decision is events.UnitDecision.ACCEPT) for unit in event.units]
    because = " ".join(each for each in (event.reason, f"({event.clause})" if event.clause else None) if each)
    return lambda return_, at: return_.record_inspection_decision(decisions, at=at, why=because)


def _corrected(event: events.InspectionCorrected) -> ApplyFact:
    standings = [(unit.unit_id, Standing(unit.standing.value)) for unit in event.units]
    due = min((unit.inspect_by for unit in event.units if unit.inspect_by is not None), default=None)
    return lambda return_, at: return_.record_correction(standings, inspect_by=due, at=at)


def _cleared(event: events.InspectionCleared) -> ApplyFact:
    kind = return_events.DoubtCleared if event.kind in OWN_DOUBTS else return_events.Cleared

    def tell(return_: Return, at: datetime) -> None:
        fact = kind(
            at=at,
            doubt=event.kind,
            sku=event.sku,
            quantity=event.quantity,
            became=event.outcome or "",
            because=event.reason or "",
        )
        return_.record_answer(event.discrepancy_id, fact)

    return tell


def _assigned(event: events.InspectionAssigned) -> ApplyFact:
    return lambda return_, at: return_.record_parcel_found(event.arrived_at.date(), at=at)


def _extended(event: events.InspectionExtended) -> ApplyFact:
    return lambda return_, at: return_.record_extension(event.units, event.inspect_by, event.reason, at=at)


def _stopped(event: events.RefundStopped) -> ApplyFact:
    return lambda return_, at: return_.record_refund_stopped(event.refund_id, at=at)


def _opened(event: events.RefundOpened) -> ApplyFact:
    amount, owed = event.amount, event.remainder
    remainder = None if owed is None else f"{Money(owed.amount_minor, owed.currency)}"
    return lambda return_, at: return_.record_refund_opened(
        Refund(
            id=event.refund_id,
            amount_minor=amount.amount_minor,
            currency=amount.currency,
            units=event.units,
            pay_by=event.pay_by,
            pay_by_day=event.pay_by_day,
            remainder_minor=0 if owed is None else owed.amount_minor,
        ),
        at=at,
        remainder=remainder,
    )


def _remainder_closed(event: events.RefundRemainderClosed) -> ApplyFact:
    amount = f"{Money(event.amount.amount_minor, event.amount.currency)}"
    return lambda return_, at: return_.record_remainder_closed(event.refund_id, amount, event.outcome.value, at=at)


def _doubted(event: events.RefundDoubted) -> ApplyFact:
    return lambda return_, at: return_.record_refund_doubted(event.refund_id, at=at)


def _settled(event: events.RefundSettled) -> ApplyFact:
    return lambda return_, at: return_.record_refund_settled(event.refund_id, at=at)


def _failed(event: events.RefundFailed) -> ApplyFact:
    return lambda return_, at: return_.record_refund_failed(event.refund_id, at=at)


def _reopened(event: events.RefundReopened) -> ApplyFact:
    amount = f"{Money(event.amount.amount_minor, event.amount.currency)}"
    return lambda return_, at: return_.record_refund_moved(
        RefundState.OPENED, return_events.RefundReopened(at, event.refund_id, amount)
    )


def _closed(event: events.RefundClosed) -> ApplyFact:
    amount = f"{Money(event.amount.amount_minor, event.amount.currency)}"
    because = event.because.value
    return lambda return_, at: return_.record_refund_moved(
        RefundState.CLOSED, return_events.RefundClosed(at, event.refund_id, amount, because)
    )


def _sent(event: events.MessageSent) -> ApplyFact:
    return lambda return_, at: return_.message_sent(event.kind, event.channel, event.tells, at=at)


def _unsent(event: events.MessageFailed) -> ApplyFact:
    return lambda return_, at: return_.message_failed(event.kind, event.channel, at=at)


def _dropped(event: events.MessageDropped) -> ApplyFact:
    return lambda return_, at: return_.message_sent(
        event.kind, event.channel, event.tells, at=at, dropped=event.cause.value
    )


FOLLOWED: Final[Sequence[tuple[str, str, dict[type[Any], Callable[[Any], ApplyFact]]]]] = (
    (
        "requests.follow-inspection",
        "inspection",
        {
            events.InspectionReceived: _received,
            events.InspectionQuestioned: _questioned,
            events.InspectionCompleted: _inspected,
            events.InspectionDecided: _decided,
            events.InspectionCorrected: _corrected,
            events.InspectionCleared: _cleared,
            events.InspectionAssigned: _assigned,
            events.InspectionExtended: _extended,
        },
    ),
    (
        "requests.follow-refund",
        "refund",
        {
            events.RefundOpened: _opened,
            events.RefundDoubted: _doubted,
            events.RefundSettled: _settled,
            events.RefundFailed: _failed,
            events.RefundReopened: _reopened,
            events.RefundClosed: _closed,
            events.RefundStopped: _stopped,
            events.RefundRemainderClosed: _remainder_closed,
        },
    ),
    (
        "requests.follow-message",
        "message",
        {events.MessageSent: _sent, events.MessageFailed: _unsent, events.MessageDropped: _dropped},
    ),
)
"""Queue, noun, and for every event the change of the return."""


def consumers(clock: Clock) -> Sequence[Consumer[Any]]:
    """The queues of this service."""
    return [
        Consumer(name, (noun,), {kind: _handler(fact, clock) for kind, fact in facts.items()})
        for name, noun, facts in FOLLOWED
    ]


def _handler(fact: Callable[[Any], ApplyFact], clock: Clock) -> Callable[[Any, UnitOfWork], Any]:
    async def tell(event: FollowedEvent, uow: UnitOfWork) -> None:
        await follow(uow, event.return_id, fact(event), at=clock())

    return tell
