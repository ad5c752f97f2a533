"""Random walks of one refund: whatever the provider says, whoever acts, it ends, pays once, and its books balance."""

import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from service_refunds.application.settlement import recovery
from service_refunds.domain.settlement.late_answers import attempts_to_watch
from service_refunds.domain.settlement.provider import Accepted, Declined, Paid
from service_refunds.domain.settlement.resolution import (
    PAYS,
    Consent,
    ConsentChannel,
    NotOwedReason,
    OtherMeans,
    Proof,
    Resolution,
    ResolutionOutcome,
)
from service_refunds.domain.settlement.resolving import unpaid_amount
from service_refunds.domain.settlement.state import ENDS, State
from shared.kernel.errors import RetourError
from tests.unit.refunds.settlement.money_world import World

MODES = ("settle", "decline", "decline", "busy", "busy", "pending", "lost", "silent", "killed")
WALKS = 40
ROUNDS = 400
"""After so many steps every walk has ended."""


def said(world: World, outcome: ResolutionOutcome, by: str) -> Resolution:
    proof, consent = Proof("TR-1", world.now.date()), Consent("she", world.now, ConsentChannel.EMAIL, "ticket 1")
    other = outcome is ResolutionOutcome.PAID_BY_OTHER_MEANS
    has_proof = outcome in PAYS or outcome is ResolutionOutcome.FOUND_PAID
    return Resolution(
        outcome=outcome,
        reason="so",
        by=by,
        at=world.now,
        means=OtherMeans.BANK_TRANSFER if other else None,
        consent=consent if other else None,
        proof=proof if has_proof else None,
        because=NotOwedReason.CHARGED_BACK if outcome is ResolutionOutcome.NOT_OWED else None,
    )


def is_true(world: World, outcome: ResolutionOutcome) -> bool:
    """Whether the provider's books show it."""
    refund, truth = world.refund, world.provider.truth
    asked = refund.open_payouts or refund.unpaid
    if outcome is ResolutionOutcome.FOUND_PAID:
        return bool(asked) and all(isinstance(truth.get(each.key), Paid) for each in asked)
    if outcome is ResolutionOutcome.FOUND_UNPAID:
        return all(isinstance(truth.get(each.key), Declined | None) for each in asked)
    return True


def propose(world: World, outcome: ResolutionOutcome, by: str) -> None:
    if not is_true(world, outcome):
        return
    world.act(lambda uow: recovery.propose(uow, "rfd_1", said(world, outcome, by)))
    if outcome is ResolutionOutcome.FOUND_UNPAID:
        for each in world.refund.open_payouts:
            world.provider.truth.setdefault(each.key, Declined("never_arrived"))
            world.provider.amounts.setdefault(each.key, each.amount.minor)


def confirm(world: World, by: str) -> None:
    waits = world.refund.recovery.resolution
    before = world.account("tender:") + world.account("means:")
    world.act(lambda uow: recovery.confirm(uow, "rfd_1", by=by, at=world.now))
    if waits is not None and waits.outcome in PAYS:
        world.by_hand += before - world.account("tender:") - world.account("means:")


def late_word(world: World, chance: Random) -> None:
    """Late success of what was declined; late success or failure of what was pending."""
    truth = world.provider.truth
    unsure = [key for key, answer in truth.items() if isinstance(answer, Accepted | Declined)]
    if unsure:
        key = chance.choice(unsure)
        if chance.random() < 0.5:
            truth[key] = Paid("late")
        elif isinstance(truth[key], Accepted):
            truth[key] = Declined("late")


def time_passes(world: World, chance: Random) -> None:
    world.now += timedelta(hours=chance.choice([0, 0, 1, 7, 30, 24 * 31]), seconds=20)
    for _ in range(chance.randint(1, 4)):
        world.step()


def provider_goes_or_comes(world: World, _: Random) -> None:
    world.provider.away = not world.provider.away


def a_person_acts(world: World, chance: Random) -> None:
    by = chance.choice(["acc_1", "acc_2"])
    waits = world.refund.recovery.resolution
    match chance.randint(0, 7):
        case 0:
            world.act(lambda uow: recovery.retry(uow, "rfd_1", reason="so", by=by, at=world.now))
        case 1:
            world.act(lambda uow: recovery.inquire(uow, "rfd_1", world.now))
        case 2:
            world.act(lambda uow: recovery.withdraw(uow, "rfd_1", by=by, at=world.now))
        case 3 | 4:
            confirm(world, by)
            assert waits is not None
            assert waits.by != by
        case _:
            propose(world, chance.choice(list(ResolutionOutcome)), by)


HAPPENS: Sequence[Callable[[World, Random], object]] = (
    lambda world, chance: world.provider.plan.extend(chance.choices(MODES, k=3)),
    provider_goes_or_comes,
    time_passes,
    time_passes,
    time_passes,
    late_word,
    a_person_acts,
    a_person_acts,
    a_person_acts,
    lambda world, chance: world.pay_elsewhere(chance.randint(1, 5_000)) if chance.random() < 0.2 else None,
)
"""What can happen to a refund."""


def check_books(world: World) -> None:
    """I-01, I-06, I-09: the books say what the payouts say."""
    refund = world.refund
    if refund.state is not State.CLOSED:
        assert -world.account("owed") == sum(each.amount.minor for each in refund.current if not each.ended)
        assert -world.account("unpaid") == sum(each.amount.minor for each in refund.unpaid)
    assert 0 <= world.account("paid_twice") <= world.listed
    assert world.account("") == 0
    assert (refund.state is State.AWAITING_CONFIRMATION) == (refund.recovery.resolution is not None)


def walk(chance: Random, steps: int) -> World:
    """One refund, from its opening to its end."""
    world = World.of(*(chance.randint(1, 9_999) for _ in range(chance.randint(1, 3))))
    world.provider.key_window = timedelta(hours=chance.choice([0, 24, 2_000]))
    world.provider.plan = chance.choices(MODES, k=6)
    for _ in range(steps):
        with contextlib.suppress(RetourError):
            chance.choice(HAPPENS)(world, chance)
        check_books(world)
    bring_to_its_end(world)
    return world


@pytest.mark.parametrize("seed", range(10))
def test_z22_every_refund_ends_pays_once_and_its_books_balance(seed: int) -> None:
    """I-01 to I-10: 400 refunds, 24,000 steps; a failure names the seed and the walk."""
    chance = Random(seed)
    for _ in range(WALKS):
        walk(Random(chance.random()), steps=60)


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 40))
def test_z22_a_walk_that_goes_wrong_is_made_short(chance: Random, steps: int) -> None:
    """The same walks, drawn and shrunk by Hypothesis."""
    walk(chance, steps)


def bring_to_its_end(world: World) -> None:
    """The provider is back, and two persons do what is left: the refund ends, and every payment is in the books."""
    world.provider.away, world.provider.plan = False, []
    for key, answer in world.provider.truth.items():
        if isinstance(answer, Accepted):
            world.provider.truth[key] = Paid("late")
    if attempts_to_watch(world.refund):  # what changed after the last look is seen by nobody
        world.refund.look_at = world.now
    for _ in range(ROUNDS):
        if world.refund.state in ENDS and world.refund.look_at is None:
            break
        world.now += timedelta(hours=12)
        world.step()
        _persons_act(world)
    refund = world.refund
    assert refund.state in ENDS, refund.state
    assert world.account("owed") == world.account("unpaid") == 0
    assert -world.account("tender:") - world.account("means:") == world.provider.paid + world.by_hand
    excess = world.account("paid_twice")
    assert world.provider.paid + world.by_hand == refund.terms.amount.minor + world.account("not_owed") + excess
    assert excess <= world.listed
    assert all(balance.reserved_minor == 0 for balance in world.balances.values())
    assert refund.state is State.CLOSED or unpaid_amount(refund).minor == 0


def _persons_act(world: World) -> None:
    if world.refund.state is State.AWAITING_CONFIRMATION:
        waits = world.refund.recovery.resolution
        confirm(world, "acc_1" if waits is not None and waits.by != "acc_1" else "acc_2")
    elif world.refund.state is State.FAILED:
        try:
            propose(world, ResolutionOutcome.PAID_BY_OTHER_MEANS, "acc_1")
        except RetourError:
            propose(world, ResolutionOutcome.NOT_OWED, "acc_1")
    elif world.refund.state is State.MANUAL_REVIEW:
        for outcome in (ResolutionOutcome.FOUND_PAID, ResolutionOutcome.FOUND_UNPAID):
            if world.refund.state is State.MANUAL_REVIEW:
                propose(world, outcome, "acc_1")
        if world.refund.state is State.MANUAL_REVIEW:
            world.act(lambda uow: recovery.inquire(uow, "rfd_1", world.now))
