"""The refund's machine, from its own table: what each verb may do, and what silence means."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from service_refunds.domain.calculation.inputs.component import Component, ComponentName
from service_refunds.domain.events import PayoutEnded, RefundAskedAgain, RefundOpened
from service_refunds.domain.ledger.balance import (
    Balance,
    BalanceChange,
    BalanceDemand,
    Kind,
    RefundExceedsAvailable,
    UnitHasRefund,
    reserve,
)
from service_refunds.domain.ledger.double_entry import LedgerEntry, Posting
from service_refunds.domain.settlement.provider import Accepted, Declined, Paid, ProviderAnswer
from service_refunds.domain.settlement.refund import (
    INQUIRE_FOR_AT_LEAST,
    LEASE,
    PENDING_FOR_AT_MOST,
    Refund,
)
from service_refunds.domain.settlement.state import MOVES, STATES_AT_PROVIDER, PayoutState, State
from service_refunds.domain.settlement.terms import RefundTerms
from shared.kernel.errors import IllegalMove
from shared.kernel.money import Money

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
WINDOW = timedelta(hours=24)


UNLIKE = {State.MANUAL_REVIEW: "unknown"}
"""Where the payouts of a refund have another word for their state."""


def a_refund(*shares: int, state: State | None = None) -> Refund:
    """A refund of so much by tender; in a state, when one is named."""
    amount = sum(shares)
    demands = [BalanceDemand(Kind.UNIT, "u1", amount, amount), BalanceDemand(Kind.ORDER, "captured", amount)]
    demands += [BalanceDemand(Kind.TENDER, f"T{number}", share) for number, share in enumerate(shares)]
    terms = RefundTerms(
        return_id="ret_1",
        order_id="order_1",
        customer_id="cus-1",
        language="en",
        amount=Money(amount, "EUR"),
        units={"u1": "L1"},
        components=(Component(ComponentName.GOODS_NET, Money(amount, "EUR"), "L1"),),
        demands=tuple(demands),
        restated=(),
        ended_coupons=(),
        calculation="0" * 64,
        pay_by=AT + timedelta(days=14),
        opened_at=AT,
    )
    refund = Refund.open(
        "rfd_1", terms, [(f"T{n}", "card", f"ch_{n}", Money(share, "EUR")) for n, share in enumerate(shares)]
    )
    refund.events.clear()
    if state is not None:
        refund.state = state
        words = {each.value for each in PayoutState}
        shown = PayoutState(state.value if state.value in words else UNLIKE.get(state, "failed"))
        refund.payouts = tuple(replace(payout, state=shown) for payout in refund.payouts)
        refund.submitted_at, refund.key_until = AT, AT + WINDOW
    return refund


def say(refund: Refund, *answers: ProviderAnswer | None, at: datetime = AT) -> None:
    refund.record({p.key: a for p, a in zip(refund.payouts, answers, strict=True)}, at)


ASK: Mapping[str, Callable[[Refund], object]] = {
    "submit": lambda refund: refund.submit(AT, WINDOW),
    "stop": lambda refund: refund.stop(AT),
    "accept": lambda refund: say(refund, Accepted()),
    "doubt": lambda refund: say(refund, None),
    "withhold": lambda refund: refund.move("withhold"),
    "resolve": lambda refund: refund.move("resolve"),
    "settle": lambda refund: say(refund, Paid("trace")),
    "fail": lambda refund: say(refund, Declined("no")),
    "refer": lambda refund: say(refund, None, at=AT + PENDING_FOR_AT_MOST),
}


@pytest.mark.parametrize("verb", ASK)
@pytest.mark.parametrize("state", State)
def test_a_verb_works_from_its_sources_and_nowhere_else(verb: str, state: State) -> None:
    """RELIABILITY 2.0; asking again about what is as unknown as before moves nothing."""
    refund = a_refund(100, state=state)
    sources, target = MOVES[verb]
    if state in sources:
        ASK[verb](refund)
        assert refund.state is target
        assert refund.events or verb in {"withhold", "resolve"}
    elif (state, verb) in {(State.PENDING, "accept"), (State.PENDING, "doubt"), (State.UNKNOWN, "doubt")}:
        ASK[verb](refund)
        assert refund.state is state
        assert refund.events == [RefundAskedAgain()]
    elif state is State.SUBMITTING and verb == "refer":
        ASK[verb](refund)
        assert refund.state is State.MANUAL_REVIEW
    else:
        with pytest.raises(IllegalMove):
            ASK[verb](refund)
        assert (refund.state, refund.events) == (state, [])


def test_nothing_to_pay_is_settled_without_a_provider() -> None:
    """H15."""
    refund = a_refund()
    assert refund.state is State.SETTLED
    assert refund.payouts == ()


def test_a_submission_has_a_lease_and_keys_have_a_window() -> None:
    refund = a_refund(100)
    refund.submit(AT, WINDOW)
    assert refund.due_at == AT + LEASE
    assert refund.may_send(AT + WINDOW - timedelta(seconds=1))
    assert not refund.may_send(AT + WINDOW)


def test_keys_and_what_they_pay_are_fixed_when_the_money_is_reserved() -> None:
    """I04, I-03: nothing that happens later changes key, amount, reference or hash."""
    refund = a_refund(60, 40)
    before = [(p.key, p.tender, p.reference, p.amount, p.body_hash) for p in refund.payouts]
    assert [key for key, *_ in before] == ["rfd_1-1", "rfd_1-2"]
    refund.submit(AT, WINDOW)
    say(refund, None, Accepted())
    say(refund, Paid("trace"), Declined("no"))
    assert [(p.key, p.tender, p.reference, p.amount, p.body_hash) for p in refund.payouts] == before


def test_a_refund_is_settled_when_all_its_payouts_are() -> None:
    """I02."""
    refund = a_refund(60, 40)
    refund.submit(AT, WINDOW)
    said: list[Mapping[str, ProviderAnswer]] = [
        {"rfd_1-1": Paid("a"), "rfd_1-2": Accepted()},
        {},
        {"rfd_1-2": Paid("b")},
    ]
    states = []
    for answers in said:
        refund.record(answers, AT)
        states.append(refund.state)
    assert states == [State.PENDING, State.PENDING, State.SETTLED]


def test_a_refusal_beside_a_payment_fails_and_releases_its_own_part_only() -> None:
    refund = a_refund(60, 40)
    refund.submit(AT, WINDOW)
    say(refund, Paid("a"), Declined("no"))
    assert (refund.state, refund.code) == (State.FAILED, "partly_failed")
    assert _moved(refund, Kind.ORDER) == (-100, 60)
    assert _moved(refund, Kind.TENDER) == (-100, 60)


def test_looks_grow_apart_and_end_with_people() -> None:
    """I-04: when keys are no longer honoured and nobody knows, people must look."""
    refund = a_refund(100)
    refund.submit(AT, timedelta(0))
    at, waits = AT, []
    while refund.state is not State.MANUAL_REVIEW:
        say(refund, None, at=at)
        if refund.due_at is not None:
            waits.append(refund.due_at - at)
            at = refund.due_at
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8)]
    assert max(waits) == timedelta(minutes=10)
    assert at >= AT + INQUIRE_FOR_AT_LEAST
    assert refund.due_at is None


@given(
    st.lists(st.integers(1, 10**6), min_size=1, max_size=5),
    st.lists(
        st.lists(st.sampled_from([None, Accepted(), Paid("t"), Declined("no")]), min_size=5, max_size=5), max_size=6
    ),
)
def test_every_reservation_is_used_or_released_exactly_once(
    shares: list[int], rounds: list[list[ProviderAnswer | None]]
) -> None:
    """I-08, I-09: whatever is said, in whatever order: what was reserved ends exactly once, by payout and in all."""
    refund = a_refund(*shares)
    refund.submit(AT, WINDOW)
    end: list[ProviderAnswer | None] = [Paid("end")] * 5
    for answers in [*rounds, end]:
        if refund.state in STATES_AT_PROVIDER:
            refund.record({p.key: a for p, a in zip(refund.payouts, answers, strict=False)}, AT)
    assert refund.state in {State.SETTLED, State.FAILED}
    paid = sum(p.amount.minor for p in refund.payouts if p.state is PayoutState.SETTLED)
    for kind in (Kind.UNIT, Kind.ORDER, Kind.TENDER):
        assert _moved(refund, kind) == (-sum(shares), paid)
    postings = [event.posting.id for event in refund.events if isinstance(event, PayoutEnded)]
    assert len(postings) == len(set(postings)) == len(shares)


def test_a_posting_that_does_not_balance_is_a_defect() -> None:
    """I-06."""
    with pytest.raises(ValueError, match="does not balance"):
        Posting("p", (LedgerEntry("owed", 1), LedgerEntry("tender:T", -2)))


def test_a_guard_says_what_is_left() -> None:
    """V27: captured 50.00, settled 20.00, pending 15.00; a failed 10.00 counts for nothing."""
    tender = Balance(Kind.TENDER, "T1", 5_000, 1_500, 2_000)
    balances = {(Kind.TENDER, "T1"): tender}
    with pytest.raises(RefundExceedsAvailable) as refusal:
        reserve(balances, [BalanceDemand(Kind.TENDER, "T1", 1_501)])
    assert refusal.value.facts == {
        "guard": Kind.TENDER, "key": "T1", "available_minor": 1_500, "asked_minor": 1_501
    }  # fmt: skip
    after = reserve(balances, [BalanceDemand(Kind.TENDER, "T1", 1_500)])
    assert after[Kind.TENDER, "T1"].available_minor == 0


def test_a_unit_is_refunded_once() -> None:
    """B14."""
    with pytest.raises(UnitHasRefund):
        reserve({(Kind.UNIT, "u1"): Balance(Kind.UNIT, "u1", 1, 0, 0)}, [BalanceDemand(Kind.UNIT, "u1", 0, 1)])


def _moved(refund: Refund, kind: Kind) -> tuple[int, int]:
    shifts = [s for e in refund.events if isinstance(e, PayoutEnded) for s in e.shifts if s.kind is kind]
    assert not any(isinstance(event, RefundOpened) for event in refund.events)
    return sum(s.reserved for s in shifts), sum(s.settled for s in shifts)


def test_a_new_refund_begins_at_nothing() -> None:
    refund = a_refund(100)
    assert (refund.version, refund.sequence, refund.asked, refund.code, refund.settled_at) == (0, 0, 0, None, None)
    assert (refund.state, refund.due_at, refund.submitted_at, refund.key_until) == (State.RESERVED, AT, None, None)


def test_silence_is_asked_about_ever_more_slowly() -> None:
    """RELIABILITY 2.0: after 1, 2, 4 … seconds, and then every ten minutes."""
    refund = a_refund(100)
    refund.submit(AT, WINDOW)
    assert refund.due_at == AT + timedelta(seconds=15)
    waits = []
    for _ in range(13):
        say(refund, None)
        assert refund.due_at is not None
        waits.append((refund.due_at - AT).total_seconds())
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]


@pytest.mark.parametrize(
    ("window", "before", "after"),
    [
        (timedelta(0), timedelta(minutes=59, seconds=59), timedelta(hours=1)),
        (timedelta(hours=24), timedelta(hours=23, minutes=59), timedelta(hours=24)),
    ],
)
def test_an_unknown_refund_goes_to_people_when_it_cannot_be_sent_again(
    window: timedelta, before: timedelta, after: timedelta
) -> None:
    """I-04: after an hour at the least, and as long as the provider honours the key."""
    refund = a_refund(100)
    refund.submit(AT, window)
    say(refund, None, at=AT + before)
    assert refund.state is State.UNKNOWN
    say(refund, None, at=AT + after)
    assert (refund.state, refund.due_at) == (State.MANUAL_REVIEW, None)


def test_a_refund_in_the_providers_hands_is_left_there_for_thirty_days() -> None:
    """I03."""
    refund = a_refund(100)
    refund.submit(AT, WINDOW)
    say(refund, Accepted(), at=AT + timedelta(days=29, hours=23))
    assert refund.state is State.PENDING
    say(refund, None, at=AT + timedelta(days=30))
    assert (refund.state, refund.due_at) == (State.MANUAL_REVIEW, None)


def test_what_opens_reserves_every_demand_and_what_is_nothing_to_pay_settles_it() -> None:
    """H10, H15: a unit's balance is new; the others shift, and the value of accepted goods grows first."""
    for shares, reserved, settled in (((60, 40), 1, 0), ((), 0, 1)):
        terms = replace(
            a_refund(60, 40).terms,
            demands=(BalanceDemand(Kind.UNIT, "u1", 7, 7), BalanceDemand(Kind.ORDER, "goods", 7, 9)),
        )
        refund = Refund.open(
            "rfd_1", terms, [(f"T{n}", "card", "ch", Money(share, "EUR")) for n, share in enumerate(shares)]
        )
        opened = refund.events[0]
        assert isinstance(opened, RefundOpened)
        assert opened.fresh == (Balance(Kind.UNIT, "u1", 7, 7 * reserved, 7 * settled),)
        assert opened.shifts == (BalanceChange(Kind.ORDER, "goods", 9, 7 * reserved, 7 * settled),)
        assert [type(event).__name__ for event in refund.events[1:]] == ["RefundSettled"] * settled
        assert refund.settled_at == (AT if settled else None)
        assert opened.posting == Posting(
            "rfd_1:opened", (LedgerEntry("component:goods_net", 100), LedgerEntry("owed", -100))
        )


def test_components_are_summed_by_name() -> None:
    """H13."""
    parts = (
        Component(ComponentName.GOODS_NET, Money(60, "EUR"), "L1"),
        Component(ComponentName.GOODS_NET, Money(40, "EUR"), "L2"),
        Component(ComponentName.RESTOCKING, Money(-15, "EUR")),
    )
    assert replace(a_refund(100).terms, components=parts).by_component() == {"goods_net": 100, "restocking_fee": -15}


def test_a_forbidden_verb_is_named_with_the_states_it_starts_from() -> None:
    refund = a_refund(100)
    with pytest.raises(IllegalMove) as refusal:
        say(refund, None)
    assert refusal.value.facts["verb"] == "record"
    with pytest.raises(IllegalMove) as refusal:
        a_refund(100, state=State.SETTLED).submit(AT, WINDOW)
    assert refusal.value.facts["verb"] == "submit"


def test_what_happens_is_told_in_its_order() -> None:
    """RELIABILITY 2.0: every change of state once, what ends with what it moves."""

    def told(*answers: ProviderAnswer | None, at: datetime = AT, state: State = State.SUBMITTING) -> list[str]:
        refund = a_refund(100, state=state)
        for answer in answers:
            say(refund, answer, at=at)
        return [type(event).__name__ for event in refund.events]

    late = AT + PENDING_FOR_AT_MOST
    assert told(Paid("trace")) == ["PayoutEnded", "RefundSettled"]
    assert told(Declined("no")) == ["PayoutEnded", "RefundFailed"]
    assert told(Accepted(), Accepted(), Paid("t")) == [
        "RefundAccepted", "RefundAskedAgain", "PayoutEnded", "RefundSettled",
    ]  # fmt: skip
    assert told(None, None, Accepted()) == ["RefundDoubted", "RefundAskedAgain", "RefundAccepted"]
    assert told(None, at=late) == ["RefundDoubted", "RefundReferred"]
    assert told(Accepted(), at=late) == ["RefundAccepted", "RefundReferred"]
    assert told(None, at=late, state=State.PENDING) == ["RefundAskedAgain", "RefundReferred"]
    submitted = a_refund(100)
    submitted.submit(AT, WINDOW)
    assert [type(event).__name__ for event in submitted.events] == ["RefundSubmitted"]
    assert submitted.submitted_at == AT


def end(refund: Refund, answer: ProviderAnswer) -> Refund:
    say(refund, answer, at=AT + timedelta(seconds=5))
    return refund


def test_a_settled_or_failed_refund_is_looked_at_no_more() -> None:
    """I03."""
    for answer, state, code in ((Paid("trace"), State.SETTLED, None), (Declined("no"), State.FAILED, "no")):
        refund = a_refund(100, state=State.PENDING)
        assert refund.due_at is not None
        ended = end(refund, answer)
        assert (ended.state, ended.due_at, ended.code) == (state, None, code)
        assert refund.settled_at == (AT + timedelta(seconds=5) if state is State.SETTLED else None)
        assert refund.payouts[0].trace == ("trace" if state is State.SETTLED else None)


def test_a_refund_that_was_partly_refused_says_so() -> None:
    """I02, I03."""
    refund = a_refund(60, 40, state=State.SUBMITTING)
    say(refund, Paid("trace"), Declined("card_closed"))
    assert (refund.state, refund.code) == (State.FAILED, "partly_failed")
    refund = a_refund(60, 40, state=State.SUBMITTING)
    say(refund, Declined("card_closed"), Declined("other"))
    assert (refund.state, refund.code) == (State.FAILED, "card_closed")


def test_one_unknown_payout_makes_the_refund_unknown() -> None:
    """I-04."""
    refund = a_refund(60, 40, state=State.SUBMITTING)
    say(refund, Accepted(), None)
    assert refund.state is State.UNKNOWN
    assert [payout.state for payout in refund.open_payouts] == [PayoutState.PENDING, PayoutState.UNKNOWN]
    say(refund, Paid("t"), Accepted())
    assert (refund.state, [payout.tender for payout in refund.open_payouts]) == (State.PENDING, ["T1"])


def test_a_new_balance_has_all_of_its_cap() -> None:
    """H10."""
    assert Balance(Kind.ORDER, "captured", 100) == Balance(Kind.ORDER, "captured", 100, 0, 0)
    assert Balance(Kind.ORDER, "captured", 100).available_minor == 100
    assert Balance(Kind.ORDER, "captured", 100, 30, 20).available_minor == 50


def test_accepted_goods_raise_the_cap_before_they_are_taken() -> None:
    """H10, I05."""
    demand = BalanceDemand(Kind.ORDER, "accepted_goods", 30, raises=40)
    key = (Kind.ORDER, "accepted_goods")
    assert reserve({}, [demand])[key] == Balance(*key, 40, 30)
    assert reserve({key: Balance(*key, 10, 5)}, [demand])[key] == Balance(*key, 50, 35)
    with pytest.raises(RefundExceedsAvailable) as refusal:
        reserve({}, [BalanceDemand(*key, 41, raises=40)])
    assert (refusal.value.facts["available_minor"], refusal.value.facts["asked_minor"]) == (40, 41)
