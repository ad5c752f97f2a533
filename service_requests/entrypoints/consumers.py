"""The consumers of events of other services: one queue for each noun; each event is one fact about one return."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from service_requests.application.ports import UnitOfWork
from service_requests.application.returns.following import ApplyFact, follow
from service_requests.domain.returns.known_refund import Refund
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
    | events.RefundOpened
    | events.RefundDoubted
    | events.RefundSettled
    | events.RefundFailed
    | events.RefundStopped
    | events.RefundRemainderClosed
    | events.MessageSent
    | events.MessageFailed
)


def _received(event: events.InspectionReceived) -> ApplyFact:
    units = [unit.unit_id for unit in event.units]
    return lambda return_, at: return_.receive(units, inspect_by=event.inspect_by, at=min(event.received_at or at, at))


OWN_DOUBTS: Final = frozenset({"looks", "money"})
"""Questions about the warehouse's own counts and results; all others are about goods."""


def _questioned(event: events.InspectionQuestioned) -> ApplyFact:
    if event.kind in OWN_DOUBTS:
        return lambda return_, at: return_.record_doubt(event.kind, event.sku, event.quantity, at=at)
    return lambda return_, at: return_.record_discrepancy(event.sku, event.quantity, at=at)


def _inspected(event: events.InspectionCompleted) -> ApplyFact:
    results = [(unit.unit_id, unit.result is events.UnitResult.ACCEPTED) for unit in event.units]
    return lambda return_, at: return_.record_inspection(results, at=at)


def _decided(event: events.InspectionDecided) -> ApplyFact:
    decisions = [(unit.unit_id, unit.decision is events.UnitDecision.ACCEPT) for unit in event.units]
    return lambda return_, at: return_.record_inspection_decision(decisions, at=at)


def _corrected(event: events.InspectionCorrected) -> ApplyFact:
    standings = [(unit.unit_id, Standing(unit.standing.value)) for unit in event.units]
    due = min((unit.inspect_by for unit in event.units if unit.inspect_by is not None), default=None)
    return lambda return_, at: return_.record_correction(standings, inspect_by=due, at=at)


def _cleared(event: events.InspectionCleared) -> ApplyFact:
    return lambda return_, at: return_.record_cleared(event.kind, event.sku, event.quantity, at=at)


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


def _sent(event: events.MessageSent) -> ApplyFact:
    return lambda return_, at: return_.message_sent(event.kind, event.channel, event.tells, at=at)


def _unsent(event: events.MessageFailed) -> ApplyFact:
    return lambda return_, at: return_.message_failed(event.kind, event.channel, at=at)


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
            events.RefundStopped: _stopped,
            events.RefundRemainderClosed: _remainder_closed,
        },
    ),
    (
        "requests.follow-message",
        "message",
        {events.MessageSent: _sent, events.MessageFailed: _unsent},
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
