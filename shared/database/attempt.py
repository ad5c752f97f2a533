"""Load, decide, save; and again from the start when somebody else was faster."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

from shared.database.work import ConstraintBroken, GroupCommitter, Outcome, Work
from shared.kernel.errors import StaleVersion

STALE_LIMIT: Final = 25
BROKEN_LIMIT: Final = 12


class Unit(Protocol):
    """A unit of work that a use case has filled."""

    def collect(self) -> Work:
        """Everything it wants to change, as data."""
        ...


U = TypeVar("U", bound=Unit)
T = TypeVar("T")


async def attempt(
    begin: Callable[[], U],
    use_case: Callable[[U], Awaitable[T]],
    committer: GroupCommitter,
    complete: Callable[[Work, T], None] = lambda _work, _result: None,
) -> tuple[Outcome, T]:
    """Run a use case in a fresh unit of work and commit it; repeat while what it loaded is stale.

    A broken constraint means that a rule across aggregates said no after the use case had said yes: asked again, the
    use case sees the fact and gives its own reason. `complete` adds the inbox claim or the idempotent answer. Raises
    what the use case raises, `StaleVersion` or `ConstraintBroken` when repeating did not help, `Unavailable`.
    """
    stale = broken = 0
    while True:
        unit = begin()
        result = await use_case(unit)
        work = unit.collect()
        complete(work, result)
        try:
            outcome = await committer.commit(work)
        except ConstraintBroken:
            broken += 1
            if broken >= BROKEN_LIMIT:
                raise
            await _step_aside(broken)
            continue
        if outcome is not Outcome.STALE:
            return outcome, result
        stale += 1
        if stale >= STALE_LIMIT:
            raise StaleVersion
        await _step_aside(stale)


async def _step_aside(times: int) -> None:
    """Rivals that come again at different moments do not meet again."""
    await asyncio.sleep(random.uniform(0, 0.002 * times))  # noqa: S311 (spreads rivals, keeps no secret)
