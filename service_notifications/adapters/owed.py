"""What this service owes, and the facts that the reconciler compares: one row for each kind (R04, R08)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from service_notifications.adapters.tables import messages
from service_notifications.domain.messages.content import MessageKind
from service_notifications.domain.messages.message import Status
from shared.kernel.errors import Said
from shared.web.operators.owed import Fact, Owed, one_of

OWED: Final[Sequence[Owed]] = (
    Owed(
        kind="message_failed",
        says=Said("{n} message(s) did not reach the customer", "{n} 条消息未能送达客户"),
        do=Said(
            "List them: GET /v1/messages?status=failed. Correct the address, send them again, or tell the customer "
            "otherwise.",
            "查看 GET /v1/messages?status=failed，然后更正邮箱、重新发送，或以其他方式告知客户。",
        ),
        id=messages.c.id,
        since=messages.c.created_at,
        where=messages.c.status == Status.FAILED.value,
    ),
    Owed(
        kind="message_without_contact",
        says=Said("{n} message(s) wait for an address", "{n} 条消息缺少收件地址"),
        do=Said(
            "List them: GET /v1/messages?status=waiting_for_contact. Set the address with PUT /v1/contacts, or tell "
            "the customer otherwise.",
            "查看 GET /v1/messages?status=waiting_for_contact，然后用 PUT /v1/contacts 登记邮箱，"
            "或以其他方式告知客户。",
        ),
        id=messages.c.id,
        since=messages.c.created_at,
        where=messages.c.status == Status.WAITING_FOR_CONTACT.value,
    ),
    Owed(
        kind="message_late",
        says=Said("{n} message(s) have waited for an hour to be sent", "{n} 条消息已等待发送超过一小时"),
        do=Said("See the mail server and the log of notifications.", "请检查邮件服务器及通知服务日志。"),
        id=messages.c.id,
        since=messages.c.created_at,
        where=one_of(messages.c.status, (Status.QUEUED.value, Status.SENDING.value)),
        overdue=messages.c.created_at,
        patience=timedelta(hours=1),
    ),
)
"""What waits for a person."""


def _about(fact: str, kind: MessageKind) -> Fact:
    return Fact(
        kind=fact,
        table=messages,
        id=messages.c.return_id,
        at=messages.c.created_at,
        where=messages.c.kind == kind.value,
    )


FACTS: Final[Sequence[Fact]] = (
    _about("approval", MessageKind.RETURN_APPROVED),
    _about("refund", MessageKind.REFUND_SETTLED),
    Fact(
        kind="told",
        table=messages,
        id=messages.c.return_id,
        at=messages.c.created_at,
        where=one_of(messages.c.status, (Status.SENT.value, Status.TOLD_OTHERWISE.value, Status.DISCARDED.value)),
    ),
)
"""Returns by what was said about them."""
