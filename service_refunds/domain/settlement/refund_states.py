"""The tables of states of refunds and payouts: who acts, by which operation, until when, and where it leads (R08)."""

from typing import Final

from service_refunds.domain.settlement.state import PayoutState, State
from shared.kernel.errors import Said
from shared.kernel.state_table import Act, State as Row, StateTable, Trigger

REFUND: Final = "/v1/refunds/{refund_id}"
EXECUTOR: Final = "refunds: executor"
JANITOR: Final = "refunds: janitor"
RECOVERY: Final = "refunds: recovery"
PROVIDER: Final = "payment provider"

KEYS_HONOURED: Final = Said(
    "while the provider honours the key, and for an hour at the least", "在支付机构认可单号期间，且至少一小时"
)
THIRTY_DAYS: Final = Said("after 30 days", "30 天后")
PAUSES: Final = Said("after 1 hour, 6 hours, 1 day and 3 days", "1 小时、6 小时、1 天和 3 天后")
LOOKS: Final = Said("after 1 hour, then after 1, 3, 7 and 30 more days", "1 小时后，其后再过 1、3、7 和 30 天")
SECOND: Final = Said("a second person, within a day", "由第二人在一天内办理")
A_DAY: Final = Said("a person, within a day", "由工作人员在一天内办理")


def _operation(verb: str, path: str, *leads_to: State, until: Said | None = None) -> Act:
    return Act(
        verb=verb,
        trigger=Trigger.OPERATION,
        by=f"POST {REFUND}/{path}",
        leads_to=frozenset(each.value for each in leads_to),
        until=until,
    )


def _clock(verb: str, job: str, *leads_to: State, until: Said | None = None) -> Act:
    leads = frozenset(each.value for each in leads_to)
    return Act(verb=verb, trigger=Trigger.CLOCK, by=job, leads_to=leads, until=until)


def _provider(verb: str, *leads_to: State) -> Act:
    leads = frozenset(each.value for each in leads_to)
    return Act(verb=verb, trigger=Trigger.PROVIDER, by=PROVIDER, leads_to=leads)


_ANSWERED: Final = _provider("answer", State.SETTLED, State.PENDING, State.FAILED, State.WAITING)
_LATE: Final = _provider("answer late that it has paid", State.SETTLED)
_RETRY: Final = _operation("retry", "attempts", State.RESERVED, until=A_DAY)
_PROPOSE: Final = _operation("propose", "resolution", State.AWAITING_CONFIRMATION, until=A_DAY)

REFUND_STATES: Final[StateTable] = {
    State.RESERVED.value: Row(
        means=Said("The amount is reserved, and nobody was asked to pay yet.", "金额已预留，尚未请求付款。"),
        acts=(
            _clock("submit", EXECUTOR, State.SUBMITTING, until=Said("at once", "立即")),
            Act(
                verb="stop",
                trigger=Trigger.EVENT,
                by="inspection.corrected",
                leads_to=frozenset({State.STOPPED.value}),
            ),
            _LATE,
        ),
    ),
    State.SUBMITTING.value: Row(
        means=Said("The provider is being asked to pay.", "正在请求支付机构付款。"),
        acts=(
            _ANSWERED,
            _clock("doubt", JANITOR, State.UNKNOWN, until=Said("after 15 seconds", "15 秒后")),
        ),
    ),
    State.PENDING.value: Row(
        means=Said("The provider has accepted the refund and has not paid yet.", "支付机构已受理，尚未付款。"),
        acts=(_ANSWERED, _clock("refer", JANITOR, State.MANUAL_REVIEW, until=THIRTY_DAYS)),
    ),
    State.UNKNOWN.value: Row(
        means=Said("The provider has not answered; it is asked again and again.", "支付机构没有答复，系统持续查询。"),
        acts=(_ANSWERED, _clock("refer", JANITOR, State.MANUAL_REVIEW, until=KEYS_HONOURED)),
    ),
    State.SETTLED.value: Row(means=Said("Everything is paid.", "已全部支付。"), end=True),
    State.FAILED.value: Row(
        means=Said("A part was refused for certain; a person must act.", "部分款项被明确拒绝，需要人工处理。"),
        acts=(_RETRY, _PROPOSE, _clock("look", RECOVERY, State.FAILED, until=LOOKS), _LATE),
    ),
    State.MANUAL_REVIEW.value: Row(
        means=Said(
            "Nobody knows whether it is paid, or no payment of the order can give it back; a person finds out.",
            "无法得知是否已付款，或订单的付款无法退回，由人工查明。",
        ),
        acts=(
            _operation("inquire", "inquiry", State.UNKNOWN),
            _PROPOSE,
            _operation("resolve", "remainder-closure", State.SETTLED),
            _clock("inquire", RECOVERY, State.UNKNOWN, until=LOOKS),
        ),
    ),
    State.STOPPED.value: Row(
        means=Said(
            "A correction came before anybody was asked to pay; it pays nothing.", "请求付款之前已更正，不会支付。"
        ),
        end=True,
    ),
    State.WAITING.value: Row(
        means=Said(
            "It failed for a reason that passes; the next attempt has its time.", "因暂时原因失败，将自动重试。"
        ),
        acts=(
            _clock("retry", RECOVERY, State.RESERVED, State.FAILED, until=PAUSES),
            _operation("retry", "attempts", State.RESERVED),
            _operation("propose", "resolution", State.AWAITING_CONFIRMATION),
            Act(
                verb="give_up",
                trigger=Trigger.EVENT,
                by="inspection.corrected",
                leads_to=frozenset({State.FAILED.value}),
            ),
            _LATE,
        ),
    ),
    State.AWAITING_CONFIRMATION.value: Row(
        means=Said(
            "A person has said what becomes of it; a second person answers.", "已有人提出处理办法，待第二人答复。"
        ),
        acts=(
            _operation("confirm", "resolution/confirmation", State.SETTLED, State.CLOSED, State.FAILED, until=SECOND),
            _operation("withdraw", "resolution/withdrawal", State.FAILED, State.MANUAL_REVIEW, State.SETTLED),
            _LATE,
        ),
    ),
    State.CLOSED.value: Row(
        means=Said("What is not paid is not owed, as two persons say.", "经两人确认，未支付的部分无需支付。"), end=True
    ),
}


def _leads(*states: PayoutState) -> frozenset[str]:
    return frozenset(each.value for each in states)


_PAYOUT_ANSWER: Final = Act(
    verb="answer",
    trigger=Trigger.PROVIDER,
    by=PROVIDER,
    leads_to=_leads(PayoutState.SETTLED, PayoutState.PENDING, PayoutState.FAILED),
)
_FOUND: Final = Act(
    verb="confirm what the provider's books show",
    trigger=Trigger.OPERATION,
    by=f"POST {REFUND}/resolution/confirmation",
    leads_to=_leads(PayoutState.SETTLED, PayoutState.FAILED),
    until=SECOND,
)

PAYOUT_STATES: Final[StateTable] = {
    PayoutState.RESERVED.value: Row(
        means=Said("The amount is reserved; the provider or a person pays.", "金额已预留，由支付机构或人工支付。"),
        acts=(
            Act(verb="submit", trigger=Trigger.CLOCK, by=EXECUTOR, leads_to=_leads(PayoutState.SUBMITTING)),
            Act(
                verb="confirm a payment by a person",
                trigger=Trigger.OPERATION,
                by=f"POST {REFUND}/resolution/confirmation",
                leads_to=_leads(PayoutState.SETTLED),
                until=SECOND,
            ),
            Act(
                verb="withdraw",
                trigger=Trigger.OPERATION,
                by=f"POST {REFUND}/resolution/withdrawal",
                leads_to=_leads(PayoutState.STOPPED),
            ),
        ),
    ),
    PayoutState.SUBMITTING.value: Row(
        means=Said("The provider is being asked to pay.", "正在请求支付机构付款。"),
        acts=(
            _PAYOUT_ANSWER,
            Act(verb="doubt", trigger=Trigger.CLOCK, by=JANITOR, leads_to=_leads(PayoutState.UNKNOWN)),
        ),
    ),
    PayoutState.PENDING.value: Row(
        means=Said("The provider has accepted it and has not paid yet.", "支付机构已受理，尚未付款。"),
        acts=(_PAYOUT_ANSWER, _FOUND),
    ),
    PayoutState.UNKNOWN.value: Row(
        means=Said(
            "Nobody knows whether it is paid. It is never repeated under a new key.",
            "无法得知是否已付款，绝不会以新单号重复支付。",
        ),
        acts=(_PAYOUT_ANSWER, _FOUND),
    ),
    PayoutState.SETTLED.value: Row(means=Said("It is paid.", "已支付。"), end=True),
    PayoutState.FAILED.value: Row(
        means=Said(
            "It was refused for certain. The amount needs another attempt, or is closed with the refund.",
            "已被明确拒绝；该金额另行支付，或随退款结束。",
        ),
        end=True,
    ),
    PayoutState.STOPPED.value: Row(means=Said("Taken back before anybody paid.", "付款之前已撤回。"), end=True),
}
