"""Makes a walk that goes wrong short: steps are dropped as long as the same thing goes wrong."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from tests.support.walks.product import Product
from tests.support.walks.walk import Failure, Plan, failure_of

Fresh = Callable[[], AbstractAsyncContextManager[Product]]
"""Starts a product of its own: what went wrong on one walk must not be met on another."""


async def shrink(fresh: Fresh, plan: Plan, failure: Failure) -> tuple[Plan, Failure]:
    """The shortest plan that was found, with its failure, which is of the same kind; many steps are dropped first."""
    size = max(1, len(plan.steps) // 2)
    while size:
        place, shorter = 0, False
        while place < len(plan.steps):
            smaller = replace(plan, steps=(*plan.steps[:place], *plan.steps[place + size :]))
            found = await alone(fresh, smaller)
            if found is not None and found.kind == failure.kind:
                plan, failure, shorter = smaller, found, True
            else:
                place += size
        if not shorter or size > 1:
            size //= 2
    return plan, failure


async def alone(fresh: Fresh, plan: Plan) -> Failure | None:
    """What goes wrong on this walk, on a product that has made no other."""
    async with fresh() as product:
        return await failure_of(product, plan, 1)
