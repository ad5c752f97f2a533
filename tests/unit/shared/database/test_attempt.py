"""How often a use case is asked again, and what it leaves behind however it ends."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from shared.database import retrying as subject
from shared.database.retrying import BROKEN_LIMIT, STALE_LIMIT, UNSURE_LIMIT, attempt
from shared.database.work import ConstraintBroken, Outcome, Work
from shared.kernel.errors import Refused, RetourError, StaleVersion, Unavailable

Said = Outcome | RetourError


@dataclass
class Part:
    """Notes what it is told."""

    copied: bool = False
    unsure: bool = False
    settled: int = 0
    released: int = 0

    def settle(self) -> None:
        self.settled += 1

    def release(self) -> None:
        self.released += 1


@dataclass
class Unit:
    part: Part

    @property
    def parts(self) -> Sequence[Part]:
        return (self.part,)

    def collect(self) -> Work:
        return Work()


@dataclass
class Round:
    """A committer that gives these answers, the last one for ever; every unit of work that was begun."""

    says: list[Said]
    copied: int = 0
    """How many units have a copy; none compares it."""
    begun: list[Part] = field(default_factory=list)
    commits: int = 0

    def begin(self) -> Unit:
        copied = len(self.begun) < self.copied
        self.begun.append(Part(copied, copied))
        return Unit(self.begun[-1])

    async def commit(self, work: Work) -> Outcome:
        self.commits += 1
        assert self.commits <= 100, "for ever"
        said = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if isinstance(said, Outcome):
            return said
        raise said

    async def run(self) -> tuple[Outcome, int]:
        async def use_case(_: Unit) -> int:
            return len(self.begun)

        return await attempt(self.begin, use_case, self)

    def left(self) -> list[tuple[int, int]]:
        return [(part.settled, part.released) for part in self.begun]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """No rival is stepped aside for; how far each time would have been."""
    asides: list[int] = []

    async def step(times: int) -> None:
        asides.append(times)
        await asyncio.sleep(0)

    monkeypatch.setattr(subject, "_step_aside", step)
    return asides


async def test_what_is_committed_is_settled_and_released_once() -> None:
    rounds = Round([Outcome.COMMITTED])
    assert await rounds.run() == (Outcome.COMMITTED, 1)
    assert rounds.left() == [(1, 1)]


async def test_what_was_taken_before_is_not_asked_again_and_settles_nothing() -> None:
    rounds = Round([Outcome.TAKEN])
    assert await rounds.run() == (Outcome.TAKEN, 1)
    assert rounds.left() == [(0, 1)]


async def test_who_is_overtaken_decides_again_on_what_is_there_now(at_once: list[int]) -> None:
    rounds = Round([Outcome.STALE, ConstraintBroken("a_rule"), Outcome.STALE, Outcome.COMMITTED])
    assert await rounds.run() == (Outcome.COMMITTED, 4)
    assert rounds.left() == [(0, 1), (0, 1), (0, 1), (1, 1)]
    assert at_once == [1, 2, 3]


@pytest.mark.parametrize(
    ("says", "error", "times"),
    [
        (Outcome.STALE, StaleVersion, STALE_LIMIT),
        (ConstraintBroken("a_rule"), ConstraintBroken, BROKEN_LIMIT),
        (Unavailable("database"), Unavailable, 1),
    ],
    ids=["stale", "broken", "away"],
)
async def test_nobody_is_asked_for_ever(says: Said, error: type[Exception], times: int) -> None:
    rounds = Round([says])
    with pytest.raises(error):
        await rounds.run()
    assert rounds.commits == times
    assert rounds.left() == [(0, 1)] * times


@pytest.mark.parametrize("copied", [1, UNSURE_LIMIT])
async def test_what_rests_on_a_copy_that_nothing_compares_is_decided_again(copied: int) -> None:
    rounds = Round([Outcome.COMMITTED], copied=copied)
    assert await rounds.run() == (Outcome.COMMITTED, copied + 1)
    assert rounds.left() == [(0, 1)] * copied + [(1, 1)]


async def test_copies_that_never_end_are_believed_after_some_rounds() -> None:
    rounds = Round([Outcome.COMMITTED], copied=100)
    assert await rounds.run() == (Outcome.COMMITTED, UNSURE_LIMIT + 1)


@pytest.mark.parametrize(("copied", "times"), [(0, 1), (1, 2), (100, UNSURE_LIMIT + 1)])
async def test_a_no_from_a_copy_is_asked_for_again_and_a_no_from_the_database_is_one(copied: int, times: int) -> None:
    rounds = Round([Outcome.COMMITTED], copied=copied)

    async def refuse(_: Unit) -> None:
        raise Refused

    with pytest.raises(Refused):
        await attempt(rounds.begin, refuse, rounds)
    assert rounds.left() == [(0, 1)] * times
    assert rounds.commits == 0


async def test_a_defect_of_the_use_case_leaves_nothing_in_its_hand() -> None:
    rounds = Round([Outcome.COMMITTED], copied=1)

    async def fail(_: Unit) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await attempt(rounds.begin, fail, rounds)
    assert rounds.left() == [(0, 1)]
