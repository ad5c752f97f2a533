"""What runs after a commit: once, in order, for the try that was committed, and never to anybody's harm."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import structlog.testing

from shared.contracts.envelope import Origin
from shared.database import retrying
from shared.database.unit_of_work.after_commit import AfterCommit
from shared.database.unit_of_work.transactions import Transactions
from shared.database.work import ConstraintBroken, Outcome, Work
from shared.kernel.errors import NotFound, RetourError, StaleVersion, Unavailable

ORIGIN = Origin("service:test", "ret_1")


@dataclass
class Copy:
    """A part that holds a copy which nothing compares, or none."""

    copied: bool = False

    @property
    def unsure(self) -> bool:
        return self.copied

    def settle(self) -> None:
        """Nothing to keep."""

    def release(self) -> None:
        """Nothing is held."""


class Unit:
    """A unit of work that registers one more callback when its changes are collected."""

    def __init__(self, copy: Copy, collected: Callable[[], None] | None) -> None:
        self.after_commit = AfterCommit()
        self.parts = (copy, self.after_commit)
        self._collected = collected

    def collect(self) -> Work:
        if self._collected is not None:
            self.after_commit(self._collected)
        return Work()


@dataclass
class House:
    """Units of work, a committer that gives these answers, and what has happened, in order."""

    says: list[Outcome | RetourError] = field(default_factory=lambda: [Outcome.COMMITTED])
    copies: int = 0
    collected: bool = False
    begun: list[Origin] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)

    def begin(self, origin: Origin) -> Unit:
        self.begun.append(origin)
        return Unit(Copy(len(self.begun) <= self.copies), self.note("collected") if self.collected else None)

    async def commit(self, _: Work) -> Outcome:
        said = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        self.happened.append("commit")
        await asyncio.sleep(0)
        if isinstance(said, Outcome):
            return said
        raise said

    def note(self, word: str) -> Callable[[], None]:
        return lambda: self.happened.append(word)

    @property
    def transactions(self) -> Transactions[Unit]:
        return Transactions(self, self)

    async def leave(self, uow: Unit) -> int:
        """A use case that says which try it is."""
        uow.after_commit(self.note(f"first of {len(self.begun)}"))
        uow.after_commit(self.note(f"second of {len(self.begun)}"))
        return len(self.begun)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rival is stepped aside for."""
    monkeypatch.setattr(retrying, "_step_aside", lambda _: asyncio.sleep(0))


async def test_callbacks_run_once_in_their_order_after_the_commit_and_before_the_caller_goes_on() -> None:
    house = House(collected=True)
    assert await house.transactions.run(house.leave, ORIGIN) == 1
    assert house.happened == ["commit", "first of 1", "second of 1", "collected"]
    assert house.begun == [ORIGIN]


async def test_only_the_try_that_is_committed_runs_its_callbacks() -> None:
    house = House([Outcome.STALE, ConstraintBroken("a_rule"), Outcome.COMMITTED])
    assert await house.transactions.run(house.leave, ORIGIN) == 3
    assert house.happened == ["commit", "commit", "commit", "first of 3", "second of 3"]
    assert house.begun == [ORIGIN] * 3


async def test_a_try_that_rests_on_a_copy_nothing_compares_runs_none() -> None:
    house = House(copies=2)
    assert await house.transactions.run(house.leave, ORIGIN) == 3
    assert house.happened == ["commit", "first of 3", "second of 3"]


@pytest.mark.parametrize("said", [Outcome.STALE, ConstraintBroken("a_rule"), Unavailable("database")])
async def test_what_is_never_committed_runs_none_and_the_caller_is_told(said: Outcome | RetourError) -> None:
    house = House([said])
    with pytest.raises(type(said) if isinstance(said, RetourError) else StaleVersion):
        await house.transactions.run(house.leave, ORIGIN)
    assert set(house.happened) == {"commit"}


async def test_what_another_call_has_taken_before_runs_none() -> None:
    house = House([Outcome.TAKEN])
    assert await house.transactions.run(house.leave, ORIGIN) == 1
    assert house.happened == ["commit"]


@pytest.mark.parametrize("error", [NotFound("thing"), ValueError("a defect")])
async def test_a_use_case_that_is_refused_commits_nothing_and_runs_none(error: Exception) -> None:
    house = House()

    async def refuse(uow: Unit) -> None:
        await house.leave(uow)
        raise error

    with pytest.raises(type(error)):
        await house.transactions.run(refuse, ORIGIN)
    assert house.happened == []


async def test_a_callback_that_raises_is_logged_and_harms_neither_the_others_nor_the_caller() -> None:
    house = House()

    def broken() -> None:
        raise ValueError("a defect")

    async def leave(uow: Unit) -> str:
        uow.after_commit(house.note("before"))
        uow.after_commit(broken)
        uow.after_commit(house.note("after"))
        return "done"

    with structlog.testing.capture_logs() as logged:
        assert await house.transactions.run(leave, ORIGIN) == "done"
    assert house.happened == ["commit", "before", "after"]
    assert [(entry["event"], entry["log_level"]) for entry in logged] == [("after_commit_failed", "error")]


def test_a_part_that_is_settled_again_runs_nothing_twice() -> None:
    happened: list[str] = []
    after_commit = AfterCommit()
    after_commit(lambda: happened.append("once"))
    after_commit.settle()
    after_commit.settle()
    assert happened == ["once"]


def test_callbacks_keep_nobody_from_believing_a_unit_of_work() -> None:
    """A callback is no copy of anything: a use case is not asked again because of it."""
    assert (AfterCommit().copied, AfterCommit().unsure) == (False, False)


async def test_who_is_cancelled_while_he_waits_for_the_commit_runs_none() -> None:
    house = House()
    task = asyncio.create_task(house.transactions.run(house.leave, ORIGIN))
    while house.happened != ["commit"]:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert house.happened == ["commit"]
