"""Which operations a caller may use on an inspection or a discrepancy now (N09).

The conditions are those of the moves in the domain. Some acts have conditions on their contents too.
"""

from collections.abc import Sequence
from typing import Final, Protocol

from service_inspection.domain.inspection import discrepancy
from service_inspection.domain.inspection.discrepancy import Discrepancy
from service_inspection.domain.inspection.unit import DECIDED, Unit, UnitState
from shared.kernel.principal import Principal
from shared.web.actions import Action, Actions

INSPECTION: Final = "/v1/inspections/{return_id}"
DISCREPANCY: Final = "/v1/discrepancies/{discrepancy_id}"


class WithUnits(Protocol):
    """An inspection, however it was read."""

    @property
    def units(self) -> Sequence[Unit]: ...


def _has_failed(inspection: WithUnits, caller: Principal) -> bool:
    """Whether a unit waits for somebody else than the one who inspected it (G10)."""
    return any(unit.state is UnitState.FAILED and unit.inspector != caller.actor for unit in inspection.units)


def _has_decided(inspection: WithUnits, _: Principal) -> bool:
    return any(unit.state in DECIDED for unit in inspection.units)


def _has_waiting(inspection: WithUnits, _: Principal) -> bool:
    return any(unit.state is UnitState.RECEIVED for unit in inspection.units)


INSPECTION_ACTIONS: Final = Actions[WithUnits]({
    "decide":            Action("POST", f"{INSPECTION}/decision",        _has_failed),
    "reconsider":        Action("POST", f"{INSPECTION}/reconsideration", _has_decided),
    "extend_inspection": Action("POST", f"{INSPECTION}/extension",       _has_waiting),
})  # fmt: skip


def _can_resolve(question: Discrepancy, _: Principal) -> bool:
    return question.state in discrepancy.MOVES["resolve"][0]


def _can_reopen(question: Discrepancy, _: Principal) -> bool:
    return question.state in discrepancy.MOVES["reopen"][0]


DISCREPANCY_ACTIONS: Final = Actions[Discrepancy]({
    "resolve": Action("POST", f"{DISCREPANCY}/resolution", _can_resolve),
    "reopen":  Action("POST", f"{DISCREPANCY}/reopening",  _can_reopen),
})  # fmt: skip
