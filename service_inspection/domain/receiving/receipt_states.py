"""The table of states of a receipt: who acts on a post of a scanner, by which operation, until when (F04, Z21, R08)."""

from typing import Final

from service_inspection.domain.receiving.handling import ScanState
from shared.kernel.errors import Said
from shared.kernel.state_table import Act, State, StateTable, Trigger

_S: Final = ScanState
_NEXT_WORKING_DAY: Final = Said(
    "the end of the working day after it arrived (`answer_by`)", "到达后下一个工作日结束前（`answer_by`）"
)
_END_OF_CASE: Final = Said(
    "the end of the case (`answer_by`, setting `INSPECTION_CASE_DAYS`)",
    "保管期满前（`answer_by`，设置项 `INSPECTION_CASE_DAYS`）",
)
_POST: Final = "POST /v1/receipts"
_ASSIGN: Final = "POST /v1/receipts/{receipt_id}/assignment"
_CASE: Final = "POST /v1/receipts/{receipt_id}/case"
_END: Final = "POST /v1/receipts/{receipt_id}/resolution"
_REOPEN: Final = "POST /v1/receipts/{receipt_id}/reopening"


def _operation(verb: str, by: str, *leads_to: ScanState, until: Said | None = None) -> Act:
    return Act(verb=verb, trigger=Trigger.OPERATION, by=by, leads_to=frozenset(leads_to), until=until)


def _event(by: str) -> Act:
    return Act(verb="match", trigger=Trigger.EVENT, by=by, leads_to=frozenset({_S.MATCHED}))


def _unknown(until: Said) -> tuple[Act, ...]:
    """What can happen while nobody knows whose goods these are."""
    return (
        _event("return.approved"),
        _event("return.shipped"),
        _operation("assign", _ASSIGN, _S.MATCHED, until=until),
        _operation("open_case", _CASE, _S.IN_CASE, until=until),
        _operation("send_back", _END, _S.RETURNED_TO_SENDER, until=until),
        _operation("dispose", _END, _S.DISPOSED, until=until),
        _operation("withdraw", _END, _S.WITHDRAWN, until=until),
        _operation("correct", _POST, _S.MATCHED),
    )


_TAKEN_BACK: Final = (_operation("take_back", _REOPEN, _S.UNIDENTIFIED),)

RECEIPT_STATES: Final[StateTable] = {
    _S.UNIDENTIFIED.value: State(
        means=Said(
            "Nobody knows whose goods these are; people of the warehouse and agents find out.",
            "尚不知商品属于谁，由仓库人员和客服查找。",
        ),
        acts=_unknown(_NEXT_WORKING_DAY),
    ),
    _S.MATCHED.value: State(
        means=Said("The post counts in its return.", "已计入所属退货单。"),
        acts=(*_TAKEN_BACK, _operation("correct", _POST, _S.MATCHED)),
        end=True,
    ),
    _S.WAITING.value: State(
        means=Said(
            "The post corrects a post that has not come; the scanner sends that one, or a person withdraws this one.",
            "所更正的提交尚未到达；由设备补发该提交，或由人工撤销本提交。",
        ),
        acts=(_operation("match", _POST, _S.MATCHED), _operation("withdraw", _END, _S.WITHDRAWN)),
    ),
    _S.IN_CASE.value: State(
        means=Said(
            "The goods are kept in a case of their own while the sender is looked for.",
            "商品单独立案保管，正在查找寄件人。",
        ),
        acts=_unknown(_END_OF_CASE),
    ),
    _S.RETURNED_TO_SENDER.value: State(
        means=Said("The goods went back to the sender.", "商品已退回寄件人。"), acts=_TAKEN_BACK, end=True
    ),
    _S.DISPOSED.value: State(
        means=Said("The goods were disposed of, with a reason.", "商品已处置，并记录原因。"), acts=_TAKEN_BACK, end=True
    ),
    _S.WITHDRAWN.value: State(
        means=Said("The post says nothing any more.", "该提交已作废。"), acts=_TAKEN_BACK, end=True
    ),
}
"""Of goods that went back or were disposed of, a return that is found later takes nothing until a person reopens."""
