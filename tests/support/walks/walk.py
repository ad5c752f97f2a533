"""A walk: an order, random steps, then everybody does their duty. It is made from a seed alone."""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from tests.support.walks.duties import bring_to_an_end
from tests.support.walks.journey import Journey, an_order, ask
from tests.support.walks.product import START, Broken, Product
from tests.support.walks.promises import check_end
from tests.support.walks.steps import BY_NAME, STEPS

FEWEST, MOST = 10, 40
NUMBERS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """A walk before it is made: what its order is drawn from, and each step with the number that it is drawn from."""

    order: int
    steps: Sequence[tuple[str, int]]

    @classmethod
    def of(cls, seed: int) -> "Plan":
        """The plan of this seed."""
        chance = Random(seed)
        names, weights = zip(*((happens.__name__, weight) for happens, weight in STEPS.items()), strict=True)
        drawn = chance.choices(names, weights, k=chance.randint(FEWEST, MOST))
        return cls(chance.randrange(NUMBERS), tuple((name, chance.randrange(NUMBERS)) for name in drawn))

    def as_code(self) -> str:
        """The plan as it is written in a test."""
        steps = "".join(f'        ("{name}", {number}),\n' for name, number in self.steps)
        return f"Plan({self.order}, (\n{steps}    ))"


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong on a walk; `kind` is the same for failures that are alike."""

    kind: str
    text: str


async def walk(product: Product, plan: Plan, number: int) -> Journey:
    """Make the walk with this number, which no other walk of the product has. Raises what goes wrong."""
    chance = Random(plan.order)
    product.begin_at(START + timedelta(hours=chance.randrange(365 * 24)))
    journey = await an_order(product, number, chance)
    await ask(journey, chance)
    await product.at_rest()
    if journey.return_id is None:
        return journey
    for name, drawn in plan.steps:
        await BY_NAME[name](journey, Random(drawn))
        product.passes(seconds=1)
        await product.at_rest()
    await bring_to_an_end(journey)
    await check_end(journey)
    return journey


async def failure_of(product: Product, plan: Plan, number: int) -> Failure | None:
    """What goes wrong on this walk; None when nothing does."""
    try:
        await walk(product, plan, number)
    except Broken as broken:
        return Failure(str(broken).partition("\n")[0].partition(":")[0], str(broken))
    except Exception as error:  # noqa: BLE001
        return Failure(f"{type(error).__name__}", "".join(traceback.format_exception(error)[-12:]))
    return None
