"""Runs a use case and commits it, and repeats both from the start when another commit was faster."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol, TypeVar

from shared.database.work import ConstraintBroken, GroupCommitter, Outcome, Work
from shared.kernel.errors import RetourError, StaleVersion

STALE_LIMIT: Final = 25
BROKEN_LIMIT: Final = 12
UNSURE_LIMIT: Final = 5


class UnitOfWorkPart(Protocol):
    """A repository, or another part of a unit of work that acts after the commit."""

    @property
    def copied(self) -> bool:
        """Whether the part holds a copy that another process may have overtaken."""
        ...

    @property
    def unsure(self) -> bool:
        """Whether the commit would not compare the version of such a copy."""
        ...

    def settle(self) -> None:
        """The unit of work is committed."""
        ...

    def release(self) -> None:
        """The unit of work is over, however it ended."""
        ...


class FilledUnitOfWork(Protocol):
    """A unit of work after its use case."""

    @property
    def parts(self) -> Sequence[UnitOfWorkPart]:
        """The repositories and other parts."""
        ...

    def collect(self) -> Work:
        """Every change of the unit of work, as data."""
        ...


U = TypeVar("U", bound=FilledUnitOfWork)
T = TypeVar("T")


async def attempt(
    begin: Callable[[], U],
    use_case: Callable[[U], Awaitable[T]],
    committer: GroupCommitter,
    complete: Callable[[Work, T], None] = lambda _work, _result: None,
) -> tuple[Outcome, T]:
    """Run a use case in a fresh unit of work and commit it; repeat while what it loaded is stale.

    A broken constraint means that a rule across aggregates refused the commit after the use case had agreed: repeated,
    the use case sees the fact and gives its own reason. A refusal, or a use case without changes, that depends on a
    cached copy is repeated with the database: only saved aggregates have their version compared. `complete` adds the
    inbox claim or the answer of a repeatable call. Raises what the use case raises, `StaleVersion` or
    `ConstraintBroken` when repeating did not help, `Unavailable`.
    """
    stale = broken = 0
    while True:
        unit, work, result = await _fill(begin, use_case, complete)
        try:
            outcome = await committer.commit(work)
            if outcome is Outcome.COMMITTED:
                for part in unit.parts:
                    part.settle()
        except ConstraintBroken:
            broken += 1
            if broken >= BROKEN_LIMIT:
                raise
            outcome = None
        finally:
            _release(unit)
        if outcome is not None and outcome is not Outcome.STALE:
            return outcome, result
        stale += outcome is Outcome.STALE
        if stale >= STALE_LIMIT:
            raise StaleVersion
        await _step_aside(stale + broken)


async def _fill(
    begin: Callable[[], U], use_case: Callable[[U], Awaitable[T]], complete: Callable[[Work, T], None]
) -> tuple[U, Work, T]:
    """Load and decide. A copy that was of no use does not go back to the cache, so the next round loads the row."""
    left = UNSURE_LIMIT
    while True:
        unit = begin()
        try:
            result = await use_case(unit)
            sure = not any(part.unsure for part in unit.parts)
            work = unit.collect()
            complete(work, result)
        except RetourError:
            _release(unit)
            if not left or not any(part.copied for part in unit.parts):
                raise
        except BaseException:
            _release(unit)
            raise
        else:
            if sure or not left:
                return unit, work, result
            _release(unit)
        left -= 1


def _release(unit: FilledUnitOfWork) -> None:
    for part in unit.parts:
        part.release()


async def _step_aside(times: int) -> None:
    """Wait for a random moment, so that rivals do not meet again."""
    await asyncio.sleep(random.uniform(0, 0.002 * times))  # noqa: S311 (spreads rivals, keeps no secret)
