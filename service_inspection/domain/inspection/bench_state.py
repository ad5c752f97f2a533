"""The state of the inspection of one return, made from the states of its units."""

from collections.abc import Iterable
from enum import StrEnum

from service_inspection.domain.inspection.unit import Unit, UnitState


class BenchState(StrEnum):
    """What the return waits for, made from its units: a person first, then the inspector, then the carrier."""

    HELD = "held"
    WAITING = "waiting"
    EXPECTED = "expected"
    CANCELLED = "cancelled"
    FINISHED = "finished"


def bench_state(units: Iterable[Unit]) -> BenchState:
    """The state that these units make together."""
    states = {unit.state for unit in units}
    for unit_state, state in (
        (UnitState.FAILED, BenchState.HELD),
        (UnitState.RECEIVED, BenchState.WAITING),
        (UnitState.EXPECTED, BenchState.EXPECTED),
    ):
        if unit_state in states:
            return state
    return BenchState.CANCELLED if states <= {UnitState.CANCELLED} else BenchState.FINISHED
