"""The states of a message: who can act, by which operation, until when, and which end it reaches (R08, Z20)."""

from typing import Final

from service_notifications.domain.messages.message import Status
from shared.kernel.errors import Said
from shared.kernel.state_table import Act, State, StateTable, Trigger

_AGAIN: Final = "POST /v1/messages/{message_id}/sending-again"
_MANY_AGAIN: Final = "POST /v1/messages/sending-again"
_OTHERWISE: Final = "POST /v1/messages/{message_id}/told-otherwise"
_DISCARD: Final = "POST /v1/messages/{message_id}/discard"
_CONTACT: Final = "PUT /v1/contacts/{customer_id}"


def _operation(verb: str, by: str, *leads_to: Status) -> Act:
    return Act(verb=verb, trigger=Trigger.OPERATION, by=by, leads_to=frozenset(each.value for each in leads_to))


def _clock(verb: str, by: str, *leads_to: Status, until: Said | None = None) -> Act:
    states = frozenset(each.value for each in leads_to)
    return Act(verb=verb, trigger=Trigger.CLOCK, by=by, leads_to=states, until=until)


_BY_A_PERSON: Final = (
    _operation("tell the customer otherwise", _OTHERWISE, Status.TOLD_OTHERWISE),
    _operation("discard", _DISCARD, Status.DISCARDED),
)
_OVERTAKEN: Final = Act(
    verb="be overtaken by a later fact",
    trigger=Trigger.EVENT,
    by="return.cancelled",
    leads_to=frozenset({Status.SUPERSEDED.value}),
)

MESSAGE_STATES: Final[StateTable] = {
    Status.QUEUED: State(
        means=Said(
            "The message is to leave: now, after a pause, or behind an earlier message of the return.",
            "消息待发送：立即发送、稍后重试，或排在同一退货单较早的消息之后。",
        ),
        acts=(
            _clock(
                "begin an attempt",
                "deliver",
                Status.SENDING,
                Status.WAITING_FOR_CONTACT,
                Status.FAILED,
                Status.SUPERSEDED,
                until=Said("at its next attempt", "到达下次尝试时间时"),
            ),
            _operation("send now", _AGAIN, Status.QUEUED),
            *_BY_A_PERSON,
            _OVERTAKEN,
        ),
    ),
    Status.WAITING_FOR_CONTACT: State(
        means=Said(
            "No e-mail address of the customer is known. A person has to tell one, or tell the customer otherwise.",
            "没有客户的邮箱地址。请登记邮箱，或以其他方式告知客户。",
        ),
        acts=(_operation("tell the address", _CONTACT, Status.QUEUED, Status.SENDING), *_BY_A_PERSON, _OVERTAKEN),
    ),
    Status.SENDING: State(
        means=Said("The message is being handed to the mail server.", "消息正在交给邮件服务器。"),
        acts=(
            Act(
                verb="answer of the mail server",
                trigger=Trigger.PROVIDER,
                by="SMTP",
                leads_to=frozenset({Status.SENT.value, Status.QUEUED.value, Status.FAILED.value}),
            ),
            _clock(
                "begin again without an answer",
                "deliver",
                Status.SENDING,
                Status.QUEUED,
                Status.FAILED,
                until=Said("30 seconds after the attempt began", "尝试开始 30 秒后"),
            ),
        ),
    ),
    Status.SENT: State(means=Said("The mail server has accepted the message.", "邮件服务器已接收消息。"), end=True),
    Status.FAILED: State(
        means=Said(
            "The message could not be delivered. A person has to act; another address sends it by itself.",
            "消息未能送达，需要人工处理；更改邮箱后会自动重新发送。",
        ),
        acts=(
            _operation("send again", _AGAIN, Status.QUEUED),
            _operation("send all of a kind again", _MANY_AGAIN, Status.QUEUED),
            _operation("correct the address", _CONTACT, Status.QUEUED, Status.SENDING),
            *_BY_A_PERSON,
            _OVERTAKEN,
        ),
    ),
    Status.TOLD_OTHERWISE: State(
        means=Said("A person has told the customer by another channel.", "已由工作人员以其他方式告知客户。"), end=True
    ),
    Status.SUPERSEDED: State(
        means=Said(
            "A later fact came before the message had left. The later message tells it.",
            "消息发出前已有新的情况，由后续消息告知。",
        ),
        end=True,
    ),
    Status.DISCARDED: State(
        means=Said("A person has said that nobody needs the message any more.", "工作人员已确认不再需要此消息。"),
        end=True,
    ),
}
"""Mails that wait for the mail server are tried until it accepts mail again; see `RETRY_PAUSES`."""
