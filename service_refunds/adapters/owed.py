"""What this service owes, and the facts that the reconciler compares: one row for each kind (R04, R08)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from service_refunds.adapters.tables import known_returns, paid_twice, refunds
from service_refunds.domain.settlement.state import State
from shared.kernel.errors import Said
from shared.web.operators.owed import Fact, Owed, one_of

_PERSON: Final = Said(
    "Open each: GET /v1/refunds/ID; its state says what can be done.", "逐一查看 GET /v1/refunds/ID。"
)

OWED: Final[Sequence[Owed]] = (
    Owed(
        kind="refund_failed",
        says=Said("{n} refund(s) were declined by the provider", "{n} 笔退款被支付机构拒绝"),
        do=_PERSON,
        id=refunds.c.id,
        since=refunds.c.opened_at,
        where=refunds.c.state == State.FAILED.value,
    ),
    Owed(
        kind="refund_in_review",
        says=Said("{n} refund(s) wait for a person", "{n} 笔退款等待人工处理"),
        do=_PERSON,
        id=refunds.c.id,
        since=refunds.c.opened_at,
        where=refunds.c.state == State.MANUAL_REVIEW.value,
    ),
    Owed(
        kind="refund_unconfirmed",
        says=Said("{n} refund(s) wait for a second person", "{n} 笔退款等待第二人确认"),
        do=Said("Confirm or decline what the first person has said.", "请确认或否决第一人的处理。"),
        id=refunds.c.id,
        since=refunds.c.opened_at,
        where=refunds.c.state == State.AWAITING_CONFIRMATION.value,
    ),
    Owed(
        kind="refund_overdue",
        says=Said("{n} refund(s) are later than the law allows", "{n} 笔退款已超过法定期限"),
        do=Said("See the provider and the log of refunds.", "请检查支付机构及退款服务日志。"),
        id=refunds.c.id,
        since=refunds.c.pay_by,
        where=one_of(refunds.c.state, (State.RESERVED, State.SUBMITTING, State.PENDING, State.WAITING)),
        overdue=refunds.c.pay_by,
    ),
    Owed(
        kind="refund_unknown",
        says=Said("Of {n} refund(s) nobody knows whether they were paid", "{n} 笔退款是否已支付未知"),
        do=Said("Ask the provider by telephone.", "请致电支付机构核实。"),
        id=refunds.c.id,
        since=refunds.c.opened_at,
        where=refunds.c.state == State.UNKNOWN.value,
        overdue=refunds.c.opened_at,
        patience=timedelta(days=1),
    ),
    Owed(
        kind="remainder_open",
        says=Said("Of {n} refund(s) a part cannot go back by the payments", "{n} 笔退款有部分无法原路退回"),
        do=Said("Pay it otherwise or close it: GET /v1/refunds/ID.", "请另行支付或关闭：GET /v1/refunds/ID。"),
        id=refunds.c.id,
        since=refunds.c.opened_at,
        where=refunds.c.remainder_open == 1,
    ),
    Owed(
        kind="paid_twice",
        says=Said("{n} payment(s) were made here and elsewhere", "{n} 笔款项在本系统与他处重复支付"),
        do=Said("Look at each and close it.", "请逐一核实并关闭。"),
        id=paid_twice.c.id,
        since=paid_twice.c.noted_at,
        where=paid_twice.c.closed.is_(None),
    ),
)
"""What waits for a person."""

FACTS: Final[Sequence[Fact]] = (
    Fact(kind="approved", table=known_returns, id=known_returns.c.id),
    Fact(kind="refund", table=refunds, id=refunds.c.return_id, at=refunds.c.opened_at),
    Fact(
        kind="settled",
        table=refunds,
        id=refunds.c.return_id,
        at=refunds.c.settled_at,
        where=(refunds.c.state == State.SETTLED.value) & (refunds.c.amount_minor > 0),
    ),
)
"""Returns by what refunds know of them."""
