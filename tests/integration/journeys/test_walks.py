"""Random walks of whole returns through the whole product end, whatever happens, when everybody does what is theirs."""

from pathlib import Path

import pytest

from tests.support.walks.product import running_product
from tests.support.walks.walk import Failure, Plan, failure_of

WALKS = 25


@pytest.mark.parametrize("first", range(0, 4 * WALKS, WALKS))
async def test_r08_whatever_happens_to_a_return_it_ends_and_every_promise_holds(tmp_path: Path, first: int) -> None:
    """R08, Z22, Z23, Z24, Z30: 100 walks of 10 to 40 random steps. `make walks` makes 10,000, and makes one short."""
    failed: list[tuple[int, Failure]] = []
    async with running_product(tmp_path) as product:
        for seed in range(first, first + WALKS):
            failure = await failure_of(product, Plan.of(seed), seed)
            if failure is not None:
                failed.append((seed, failure))
                break
        assert not failed, f"python benchmarks/walks.py --walks 1 --seed {failed[0][0]}: {failed}"
        assert product.calls > WALKS * 20
