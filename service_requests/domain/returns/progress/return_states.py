"""The tables of states of a return, of its units, of its parcels, and of what is open in it (R08, Z23, Z24)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from service_requests.domain.returns.progress.matter import NEXT, Matter
from service_requests.domain.returns.progress.unit_stage import UnitStage
from service_requests.domain.returns.return_status import ReturnStatus
from service_requests.domain.returns.shipment import ParcelState
from shared.kernel.errors import Said
from shared.kernel.state_table import Act, State, StateTable, Trigger

APPROVAL: Final = "POST /v1/returns/{return_id}/approval"
REFUSAL: Final = "POST /v1/returns/{return_id}/refusal"
CANCELLATION: Final = "POST /v1/returns/{return_id}/cancellation"
SHIPMENT: Final = "POST /v1/returns/{return_id}/shipments"
EXTENSION: Final = "POST /v1/returns/{return_id}/extension"
RECEIPT: Final = "POST /v1/receipts"
ASSIGNMENT: Final = "POST /v1/receipts/{receipt_id}/assignment"
LOOK: Final = "POST /v1/inspections"
INSPECTION_EXTENSION: Final = "POST /v1/inspections/{return_id}/extension"
DECISION: Final = "POST /v1/inspections/{return_id}/decision"
RECONSIDERATION: Final = "POST /v1/inspections/{return_id}/reconsideration"
RESOLUTION: Final = "POST /v1/discrepancies/{discrepancy_id}/resolution"
REMAINDER: Final = "POST /v1/refunds/{refund_id}/remainder-closure"
ATTEMPT: Final = "POST /v1/refunds/{refund_id}/attempts"
INQUIRY: Final = "POST /v1/refunds/{refund_id}/inquiry"
CONFIRMATION: Final = "POST /v1/refunds/{refund_id}/resolution/confirmation"

DEADLINES: Final = "keep the deadlines of returns"
REFUND_JOB: Final = "pay refunds that are due"
OUTBOX: Final = "deliver messages that are due"
SEND_AGAIN: Final = "POST /v1/messages/{message_id}/sending-again"
TOLD_OTHERWISE: Final = "POST /v1/messages/{message_id}/told-otherwise"
DISCARD: Final = "POST /v1/messages/{message_id}/discard"

_M, _R, _U, _P = Matter, ReturnStatus, UnitStage, ParcelState


def _act(
    verb: str, by: str, *leads_to: StrEnum, until: Said | None = None, trigger: Trigger = Trigger.OPERATION
) -> Act:
    return Act(verb=verb, trigger=trigger, by=by, leads_to=frozenset(map(str, leads_to)), until=until)


def _clock(verb: str, by: str, *leads_to: StrEnum, until: Said | None = None) -> Act:
    return _act(verb, by, *leads_to, until=until, trigger=Trigger.CLOCK)


def _event(verb: str, by: str, *leads_to: StrEnum) -> Act:
    return _act(verb, by, *leads_to, trigger=Trigger.EVENT)


ACTS: Final[Mapping[Matter, tuple[Act, ...]]] = {
    _M.DECIDE: (
        _act("approve", APPROVAL, _M.SHIP),
        _act("refuse", REFUSAL, _M.NOTHING),
        _act("cancel", CANCELLATION, _M.NOTHING),
        _act("extend", EXTENSION, _M.DECIDE),
        _clock("call overdue", DEADLINES, _M.DECIDE, until=NEXT[_M.DECIDE].until),
    ),
    _M.JUDGE: (
        _act("decide", DECISION, _M.CALCULATE, _M.NOTHING),
        _act("extend", EXTENSION, _M.JUDGE),
        _clock("call overdue", DEADLINES, _M.JUDGE, until=NEXT[_M.JUDGE].until),
    ),
    _M.SHIP: (
        _act("ship", SHIPMENT, _M.ARRIVE, until=NEXT[_M.SHIP].until),
        _act("cancel", CANCELLATION, _M.NOTHING, until=NEXT[_M.SHIP].until),
        _act("extend", EXTENSION, _M.SHIP),
        _event("receive", "inspection.received", _M.INSPECT),
        _clock("lapse", DEADLINES, _M.NOTHING, until=NEXT[_M.SHIP].until),
    ),
    _M.ARRIVE: (
        _act("receive", RECEIPT, _M.INSPECT),
        _act("receive", ASSIGNMENT, _M.INSPECT),
        _act("cancel", CANCELLATION, _M.STRAY),
        _act("extend", EXTENSION, _M.ARRIVE),
        _clock("call overdue", DEADLINES, _M.ARRIVE, until=NEXT[_M.ARRIVE].until),
    ),
    _M.INSPECT: (
        _act("inspect", LOOK, _M.CALCULATE, _M.JUDGE, until=NEXT[_M.INSPECT].until),
        _act("extend", INSPECTION_EXTENSION, _M.INSPECT),
        _clock("call overdue", DEADLINES, _M.INSPECT, until=NEXT[_M.INSPECT].until),
    ),
    _M.CALCULATE: (
        _event("open a refund", "refund.opened", _M.PAY),
        _act("reconsider", RECONSIDERATION, _M.JUDGE),
        _clock("call overdue", DEADLINES, _M.CALCULATE, until=NEXT[_M.CALCULATE].until),
    ),
    _M.PAY: (
        _clock("pay", REFUND_JOB, _M.TELL, _M.REMAINDER, _M.REFUND_DOUBTED, _M.REFUND_FAILED),
        _clock("call overdue", DEADLINES, _M.PAY, until=NEXT[_M.PAY].until),
    ),
    _M.REFUND_DOUBTED: (
        _clock("ask the provider", REFUND_JOB, _M.TELL, _M.REFUND_FAILED),
        _act("ask now", INQUIRY, _M.TELL, _M.REFUND_FAILED, _M.REFUND_DOUBTED),
        _act("resolve by two persons", CONFIRMATION, _M.TELL, _M.NOTHING),
        _clock("call overdue", DEADLINES, _M.REFUND_DOUBTED, until=NEXT[_M.REFUND_DOUBTED].until),
    ),
    _M.REFUND_FAILED: (
        _act("try again", ATTEMPT, _M.PAY),
        _act("resolve by two persons", CONFIRMATION, _M.TELL, _M.NOTHING),
        _clock("call overdue", DEADLINES, _M.REFUND_FAILED, until=NEXT[_M.REFUND_FAILED].until),
    ),
    _M.TELL: (
        _clock("deliver", OUTBOX, _M.NOTHING, _M.REMAINDER, _M.NOT_TOLD),
        _act("tell otherwise", TOLD_OTHERWISE, _M.NOTHING, _M.REMAINDER),
        _clock("call overdue", DEADLINES, _M.TELL, until=NEXT[_M.TELL].until),
    ),
    _M.NOT_TOLD: (
        _act("send again", SEND_AGAIN, _M.NOTHING, _M.NOT_TOLD),
        _act("tell otherwise", TOLD_OTHERWISE, _M.NOTHING),
        _act("discard", DISCARD, _M.NOTHING),
        _clock("call overdue", DEADLINES, _M.NOT_TOLD, until=NEXT[_M.NOT_TOLD].until),
    ),
    _M.REMAINDER: (
        _act("close", REMAINDER, _M.NOTHING),
        _clock("call overdue", DEADLINES, _M.REMAINDER, until=NEXT[_M.REMAINDER].until),
    ),
    _M.ANSWER: (
        _act("resolve", RESOLUTION, _M.NOTHING, _M.INSPECT),
        _clock("call overdue", DEADLINES, _M.ANSWER, until=NEXT[_M.ANSWER].until),
    ),
    _M.STRAY: (
        _act("receive", RECEIPT, _M.INSPECT, _M.ANSWER),
        _clock("stop waiting", DEADLINES, _M.NOTHING, until=NEXT[_M.STRAY].until),
    ),
}

MATTER_STATES: Final[StateTable] = {
    **{matter.value: State(means=NEXT[matter].what, acts=ACTS[matter]) for matter in Matter if matter in NEXT},
    _M.NOTHING.value: State(means=Said("The matter has its end.", "该事项已了结。"), end=True),
}


def _by_stage(stages: Mapping[UnitStage, tuple[Matter, Said]], targets: Mapping[Matter, UnitStage]) -> StateTable:
    """The table of units: the acts of the matter of each stage, with the stages to which they lead."""
    table: dict[str, State] = {}
    for stage, (matter, means) in stages.items():
        acts = tuple(
            Act(
                verb=act.verb,
                trigger=act.trigger,
                by=act.by,
                until=act.until,
                leads_to=frozenset(_stages(stage, act, targets)),
            )
            for act in ACTS.get(matter, ())
        )
        table[stage.value] = State(means=means, acts=acts or ENDED_UNITS.get(stage, ()), end=not acts)
    return table


def _stages(stage: UnitStage, act: Act, targets: Mapping[Matter, UnitStage]) -> Iterable[str]:
    for name in act.leads_to:
        matter = Matter(name)
        ends = SPECIAL_ENDS.get((stage, act.verb), (UnitStage.DONE,))
        yield from map(str, ends if matter is Matter.NOTHING else (targets[matter],))


SPECIAL_ENDS: Final = {
    (_U.UNSENT, "cancel"): (_U.KEPT,),
    (_U.UNSENT, "lapse"): (_U.KEPT,),
    (_U.HELD, "decide"): (_U.SENT_BACK,),
    (_U.STRAY, "stop waiting"): (_U.KEPT,),
}
ENDED_UNITS: Final[Mapping[UnitStage, tuple[Act, ...]]] = {
    _U.KEPT: (_event("arrive after all", "inspection.received", _U.AT_DOCK),),
    _U.SENT_BACK: (_act("reconsider", RECONSIDERATION, _U.HELD),),
}

UNIT_STATES: Final[StateTable] = _by_stage(
    {
        _U.UNSENT: (_M.SHIP, Said("The customer is still to send the unit.", "待消费者寄出。")),
        _U.ON_THE_WAY: (_M.ARRIVE, Said("The unit is in an announced parcel.", "在已登记的包裹中。")),
        _U.AT_DOCK: (_M.INSPECT, Said("The unit has arrived and waits for its inspection.", "已到货，等待验货。")),
        _U.HELD: (_M.JUDGE, Said("The unit did not pass; a person decides.", "验货未通过，由人工决定。")),
        _U.ACCEPTED: (_M.CALCULATE, Said("The unit is accepted; its refund is to be opened.", "已接受，待生成退款。")),
        _U.PAYING: (_M.PAY, Said("The refund of the unit is being paid.", "该件退款办理中。")),
        _U.DECLINED: (_M.REFUND_FAILED, Said("The refund was declined; it is paid otherwise.", "退款被拒，另行支付。")),
        _U.PAID: (_M.TELL, Said("The unit is paid; the customer is to be told.", "已付款，待通知消费者。")),
        _U.DONE: (_M.NOTHING, Said("The unit is paid, and the customer knows.", "已付款并已告知消费者。")),
        _U.SENT_BACK: (_M.NOTHING, Said("The unit goes back to the customer.", "退回给消费者。")),
        _U.KEPT: (
            _M.NOTHING,
            Said(
                "The customer keeps the unit. If it arrives after all, it counts again; of a return that was cancelled "
                "as a whole, a person decides.",
                "由消费者保留。如仍寄到则重新计入；整单取消的退货由人工决定。",
            ),
        ),
        _U.STRAY: (
            _M.STRAY,
            Said("The customer keeps the unit, and has announced it in a parcel.", "由消费者保留，但已登记在包裹中。"),
        ),
    },
    {
        _M.SHIP: _U.UNSENT,
        _M.ARRIVE: _U.ON_THE_WAY,
        _M.INSPECT: _U.AT_DOCK,
        _M.JUDGE: _U.HELD,
        _M.CALCULATE: _U.ACCEPTED,
        _M.PAY: _U.PAYING,
        _M.REFUND_DOUBTED: _U.PAYING,
        _M.REFUND_FAILED: _U.DECLINED,
        _M.TELL: _U.PAID,
        _M.NOT_TOLD: _U.PAID,
        _M.REMAINDER: _U.PAID,
        _M.ANSWER: _U.KEPT,
        _M.STRAY: _U.STRAY,
    },
)

PARCEL_STATES: Final[StateTable] = {
    _P.ON_THE_WAY.value: State(
        means=Said("The carrier has the parcel.", "包裹在承运商处。"),
        acts=(
            _act("receive", RECEIPT, _P.ARRIVED),
            _act("receive", ASSIGNMENT, _P.ARRIVED),
            _act("cancel", CANCELLATION, _P.NOT_EXPECTED),
            _act("extend", EXTENSION, _P.ON_THE_WAY),
            _clock("call overdue", DEADLINES, _P.ON_THE_WAY, until=NEXT[_M.ARRIVE].until),
        ),
    ),
    _P.NOT_EXPECTED.value: State(
        means=Said("The customer keeps what is in it; it may still come.", "其中商品由消费者保留，但可能仍会寄到。"),
        acts=(
            _act("receive", RECEIPT, _P.ARRIVED),
            _clock("stop waiting", DEADLINES, _P.NEVER_ARRIVED, until=NEXT[_M.STRAY].until),
        ),
    ),
    _P.ARRIVED.value: State(means=Said("What was in it has arrived.", "其中商品已到达。"), end=True),
    _P.NEVER_ARRIVED.value: State(
        means=Said("It has not come; what was in it stays with the customer.", "未寄到，其中商品由消费者保留。"),
        acts=(_act("receive", RECEIPT, _P.ARRIVED),),
        end=True,
    ),
}

_ENDS: Final = (_R.CLOSED, _R.CANCELLED, _R.LAPSED)
_LATE_GOODS: Final = (
    _event("arrive after all", "inspection.received", _R.RECEIVED),
    _act("accept goods", RESOLUTION, _R.RECEIVED),
)
_OTHERS_GO_ON: Final = (_R.SHIPPED, _R.RECEIVED, _R.AWAITING_PERSON, _R.INSPECTED, _R.REFUNDING, _R.REFUNDED, _R.CLOSED)
_OVERDUE: Final = "call overdue"

RETURN_STATES: Final[StateTable] = {
    _R.IN_REVIEW.value: State(
        means=Said("An agent decides about the request.", "由客服审核申请。"),
        acts=(
            _act("approve", APPROVAL, _R.APPROVED, until=NEXT[_M.DECIDE].until),
            _act("refuse", REFUSAL, _R.REFUSED, until=NEXT[_M.DECIDE].until),
            _act("cancel", CANCELLATION, _R.CANCELLED),
            _act("extend", EXTENSION, _R.IN_REVIEW),
            _clock(_OVERDUE, DEADLINES, _R.IN_REVIEW, until=NEXT[_M.DECIDE].until),
        ),
    ),
    _R.APPROVED.value: State(
        means=Said("At least one unit is to be sent.", "至少一件待寄出。"),
        acts=(
            _act("ship", SHIPMENT, _R.APPROVED, _R.SHIPPED, until=NEXT[_M.SHIP].until),
            _act("receive", RECEIPT, _R.APPROVED, _R.RECEIVED),
            _act("cancel", CANCELLATION, _R.CANCELLED, *_OTHERS_GO_ON),
            _act("extend", EXTENSION, _R.APPROVED),
            _clock("lapse", DEADLINES, _R.LAPSED, *_OTHERS_GO_ON, until=NEXT[_M.SHIP].until),
        ),
    ),
    _R.SHIPPED.value: State(
        means=Said("Every unit that comes back has been sent; one is on its way.", "应寄回的均已寄出，有在途商品。"),
        acts=(
            _act("receive", RECEIPT, _R.SHIPPED, _R.RECEIVED),
            _act("receive", ASSIGNMENT, _R.SHIPPED, _R.RECEIVED),
            _act("cancel", CANCELLATION, _R.CANCELLED, *_OTHERS_GO_ON),
            _act("extend", EXTENSION, _R.SHIPPED),
            _clock(_OVERDUE, DEADLINES, _R.SHIPPED, until=NEXT[_M.ARRIVE].until),
        ),
    ),
    _R.RECEIVED.value: State(
        means=Said("A unit waits for its inspection.", "有商品等待验货。"),
        acts=(
            _act("inspect", LOOK, _R.RECEIVED, _R.INSPECTED, _R.AWAITING_PERSON, until=NEXT[_M.INSPECT].until),
            _act("extend", INSPECTION_EXTENSION, _R.RECEIVED),
            _clock(_OVERDUE, DEADLINES, _R.RECEIVED, until=NEXT[_M.INSPECT].until),
        ),
    ),
    _R.AWAITING_PERSON.value: State(
        means=Said(
            "A unit did not pass; a person decides. The other units go on.",
            "有商品验货未通过，由人工决定；其余照常办理。",
        ),
        acts=(
            _act("decide", DECISION, _R.APPROVED, _R.INSPECTED, *_OTHERS_GO_ON, until=NEXT[_M.JUDGE].until),
            _act("cancel others", CANCELLATION, _R.AWAITING_PERSON),
            _act("ship others", SHIPMENT, _R.AWAITING_PERSON),
            _act("extend", EXTENSION, _R.AWAITING_PERSON),
            _clock("lapse others", DEADLINES, _R.AWAITING_PERSON, until=NEXT[_M.SHIP].until),
            _clock(_OVERDUE, DEADLINES, _R.AWAITING_PERSON, until=NEXT[_M.JUDGE].until),
        ),
    ),
    _R.INSPECTED.value: State(
        means=Said("The goods are accepted; the refund is being opened.", "商品已接受，正在生成退款。"),
        acts=(
            _event("open a refund", "refund.opened", _R.REFUNDING),
            _act("reconsider", RECONSIDERATION, _R.AWAITING_PERSON),
            _clock(_OVERDUE, DEADLINES, _R.INSPECTED, until=NEXT[_M.CALCULATE].until),
        ),
    ),
    _R.REFUNDING.value: State(
        means=Said("A refund is being paid.", "退款办理中。"),
        acts=(
            _clock("pay", REFUND_JOB, _R.REFUNDED, _R.REFUNDING),
            _act("try again", ATTEMPT, _R.REFUNDING),
            _act("resolve by two persons", CONFIRMATION, _R.REFUNDED, _R.CLOSED),
            _clock(_OVERDUE, DEADLINES, _R.REFUNDING, until=NEXT[_M.PAY].until),
        ),
    ),
    _R.REFUNDED.value: State(
        means=Said("Everything is paid; the customer is to be told.", "款项已付清，待通知消费者。"),
        acts=(
            _clock("deliver", OUTBOX, _R.CLOSED),
            _act("tell otherwise", TOLD_OTHERWISE, _R.CLOSED),
            _act("discard", DISCARD, _R.CLOSED),
            _act("close the remainder", REMAINDER, _R.CLOSED),
            _clock(_OVERDUE, DEADLINES, _R.REFUNDED, until=NEXT[_M.TELL].until),
        ),
    ),
    _R.CLOSED.value: State(
        means=Said("The return is over; `outcome` says how it ended.", "退货已结束，`outcome` 为结束方式。"),
        acts=(*_LATE_GOODS, _event("pay more", "refund.opened", _R.REFUNDING, _R.REFUNDED)),
        end=True,
    ),
    _R.REFUSED.value: State(
        means=Said(
            "The request was refused, with reasons, alternatives and how to object.", "申请未获同意，已说明理由。"
        ),
        end=True,
    ),
    _R.CANCELLED.value: State(
        means=Said(
            "The customer keeps everything. If goods arrive all the same, a person decides.",
            "商品全部由消费者保留；如仍寄到，由人工决定。",
        ),
        acts=_LATE_GOODS,
        end=True,
    ),
    _R.LAPSED.value: State(
        means=Said(
            "Nothing was sent in time. If goods arrive all the same, the return lives on.",
            "未在期限内寄出；如仍寄到，退货继续办理。",
        ),
        acts=_LATE_GOODS[:1],
        end=True,
    ),
}
