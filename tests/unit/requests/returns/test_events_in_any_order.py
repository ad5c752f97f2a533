"""Whatever the order in which the nouns arrive, however often: the return ends the same (Hypothesis)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hypothesis import given, settings, strategies as st

from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_status import ReturnStatus
from shared.kernel.errors import NotYet
from tests.unit.requests.builders import NOON, a_refund, an_approved_return

Fact = Callable[[Return], None]


@dataclass
class Follower:
    """What the inbox does, in small: by subject each number once and in order; what must wait is offered again."""

    of: Return

    def __post_init__(self) -> None:
        self._taken: dict[str, int] = {}

    def offer(self, subject: str, number: int, fact: Fact) -> None:
        """Take it if it is due and can be."""
        if number != self._taken.get(subject, 0) + 1:
            return
        before = len(self.of.events)
        try:
            fact(self.of)
        except NotYet:
            assert len(self.of.events) == before, "a fact that waits has changed nothing"
        else:
            self._taken[subject] = number

    def behind(self, story: Mapping[str, Sequence[Fact]]) -> bool:
        """Whether something has not been taken."""
        return any(self._taken.get(subject, 0) < len(facts) for subject, facts in story.items())


def money(refund: str, unit: str, *, failing: bool = False) -> Sequence[Fact]:
    def opened(of: Return) -> None:
        of.record_refund_opened(a_refund(refund, unit), at=NOON)

    def doubted(of: Return) -> None:
        of.record_refund_doubted(refund, at=NOON)

    def ended(of: Return) -> None:
        (of.record_refund_failed if failing else of.record_refund_settled)(refund, at=NOON)

    return (opened, doubted, ended)


def word(kind: str, tells: str) -> Sequence[Fact]:
    return (lambda of: of.message_sent(kind, "email", tells, at=NOON),)


STORY: Final[Mapping[str, Sequence[Fact]]] = {
    # two parcels; the second unit is held, then accepted; the third is held and goes back
    "inspection": (
        lambda of: of.receive(["unit_1"], inspect_by=NOON, at=NOON),
        lambda of: of.record_inspection([("unit_1", True)], at=NOON),
        lambda of: of.receive(["unit_2", "unit_3"], inspect_by=NOON, at=NOON),
        lambda of: of.record_inspection([("unit_2", False), ("unit_3", False)], at=NOON),
        lambda of: of.record_inspection_decision([("unit_2", True)], at=NOON),
        lambda of: of.record_inspection_decision([("unit_3", False)], at=NOON),
    ),
    "rfd_1": money("rfd_1", "unit_1"),
    "rfd_2": money("rfd_2", "unit_2", failing=True),
    "rfd_3": money("rfd_3", "unit_2"),
    "msg_1": word("goods_received", "ret_1"),
    "msg_2": word("refund_settled", "rfd_1"),
    "msg_3": word("refund_settled", "rfd_3"),
}


def causes(subject: str, number: int, told: Mapping[str, int]) -> bool:
    """The other services keep their own order: a second refund is opened only after the first has failed."""
    return subject != "rfd_3" or number > 1 or told.get("rfd_2", 0) == len(STORY["rfd_2"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([(s, n) for s, facts in STORY.items() for n in range(1, len(facts) + 1)]), max_size=80))
def test_twice_late_and_out_of_order_the_end_is_the_same(deliveries: Sequence[tuple[str, int]]) -> None:
    """W3, W7, N04: any deliveries at all, then everything again until nothing waits."""
    follower = Follower(an_approved_return(3))
    for subject, number in deliveries:
        if causes(subject, number, follower._taken):
            follower.offer(subject, number, STORY[subject][number - 1])
    rounds = 0
    while follower.behind(STORY):
        rounds += 1
        assert rounds < 30, follower._taken
        for subject, facts in STORY.items():
            for number, fact in enumerate(facts, 1):
                if causes(subject, number, follower._taken):
                    follower.offer(subject, number, fact)
    found = follower.of
    assert found.status is ReturnStatus.CLOSED
    assert found.ending == "partly_refunded"
    assert [(unit.whereabouts, unit.decision) for unit in found.units] == [
        ("in_stock", "accepted"),
        ("in_stock", "accepted"),
        ("back_to_customer", "refused"),
    ]
    assert {refund.id: refund.state for refund in found.refunds.known} == {
        "rfd_1": "settled",
        "rfd_2": "failed",
        "rfd_3": "settled",
    }
    kinds = [type(event).__name__ for event in found.events]
    assert kinds.count("Closed") == 1
    assert len(kinds) == sum(map(len, STORY.values())) + 1


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2))
def test_a_customer_who_cancels_while_the_parcel_arrives_is_still_paid(units: int) -> None:
    """Our verb against another service's fact, in either order: what arrived is paid, what did not stays kept."""
    found = an_approved_return(2)
    found.cancel(at=NOON)
    arrived = [f"unit_{n + 1}" for n in range(units)]
    if arrived:
        found.receive(arrived, inspect_by=NOON, at=NOON)
        found.record_inspection([(unit, True) for unit in arrived], at=NOON)
        found.record_refund_opened(a_refund("rfd_1", *arrived), at=NOON)
        found.record_refund_settled("rfd_1", at=NOON)
        found.message_sent("refund_settled", "email", "rfd_1", at=NOON)
    assert [unit.holds_unit for unit in found.units] == [n < units for n in range(2)]
    assert found.ending == ("cancelled", "partly_refunded", "refunded")[units]
