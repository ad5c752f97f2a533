"""What a process has built is not searched for garbage again."""

import gc
from collections.abc import Iterator

import pytest

from shared.runtime.memory import THRESHOLDS, settle_down


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_is_there_is_left_alone_and_the_young_are_searched_seldom() -> None:
    lasting: list[list[int]] = [[] for _ in range(1000)]
    settle_down()
    assert gc.get_freeze_count() > len(lasting)
    assert gc.get_threshold() == THRESHOLDS
    assert gc.isenabled()
