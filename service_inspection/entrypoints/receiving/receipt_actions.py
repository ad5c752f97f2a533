"""Which operations a caller may use on a receipt now (N09)."""

from typing import Final

from service_inspection.domain.receiving.handling import MOVES, ScanState, Verb
from service_inspection.domain.receiving.scan import Scan
from shared.kernel.principal import Principal
from shared.web.actions import Action, Actions

RECEIPT: Final = "/v1/receipts/{receipt_id}"


def _can_assign(scan: Scan, _: Principal) -> bool:
    return scan.state in MOVES[Verb.ASSIGN][0]


def _can_open_case(scan: Scan, _: Principal) -> bool:
    return scan.state in MOVES[Verb.OPEN_CASE][0]


def _can_end(scan: Scan, _: Principal) -> bool:
    return any(scan.state in MOVES[verb][0] for verb in (Verb.SEND_BACK, Verb.DISPOSE, Verb.WITHDRAW))


def _can_take_back(scan: Scan, _: Principal) -> bool:
    """A match by the number on the parcel is nobody's act, so that nobody takes it back."""
    return scan.state in MOVES[Verb.TAKE_BACK][0] and (scan.assigned or scan.state is not ScanState.MATCHED)


RECEIPT_ACTIONS: Final = Actions[Scan]({
    "assign":    Action("POST", f"{RECEIPT}/assignment", _can_assign),
    "open_case": Action("POST", f"{RECEIPT}/case",       _can_open_case),
    "end":       Action("POST", f"{RECEIPT}/resolution", _can_end),
    "take_back": Action("POST", f"{RECEIPT}/reopening",  _can_take_back),
})  # fmt: skip
