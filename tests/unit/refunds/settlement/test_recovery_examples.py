"""Walks that went wrong once, made short: each is kept as an example (Z22)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from service_refunds.application.settlement import recovery
from service_refunds.domain.settlement.failure import FAILURE_KINDS, PAUSES, FailureKind, kind_of, pause_before_retry
from service_refunds.domain.settlement.provider import Paid
from service_refunds.domain.settlement.resolution import NoOpenResolution, ResolutionOutcome
from service_refunds.domain.settlement.resolving import withdraw
from service_refunds.domain.settlement.state import MOVES, PayoutState, State
from shared.kernel.errors import IllegalMove
from tests.unit.refunds.settlement.money_world import World
from tests.unit.refunds.settlement.test_recovery_walks import bring_to_its_end, confirm, propose


def declined(*shares: int) -> World:
    world = World.of(*shares)
    world.provider.plan = ["decline"] * len(shares)
    world.step()
    assert world.refund.state is State.FAILED
    return world


def again(world: World) -> None:
    world.act(lambda uow: recovery.retry(uow, "rfd_1", reason="so", by="acc_1", at=world.now))


def test_z22_an_attempt_that_never_arrived_is_not_sent_again_when_the_former_one_was_paid_after_all() -> None:
    """The provider does not know the second attempt, and says meanwhile that it has paid the first."""
    world = declined(100)
    again(world)
    world.provider.plan = ["lost"]
    world.step()
    assert world.refund.state is State.UNKNOWN
    world.provider.truth["rfd_1-1"] = Paid("late")
    world.now += timedelta(seconds=5)
    world.step()
    assert world.provider.sent == {"rfd_1-1": 1}
    bring_to_its_end(world)
    assert (world.refund.state, world.provider.paid, world.listed) == (State.SETTLED, 100, 0)


def test_z22_while_the_provider_is_away_nothing_is_sent_under_a_new_key() -> None:
    world = declined(100)
    again(world)
    world.provider.away = True
    world.step()
    assert (world.refund.state, world.provider.sent) == (State.RESERVED, {"rfd_1-1": 1})
    world.provider.away = False
    world.now += timedelta(minutes=1)
    world.step()
    assert (world.refund.state, world.provider.paid) == (State.SETTLED, 100)


def test_z22_a_late_success_while_a_payment_by_hand_waits_makes_the_payment_by_hand_surplus() -> None:
    world = declined(100)
    propose(world, ResolutionOutcome.PAID_BY_HAND, "acc_1")
    world.provider.truth["rfd_1-1"] = Paid("late")
    world.now += timedelta(hours=2)
    world.step()
    assert world.refund.state is State.AWAITING_CONFIRMATION
    confirm(world, "acc_2")
    assert (world.refund.state, world.listed, world.by_hand) == (State.SETTLED, 100, 100)


def test_z22_a_late_success_settles_what_was_to_be_closed() -> None:
    world = declined(100)
    propose(world, ResolutionOutcome.NOT_OWED, "acc_1")
    world.provider.truth["rfd_1-1"] = Paid("late")
    world.now += timedelta(hours=2)
    world.step()
    assert (world.refund.state, world.listed) == (State.SETTLED, 0)
    assert world.refund.recovery.ended[0].overtaken


def test_z22_a_late_success_after_it_was_closed_is_money_that_was_not_owed() -> None:
    world = declined(100)
    propose(world, ResolutionOutcome.NOT_OWED, "acc_1")
    confirm(world, "acc_2")
    world.provider.truth["rfd_1-1"] = Paid("late")
    world.now += timedelta(hours=2)
    world.step()
    assert (world.refund.state, world.listed) == (State.CLOSED, 100)


def test_z22_one_failure_that_does_not_pass_calls_a_person_for_all() -> None:
    assert pause_before_retry(["try_again_later", "card_closed"], 0) is None
    assert [pause_before_retry(["try_again_later"], tries) for tries in range(5)] == [*PAUSES, None]


@pytest.mark.parametrize("code", [*FAILURE_KINDS, "a code that nobody knows", None])
def test_z22_only_failures_of_the_table_pass_by_themselves(code: str | None) -> None:
    expected = FAILURE_KINDS.get(code or "", FailureKind.REFUSED)
    assert kind_of(code) is expected
    assert (pause_before_retry([code], 0) is not None) == (expected is FailureKind.TEMPORARY)


def test_z22_a_refund_that_fails_by_itself_again_and_again_ends_with_a_person() -> None:
    """Five attempts in five days; told as failed once."""
    world = World.of(100)
    world.provider.plan = ["busy"] * 9
    for _ in range(60):
        world.step()
        world.now += timedelta(hours=4)
    assert (world.refund.state, len(world.provider.sent)) == (State.FAILED, 1 + len(PAUSES))
    assert world.told.count("RefundFailed") == 1


def test_z22_a_failed_payout_of_an_older_release_says_what_it_gave_back() -> None:
    """Its portions were not written down."""
    world = declined(60, 40)
    world.refund.payouts = tuple(replace(each, portions=()) for each in world.refund.payouts)
    again(world)
    world.step()
    assert (world.refund.state, world.provider.paid) == (State.SETTLED, 100)
    assert all(balance.reserved_minor == 0 for balance in world.balances.values())


ACTS: dict[str, Callable[[World], object]] = {
    "retry": again,
    "inquire": lambda world: world.act(lambda uow: recovery.inquire(uow, "rfd_1", world.now)),
    "give_up": lambda world: world.refund.give_up(world.now),
}


@pytest.mark.parametrize("verb", ACTS)
@pytest.mark.parametrize("state", set(State) - {State.AWAITING_CONFIRMATION})
def test_z22_an_act_works_from_its_states_and_nowhere_else(verb: str, state: State) -> None:
    world = declined(100)
    world.refund.state = state
    if state is State.MANUAL_REVIEW:
        [payout] = world.refund.payouts
        world.refund.payouts = (replace(payout, state=PayoutState.UNKNOWN, portions=()),)
    sources, target = MOVES[verb]
    if state in sources:
        ACTS[verb](world)
        assert world.refund.state is target
    else:
        with pytest.raises(IllegalMove):
            ACTS[verb](world)


def test_z25_nobody_can_take_back_what_does_not_wait() -> None:
    refund = declined(100).refund
    with pytest.raises(NoOpenResolution):
        withdraw(refund, "acc_1", refund.terms.opened_at)
