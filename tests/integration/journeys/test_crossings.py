"""A command and a fact that cross: whoever hears of it first, the return ends and every promise holds (Y21)."""

from pathlib import Path

import pytest

from tests.support.walks.crossings import DELAYS, SETTINGS, play
from tests.support.walks.product import running_product


@pytest.mark.parametrize("name", SETTINGS)
async def test_y21_acts_that_cross_end_the_return_whoever_hears_of_them_first(tmp_path: Path, name: str) -> None:
    """Each pair in both orders, each time with other services that hear late. `make crossings` plays all delays."""
    setting = SETTINGS[name]
    acted = 0
    async with running_product(tmp_path) as product:
        for number, acts in enumerate(setting.pairs()):
            deaf = DELAYS[1 + number % (len(DELAYS) - 1)]
            statuses, _ = await play(product, setting, acts, deaf, number, backwards=bool(number % 3))
            acted += sum(status < 300 for status in statuses)
        assert acted * 3 > number  # many of the acts are possible, or nothing crosses
