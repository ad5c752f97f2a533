"""The tables of states of an inspection, of its units and of its discrepancies (R4.5, Z23, Z24, R08)."""

from enum import StrEnum
from typing import Final

from service_inspection.domain.inspection.bench_state import BenchState
from service_inspection.domain.inspection.discrepancy import DiscrepancyState
from service_inspection.domain.inspection.unit import UnitState
from shared.kernel.errors import Said
from shared.kernel.state_table import Act, State, StateTable, Trigger

_U, _D, _B = UnitState, DiscrepancyState, BenchState
RECEIPT: Final = "POST /v1/receipts"
ASSIGNMENT: Final = "POST /v1/receipts/{receipt_id}/assignment"
TAKING_BACK: Final = "POST /v1/receipts/{receipt_id}/reopening"
LOOK: Final = "POST /v1/inspections"
DECISION: Final = "POST /v1/inspections/{return_id}/decision"
EXTENSION: Final = "POST /v1/inspections/{return_id}/extension"
RECONSIDERATION: Final = "POST /v1/inspections/{return_id}/reconsideration"
RESOLUTION: Final = "POST /v1/discrepancies/{discrepancy_id}/resolution"
REOPENING: Final = "POST /v1/discrepancies/{discrepancy_id}/reopening"

INSPECT_BY: Final = Said(
    "the end of the working day after it arrived, or a later deadline with its reason (`inspect_by`)",
    "到达后下一个工作日结束前，或附有原因的延长期限（`inspect_by`）",
)
ANSWER_BY: Final = Said("the end of the next working day (`answer_by`)", "下一个工作日结束前（`answer_by`）")
KEEP_UNTIL: Final = Said(
    "as long as goods are kept (`answer_by`, setting `INSPECTION_CASE_DAYS`)",
    "保管期满前（`answer_by`，设置项 `INSPECTION_CASE_DAYS`）",
)


def _act(
    verb: str, by: str, *leads_to: StrEnum, until: Said | None = None, trigger: Trigger = Trigger.OPERATION
) -> Act:
    return Act(verb=verb, trigger=trigger, by=by, leads_to=frozenset(map(str, leads_to)), until=until)


_RECOUNT: Final = (
    _act("correct", RECEIPT, _U.EXPECTED, _U.RECEIVED, _U.PASSED, _U.FAILED),
    _act("correct", LOOK, _U.EXPECTED, _U.RECEIVED, _U.PASSED, _U.FAILED),
    _act("release", TAKING_BACK, _U.EXPECTED, _U.RECEIVED),
)
_TAKEN_BACK: Final = (_act("reconsider", RECONSIDERATION, _U.FAILED),)

UNIT_STATES: Final[StateTable] = {
    _U.EXPECTED.value: State(
        means=Said("The piece has not arrived; the customer sends it.", "尚未到货，由消费者寄回。"),
        acts=(
            _act("receive", RECEIPT, _U.RECEIVED),
            _act("receive", ASSIGNMENT, _U.RECEIVED),
            _act("receive", LOOK, _U.PASSED, _U.FAILED),
            _act("cancel", "return.cancelled", _U.CANCELLED, trigger=Trigger.EVENT),
        ),
    ),
    _U.RECEIVED.value: State(
        means=Said("The piece is here and waits for the inspector.", "已到货，等待验货。"),
        acts=(
            _act("pass", LOOK, _U.PASSED, until=INSPECT_BY),
            _act("fail", LOOK, _U.FAILED, until=INSPECT_BY),
            _act("extend", EXTENSION, _U.RECEIVED),
            _act("notice", "notice overdue inspections", _U.RECEIVED, until=INSPECT_BY, trigger=Trigger.CLOCK),
            *_RECOUNT,
        ),
    ),
    _U.PASSED.value: State(
        means=Said("The piece passed; it is refunded.", "验货通过，予以退款。"), acts=_RECOUNT, end=True
    ),
    _U.FAILED.value: State(
        means=Said(
            "The piece did not pass; another person than the inspector decides.", "验货未通过，由验货员以外的人员决定。"
        ),
        acts=(_act("accept", DECISION, _U.ACCEPTED), _act("refuse", DECISION, _U.REFUSED), *_RECOUNT),
    ),
    _U.ACCEPTED.value: State(
        means=Said("A person accepted the piece; it is refunded.", "人工已接受，予以退款。"), acts=_TAKEN_BACK, end=True
    ),
    _U.REFUSED.value: State(
        means=Said("A person refused the piece; it goes back.", "人工已拒绝，商品退回。"), acts=_TAKEN_BACK, end=True
    ),
    _U.CANCELLED.value: State(
        means=Said(
            "The customer keeps the piece. If it comes all the same, a discrepancy of kind `cancelled` asks a person.",
            "商品由消费者保留。如仍寄到，则产生 `cancelled` 类差异，由人工决定。",
        ),
        acts=(_act("revive", RESOLUTION, _U.RECEIVED, _U.PASSED, _U.FAILED),),
        end=True,
    ),
}

INSPECTION_STATES: Final[StateTable] = {
    _B.HELD.value: State(
        means=Said("A piece failed; a person decides.", "有商品未通过，由人工决定。"),
        acts=(_act("decide", DECISION, _B.HELD, _B.WAITING, _B.EXPECTED, _B.FINISHED),),
    ),
    _B.WAITING.value: State(
        means=Said("A piece waits for the inspector, whatever the others do.", "有商品等待验货，与其他商品无关。"),
        acts=(
            _act("look", LOOK, _B.HELD, _B.WAITING, _B.EXPECTED, _B.FINISHED, until=INSPECT_BY),
            _act("extend", EXTENSION, _B.WAITING),
        ),
    ),
    _B.EXPECTED.value: State(
        means=Said("The goods are on their way.", "商品在途。"),
        acts=(
            _act("receive", RECEIPT, _B.WAITING, _B.EXPECTED),
            _act("receive", ASSIGNMENT, _B.WAITING, _B.EXPECTED),
            _act("receive", LOOK, _B.HELD, _B.EXPECTED, _B.FINISHED),
            _act("cancel", "return.cancelled", _B.CANCELLED, _B.FINISHED, trigger=Trigger.EVENT),
        ),
    ),
    _B.CANCELLED.value: State(
        means=Said("The customer keeps everything.", "商品全部由消费者保留。"),
        acts=(_act("revive", RESOLUTION, _B.HELD, _B.WAITING, _B.FINISHED),),
        end=True,
    ),
    _B.FINISHED.value: State(
        means=Said("Every piece has its result.", "每件商品均有结果。"),
        acts=(
            _act("reconsider", RECONSIDERATION, _B.HELD),
            _act("correct", LOOK, _B.HELD, _B.WAITING, _B.EXPECTED, _B.FINISHED),
        ),
        end=True,
    ),
}

DISCREPANCY_STATES: Final[StateTable] = {
    _D.OPEN.value: State(
        means=Said(
            "An agent says what becomes of the goods, or answers the question.", "由客服决定商品去向或答复问题。"
        ),
        acts=(
            _act("resolve", RESOLUTION, _D.RESOLVED, until=ANSWER_BY),
            _act("keep", RESOLUTION, _D.KEPT, until=ANSWER_BY),
            _act("withdraw", RECEIPT, _D.WITHDRAWN),
            _act("withdraw", LOOK, _D.WITHDRAWN),
        ),
    ),
    _D.KEPT.value: State(
        means=Said(
            "The goods are kept; an agent finds their return, sends them back, or disposes of them.",
            "商品已保管；由客服找到所属退货单，或退回、处置。",
        ),
        acts=(
            _act("resolve", RESOLUTION, _D.RESOLVED, until=KEEP_UNTIL),
            _act("reopen", REOPENING, _D.OPEN),
        ),
    ),
    _D.RESOLVED.value: State(
        means=Said(
            "A person has decided, and the customer's timeline says what.", "人工已决定，并已记入消费者的进度。"
        ),
        acts=(_act("reopen", REOPENING, _D.OPEN),),
        end=True,
    ),
    _D.WITHDRAWN.value: State(
        means=Said("A later count explains it; nobody has to decide.", "之后的清点已说明原因，无需处理。"), end=True
    ),
}
